"""A frame with two axes: graduations in words, and labels set beside their mark where there is room."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from quality.web import svg
from quality.web.plot import Scale, tick_digits, written
from quality.web.svg import Box, Spot, text_width

GAP = 12.0


@dataclass(frozen=True, slots=True)
class Axis:
    """Graduations along one side of a frame."""

    ticks: tuple[float, ...]
    unit: str
    start: float
    end: float
    lang: str = "fr"

    @property
    def scale(self) -> Scale:
        return Scale(self.ticks[0], self.ticks[-1], self.start, self.end)

    @property
    def labels(self) -> tuple[tuple[float, str], ...]:
        """Give the place and the words of each graduation."""
        digits, scale = tick_digits(self.ticks), self.scale
        return tuple((scale.at(tick), written(tick, self.unit, digits, self.lang)) for tick in self.ticks)


def across(axis: Axis, baseline: float) -> Iterable[Markup]:
    """Write the graduations of a lower axis, one in two or more when they would touch."""
    labels = axis.labels
    widest = max(text_width(words) for _, words in labels) + GAP
    apart = abs(labels[1][0] - labels[0][0])
    step = next(step for step in range(1, 100) if step * apart >= widest)
    for x, words in labels[::step]:
        yield svg.text((x, baseline), words, anchor="middle")


def upward(axis: Axis, left: float, right: float) -> Iterable[Markup]:
    """Draw the lines of a left axis and write its graduations."""
    for y, words in axis.labels:
        yield svg.line(f"M{left:g} {y:.1f}H{right:g}", "hair")
        yield svg.text((left - 8, y + 4.5), words, anchor="end")


def beside(spot: Spot, words: str, taken: Sequence[Box], frame: Box) -> Box | None:
    """Find where a label touches nothing: right, left, above or below its mark."""
    width = text_width(words)
    x, y = spot
    corners = ((x + 13, y - 8), (x - 13 - width, y - 8), (x - width / 2, y - 28), (x - width / 2, y + 13))
    for left, top in corners:
        box = Box(left, top, left + width, top + 16)
        if _is_inside(box, frame) and not any(box.touches(other) for other in taken):
            return box
    return None


def _is_inside(box: Box, frame: Box) -> bool:
    return (
        box.left >= frame.left
        and box.right <= frame.right
        and box.top >= frame.top
        and box.bottom <= frame.bottom
    )
