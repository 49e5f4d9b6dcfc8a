"""Over-dispersion against scipy's winsorising and statsmodels' random effects, and reliability."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats
from statsmodels.stats.meta_analysis import combine_effects

from quality.measures.statistics.dispersion import (
    between,
    kept_variance,
    reliability,
    shrunk,
    spread_of_shares,
    winsorise,
)


@settings(max_examples=60)
@given(st.lists(st.floats(-50, 50), min_size=1, max_size=60))
def test_winsorising_is_that_of_scipy(values):
    assert winsorise(values) == pytest.approx(
        list(stats.mstats.winsorize(np.array(values), limits=(0.1, 0.1)))
    )


@pytest.mark.parametrize("part", [0.01, 0.05, 1 / 12, 0.1, 0.25])
def test_what_winsorising_keeps_of_a_normal_variance_is_its_integral(part):
    a = stats.norm.isf(part)
    whole, _ = integrate.quad(lambda z: min(abs(z), a) ** 2 * stats.norm.pdf(z), -12, 12, points=[-a, a])
    assert kept_variance(part) == pytest.approx(whole, rel=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_under_ten_providers_it_is_the_moment_estimator_of_statsmodels(seed):
    """Too few to winsorise, about the weighted mean of the scale: DerSimonian and Laird's own setting."""
    random = np.random.default_rng(seed)
    sizes = random.integers(20, 300, 9).astype(float)
    shares = np.clip(random.normal(0.85, 0.05, 9), 0.5, 0.99)
    scale = np.arcsin(np.sqrt(shares))
    centre = math.sin(float((scale * sizes).sum() / sizes.sum())) ** 2
    known = combine_effects(scale, 1 / (4 * sizes), method_re="dl")
    assert between(sizes.tolist(), shares.tolist(), centre) == pytest.approx(max(0, known.tau2), abs=1e-10)


def test_on_average_it_finds_the_variance_that_is_there():
    random, sizes, found = np.random.default_rng(11), np.full(40, 150), []
    for _ in range(300):
        scale = random.normal(math.asin(math.sqrt(0.85)), 0.05, 40)
        shares = random.binomial(sizes, np.sin(scale) ** 2) / sizes
        found.append(between(sizes.tolist(), shares.tolist(), float(shares.mean())))
    assert np.mean(found) == pytest.approx(0.05**2, rel=0.1)


def test_a_few_that_stand_out_hardly_widen_it():
    alike = [0.85 + 0.002 * (i % 5) for i in range(38)]
    calm = between([100] * 40, [*alike, 0.85, 0.85], 0.85)
    assert calm == between([100] * 40, [*alike, 0.4, 0.5], 0.85) == 0


def test_one_provider_alone_says_nothing():
    assert between([50], [0.4], 0.9) == 0


@settings(max_examples=40)
@given(st.floats(1, 1e5), st.floats(0, 1))
def test_a_shrunk_size_adds_both_variances(n, tau2):
    assert 1 / (4 * shrunk(n, tau2)) == pytest.approx(1 / (4 * n) + tau2)


@settings(max_examples=40)
@given(st.integers(1, 5000), st.floats(0, 1), st.floats(0, 0.5))
def test_reliability_lies_between_0_and_1_and_grows_with_answers(n, share, sd):
    assert 0 <= reliability(n, share, sd) <= reliability(n + 1, share, sd) <= 1


def test_the_page_s_reliability_is_found():
    assert reliability(30, 0.91, 0.03) == pytest.approx(0.25, abs=0.005)


@pytest.mark.parametrize("theta", [0.5, 0.8, 0.9])
def test_a_spread_of_shares_is_that_of_their_arcsines(theta):
    scale = np.random.default_rng(5).normal(math.asin(math.sqrt(theta)), 0.03, 200_000)
    assert spread_of_shares(0.03**2, theta) == pytest.approx(float(np.std(np.sin(scale) ** 2)), rel=0.02)
