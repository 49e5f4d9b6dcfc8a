"""Adjusted probabilities against scipy and statsmodels."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control
from statsmodels.stats.multitest import multipletests

from quality.measures.statistics.discoveries import adjusted

PROBABILITIES = st.lists(st.floats(0, 1), min_size=1, max_size=60)


@settings(max_examples=80)
@given(PROBABILITIES)
def test_they_are_those_of_scipy_and_statsmodels(probabilities):
    found = adjusted(probabilities)
    assert found == pytest.approx(list(false_discovery_control(probabilities)), abs=1e-12)
    assert found == pytest.approx(list(multipletests(probabilities, method="fdr_bh")[1]), abs=1e-12)


def test_the_example_of_1995_keeps_four_of_fifteen():
    """Benjamini and Hochberg's thrombolysis trial (1995, 2.2): four discoveries at 5 %."""
    known = [
        *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
        *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0),
    ]
    assert sum(each <= 0.05 for each in adjusted(known)) == 4


def test_nothing_compared_is_nothing_found():
    assert adjusted([]) == []
