"""A share with its interval against a threshold, on one line from 0 to 100 %."""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from quality.web import svg
from quality.web.format import number, percent
from quality.web.plot import Scale
from quality.web.svg import Spot

WIDTH, HEIGHT = 280.0, 68.0
AXIS = Scale(0, 100, 8, 272)
LINE_Y, WORDS_Y, TOP_Y = 32.0, 62.0, 12.0
SIZE = 13.5
GAP = 8.0


@dataclass(frozen=True, slots=True)
class Share:
    """A share in per cent and its bounds, as published; without value only the bounds are known."""

    value: float | None
    low: float
    high: float
    digits: int = 0


def share_line(
    share: Share, threshold: float, mark: str, *, title: str, desc: str, name: str = "part", lang: str = "fr"
) -> Markup:
    """Draw a share, its interval and the threshold; `mark` is the threshold in words.

    A circle when the whole interval reaches the threshold, a lozenge when it stays below it, a ring between.
    """
    shapes = [
        svg.line(f"M8 {LINE_Y:g}H272", "hair", 2),
        *_threshold(threshold, mark),
        svg.line(
            f"M{AXIS.at(share.low):.1f} {LINE_Y:g}H{AXIS.at(share.high):.1f}",
            "control",
            6,
            **{"stroke-linecap": "round"},
        ),
        *_point(share, threshold),
        *_ends(lang),
        _value_words(share, lang),
    ]
    return svg.figure(shapes, (WIDTH, HEIGHT), "chart short", name, (title, desc))


def _threshold(threshold: float, mark: str) -> Iterable[Markup]:
    x = AXIS.at(threshold)
    half = svg.text_width(mark, SIZE) / 2
    yield svg.line(f"M{x:.1f} {LINE_Y - 14:g}V{LINE_Y + 10:g}", "ink", 2)
    place = min(max(x, half + 4), WIDTH - half - 4)
    yield svg.text((place, TOP_Y), mark, "muted", "middle", **{"font-size": SIZE})


def _point(share: Share, threshold: float) -> Iterable[Markup]:
    if share.value is None:
        return
    spot: Spot = (AXIS.at(share.value), LINE_Y)
    if share.low >= threshold:
        yield svg.dot(spot, 7, 2)
    else:
        yield svg.diamond(spot, 8) if share.high < threshold else svg.ring(spot, 6)


def _ends(lang: str) -> Iterable[Markup]:
    size: dict[str, str | float] = {"font-size": SIZE}
    yield svg.text((4, WORDS_Y), percent(0, 0, lang), "muted", "start", **size)
    yield svg.text((WIDTH - 4, WORDS_Y), percent(100, 0, lang), "muted", "end", **size)


def _value_words(share: Share, lang: str) -> Markup:
    words = value_words(share, lang)
    half = svg.text_width(words, SIZE) / 2
    low = 4 + svg.text_width(percent(0, 0, lang), SIZE) + GAP + half
    high = WIDTH - 4 - svg.text_width(percent(100, 0, lang), SIZE) - GAP - half
    wanted = AXIS.at((share.low + share.high) / 2 if share.value is None else share.value)
    bold: dict[str, str | float] = {"font-size": SIZE, "font-weight": "650"}
    return svg.text((min(max(wanted, low), high), WORDS_Y), words, "ink", "middle", **bold)


def value_words(share: Share, lang: str = "fr") -> str:
    r"""Write a value and its bounds, short.

    >>> value_words(Share(70, 57, 81)), value_words(Share(None, 88, 100), "en")
    ('70\xa0% (57 à 81\xa0%)', '88 to 100%')
    """
    joint = "à" if lang == "fr" else "to"
    low, high = number(share.low, share.digits, lang), percent(share.high, share.digits, lang)
    bounds = f"{low} {joint} {high}"
    return bounds if share.value is None else f"{percent(share.value, share.digits, lang)} ({bounds})"
