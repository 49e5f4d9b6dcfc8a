"""Delays with open cases against statsmodels, and the cases that it does not judge."""

import math
from random import Random

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from quality.measures.statistics.survival import Spell, median, share_within, survival

# SAS, and statsmodels after it, want strictly less than half still open; half is over at half exactly.
HALF_OR_LESS = 0.5 - 1e-9
CASES = [(seed, size, censored) for seed, size in ((1, 9), (2, 31), (3, 201)) for censored in (0.0, 0.3, 0.6)]


def drawn(seed: int, size: int, censored: float) -> list[Spell]:
    random = Random(seed)
    return [Spell(random.expovariate(1 / 7), random.random() >= censored) for _ in range(size)]


def rounded(seed: int, size: int, censored: float) -> list[Spell]:
    """Draw whole days, so that many cases end on one day."""
    return [Spell(float(math.ceil(each.days)), each.is_over) for each in drawn(seed, size, censored)]


def oracle(spells: list[Spell]) -> SurvfuncRight:
    return SurvfuncRight(
        np.array([each.days for each in spells]), np.array([int(each.is_over) for each in spells])
    )


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("draw", [drawn, rounded])
def test_the_share_still_open_and_its_error_are_those_of_statsmodels(draw, case) -> None:
    spells = draw(*case)
    found, known = survival(spells), oracle(spells)
    assert [step.days for step in found] == pytest.approx(list(known.surv_times))
    assert [step.open for step in found] == pytest.approx(list(known.surv_prob))
    errors = [step.open * math.sqrt(step.greenwood) for step in found if step.open > 1e-9]
    assert errors == pytest.approx(list(known.surv_prob_se)[: len(errors)])


@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("draw", [drawn, rounded])
def test_the_median_and_its_bounds_are_those_of_statsmodels(draw, case) -> None:
    spells = draw(*case)
    found, known = median(spells), oracle(spells)
    if found is None:
        assert np.isnan(known.quantile(0.5))
        return
    low, high = known.quantile_ci(0.5, method="cloglog")
    assert (found.value, found.low) == (known.quantile(HALF_OR_LESS), low)
    assert found.high == (None if np.isinf(high) else high)


def test_open_cases_are_not_dropped() -> None:
    quick = [Spell(2, is_over=True)] * 10
    slow = [Spell(30, is_over=False)] * 12
    assert median(quick) == median([*quick, *slow][:10])
    assert median([*quick, *slow]) is None


def test_the_share_within_some_days_holds_the_open_ones_too() -> None:
    spells = [Spell(3, is_over=True)] * 6 + [Spell(8, is_over=False)] * 6
    found = share_within(spells, 15)
    assert found is not None
    assert found.value == pytest.approx(0.5)
    assert found.high is not None
    assert 0 < found.low < found.value < found.high < 1


def test_with_nobody_censored_before_the_day_the_share_is_a_plain_one() -> None:
    spells = [Spell(3, is_over=True)] * 9 + [Spell(40, is_over=False)]
    found = share_within(spells, 15)
    assert found is not None
    assert (found.value, f"{found.low:.4f} {found.high:.4f}") == (0.9, "0.5958 0.9821")


def test_nobody_yet_tells_nothing() -> None:
    assert median([]) is None
    assert share_within([], 15) is None
    assert survival([Spell(4, is_over=False)]) == ()


def test_when_none_ended_the_share_is_nil_and_its_bound_unknown() -> None:
    found = share_within([Spell(4, is_over=False)] * 3, 15)
    assert (found.value, found.high) == (0, None)


def test_when_all_that_were_seen_ended_the_share_is_whole() -> None:
    found = share_within([Spell(1, is_over=False), *[Spell(4, is_over=True)] * 5], 15)
    assert (found.value, found.high) == (1, 1)
    assert f"{found.low:.4f}" == "0.5655"
