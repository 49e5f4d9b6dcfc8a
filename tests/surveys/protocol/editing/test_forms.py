"""What is typed in the form of a protocol: kept as it is, read back exactly, each fault in its field."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.protocol.caps import Cap, Public
from surveys.protocol.definition import Channel, load, shipped
from surveys.protocol.editing.forms import MOST_STEPS, ProtocolForm, changed, form_of, read, typed_form
from surveys.protocol.experiment import Experiment

TEMPLATES = {
    Channel.SMS: frozenset({"opening", "reminder"}),
    Channel.EMAIL: frozenset({"opening_email", "reminder_email"}),
    Channel.PHONE: frozenset({"call"}),
}


FUNDERS = frozenset({"D34", "CNAV"})


def sent(form: ProtocolForm) -> dict[str, list[str]]:
    """Give what a browser sends for a form."""
    fields = {
        "libelle": [form.label],
        "contacts": [form.contact_cap],
        "fermeture": [form.closes_after],
        "retard": [form.lateness],
        "tirage": ["oui" if form.draws else "non"],
        "intervalle": ["plateforme" if form.keeps_interval else "aucun"],
        "toujours": list(form.always_ask),
        "hasard": [form.share],
        "hasard-moyens": list(form.compared),
    }
    for number, cap in enumerate(form.caps, start=1):
        fields |= {f"limite-{number}-qui": [cap.whose], f"limite-{number}-contacts": [cap.contacts]}
    for number, step in enumerate(form.steps, start=1):
        name = f"etape-{number}"
        fields |= {
            f"{name}-message": [step.message],
            f"{name}-delai": [step.delay],
            f"{name}-unite": [step.unit],
            f"{name}-abandon": [step.give_up],
            f"{name}-essais": [step.attempts],
            f"{name}-qui": [step.when],
        }
        if step.reminds:
            fields[f"{name}-rappel"] = ["oui"]
    for line, hours in form.hours.items():
        fields[f"heures-{line}-jours"] = list(hours.days)
        for number, (opens, closes) in enumerate(hours.spans, start=1):
            fields |= {f"heures-{line}-de-{number}": [opens], f"heures-{line}-a-{number}": [closes]}
    return fields


def faults(form: ProtocolForm) -> list[tuple[str, str]]:
    wrong = read(form, "essai", TEMPLATES, funders=FUNDERS).wrong
    sentences = [each.sentence.format_map(each.values).replace("\xa0", " ") for each in wrong]
    return [(each.field, sentence) for each, sentence in zip(wrong, sentences, strict=True)]


def typed(**fields: list[str]) -> ProtocolForm:
    """Give the form of `default` with some fields typed otherwise (a dash in a name is written __)."""
    return typed_form(sent(form_of(load("default"))) | {n.replace("__", "-"): v for n, v in fields.items()})


@pytest.mark.parametrize("name", shipped())
def test_a_protocol_goes_through_its_form_unchanged(name: str) -> None:
    protocol = load(name)
    reading = read(typed_form(sent(form_of(protocol))), name, TEMPLATES, protocol.interval_days)
    assert reading.wrong == ()
    assert reading.protocol == protocol


def test_caps_by_attribute_go_through_the_form_unchanged() -> None:
    caps = (
        Cap(contacts=2, funder="CNAV"),
        Cap(contacts=1, age_from=85),
        Cap(contacts=3, public=Public.FRAIL),
    )
    protocol = msgspec.structs.replace(load("default"), caps=caps)
    reading = read(typed_form(sent(form_of(protocol))), "default", TEMPLATES, 30, FUNDERS)
    assert (reading.wrong, reading.protocol) == ((), protocol)


@pytest.mark.parametrize(
    ("fields", "place", "words"),
    [
        ({"1-qui": "age_from:85"}, "limite-1-contacts", "Écrivez un nombre entier de 1 à 4."),
        (
            {"1-qui": "age_from:85", "1-contacts": "5"},
            "limite-1-contacts",
            "Écrivez un nombre entier de 1 à 4.",
        ),
        ({"1-contacts": "2"}, "limite-1-qui", "Choisissez pour qui, ou effacez le nombre."),
        (
            {"1-qui": "funder:D33", "1-contacts": "2"},
            "limite-1-qui",
            "Ce choix n’existe pas : choisissez-en un autre.",
        ),
        (
            {"1-qui": "age_from:quatre", "1-contacts": "2"},
            "limite-1-qui",
            "Ce choix n’existe pas : choisissez-en un autre.",
        ),
        (
            {"1-qui": "funder:D34", "1-contacts": "2", "2-qui": "funder:D34", "2-contacts": "1"},
            "limite-2-qui",
            "cette limite est déjà donnée plus haut",
        ),
        (
            {"1-qui": "public:PA_PH", "1-contacts": "4", "contacts": "3"},
            "limite-1-contacts",
            "au plus 3, la limite de tous",
        ),
    ],
)
def test_a_wrong_cap_is_located_in_its_row(fields: dict[str, str], place: str, words: str) -> None:
    named = {f"limite-{name}" if name != "contacts" else name: [value] for name, value in fields.items()}
    assert faults(typed(**named)) == [(place, words)]


def test_an_empty_row_of_caps_is_dropped() -> None:
    form = typed(**{"limite-1-qui": [""], "limite-1-contacts": [" "], "limite-2-qui": ["age_from:75"]})
    assert [cap.whose for cap in form.caps] == ["age_from:75"]


@pytest.mark.parametrize(
    ("field", "value", "place", "words"),
    [
        ("libelle", "", "libelle", "Écrivez un nom de 1 à 80 caractères."),
        ("contacts", "5", "contacts", "Écrivez un nombre entier de 1 à 4."),
        ("contacts", "quatre", "contacts", "Écrivez un nombre entier de 1 à 4."),
        ("fermeture", "", "fermeture", "Écrivez un nombre entier de 1 à 31."),
        ("fermeture", "20", "fermeture", "les résultats d’un mois se publient ensuite : 10 jours au plus"),
        ("retard", "11", "retard", "les résultats d’un mois se publient ensuite : 10 jours au plus"),
        (
            "etape-1-message",
            "sms:adieu",
            "etape-1-message",
            "Ce message n’existe pas : choisissez-en un autre.",
        ),
        ("etape-1-message", "fax", "etape-1-message", "Ce message n’existe pas : choisissez-en un autre."),
        ("etape-1-delai", "²", "etape-1-delai", "Écrivez un nombre entier de 0 à 744."),
        ("etape-3-delai", "9", "etape-3-delai", "l’étape commence après sa propre fin"),
        ("etape-1-abandon", "11", "etape-1-abandon", "écrivez 10 au plus, quand le suivi se ferme"),
        ("etape-1-essais", "2", "etape-1-essais", "seuls les appels se répètent"),
        ("etape-5-rappel", "oui", "etape-5-rappel", "un rappel est un SMS ou un courriel"),
        (
            "heures-sms-client-a-2",
            "21:00",
            "heures-sms-client-de-1",
            "les SMS et les appels restent entre 10 h et 13 h ou entre 14 h et 20 h",
        ),
        (
            "heures-sms-client-a-2",
            "",
            "heures-sms-client-de-2",
            "Choisissez une heure de début et une heure de fin.",
        ),
    ],
)
def test_a_fault_is_located_in_its_field_and_alone(field: str, value: str, place: str, words: str) -> None:
    assert faults(typed(**{field: [value]})) == [(place, words)]


def test_days_are_refused_in_words() -> None:
    found = faults(typed(**{"heures-phone-client-jours": ["1", "7"], "heures-email-relative-jours": []}))
    assert found == [
        ("heures-email-relative-jours", "Choisissez un ou plusieurs jours, du lundi au samedi."),
        ("heures-phone-client-jours", "Choisissez un ou plusieurs jours, du lundi au vendredi."),
    ]


def test_a_channel_without_hours_cannot_serve_a_step() -> None:
    form = form_of(load("default"))
    hours = {line: hours for line, hours in form.hours.items() if not line.startswith("email")}
    found = faults(msgspec.structs.replace(form, hours=hours))
    assert [place for place, _words in found] == ["etape-2-message", "etape-4-message"]


def test_what_is_wrong_is_kept_to_the_letter() -> None:
    form = typed(contacts=["beaucoup"], **{"etape-1-delai": ["bientôt"], "heures-sms-client-de-1": ["10"]})
    assert form.contact_cap == "beaucoup"
    assert form.steps[0].delay == "bientôt"
    assert form.hours["sms-client"].spans[0] == ("10", "13:00")
    assert msgspec.json.decode(msgspec.json.encode(form), type=ProtocolForm) == form


def test_several_faults_are_all_told() -> None:
    found = faults(typed(libelle=[""], contacts=["0"], **{"etape-3-delai": ["9"]}))
    assert [place for place, _words in found] == ["libelle", "contacts", "etape-3-delai"]


def test_a_protocol_without_a_step_is_refused() -> None:
    form = msgspec.structs.replace(form_of(load("integral")), steps=())
    assert faults(form) == [("etapes", "Il faut au moins une étape.")]


@pytest.mark.parametrize(
    "action", ["monter-1", "descendre-6", "retirer-9", "retirer-", "danser-2", "monter-²"]
)
def test_a_button_that_cannot_act_changes_nothing(action: str) -> None:
    form = form_of(load("default"))
    assert changed(form, action) == form


def test_steps_are_moved_and_never_more_than_twelve() -> None:
    form = form_of(load("default"))
    assert [s.message for s in changed(form, "descendre-1").steps][:2] == [
        "email:opening_email",
        "sms:opening",
    ]
    for _number in range(20):
        form = changed(form, "ajouter")
    assert len(form.steps) == MOST_STEPS


NAMES = sorted(
    {
        *sent(form_of(load("default"))),
        "limite-1-qui",
        "limite-12-contacts",
        "etape-12-message",
        "heures-sms-client-de-6",
    }
)


@given(st.dictionaries(st.sampled_from(NAMES), st.lists(st.text(max_size=6), max_size=3)))
def test_whatever_is_typed_is_kept_and_judged_without_a_fall(values: dict[str, list[str]]) -> None:
    form = typed_form(sent(form_of(load("default"))) | values)
    assert "\0" not in msgspec.json.encode(form).decode()
    faults(form)


@pytest.mark.parametrize(
    ("share", "compared", "expected"),
    [
        ("101", (), [("hasard", "Écrivez un nombre entier de 0 à 100.")]),
        ("dix", (), [("hasard", "Écrivez un nombre entier de 0 à 100.")]),
        ("10", ("sms",), [("hasard-moyens", "choisissez deux moyens à comparer, ou trois")]),
        ("10", ("sms", "phone"), []),
        ("0", ("sms",), []),
    ],
)
def test_an_experiment_is_judged_in_its_own_fields(
    share: str, compared: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    form = msgspec.structs.replace(form_of(load("default")), share=share, compared=compared)
    assert faults(form) == expected
    assert typed_form(sent(form)) == form


def test_a_channel_that_begins_nothing_is_told_where_channels_are_chosen() -> None:
    form = msgspec.structs.replace(form_of(load("integral")), share="5", compared=("sms", "phone"))
    [(field, sentence)] = faults(form)
    assert (field, sentence.startswith("aucune étape ne commence par ce moyen")) == ("hasard-moyens", True)


def test_an_experiment_typed_is_the_one_read() -> None:
    form = msgspec.structs.replace(form_of(load("default")), share="15", compared=("sms", "phone"))
    reading = read(form, "essai", TEMPLATES)
    assert reading.protocol.experiment == Experiment(share=15, channels=("sms", "phone"))
    assert form_of(reading.protocol) == form
