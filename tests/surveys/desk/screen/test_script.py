"""The script of a call follows the way of whoever answers: no question that is not asked of them by phone."""

from datetime import date
from types import SimpleNamespace

import pytest

from surveys.desk.screen.asking import Asking
from surveys.desk.screen.script import question
from surveys.questionnaire.definition import Channel, Item, Kind, Questionnaire, Words

HOW = Words(fr="Comment ?")
QUESTIONS = Questionnaire(
    "essai",
    1,
    HOW,
    (
        Item(alias="globale", kind=Kind.RATING, label=HOW, dont_know=True),
        Item(alias="pourquoi", kind=Kind.TEXT, label=HOW, relevant="${globale} <= 2"),
        Item(alias="ecrite", kind=Kind.TEXT, label=HOW, channels=(Channel.PAPER,)),
        Item(alias="chez_vous", kind=Kind.YES_NO, label=HOW, relevant="${audience} = 'client'"),
        Item(alias="rappel", kind=Kind.YES_NO, label=HOW),
    ),
)


def read(answers, *, number=None, respondent="client", kind="survey"):
    visit = SimpleNamespace(
        questionnaire=QUESTIONS,
        answers_of=lambda _respondent: answers,
        provider_name="Aide 34",
        visit_on=date(2026, 11, 23),
        activity="I-3",
        mode="prestataire",
        audience="client",
        departement="34",
        language="fr",
    )
    file = SimpleNamespace(case="x", kind=kind, visit=visit)
    return question(file, Asking(number, respondent), respondent)


@pytest.mark.parametrize(
    ("answers", "number", "respondent", "alias"),
    [
        ({}, None, "client", "globale"),
        ({"globale": 1}, None, "client", "pourquoi"),
        ({"globale": 4}, None, "client", "chez_vous"),
        ({"globale": 4}, 2, "client", "chez_vous"),
        ({"globale": 4}, 3, "relative", "rappel"),
        ({"globale": 4, "chez_vous": "no"}, None, "client", "rappel"),
    ],
)
def test_only_what_is_asked_of_whoever_answers_is_read(answers, number, respondent, alias):
    assert read(answers, number=number, respondent=respondent).alias == alias


def test_the_questions_end_with_the_last_that_is_asked():
    assert read({"globale": 4, "chez_vous": "no", "rappel": "no"}) is None
    assert read({"globale": 4}, number=6) is None


def test_back_leads_over_what_is_not_asked_and_the_number_is_that_of_the_way():
    last = read({"globale": 4, "chez_vous": "yes"})
    assert (last.rank, last.total, last.number) == (3, None, 5)
    assert (last.back, last.saved) == ("/appels/x?q=4&repondant=client", "Oui")


def test_a_callback_asks_when_it_is_told_to():
    assert read({}, kind="callback") is None
    assert read({}, kind="callback", number=1).alias == "globale"
