"""Composites against statsmodels' clustered errors and a jackknife over clients."""

from fractions import Fraction

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.measures.statistics import Moments, share, wilson
from quality.measures.statistics.composite import composite

ANSWERS = st.integers(0, 3).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))
CLIENTS = st.lists(st.tuples(ANSWERS, ANSWERS, ANSWERS), min_size=3, max_size=30)


def drawn(seed, clients):
    """Draw three items of which one client's answers are alike, the last often left out."""
    random = np.random.default_rng(seed)
    tempers = random.normal(1.2, 0.8, clients)
    sizes = random.integers([1, 1, 0], [4, 3, 3], (clients, 3))
    return [
        tuple((int(n), int((temper + random.normal(0, 1, n) > item / 2).sum())) for item, n in enumerate(row))
        for temper, row in zip(tempers, sizes, strict=True)
    ]


def variance(clients):
    """Give the variance of the mean of item means, as statsmodels clusters the errors of a system."""
    rows = [
        (said, item, client)
        for client, items in enumerate(clients)
        for item, (n, x) in enumerate(items)
        for said in [1.0] * x + [0.0] * (n - x)
    ]
    said, item, client = (np.array(column) for column in zip(*rows, strict=True))
    fit = sm.OLS(said, np.eye(3)[item.astype(int)]).fit(
        cov_type="cluster", cov_kwds={"groups": client.astype(int), "use_correction": False}
    )
    third = np.ones(3) / 3
    return float(third @ fit.cov_params() @ third) * len(clients) / (len(clients) - 1)


def independent(clients):
    """Give the variance of the mean, were all answers independent."""
    sums = [tuple(sum(client[item][of] for client in clients) for of in (0, 1)) for item in range(3)]
    return sum(x / n * (1 - x / n) / n for n, x in sums) / 9


@pytest.mark.parametrize("clients", [15, 60, 240])
@pytest.mark.parametrize("seed", range(8))
def test_the_effective_size_is_that_of_statsmodels_clustered_errors(clients, seed):
    answers = drawn(seed, clients)
    estimate = composite(answers)
    p = estimate.value
    assert p == pytest.approx(
        np.mean([sum(c[k][1] for c in answers) / sum(c[k][0] for c in answers) for k in range(3)])
    )
    assert estimate.n_eff == pytest.approx(p * (1 - p) / max(variance(answers), independent(answers)))
    assert (estimate.low, estimate.high) == pytest.approx(wilson(p, estimate.n_eff))


@pytest.mark.parametrize("seed", range(6))
def test_a_jackknife_over_clients_finds_nearly_the_same_variance(seed):
    answers = drawn(seed, 120)
    without = [composite(answers[:i] + answers[i + 1 :]).value for i in range(120)]
    jackknife = 119 / 120 * sum((value - np.mean(without)) ** 2 for value in without)
    estimate = composite(answers)
    assert estimate.value * (1 - estimate.value) / estimate.n_eff == pytest.approx(jackknife, rel=0.06)


@settings(max_examples=40)
@given(st.lists(ANSWERS.filter(lambda answers: answers[0]), min_size=2, max_size=30))
def test_one_item_alone_is_a_share(clients):
    estimate, alone = composite([(answers,) for answers in clients]), share(Moments.of(clients))
    assert estimate.exact == alone.exact
    assert estimate.n_eff == pytest.approx(alone.n_eff)


@settings(max_examples=40)
@given(st.lists(ANSWERS.filter(lambda answers: answers[0]), min_size=2, max_size=30))
def test_asking_the_same_thing_twice_adds_no_certainty(clients):
    m = Moments.of(clients)
    once, twice = composite([(own,) for own in clients]), composite([(own, own) for own in clients])
    assert twice.exact == once.exact
    if once.deff > 1 + 1e-9 and 0 < m.x < m.n:
        assert twice.n_eff == pytest.approx(once.n_eff)


@settings(max_examples=60)
@given(CLIENTS, st.randoms(use_true_random=False))
def test_a_composite_is_bounded_and_neither_clients_nor_items_have_an_order(clients, random):
    estimate = composite(clients)
    if estimate is None:
        assert any(not sum(client[item][0] for client in clients) for item in range(3))
        return
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
    shuffled = [client[::-1] for client in random.sample(clients, len(clients))]
    assert composite(shuffled) == estimate


def test_items_count_alike_however_often_they_are_asked():
    clients = [((1, 1), (1, 0))] * 10 + [((1, 1), (0, 0))] * 90
    assert composite(clients).exact == Fraction(1, 2)


def test_an_item_that_nobody_answered_leaves_the_composite_undefined():
    assert composite([((2, 1), (0, 0))] * 20) is None
    assert composite([]) is None
    assert composite([((0, 0), (0, 0))]) is None


def test_without_any_variation_each_client_counts_once():
    assert composite([((1, 1), (2, 2))] * 20).n_eff == 20
    assert composite([((1, 1), (2, 0))] * 20).n_eff == 20
    assert composite([((3, 1), (2, 1))]).n_eff == 1
