"""A share against a threshold: shapes beside colours, words inside the frame, none over another."""

from xml.etree import ElementTree as ET

import pytest

from quality.web.interval import Share, share_line
from quality.web.svg import Box, text_width

WORDS = {"title": "Mesuré : 62 %", "desc": "de 52 à 71 %, 95 clients"}
PHONE_CARD = 256


def drawn(share: Share, threshold: float = 80, lang: str = "fr") -> ET.Element:
    return ET.fromstring(share_line(share, threshold, f"seuil {threshold} %", lang=lang, **WORDS))  # noqa: S314


def shapes(picture: ET.Element) -> list[str]:
    names = []
    for each in picture.iter():
        kind = each.get("class", "")
        if each.tag == "circle":
            names.append("ring" if "s-ink" in kind else "dot")
        elif "f-signal" in kind:
            names.append("lozenge")
    return names


@pytest.mark.parametrize(
    ("share", "shape"),
    [(Share(62, 52, 71), "lozenge"), (Share(90, 84, 94), "dot"), (Share(78, 70, 85), "ring")],
)
def test_the_side_of_the_threshold_is_a_shape(share: Share, shape: str) -> None:
    assert shapes(drawn(share)) == [shape]


def test_a_bound_without_value_has_no_mark_but_its_interval() -> None:
    picture = drawn(Share(None, 88, 100))
    assert shapes(picture) == []
    assert "88 à 100\u00a0%" in [each.text for each in picture.iter("text")]


@pytest.mark.parametrize("value", [0, 3, 50, 97, 100])
@pytest.mark.parametrize("threshold", [0, 30, 80, 100])
def test_words_stay_in_the_frame_and_never_touch(value: int, threshold: int) -> None:
    picture = drawn(Share(value, max(value - 9, 0), min(value + 9, 100), 1), threshold)
    width, height = (float(each) for each in picture.get("viewBox").split()[2:])
    boxes = []
    for each in picture.iter("text"):
        x, y, size = (float(each.get(key)) for key in ("x", "y", "font-size"))
        wide = text_width(each.text, size)
        left = {"start": x, "middle": x - wide / 2, "end": x - wide}[each.get("text-anchor")]
        boxes.append(Box(left, y - size + 2, left + wide, y + 2))
        assert size * PHONE_CARD / width >= 12
        assert left >= 0
        assert left + wide <= width
        assert y <= height
    assert not any(one.touches(other) for i, one in enumerate(boxes) for other in boxes[:i])


def test_it_is_named_by_what_it_found() -> None:
    picture = drawn(Share(62, 52, 71))
    assert picture.get("role") == "img"
    assert (picture.find("title").text, picture.find("desc").text) == (WORDS["title"], WORDS["desc"])


def test_english_writes_its_own_signs() -> None:
    texts = [each.text for each in drawn(Share(62, 52, 71), lang="en").iter("text")]
    assert "62% (52 to 71%)" in texts
    assert {"0%", "100%"} <= set(texts)
