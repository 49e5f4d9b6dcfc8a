"""Control charts: limits, four rules, and nothing said of a short series."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.measures.statistics.control import ChartPoint, Flag, Rule, Side, control_chart, xmr_chart

CALM = [0.80, 0.82, 0.79, 0.81, 0.80, 0.78, 0.81, 0.79, 0.82, 0.80, 0.79, 0.81, 0.80]
MONTHS = st.lists(
    st.builds(ChartPoint, st.just("m"), st.integers(1, 5000), st.fractions(0, 1, max_denominator=200)),
    min_size=1,
    max_size=30,
)


def months(values, n=1000):
    return [ChartPoint(f"month {i}", n, value) for i, value in enumerate(values)]


def flagged(chart, rule, side):
    return [i for i, point in enumerate(chart.points) if Flag(rule, side) in point.flags]


def test_calm_months_are_not_flagged():
    chart = control_chart(months(CALM))
    assert not chart.too_short
    assert not any(point.flags for point in chart.points)


def test_limits_stand_three_deviations_off_and_widen_where_clients_are_few():
    points = [ChartPoint("few", 50, 0.7), *months([0.8] * 13, n=450)]
    chart = control_chart(points)
    centre = (50 * 0.7 + 13 * 450 * 0.8) / 5900
    deviation = (centre * (1 - centre) / 50) ** 0.5
    assert chart.centre == pytest.approx(centre)
    assert chart.points[0].low == pytest.approx(centre - 3 * deviation)
    assert chart.points[1].high == pytest.approx(centre + deviation)
    assert chart.points[0].label == "few"


def test_limits_stay_between_0_and_100_per_cent():
    high, low = control_chart(months([0.97] * 13, n=20)), control_chart(months([0.03] * 13, n=20))
    assert high.points[0].high == 1
    assert low.points[0].low == 0


@pytest.mark.parametrize(("value", "side"), [(0.70, Side.LOW), (0.90, Side.HIGH)])
def test_a_point_beyond_a_limit_is_flagged(value, side):
    chart = control_chart(months([*CALM, value]))
    assert flagged(chart, Rule.LIMIT, side) == [13]


@pytest.mark.parametrize(("run", "found"), [(6, []), (7, list(range(13, 20)))])
def test_seven_points_on_one_side_are_flagged_and_six_are_not(run, found):
    values = [0.805, 0.795] * 6 + [0.795] + [0.803] * run
    chart = control_chart(months(values))
    assert flagged(chart, Rule.SIDE, Side.HIGH) == found


def test_equal_months_lie_on_no_side():
    chart = control_chart([ChartPoint(str(i), 90 + i, 0.1 + 0.7) for i in range(20)])
    assert not any(point.flags for point in chart.points)


@pytest.mark.parametrize("value", [0, 1])
def test_unanimous_months_are_not_flagged(value):
    chart = control_chart(months([value] * 15))
    assert not any(point.flags for point in chart.points)


@pytest.mark.parametrize(("length", "found"), [(6, []), (7, list(range(6, 13)))])
@pytest.mark.parametrize(("sign", "side"), [(1, Side.HIGH), (-1, Side.LOW)])
def test_a_trend_of_seven_points_is_flagged_and_six_are_not(length, found, sign, side):
    flat = [0.5] * (13 - length)
    values = [*flat, *(0.5 + sign * 0.001 * (step - 3) for step in range(length))]
    assert flagged(control_chart(months(values)), Rule.TREND, side) == found


def test_equal_points_break_a_trend():
    values = [0.5] * 6 + [0.5 + 0.001 * step for step in (-3, -2, -1, -1, 0, 1, 2)]
    assert flagged(control_chart(months(values)), Rule.TREND, Side.HIGH) == []


@pytest.mark.parametrize(
    ("tail", "side", "found"),
    [
        ([0.83, 0.80, 0.83], Side.HIGH, [20, 22]),
        ([0.77, 0.77, 0.80], Side.LOW, [20, 21]),
        ([0.83, 0.80, 0.80, 0.83], Side.HIGH, []),
        ([0.83, 0.77, 0.80], Side.HIGH, []),
        ([0.815, 0.80, 0.815], Side.HIGH, []),
    ],
)
def test_two_of_three_points_near_the_same_limit_are_flagged(tail, side, found):
    chart = control_chart(months([0.80] * 20 + tail, n=1000))
    assert flagged(chart, Rule.NEAR, side) == found


def test_under_13_points_nothing_is_said():
    chart = control_chart(months([0.8] * 11 + [0.2]))
    assert chart.too_short
    assert not any(point.flags for point in chart.points)
    assert control_chart(months([0.8] * 12 + [0.2])).points[-1].flags


@pytest.mark.parametrize("draw", [control_chart, xmr_chart])
def test_without_points_there_is_no_centre(draw):
    chart = draw([])
    assert (chart.centre, chart.points, chart.too_short) == (None, (), True)


def test_rules_read_unrounded_values():
    values = [Fraction(8, 10)] * 13 + [Fraction(8001, 10_000)] * 7
    assert flagged(control_chart(months(values)), Rule.SIDE, Side.HIGH) == list(range(13, 20))


@settings(max_examples=60)
@given(MONTHS)
def test_turning_the_question_round_turns_the_flags_round(points):
    turned = [ChartPoint(point.label, point.n, 1 - point.value) for point in points]
    opposite = {Side.HIGH: Side.LOW, Side.LOW: Side.HIGH}
    for one, other in zip(control_chart(points).points, control_chart(turned).points, strict=True):
        assert {(flag.rule, opposite[flag.side]) for flag in one.flags} == {
            (flag.rule, flag.side) for flag in other.flags
        }
        assert 0 <= one.low <= one.high <= 1


def test_xmr_limits_come_from_moving_ranges():
    values = [10, 12, 11, 13, 12, 11, 12, 10, 11, 12, 13, 12, 11]
    chart = xmr_chart(months(values))
    ranges = [abs(b - a) for a, b in pairwise(values)]
    width = 2.66 * sum(ranges) / len(ranges)
    assert chart.centre == pytest.approx(sum(values) / 13)
    assert chart.points[4].low == pytest.approx(sum(values) / 13 - width)
    assert chart.points[4].high == pytest.approx(sum(values) / 13 + width)


def test_xmr_flags_a_value_beyond_its_limits():
    chart = xmr_chart(months([10, 11] * 8 + [25]))
    assert flagged(chart, Rule.LIMIT, Side.HIGH) == [16]


def test_one_value_has_no_variation():
    chart = xmr_chart(months([4]))
    assert (chart.centre, chart.points[0].low, chart.points[0].high) == (4, 4, 4)
