"""The arithmetic of a self-assessment: what counts, what leaves, what blocks, what an interval concludes."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.assessment import (
    Bounds,
    Comparison,
    Progress,
    Score,
    Strength,
    chapter_scores,
    compare,
    comparisons,
    neighbours,
    next_unanswered,
    points,
    score,
    unanswered,
    unmet,
)
from charter.definition import Answer
from tests.charter.declared import criterion, edition

YES, PARTLY, NO, NC = Answer.YES, Answer.PARTLY, Answer.NO, Answer.NOT_CONCERNED
FIRST = edition().chapters[0]


def scored(*answers: Answer) -> Score:
    codes = [each.code for each in FIRST.criteria]
    return score(FIRST.criteria, dict(zip(codes, answers, strict=False)), edition().scoring)


def bounds(low: int, high: int, count: int = 95) -> Bounds:
    return Bounds(Decimal(low), Decimal(high), count)


def test_partly_counts_for_a_half() -> None:
    assert scored(YES, PARTLY, NO).share == Fraction(1, 2)


def test_not_concerned_leaves_the_count() -> None:
    found = scored(YES, NC, NC)
    assert (found.counted, found.not_concerned, found.share) == (1, 2, 1)


def test_nothing_reviewed_has_no_share_and_is_unknown() -> None:
    found = scored()
    assert (found.share, found.progress, found.strength) == (None, Progress.todo, Strength.unknown)


def test_only_not_concerned_has_no_share_though_it_is_reviewed() -> None:
    found = scored(NC)
    assert (found.share, found.progress, found.strength) == (None, Progress.ongoing, Strength.unknown)


def test_a_chapter_is_done_once_each_criterion_is_reviewed() -> None:
    assert scored(*[NO] * 7).progress is Progress.done
    assert scored(*[NO] * 6).progress is Progress.ongoing


@pytest.mark.parametrize(
    ("answers", "strength"),
    [
        ([YES] * 7, Strength.solid),
        ([YES] * 6 + [NO], Strength.solid),
        ([YES] * 5 + [PARTLY, NO], Strength.fair),
        ([YES, PARTLY], Strength.fair),
        ([YES, NO, YES], Strength.weak),
    ],
)
def test_a_share_reads_as_solid_fair_or_weak(answers: list[Answer], strength: Strength) -> None:
    assert scored(*answers).strength is strength


def test_exactly_seventy_per_cent_is_not_weak_and_eighty_five_is_solid() -> None:
    assert Score(10, 10, 0, Fraction(7), 10).strength is Strength.fair
    assert Score(20, 20, 0, Fraction(17), 20).strength is Strength.solid


def test_each_chapter_has_its_score() -> None:
    found = chapter_scores(edition(), {"1.1": YES, "6.7": NO})
    assert [of.reviewed for _, of in found] == [1, 0, 0, 0, 0, 1]
    assert [of.total for _, of in found] == [7, 10, 8, 7, 6, 7]


def test_an_answer_outside_the_criteria_counts_for_nothing() -> None:
    assert score(FIRST.criteria, {"2.1": YES}, edition().scoring).reviewed == 0


def test_a_compulsory_criterion_blocks_until_it_is_satisfied() -> None:
    answers = {"1.1": YES, "1.2": PARTLY, "1.3": NO, "1.4": NO, "2.5": NC}
    assert [each.code for each in unmet(edition(), answers)] == ["1.2", "1.4"]


def test_the_next_criterion_comes_after_the_present_one_then_from_the_beginning() -> None:
    codes = {each.code for each in edition().criteria}
    assert next_unanswered(edition(), {"1.1"}).code == "1.2"
    assert next_unanswered(edition(), codes - {"1.2", "3.4"}, "2.1").code == "3.4"
    assert next_unanswered(edition(), codes - {"1.2", "3.4"}, "3.4").code == "1.2"
    assert next_unanswered(edition(), codes, "3.4") is None
    assert [each.code for each in unanswered(edition(), codes - {"6.7"})] == ["6.7"]


def test_the_first_has_nothing_before_and_the_last_nothing_after() -> None:
    assert neighbours(edition(), "1.1") == (None, criterion("1.2"))
    assert neighbours(edition(), "6.7") == (criterion("6.6"), None)


@pytest.mark.parametrize(
    ("answer", "measured", "expected"),
    [
        (YES, bounds(52, 71), Comparison.contradicted),
        (YES, bounds(84, 93), Comparison.confirmed),
        (YES, bounds(80, 93), Comparison.confirmed),
        (YES, bounds(71, 80), Comparison.unsure),
        (YES, bounds(70, 88), Comparison.unsure),
        (PARTLY, bounds(52, 71), Comparison.admitted),
        (NO, bounds(52, 71), Comparison.admitted),
        (PARTLY, bounds(84, 93), Comparison.better),
        (NO, bounds(84, 93), Comparison.better),
        (NO, bounds(70, 88), Comparison.unsure),
        (NC, bounds(52, 71), Comparison.unsure),
        (YES, bounds(10, 20, 39), Comparison.unsure),
        (YES, bounds(10, 20, 40), Comparison.contradicted),
        (YES, None, Comparison.unsure),
    ],
)
def test_only_an_interval_wholly_on_one_side_concludes(
    answer: Answer, measured: Bounds | None, expected: Comparison
) -> None:
    assert compare(answer, measured, 80, 40) is expected


@given(
    st.sampled_from(Answer),
    st.integers(0, 100),
    st.integers(0, 100),
    st.integers(0, 100),
    st.integers(1, 200),
)
def test_a_contradiction_never_comes_from_an_interval_that_holds_the_threshold(
    answer: Answer, one: int, other: int, threshold: int, count: int
) -> None:
    low, high = sorted((one, other))
    found = compare(answer, bounds(low, high, count), threshold, 40)
    if found is not Comparison.unsure:
        assert count >= 40
        assert not low < threshold <= high
        assert (found in {Comparison.confirmed, Comparison.better}) == (low >= threshold)
        assert (found in {Comparison.confirmed, Comparison.contradicted}) == (answer is YES)


@given(st.sampled_from((PARTLY, NO)), st.integers(0, 100), st.integers(0, 100))
def test_modesty_is_never_contradicted(answer: Answer, one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert compare(answer, bounds(low, high), 80, 40) is not Comparison.contradicted


def test_only_what_is_declared_and_measurable_is_compared() -> None:
    answers = {"2.8": YES, "2.7": YES, "1.1": YES}
    found = comparisons(edition(), answers, {"2.8": bounds(52, 71), "5.6": bounds(95, 99)})
    assert [(each.code, of) for each, of in found] == [
        ("2.7", Comparison.unsure),
        ("2.8", Comparison.contradicted),
    ]


def test_the_edition_says_what_partly_is_worth() -> None:
    assert points(PARTLY, edition().scoring) == Fraction(edition().scoring.partly, 100)
