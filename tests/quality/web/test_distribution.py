"""How values spread: one dot an organisation, the reader's own place marked, no order among them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.web.distribution import distribution
from tests.quality.web.drawings import by_class, check, words_of

WORDS = {"title": "Un constat", "desc": "Les valeurs"}
LONG = "Association intercommunale d’aide à domicile du bassin de Thau"


def dots(svg):
    return by_class(svg, "circle", "f-brand")


@pytest.mark.parametrize("count", [0, 1, 120])
def test_there_is_one_dot_an_organisation(count):
    values = [70 + i % 25 for i in range(count)]
    assert len(dots(check(distribution(values, "%", **WORDS)))) == count


def test_equal_values_pile_up_without_covering_each_other():
    places = [
        (each.attrib["cx"], each.attrib["cy"]) for each in dots(check(distribution([80] * 12, "%", **WORDS)))
    ]
    assert len(set(places)) == 12
    assert len({x for x, _ in places}) == 1


def test_too_many_values_become_bars_and_say_how_high():
    svg = check(distribution([80] * 9000 + [90] * 1000, "%", **WORDS))
    assert dots(svg) == []
    assert len(by_class(svg, "rect", "f-brand")) == 2
    assert "barre la plus haute\u00a0: 9\u202f000 organismes" in words_of(svg)


def test_the_median_is_written():
    assert "médiane 82\u00a0%" in words_of(check(distribution([80, 82, 90], "%", **WORDS)))
    assert "médiane 81,5\u00a0%" in words_of(check(distribution([81, 82], "%", **WORDS)))


def test_the_reader_s_own_place_is_a_ring_with_words():
    svg = check(distribution([80, 82, 90], "%", own=(90, "vous, 90\u00a0%"), **WORDS))
    assert len(by_class(svg, "circle", "f-card")) == 1
    assert "vous, 90\u00a0%" in words_of(svg)


def test_without_any_value_the_frame_says_so():
    assert "aucune valeur publiée" in words_of(check(distribution([], "%", **WORDS)))


def test_it_speaks_english():
    words = words_of(check(distribution([80, 82], "%", lang="en", **WORDS)))
    assert {"median 81%", "one dot a provider"} <= set(words)


@given(st.lists(st.floats(0, 100), max_size=120), st.none() | st.floats(0, 100))
@settings(max_examples=60, deadline=None)
def test_nothing_touches_nor_leaves_the_picture(values, own):
    svg = check(distribution(values, "%", own=None if own is None else (own, LONG), **WORDS))
    _, _, width, height = (float(each) for each in svg.attrib["viewBox"].split())
    for dot in svg.iter("circle"):
        x, y, radius = (float(dot.attrib[key]) for key in ("cx", "cy", "r"))
        assert radius <= x <= width - radius
        assert radius <= y <= height - radius
