"""A period is published once it has ended and its requests are closed."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.errors import Refused
from quality.measures.releases.periods import (
    Length,
    ancestors,
    children,
    descendants,
    month_of,
    months_of,
    newest,
    next_releasable,
    parent,
    period,
    releasable,
    releasables,
)

days = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    "code", ["2026-13", "2026-Q5", "26-11", "2026-Q", "2026-1", "", "2026-11-01", "1999"]
)
def test_an_unknown_period_is_refused_with_what_to_write(code: str) -> None:
    with pytest.raises(Refused, match="Écrivez 2026-11, 2026-Q3, 2026-R3 ou 2026"):
        period(code)


def test_a_month_of_twenty_nine_days_ends_on_its_last() -> None:
    assert period("2028-02").ends_on == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("code", "length"), [("2026-11", Length.MONTH), ("2026-Q1", Length.QUARTER), ("2026", Length.YEAR)]
)
def test_a_period_knows_its_length(code: str, length: Length) -> None:
    assert period(code).length is length
    assert len(months_of(code)) == length


@settings(max_examples=60)
@given(days)
def test_each_day_stands_in_its_month_its_quarter_and_its_year(day: date) -> None:
    month = month_of(day).code
    for code in (month, *ancestors(month)):
        assert period(code).starts_on <= day <= period(code).ends_on
    assert month in months_of(ancestors(month)[0])


def test_a_year_has_four_quarters_and_twelve_months_below() -> None:
    assert [code for code in descendants("2026") if parent(code) == "2026"] == list(children("2026"))
    assert len(descendants("2026")) == 16
    assert parent("2026") is None


def test_nothing_is_publishable_before_the_twelfth_day_after() -> None:
    assert not releasable("2026-Q3", date(2026, 10, 11))
    assert releasable("2026-Q3", date(2026, 10, 12))


@settings(max_examples=60)
@given(days, st.integers(0, 500))
def test_a_longer_period_comes_after_the_finer_ones_inside_it(first: date, later: int) -> None:
    found = releasables(first, first + timedelta(days=later))
    assert len(set(found)) == len(found)
    for place, code in enumerate(found):
        assert not set(descendants(code)) & set(found[place + 1 :])


@settings(max_examples=60)
@given(days)
def test_the_next_period_cannot_be_published_today(today: date) -> None:
    assert not releasable(next_releasable(today).code, today)


def test_of_two_that_end_together_the_longer_is_the_newest() -> None:
    assert newest(["2026-12", "2026", "2026-Q4", "2026-11"]) == ["2026", "2026-Q4", "2026-12", "2026-11"]
