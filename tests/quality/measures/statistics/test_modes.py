"""Mode effects against statsmodels: their interval, and how many answers a gap needs."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, samplesize_proportions_2indep_onetail

from quality.measures.statistics import Moments, effective
from quality.measures.statistics.modes import DETECTABLE, POWER, Verdict, mode_effects, needed

ARM = st.integers(1, 300).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


def arm(clients, x):
    return Moments.of([(1, 1)] * x + [(1, 0)] * (clients - x))


@pytest.mark.parametrize("share", [0.1, 0.3, 0.55, 0.7, 0.85, 0.95])
@pytest.mark.parametrize("gap", [0.05, 0.1])
@pytest.mark.parametrize("pairs", [1, 3])
def test_the_answers_needed_are_those_of_statsmodels(share, gap, pairs):
    other = share - gap if share > 0.5 else share + gap
    known = samplesize_proportions_2indep_onetail(
        other - share, share, POWER, ratio=1, alpha=0.05 / pairs, alternative="two-sided"
    )
    assert needed(share, gap, pairs) == pytest.approx(known, abs=1.01)


@settings(max_examples=60)
@given(ARM, ARM)
def test_two_modes_are_compared_by_newcombe_s_interval(one, other):
    modes = {"phone": arm(*one), "sms": arm(*other)}
    [effect] = mode_effects(modes)
    sizes = [float(effective(moments)) for moments in modes.values()]
    counts = [size * x / n for size, (n, x) in zip(sizes, (one, other), strict=True)]
    known = confint_proportions_2indep(
        counts[0], sizes[0], counts[1], sizes[1], method="newcomb", compare="diff"
    )
    assert effect.gap.exact == Fraction(one[1], one[0]) - Fraction(other[1], other[0])
    assert (effect.gap.low, effect.gap.high) == pytest.approx(known, abs=1e-9)


def test_of_three_modes_each_pair_is_bounded_for_the_three_together():
    modes = {"phone": arm(400, 360), "sms": arm(300, 240), "web": arm(500, 430)}
    effects = mode_effects(modes)
    assert [(each.one, each.other) for each in effects] == [
        ("phone", "sms"),
        ("phone", "web"),
        ("sms", "web"),
    ]
    known = confint_proportions_2indep(
        0.9 * 399, 399, 0.8 * 299, 299, method="newcomb", compare="diff", alpha=0.05 / 3
    )
    assert (effects[0].gap.low, effects[0].gap.high) == pytest.approx(known, abs=1e-9)


def test_under_what_is_needed_no_gap_is_called_one():
    few, many = (
        mode_effects({"phone": arm(n, n * 9 // 10), "sms": arm(n, n * 7 // 10)})[0] for n in (200, 2000)
    )
    assert few.gap.low > 0
    assert (few.verdict, many.verdict) == (Verdict.TOO_FEW, Verdict.DIFFERENT)
    assert few.n_eff < few.needed < many.n_eff


def test_enough_answers_alike_are_called_alike():
    [effect] = mode_effects({"phone": arm(3000, 2550), "sms": arm(3000, 2530)})
    assert effect.verdict is Verdict.ALIKE


def test_answers_of_few_clients_are_few():
    clients = [(20, 18)] * 60 + [(20, 10)] * 40
    [effect] = mode_effects({"phone": Moments.of(clients), "sms": Moments.of(clients)})
    assert effect.n_eff < 2000 / 2
    assert effect.verdict is Verdict.TOO_FEW


@settings(max_examples=40)
@given(ARM, ARM)
def test_a_mode_s_name_says_nothing(one, other):
    [this] = mode_effects({"phone": arm(*one), "sms": arm(*other)})
    [that] = mode_effects({"phone": arm(*other), "sms": arm(*one)})
    assert this.gap.exact == -that.gap.exact
    assert (this.gap.low, this.verdict) == (pytest.approx(-that.gap.high), that.verdict)


def test_a_mode_in_which_nobody_answered_is_left_out():
    assert mode_effects({"phone": arm(10, 9), "sms": Moments.of([])}) == ()


@pytest.mark.parametrize("share", [0.8, 0.9])
def test_with_what_is_needed_the_gap_is_found_four_times_in_five(share):
    random, size = np.random.default_rng(7), needed(share)
    found = 0
    for _ in range(600):
        one, other = random.binomial(size + 1, [share, share - DETECTABLE]).tolist()
        [effect] = mode_effects({"phone": arm(size + 1, one), "sms": arm(size + 1, other)})
        found += effect.gap.low > 0
    assert found / 600 == pytest.approx(POWER, abs=0.04)
