"""Radar: where values stand, what an unknown value leaves open, and words large enough on a phone."""

import re
from math import hypot
from xml.etree import ElementTree as ET

import pytest

from quality.web.radar import CENTRE, REACH, Axis, radar, spot

WORDS = ("Deux principes sont en retrait", "Principe 1 : 86 %.")
SIX = [
    Axis("1", 86, 80),
    Axis("2", 90, 84),
    Axis("3", 63, 72, is_weak=True),
    Axis("4", 71, 75),
    Axis("5", 100, 92),
    Axis("6", 57, 66, is_weak=True),
]
PHONE_CARD = 256  # what a card leaves for its chart on a screen of 320 px


def drawn(axes: list[Axis]) -> ET.Element:
    return ET.fromstring(radar(axes, *WORDS, name="ra"))  # noqa: S314


def dots(picture: ET.Element) -> list[tuple[float, float]]:
    return [(float(c.get("cx")), float(c.get("cy"))) for c in picture.iter("circle") if c.get("r") == "6"]


def lozenges(picture: ET.Element) -> list[ET.Element]:
    return [path for path in picture.iter("path") if "f-signal" in path.get("class")]


def surfaces(picture: ET.Element) -> list[ET.Element]:
    return [path for path in picture.iter("path") if path.get("fill-opacity")]


def outline(picture: ET.Element, colour: str) -> list[ET.Element]:
    return [path for path in picture.iter("path") if path.get("class") == f"s-{colour}"]


def test_a_radar_is_named_by_its_finding_and_described_by_its_figures():
    picture = drawn(SIX)
    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby") == "ra-t ra-d"
    assert (picture.find("title").text, picture.find("desc").text) == WORDS


def test_a_value_stands_at_its_share_of_the_way_out():
    picture = drawn([Axis("1", 50), Axis("2", 100), Axis("3", 0), Axis("4", 120)])
    distances = [round(hypot(x - CENTRE, y - CENTRE)) for x, y in dots(picture)]
    assert distances == [REACH / 2, REACH, 0, REACH]


def test_a_weak_value_has_another_shape():
    picture = drawn(SIX)
    assert len(dots(picture)) == 4
    assert len(lozenges(picture)) == 2


def test_an_unknown_value_leaves_the_outline_open_and_has_no_mark():
    picture = drawn([*SIX[:5], Axis("6", None)])
    assert len(dots(picture)) == 4
    assert len(lozenges(picture)) == 1
    assert surfaces(picture) == []
    assert len(outline(picture, "brand")) == 4
    assert len(surfaces(drawn(SIX))) == 1
    assert len(outline(drawn(SIX), "brand")) == 6


def test_the_others_are_dashed_and_absent_when_nobody_is_compared():
    assert len(outline(drawn(SIX), "muted")) == 6
    assert all(path.get("stroke-dasharray") for path in outline(drawn(SIX), "muted"))
    assert outline(drawn([Axis(str(n), 50) for n in range(6)]), "muted") == []


def test_every_axis_is_labelled_in_the_frame_and_twelve_pixels_high_on_a_phone():
    picture = drawn(SIX)
    side = float(picture.get("viewBox").split()[2])
    words = list(picture.iter("text"))
    assert [word.text for word in words] == ["1", "2", "3", "4", "5", "6"]
    for word in words:
        assert float(word.get("font-size")) * PHONE_CARD / side >= 12
        assert 0 < float(word.get("y")) < side
    for circle in picture.iter("circle"):
        radius = float(circle.get("r"))
        assert radius <= float(circle.get("cx")) <= side - radius
        assert radius <= float(circle.get("cy")) <= side - radius


def test_nothing_is_styled_inline_and_every_shape_has_a_printed_colour():
    drawing = radar(SIX, *WORDS)
    assert "style" not in drawing
    assert not re.search(r"<(?:path|circle|text)(?![^>]*fill=)", drawing)


def test_words_are_escaped():
    assert "&lt;b&gt;" in radar(SIX, "<b>", "d")


def test_a_radar_of_two_axes_is_refused():
    with pytest.raises(ValueError, match="three axes"):
        radar(SIX[:2], *WORDS)


def test_the_first_axis_points_upwards_and_the_others_turn_right():
    assert spot(0, 4, 100) == (190.0, 90.0)
    assert spot(1, 4, 100) == (290.0, 190.0)
