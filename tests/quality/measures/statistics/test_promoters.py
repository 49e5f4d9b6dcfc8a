"""The net promoter score against the page's example and an independent computation on clustered answers."""

import math
from fractions import Fraction

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from quality.measures.statistics import Interval, Moments, mean, wilson
from quality.measures.statistics.promoters import Sides, correlation, net, net_promoter, scaled
from tests.quality.measures.statistics.simulated import marks

HISTOGRAM = st.lists(st.integers(0, 3), min_size=11, max_size=11).filter(any)
CLIENTS = st.lists(HISTOGRAM, min_size=2, max_size=25)
PARTS = ((0.2, 0.3, 0.5), (0.05, 0.2, 0.75), (0.4, 0.3, 0.3))


def covariance(histograms):
    """Give the clustered covariance of both shares, as statsmodels computes that of a system."""
    rows, groups = [], []
    for client, counts in enumerate(histograms):
        for mark, count in enumerate(counts):
            rows += [(float(mark >= 9), float(mark <= 6))] * count
            groups += [client] * count
    said, who = np.array(rows), np.array(groups)
    both = np.concatenate([said[:, 0], said[:, 1]])
    design = np.kron(np.eye(2), np.ones((len(said), 1)))
    fit = sm.OLS(both, design).fit(
        cov_type="cluster", cov_kwds={"groups": np.concatenate([who, who]), "use_correction": False}
    )
    clients = len(histograms)
    return fit.params, fit.cov_params() * clients / (clients - 1), len(said)


def oracle(histograms):
    (p, d), found, n = covariance(histograms)
    bounds = []
    for share, variance in ((p, found[0, 0]), (d, found[1, 1])):
        n_eff = len(histograms) if share in (0, 1) else n / max(1.0, variance / (share * (1 - share) / n))
        low, high = proportion_confint(share * n_eff, n_eff, method="wilson")
        bounds.append((share - low, high - share))
    (under_p, over_p), (under_d, over_d) = bounds
    spread = math.sqrt(found[0, 0] * found[1, 1])
    r = found[0, 1] / spread if spread > 1e-12 else 0.0
    low = p - d - math.sqrt(under_p**2 - 2 * r * under_p * over_d + over_d**2)
    high = p - d + math.sqrt(over_p**2 - 2 * r * over_p * under_d + under_d**2)
    return 100 * (p - d), 100 * low, 100 * high


def test_the_page_s_score_is_found():
    p, d = (Interval(Fraction(x, 100), *wilson(x / 100, 100)) for x in (50, 20))
    score = net(p, d, -math.sqrt(0.5 * 0.2 / (0.5 * 0.8)))
    assert (score.value, round(score.low, 2), round(score.high, 2)) == (30, 13.97, 44.18)


@pytest.mark.parametrize("parts", PARTS)
@pytest.mark.parametrize("clients", [12, 40, 150])
@pytest.mark.parametrize("seed", range(5))
def test_the_score_of_clustered_answers_is_that_of_an_independent_computation(parts, clients, seed):
    histograms = list(marks(np.random.default_rng(seed), parts, 0.15, clients))
    score = net_promoter(Sides.of(histograms))
    assert (score.value, score.low, score.high) == pytest.approx(oracle(histograms), abs=1e-6)


@settings(max_examples=40)
@given(st.integers(1, 60), st.integers(0, 60), st.integers(1, 60))
def test_with_one_answer_each_the_correlation_is_that_of_a_multinomial(low, middle, high):
    one = [[int(mark == each) for each in range(11)] for mark in [0] * low + [7] * middle + [10] * high]
    p, d = high / len(one), low / len(one)
    assert correlation(Sides.of(one)) == pytest.approx(-math.sqrt(p * d / ((1 - p) * (1 - d))))


@settings(max_examples=60)
@given(CLIENTS)
def test_a_score_lies_in_its_bounds_and_turns_round_with_its_sides(histograms):
    sides = Sides.of(histograms)
    score = net_promoter(sides)
    turned = net_promoter(Sides(sides.detractors, sides.promoters, sides.both))
    assert -100 <= score.low <= score.value <= score.high <= 100
    assert turned.exact == -score.exact
    assert (turned.low, turned.high) == pytest.approx((-score.high, -score.low))


@settings(max_examples=30)
@given(CLIENTS, st.randoms(use_true_random=False))
def test_the_order_of_clients_says_nothing(histograms, random):
    shuffled = random.sample(histograms, len(histograms))
    assert net_promoter(Sides.of(shuffled)) == net_promoter(Sides.of(histograms))


@settings(max_examples=40)
@given(CLIENTS)
def test_one_more_promoter_never_lowers_the_score(histograms):
    more = [*histograms, [0] * 10 + [1]]
    assert net_promoter(Sides.of(more)).exact >= net_promoter(Sides.of(histograms)).exact


def test_unanimous_clients_are_bounded_by_their_number():
    few, many = (net_promoter(Sides.of([[0] * 10 + [3]] * clients)) for clients in (15, 150))
    assert few.value == few.high == many.high == 100
    assert few.low < many.low < 100


def test_nobody_answered_is_undefined():
    assert net_promoter(Sides.of([])) is None
    assert net_promoter(Sides.of([[0] * 11])) is None


@pytest.mark.parametrize("mark", range(11))
def test_each_mark_has_its_side(mark):
    sides = Sides.of([[int(mark == each) for each in range(11)]])
    assert (sides.promoters.x, sides.detractors.x) == (int(mark >= 9), int(mark <= 6))


def test_a_histogram_has_eleven_marks():
    with pytest.raises(ValueError, match="eleven"):
        Sides.of([[1, 2, 3]])


@settings(max_examples=40)
@given(st.lists(st.integers(1, 5), min_size=2, max_size=40))
def test_a_scaled_mean_is_the_mean_of_scaled_marks(given_marks):
    score = scaled(mean(Moments.of((1, mark) for mark in given_marks)), 1, 5)
    direct = mean(Moments.of((1, Fraction(25 * (mark - 1))) for mark in given_marks))
    assert score.exact == direct.exact
    assert score.low == pytest.approx(max(0, direct.low), abs=1e-9)
    assert score.high == pytest.approx(min(100, direct.high), abs=1e-9)
