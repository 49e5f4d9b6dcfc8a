"""A questionnaire by each channel, written by what writes it to clients."""

import re
from dataclasses import replace
from datetime import date

import pytest

from quality.web.platform import NOBODY
from surveys.authoring.previews import aloud, messages
from surveys.authoring.previews.about import About
from surveys.dispatch.text import shipped
from surveys.questionnaire.definition import Channel, Item, Kind, Questionnaire, Words
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.reading import library

CARD = replace(NOBODY, name="Pléiades Services", sms_name="Pleiades", phone="+33467000000", hours="Du lundi.")
VISIT = Facts(organisation="Aide 34", day=date(2026, 11, 23))
LIBRARY = ("default", "first", "no_show", "complaint", "yearly")


def about(code="default", language="fr", **visit):
    return About(
        questionnaire=library(code),
        visit=replace(VISIT, **visit),
        language=language,
        card=CARD,
        templates=shipped(),
        link="https://q.fr/s/EXEMPLE12345",
    )


def test_the_conversation_goes_from_a_low_mark_to_its_reason():
    said = [(each.is_client, each.text) for each in messages.conversation(about())]
    assert said == [
        (
            False,
            "Pleiades : visite Aide 34 lundi. Répondez de 1 (très mal) à 5 (très bien) "
            "ou https://q.fr/s/EXEMPLE12345 STOP=refus",
        ),
        (True, "1"),
        (
            False,
            "Merci de nous l'avoir dit. 1 retard, 2 travail non fait, 3 comportement, 4 autre. "
            "Que souhaitez-vous ? https://q.fr/s/EXEMPLE12345",
        ),
        (True, "1"),
    ]


def test_an_employer_and_a_relative_are_spoken_to_in_their_words():
    assert "travail Aide 34" in messages.conversation(about(mode="mandataire"))[0].text
    assert "chez votre proche" in messages.email(about(audience="relative")).subject


def test_an_email_links_to_each_answer():
    links = re.findall(r"note=(\d)", messages.email(about()).text)
    assert links == ["1", "2", "3", "4", "5"]


def test_a_language_that_no_message_is_written_in_is_replaced_by_french():
    assert messages.conversation(about(language="pt"))[0].text.startswith("Pleiades : visite")
    assert messages.conversation(about(language="en"))[0].text.startswith("Pleiades: visit")


@pytest.mark.parametrize("code", LIBRARY)
def test_an_agent_reads_every_question_with_a_key_for_each_answer(code):
    lines = aloud.script(about(code))
    assert [line.number for line in lines] == list(range(1, len(library(code).asked_on("phone")) + 1))
    for line in lines:
        keys = [choice.key for choice in line.choices]
        assert len(set(keys)) == len(keys)


HOW = Words(fr="Comment ?")
BRANCHED = Questionnaire(
    "essai",
    1,
    HOW,
    (
        Item(alias="globale", kind=Kind.RATING, label=HOW, signal=True),
        Item(alias="quoi", kind=Kind.TEXT, label=HOW, relevant="${globale} <= 2"),
        Item(alias="employeur", kind=Kind.YES_NO, label=HOW, relevant="${mode} = 'mandataire'"),
        Item(alias="combien", kind=Kind.NUMBER, label=HOW),
        Item(alias="ecrite", kind=Kind.TEXT, label=HOW, channels=(Channel.PAPER,)),
        Item(alias="loin", kind=Kind.TEXT, label=HOW, relevant="${combien} > 3 and answered(${globale})"),
    ),
)
LOW = "la personne répond «\u00a0Très mal\u00a0» ou «\u00a0Plutôt mal\u00a0» à la question 1"


@pytest.mark.parametrize(("mode", "before", "number"), [("prestataire", 3, 4), ("mandataire", 4, 5)])
def test_an_agent_s_script_leaves_out_what_the_visit_rules_out_and_tells_each_condition(mode, before, number):
    lines = aloud.script(replace(about(mode=mode), questionnaire=BRANCHED))
    assert {line.number: line.only for line in lines if line.only} == {
        2: f"Posée seulement si {LOW}.",
        number: f"Posée seulement si la réponse à la question {before} est plus grande que 3 "
        "et la personne répond à la question 1.",
    }
    assert [line.asks_wish for line in lines] == [True, *[False] * (number - 1)]


def test_an_agent_asks_at_the_end_who_answered_in_the_words_of_the_call():
    assert "Avez-vous eu de l’aide" in aloud.who(about())[0]
    assert "who you are to this person" in aloud.who(about(audience="relative", language="en"))[0]


@pytest.mark.parametrize("code", LIBRARY)
def test_the_automatic_voice_goes_to_the_end_of_its_call(code):
    turns = aloud.voice(about(code))
    if library(code).asked_on("voice"):
        assert turns[0].language == "fr"
        assert turns[-1].language == "fr", "the voice has the last word"
        assert any(not turn.language for turn in turns)
    else:
        assert turns == ()
