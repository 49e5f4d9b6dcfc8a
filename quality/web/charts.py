"""Charts as SVG: values in the unit shown (86.2 for 86.2 %), a finding as title, no script and no style.

A table of the same values always follows a chart in its page; shapes and words never rely on colour alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from quality.web import svg
from quality.web.plot import Limits, Plot, Point, Scale, label_step, spread, widened
from quality.web.svg import Box, Spot

__all__ = ["Aim", "Limits", "Point", "control_chart", "hbar", "interval_dot", "sparkline"]

WORDS = {
    "fr": {"mean": "moyenne", "high": "limite haute", "low": "limite basse"},
    "en": {"mean": "mean", "high": "upper limit", "low": "lower limit"},
}
TREND_SIZE = (120.0, 28.0)


def control_chart(
    points: Sequence[Point],
    centre: float | None,
    limits: Sequence[Limits],
    unit: str,
    *,
    title: str,
    desc: str,
    width: float = 600,
    name: str = "chart",
    lang: str = "fr",
    digits: int = 1,
) -> Markup:
    """Draw values over time with their ordinary variation; no limits when the series is too short.

    A limit is low then high, one pair a point; `digits` are those of the published values.
    """
    plot = Plot(tuple(points), centre, tuple(limits), unit, lang, width, digits)
    shapes = [
        *_band(plot),
        *_grid(plot),
        *_centre_line(plot),
        *_joins(plot.spots),
        *_marks(plot),
        *_flag_labels(plot),
        *_end_labels(plot),
        *_axis_labels(plot),
    ]
    return svg.figure(shapes, (plot.width, plot.height), "chart min35", name, (title, desc))


@dataclass(frozen=True, slots=True)
class Aim:
    """A target on the scale of a drawing, and whether it is met; None where nobody can tell."""

    target: float
    is_met: bool | None


def interval_dot(
    value: float, low: float, high: float, aim: Aim | None = None, scale: Limits = (0, 100)
) -> Markup:
    """Draw a value, its interval and its target, for a table row that writes the three in words.

    A circle when the target is met, a lozenge when it is not, a ring when nobody can tell.
    """
    axis = Scale(scale[0], scale[1], 6, 194)
    left, middle, right = (axis.at(min(max(each, scale[0]), scale[1])) for each in (low, value, high))
    shapes = [svg.line("M6 14H194", "hair", 2)]
    if aim is not None:
        shapes.append(svg.line(f"M{axis.at(aim.target):.1f} 3V25", "ink", 2))
    shapes.append(svg.line(f"M{left:.1f} 14H{right:.1f}", "control", 5, **{"stroke-linecap": "round"}))
    return svg.ornament([*shapes, _target_mark((middle, 14), aim)], (200, 28), "chart")


def hbar(share: float) -> Markup:
    """Draw a share from 0 to 1, for a table row that writes it.

    >>> 'width="61"' in hbar(0.61)
    True
    """
    full = min(max(share, 0), 1)
    shapes = [svg.bar((100, 20), "hair"), svg.bar((100 * full, 20), "brand")]
    return svg.ornament(shapes, (100, 20), "hbar", preserveAspectRatio="none")


def sparkline(
    values: Sequence[float | None], title: str, desc: str, size: Spot = TREND_SIZE, *, name: str = "spark"
) -> Markup:
    """Draw the shape of a series; the dot is its last value."""
    known = [value for value in values if value is not None]
    rise = Scale(*widened(min(known, default=0), max(known, default=1)), size[1] - 6, 6)
    steps = Scale(0, max(len(values) - 1, 1), 6, size[0] - 6)
    spots = [None if value is None else (steps.at(i), rise.at(value)) for i, value in enumerate(values)]
    last = [svg.dot(spot) for spot in spots[-1:] if spot is not None]
    return svg.figure([*_joins(spots), *last], size, "chart", name, (title, desc))


def _band(plot: Plot) -> Iterable[Markup]:
    if not plot.limits:
        return
    pairs = list(zip(plot.columns, plot.limits, strict=True))
    highs = [(x, plot.rise.at(high)) for x, (_, high) in pairs]
    lows = [(x, plot.rise.at(low)) for x, (low, _) in pairs]
    yield svg.area(svg.polyline([*highs, *reversed(lows)]) + "Z", "tint")


def _grid(plot: Plot) -> Iterable[Markup]:
    for tick, words in zip(plot.ticks, plot.tick_words, strict=True):
        y = plot.rise.at(tick)
        yield svg.line(f"M{plot.left:g} {y:.1f}H{plot.right:g}", "hair")
        yield svg.text((plot.left - 8, y + 4.5), words, anchor="end")


def _centre_line(plot: Plot) -> Iterable[Markup]:
    if plot.centre is not None:
        yield svg.line(f"M{plot.left:g} {plot.rise.at(plot.centre):.1f}H{plot.right:g}", "muted", 1.5)


def _joins(spots: Sequence[Spot | None]) -> Iterable[Markup]:
    """Join neighbours only: a hidden period leaves a gap."""
    run: list[Spot] = []
    for spot in [*spots, None]:
        if spot is not None:
            run.append(spot)
            continue
        if len(run) > 1:
            yield svg.line(svg.polyline(run), "brand", 2, **{"stroke-linejoin": "round"})
        run = []


def _marks(plot: Plot) -> Iterable[Markup]:
    for point, spot, x in zip(plot.points, plot.spots, plot.columns, strict=True):
        if spot is None:
            yield svg.hidden_mark((x, plot.bottom - 6))
        else:
            yield svg.diamond(spot) if point.is_flagged else svg.dot(spot)


def _flag_labels(plot: Plot) -> Iterable[Markup]:
    """Write flagged values beside their mark, the farthest first; one without room stays in the table."""
    middle = plot.rise.at(plot.ticks[0] if plot.centre is None else plot.centre)
    flagged = [
        (spot, plot.written(point.value))
        for point, spot in list(zip(plot.points, plot.spots, strict=True))[:-1]
        if point.is_flagged and spot is not None and point.value is not None
    ]
    taken = list(_drawn(plot))
    for (x, y), words in sorted(flagged, key=lambda each: -abs(each[0][1] - middle)):
        places = _label_places((x, y), svg.text_width(words), y > middle)
        box = next((place for place in places if _fits(place, taken, plot)), None)
        if box:
            taken.append(box)
            yield svg.bold(words, (box.left, box.bottom - 4), "signal-ink")


def _drawn(plot: Plot) -> Iterable[Box]:
    """Give the places of the marks, of the lines that join them and of the mean."""
    for x, y in filter(None, plot.spots):
        yield Box(x - 9, y - 9, x + 9, y + 9)
    for one, other in pairwise(plot.spots):
        if one and other:
            for share in (0.25, 0.5, 0.75):
                x, y = (start + share * (end - start) for start, end in zip(one, other, strict=True))
                yield Box(x - 2, y - 2, x + 2, y + 2)
    if plot.centre is not None:
        y = plot.rise.at(plot.centre)
        yield Box(plot.left, y - 1, plot.right, y + 1)


def _label_places(spot: Spot, width: float, is_below: bool) -> Iterable[Box]:
    x, y = spot
    baseline = y + 26 if is_below else y - 16
    yield Box(x - width / 2, baseline - 12, x + width / 2, baseline + 4)
    yield Box(x - width - 13, y - 7, x - 13, y + 9)
    yield Box(x + 13, y - 7, x + 13 + width, y + 9)


def _fits(box: Box, taken: Sequence[Box], plot: Plot) -> bool:
    is_inside = (
        box.left >= plot.left and box.right <= plot.right and box.top >= 4 and box.bottom <= plot.bottom
    )
    return is_inside and not any(box.touches(other) for other in taken)


def _end_labels(plot: Plot) -> Iterable[Markup]:
    labels = [*_line_labels(plot), *_last_label(plot)]
    wanted = [plot.rise.at(value) + 4.5 for value, *_ in labels]
    places = spread(wanted, lowest=16, highest=plot.height - 30)
    for place, (_, words, colour, is_value) in zip(places, labels, strict=True):
        spot = (plot.right + 12, place)
        yield svg.bold(words, spot, colour, 14.5) if is_value else svg.text(spot, words, colour)


def _line_labels(plot: Plot) -> Iterable[tuple[float, str, str, bool]]:
    words = WORDS[plot.lang]
    if plot.limits:
        low, high = plot.limits[-1]
        yield high, words["high"], "muted", False
        yield low, words["low"], "muted", False
    if plot.centre is not None:
        yield plot.centre, f"{words['mean']} {plot.written(plot.centre)}", "ink", False


def _last_label(plot: Plot) -> Iterable[tuple[float, str, str, bool]]:
    for last in plot.points[-1:]:
        if last.value is not None:
            yield last.value, plot.written(last.value), "signal-ink" if last.is_flagged else "brand", True


def _axis_labels(plot: Plot) -> Iterable[Markup]:
    """Name the newest period and, going back, as many as fit."""
    step = label_step([point.label for point in plot.points], plot.columns)
    for place in range(len(plot.points) - 1, -1, -step):
        yield svg.text((plot.columns[place], plot.height - 10), plot.points[place].label, anchor="middle")


def _target_mark(spot: Spot, aim: Aim | None) -> Markup:
    if aim is None or aim.is_met:
        return svg.dot(spot, 5.5, 0)
    return svg.ring(spot) if aim.is_met is None else svg.diamond(spot, 7)
