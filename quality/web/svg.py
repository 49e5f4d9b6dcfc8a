"""Small SVG pieces: each carries its printed colour as an attribute and its screen colour as a class."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup, escape

# Colours of static/app.css in the light theme.
COLOURS = {
    "ink": "#161c2d",
    "muted": "#4a5368",
    "brand": "#0b4f8a",
    "signal": "#b35900",
    "signal-ink": "#8a4300",
    "card": "#ffffff",
    "tint": "#e8f0f8",
    "hair": "#e2e6ed",
    "line": "#c5ccd8",
    "control": "#7a8396",
    "seq-1": "#deebf7",
    "seq-2": "#9ecae1",
    "seq-3": "#6baed6",
    "seq-4": "#3182bd",
    "seq-5": "#08519c",
    "on-seq-4": "#000000",
    "on-seq-5": "#ffffff",
}
FONT_SIZE = 13.0
NARROW = 460.0  # a drawing that 28 rem show large enough; a wider one needs 35
SLIM = 272
LETTER = 0.6  # mean advance of a letter of the system fonts, in font sizes
SIGNS = re.compile("""[&<>'"]""")  # of markup
Spot = tuple[float, float]
Attributes = dict[str, str | float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the drawing, kept to see whether two texts touch."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def touches(self, other: "Box") -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


def element(name: str, attributes: Attributes, children: Iterable[Markup] = ()) -> Markup:
    """Build an element; values are escaped and lengths kept to a tenth.

    >>> element("rect", {"x": 1.26, "class": 'a"b'})
    Markup('<rect x="1.3" class="a&#34;b"/>')
    """
    # Joined as plain words, each escaped once and numbers never: `Markup.format` costs ten times as much.
    pairs = "".join([f' {key}="{_value(each)}"' for key, each in attributes.items()])
    inside = "".join([each if type(each) is Markup else escape(each) for each in children])
    drawn = f"<{name}{pairs}>{inside}</{name}>" if inside else f"<{name}{pairs}/>"
    return Markup(drawn)  # noqa: S704 - every value and child of it is escaped


@cache
def paint(fill: str | None = None, stroke: str | None = None) -> Attributes:
    """Give the class and the printed colour of a fill and a stroke, to be joined to others.

    >>> paint("brand")
    {'class': 'f-brand', 'fill': '#0b4f8a'}
    """
    classes = [f"f-{fill}"] * bool(fill) + [f"s-{stroke}"] * bool(stroke)
    colours: Attributes = {"class": " ".join(classes), "fill": COLOURS[fill] if fill else "none"}
    return colours | ({"stroke": COLOURS[stroke]} if stroke else {})


def text_width(words: str, size: float = FONT_SIZE) -> float:
    return len(words) * size * LETTER


def text(spot: Spot, words: str, colour: str = "muted", anchor: str = "start", **more: str | float) -> Markup:
    placed: Attributes = {"x": spot[0], "y": spot[1], "font-size": FONT_SIZE, "text-anchor": anchor}
    return element("text", paint(colour) | placed | more, [escape(words)])


def bold(words: str, spot: Spot, colour: str, size: float = FONT_SIZE, anchor: str = "start") -> Markup:
    more: Attributes = {"font-size": size, "font-weight": "650"}
    return text(spot, words, colour, anchor, **more)


def shortened(words: str, room: float, size: float = FONT_SIZE) -> str:
    """Cut words to a width, between two of them if possible; the table beside the chart writes them whole.

    >>> shortened("Aide à domicile", 100), shortened("Aide", 100), shortened("Domiciliation", 60)
    ('Aide à…', 'Aide', 'Domici…')
    """
    most = max(int(room / (size * LETTER)), 1)
    if len(words) <= most:
        return words
    kept = words[: most - 1]
    return (kept.rpartition(" ")[0] or kept).rstrip(" ,") + "…"


def line(drawing: str, colour: str, width: float = 1, **more: str | float) -> Markup:
    """Draw an open path."""
    return element("path", paint(stroke=colour) | {"stroke-width": width} | more | {"d": drawing})


def area(drawing: str, colour: str) -> Markup:
    return element("path", paint(colour) | {"d": drawing})


def dot(spot: Spot, radius: float = 4.5, edge: float = 1.5) -> Markup:
    """Draw an ordinary value: a full circle."""
    place: Attributes = {"cx": spot[0], "cy": spot[1], "r": radius}
    return element("circle", paint("brand", "card") | {"stroke-width": edge} | place)


def ring(spot: Spot, radius: float = 5) -> Markup:
    """Draw a value from which nothing can be concluded: an empty circle."""
    place: Attributes = {"cx": spot[0], "cy": spot[1], "r": radius}
    return element("circle", paint("card", "ink") | {"stroke-width": 2} | place)


def diamond(spot: Spot, size: float = 9) -> Markup:
    """Draw a value out of the ordinary: a lozenge."""
    drawing = f"M{spot[0]:.1f} {spot[1] - size:.1f}l{size} {size}-{size} {size}-{size}-{size}z"
    return element("path", paint("signal", "card") | {"stroke-width": 2, "d": drawing})


def bar(size: Spot, colour: str) -> Markup:
    return element("rect", paint(colour) | {"width": size[0], "height": size[1]})


def rect(box: Box, fill: str, stroke: str | None = None, **more: str | float) -> Markup:
    place: Attributes = {"x": box.left, "y": box.top, "width": box.width, "height": box.height}
    return element("rect", paint(fill, stroke) | place | more)


def hidden_mark(spot: Spot) -> Markup:
    """Draw a hidden value: an empty square with a dashed edge."""
    corner: Attributes = {"x": spot[0] - 5, "y": spot[1] - 5, "width": 10, "height": 10, "rx": 2}
    return element("rect", paint("card", "control") | {"stroke-dasharray": "3 2"} | corner)


def polyline(spots: Sequence[Spot]) -> str:
    """Join points.

    >>> polyline([(1, 2), (3, 4.26)])
    'M1.0 2.0 L3.0 4.3'
    """
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in spots)


def figure(shapes: Iterable[Markup], size: Spot, kind: str, name: str, words: tuple[str, str]) -> Markup:
    """Wrap shapes into a picture named by its finding: `words` is title and description, `name` makes ids."""
    title, desc = map(escape, words)
    heading = [element("title", {"id": f"{name}-t"}, [title]), element("desc", {"id": f"{name}-d"}, [desc])]
    frame: Attributes = {"class": kind, "viewBox": f"0 0 {size[0]:g} {size[1]:g}", "role": "img"}
    return element("svg", frame | {"aria-labelledby": f"{name}-t {name}-d"}, [*heading, *shapes])


def kind_of(width: float) -> str:
    """Give the classes of a chart that scrolls on a phone, so that its texts stay 12 px high, or fits.

    >>> kind_of(272), kind_of(448), kind_of(600)
    ('chart slim', 'chart min28', 'chart min35')
    """
    if width <= SLIM:
        return "chart slim"
    return "chart min28" if width <= NARROW else "chart min35"


def ornament(shapes: Iterable[Markup], size: Spot, kind: str, **more: str | float) -> Markup:
    """Wrap shapes into a picture that only repeats the figures written beside it."""
    frame: Attributes = {"class": kind, "viewBox": f"0 0 {size[0]:g} {size[1]:g}", "aria-hidden": "true"}
    return element("svg", frame | more, shapes)


def _value(value: str | float) -> str:
    if isinstance(value, str):
        return escape(value) if SIGNS.search(value) else value
    return f"{round(value, 1):g}"
