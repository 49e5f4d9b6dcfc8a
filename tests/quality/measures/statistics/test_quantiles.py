"""Quantiles against scipy."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from quality.measures.statistics.quantiles import beta_cdf, gamma_cdf, gamma_quantile, t_quantile


@pytest.mark.parametrize("df", [1, 2, 3, 10, 29, 30, 101, 1000, 15_550])
def test_t_quantiles_are_those_of_scipy(df):
    assert t_quantile(df) == pytest.approx(stats.t.ppf(0.975, df), rel=1e-9)


@settings(max_examples=60)
@given(st.floats(0.001, 0.999), st.floats(0.5, 500))
def test_gamma_quantiles_are_those_of_scipy(probability, shape):
    assert gamma_quantile(probability, shape) == pytest.approx(stats.gamma.ppf(probability, shape), rel=1e-8)


def test_a_large_count_keeps_its_precision():
    assert gamma_quantile(0.975, 40_001) == pytest.approx(stats.gamma.ppf(0.975, 40_001), rel=1e-8)


@settings(max_examples=60)
@given(st.floats(0.01, 0.95), st.floats(0.5, 50), st.floats(0.5, 50))
def test_the_beta_law_is_that_of_scipy(x, a, b):
    assert beta_cdf(x, a, b) == pytest.approx(stats.beta.cdf(x, a, b), rel=1e-8)


def test_nothing_lies_under_zero():
    assert beta_cdf(0, 2, 3) == gamma_cdf(0, 2) == 0
