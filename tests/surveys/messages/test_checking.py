"""What is refused in the words of a message, and where."""

import msgspec
import pytest

from surveys.dispatch.text import shipped, template
from surveys.messages.checking import faults
from surveys.messages.uses import GROUPS, USES, known

EMAIL = template("opening_email").text


def found(name, language="fr", **change):
    """Give the faults of a changed message, in plain words with plain spaces."""
    wrong = faults(msgspec.structs.replace(template(name, language), **change))
    return [
        (each.field, each.sentence.format_map(each.values).replace("\xa0", " ").replace("\u202f", " "))
        for each in wrong
    ]


@pytest.mark.parametrize(("name", "language"), sorted(shipped()))
def test_every_shipped_message_is_sound(name, language):
    assert found(name, language) == []


def test_every_message_is_shown_in_one_group():
    names = [name for group in GROUPS for name in group.names]
    assert sorted(names) == sorted(USES) == sorted({name for name, _language in shipped()})


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("opening", "", "Écrivez le texte du message."),
        ("opening", "{question} {lien} STOP", "Il manque « {plateforme} » : le nom de la plateforme."),
        ("opening", "{plateforme} {lien} STOP", "Il manque « {question} »"),
        ("opening", "{plateforme} {question} STOP", "Il manque « {lien} » : l’adresse de la page"),
        ("opening", "{plateforme} {question} {lien}", "Il manque « STOP »"),
        ("opening", "{plateforme} {question} {lien} Stopper", "Il manque « STOP »"),
        ("low_mark", "Merci. {lien}", "Il manque « {notes} »"),
        ("voicemail", "Bonjour, {plateforme}", "Il manque « {telephone} »"),
        ("opening_email", EMAIL.replace("({refus})", "({rappel})"), "Il manque « {refus} »"),
        ("news", "{plateforme} : répondez {notes} {lien}", "« {notes} » n’existe pas dans ce message."),
        ("voicemail", "{plateforme} {organisme} {telephone}", "« {organisme} » n’existe pas"),
        ("opening", "{plateforme {question} {lien} STOP", "Une accolade est de trop"),
        ("opening", "{plateforme}} {question} {lien} STOP", "Une accolade est de trop"),
        ("opening", "{plateforme.x} {question} {lien} STOP", "Vouliez-vous écrire « {plateforme} » ?"),
        ("opening_email", EMAIL.replace("\n\n{notes}\n\n", "\n\nIci {notes}\n\n"), "« {notes} » se met seul"),
        ("opening_email", EMAIL.replace("({refus})", "(refus)") + "{refus}", "Un lien s’écrit"),
        ("voicemail", "a" * 1001 + "{plateforme} {telephone}", "Ce texte dépasse 1000 caractères."),
    ],
)
def test_a_message_that_lacks_something_is_refused(name, text, sentence):
    assert any(said.startswith(sentence) or sentence in said for _field, said in found(name, text=text))


@pytest.mark.parametrize(
    "words",
    [
        "Envoyez 5 €",
        "Payez ici",
        "un virement",
        "votre numéro de carte",
        "votre RIB",
        "de l’argent",
        "10 euros",
    ],
)
def test_no_message_asks_for_money(words):
    text = f"{{plateforme}} : {{question}}. {words} {{lien}} STOP"
    assert [said for _field, said in found("opening", text=text) if "parle d’argent" in said]


def test_to_say_that_money_is_never_asked_for_is_allowed():
    text = "{plateforme}. Nous ne demandons jamais d’argent. {question} {lien} STOP"
    assert found("opening", text=text) == []


def test_words_that_hold_those_of_money_are_allowed():
    text = "{plateforme} : une pensée pour Argentan et la banquette. {question} {lien} STOP"
    assert found("opening", text=text) == []


def test_an_unknown_fact_is_refused_with_its_place_and_the_nearest_one():
    text = template("opening_email").text.replace("{d_organisme}", "{organisme}") + "\nSigné {plateform}\n"
    (wrong,) = faults(msgspec.structs.replace(template("opening_email"), text=text))
    assert wrong.values == {"written": "{plateform}", "near": "{plateforme}"}
    assert (wrong.line, wrong.before) == (text.count("\n"), "Signé")


def test_an_email_needs_a_subject_that_lists_no_answer():
    assert found("opening_email", subject="") == [("objet", "Écrivez l’objet de l’e-mail.")]
    assert found("opening_email", subject="{notes}")[0][0] == "objet"


def test_the_question_may_stand_in_the_subject_alone():
    text = EMAIL.replace("# {question}\n\n", "")
    assert found("opening_email", text=text) == []
    assert found("opening_email", text=text, subject="Votre avis")


def test_what_becomes_of_a_complaint_cannot_be_unsubscribed_from():
    assert not {"refus", "rappel", "notes", "question"} & set(known("news_email"))
