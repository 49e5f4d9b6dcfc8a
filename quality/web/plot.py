"""The geometry of a control chart: where values, graduations and labels stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import ceil, floor, inf

from quality.web.format import NBSP, number
from quality.web.svg import FONT_SIZE, Spot, text_width

STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
MOST_TICKS = 8
LEAST_SPAN = {"%": 10.0}  # a narrower axis would make chance look like change
LINE_HEIGHT = 18.0
LABELS_WIDTH = 128  # room right of the last point for the labels of the lines
Limits = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Point:
    """One period of a chart; no value when the cell is hidden or empty."""

    label: str
    value: float | None
    is_flagged: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """Turns a value into a place on an axis.

    >>> Scale(0, 100, 296, 20).at(50)
    158.0
    """

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


@dataclass(frozen=True)
class Plot:
    """A series, its ordinary variation and the frame where both are drawn."""

    points: tuple[Point, ...]
    centre: float | None
    limits: tuple[Limits, ...]
    unit: str
    lang: str
    width: float
    digits: int = 1

    @cached_property
    def height(self) -> float:
        return round(self.width * 0.375 + 105)

    @cached_property
    def right(self) -> float:
        return self.width - LABELS_WIDTH

    @cached_property
    def bottom(self) -> float:
        return self.height - 34

    @cached_property
    def ticks(self) -> tuple[float, ...]:
        shown = [point.value for point in self.points if point.value is not None]
        shown += [bound for pair in self.limits for bound in pair]
        shown += [] if self.centre is None else [self.centre]
        low, high = widened(min(shown, default=1), max(shown, default=99), LEAST_SPAN.get(self.unit, 0))
        return nice_ticks(max(low, 0), min(high, 100) if self.unit == "%" else high)

    @cached_property
    def tick_words(self) -> tuple[str, ...]:
        return tuple(self.written(tick, tick_digits(self.ticks)) for tick in self.ticks)

    @cached_property
    def left(self) -> float:
        return max(46, round(max(map(text_width, self.tick_words)) + 9))

    @cached_property
    def rise(self) -> Scale:
        ticks = self.ticks
        return Scale(ticks[0], ticks[-1], self.bottom, 20)

    @cached_property
    def columns(self) -> tuple[float, ...]:
        across = Scale(0, max(len(self.points) - 1, 1), self.left + 8, self.right)
        return tuple(across.at(place) for place in range(len(self.points)))

    @cached_property
    def spots(self) -> tuple[Spot | None, ...]:
        rise = self.rise
        pairs = zip(self.columns, self.points, strict=True)
        return tuple(None if point.value is None else (x, rise.at(point.value)) for x, point in pairs)

    def written(self, value: float, digits: int | None = None) -> str:
        return written(value, self.unit, self.digits if digits is None else digits, self.lang)


def written(value: float, unit: str, digits: int = 0, lang: str = "fr") -> str:
    """Write a value with its unit.

    >>> written(86.2, "%", 1), written(86.2, "%", 1, "en"), written(12, "")
    ('86,2\xa0%', '86.2%', '12')
    """
    joint = "" if not unit or (lang == "en" and unit == "%") else NBSP
    return f"{number(value, digits, lang)}{joint}{unit}"


def tick_digits(ticks: Sequence[float]) -> int:
    """Tell how many decimals graduations need.

    >>> tick_digits((70, 80)), tick_digits((0.5, 1))
    (0, 1)
    """
    return 0 if all(float(tick).is_integer() for tick in ticks) else 1


def widened(low: float, high: float, least: float = 0) -> Limits:
    """Leave some room around two values, and at least a span.

    >>> widened(80, 82, 10), widened(70, 90)
    ((76.0, 86.0), (69.0, 91.0))
    """
    pad = max((high - low) * 0.05, (least - (high - low)) / 2) or 1.0
    return low - pad, high + pad


def nice_ticks(low: float, high: float, most: int = MOST_TICKS) -> tuple[float, ...]:
    """Choose round graduations around two values.

    >>> nice_ticks(69.2, 85.4), nice_ticks(69.2, 85.4, 3)
    ((65, 70, 75, 80, 85, 90), (60, 70, 80, 90))
    >>> nice_ticks(77.9, 88.6)
    (76, 78, 80, 82, 84, 86, 88, 90)
    """
    step = next((each for each in STEPS if (high - low) / each <= most), (high - low) / most)
    first, last = floor(low / step), ceil(high / step)
    return tuple(round(place * step, 6) for place in range(first, max(last, first + 1) + 1))


def spread(
    places: Sequence[float], gap: float = LINE_HEIGHT, lowest: float = -inf, highest: float = inf
) -> list[float]:
    """Move labels apart, in their order, until none touch.

    >>> spread([100, 104, 150])
    [93.0, 111.0, 150]
    >>> spread([290, 296], highest=296)
    [278.0, 296]
    """
    moved = list(places)
    for _ in range(100):
        for (i, above), (j, below) in pairwise(sorted(enumerate(moved), key=lambda each: each[1])):
            if (lack := gap - (below - above)) > 0.01:
                moved[i], moved[j] = above - lack / 2, below + lack / 2
        moved = [min(max(place, lowest), highest) for place in moved]
    return [round(place, 1) if isinstance(place, float) else place for place in moved]


def label_step(labels: Sequence[str], columns: Sequence[float]) -> int:
    """Count the columns between two labels of the axis that do not touch.

    >>> label_step(["nov. 2026"] * 3, [54, 78.6, 103.2])
    4
    """
    widest = max((text_width(label, FONT_SIZE) for label in labels), default=0.0) + 14
    return ceil(widest / (columns[1] - columns[0])) if len(columns) > 1 else 1
