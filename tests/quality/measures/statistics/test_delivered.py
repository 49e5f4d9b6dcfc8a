"""Hours delivered against notified: capped per client, the variance of a ratio."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.measures.statistics import wilson
from quality.measures.statistics.delivered import delivered

HOURS = st.decimals(0, 120, places=2)
CLIENTS = st.lists(st.tuples(HOURS.filter(bool), HOURS), min_size=2, max_size=30)


@pytest.mark.parametrize("seed", range(12))
def test_it_is_the_ratio_estimator_between_clients(seed):
    random = np.random.default_rng(seed)
    due = random.integers(4, 60, 50)
    done = np.minimum(due, random.binomial(due, random.beta(9, 1, 50)))
    estimate = delivered(zip(due.tolist(), done.tolist(), strict=True))
    ratio = done.sum() / due.sum()
    variance = 50 / 49 * ((done - ratio * due) ** 2).sum() / due.sum() ** 2
    assert estimate.value == pytest.approx(ratio)
    assert estimate.n_eff == pytest.approx(ratio * (1 - ratio) / variance)
    assert (estimate.low, estimate.high) == pytest.approx(wilson(ratio, estimate.n_eff))


def test_what_one_receives_beyond_the_plan_makes_up_for_nobody():
    assert delivered([(10, 20), (10, 5)]).exact == Fraction(3, 4)


def test_a_client_without_notified_hours_is_left_out():
    assert delivered([(0, 6), (10, 9), (10, 9)]) == delivered([(10, 9), (10, 9)])
    assert delivered([(0, 6)]) is None


@settings(max_examples=40)
@given(CLIENTS)
def test_an_hour_is_one_answer_at_most(clients):
    estimate, hours = delivered(clients), float(sum(due for due, _ in clients))
    assert estimate.n_eff <= hours * (1 + 1e-9)
    assert estimate.deff == pytest.approx(hours / estimate.n_eff)


def test_clients_who_all_get_the_same_part_count_by_the_hour():
    estimate = delivered([(10, Decimal("7.5"))] * 6)
    assert estimate.n_eff == 60
    assert (estimate.low, estimate.high) == pytest.approx(wilson(0.75, 60))


@settings(max_examples=40)
@given(CLIENTS)
def test_it_is_bounded_and_grows_with_what_is_delivered(clients):
    estimate = delivered(clients)
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
    assert delivered([(due, done + 1) for due, done in clients]).exact >= estimate.exact


def test_hours_are_not_negative():
    with pytest.raises(ValueError, match="from 0"):
        delivered([(Decimal("3.5"), -1)])
