"""Answers: what is stored, what counts, what completes."""

from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.questionnaire.definition import Choice, Feed, Item, Kind, Rule, Words
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.logic import (
    ONE_EXCLUDES,
    AnswerRefused,
    completeness,
    contributions,
    is_low,
    parse,
    wants_callback,
)
from surveys.questionnaire.reading import library
from tests.surveys.questionnaire.strategies import any_answer, any_definition

DEFAULT = library("default")
VISIT = Facts(organisation="Aide 34", day=date(2026, 11, 17))
OVERALL, ADVICE, COMMENT, CALLBACK = (
    DEFAULT.item(a) for a in ("globale", "conseil", "commentaire", "rappel")
)


@pytest.mark.parametrize(
    ("item", "raw", "stored"),
    [
        (OVERALL, "1", 1),
        (OVERALL, " 5\n", 5),
        (OVERALL, "NSP", "nsp"),
        (ADVICE, "oui", "yes"),
        (ADVICE, "no", "no"),
        (CALLBACK, "Non", "no"),
        (COMMENT, "  Très bien.\r\nMerci\r ", "Très bien.\nMerci"),
        (COMMENT, "a\x00b\x1b\x85\u202ec\ud800\td", "abc\td"),
        (COMMENT, " ", ""),
        (COMMENT, "é" * 2_000, "é" * 2_000),
    ],
)
def test_an_answer_is_stored_as_a_plain_value(item, raw, stored):
    answer = parse(item, raw)
    assert (answer, type(answer)) == (stored, type(stored))


@pytest.mark.parametrize(
    ("item", "raw", "message"),
    [
        (OVERALL, "", "Choisissez une réponse, de 1 à 5, ou « Je ne sais pas »"),
        (OVERALL, "0", "Choisissez une réponse, de 1 à 5, ou « Je ne sais pas »"),
        (OVERALL, "6", "Choisissez une réponse, de 1 à 5, ou « Je ne sais pas »"),
        (OVERALL, "٣", "Choisissez une réponse, de 1 à 5, ou « Je ne sais pas »"),
        (msgspec.structs.replace(OVERALL, dont_know=False), "nsp", "Choisissez une réponse, de 1 à 5"),
        (ADVICE, "5", "Choisissez « Oui », « Non » ou « Je ne sais pas »"),
        (CALLBACK, "nsp", "Choisissez « Oui » ou « Non »"),
        (COMMENT, "é" * 2_001, "Votre texte est trop long : 2 000 caractères au plus"),
    ],
)
def test_an_answer_the_item_cannot_take_is_refused_in_french(item, raw, message):
    with pytest.raises(AnswerRefused) as refused:
        parse(item, raw)
    assert refused.value.message.replace("\xa0", " ").replace("\u202f", " ") == message


@settings(max_examples=60)
@given(st.text())
def test_any_text_is_stored_without_what_a_database_refuses(raw):
    stored = parse(COMMENT, raw)
    assert isinstance(stored, str)
    assert "\x00" not in stored
    assert parse(COMMENT, stored) == stored
    stored.encode()


WHY = tuple(Choice(Words(fr=value), value) for value in ("Retard", "travail"))
NOBODY = Choice(Words(fr="Personne"), "personne", exclusive=True)


def of(kind, choices=(), **more):
    more = {"dont_know": kind is not Kind.TEXT, **more}
    return Item(alias="a", kind=kind, label=Words(fr="?"), choices=choices, **more)


SCALE, SINGLE = of(Kind.SCALE), of(Kind.SINGLE, WHY)
SEVERAL = of(Kind.MULTIPLE, (*WHY, NOBODY), not_applicable=True)
WHOLE, DECIMAL, DAY = of(Kind.NUMBER), of(Kind.NUMBER, decimals=True), of(Kind.DATE, not_applicable=True)


@pytest.mark.parametrize(
    ("item", "raw", "stored"),
    [
        (SCALE, "0", 0),
        (SCALE, "10", 10),
        (SCALE, "nsp", "nsp"),
        (SINGLE, " Retard ", "Retard"),
        (SINGLE, ["", "travail"], "travail"),
        (SINGLE, "NSP", "nsp"),
        (SEVERAL, ["travail", "Retard", "travail"], ["Retard", "travail"]),
        (SEVERAL, "travail", ["travail"]),
        (SEVERAL, ["personne", ""], ["personne"]),
        (SEVERAL, ["so"], "so"),
        (WHOLE, "12", 12),
        (WHOLE, " 1\u202f200 ", 1_200),
        (WHOLE, "-3,0", -3),
        (WHOLE, ["", "nsp"], "nsp"),
        (DECIMAL, "2,50", 2.5),
        (DECIMAL, "-0.5", -0.5),
        (DECIMAL, "2,0", 2),
        (DAY, "2026-11-17", "2026-11-17"),
        (DAY, "7/1/2026", "2026-01-07"),
        (DAY, "so", "so"),
    ],
)
def test_an_answer_of_every_kind_is_stored_as_a_plain_value(item, raw, stored):
    answer = parse(item, raw)
    assert (answer, type(answer)) == (stored, type(stored))


@pytest.mark.parametrize(
    ("item", "raw", "message"),
    [
        (SCALE, "11", "Choisissez une des réponses proposées"),
        (SCALE, "-1", "Choisissez une des réponses proposées"),
        (SINGLE, "retard", "Choisissez une des réponses proposées"),
        (SINGLE, "so", "Choisissez une des réponses proposées"),
        (SINGLE, ["Retard", "travail"], "Donnez une seule réponse"),
        (of(Kind.RATING, not_applicable=True), "", "Choisissez une des réponses proposées"),
        (SEVERAL, [], "Cochez au moins une réponse"),
        (SEVERAL, ["", " "], "Cochez au moins une réponse"),
        (SEVERAL, ["Retard", "autre"], "Cochez au moins une réponse"),
        (SEVERAL, ["Retard", "personne"], ONE_EXCLUDES),
        (SEVERAL, ["Retard", "nsp"], ONE_EXCLUDES),
        (WHOLE, "", "Écrivez un nombre en chiffres"),
        (WHOLE, "deux", "Écrivez un nombre en chiffres"),
        (WHOLE, "٣", "Écrivez un nombre en chiffres"),
        (WHOLE, "1e3", "Écrivez un nombre en chiffres"),
        (WHOLE, "2,5", "Écrivez un nombre en chiffres, sans virgule"),
        (WHOLE, ["12", "nsp"], "Donnez une seule réponse"),
        (DECIMAL, "2.5.1", "Écrivez un nombre en chiffres"),
        (DAY, "2026-02-30", "Écrivez une date, comme 31/12/2026"),
        (DAY, "30/02/2026", "Écrivez une date, comme 31/12/2026"),
        (DAY, "demain", "Écrivez une date, comme 31/12/2026"),
        (DAY, "17-11-2026", "Écrivez une date, comme 31/12/2026"),
    ],
)
def test_an_answer_that_its_kind_cannot_take_is_refused(item, raw, message):
    with pytest.raises(AnswerRefused) as refused:
        parse(item, raw)
    assert refused.value.message == message


@settings(max_examples=200)
@given(st.data())
def test_an_answer_posted_again_is_stored_the_same(data):
    item = data.draw(any_definition()).items[-1]
    answer = data.draw(any_answer(item))
    posted = [str(each) for each in answer] if isinstance(answer, list) else str(answer).strip()
    assert parse(item, posted) == (posted if item.kind is Kind.TEXT else answer)


def test_a_chosen_value_may_be_the_favourable_one():
    feed = Feed(indicator="FAIT", version=1, rule=Rule.IS, value="travail")
    chosen = msgspec.structs.replace(DEFAULT, items=(msgspec.structs.replace(SINGLE, measures=(feed,)),))
    assert contributions(chosen, {"a": "travail"}, VISIT) == {"FAIT:1": (1, 1)}
    assert contributions(chosen, {"a": "Retard"}, VISIT) == {"FAIT:1": (1, 0)}
    assert contributions(chosen, {"a": "so"}, VISIT) == {}


def test_marks_of_four_and_five_are_favourable():
    series = [contributions(DEFAULT, {"globale": mark}, VISIT)["GLOB:1"] for mark in range(1, 6)]
    assert [sums[:2] for sums in series] == [(1, 0), (1, 0), (1, 0), (1, 1), (1, 1)]
    assert [sums[2:].index(1) for sums in series] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("code", ["default", "first", "no_show"])
def test_a_version_that_kept_no_mark_goes_on_adding_its_share_alone(code: str) -> None:
    overall, *_others = library(code).items
    feeds = (Feed(indicator="GLOB", version=1, rule=Rule.TOP2),)
    before = msgspec.structs.replace(DEFAULT, items=(msgspec.structs.replace(overall, measures=feeds),))
    assert contributions(before, {"globale": 5}, VISIT) == {"GLOB:1": (1, 1)}


def test_each_measured_item_feeds_its_own_series():
    answers = {"globale": 5, "ponctualite": 2, "travail": 4, "respect": 3, "conseil": "yes", "rappel": "yes"}
    assert contributions(DEFAULT, answers, VISIT) == {
        "GLOB:1": (1, 1, 0, 0, 0, 0, 1),
        "PONCT:1": (1, 0),
        "QUAL:1": (1, 1, 0, 0, 0, 1, 0),
        "RESP:1": (1, 0),
        "RECO:1": (1, 1),
    }


def test_what_is_not_known_or_not_answered_contributes_nothing():
    assert contributions(DEFAULT, {"globale": "nsp", "commentaire": "Rien", "inconnue": 5}, VISIT) == {}


def test_two_items_of_one_series_add_up():
    both = tuple(
        msgspec.structs.replace(item, measures=(Feed(indicator="INFO", version=2, rule=Rule.TOP2),))
        for item in DEFAULT.items[:2]
    )
    composite = msgspec.structs.replace(DEFAULT, items=both)
    assert contributions(composite, {"globale": 5, "ponctualite": 1}, VISIT) == {"INFO:2": (2, 1)}


@pytest.mark.parametrize(("mark", "score"), [(0, 0), (6, 0), (7, 1), (8, 1), (9, 2), (10, 2)])
def test_a_mark_from_0_to_10_is_counted_as_itself(mark: int, score: int) -> None:
    sums = contributions(library("yearly"), {"recommandation": mark}, VISIT)["NPS:1"]
    assert sums[:2] == (1, score)
    assert [place for place, times in enumerate(sums[2:]) if times] == [mark]
    assert len(sums) == 2 + 11


def test_a_composite_counts_each_person_once_and_each_question_apart() -> None:
    answers = {"prix": "yes", "changements": "no", "besoins": "nsp"}
    assert contributions(library("yearly"), answers, VISIT) == {"INFO:1": (1, 1, 0, 0, 1, 0, 1, 1)}


def test_a_low_mark_is_a_signal_where_the_item_says_so():
    assert [is_low(OVERALL, answer) for answer in (1, 2, 3, 4, 5, "nsp")] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]
    assert not is_low(msgspec.structs.replace(OVERALL, signal=False), 1)


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ({}, "none"),
        ({"commentaire": ""}, "none"),
        ({"inconnue": 5}, "none"),
        ({"globale": 5}, "partial"),
        ({"commentaire": "Merci"}, "partial"),
        ({"globale": 5, "travail": 4, "commentaire": "Merci"}, "partial"),
        ({"globale": 5, "travail": 4, "conseil": "nsp"}, "complete"),
    ],
)
def test_half_of_the_core_items_complete_a_response(answers, state):
    assert completeness(DEFAULT, answers, VISIT) == state


def test_exactly_half_of_the_core_items_is_complete():
    four = msgspec.structs.replace(DEFAULT, items=DEFAULT.items[:4])
    assert completeness(four, {"globale": 5}, VISIT) == "partial"
    assert completeness(four, {"globale": 5, "respect": 5}, VISIT) == "complete"


def test_a_person_is_called_back_only_when_they_ask():
    assert wants_callback(DEFAULT, {"rappel": "yes"})
    assert not wants_callback(DEFAULT, {"rappel": "no", "conseil": "yes"})
