"""The funnel plot: only what the caller flags is a lozenge with its name, and hidden figures are absent."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.web.funnel import FunnelLimit, FunnelPoint, funnel_plot
from tests.quality.web.drawings import by_class, check, words_of

WORDS = {"title": "Un constat", "desc": "Les valeurs"}
LONG = "Association intercommunale d’aide à domicile du bassin de Thau"
LIMITS = [FunnelLimit(n, max(0, 80 - 300 / n**0.5), min(100, 80 + 300 / n**0.5)) for n in range(10, 410, 10)]


def test_a_flagged_point_is_a_lozenge_with_its_name_and_value():
    points = [FunnelPoint("Aide 34", 120, 62, True), FunnelPoint("Domicile Plus", 90, 81)]
    svg = check(funnel_plot(points, 80, LIMITS, "%", **WORDS))
    assert len(by_class(svg, "path", "f-signal")) == 1
    assert len(by_class(svg, "circle", "f-brand")) == 1
    assert "Aide 34, 62\u00a0%" in words_of(svg)
    assert not any("Domicile" in words for words in words_of(svg))


def test_a_point_far_from_the_others_is_not_flagged_unless_the_caller_says_so():
    svg = check(funnel_plot([FunnelPoint("A", 300, 10)], 80, LIMITS, "%", **WORDS))
    assert by_class(svg, "path", "f-signal") == []


def test_the_band_is_drawn_from_the_limits_given_and_named():
    svg = check(funnel_plot([FunnelPoint("A", 300, 81)], 80, LIMITS, "%", **WORDS))
    assert len(by_class(svg, "path", "f-tint")) == 1
    assert {"limites du hasard", "moyenne 80\u00a0%", "clients"} <= set(words_of(svg))


def test_without_limits_only_the_points_are_drawn():
    svg = check(funnel_plot([FunnelPoint("A", 300, 81)], None, [], "%", **WORDS))
    assert by_class(svg, "path", "f-tint") == []
    assert "limites du hasard" not in words_of(svg)


def test_an_empty_funnel_keeps_its_frame():
    assert "100\u00a0%" in words_of(check(funnel_plot([], None, [], "%", **WORDS)))


def test_a_funnel_speaks_english():
    words = words_of(
        check(funnel_plot([FunnelPoint("A", 300, 60, True)], 80, LIMITS, "%", lang="en", **WORDS))
    )
    assert {"mean 80%", "limits of chance", "A, 60%"} <= set(words)


def test_a_name_of_60_characters_is_cut_and_its_value_kept():
    svg = check(funnel_plot([FunnelPoint(LONG, 150, 41.5, True)], 80, LIMITS, "%", digits=1, **WORDS))
    assert next(words for words in words_of(svg) if "…" in words).endswith("…, 41,5\u00a0%")


def test_more_clients_stand_further_right_and_higher_values_higher():
    svg = check(funnel_plot([FunnelPoint("A", 20, 70), FunnelPoint("B", 200, 90)], None, [], "%", **WORDS))
    first, second = by_class(svg, "circle", "f-brand")
    assert float(first.attrib["cx"]) < float(second.attrib["cx"])
    assert float(first.attrib["cy"]) > float(second.attrib["cy"])


@pytest.mark.parametrize("count", [1, 120])
def test_any_number_of_points_is_drawn(count):
    points = [FunnelPoint(f"Organisme {i}", 11 + 3 * i, 60 + i % 40) for i in range(count)]
    assert len(by_class(check(funnel_plot(points, 80, LIMITS, "%", **WORDS)), "circle", "f-brand")) == count


@given(
    st.lists(
        st.builds(
            FunnelPoint,
            st.sampled_from(["Aide 34", LONG]),
            st.integers(1, 5000),
            st.floats(0, 100),
            st.booleans(),
        ),
        max_size=25,
    )
)
@settings(max_examples=60, deadline=None)
def test_no_two_labels_touch_and_none_leaves_the_picture(points):
    check(funnel_plot(points, 80, LIMITS, "%", **WORDS))
