"""The funnel plot: each organisation's value against its number of clients, with the limits of chance.

The caller computes the limits exactly and says which points are out of them; a hidden figure is not drawn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from quality.web import svg
from quality.web.axes import Axis, across, beside, upward
from quality.web.plot import LEAST_SPAN, nice_ticks, widened, written
from quality.web.svg import Box, Spot

MOST_NAME = 270.0  # a longer name is cut on the drawing and whole in the table
TOP = 22.0
WORDS = {
    "fr": {"mean": "moyenne", "clients": "clients", "limit": "limites du hasard"},
    "en": {"mean": "mean", "clients": "clients", "limit": "limits of chance"},
}


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """One organisation: its clients, its published value, whether it is out of the limits."""

    name: str
    clients: int
    value: float
    is_flagged: bool = False


@dataclass(frozen=True, slots=True)
class FunnelLimit:
    """What chance alone allows around the mean with so many clients."""

    clients: int
    low: float
    high: float


@dataclass(frozen=True)
class Funnel:
    """The points, the limits and the frame where both are drawn."""

    points: tuple[FunnelPoint, ...]
    centre: float | None
    limits: tuple[FunnelLimit, ...]
    unit: str
    lang: str
    width: float
    digits: int

    @cached_property
    def height(self) -> float:
        return round(self.width * 0.5 + 70)

    @cached_property
    def frame(self) -> Box:
        return Box(56, TOP, self.width - 24, self.height - 52)

    @cached_property
    def across(self) -> Axis:
        most = max(
            [point.clients for point in self.points] + [limit.clients for limit in self.limits[-1:]],
            default=1,
        )
        return Axis(nice_ticks(0, most), "", self.frame.left, self.frame.right, self.lang)

    @cached_property
    def upward(self) -> Axis:
        """Hold the values and the limits of the smallest organisation shown, no more."""
        least = min((point.clients for point in self.points), default=0)
        shown = [point.value for point in self.points]
        shown += [
            bound for limit in self.limits if limit.clients >= least for bound in (limit.low, limit.high)
        ]
        shown += [] if self.centre is None else [self.centre]
        low, high = widened(min(shown, default=1), max(shown, default=99), LEAST_SPAN.get(self.unit, 0))
        ticks = nice_ticks(max(low, 0), min(high, 100) if self.unit == "%" else high)
        return Axis(ticks, self.unit, self.frame.bottom, self.frame.top, self.lang)

    def spot(self, clients: float, value: float) -> Spot:
        ticks = self.upward.ticks
        inside = min(max(value, ticks[0]), ticks[-1])
        return self.across.scale.at(clients), self.upward.scale.at(inside)

    @cached_property
    def spots(self) -> tuple[Spot, ...]:
        return tuple(self.spot(point.clients, point.value) for point in self.points)


def funnel_plot(
    points: Sequence[FunnelPoint],
    centre: float | None,
    limits: Sequence[FunnelLimit],
    unit: str,
    *,
    title: str,
    desc: str,
    width: float = 600,
    name: str = "funnel",
    lang: str = "fr",
    digits: int = 0,
) -> Markup:
    """Draw values against numbers of clients; without limits, only the points."""
    funnel = Funnel(tuple(points), centre, tuple(limits), unit, lang, width, digits)
    shapes = [
        *_band(funnel),
        *upward(funnel.upward, funnel.frame.left, funnel.frame.right),
        *_centre_line(funnel),
        *across(funnel.across, funnel.frame.bottom + 20),
        svg.text((funnel.frame.right, funnel.height - 8), WORDS[lang]["clients"], anchor="end"),
        *_marks(funnel),
        *_names(funnel),
    ]
    return svg.figure(shapes, (funnel.width, funnel.height), svg.kind_of(width), name, (title, desc))


def _band(funnel: Funnel) -> Iterable[Markup]:
    if len(funnel.limits) > 1:
        highs = [funnel.spot(limit.clients, limit.high) for limit in funnel.limits]
        lows = [funnel.spot(limit.clients, limit.low) for limit in reversed(funnel.limits)]
        yield svg.area(svg.polyline([*highs, *lows]) + "Z", "tint")
        yield svg.line(svg.polyline(highs), "control", 1, **{"stroke-dasharray": "4 3"})
        yield svg.line(svg.polyline(lows), "control", 1, **{"stroke-dasharray": "4 3"})


def _centre_line(funnel: Funnel) -> Iterable[Markup]:
    if funnel.centre is not None:
        y = funnel.upward.scale.at(funnel.centre)
        yield svg.line(f"M{funnel.frame.left:g} {y:.1f}H{funnel.frame.right:g}", "muted", 1.5)


def _marks(funnel: Funnel) -> Iterable[Markup]:
    """Draw the ordinary points first: a flagged one is never covered."""
    pairs = sorted(zip(funnel.points, funnel.spots, strict=True), key=lambda pair: pair[0].is_flagged)
    for point, spot in pairs:
        yield svg.diamond(spot) if point.is_flagged else svg.dot(spot)


def _names(funnel: Funnel) -> Iterable[Markup]:
    """Name the mean, the limits and the flagged points where nothing is covered; the table names them all."""
    taken = [Box(x - 9, y - 9, x + 9, y + 9) for x, y in funnel.spots]
    taken += [Box(x - 4, y - 2, x + 4, y + 2) for x, y in _edges(funnel)]
    for spot, words, colour in _labels(funnel):
        box = beside(spot, words, taken, funnel.frame)
        if box:
            taken.append(box)
            yield svg.bold(words, (box.left, box.bottom - 4), colour)
    for places, words, colour in _lines(funnel):
        found = (beside(place, words, taken, funnel.frame) for place in places)
        box = next((box for box in found if box), None)
        if box:
            taken.append(box)
            yield svg.text((box.left, box.bottom - 4), words, colour)


def _lines(funnel: Funnel) -> Iterable[tuple[list[Spot], str, str]]:
    """Give the places along the mean and the lower limit, from the right, where each may be named."""
    words, ticks = WORDS[funnel.lang], funnel.across.ticks
    if funnel.centre is not None:
        mean = f"{words['mean']} {written(funnel.centre, funnel.unit, funnel.digits, funnel.lang)}"
        spots = [funnel.spot(tick, funnel.centre) for tick in reversed(ticks)]
        yield [(x, y + step) for x, y in spots for step in (-10, 12)], mean, "ink"
    lows = [funnel.spot(limit.clients, limit.low) for limit in reversed(funnel.limits)]
    if lows:
        yield [(x, y + step) for x, y in lows for step in (-14, 22)], words["limit"], "muted"


def _edges(funnel: Funnel) -> Iterable[Spot]:
    for limit in funnel.limits:
        yield funnel.spot(limit.clients, limit.high)
        yield funnel.spot(limit.clients, limit.low)


def _labels(funnel: Funnel) -> Iterable[tuple[Spot, str, str]]:
    for point, spot in zip(funnel.points, funnel.spots, strict=True):
        if point.is_flagged:
            value = f", {written(point.value, funnel.unit, funnel.digits, funnel.lang)}"
            name = svg.shortened(point.name, MOST_NAME - svg.text_width(value))
            yield spot, name + value, "signal-ink"
