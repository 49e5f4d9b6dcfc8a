"""What the voice says: within its limits in every language, each in whole sentences of that language."""

from datetime import date

import pytest
from msgspec import structs

from surveys.questionnaire.checking import findings
from surveys.questionnaire.definition import LANGUAGES, Channel, Item, Kind, Questionnaire, Words
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.reading import library
from surveys.questionnaire.voice.prompts import (
    LATEST_REFUSAL,
    Script,
    minutes,
    opening,
    question,
    seconds,
)

VISIT = Facts(organisation="Aide 34", day=date(2026, 11, 24))
EVERYWHERE = tuple(Channel)


def rating(alias: str, label: str = "Comment ?", **more: object) -> Item:
    return Item(alias=alias, kind=Kind.RATING, label=Words(label), core=True, channels=EVERYWHERE, **more)


def asking(*items: Item) -> Questionnaire:
    return Questionnaire("essai", 1, Words("Essai"), items, ("fr",))


def script(questionnaire: Questionnaire, language: str = "fr") -> Script:
    return Script(questionnaire=questionnaire, facts=VISIT, platform="P" * 17, language=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_way_to_refuse_is_said_within_twelve_seconds(language: str) -> None:
    asked = structs.replace(asking(rating("a")), languages=LANGUAGES)
    begun, refuse, _begin = opening(script(asked, language))
    assert seconds([begun, refuse]) <= LATEST_REFUSAL
    assert {begun.language, refuse.language} == {language}


def test_a_question_that_is_not_translated_keeps_its_keys_in_its_own_language() -> None:
    parts = question(script(structs.replace(asking(rating("a")), languages=("fr", "en")), "en"), rating("a"))
    assert {part.language for part in parts} == {"fr"}
    assert parts[1].text == "Très mal\u00a0: tapez 1."


def test_not_concerned_has_a_key() -> None:
    said = [part.text for part in question(script(asking(rating("a"))), rating("a", not_applicable=True))]
    assert said[-1] == "Cela ne me concerne pas\u00a0: tapez 8."


def test_one_question_takes_a_minute() -> None:
    assert minutes(script(library("default"))) == 1


def test_four_plain_marks_fit_in_two_minutes() -> None:
    four = asking(*(rating(alias, "Comment s’est passée la visite de lundi ?") for alias in "abcd"))
    assert list(findings(four)) == []


def test_a_call_of_more_than_two_minutes_is_refused_where_it_gets_too_long() -> None:
    long = asking(rating("a"), rating("b", "B" * 450), rating("c", "C" * 450), rating("d"))
    found = [finding.path for finding in findings(long)]
    assert found == [("items", 2, "channels")]


def test_a_text_that_cannot_be_completed_is_told_once() -> None:
    found = [finding.path for finding in findings(asking(rating("a", "Visite {inconnue}")))]
    assert found == [("items", 0, "label", "fr")]
