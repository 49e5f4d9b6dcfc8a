"""The ready questionnaires: whole in both languages, fit for each person, series unbroken."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import pytest

import surveys.questionnaire
from quality.measures.catalogue import indicator, yearly_series
from surveys.questionnaire.definition import Item, Kind, Questionnaire, wordings
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.logic import contributions
from surveys.questionnaire.overall import overall
from surveys.questionnaire.reading import library
from surveys.questionnaire.wording import Asked, asked

CODES = sorted(path.stem for path in (Path(surveys.questionnaire.__file__).parent / "library").glob("*.yaml"))
VISIT = Facts(organisation="Aide 34", day=date(2026, 11, 17))
MODES, AUDIENCES = ("prestataire", "mandataire", "mise_a_disposition"), ("client", "relative")
MOST_WORDS = 15
JARGON = re.compile(
    r"\b(SAP|SAAD|APA|PCH|prestataires?|mandataires?|prestations?|interventions?|bénéficiaires?|usagers?|"
    r"référente?s?|dispositifs?|intervenante?s?|satisfaction|modalités?|notamment|concernant|effectuée?s?)\b",
    re.IGNORECASE,
)
TO_THE_CLIENT = re.compile(
    r"\b(chez|avec|pour) vous\b|\bvous (a|avait)-t?-?(on|il)\b|\bvos\b",
    re.IGNORECASE,
)
# What version 1 of each series was: alias, kind, and the indicator that it feeds.
VISIT_SERIES = (
    ("globale", Kind.RATING, "GLOB:1"),
    ("ponctualite", Kind.RATING, "PONCT:1"),
    ("travail", Kind.RATING, "QUAL:1"),
    ("respect", Kind.RATING, "RESP:1"),
    ("conseil", Kind.YES_NO, "RECO:1"),
)


def core(questionnaire: Questionnaire) -> list[Item]:
    return [item for item in questionnaire.items if item.core]


def every_wording(code: str, language: str, **about: str) -> Iterator[tuple[Item, Asked]]:
    """Give the questions of one questionnaire as each person reads them."""
    for item, mode, audience in product(library(code).items, MODES, AUDIENCES):
        told = {"mode": mode, "audience": audience} | about
        yield item, asked(item, replace(VISIT, **told), language=language)


def texts(worded: Asked) -> list[str]:
    return [
        *(worded.label, worded.say, worded.hint, worded.probe, worded.agent, worded.constraint_message),
        *(option.words for option in worded.options),
    ]


def all_texts(code: str, language: str, **about: str) -> set[str]:
    return {text for _, worded in every_wording(code, language, **about) for text in texts(worded) if text}


def sentences(code: str) -> set[str]:
    return {part for text in all_texts(code, "fr") for part in re.split(r"(?<=[.?!;])\s+", text) if part}


def test_there_is_one_for_each_moment() -> None:
    assert CODES == ["complaint", "default", "first", "no_show", "yearly"]


@pytest.mark.parametrize("code", CODES)
def test_a_file_is_named_by_its_code(code: str) -> None:
    assert library(code).code == code


@pytest.mark.parametrize(
    ("code", "count"), [("default", 5), ("first", 5), ("no_show", 3), ("complaint", 3), ("yearly", 14)]
)
def test_they_are_as_short_as_they_can_be(code: str, count: int) -> None:
    assert len(core(library(code))) == count


@pytest.mark.parametrize("code", CODES)
def test_a_sentence_has_fifteen_words_at_most(code: str) -> None:
    long = [each for each in sentences(code) if len(re.findall(r"[\w’-]+", each)) > MOST_WORDS]
    assert long == []


@pytest.mark.parametrize("code", CODES)
def test_no_word_is_of_the_trade(code: str) -> None:
    assert [text for text in all_texts(code, "fr") if JARGON.search(text)] == []


@pytest.mark.parametrize("code", CODES)
def test_french_is_set_as_french_is_printed(code: str) -> None:
    wrong = re.compile(r"['\"]|(?<!\u202f)[?;!]|(?<!\xa0):|\s\s|^\s|\s$|^[a-zà-ÿ]|\.\.\.|[()]")
    assert [text for text in all_texts(code, "fr") if wrong.search(text)] == []


@pytest.mark.parametrize("code", CODES)
def test_every_question_ends_as_a_question(code: str) -> None:
    labels = {worded.label for _, worded in every_wording(code, "fr")}
    assert [label for label in labels if not label.endswith("\u202f?")] == []


@pytest.mark.parametrize("code", CODES)
def test_english_is_whole(code: str) -> None:
    missing = [path for path, words in wordings(library(code)) if words.en is None or words.en == words.fr]
    assert missing == []
    french = re.compile(r"[à-ÿ\u202f\xa0«»]| [?;!:]")
    piped = VISIT.piped("en")["jour"]
    said = {text.replace(piped, "Tuesday") for text in all_texts(code, "en")}
    assert [text for text in said if french.search(text)] == []


@pytest.mark.parametrize("code", CODES)
def test_english_asks_of_the_same_facts(code: str) -> None:
    def facts(text: str | None) -> set[str]:
        return {name.replace("d_", "") for name in re.findall(r"\{(\w+)\}", text or "")}

    apart = [path for path, words in wordings(library(code)) if facts(words.fr) != facts(words.en)]
    assert apart == []


@pytest.mark.parametrize("code", CODES)
def test_a_relative_is_asked_about_their_relative(code: str) -> None:
    if code == "complaint":  # whoever complained is asked of their own complaint
        return
    assert [text for text in all_texts(code, "fr", audience="relative") if TO_THE_CLIENT.search(text)] == []


@pytest.mark.parametrize("code", CODES)
def test_who_employs_their_worker_is_not_asked_of_a_visit_by_the_organisation(code: str) -> None:
    said = all_texts(code, "fr", mode="mandataire")
    assert [text for text in said if "visite d’Aide 34" in text or "factures" in text] == []


@pytest.mark.parametrize(
    ("mode", "audience", "label"),
    [
        (
            "prestataire",
            "relative",
            "La visite d’Aide 34 prévue mardi 17 novembre n’a pas eu lieu. "
            "Comment cela s’est-il passé pour votre proche ?",
        ),
        (
            "mandataire",
            "client",
            "Le travail prévu chez vous, mardi 17 novembre, n’a pas eu lieu. "
            "Comment cela s’est-il passé pour vous ?",
        ),
    ],
)
def test_a_visit_that_did_not_take_place_is_said_as_each_knows_it(
    mode: str, audience: str, label: str
) -> None:
    first = asked(library("no_show").items[0], replace(VISIT, mode=mode, audience=audience))
    assert re.sub(r"\s", " ", first.label) == label


def test_the_series_of_a_visit_go_on() -> None:
    found = [(item.alias, item.kind, item.measures[0].series) for item in core(library("default"))]
    assert found == list(VISIT_SERIES)
    hour = library("default").item("ponctualite")
    assert [choice.label.fr for choice in hour.choices] == [
        "Très en retard",
        "Plutôt en retard",
        "Un peu en retard",
        "À peu près à l’heure",
        "À l’heure",
    ]


def test_a_first_visit_is_asked_what_every_visit_is_and_more() -> None:
    every, first = library("default"), library("first")
    assert [item for item in first.items if item in every.items] == list(every.items)
    assert first.items[:5] == every.items[:5]
    assert first.feeds == every.feeds


def test_nobody_is_asked_how_the_work_of_a_visit_that_was_not_done_went() -> None:
    assert library("no_show").feeds == {("GLOB", 1)}
    answers = {"globale": 1, "prevenu": "no", "remplacement": "no"}
    assert contributions(library("no_show"), answers, VISIT) == {"GLOB:1": (1, 0, 1, 0, 0, 0, 0)}


@pytest.mark.parametrize("code", ["complaint", "yearly"])
def test_what_is_not_asked_of_a_visit_feeds_no_figure_of_visits(code: str) -> None:
    series = {f"{indicator}:{version}" for indicator, version in library(code).feeds}
    assert series == (yearly_series() if code == "yearly" else frozenset())
    assert overall(library(code)) is None


@pytest.mark.parametrize("code", CODES)
def test_every_series_is_in_the_catalogue(code: str) -> None:
    for name, version in library(code).feeds:
        assert indicator(name, version).code == name


def test_the_mark_of_a_visit_is_found_wherever_it_is_asked() -> None:
    default = library("default")
    turned = Questionnaire(code="t", version=1, title=default.title, items=default.items[::-1])
    assert overall(turned) == default.items[0]
