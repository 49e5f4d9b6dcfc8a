"""Bars: as long as their value, with the interval over them, the words whole beside."""

import pytest

from quality.web.bars import IntervalBar, interval_bars, step_bars
from tests.quality.web.drawings import by_class, check, words_of

WORDS = {"title": "Un constat", "desc": "Les valeurs"}
LONG = "Association intercommunale d’aide à domicile du bassin de Thau"


def lengths(svg, name):
    return [float(each.attrib["width"]) for each in by_class(svg, "rect", name)]


def test_a_bar_ends_at_its_value_and_its_interval_is_drawn_over_it():
    row = IntervalBar("Aide 34", "50\u00a0% (40 à 60)", 50, 40, 60)
    svg = check(interval_bars([row], width=504, **WORDS))
    assert lengths(svg, "s-brand") == [250]
    assert by_class(svg, "path", "s-ink")[0].attrib["d"].startswith("M202.0 30H302.0")


def test_a_hidden_value_is_an_empty_dashed_bar_with_its_reason():
    svg = check(interval_bars([IntervalBar("Aide 34", "moins de 11 clients")], **WORDS))
    assert by_class(svg, "path", "s-ink") == []
    assert [each.attrib["stroke-dasharray"] for each in svg.iter("rect")] == ["3 2"]
    assert "moins de 11 clients" in words_of(svg)


def test_a_name_of_60_characters_leaves_room_for_its_value():
    words = words_of(check(interval_bars([IntervalBar(LONG, "82\u00a0% (79 à 85)", 82, 79, 85)], **WORDS)))
    assert words[0].endswith("…")
    assert words[1] == "82\u00a0% (79 à 85)"


@pytest.mark.parametrize("count", [1, 120])
def test_any_number_of_bars_keeps_its_shape(count):
    rows = [IntervalBar(f"Organisme {i}", f"{i % 101}", i % 101, 0, 100) for i in range(count)]
    svg = check(interval_bars(rows, **WORDS))
    assert len(words_of(svg)) == 2 * count


@pytest.mark.parametrize("drawing", [interval_bars([], **WORDS), step_bars([], **WORDS)])
def test_without_any_line_it_says_so(drawing):
    assert words_of(check(drawing)) == ["aucune valeur"]


def test_each_step_is_a_share_of_the_first():
    svg = check(step_bars([("Demandes", 4000), ("Réponses", 1000)], width=504, **WORDS))
    assert lengths(svg, "f-brand") == [500, 125]
    assert {"4\u202f000", "1\u202f000, 25\u00a0%"} <= set(words_of(svg))


def test_steps_from_nothing_have_no_share():
    svg = check(step_bars([("Demandes", 0), ("Réponses", 0)], **WORDS))
    assert lengths(svg, "f-brand") == [0, 0]
    assert "0" in words_of(svg)
