"""Providers beside their peers: who is drawn, who is judged, who is flagged."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from quality.measures.statistics import Moments
from quality.measures.statistics.funnel import ALERT, Level, Standing, funnel
from quality.measures.statistics.tails import limits

STANDING = st.integers(11, 120).flatmap(lambda clients: st.integers(0, clients).map(lambda x: (clients, x)))


def standing(code, clients, x):
    """Make a provider of which each client gave one answer, without what a variance of n − 1 adds."""
    return Standing(code, Moments.of([(1, 1)] * x + [(1, 0)] * (clients - x)))


def peers(count, clients=100, good=85):
    return [standing(f"peer {i}", clients, good + i % 3 - 1) for i in range(count)]


def level_of(drawn, code):
    return next(each.level for each in drawn.providers if each.code == code)


def test_a_poor_and_an_outstanding_provider_are_flagged_and_their_peers_are_not():
    drawn = funnel([*peers(20), standing("poor", 100, 60), standing("best", 200, 200)])
    flagged = {
        each.code: (each.level, each.is_high) for each in drawn.providers if each.level is not Level.ORDINARY
    }
    assert flagged == {"poor": (Level.ALERT, False), "best": (Level.ALERT, True)}


def test_a_warning_is_between_the_two_limits():
    drawn = funnel([*peers(11, clients=300, good=255), standing("low", 101, 73)])
    low = drawn.providers[-1]
    assert ALERT < low.tail < 0.025
    assert low.level is Level.WARNING
    assert drawn.limits(100, ALERT).low < low.exact < drawn.limits(100).low


@pytest.mark.parametrize(("clients", "x", "level"), [(95, 69, Level.WARNING), (100, 73, Level.ORDINARY)])
def test_of_twelve_the_farthest_is_kept_under_a_twelfth_of_both_sides_risk(clients, x, level):
    """Benjamini and Hochberg's first step: 12 · 2 · tail ≤ 5 %."""
    low = funnel([*peers(11, clients=300, good=255), standing("low", clients, x)]).providers[-1]
    assert (low.tail <= 0.05 / 24) == (level is Level.WARNING)
    assert low.tail == pytest.approx(0.05 / 24, rel=0.03)
    assert low.level is level


def test_the_same_share_among_more_providers_may_be_chance():
    few = funnel([*peers(11, clients=300, good=255), standing("low", 101, 73)])
    many = funnel([*peers(60, clients=300, good=255), standing("low", 101, 73)])
    assert (level_of(few, "low"), level_of(many, "low")) == (Level.WARNING, Level.ORDINARY)


@pytest.mark.parametrize(("count", "is_drawn"), [(9, False), (10, True)])
def test_ten_peers_of_eleven_clients_make_a_funnel(count, is_drawn):
    small = [standing(f"small {i}", 10, 9) for i in range(30)]
    drawn = funnel([*peers(count), *small])
    assert (drawn is not None) == is_drawn
    if drawn:
        assert len(drawn.providers) == 10


def test_eleven_clients_are_enough_to_be_a_peer():
    assert len(funnel([standing(str(i), 11, 9) for i in range(10)]).providers) == 10


@pytest.mark.parametrize(("clients", "level"), [(39, Level.ORDINARY), (40, Level.ALERT)])
def test_under_forty_clients_nobody_is_judged(clients, level):
    drawn = funnel([*peers(20), standing("poor", clients, clients // 3)])
    assert level_of(drawn, "poor") is level


def test_a_perfect_score_of_few_clients_is_not_flagged():
    drawn = funnel([*peers(30, clients=200, good=180), standing("perfect", 11, 11)])
    perfect = drawn.providers[-1]
    assert perfect.exact > drawn.limits(11, ALERT).high
    assert perfect.tail > 0.2
    assert perfect.level is Level.ORDINARY


def test_the_centre_is_the_pooled_share():
    drawn = funnel([*peers(10, clients=50, good=40), standing("large", 1000, 950)])
    assert drawn.centre == Fraction(10 * 400 // 10 + 950 - 1, 1500) == Fraction(1349, 1500)


def test_where_peers_differ_beyond_chance_the_limits_widen():
    spread = [standing(str(i), 400, 280 + 8 * i) for i in range(15)]
    drawn = funnel(spread)
    alone = limits(400, float(drawn.centre), 0.025)
    assert drawn.tau2 > 0
    assert drawn.limits(400).low < alone.low
    assert drawn.limits(400).high > alone.high
    assert {each.level for each in drawn.providers} == {Level.ORDINARY}


@pytest.mark.parametrize("seed", range(25))
def test_without_over_dispersion_the_tail_is_scipy_s_at_the_effective_size(seed):
    random = np.random.default_rng(seed)
    sizes = random.integers(11, 300, 15)
    counts = np.minimum(sizes - 1, np.maximum(1, np.rint(0.85 * sizes + random.normal(0, 0.4, 15)))).astype(
        int
    )
    drawn = funnel(
        [standing(str(i), int(n), int(x)) for i, (n, x) in enumerate(zip(sizes, counts, strict=True))]
    )
    assert drawn.tau2 == 0
    for each, n, x in zip(drawn.providers, sizes, counts, strict=True):
        size, theta = n - 1, float(drawn.centre)  # one answer each: n_eff = n − 1
        part = size * x / n
        expected = min(
            stats.beta.cdf(theta, part, size - part + 1), stats.beta.cdf(1 - theta, size - part, part + 1)
        )
        assert each.n_eff == pytest.approx(size)
        assert each.tail == pytest.approx(expected, rel=1e-6)


@settings(max_examples=40)
@given(st.lists(STANDING, min_size=10, max_size=25), st.randoms(use_true_random=False))
def test_names_and_order_change_nothing(drawn, random):
    named = [standing(str(i), *each) for i, each in enumerate(drawn)]
    shuffled = random.sample(named, len(named))
    one, other = funnel(named), funnel(shuffled)
    assert one.centre == other.centre
    assert one.tau2 == other.tau2
    assert {each.code: each.level for each in one.providers} == {
        each.code: each.level for each in other.providers
    }


@settings(max_examples=40)
@given(st.lists(STANDING, min_size=10, max_size=25))
def test_counting_the_others_turns_the_funnel_over(drawn):
    one = funnel([standing(str(i), n, x) for i, (n, x) in enumerate(drawn)])
    other = funnel([standing(str(i), n, n - x) for i, (n, x) in enumerate(drawn)])
    assert one.centre == 1 - other.centre
    for this, that in zip(one.providers, other.providers, strict=True):
        assert this.tail == pytest.approx(that.tail, rel=1e-6, abs=1e-12)
        assert math.isclose(this.exact, 1 - that.exact)


@pytest.mark.parametrize("x", [0, 50])
def test_peers_who_all_agree_are_flagged_by_nothing(x):
    drawn = funnel([standing(str(i), 50, x) for i in range(12)])
    assert (drawn.tau2, {each.level for each in drawn.providers}) == (0, {Level.ORDINARY})
    assert drawn.limits(50).low == drawn.limits(50).high == x / 50
