"""Binomial tails and the limits of a funnel against scipy."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from quality.measures.statistics.tails import at_least, at_most, limits

SIZES, CHANCES, PARTS = (
    (1, 4, 11, 40, 263, 4000),
    (0.03, 0.3, 0.5, 0.85, 0.9, 0.99),
    (0, 0.2, 0.5, 0.8, 0.9, 0.97, 1),
)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("theta", CHANCES)
@pytest.mark.parametrize("part", PARTS)
def test_tails_are_those_of_scipy(n, theta, part):
    x = round(part * n)
    assert at_most(x, n, theta) == pytest.approx(stats.binom.cdf(x, n, theta), rel=1e-8, abs=1e-14)
    assert at_least(x, n, theta) == pytest.approx(stats.binom.sf(x - 1, n, theta), rel=1e-8, abs=1e-14)


@settings(max_examples=60)
@given(st.floats(1, 3000), st.floats(0, 1), st.floats(0.01, 0.99))
def test_of_real_sizes_they_are_scipy_s_beta_law(n, part, theta):
    x = part * n
    expected = stats.beta.cdf(theta, x, n - x + 1) if x > 0 else 1
    assert at_least(x, n, theta) == pytest.approx(expected, rel=1e-6, abs=1e-12)


@settings(max_examples=60)
@given(st.integers(1, 500), st.floats(0, 1), st.floats(0.001, 0.999))
def test_tails_are_symmetric_bounded_and_monotone(n, part, theta):
    x = math.floor(part * n)
    assert 0 <= at_least(x, n, theta) <= 1
    assert at_least(x, n, theta) == pytest.approx(at_most(n - x, n, 1 - theta), rel=1e-9)
    assert at_least(x + 0.5, n, theta) <= at_least(x, n, theta) + 1e-12
    assert at_least(x, n, theta) <= at_least(x, n, min(1, theta + 0.01)) + 1e-12


def test_a_sure_chance_leaves_no_doubt():
    assert (at_least(3, 5, 1.0), at_least(3, 5, 0.0), at_most(5, 5, 1.0), at_most(4, 5, 1.0)) == (1, 0, 1, 0)


def interpolated(n, theta, reached):
    """Spiegelhalter's (2005) quantile, from scipy's."""
    count = next(x for x in range(n + 1) if stats.binom.cdf(x, n, theta) > reached)
    over = stats.binom.cdf(count, n, theta)
    step = (over - reached) / (over - stats.binom.cdf(count - 1, n, theta))
    return min(1, max(0, (count - step) / n))


@pytest.mark.parametrize("n", [1, 10, 11, 40, 137, 900])
@pytest.mark.parametrize("theta", [0.05, 0.5, 0.85, 0.9, 0.97])
@pytest.mark.parametrize("tail", [0.025, 0.001])
def test_limits_are_interpolated_between_the_steps_of_the_exact_law(n, theta, tail):
    drawn = limits(n, theta, tail)
    assert drawn.low == pytest.approx(interpolated(n, theta, tail), abs=1e-8)
    assert drawn.high == pytest.approx(interpolated(n, theta, 1 - tail), abs=1e-8)


def test_the_page_s_perfect_score_passes_the_line_and_is_likely():
    assert round(limits(10, 0.9, 0.001).high, 4) == 0.9997
    assert at_least(10, 10, 0.9) == pytest.approx(0.3487, abs=1e-4)


def test_between_two_whole_sizes_limits_lie_between_theirs():
    ends = [limits(n, 0.85, 0.025) for n in (30, 31)]
    middle = limits(30.5, 0.85, 0.025)
    assert middle.low == pytest.approx(sum(end.low for end in ends) / 2)
    assert middle.high == pytest.approx(sum(end.high for end in ends) / 2)
    assert limits(0.4, 0.85, 0.025) == limits(1, 0.85, 0.025)


@settings(max_examples=40)
@given(st.integers(1, 400), st.floats(0.02, 0.98))
def test_limits_hold_the_centre_and_the_wider_the_narrower(n, theta):
    inner, outer = limits(n, theta, 0.025), limits(n, theta, 0.001)
    assert 0 <= outer.low <= inner.low <= inner.high <= outer.high <= 1
