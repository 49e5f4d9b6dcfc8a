"""What deserves attention in a protocol, in sentences."""

from datetime import time

import msgspec
import pytest

from surveys.protocol.calendar import Window
from surveys.protocol.caps import Cap
from surveys.protocol.definition import Audiences, Channel, Protocol, Step, Trigger, load
from surveys.protocol.editing import warnings as watched

WEEK = frozenset({1, 2, 3, 4, 5})
AFTERNOON = Window(WEEK, ((time(14), time(18)),))
MORNING = Window(WEEK, ((time(10), time(12)),))


def warnings(protocol: Protocol) -> list[str]:
    """Give the sentences with plain spaces."""
    return [sentence.replace("\xa0", " ") for sentence in watched.warnings(protocol)]


def changed(name: str = "default", **fields) -> Protocol:
    return msgspec.structs.replace(load(name), **fields)


def calls_at(client: Window, relative: Window) -> Protocol:
    protocol = load("default")
    windows = msgspec.structs.replace(protocol.windows, phone=Audiences(client, relative))
    return msgspec.structs.replace(protocol, windows=windows)


def test_the_cap_is_told_with_the_days() -> None:
    assert "Un client peut recevoir jusqu’à 2 messages ou appels en 10 jours." in warnings(
        changed(contact_cap=2)
    )


def test_a_cap_by_attribute_is_told_to_whom_it_applies() -> None:
    caps = (Cap(contacts=2, age_from=85), Cap(contacts=3, age_from=75), Cap(contacts=1, funder="CNAV"))
    found = [
        sentence.replace("\xa0", " ") for sentence in watched.warnings(changed(caps=caps), {"CNAV": "Cnav"})
    ]
    assert found[1:4] == [
        "Une personne de 85 ans ou plus peut recevoir jusqu’à 2 messages ou appels en 30 jours.",
        "Une personne de 75 ans ou plus peut recevoir jusqu’à 3 messages ou appels en 30 jours.",
        "Une visite payée par le financeur Cnav n’entraîne ni message ni appel "
        "quand la personne en a déjà reçu 1 en 30 jours.",
    ]


def test_the_cap_told_is_the_strictest_that_applies() -> None:
    caps = (Cap(contacts=3, age_from=85), Cap(contacts=2, age_from=75))
    assert (
        "Une personne de 85 ans ou plus peut recevoir jusqu’à 2 messages ou appels en 30 jours."
        in warnings(changed(caps=caps))
    )


@pytest.mark.parametrize(
    ("client", "relative", "sentence"),
    [
        (AFTERNOON, AFTERNOON, "Personne n’est appelé le matin."),
        (MORNING, MORNING, "Personne n’est appelé l’après-midi."),
        (AFTERNOON, MORNING, "Aucun client n’est appelé le matin."),
        (AFTERNOON, MORNING, "Aucun proche n’est appelé l’après-midi."),
    ],
)
def test_a_half_day_without_calls_is_told(client: Window, relative: Window, sentence: str) -> None:
    assert sentence in warnings(calls_at(client, relative))


def test_whoever_is_never_reached_is_told() -> None:
    protocol = load("default")
    written = tuple(step for step in protocol.steps if step.channel is Channel.SMS)
    found = warnings(changed(steps=written))
    assert "Sans portable ni e-mail, un client n’est jamais sollicité." in found
    assert "Avec un e-mail et un téléphone fixe, un client n’est jamais sollicité." in found
    assert "Personne n’est appelé au téléphone." in found


def test_the_first_call_of_whoever_cannot_read_a_message_is_told() -> None:
    steps = load("default").steps
    later = (*steps[:5], msgspec.structs.replace(steps[5], delay_days=4))
    assert "Sans portable ni e-mail, le premier appel vient quatre jours après au plus tôt." in warnings(
        changed(steps=later)
    )


def test_a_step_that_serves_nobody_is_told_with_its_reason() -> None:
    steps = load("default").steps
    after_the_cap = warnings(changed(contact_cap=1))
    assert (
        "L’étape 3 ne sert jamais : avant elle, la limite de messages ou le délai est atteint."
        in after_the_cap
    )
    first = warnings(changed(steps=(steps[2], *steps[4:])))
    assert "L’étape 1 ne sert jamais : rien n’est envoyé avant ce rappel." in first
    other = Step(channel=Channel.SMS, template="opening", delay_days=1, when="unwritten")
    nobody = warnings(changed(steps=(*steps, other)))
    assert "L’étape 7 ne sert jamais : personne n’est à la fois dans ce cas et joignable ainsi." in nobody


def test_days_without_an_allowed_hour_are_told() -> None:
    steps = load("default").steps
    hurried = (msgspec.structs.replace(steps[0], give_up_after_days=0), *steps[1:])
    found = [sentence for sentence in warnings(changed(steps=hurried)) if "heure permise" in sentence]
    assert found == [
        "Avec un portable, l’étape 1 n’a pas toujours d’heure permise, chaque jour de la semaine."
    ]
    late = (msgspec.structs.replace(steps[0], give_up_after_days=1), *steps[1:])
    found = [sentence for sentence in warnings(changed(steps=late)) if "heure permise" in sentence]
    assert found == [
        "Avec un portable, l’étape 1 n’a pas toujours d’heure permise : visites du vendredi et samedi."
    ]


def test_a_message_that_is_not_written_in_english_is_told() -> None:
    english = {
        Channel.SMS: frozenset({"opening"}),
        Channel.EMAIL: frozenset(),
        Channel.PHONE: frozenset({"call"}),
    }
    found = [each.replace("\xa0", " ") for each in watched.warnings(load("default"), english=english)]
    said = [sentence for sentence in found if "anglais" in sentence]
    assert said[1] == "Le message « SMS : rappel » n’est pas écrit en anglais : il partira en français."
    assert len(said) == 3
    assert not any("anglais" in sentence for sentence in warnings(load("default")))


def test_emails_that_may_leave_while_people_sleep_are_told() -> None:
    protocol = load("default")
    usual = protocol.windows.by_channel[Channel.EMAIL]
    for spans in (((time(7, 30), time(20)),), ((time(8), time(21)),), ((time(22), time(6)),)):
        early = Audiences(usual.client, Window(WEEK, spans))
        windows = msgspec.structs.replace(protocol.windows, email=early)
        assert "Des e-mails peuvent partir avant 8 h ou après 20 h." in warnings(changed(windows=windows))
    assert not any("e-mails" in sentence for sentence in warnings(protocol))


def test_a_late_file_that_leads_to_nothing_is_told() -> None:
    steps = load("default").steps
    found = warnings(changed(steps=(msgspec.structs.replace(steps[5], when="always"),), max_lateness_days=3))
    assert "Plus rien ne part quand le fichier arrive 3 jours après la visite ou plus tard." in found
    by_phone = [sentence for sentence in warnings(changed(max_lateness_days=4)) if "plus rien" in sentence]
    late = "plus rien ne part quand le fichier arrive 4 jours après la visite ou plus tard."
    assert by_phone == [f"Sans portable ni e-mail, {late}"]


def test_an_interval_of_a_file_gives_way_to_that_of_the_platform() -> None:
    assert "aucun ne s’appliquera" in watched.interval_words(14, 0)


def test_what_escapes_no_draw_is_told() -> None:
    found = warnings(changed(always_ask=(Trigger.INCIDENT,)))
    assert "Une visite qui n’a pas eu lieu n’est pas suivie d’office." in found
    assert "La première visite chez un client n’est pas suivie d’office." in found
    assert not any("incident" in sentence for sentence in found)
