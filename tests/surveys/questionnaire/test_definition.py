"""The rules that bind a questionnaire's fields together."""

import msgspec
import pytest

from surveys.questionnaire.definition import (
    PIPED,
    SCALE,
    Feed,
    Item,
    Kind,
    Questionnaire,
    Rule,
    Variant,
    Variants,
    Words,
    findings,
)
from surveys.questionnaire.reading import library

HOW = Words(fr="Comment ?", en="How?")
FIRST = Item(alias="globale", kind=Kind.RATING, label=HOW, core=True)
GLOB = Feed(indicator="GLOB", version=1, rule=Rule.TOP2)


def of(*items):
    return Questionnaire("essai", 1, Words(fr="Essai", en="Trial"), items)


def paths(questionnaire):
    return [finding.path for finding in findings(questionnaire)]


def test_a_sound_questionnaire_has_no_finding():
    assert paths(of(FIRST)) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": Kind.TEXT, "choices": SCALE}, "choices"),
        ({"kind": Kind.RATING, "choices": SCALE[:4]}, "choices"),
        ({"kind": Kind.YES_NO, "signal": True}, "signal"),
        ({"kind": Kind.RATING, "callback": True}, "callback"),
        ({"kind": Kind.TEXT, "dont_know": True}, "dont_know"),
        ({"kind": Kind.YES_NO, "measures": (GLOB,)}, "measures"),
        ({"kind": Kind.TEXT, "measures": (GLOB,)}, "measures"),
        ({"kind": Kind.RATING, "measures": (GLOB, GLOB)}, "measures"),
    ],
)
def test_a_field_that_does_not_suit_its_kind_is_found(change, field):
    second = msgspec.structs.replace(FIRST, alias="suite", **change)
    assert paths(of(FIRST, second)) == [("items", 1, field)]


@pytest.mark.parametrize("change", [{"kind": Kind.YES_NO}, {"core": False}])
def test_the_first_question_is_a_mark_that_counts(change):
    assert paths(of(msgspec.structs.replace(FIRST, **change))) == [("items", 0, "kind")]


def test_an_alias_serves_one_question():
    assert paths(of(FIRST, FIRST)) == [("items", 0, "alias"), ("items", 1, "alias")]


def test_an_unknown_fact_is_found_in_every_text():
    wrong = Words(fr="{salaire}", en="{salary}")
    everywhere = msgspec.structs.replace(
        FIRST, hint=wrong, choices=(wrong, *SCALE[1:]), variants=Variants(mandataire=Variant(say=wrong))
    )
    assert paths(of(everywhere)) == [
        ("items", 0, *path, language)
        for path in [("hint",), ("choices", 0), ("variants", "mandataire", "say")]
        for language in ("fr", "en")
    ]


def test_every_fact_of_a_visit_may_be_piped():
    text = " ".join(f"{{{name}}}" for name in sorted(PIPED))
    assert paths(of(msgspec.structs.replace(FIRST, label=Words(fr=text, en=text)))) == []


def test_an_item_is_found_by_its_alias():
    assert of(FIRST).item("globale") is FIRST
    with pytest.raises(KeyError):
        of(FIRST).item("absente")


def test_words_are_english_only_for_an_english_reader():
    assert [HOW.of(language) for language in ("fr", "en", "pt")] == ["Comment ?", "How?", "Comment ?"]


def test_the_default_questionnaire_feeds_five_indicators():
    assert library("default").feeds == {("GLOB", 1), ("PONCT", 1), ("QUAL", 1), ("RESP", 1), ("RECO", 1)}
