"""A sheet typed again: its keys, what is skipped, and what is never guessed."""

from datetime import date

import pytest

from surveys.questionnaire.definition import Choice, Item, Kind, Questionnaire, Words
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.logic import AnswerRefused
from surveys.questionnaire.paper.typing import (
    Mark,
    Typed,
    asked,
    given,
    kept,
    marked,
    number_of,
    resumed,
    undone,
)

VISIT = Facts(organisation="Aide 34", day=date(2026, 11, 24))
SHEET = Questionnaire(
    "essai",
    1,
    Words("Essai"),
    (
        Item(alias="globale", kind=Kind.RATING, label=Words("Comment ?"), core=True, dont_know=True),
        Item(
            alias="motif",
            kind=Kind.MULTIPLE,
            label=Words("Quoi ?"),
            choices=(Choice(Words("Un retard"), "late"), Choice(Words("Autre"), "other")),
            relevant="${globale} <= 2",
        ),
        Item(alias="note", kind=Kind.SCALE, label=Words("Note ?"), dont_know=True),
        Item(alias="dit", kind=Kind.TEXT, label=Words("Quoi d’autre ?")),
    ),
    ("fr",),
)


def typed(*raw: str | list[str] | Mark) -> Typed:
    found = Typed(SHEET, VISIT)
    for each in raw:
        item = asked(found)
        assert item is not None
        found = marked(found, item, each) if isinstance(each, Mark) else given(found, item, each)
    return found


def test_keys_give_the_stored_answers() -> None:
    found = typed("1", ["1", "2"], "10", "Merci")
    assert found.answers == {"globale": 1, "motif": ["late", "other"], "note": 10, "dit": "Merci"}
    assert asked(found) is None


def test_what_the_sheet_skips_is_not_asked_for_and_keeps_its_number() -> None:
    found = typed("4")
    item = asked(found)
    assert item is not None
    assert (item.alias, number_of(found, item)) == ("note", 3)


@pytest.mark.parametrize(("key", "stored"), [("9", "nsp"), ("5", 5)])
def test_nine_says_that_one_does_not_know(key: str, stored: object) -> None:
    assert typed(key).answers == {"globale": stored}


def test_a_mark_out_of_ten_takes_nine_for_nine_and_n_for_not_known() -> None:
    assert typed("4", "9").answers["note"] == 9
    assert typed("4", "n").answers["note"] == "nsp"


def test_two_ticked_boxes_are_set_aside_and_count_as_a_blank() -> None:
    found = typed(Mark.TWO, Mark.ILLEGIBLE, "")
    assert found.answers == {}
    assert [found.marked(mark) for mark in Mark] == [1, 1, 1]
    assert list(found.said) == ["globale", "note", "dit"]


def test_what_is_not_an_answer_is_refused() -> None:
    with pytest.raises(AnswerRefused):
        typed("7")


def test_what_was_typed_last_is_taken_back() -> None:
    assert undone(typed("1", ["1"])).answers == {"globale": 1}
    assert undone(typed()).said == {}


def test_a_page_carries_what_was_typed_and_nothing_that_is_not_so() -> None:
    found = typed("1", ["1"], Mark.ILLEGIBLE)
    assert resumed(SHEET, VISIT, kept(found)) == found
    for broken in (
        "",
        "[]",
        "?",
        '[["globale", false, 9]]',
        '[["note", false, 3]]',
        '[["globale", true, "x"]]',
    ):
        assert resumed(SHEET, VISIT, broken).said == {}
