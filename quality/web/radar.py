"""A radar: one axis for each principle, values in per cent from the centre out, no script and no style.

The table of the same values follows it in its page; a weak value is a lozenge, since no colour stands alone.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from quality.web import svg
from quality.web.svg import Attributes, Spot

SIZE, REACH, LABEL_REACH, LABEL_RADIUS = 380.0, 146.0, 171.0, 15.0
LABEL_SIZE = 18.0  # so that it is still 12 px on a phone of 320 px
RINGS = (25, 50, 75, 100)
FULL = 100.0
CENTRE = SIZE / 2


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: a label of one or two signs, a value, the others' value; no value when nothing is known."""

    label: str
    value: float | None
    other: float | None = None
    is_weak: bool = False


def radar(axes: Sequence[Axis], title: str, desc: str, *, name: str = "radar") -> Markup:
    """Draw at least three axes, the first one upwards; `title` is the finding and `desc` the figures."""
    if len(axes) < 3:
        raise ValueError("a radar needs at least three axes")
    others = _spots([axis.other for axis in axes])
    spots = _spots([axis.value for axis in axes])
    shapes = [
        *_web(len(axes)),
        *_outline(others, "muted", 1.5, dashed=True),
        *_surface(spots),
        *_outline(spots, "brand", 2.5),
        *_marks(axes, spots),
        *_labels(axes),
    ]
    return svg.figure(shapes, (SIZE, SIZE), "chart radar", name, (title, desc))


def spot(place: int, count: int, reach: float) -> Spot:
    """Find a point of an axis at a distance from the centre.

    >>> spot(0, 6, 146), spot(3, 6, 146)
    ((190.0, 44.0), (190.0, 336.0))
    """
    angle = 2 * math.pi * place / count
    return round(CENTRE + reach * math.sin(angle), 1), round(CENTRE - reach * math.cos(angle), 1)


def _spots(values: Sequence[float | None]) -> list[Spot | None]:
    count = len(values)
    return [
        None if value is None else spot(place, count, REACH * min(max(value, 0), FULL) / FULL)
        for place, value in enumerate(values)
    ]


def _web(count: int) -> Iterable[Markup]:
    for ring in RINGS:
        corners = [spot(place, count, REACH * ring / FULL) for place in range(count)]
        yield svg.line(f"{svg.polyline(corners)}Z", "line")
    for place in range(count):
        yield svg.line(svg.polyline([(CENTRE, CENTRE), spot(place, count, REACH)]), "line")


def _surface(spots: Sequence[Spot | None]) -> Iterable[Markup]:
    """Fill a closed outline only: an axis without value leaves it open."""
    known = [each for each in spots if each is not None]
    if len(known) == len(spots):
        shape: Attributes = {"fill-opacity": ".14", "d": f"{svg.polyline(known)}Z"}
        yield svg.element("path", svg.paint("brand") | shape)


def _outline(
    spots: Sequence[Spot | None], colour: str, width: float, *, dashed: bool = False
) -> Iterable[Markup]:
    """Join neighbours that have a value, the last axis with the first."""
    dashes: dict[str, str | float] = {"stroke-dasharray": "5 4"} if dashed else {}
    for one, other in pairwise([*spots, spots[0]]):
        if one and other:
            yield svg.line(svg.polyline([one, other]), colour, width, **{"stroke-linecap": "round"}, **dashes)


def _marks(axes: Sequence[Axis], spots: Sequence[Spot | None]) -> Iterable[Markup]:
    for axis, place in zip(axes, spots, strict=True):
        if place is not None:
            yield svg.diamond(place) if axis.is_weak else svg.dot(place, 6, 2)


def _labels(axes: Sequence[Axis]) -> Iterable[Markup]:
    for place, axis in enumerate(axes):
        x, y = spot(place, len(axes), LABEL_REACH)
        circle: Attributes = {"cx": x, "cy": y, "r": LABEL_RADIUS}
        yield svg.element("circle", svg.paint("card", "control") | circle)
        bold: dict[str, str | float] = {"font-size": LABEL_SIZE, "font-weight": "650"}
        yield svg.text((x, y + 6.3), axis.label, "ink", "middle", **bold)
