"""Control charts: is this month out of the ordinary? p-chart and XmR, four rules, on unrounded values."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

SHORTEST = 13
RUN = 7
XMR_FACTOR = 2.66  # 3 / d2(2), Shewhart's constant for moving ranges of two


class Rule(StrEnum):
    LIMIT = "limit"  # beyond a limit
    SIDE = "side"  # seven points in a row on one side of the centre
    TREND = "trend"  # seven points in a row, each above (or each under) the one before
    NEAR = "near"  # two of three points beyond two thirds of the way to the same limit


class Side(StrEnum):
    HIGH = "high"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Flag:
    rule: Rule
    side: Side


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One month: `n` is the effective sample size (n where answers are independent), > 0."""

    label: str
    n: float
    value: float | Fraction


@dataclass(frozen=True, slots=True)
class PlottedPoint:
    label: str
    value: float
    low: float
    high: float
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A centre (None without points) and each point with its limits; under 13 points nothing is flagged."""

    centre: float | None
    points: tuple[PlottedPoint, ...]
    too_short: bool

    @property
    def newest(self) -> tuple[Flag, ...]:
        """What the rules say of the last month: of a steady provider, something in 3 months of a hundred.

        Somewhere in its last seventeen months they say something of up to one in four: an older flag tells a
        story and calls nobody.
        """
        return self.points[-1].flags if self.points else ()


Finder = Callable[[Sequence[Fraction], Sequence[float]], set[int]]


def _beyond(above: Sequence[Fraction], widths: Sequence[float]) -> set[int]:
    return {i for i, (deviation, width) in enumerate(zip(above, widths, strict=True)) if deviation > width}


def _one_side(above: Sequence[Fraction], _widths: Sequence[float]) -> set[int]:
    windows = (range(i, i + RUN) for i in range(len(above) - RUN + 1))
    return {i for window in windows if all(above[j] > 0 for j in window) for i in window}


def _trend(above: Sequence[Fraction], _widths: Sequence[float]) -> set[int]:
    windows = (range(i, i + RUN) for i in range(len(above) - RUN + 1))
    return {i for window in windows if all(above[j] < above[k] for j, k in pairwise(window)) for i in window}


def _near(above: Sequence[Fraction], widths: Sequence[float]) -> set[int]:
    outer = _beyond(above, [width * 2 / 3 for width in widths])
    windows = (outer & {i, i + 1, i + 2} for i in range(len(above) - 2))
    return {i for window in windows if len(window) >= 2 for i in window}


RULES: dict[Rule, Finder] = {
    Rule.LIMIT: _beyond,
    Rule.SIDE: _one_side,
    Rule.TREND: _trend,
    Rule.NEAR: _near,
}
SIGNS = {Side.HIGH: 1, Side.LOW: -1}


def _flags(deviations: Sequence[Fraction], widths: Sequence[float]) -> list[tuple[Flag, ...]]:
    if len(deviations) < SHORTEST:
        return [()] * len(deviations)
    hits = {
        Flag(rule, side): find([sign * deviation for deviation in deviations], widths)
        for rule, find in RULES.items()
        for side, sign in SIGNS.items()
    }
    return [tuple(flag for flag, found in hits.items() if i in found) for i in range(len(deviations))]


def _chart(
    points: Sequence[ChartPoint], centre: Fraction, widths: Sequence[float], floor: float, ceiling: float
) -> Chart:
    flags = _flags([Fraction(point.value) - centre for point in points], widths)
    middle = float(centre)
    plotted = tuple(
        PlottedPoint(
            label=point.label,
            value=float(point.value),
            low=max(floor, middle - width),
            high=min(ceiling, middle + width),
            flags=found,
        )
        for point, width, found in zip(points, widths, flags, strict=True)
    )
    return Chart(centre=middle, points=plotted, too_short=len(points) < SHORTEST)


def control_chart(points: Sequence[ChartPoint]) -> Chart:
    """Draw a p-chart: mean share weighted by n, limits at ± 3·√(p(1−p)/n) of each point (Shewhart 1931).

    The centre is an exact fraction, so that equal months never lie "on one side" by a rounding error.

    >>> months = [ChartPoint(str(i), 100, 0.8) for i in range(12)] + [ChartPoint("12", 100, 0.6)]
    >>> chart = control_chart(months)
    >>> chart.points[-1].flags
    (Flag(rule=<Rule.LIMIT: 'limit'>, side=<Side.LOW: 'low'>),)
    >>> f"{chart.centre:.4f} {chart.points[0].low:.4f} {chart.points[0].high:.4f}"
    '0.7846 0.6613 0.9079'
    """
    if not points:
        return Chart(centre=None, points=(), too_short=True)
    weights = [Fraction(point.n) for point in points]
    total = sum(weight * Fraction(point.value) for weight, point in zip(weights, points, strict=True))
    centre = total / sum(weights, Fraction(0))
    widths = [3 * math.sqrt(centre * (1 - centre) / weight) for weight in weights]
    return _chart(points, centre, widths, floor=0.0, ceiling=1.0)


def xmr_chart(points: Sequence[ChartPoint]) -> Chart:
    """Draw an XmR chart of single values: mean ± 2.66 × mean moving range (Wheeler 1993); n plays no part.

    >>> chart = xmr_chart([ChartPoint(str(i), 1, 10 + i % 2) for i in range(14)])
    >>> f"{chart.centre:.2f} {chart.points[0].low:.2f} {chart.points[0].high:.2f}"
    '10.50 7.84 13.16'
    """
    if not points:
        return Chart(centre=None, points=(), too_short=True)
    values = [Fraction(point.value) for point in points]
    ranges = [abs(after - before) for before, after in pairwise(values)]
    width = XMR_FACTOR * float(sum(ranges, Fraction(0))) / max(1, len(ranges))
    centre = sum(values, Fraction(0)) / len(values)
    return _chart(points, centre, [width] * len(points), floor=-math.inf, ceiling=math.inf)
