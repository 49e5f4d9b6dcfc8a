"""Protocols as data: what ships, what is refused and where."""

import copy
import json
from contextlib import suppress
from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.protocol.definition import (
    Audience,
    Channel,
    Protocol,
    ProtocolRefused,
    Trigger,
    decode,
    load,
    shipped,
    stored,
)

UNREADABLE = "ce texte ne peut pas être lu\u00a0: partez d’un protocole téléchargé ici"


def changed(path, value, name="default"):
    """Give a shipped protocol as plain values, with one of them replaced."""
    tree = copy.deepcopy(stored(load(name)))
    *parents, last = path
    place = tree
    for step in parents:
        place = place[step]
    place[last] = value
    return tree


def refusal(source):
    with pytest.raises(ProtocolRefused) as caught:
        decode(source)
    return [(error.field, error.message) for error in caught.value.errors]


def test_two_protocols_ship():
    assert shipped() == ("default", "integral")
    assert [load(name).name for name in shipped()] == ["default", "integral"]


def test_the_default_protocol_writes_reminds_then_calls_twice():
    protocol = load("default")
    assert (protocol.label, protocol.interval_days, protocol.contact_cap) == ("Suivi allégé", 30, 4)
    assert (protocol.closes_after_days, protocol.max_lateness_days, protocol.draws) == (10, 10, True)
    assert [step.channel for step in protocol.steps] == ["sms", "email", "sms", "email", "phone", "phone"]
    assert set(protocol.always_ask) == set(Trigger)


def test_the_integral_protocol_calls_everybody():
    protocol = load("integral")
    assert (protocol.interval_days, protocol.closes_after_days, protocol.draws) == (0, 7, False)
    assert [(step.channel, step.attempts, step.delay_days) for step in protocol.steps] == [("phone", 3, 1)]


def test_relatives_are_called_later_than_clients():
    protocol = load("default")
    assert protocol.window(Channel.PHONE, Audience.CLIENT).spans[-1] == (time(14), time(18))
    assert protocol.window(Channel.PHONE, Audience.RELATIVE).spans[-1] == (time(14), time(19, 30))
    assert protocol.window(Channel.SMS, Audience.CLIENT).spans == ((time(10), time(13)), (time(14), time(19)))
    assert protocol.window(Channel.EMAIL, Audience.CLIENT).days == frozenset(range(1, 7))


@pytest.mark.parametrize("name", shipped())
def test_a_stored_protocol_reads_back_the_same(name):
    protocol = load(name)
    assert decode(json.loads(json.dumps(stored(protocol)))) == protocol
    assert decode(json.dumps(stored(protocol)).encode()) == protocol


def test_an_unknown_protocol_is_refused_with_the_known_ones():
    with pytest.raises(ProtocolRefused, match="default, integral"):
        load("../default")


WIDER = [
    ("sms", [["09:59", "13:00"]]),
    ("sms", [["10:00", "13:01"]]),
    ("phone", [["14:00", "20:01"]]),
    ("phone", [["12:00", "15:00"]]),
    ("phone", [["22:00", "02:00"]]),
]


@pytest.mark.parametrize(("channel", "hours"), WIDER)
def test_calls_and_sms_never_have_wider_hours_than_the_law(channel, hours):
    found = refusal(changed(("windows", channel, "client", "spans"), hours))
    assert found == [
        (
            f"windows.{channel}.client.spans",
            "les SMS et les appels restent entre 10 h et 13 h ou entre 14 h et 20 h",
        )
    ]


def test_the_widest_lawful_hours_are_accepted():
    spans = [["10:00", "13:00"], ["14:00", "20:00"]]
    assert decode(changed(("windows", "phone", "client", "spans"), spans))


@pytest.mark.parametrize(
    ("channel", "days"), [("sms", [5, 6]), ("phone", [7]), ("email", [1, 7]), ("sms", [])]
)
def test_nobody_is_contacted_on_days_out_of_bounds(channel, days):
    last = 6 if channel == "email" else 5
    assert refusal(changed(("windows", channel, "client", "days"), days)) == [
        (f"windows.{channel}.client.days", f"choisissez des jours de 1 (lundi) à {last}")
    ]


def test_holidays_cannot_be_opened():
    found = refusal(changed(("windows", "email", "relative", "holidays"), True))
    assert found == [("windows.email.relative.holidays", "personne n’est sollicité un jour férié")]


@pytest.mark.parametrize(
    ("hours", "message"),
    [
        ([], "donnez au moins une plage, dont la fin diffère du début"),
        ([["10:00", "10:00"]], "donnez au moins une plage, dont la fin diffère du début"),
        ([["10:00", "13:00"], ["12:00", "14:00"]], "les plages se suivent sans se chevaucher"),
        ([["14:00", "15:00"], ["10:00", "11:00"]], "les plages se suivent sans se chevaucher"),
        ([["18:00", "02:00"], ["19:00", "20:00"]], "les plages se suivent sans se chevaucher"),
        ([["08:00", "12:00"], ["20:00", "09:00"]], "les plages se suivent sans se chevaucher"),
    ],
)
def test_the_spans_of_a_day_follow_each_other(hours, message):
    found = refusal(changed(("windows", "email", "client", "spans"), hours))
    assert found == [("windows.email.client.spans", message)]


def test_an_email_window_may_cross_midnight():
    protocol = decode(
        changed(("windows", "email", "client", "spans"), [["08:00", "12:00"], ["20:00", "01:00"]])
    )
    assert protocol.window(Channel.EMAIL, Audience.CLIENT).spans[-1] == (time(20), time(1))


@pytest.mark.parametrize(
    ("path", "value", "field", "message"),
    [
        (
            ("steps", 0, "delay_days"),
            1,
            "steps[0]",
            "donnez un délai, en heures (delay_hours) ou en jours (delay_days), pas les deux",
        ),
        (
            ("steps", 0, "delay_hours"),
            None,
            "steps[0]",
            "donnez un délai, en heures (delay_hours) ou en jours (delay_days), pas les deux",
        ),
        (
            ("steps", 0, "give_up_after_days"),
            11,
            "steps[0].give_up_after_days",
            "écrivez 10 au plus, quand le suivi se ferme",
        ),
        (("steps", 0, "delay_hours"), 120, "steps[0]", "l’étape commence après sa propre fin"),
        (("steps", 4, "delay_days"), 11, "steps[4]", "l’étape commence après sa propre fin"),
        (("steps", 0, "attempts"), 2, "steps[0].attempts", "seuls les appels se répètent"),
        (("steps", 4, "reminds"), True, "steps[4].reminds", "un rappel est un SMS ou un courriel"),
        (("windows", "email"), None, "steps[1].channel", "il manque les heures de ce moyen (windows.email)"),
    ],
)
def test_a_step_that_cannot_be_is_located(path, value, field, message):
    assert (field, message) in refusal(changed(path, value))


@pytest.mark.parametrize(
    ("path", "value", "field", "message"),
    [
        (("contact_cap",), 5, "contact_cap", "attendu\u00a0: un nombre ≤ 4"),
        (("interval_days",), 91, "interval_days", "attendu\u00a0: un nombre ≤ 90"),
        (("version",), "1", "version", "attendu\u00a0: un nombre entier"),
        (("draws",), "oui", "draws", "attendu\u00a0: true (oui) ou false (non)"),
        (
            ("name",),
            "Par défaut",
            "name",
            "attendu\u00a0: des minuscules, chiffres, tirets, d’abord une lettre",
        ),
        (("label",), "", "label", "longueur attendue\u00a0: ≥ 1"),
        (("steps",), [], "steps", "longueur attendue\u00a0: ≥ 1"),
        (
            ("steps", 0, "channel"),
            "fax",
            "steps[0].channel",
            "«\u00a0fax\u00a0» n’est pas une valeur possible",
        ),
        (("steps", 0, "delay"), 4, "steps[0]", "le champ «\u00a0delay\u00a0» n’existe pas"),
        (("steps", 0, "delay_days"), "un", "steps[0].delay_days", "attendu\u00a0: un nombre entier ou rien"),
        (
            ("windows", "sms", "client", "ferie"),
            1,
            "windows.sms.client",
            "le champ «\u00a0ferie\u00a0» n’existe pas",
        ),
        (("windows", "sms", "client", "spans"), 1, "windows.sms.client.spans", "attendu\u00a0: une liste"),
    ],
)
def test_a_wrong_value_is_located(path, value, field, message):
    [(where, what)] = refusal(changed(path, value))
    assert what == message
    assert where == field


def test_a_missing_field_is_named():
    tree = stored(load("default"))
    del tree["label"]
    assert refusal(tree) == [("", "il manque le champ «\u00a0label\u00a0»")]


def test_an_unquoted_hour_is_explained():
    source = json.dumps(changed(("windows", "sms", "client", "spans"), [[1, 2]])).replace(
        "[[1, 2]]", "[[10:00, 13:00]]"
    )
    [(_, message)] = refusal(source.encode())
    assert message == "attendu\u00a0: une heure entre guillemets, comme «\u00a010:00\u00a0»"


def test_an_hour_that_is_none_is_explained():
    [(_, message)] = refusal(changed(("windows", "sms", "client", "spans"), [["25:00", "13:00"]]))
    assert message == "attendu\u00a0: une heure entre guillemets, comme «\u00a010:00\u00a0»"


def test_a_field_written_twice_is_refused_with_its_line():
    source = b"name: court\nsteps:\n  - channel: sms\n    channel: email\n"
    assert refusal(source) == [("ligne 3", "le champ «\u00a0channel\u00a0» est écrit deux fois")]


def test_unreadable_yaml_is_refused_with_its_line():
    assert refusal(b"name: court\nsteps: [") == [("ligne 2", UNREADABLE)]
    assert refusal(b"name: \x00") == [("", UNREADABLE)]
    assert refusal(b"2026-13-45") == [("", UNREADABLE)]


def test_a_group_that_holds_itself_is_refused():
    assert refusal(b"&a\nname: *a\n") == [("", "un groupe de champs se contient lui-même")]


def test_the_refusal_says_everything_at_once():
    tree = changed(("steps", 0, "attempts"), 2)
    tree["windows"]["sms"]["client"]["holidays"] = True
    with pytest.raises(ProtocolRefused) as caught:
        decode(tree)
    assert caught.value.status == 422
    assert "steps[0].attempts : seuls les appels se répètent" in str(caught.value)
    assert "windows.sms.client.holidays" in str(caught.value)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@settings(max_examples=60, deadline=None)
def test_whatever_is_sent_is_read_or_refused(source):
    with suppress(ProtocolRefused):
        assert isinstance(decode(source), Protocol)


@pytest.mark.parametrize("field", ["closes_after_days", "max_lateness_days"])
def test_requests_are_closed_before_their_month_is_published(field):
    assert getattr(decode(changed((field,), 10)), field) == 10
    assert refusal(changed((field,), 11)) == [
        (field, "les résultats d’un mois se publient ensuite\u00a0: 10 jours au plus")
    ]


def test_closing_days_stop_the_calls_and_leave_the_messages() -> None:
    day = date(2026, 11, 24)
    protocol = load("default").without_calls_on(frozenset({day}))
    assert not any(protocol.window(Channel.PHONE, who).allows(day, "34") for who in Audience)
    assert all(protocol.window(Channel.SMS, who).allows(day, "34") for who in Audience)


def test_a_protocol_does_not_carry_closing_days() -> None:
    protocol = load("default").without_calls_on(frozenset({date(2026, 11, 24)}))
    with pytest.raises(ProtocolRefused, match="fermeture"):
        decode(stored(protocol))


def test_aliases_of_aliases_are_refused_before_they_grow() -> None:
    levels = [f"l{n}: &l{n} [" + ", ".join([f"*l{n - 1}"] * 9) + "]" for n in range(1, 9)]
    [(_, message)] = refusal("\n".join(["l0: &l0 [a]", *levels]).encode())
    assert message == UNREADABLE


def test_a_protocol_does_not_take_the_name_of_a_page():
    ((field, sentence),) = refusal(changed(("name",), "messages"))
    assert (field, sentence) == ("name", "ce nom est celui d’une page\xa0: choisissez-en un autre")
