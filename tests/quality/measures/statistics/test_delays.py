"""The median of delays against scipy's, whose interval is that of order statistics."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from quality.measures.statistics.delays import median

DAYS = st.lists(st.integers(0, 60), min_size=1, max_size=80)


@pytest.mark.parametrize("count", [*range(6, 40), 75, 200, 1001])
def test_the_bounds_are_the_order_statistics_of_scipy(count):
    days = np.random.default_rng(count).exponential(9, count)
    known = stats.quantile_test(days, p=0.5).confidence_interval(0.95)
    found = median(days.tolist())
    assert found.value == pytest.approx(float(np.median(days)))
    assert (found.low, found.high) == (known.low, known.high)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(6, 1, 6), (10, 2, 9), (15, 4, 12), (20, 6, 15), (25, 8, 18), (30, 10, 21), (50, 18, 33)],
)
def test_the_ranks_are_those_of_published_tables(count, low, high):
    """The ranks of 95 % bounds of a median, as tables of the sign test give them (Conover 1999, A3)."""
    found = median(range(1, count + 1))
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize("count", range(1, 6))
def test_under_six_delays_nothing_but_nought_bounds_it(count):
    found = median([2.5] * count)
    assert (found.exact, found.low, found.high) == (Fraction(5, 2), 0, math.inf)


def test_no_delay_has_no_median():
    assert median([]) is None


@settings(max_examples=60)
@given(DAYS, st.randoms(use_true_random=False), st.integers(1, 9))
def test_a_median_lies_in_its_bounds_and_moves_with_its_delays(days, random, later):
    found = median(days)
    assert found.low <= found.value <= found.high
    assert median(random.sample(days, len(days))) == found
    assert median([day + later for day in days]).exact == found.exact + later
