"""Reads a drawing back: its texts with the room they take, its shapes by class, what must be true of all."""

from itertools import combinations
from xml.etree import ElementTree as ET

from quality.web.svg import Box, text_width

PAINTED = {"path", "text", "circle", "rect"}


def parsed(drawing: str) -> ET.Element:
    return ET.fromstring(drawing)  # noqa: S314


def boxes(svg: ET.Element) -> list[tuple[str, Box]]:
    found = []
    for each in svg.iter("text"):
        x, y, size = (float(each.attrib[key]) for key in ("x", "y", "font-size"))
        width = text_width(each.text, size)
        left = {"start": x, "middle": x - width / 2, "end": x - width}[each.attrib["text-anchor"]]
        found.append((each.text, Box(left, y - size + 2, left + width, y + 2)))
    return found


def touching(svg: ET.Element) -> list[tuple[str, str]]:
    return [(a, b) for (a, one), (b, other) in combinations(boxes(svg), 2) if one.touches(other)]


def by_class(svg: ET.Element, tag: str, name: str) -> list[ET.Element]:
    return [each for each in svg.iter(tag) if name in each.attrib.get("class", "").split()]


def check(drawing: str) -> ET.Element:
    """Check what is true of every chart, and give it parsed."""
    svg = parsed(drawing)
    _, _, width, height = (float(each) for each in svg.attrib["viewBox"].split())
    assert svg.attrib["role"] == "img"
    assert svg.find("title").text
    assert svg.find("desc").text
    assert touching(svg) == []
    for words, box in boxes(svg):
        inside = box.left >= 0 and box.right <= width and box.top >= 0 and box.bottom <= height
        assert inside, f"{words} leaves the picture"
    for each in svg.iter():
        assert not any(key == "style" or key.startswith("on") for key in each.attrib)
        if each.tag in PAINTED:
            painted = [key for key in ("fill", "stroke") if each.attrib.get(key, "none") != "none"]
            assert len(painted) == len(each.attrib["class"].split()) > 0
    assert all(float(each.attrib["font-size"]) >= 13 for each in svg.iter("text"))
    return svg


def words_of(svg: ET.Element) -> list[str]:
    return [words for words, _ in boxes(svg)]
