"""Figures and dates as people read them."""

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.web.format import (
    count,
    day_text,
    interval_text,
    number,
    percent,
    period_text,
    phone_text,
    short_period_text,
    time_text,
)


@pytest.mark.parametrize(
    ("value", "digits", "fr", "en"),
    [
        (Decimal("86.2"), 1, "86,2\u00a0%", "86.2%"),
        (Decimal("62.5"), 0, "63\u00a0%", "63%"),
        (100.0, 0, "100\u00a0%", "100%"),
        (0, 1, "0,0\u00a0%", "0.0%"),
    ],
)
def test_a_share_is_written_in_both_languages(value, digits, fr, en):
    assert percent(value, digits) == fr
    assert percent(value, digits, "en") == en


def test_a_half_is_rounded_up_even_when_the_float_is_just_below():
    assert number(2.675, 2) == "2,68"
    assert number(1.005, 2) == "1,01"


def test_there_is_no_negative_zero():
    assert number(-0.4) == "0"


def test_thousands_are_apart_by_a_thin_space():
    assert count(1234567) == "1\u202f234\u202f567"
    assert count(1234567, "en") == "1,234,567"
    assert count(999) == "999"


@given(st.integers(0, 10**9))
@settings(max_examples=60)
def test_a_count_can_be_read_back(n):
    assert int(count(n).replace("\u202f", "")) == n


def test_an_interval_names_its_unit_once():
    assert interval_text(Decimal("86.3"), Decimal("90.3"), 1) == "de 86,3 à 90,3\u00a0%"
    assert interval_text(77, 92, 0, "en") == "77 to 92%"


def test_the_first_of_a_month_is_an_ordinal_in_french():
    assert day_text(date(2026, 12, 1)) == "mardi 1er\u00a0décembre"
    assert day_text(date(2026, 12, 1), "en") == "Tuesday 1\u00a0December"
    assert day_text(date(2026, 11, 17), year=True) == "mardi 17\u00a0novembre 2026"


@pytest.mark.parametrize(
    ("hour", "fr", "en"),
    [
        (time(14, 30), "14\u00a0h\u00a030", "14:30"),
        (time(14), "14\u00a0h", "14:00"),
        (time(0, 5), "0\u00a0h\u00a005", "0:05"),
    ],
)
def test_an_hour_is_written_in_both_languages(hour, fr, en):
    assert (time_text(hour), time_text(hour, "en")) == (fr, en)


@pytest.mark.parametrize(
    ("period", "fr", "en", "short"),
    [
        ("2026-Q1", "1er\u00a0trimestre 2026", "Q1 2026", "T1\u00a02026"),
        ("2026-Q3", "3ᵉ\u00a0trimestre 2026", "Q3 2026", "T3\u00a02026"),
        ("2026-02", "février\u00a02026", "February\u00a02026", "févr.\u00a02026"),
        ("2026", "2026", "2026", "2026"),
    ],
)
def test_a_period_has_a_name(period, fr, en, short):
    assert (period_text(period), period_text(period, "en"), short_period_text(period)) == (fr, en, short)


@pytest.mark.parametrize("period", ["2026-13", "2026-Q5", "26", "2026-Q3 ", ""])
def test_what_is_not_a_period_is_refused(period):
    with pytest.raises(ValueError, match="not a period"):
        period_text(period)


def test_a_quarter_is_short_in_english_too():
    assert short_period_text("2026-Q3", "en") == "Q3\u00a02026"


def test_overseas_numbers_are_in_pairs_and_foreign_ones_are_left():
    assert phone_text("+262262000000") == "02\u00a062\u00a000\u00a000\u00a000"
    assert phone_text("+33467000000") == "04\u00a067\u00a000\u00a000\u00a000"
    assert phone_text("+4930000000") == "+4930000000"
