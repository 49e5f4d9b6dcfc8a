"""Charts: names, shapes beside colours, labels that do not touch, hidden values that stay hidden."""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.web.charts import Aim, Point, control_chart, hbar, interval_dot, sparkline
from quality.web.format import short_period_text
from quality.web.plot import label_step, nice_ticks, spread, widened
from quality.web.svg import COLOURS
from tests.quality.web.drawings import boxes, by_class, parsed, touching
from tests.quality.web.pages import TEMPLATES

MONTHS = [f"{2025 + month // 12}-{month % 12 + 1:02}" for month in range(3, 21)]
VALUES = (
    80.2,
    81.5,
    79.1,
    82.3,
    80.8,
    81.9,
    78.9,
    80.1,
    82.7,
    81.2,
    79.6,
    80.9,
    77.8,
    76.9,
    75.8,
    71.6,
    69.2,
    74.3,
)
LIMITS = [(72.0, 85.2)] * len(VALUES)
WORDS = {"title": "La ponctualité recule", "desc": "Août 2026 est sous la limite basse."}


def series(values=VALUES, flagged=(15, 16)) -> list[Point]:
    labels = [short_period_text(month) for month in MONTHS]
    return [Point(label, v, i in flagged) for i, (label, v) in enumerate(zip(labels, values, strict=False))]


@pytest.fixture
def chart() -> ET.Element:
    return parsed(control_chart(series(), 78.6, LIMITS, "%", **WORDS))


def test_a_chart_is_named_by_its_finding(chart):
    assert chart.attrib["role"] == "img"
    title, desc = chart.find("title"), chart.find("desc")
    assert (title.text, desc.text) == tuple(WORDS.values())
    assert chart.attrib["aria-labelledby"].split() == [title.attrib["id"], desc.attrib["id"]]


def test_two_charts_of_a_page_have_their_own_ids():
    both = [parsed(control_chart(series(), 78.6, LIMITS, "%", **WORDS, name=name)) for name in ("a", "b")]
    ids = [each.attrib["id"] for svg in both for each in svg.iter() if "id" in each.attrib]
    assert len(set(ids)) == 4


def test_a_value_out_of_the_ordinary_has_its_own_shape_and_its_value_in_words(chart):
    assert len(by_class(chart, "circle", "f-brand")) == 16
    assert len(by_class(chart, "path", "f-signal")) == 2
    assert {"71,6\u00a0%", "69,2\u00a0%"} <= {words for words, _ in boxes(chart)}


def test_lines_are_named_at_their_end(chart):
    words = {words for words, _ in boxes(chart)}
    assert {"moyenne 78,6\u00a0%", "limite haute", "limite basse", "74,3\u00a0%"} <= words


def test_a_chart_speaks_english():
    svg = parsed(control_chart(series(), 78.6, LIMITS, "%", **WORDS, lang="en"))
    assert {"mean 78.6%", "upper limit", "lower limit", "74.3%"} <= {words for words, _ in boxes(svg)}


def test_whole_published_values_are_written_whole():
    svg = parsed(control_chart(series((81, 79, 80)), 80, [], "%", **WORDS, digits=0))
    assert "80\u00a0%" in {words for words, _ in boxes(svg)}
    assert not any("," in words for words, _ in boxes(svg))


@given(
    st.lists(st.integers(400, 1000), min_size=1, max_size=18),
    st.sets(st.integers(0, 17)),
    st.integers(400, 1000),
)
@settings(max_examples=60, deadline=None)
def test_no_two_labels_touch(tenths, flagged, centre):
    points = series([each / 10 for each in tenths], flagged)
    limits = [(centre / 10 - 6, min(centre / 10 + 6, 100.0))] * len(points)
    assert touching(parsed(control_chart(points, centre / 10, limits, "%", **WORDS))) == []


@given(st.lists(st.floats(0, 100), min_size=1, max_size=18))
@settings(max_examples=60, deadline=None)
def test_everything_stays_inside_the_picture(values):
    svg = parsed(control_chart(series(values, ()), None, [], "%", **WORDS))
    _, _, width, height = (float(each) for each in svg.attrib["viewBox"].split())
    for circle in svg.iter("circle"):
        assert 46 <= float(circle.attrib["cx"]) <= width - 128
        assert 15 <= float(circle.attrib["cy"]) <= height - 29
    assert all(box.left >= 0 and box.right <= width + 8 for _, box in boxes(svg))


def test_a_hidden_value_leaves_a_gap_and_an_empty_square():
    values = [80.0, 81.0, None, 79.0, 80.0]
    svg = parsed(control_chart(series(values, ()), None, [], "%", **WORDS))
    assert [line.attrib["d"].count("L") for line in by_class(svg, "path", "s-brand")] == [1, 1]
    assert len(by_class(svg, "circle", "f-brand")) == 4
    assert [each.attrib["stroke-dasharray"] for each in svg.iter("rect")] == ["3 2"]


def test_a_hidden_value_does_not_move_the_axis():
    hidden = control_chart([*series((80.0, 81.0), ()), Point("déc. 2026", None)], None, [], "%", **WORDS)
    ticks = [words for words, _ in boxes(parsed(hidden)) if words.endswith("%")]
    assert ticks[0] == "74\u00a0%"


def test_a_short_series_has_no_limits():
    svg = parsed(control_chart(series((80.0, 81.0, 79.0), ()), None, [], "%", **WORDS))
    assert by_class(svg, "path", "f-tint") == []
    assert not any("limite" in words or "moyenne" in words for words, _ in boxes(svg))


def test_an_empty_series_still_draws_its_frame():
    svg = parsed(control_chart([], None, [], "%", **WORDS))
    assert [words for words, _ in boxes(svg)][:2] == ["0\u00a0%", "20\u00a0%"]


def test_a_narrow_series_is_not_blown_up():
    ticks = [w for w, _ in boxes(parsed(control_chart(series((80.1, 80.2), ()), None, [], "%", **WORDS)))]
    assert {"74\u00a0%", "86\u00a0%"} <= set(ticks)


def test_other_units_have_no_ceiling():
    svg = parsed(control_chart(series((90.0, 180.0), ()), None, [], "", **WORDS, digits=0))
    words = [words for words, _ in boxes(svg)]
    assert "180" in words
    assert not any("%" in each for each in words)


def test_small_units_keep_a_decimal_on_their_axis():
    svg = parsed(control_chart(series((0.2, 0.9), ()), None, [], "jours", **WORDS))
    assert "0,5\u00a0jours" in {words for words, _ in boxes(svg)}


@pytest.mark.parametrize(
    ("aim", "tag", "name"),
    [
        (Aim(85, is_met=True), "circle", "f-brand"),
        (Aim(85, is_met=False), "path", "f-signal"),
        (Aim(85, is_met=None), "circle", "f-card"),
        (None, "circle", "f-brand"),
    ],
)
def test_a_target_met_missed_or_undecided_has_three_shapes(aim, tag, name):
    svg = parsed(interval_dot(88.4, 86.3, 90.3, aim, (40, 100)))
    assert svg.attrib["aria-hidden"] == "true"
    assert len(by_class(svg, tag, name)) == 1
    assert len(by_class(svg, "path", "s-ink")) == (aim is not None)


def test_an_interval_outside_the_scale_stops_at_its_edge():
    line = by_class(parsed(interval_dot(35, 20, 45, Aim(80, is_met=False), (40, 100))), "path", "s-control")[
        0
    ]
    assert line.attrib["d"].startswith("M6.0 14H")


def test_a_bar_is_as_long_as_its_share():
    widths = [[r.attrib["width"] for r in parsed(hbar(share)).iter("rect")] for share in (0, 0.387, 1.2)]
    assert widths == [["100", "0"], ["100", "38.7"], ["100", "100"]]


def test_a_sparkline_ends_with_a_dot_and_breaks_at_a_gap():
    svg = parsed(sparkline([1, 2, None, 3, 4], "Monte", "De 1 à 4", name="s"))
    assert svg.find("title").text == "Monte"
    assert len(list(svg.iter("circle"))) == 1
    assert len(list(svg.iter("path"))) == 2


def test_a_sparkline_whose_last_value_is_hidden_has_no_dot():
    assert list(parsed(sparkline([1, 2, None], "Monte", "De 1 à 2")).iter("circle")) == []


@pytest.mark.parametrize(
    "drawing",
    [
        control_chart(series(), 78.6, LIMITS, "%", title='<b>"', desc="a & b"),
        interval_dot(50, 40, 60, Aim(45, is_met=None)),
        hbar(0.5),
        sparkline([1, 2], "<i>", "d"),
    ],
)
def test_drawings_are_escaped_and_carry_no_style_nor_script(drawing):
    svg = parsed(drawing)
    assert not any(key == "style" or key.startswith("on") for each in svg.iter() for key in each.attrib)
    assert {each.tag for each in svg.iter()} <= {"svg", "title", "desc", "path", "text", "circle", "rect"}
    assert all(float(each.attrib["font-size"]) >= 13 for each in svg.iter("text"))


def test_every_shape_has_a_printed_colour_and_a_theme_class(chart):
    for each in chart.iter():
        if each.tag in {"path", "text", "circle", "rect"}:
            painted = [key for key in ("fill", "stroke") if each.attrib.get(key, "none") != "none"]
            assert len(painted) == len(each.attrib["class"].split()) > 0


def test_the_printed_colours_are_those_of_the_sheet():
    sheet = (TEMPLATES.parent / "static" / "app.css").read_text(encoding="utf-8")
    light = sheet.partition("@media")[0]
    tokens = dict(re.findall(r"--([a-z0-9-]+):(#[0-9a-f]+)", light))
    expanded = {
        name: f"#{''.join(2 * c for c in code[1:])}" if len(code) == 4 else code
        for name, code in tokens.items()
    }
    assert {name: expanded[name] for name in COLOURS} == COLOURS
    assert all(f".f-{name}{{" in sheet or f".s-{name}{{" in sheet for name in COLOURS)


@given(st.floats(0, 1e6), st.floats(0.01, 1e6))
@settings(max_examples=60)
def test_graduations_hold_the_values_and_are_few(low, span):
    ticks = nice_ticks(low, low + span)
    assert ticks[0] <= low + 1e-6
    assert ticks[-1] >= low + span - 1e-6
    assert 2 <= len(ticks) <= 11


@given(st.lists(st.floats(50, 300), min_size=1, max_size=4))
@settings(max_examples=60)
def test_spread_labels_keep_their_order_and_do_not_touch(places):
    moved = spread(places, lowest=16, highest=300)
    assert [places[i] for i in sorted(range(len(places)), key=lambda i: moved[i])] == sorted(places)
    assert all(below - above >= 17.8 for above, below in pairwise(sorted(moved)))


def test_labels_of_one_column_need_no_step():
    assert label_step(["nov. 2026"], [54]) == 1


def test_equal_values_still_make_an_axis():
    assert widened(80, 80) == (79, 81)
