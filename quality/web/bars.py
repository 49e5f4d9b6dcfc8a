"""Bars: a value with its interval a line, or the steps from the first number to the last."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from quality.web import svg
from quality.web.format import count, percent
from quality.web.plot import Limits, Scale
from quality.web.svg import Box

ROW, THICK = 46.0, 14.0
EDGE = 2.0
WORDS = {"fr": "aucune valeur", "en": "no value"}


@dataclass(frozen=True, slots=True)
class IntervalBar:
    """One line: what it is, its value and interval, the same in words; no value when it is hidden."""

    label: str
    words: str
    value: float | None = None
    low: float | None = None
    high: float | None = None


def interval_bars(
    rows: Sequence[IntervalBar],
    *,
    title: str,
    desc: str,
    scale: Limits = (0, 100),
    width: float = 448,
    name: str = "bars",
    lang: str = "fr",
) -> Markup:
    """Draw one bar a line with its interval; a hidden value is an empty dashed bar and its reason."""
    axis = Scale(scale[0], scale[1], EDGE, width - EDGE)
    shapes = [
        shape
        for place, row in enumerate(rows)
        for shape in (*_heading(row.label, row.words, place, width), *_interval(row, place, axis))
    ]
    return _stack(shapes or _nothing(lang), (width, len(rows)), name, (title, desc))


def step_bars(
    steps: Sequence[tuple[str, int]],
    *,
    title: str,
    desc: str,
    width: float = 448,
    name: str = "steps",
    lang: str = "fr",
) -> Markup:
    """Draw how many remain at each step, and their share of the first."""
    first = steps[0][1] if steps else 0
    shapes = []
    for place, (label, number) in enumerate(steps):
        share = number / first if first else 0.0
        words = count(number, lang) + (f", {percent(100 * share, 0, lang)}" if place and first else "")
        full = EDGE + share * (width - 2 * EDGE)
        shapes += [*_heading(label, words, place, width), *_track(place, width), _filled(place, full)]
    return _stack(shapes or _nothing(lang), (width, len(steps)), name, (title, desc))


def _nothing(lang: str) -> list[Markup]:
    return [svg.text((EDGE, 22), WORDS[lang])]


def _stack(shapes: Sequence[Markup], size: tuple[float, int], name: str, words: tuple[str, str]) -> Markup:
    """Wrap lines into a picture: `size` is a width and a number of lines."""
    return svg.figure(shapes, (size[0], max(size[1], 1) * ROW - 6), svg.kind_of(size[0]), name, words)


def _heading(label: str, words: str, place: int, width: float) -> Iterable[Markup]:
    """Write the label at the left of its value, cut to the room left."""
    baseline = place * ROW + 15
    room = width - 2 * EDGE - svg.text_width(words) - 20
    yield svg.text((EDGE, baseline), svg.shortened(label, room), "ink")
    yield svg.bold(words, (width - EDGE, baseline), "ink", anchor="end")


def _track(place: int, width: float) -> Iterable[Markup]:
    yield svg.rect(_bar_box(place, EDGE, width - EDGE), "hair", rx=3)


def _filled(place: int, right: float) -> Markup:
    return svg.rect(_bar_box(place, EDGE, right), "brand", rx=3)


def _interval(row: IntervalBar, place: int, axis: Scale) -> Iterable[Markup]:
    if row.value is None:
        box = _bar_box(place, axis.start, axis.end)
        yield svg.rect(box, "card", "control", rx=3, **{"stroke-dasharray": "3 2"})
        return
    yield from _track(place, axis.end + EDGE)
    yield svg.rect(
        _bar_box(place, axis.start, axis.at(row.value)), "tint", "brand", rx=3, **{"stroke-width": 1.5}
    )
    if row.low is not None and row.high is not None:
        yield _whisker(axis.at(row.low), axis.at(row.high), place)


def _whisker(left: float, right: float, place: int) -> Markup:
    box = _bar_box(place, left, right)
    top, bottom, middle = box.top + 2, box.bottom - 2, box.top + THICK / 2
    ends = f"M{left:.1f} {top:g}V{bottom:g}M{right:.1f} {top:g}V{bottom:g}"
    return svg.line(f"M{left:.1f} {middle:g}H{right:.1f}{ends}", "ink", 2)


def _bar_box(place: int, left: float, right: float) -> Box:
    top = place * ROW + 23
    return Box(left, top, max(right, left), top + THICK)
