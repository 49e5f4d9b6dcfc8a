"""The map of the 101 départements as tiles: one square each, its code and its value inside."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import floor
from types import MappingProxyType

import msgspec
from markupsafe import Markup

from quality.directory.geography import DATA
from quality.web import svg
from quality.web.format import number
from quality.web.plot import STEPS, tick_digits, written
from quality.web.svg import Box

CLASSES = 5
SIDE, GAP = 38.0, 2.0
KEY_WIDTH, KEY_LINE = 112.0, 26.0
LEAST_COLUMNS = 6
NEAR_WIDTH = 400.0  # narrower, a map fits on a phone without scrolling
NO_SIGNS: Mapping[str, str] = MappingProxyType({})
WHOLE: Mapping[str, int] = MappingProxyType({})
FOLD = 9.0  # side of the corner that marks a fragile tile
TEXT_COLOURS = ("ink", "ink", "ink", "on-seq-4", "on-seq-5")
WORDS = {
    "fr": {
        "between": "{low} à {high}",
        "hidden": "non publié",
        "absent": "non suivi",
        "fragile": "fragile",
    },
    "en": {
        "between": "{low} to {high}",
        "hidden": "not published",
        "absent": "not followed",
        "fragile": "fragile",
    },
}


class TilePlace(msgspec.Struct, frozen=True):
    """Where a département stands in the grid of tiles."""

    column: int
    row: int


@cache
def places() -> Mapping[str, TilePlace]:
    """Give the place of each département by its code.

    >>> len(places()), places()["34"]
    (101, TilePlace(column=7, row=10))
    """
    return msgspec.json.decode((DATA / "tiles.json").read_bytes(), type=dict[str, TilePlace])


def class_bounds(values: Iterable[float], ceiling: float | None = None) -> tuple[float, ...]:
    """Choose the six bounds of five equal classes, on round values, that hold all the values.

    >>> class_bounds([71, 92]), class_bounds([96, 99], ceiling=100), class_bounds([])
    ((70, 75, 80, 85, 90, 95), (95, 96, 97, 98, 99, 100), (0, 1, 2, 3, 4, 5))
    """
    known = list(values)
    low, high = min(known, default=0.0), max(known, default=0.0)
    step, first = next(
        (step, floor(low / step) * step)
        for step in (each for each in STEPS if each >= 1)
        if floor(low / step) * step + CLASSES * step >= high
    )
    if ceiling is not None:
        first = min(first, ceiling - CLASSES * step)
    return tuple(first + step * place for place in range(CLASSES + 1))


def class_of(value: float, bounds: tuple[float, ...]) -> int:
    """Give the class of a value, from 1 to 5.

    >>> [class_of(value, (70, 75, 80, 85, 90, 95)) for value in (70, 74.9, 75, 95)]
    [1, 1, 2, 5]
    """
    return max(1, sum(value >= bound for bound in bounds[:CLASSES]))


@dataclass(frozen=True, slots=True)
class Shades:
    """The classes of a map and how its values are written."""

    bounds: tuple[float, ...]
    unit: str
    lang: str
    digits: Mapping[str, int]
    signs: Mapping[str, str]
    fragile: Collection[str]

    def written(self, code: str, value: float) -> str:
        """Write a value without its unit, so that it fits in a tile."""
        digits = 0 if value >= 100 else self.digits.get(code, 0)
        return self.signs.get(code, "") + number(value, digits, self.lang)


def tile_map(
    values: Mapping[str, float | None],
    unit: str,
    *,
    title: str,
    desc: str,
    name: str = "tiles",
    lang: str = "fr",
    digits: Mapping[str, int] = WHOLE,
    signs: Mapping[str, str] = NO_SIGNS,
    fragile: Collection[str] = (),
    is_near: bool = False,
) -> Markup:
    """Draw one value a département by its code: None is hidden, and an absent one is not followed.

    `digits` are the decimals of a value; `signs` stand before one that is only a bound: {"34": "≥"}.
    The tiles of `fragile` have a corner folded. `is_near` draws only the followed ones and what touches them,
    so that they fit on a phone.
    """
    known = [value for value in values.values() if value is not None]
    shades = Shades(class_bounds(known, 100 if unit == "%" else None), unit, lang, digits, signs, fragile)
    grid = _near(values) if is_near and values else places()
    shapes = [shape for code, at in grid.items() for shape in _tile(code, _square(at), values, shades)]
    columns, rows = (1 + max(getattr(place, axis) for place in grid.values()) for axis in ("column", "row"))
    width, bottom = max(columns, LEAST_COLUMNS) * (SIDE + GAP), rows * (SIDE + GAP)
    key, end = _key(shades, width, bottom + 10)
    return svg.figure([*shapes, *key], (width, end), _kind(width), name, (title, desc))


def _kind(width: float) -> str:
    return "chart min35" if width > NEAR_WIDTH else "chart near"


def _near(values: Iterable[str]) -> Mapping[str, TilePlace]:
    """Keep the followed tiles and what touches them, moved to the corner."""
    grid = places()
    followed = [grid[code] for code in values]
    left, right = _around(place.column for place in followed)
    top, bottom = _around(place.row for place in followed)
    return {
        code: TilePlace(at.column - left, at.row - top)
        for code, at in grid.items()
        if left <= at.column <= right and top <= at.row <= bottom
    }


def _around(steps: Iterable[int]) -> tuple[int, int]:
    """Widen by one step each side.

    >>> _around([5, 7]), _around([0])
    ((4, 8), (0, 1))
    """
    known = sorted(steps)
    return max(0, known[0] - 1), known[-1] + 1


def _square(place: TilePlace) -> Box:
    left, top = place.column * (SIDE + GAP) + GAP / 2, place.row * (SIDE + GAP) + GAP / 2
    return Box(left, top, left + SIDE, top + SIDE)


def _tile(code: str, box: Box, values: Mapping[str, float | None], shades: Shades) -> Iterable[Markup]:
    middle = (box.left + box.right) / 2
    value = values.get(code)
    if value is None:
        yield from _hidden(box) if code in values else _absent(box)
        yield svg.text((middle, box.top + SIDE / 2 + 4.5), code, "muted", "middle")
        return
    step = class_of(value, shades.bounds)
    colour = TEXT_COLOURS[step - 1]
    yield svg.rect(box, f"seq-{step}", "control", rx=4)
    if code in shades.fragile:
        yield _fold(box)
    yield svg.text((middle, box.top + 15), code, colour, "middle")
    yield svg.bold(shades.written(code, value), (middle, box.top + 31), colour, anchor="middle")


def _fold(box: Box, side: float = FOLD) -> Markup:
    corner = f"M{box.right - side:g} {box.top:g}H{box.right:g}V{box.top + side:g}Z"
    return svg.element("path", svg.paint("card", "control") | {"d": corner})


def _hidden(box: Box) -> Iterable[Markup]:
    """Draw a dashed edge and three strokes across, away from the code."""
    yield svg.rect(box, "card", "control", rx=4, **{"stroke-dasharray": "3 2"})
    strokes = ((4, 12, 12, 4), (4, 18, 18, 4), (20, 34, 34, 20), (26, 34, 34, 26))
    drawing = "".join(
        f"M{box.left + a:g} {box.top + b:g}L{box.left + c:g} {box.top + d:g}" for a, b, c, d in strokes
    )
    yield svg.line(drawing, "control")


def _absent(box: Box) -> Iterable[Markup]:
    yield svg.rect(box, "card", "line", rx=4)


def _key(shades: Shades, width: float, top: float) -> tuple[list[Markup], float]:
    """Name the five classes, the hidden tiles and those that are not followed; give where this ends."""
    words, bounds, lang = WORDS[shades.lang], shades.bounds, shades.lang
    digits = tick_digits(bounds)
    a_line = int(width // KEY_WIDTH)
    boxes = [_key_box(n % a_line * KEY_WIDTH, top + n // a_line * KEY_LINE) for n in range(CLASSES + 3)]
    *classes, dashed, plain, folded = boxes
    shapes: list[Markup] = []
    for place, box in enumerate(classes):
        low, high = number(bounds[place], digits, lang), written(bounds[place + 1], shades.unit, digits, lang)
        shapes += [
            svg.rect(box, f"seq-{place + 1}", "control", rx=3),
            _key_words(box, words["between"].format(low=low, high=high)),
        ]
    shapes += [*_hidden_key(dashed), _key_words(dashed, words["hidden"])]
    shapes += [*_absent(plain), _key_words(plain, words["absent"])]
    if not shades.fragile:
        return shapes, plain.bottom + 10
    corner = [svg.rect(folded, "seq-2", "control", rx=3), _fold(folded, 8)]
    return [*shapes, *corner, _key_words(folded, words["fragile"])], folded.bottom + 10


def _key_words(box: Box, words: str) -> Markup:
    return svg.text((box.right + 6, box.bottom - 2), words)


def _hidden_key(box: Box) -> Iterable[Markup]:
    yield svg.rect(box, "card", "control", rx=3, **{"stroke-dasharray": "3 2"})
    yield svg.line(f"M{box.left + 4:g} {box.bottom - 4:g}L{box.right - 4:g} {box.top + 4:g}", "control")


def _key_box(left: float, top: float) -> Box:
    return Box(left + 1, top, left + 17, top + 16)
