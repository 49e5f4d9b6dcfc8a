"""Worked examples of the papers and handbooks that the formulas come from."""

from fractions import Fraction

import pytest

from quality.measures.statistics import Interval, difference, rate_per_1000, wilson
from quality.measures.statistics.control import ChartPoint, Flag, Rule, Side, control_chart, xmr_chart
from quality.measures.statistics.survival import Spell, median, survival

# Montgomery, Introduction to Statistical Quality Control, 6.2: cans that leak among 50, thirty samples.
CANS = (
    12,
    15,
    8,
    10,
    4,
    7,
    16,
    9,
    14,
    10,
    5,
    6,
    17,
    12,
    22,
    8,
    10,
    5,
    13,
    11,
    20,
    18,
    24,
    15,
    9,
    12,
    7,
    13,
    9,
    6,
)
# NIST/SEMATECH e-Handbook, 6.3.2.2: ten batches.
FLOW = (49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1)
# Freireich and others 1963: weeks in remission, treated (ended, and still seen) and not.
ENDED, SEEN = (6, 6, 6, 7, 10, 13, 16, 22, 23), (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
PLACEBO = (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)


@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_shares_of_newcombe_1998(x, n, low, high):
    assert wilson(x / n, n) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_differences_of_newcombe_1998(one, other, low, high):
    a, b = (Interval(Fraction(x, n), *wilson(x / n, n)) for x, n in (one, other))
    gap = difference(a, b)
    assert (gap.low, gap.high) == pytest.approx((low, high), abs=5.1e-5)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        *((0, 0, 3.689), (1, 0.0253, 5.572), (2, 0.2422, 7.225), (3, 0.6187, 8.767)),
        *((5, 1.623, 11.668), (10, 4.795, 18.390), (20, 12.217, 30.888)),
    ],
)
def test_counts_of_the_tables_after_garwood_1936(count, low, high):
    rate = rate_per_1000(count, 1000)
    assert (rate.low, rate.high) == pytest.approx((low, high), abs=6e-4)


def test_the_leaking_cans_of_montgomery():
    chart = control_chart([ChartPoint(str(i), 50, Fraction(count, 50)) for i, count in enumerate(CANS, 1)])
    assert chart.centre == pytest.approx(0.2313, abs=5e-5)
    assert (chart.points[0].low, chart.points[0].high) == pytest.approx((0.0524, 0.4102), abs=1e-4)
    beyond = [point.label for point in chart.points if Flag(Rule.LIMIT, Side.HIGH) in point.flags]
    assert beyond == ["15", "23"]


def test_the_batches_of_the_nist_handbook():
    chart = xmr_chart([ChartPoint(str(i), 1, value) for i, value in enumerate(FLOW)])
    assert chart.centre == pytest.approx(50.81)
    assert (chart.points[0].low, chart.points[0].high) == pytest.approx((45.8159, 55.8041), abs=2e-3)


def test_the_remissions_of_freireich():
    treated = [Spell(week, True) for week in ENDED] + [Spell(week, False) for week in SEEN]
    known = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert {step.days: round(step.open, 3) for step in survival(treated)} == known
    half = median(treated)
    assert (half.value, half.low, half.high) == (23, 13, None)
    half = median([Spell(week, True) for week in PLACEBO])
    assert (half.value, half.low, half.high) == (8, 4, 11)
