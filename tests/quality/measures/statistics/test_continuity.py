"""Continuity of care against all pairs of visits, one by one."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from quality.measures.statistics.continuity import continuity, mean_continuity

WORKERS = st.lists(st.integers(0, 8), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("visits", "index"),
    [
        ([4], Fraction(1)),
        ([3, 1], Fraction(1, 2)),
        ([2, 2], Fraction(1, 3)),
        ([2, 1, 1], Fraction(1, 6)),
        ([1, 1, 1, 1], Fraction(0)),
        ([8, 2], Fraction(29, 45)),
    ],
)
def test_the_ways_to_share_visits_have_their_known_index(visits, index):
    assert continuity(visits) == index


@settings(max_examples=120)
@given(WORKERS)
def test_it_is_the_share_of_pairs_of_visits_by_one_worker(counts):
    made_by = [worker for worker, count in enumerate(counts) for _ in range(count)]
    if len(made_by) < 4:
        assert continuity(counts) is None
        return
    pairs = list(combinations(made_by, 2))
    assert continuity(counts) == Fraction(sum(a == b for a, b in pairs), len(pairs))


@settings(max_examples=60)
@given(WORKERS.filter(lambda counts: sum(counts) >= 4), st.randoms(use_true_random=False))
def test_it_lies_between_0_and_1_and_knows_no_names(counts, random):
    assert 0 <= continuity(counts) <= 1
    assert continuity(random.sample(counts, len(counts))) == continuity([*counts, 0])


def test_each_client_counts_once_however_many_the_visits():
    clients = [[40], [1, 1, 1, 1], [3, 1], [2, 2], [1, 1]]
    estimate = mean_continuity(clients)
    indices = [1, 0, 1 / 2, 1 / 3]
    low, high = stats.t.interval(0.95, 3, estimate.value, stats.sem(indices))
    assert estimate.exact == Fraction(11, 24)
    assert (estimate.low, estimate.high) == pytest.approx((max(0, low), min(1, high)))
    assert (estimate.n_eff, estimate.deff) == (4, 1)


@settings(max_examples=40)
@given(st.lists(WORKERS.filter(lambda counts: sum(counts) >= 4), min_size=2, max_size=20))
def test_the_mean_over_clients_is_that_of_scipy(clients):
    estimate = mean_continuity(clients)
    indices = [float(continuity(counts)) for counts in clients]
    half = stats.t.ppf(0.975, len(indices) - 1) * stats.sem(indices)
    assert estimate.low == pytest.approx(max(0, estimate.value - half), abs=1e-9)
    assert estimate.high == pytest.approx(min(1, estimate.value + half), abs=1e-9)


def test_fewer_than_two_clients_with_four_visits_say_nothing():
    assert mean_continuity([[4], [2, 1]]) is None


def test_visits_are_not_negative():
    with pytest.raises(ValueError, match="from 0"):
        continuity([5, -1])
