"""The tile map: a value or a reason in every tile, and colours one can read."""

from hypothesis import given, settings
from hypothesis import strategies as st

from quality.directory.geography import DEPARTEMENTS
from quality.web.svg import COLOURS
from quality.web.tiles import TEXT_COLOURS, class_bounds, class_of, places, tile_map
from tests.quality.web.contrast import contrast
from tests.quality.web.drawings import by_class, check, words_of

WORDS = {"title": "Un constat", "desc": "Les valeurs"}


def drawn(values, **more):
    return check(tile_map(values, "%", **WORDS, **more))


def test_every_departement_has_its_own_tile():
    assert set(places()) == set(DEPARTEMENTS)
    assert len({(place.column, place.row) for place in places().values()}) == 101


def test_a_followed_departement_shows_its_value():
    svg = drawn({"34": 82.4}, digits={"34": 1})
    assert "82,4" in words_of(svg)
    assert set(places()) <= set(words_of(svg))


def test_a_hidden_departement_is_dashed_and_has_no_value():
    svg = drawn({"34": 82, "30": None})
    dashed = [each for each in svg.iter("rect") if "stroke-dasharray" in each.attrib]
    assert len(dashed) == 2  # the tile and the key
    assert [words for words in words_of(svg) if words.isdecimal()].count(
        "82"
    ) == 1 + 1  # Tarn-et-Garonne's code


def test_departements_not_followed_are_plain():
    assert len(by_class(drawn({"34": 82}), "rect", "s-line")) == 100 + 1
    assert len(by_class(drawn({}), "rect", "s-line")) == 101 + 1


def test_the_key_names_the_classes_the_hidden_and_the_absent():
    words = words_of(drawn({"34": 71, "30": 92}))
    assert {"70 à 75\u00a0%", "90 à 95\u00a0%", "non publié", "non suivi"} <= set(words)


def test_a_map_speaks_english():
    assert {"70 to 75%", "not followed"} <= set(words_of(drawn({"34": 71, "30": 92}, lang="en")))


def test_a_hundred_per_cent_fits_in_its_tile():
    assert "100" in words_of(drawn({"34": 100.0}, digits={"34": 1}))


def test_a_value_is_written_as_finely_as_it_was_published():
    words = words_of(drawn({"34": 85.0, "30": 85.0}, digits={"34": 1}))
    assert {"85,0", "85"} <= set(words)


def test_a_fragile_departement_has_a_folded_corner_and_the_key_names_it():
    svg = drawn({"34": 82, "30": 95, "11": None}, fragile={"30"})
    assert len(by_class(svg, "path", "f-card")) == 2  # the tile and the key
    assert "fragile" in words_of(svg)
    assert "fragile" not in words_of(drawn({"34": 82}))


def test_a_bound_has_its_sign():
    assert "≥92" in words_of(drawn({"34": 92}, signs={"34": "≥"}))


@given(st.lists(st.floats(0, 100), min_size=1, max_size=101))
@settings(max_examples=40, deadline=None)
def test_classes_hold_all_the_values_below_the_ceiling(values):
    bounds = class_bounds(values, 100)
    assert bounds[0] <= min(values)
    assert max(values) <= bounds[-1] <= 100
    assert all(1 <= class_of(value, bounds) <= 5 for value in values)


@given(st.dictionaries(st.sampled_from(sorted(DEPARTEMENTS)), st.none() | st.floats(0, 100), max_size=101))
@settings(max_examples=30, deadline=None)
def test_no_text_touches_another(values):
    drawn(values, digits=dict.fromkeys(values, 1), fragile=set(values))


def test_a_value_is_readable_on_each_step_of_the_printed_sequence():
    pairs = [(COLOURS[text], COLOURS[f"seq-{step}"]) for step, text in enumerate(TEXT_COLOURS, 1)]
    assert all(contrast(*pair) >= 4.5 for pair in pairs)


def test_a_map_of_a_few_departements_keeps_them_and_what_touches_them():
    words = set(words_of(drawn({"34": 84, "30": None}, is_near=True)))
    assert {"34", "30", "48", "non suivi"} <= words
    assert "75" not in words
