"""A rolling year beside the year before it tells of the quarters that only one of them has."""

import pytest

from quality.measures.disclosure import series
from quality.measures.disclosure.auditing import audited
from quality.measures.disclosure.overlaps import given_back
from quality.measures.disclosure.status import Status
from quality.measures.disclosure.suppression import Elsewhere
from tests.quality.measures.disclosure.test_audit import FRANCE, READING, base, facts, publish

QUARTERS = ("2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1")
OF, YEAR = "2026-R1", "2025"


def released(sizes, *, year=None, hidden=()):
    """Publish quarters and the year 2025 that has the first ones, its figure shown if it may be."""
    figures = {when: n for when, n in sizes.items() if n is not None}
    figures[YEAR] = year or sum(n for when, n in figures.items() if when.startswith(YEAR))
    return {
        when: publish(
            [base(FRANCE, n)], {FRANCE: Status.C if n < 11 else Status.D if when in hidden else Status.L}
        )
        for when, n in figures.items()
    }


def given_back_by(earlier, answers, of=OF):
    return list(given_back(of, {FRANCE: facts(base(FRANCE, answers))}, earlier)) == [FRANCE]


@pytest.mark.parametrize(
    ("sizes", "hidden", "is_given_back"),
    [
        ((4, 5, 6, 7), (), True),  # all hidden, the year of 15 shown: 22 less 15 is the last quarter
        ((12, 12, 12, 7), (), True),
        ((12, 12, 12, 20), ("2026-Q1",), True),  # hidden to protect another, it is solved all the same
        ((12, 12, 12, 20), (), False),
        ((4, 5, 6, 7), (YEAR,), False),
        ((2, 3, 4, 7), (), False),  # the year itself has too few
    ],
)
def test_a_year_is_hidden_where_the_one_before_would_give_a_quarter_back(sizes, hidden, is_given_back):
    earlier = released(dict(zip(QUARTERS, sizes, strict=True)), hidden=hidden)
    assert given_back_by(earlier, sum(sizes)) == is_given_back


def test_a_quarter_hidden_on_both_sides_is_no_difference_of_years():
    """2026-R1 less 2025 is the last quarter less the first: neither is known."""
    earlier = released(dict(zip(("2025-Q1", *QUARTERS), (5, 12, 12, 12, 7), strict=True)))
    assert not given_back_by(earlier, 43)


@pytest.mark.parametrize(
    ("first", "last", "is_told"), [(12, (4, 5), True), (12, (10, 9), False), (5, (4, 5), False)]
)
def test_quarters_that_one_year_alone_has_are_told_where_they_are_few_together(first, last, is_told):
    """2026-R2 less 2025 is the last two quarters less the first."""
    earlier = released(dict(zip((*QUARTERS, "2026-Q2"), (first, 12, 12, *last), strict=True)))
    assert given_back_by(earlier, 24 + sum(last), "2026-R2") == is_told


def test_what_a_year_has_beside_its_quarters_is_unknown():
    """A quarter that was never published lies between both years."""
    earlier = released(dict(zip(QUARTERS, (None, 12, 12, 7), strict=True)), year=35)
    assert not given_back_by(earlier, 31)


def test_how_many_answers_came_late_is_known():
    sizes = dict(zip(("2025-Q1", *QUARTERS), (12, 12, 12, 12, 7), strict=True))
    assert given_back_by(released(sizes, year=49), 44)


def test_a_year_whose_last_quarter_is_not_published_tells_of_no_other():
    """What 2026 has beside its published quarters may be anything."""
    sizes = {"2025-Q4": 7, "2026-Q1": 12, "2026-Q2": 12, "2026-Q3": 12}
    earlier = released(sizes) | {"2026-R3": publish([base(FRANCE, 43)], {FRANCE: Status.A})}
    assert not given_back_by(earlier, 51, "2026")
    assert given_back_by(earlier, 36, "2026")


def test_a_figure_too_small_to_be_shown_is_not_held_back():
    assert not given_back_by(released(dict(zip(QUARTERS, (12, 12, 12, 7), strict=True))), 9)


def test_only_years_that_share_quarters_tell():
    earlier = released(dict(zip(QUARTERS, (4, 5, 6, 7), strict=True)))
    assert not given_back_by(earlier, 40, "2026-Q1")
    assert not given_back_by(earlier, 40, "2027-R1")


def test_the_audit_holds_such_a_figure_back_before_it_solves_anything():
    earlier = released(dict(zip(QUARTERS, (4, 5, 6, 7), strict=True)))
    whole = base(FRANCE, 22)
    outcome = audited(OF, {FRANCE: whole}, READING, Elsewhere(), earlier)
    assert (outcome.held, outcome.proved) == ({FRANCE}, [])


@pytest.mark.parametrize(
    ("first", "others", "answers"),
    [
        (None, (4, 5, 6, 7), 22),
        (None, (12, 12, 12, 7), 43),
        # 2025 tells already that its first two quarters have 9 together; less it, the next year tells each.
        (5, (4, 12, 12, 12), 40),
    ],
)
def test_the_audit_alone_would_hold_it_back_too(first, others, answers, monkeypatch):
    monkeypatch.setattr(series, "given_back", lambda *_: ())
    earlier = released(dict(zip(("2025-Q1", *QUARTERS), (first, *others), strict=True)))
    whole = base(FRANCE, answers)
    outcome = audited(OF, {FRANCE: whole}, READING, Elsewhere(), earlier)
    assert (outcome.held, outcome.proved) == ({FRANCE}, [])
