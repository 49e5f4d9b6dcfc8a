"""Every chart keeps its frame with 0, 1 and 120 values, with none known, and with names of 60 characters."""

import pytest

from quality.web import bars, distribution, funnel, radar, tiles
from quality.web.charts import control_chart, sparkline
from quality.web.format import short_period_text
from quality.web.plot import Point
from tests.quality.web.drawings import boxes, check, parsed

LONG = "Association d’aide à domicile des Hauts-Cantons et du Littoral"[:60]
WORDS = {"title": LONG, "desc": LONG}
MANY = [70 + (7 * place) % 23 / 2 for place in range(120)]
SERIES = {"none": [], "one": [84.2], "unknown": [None] * 13, "full": MANY, "gaps": [80.0, None] * 60}
VALUES = {"none": [], "one": [84.2], "full": MANY}
MONTHS = [short_period_text(f"{2016 + month // 12}-{month % 12 + 1:02}") for month in range(120)]


@pytest.mark.parametrize("width", [448, 600])
@pytest.mark.parametrize("values", SERIES.values(), ids=SERIES)
def test_a_control_chart(values, width):
    known = [value for value in values if value is not None]
    points = [
        Point(label, value, value == max(known, default=0))
        for label, value in zip(MONTHS, values, strict=False)
    ]
    centre = sum(known) / len(known) if known else None
    limits = [(60.0, 95.0)] * len(values) if len(known) > 12 else ()
    check(control_chart(points, centre, limits, "%", width=width, **WORDS))


@pytest.mark.parametrize("values", SERIES.values(), ids=SERIES)
def test_a_sparkline(values):
    check(sparkline(values, **WORDS))


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
def test_a_distribution(values):
    check(distribution.distribution(values, "%", own=(84.2, "Vous") if values else None, **WORDS))


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
def test_a_funnel(values):
    points = [funnel.FunnelPoint(LONG, 11 + place, value, value < 71) for place, value in enumerate(values)]
    check(funnel.funnel_plot(points, 80.0 if values else None, (), "%", **WORDS))


@pytest.mark.parametrize("count", [3, 6, 12])
@pytest.mark.parametrize("value", [None, 0.0, 100.0])
def test_a_radar(count, value):
    drawing = radar.radar([radar.Axis(str(place), value, value) for place in range(count)], **WORDS)
    svg = parsed(drawing)
    _, _, width, height = (float(each) for each in svg.attrib["viewBox"].split())
    assert all(box.left >= 0 and box.right <= width and box.bottom <= height for _, box in boxes(svg))


@pytest.mark.parametrize("count", [0, 1, 120])
def test_bars_with_long_names(count):
    rows = [bars.IntervalBar(LONG, "84,2 % de 80,1 à 87,9 %", 84.2, 80.1, 87.9) for _ in range(count)]
    check(bars.interval_bars(rows, **WORDS))


@pytest.mark.parametrize("value", [None, 0.0, 84.2, 100.0])
def test_a_map_of_every_departement(value):
    check(tiles.tile_map(dict.fromkeys(tiles.places(), value), "%", **WORDS))


def test_a_map_of_none():
    check(tiles.tile_map({}, "%", **WORDS))
