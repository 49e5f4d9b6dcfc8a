"""Means of marks from 0 to 100 against a regression with clustered errors, and their coverage."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest
import statsmodels.api as sm

from quality.measures.statistics import Moments
from quality.measures.statistics.score import MOST, score


def drawn(seed: int, clients: int) -> list[list[int]]:
    """Draw the steps above the worst mark of each client: a temper of its own, then chance."""
    random = Random(seed)
    found = []
    for _ in range(clients):
        temper = random.gauss(2.8, 0.7)
        marks = [random.gauss(temper, 0.9) for _ in range(random.randint(1, 4))]
        found.append([min(MOST, max(0, round(mark))) for mark in marks])
    return found


def moments(said: list[list[int]]) -> Moments:
    return Moments.of((len(marks), sum(marks)) for marks in said)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("clients", [11, 40, 300])
def test_a_score_and_its_bounds_are_those_of_a_clustered_regression(seed: int, clients: int) -> None:
    said = drawn(seed, clients)
    marks = np.array([25.0 * mark for each in said for mark in each])
    groups = np.array([place for place, each in enumerate(said) for _ in each])
    fitted = sm.OLS(marks, np.ones(len(marks))).fit(
        cov_type="cluster", cov_kwds={"groups": groups}, use_t=True
    )
    low, high = fitted.conf_int()[0]
    found = score(moments(said))
    assert found is not None
    assert found.value == pytest.approx(fitted.params[0])
    assert (found.low, found.high) == pytest.approx((max(0, low), min(100, high)))


def test_a_score_is_exact_until_it_is_rounded() -> None:
    found = score(Moments.of([(1, 4), (1, 3), (1, 3)]))
    assert found is not None
    assert found.exact == Fraction(1000, 12)


def test_one_client_alone_has_no_score() -> None:
    assert score(Moments.of([(3, 9)])) is None
    assert score(Moments.of([])) is None


@pytest.mark.parametrize("mark", range(MOST + 1))
def test_clients_who_say_the_same_are_bounded_by_their_number(mark: int) -> None:
    few, many = (score(Moments.of([(2, 2 * mark)] * clients)) for clients in (15, 150))
    assert few is not None
    assert many is not None
    assert few.value == many.value == 25 * mark
    assert few.low <= many.low <= few.value <= many.high <= few.high
    assert few.low < few.high


def test_intervals_hold_the_truth_nineteen_times_in_twenty() -> None:
    random = Random(7)
    people = drawn(1, 20_000)
    truth = 25 * sum(map(sum, people)) / sum(map(len, people))
    held = 0
    for _ in range(600):
        found = score(moments(random.sample(people, 60)))
        assert found is not None
        held += found.low <= truth <= found.high
    assert 0.93 <= held / 600 <= 0.97
