"""How published values spread: one dot an organisation, bars when there are too many, no order among them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from markupsafe import Markup

from quality.web import svg
from quality.web.axes import Axis, across
from quality.web.format import count
from quality.web.plot import LEAST_SPAN, nice_ticks, widened, written
from quality.web.svg import Box

TALLEST = 150.0  # of a pile of dots or of a bar
MARGIN = 26.0
RADII = (6.0, 5.0, 4.0, 3.0)
TOP = 54.0
BOTTOM = 40.0
EMPTY_HEIGHT = 40.0
MOST_BINS = 20
WORDS = {
    "fr": {
        "median": "médiane",
        "dots": "un point par organisme",
        "bars": "barre la plus haute\u00a0: {most} organismes",
        "none": "aucune valeur publiée",
    },
    "en": {
        "median": "median",
        "dots": "one dot a provider",
        "bars": "highest bar: {most} providers",
        "none": "no published value",
    },
}


@dataclass(frozen=True, slots=True)
class Piles:
    """Values gathered by neighbouring places; a pile is known by the middle of its place."""

    heights: Mapping[float, int]
    step: float

    @property
    def tallest(self) -> int:
        return max(self.heights.values(), default=0)


def distribution(
    values: Sequence[float],
    unit: str,
    *,
    title: str,
    desc: str,
    own: tuple[float, str] | None = None,
    width: float = 600,
    name: str = "spread",
    lang: str = "fr",
    digits: int = 0,
) -> Markup:
    """Draw values and their median; `own` is the reader's value and the word that names it."""
    shown = [*values, *([own[0]] if own else [])]
    low, high = widened(min(shown, default=1), max(shown, default=99), LEAST_SPAN.get(unit, 0))
    ticks = nice_ticks(max(low, 0), min(high, 100) if unit == "%" else high)
    axis = Axis(ticks, unit, MARGIN, width - MARGIN, lang)
    dots = _dotted(values, axis)
    ground = TOP + _height(dots)
    shapes = [
        *(_dots(dots, ground) if dots else _bars(values, axis, ground)),
        svg.line(f"M{MARGIN:g} {ground:g}H{width - MARGIN:g}", "control", 1.5),
        *across(axis, ground + 18),
        *_flags(_markers(values, axis, own, digits), axis, ground),
        svg.text((width - 4, ground + 35), _caption(values, axis, is_dotted=dots is not None), anchor="end"),
    ]
    return svg.figure(shapes, (width, ground + BOTTOM), svg.kind_of(width), name, (title, desc))


def _dotted(values: Sequence[float], axis: Axis) -> tuple[Piles, float] | None:
    """Choose the largest dots whose piles fit; None when even small ones do not."""
    for radius in RADII:
        piles = _piles([axis.scale.at(value) for value in values], 2 * radius + 1)
        if piles.tallest * piles.step <= TALLEST:
            return piles, radius
    return None


def _piles(places: Iterable[float], step: float) -> Piles:
    return Piles(Counter(round(place / step) * step for place in places), step)


def _height(dots: tuple[Piles, float] | None) -> float:
    if dots is None:
        return TALLEST
    return max(EMPTY_HEIGHT, dots[0].tallest * dots[0].step + 4)


def _dots(dots: tuple[Piles, float], ground: float) -> Iterable[Markup]:
    piles, radius = dots
    for x, height in sorted(piles.heights.items()):
        for rank in range(height):
            yield svg.dot((x, ground - 2 - (rank + 0.5) * piles.step), radius, 1)


def _bins(values: Sequence[float], axis: Axis) -> Piles:
    return _piles((axis.scale.at(value) for value in values), (axis.end - axis.start) / MOST_BINS)


def _bars(values: Sequence[float], axis: Axis, ground: float) -> Iterable[Markup]:
    bins = _bins(values, axis)
    for x, number in sorted(bins.heights.items()):
        top = ground - number / bins.tallest * (TALLEST - 10)
        yield svg.rect(Box(x - bins.step / 2 + 1, top, x + bins.step / 2 - 1, ground), "brand")


def _caption(values: Sequence[float], axis: Axis, *, is_dotted: bool) -> str:
    words = WORDS[axis.lang]
    if not values:
        return words["none"]
    most = count(_bins(values, axis).tallest, axis.lang)
    return words["dots"] if is_dotted else words["bars"].format(most=most)


def _markers(
    values: Sequence[float], axis: Axis, own: tuple[float, str] | None, digits: int
) -> list[tuple[float, str, str]]:
    """Give the place, the words and the colour of the median and of the reader's own value."""
    markers = []
    if values:
        middle = median(values)
        shown = written(middle, axis.unit, max(digits, int(middle % 1 != 0)), axis.lang)
        markers.append((axis.scale.at(middle), f"{WORDS[axis.lang]['median']} {shown}", "muted"))
    if own:
        room = (axis.end - axis.start) / 2
        markers.append((axis.scale.at(own[0]), svg.shortened(own[1], room), "ink"))
    return markers


def _flags(markers: Sequence[tuple[float, str, str]], axis: Axis, ground: float) -> Iterable[Markup]:
    """Raise a line for each marker, named on the side away from the other and inside the picture."""
    middle = (axis.start + axis.end) / 2
    for rank, (x, words, colour) in enumerate(markers):
        others = [place for place, *_ in (*markers[:rank], *markers[rank + 1 :])]
        is_left = x < next(iter(others), middle) if others and others[0] != x else x > middle
        width = svg.text_width(words) + 6
        is_left = is_left if width < (x if is_left else axis.end + MARGIN - x) else not is_left
        baseline = 16 + 20 * rank
        yield svg.line(f"M{x:.1f} {baseline - 10:g}V{ground:g}", colour, 1.5)
        place = (x - 6 if is_left else x + 6, baseline)
        yield svg.bold(words, place, colour, anchor="end" if is_left else "start")
        if colour == "ink":
            yield svg.ring((x, ground))
