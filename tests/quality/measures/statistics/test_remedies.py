"""Medians of delays in whole days against statsmodels, whatever was seen of each case."""

from datetime import timedelta
from random import Random

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from quality.measures.statistics import Moments
from quality.measures.statistics.remedies import COUNTS, FIRST_LOOK, LAST_LOOK, counted, median_delay

DAY = timedelta(days=1)
HALF_OR_LESS = 0.5 - 1e-9  # as in test_survival
SEEDS = [(seed, size, usual) for seed in range(8) for size in (11, 40, 300) for usual in (4, 12, 30)]


def drawn(seed: int, size: int, usual: float, looked: float = 0.6) -> list[tuple[int, ...]]:
    """Draw cases whose delay has a mean of `usual` days, of which a part was looked at twice."""
    random = Random(seed)
    return [
        counted(
            random.expovariate(1 / usual) * DAY,
            (LAST_LOOK if random.random() < looked else FIRST_LOOK) * DAY,
        )
        for _ in range(size)
    ]


def sums(cases: list[tuple[int, ...]]) -> list[int]:
    return [sum(each) for each in zip(*cases, strict=True)]


def moments(cases: list[tuple[int, ...]], repeated: int = 1) -> Moments:
    """Give one case to a client, or the same again."""
    return Moments.of((repeated, repeated * (1 <= case.index(1) <= FIRST_LOOK)) for case in cases[::repeated])


def oracle(cases: list[tuple[int, ...]]) -> SurvfuncRight:
    days = [case.index(1) for case in cases]
    times = [FIRST_LOOK if day == 0 else min(day, LAST_LOOK) for day in days]
    return SurvfuncRight(np.array(times, float), np.array([int(day > 0) for day in days]))


@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
@pytest.mark.parametrize("case", SEEDS)
def test_the_median_and_its_bounds_are_those_of_statsmodels(case: tuple[int, int, float]) -> None:
    cases = drawn(*case)
    found, known = median_delay(sums(cases), moments(cases)), oracle(cases)
    assert found is not None
    low, high = known.quantile_ci(0.5, method="cloglog")
    if np.isnan(known.quantile(0.5)):
        assert found.is_bound
        assert (found.low, found.high) == (FIRST_LOOK if np.isnan(low) else low, LAST_LOOK)
    else:
        assert not found.is_bound
        half = known.quantile(HALF_OR_LESS)
        bounds = (half, half) if np.isnan(low) else (low, min(high, LAST_LOOK))
        assert (found.value, found.low, found.high) == (half, *bounds)


def test_cases_that_come_in_clusters_say_less() -> None:
    cases = [case for case in drawn(1, 60, 12) for _ in range(2)]
    apart, together = (median_delay(sums(cases), moments(cases, repeated)) for repeated in (1, 2))
    assert apart is not None
    assert together is not None
    assert apart.exact == together.exact
    assert together.high - together.low > apart.high - apart.low


def test_nobody_complained_is_undefined() -> None:
    assert median_delay([0] * COUNTS, Moments.of([])) is None


def test_a_case_over_between_two_looks_waits_for_the_second() -> None:
    delay = 20 * DAY
    assert counted(delay, 59 * DAY).index(1) == 0
    assert counted(delay, 60 * DAY).index(1) == 20


@pytest.mark.parametrize("looked", [0.0, 0.5, 1.0])
def test_what_is_seen_of_a_case_never_bends_the_median(looked: float) -> None:
    cases = drawn(3, 4_000, 12.3, looked)
    found = median_delay(sums(cases), moments(cases))
    assert found is not None
    assert found.value == 9  # 12.3 · log 2 = 8.5 days, begun
