"""A change that would break a series is refused with the reason; words are free."""

import pytest
from hypothesis import given, settings
from msgspec import structs

from surveys.questionnaire.definition import (
    SCALE,
    Choice,
    Feed,
    Item,
    Kind,
    Questionnaire,
    Rule,
    Variant,
    Variants,
    Words,
)
from surveys.questionnaire.evolution import breaks, unknown_measures
from surveys.questionnaire.reading import library
from tests.surveys.questionnaire.strategies import any_definition

HOW = Words(fr="Comment ?", en="How?")
GLOB, FAIT = Feed("GLOB", 1, Rule.TOP2), Feed("FAIT", 1, Rule.IS, "oui")
MARKS = tuple(Choice(Words(fr=f"Mot {n}", en=f"Word {n}")) for n in range(5))
DONE = (Choice(Words(fr="Oui"), "oui"), Choice(Words(fr="Non"), "non"))
FIRST = Item(alias="globale", kind=Kind.RATING, label=HOW, core=True, choices=MARKS, measures=(GLOB,))
WORK = Item(
    alias="fait", kind=Kind.SINGLE, label=HOW, choices=DONE, measures=(FAIT,), relevant="${globale} < 3"
)
WHY = Item(alias="motif", kind=Kind.MULTIPLE, label=HOW, choices=DONE)
MOOD = Item(alias="humeur", kind=Kind.RATING, label=HOW, choices=MARKS)
LAST = Questionnaire("essai", 3, HOW, (FIRST, WORK, WHY, MOOD))


def changed(number, **fields):
    items = list(LAST.items)
    items[number] = structs.replace(items[number], **fields)
    return structs.replace(LAST, version=4, items=tuple(items))


def found(new, past=(LAST,)):
    return [finding.path for finding in breaks(past, new)]


@pytest.mark.parametrize(
    "change",
    [
        {"label": Words(fr="Autrement ?")},
        {"say": HOW, "hint": HOW, "agent": HOW, "variants": Variants(relative=Variant(label=HOW))},
        {"dont_know": True, "not_applicable": True, "signal": True, "core": False},
        {"choices": tuple(structs.replace(each, label=Words(fr=each.label.fr, es="Otra")) for each in MARKS)},
        {"choices": tuple(Choice(Words(fr=f"mot\xa0{n}.")) for n in range(5))},
        {"measures": (GLOB, Feed("QUAL", 1, Rule.TOP2))},
        {"measures": (Feed("GLOB", 2, Rule.TOP2),)},
    ],
)
def test_words_are_free_and_a_series_may_begin(change):
    assert found(changed(0, **change)) == []


@pytest.mark.parametrize(
    ("number", "change", "field"),
    [
        (0, {"kind": Kind.SCALE, "choices": (), "measures": ()}, "kind"),
        (0, {"choices": ()}, "choices"),
        (0, {"choices": (*MARKS[:4], Choice(Words(fr="Parfait", en="Word 4")))}, "choices"),
        (0, {"choices": (*MARKS[:4], Choice(Words(fr="Mot 4", en="Perfect")))}, "choices"),
        (0, {"measures": ()}, "measures"),
        (0, {"measures": (Feed("QUAL", 1, Rule.TOP2),)}, "measures"),
        (1, {"choices": (*DONE, Choice(HOW, "peut_etre"))}, "choices"),
        (1, {"relevant": None}, "relevant"),
        (1, {"relevant": "${globale} <= 3"}, "relevant"),
        (1, {"measures": (structs.replace(FAIT, value="non"),)}, "measures"),
        (2, {"choices": (DONE[0], Choice(HOW, "rien"))}, "choices"),
        (2, {"choices": (DONE[0], structs.replace(DONE[1], exclusive=True))}, "choices"),
        (3, {"measures": (GLOB,)}, "measures"),
    ],
)
def test_a_change_that_breaks_a_series_is_found(number, change, field):
    assert ("items", number, field) in found(changed(number, **change))


@pytest.mark.parametrize(
    ("number", "change"),
    [
        (1, {"relevant": "( ${globale}<3 )"}),
        (2, {"choices": DONE[::-1]}),
        (2, {"relevant": "${globale} = 1"}),
        (3, {"choices": ()}),
        (0, {"measures": (Feed("GLOB", 1, Rule.SCALE),)}),
    ],
)
def test_what_is_not_measured_or_says_the_same_may_change(number, change):
    assert found(changed(number, **change)) == []


def test_a_series_that_keeps_each_mark_goes_on_keeping_it():
    kept = changed(0, measures=(Feed("GLOB", 1, Rule.SCALE),))
    assert ("items", 0, "measures") in found(structs.replace(LAST, version=9), past=(kept,))


def test_the_words_of_the_usual_scale_may_be_written_out():
    usual = structs.replace(LAST, items=(structs.replace(FIRST, choices=()),))
    spelled = tuple(Choice(Words(fr=words.fr, en=words.en)) for words in SCALE)
    assert found(structs.replace(LAST, items=(structs.replace(FIRST, choices=spelled),)), past=(usual,)) == []


def test_a_question_may_be_removed_added_or_moved():
    new = Item(alias="nouvelle", kind=Kind.TEXT, label=HOW)
    assert found(structs.replace(LAST, items=(FIRST, new))) == []
    assert found(structs.replace(LAST, items=LAST.items[::-1])) == []


def test_a_name_once_used_for_another_kind_is_never_used_again():
    older = structs.replace(LAST, version=1, items=(FIRST, Item(alias="prix", kind=Kind.NUMBER, label=HOW)))
    new = structs.replace(LAST, items=(*LAST.items, Item(alias="prix", kind=Kind.TEXT, label=HOW)))
    (finding,) = breaks((LAST, older), new)
    assert finding.path == ("items", 4, "kind")
    assert "« prix » était une question d’un autre genre" in finding.message.replace("\xa0", " ")


def test_the_newest_version_is_compared_whatever_the_order():
    older = structs.replace(changed(0, choices=()), version=2)
    assert found(changed(0), past=(LAST, older)) == []
    assert found(changed(0), past=(older, LAST)) == []


def test_another_questionnaire_is_free():
    other = structs.replace(changed(0, kind=Kind.YES_NO, choices=(), measures=()), code="autre")
    assert found(other) == []
    assert found(other, past=()) == []


def test_a_series_cannot_go_to_another_question():
    renamed = structs.replace(LAST, items=(structs.replace(FIRST, alias="visite"), *LAST.items[1:]))
    (finding,) = [each for each in breaks((LAST,), renamed) if each.path == ("items", 0, "measures")]
    assert "GLOB (version 1) est alimenté par « globale »" in finding.message.replace("\xa0", " ")


def test_a_series_that_stopped_goes_on_by_its_own_question_only():
    stopped = structs.replace(LAST, version=LAST.version + 1, items=LAST.items[1:])
    again = structs.replace(LAST, version=LAST.version + 2)
    assert breaks((LAST, stopped), again) == ()
    other = structs.replace(again, items=(structs.replace(FIRST, alias="visite"), *LAST.items[1:]))
    assert [each.path for each in breaks((LAST, stopped), other)] == [("items", 0, "measures")]


@settings(max_examples=100, deadline=None)
@given(any_definition())
def test_no_version_breaks_itself(questionnaire):
    assert breaks((questionnaire,), structs.replace(questionnaire, version=2)) == ()


def test_a_measure_that_no_catalogue_defines_is_found():
    assert unknown_measures(library("default"), ["GLOB:1", "PONCT:1", "QUAL:1", "RESP:1", "RECO:1"]) == ()
    (finding,) = unknown_measures(LAST, ["GLOB:1"])
    assert finding.path == ("items", 1, "measures", 0, "indicator")
    assert "aucune réponse n’alimente FAIT, version 1" in finding.message
