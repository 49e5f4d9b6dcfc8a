"""Shares, means, differences, rates and response rates against statsmodels, scipy and worked examples."""

import math
import random
from fractions import Fraction
from itertools import chain

import numpy
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from quality.measures.statistics import (
    Dispositions,
    Interval,
    Moments,
    compared,
    difference,
    mean,
    rate_per_1000,
    response_rates,
    share,
    wilson,
)

CLIENT = st.integers(1, 12).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))
CLIENTS = st.lists(CLIENT, min_size=1, max_size=60)
CASES = st.builds(Dispositions, *[st.integers(0, 50)] * 8)


def one_row_per_answer(clients):
    answers = chain.from_iterable([1.0] * x + [0.0] * (n - x) for n, x in clients)
    groups = chain.from_iterable([i] * n for i, (n, _) in enumerate(clients))
    return numpy.array(list(answers)), numpy.array(list(groups))


def cluster_variance(clients):
    answers, groups = one_row_per_answer(clients)
    model = sm.OLS(answers, numpy.ones_like(answers))
    return float(model.fit(cov_type="cluster", cov_kwds={"groups": groups}).cov_params()[0][0])


def beta_binomial_clients(generator, p, icc, clients=120, answers=8):
    a, b = p * (1 - icc) / icc, (1 - p) * (1 - icc) / icc
    for _ in range(clients):
        own = generator.betavariate(a, b)
        yield answers, sum(generator.random() < own for _ in range(answers))


def test_the_page_s_wilson_interval_is_found():
    low, high = wilson(81 / 263, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


@settings(max_examples=60)
@given(st.integers(1, 5000), st.floats(0, 1))
def test_wilson_is_that_of_statsmodels(n, part):
    x = round(part * n)
    expected = proportion_confint(x, n, method="wilson")
    assert wilson(x / n, n) == pytest.approx(expected, abs=1e-9)


def test_moments_are_sums_over_clients_who_answered():
    m = Moments.of([(2, 1), (3, Fraction(5, 2)), (0, 0)])
    assert (m.clients, m.n, m.nn, m.largest) == (2, 5, 13, 3)
    assert (m.x, m.xx, m.xn) == (Fraction(7, 2), Fraction(29, 4), Fraction(19, 2))


def test_moments_of_two_months_cannot_be_added():
    m = Moments.of([(1, 1)])
    with pytest.raises(TypeError):
        m + m


def test_nobody_answered_is_undefined():
    assert share(Moments.of([])) is None


def test_a_share_is_the_ratio_of_sums_with_the_cluster_variance_of_statsmodels():
    clients = [(5, 5), (1, 0), (8, 3), (2, 2), (4, 1), (6, 6), (1, 1), (3, 0)]
    estimate = share(Moments.of(clients))
    p, n = 18 / 30, 30
    assert estimate.value == p
    assert estimate.deff == pytest.approx(cluster_variance(clients) / (p * (1 - p) / n))
    assert estimate.deff > 1
    assert estimate.n_eff == pytest.approx(n / estimate.deff)
    assert (estimate.low, estimate.high) == pytest.approx(wilson(p, estimate.n_eff))


@settings(max_examples=60)
@given(CLIENTS)
def test_a_share_lies_in_its_interval_and_clustering_never_adds_certainty(clients):
    estimate = share(Moments.of(clients))
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
    assert estimate.deff >= 1
    assert 1 <= estimate.n_eff <= sum(n for n, _ in clients)


@settings(max_examples=30)
@given(CLIENTS.filter(lambda clients: len(clients) > 1))
def test_the_design_effect_is_that_of_statsmodels_or_one(clients):
    p, n = (sum(column) for column in ((x for _, x in clients), (n for n, _ in clients)))
    p /= n
    expected = len(clients) / n
    if 0 < p < 1:
        expected = n / max(1, cluster_variance(clients) / (p * (1 - p) / n)) / n
    assert share(Moments.of(clients)).n_eff / n == pytest.approx(expected)


@pytest.mark.parametrize("x", [0, 9])
def test_unanimous_clients_count_once_each(x):
    estimate = share(Moments.of([(9, x)] * 20))
    assert estimate.n_eff == 20
    assert (estimate.low, estimate.high) == wilson(x / 9, 20)


def test_one_client_says_as_much_as_one_answer():
    estimate = share(Moments.of([(40, 30)]))
    assert (estimate.n_eff, estimate.deff) == (1, 40)


def test_a_share_of_more_than_all_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        share(Moments.of([(1, 3)]))


def test_intervals_on_the_client_cover_where_naive_ones_do_not():
    generator, p, rounds = random.Random(20261124), 0.8, 400
    covered = naive = 0
    for _ in range(rounds):
        m = Moments.of(beta_binomial_clients(generator, p, icc=0.095))
        estimate = share(m)
        covered += estimate.low <= p <= estimate.high
        low, high = wilson(estimate.value, m.n)
        naive += low <= p <= high
    assert covered / rounds >= 0.93
    assert naive / rounds <= 0.91


def test_a_mean_is_that_of_statsmodels_with_clustered_errors_and_student():
    clients = [(1, 4), (2, 10), (3, 9), (1, 5), (2, 3)]
    scores = [4, 5, 5, 3, 3, 3, 5, 1, 2]
    groups = [0, 1, 1, 2, 2, 2, 3, 4, 4]
    fit = sm.OLS(scores, [1.0] * 9).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    estimate = mean(Moments.of(clients))
    assert estimate.value == pytest.approx(fit.params[0])
    assert (estimate.low, estimate.high) == pytest.approx(tuple(fit.conf_int()[0]))
    assert (estimate.n_eff, estimate.deff) == (5, 9 / 5)


@pytest.mark.parametrize("clients", [[], [(7, 20)]])
def test_a_mean_needs_two_clients(clients):
    assert mean(Moments.of(clients)) is None


@settings(max_examples=60)
@given(st.integers(1, 400), st.integers(1, 400), st.floats(0, 1), st.floats(0, 1))
def test_a_difference_is_newcombe_s(n, m, p, q):
    x, y = round(p * n), round(q * m)
    a = Interval(Fraction(x, n), *wilson(x / n, n))
    b = Interval(Fraction(y, m), *wilson(y / m, m))
    gap = difference(a, b)
    assert gap.value == pytest.approx(x / n - y / m)
    expected = confint_proportions_2indep(x, n, y, m, method="newcomb", compare="diff")
    assert (gap.low, gap.high) == pytest.approx(expected, abs=1e-9)


@settings(max_examples=60)
@given(st.integers(0, 3000), st.integers(1, 100_000))
def test_a_rate_has_exact_poisson_bounds(count, exposure):
    rate = rate_per_1000(count, exposure)
    low = stats.chi2.ppf(0.025, 2 * count) / 2 if count else 0
    high = stats.chi2.ppf(0.975, 2 * count + 2) / 2
    assert rate.exact == Fraction(1000 * count, exposure)
    assert rate.low == pytest.approx(1000 * low / exposure, rel=1e-8)
    assert rate.high == pytest.approx(1000 * high / exposure, rel=1e-8)


@settings(max_examples=40)
@given(CLIENTS, CLIENTS, st.integers(1, 30))
def test_many_comparisons_are_each_bounded_more_widely(one, other, comparisons):
    a, b = Moments.of(one), Moments.of(other)
    alone, among = compared(a, b), compared(a, b, comparisons)
    direct = difference(share(a), share(b))
    assert (alone.exact, alone.low, alone.high) == pytest.approx((direct.exact, direct.low, direct.high))
    assert among.low <= alone.low + 1e-12
    assert alone.high - 1e-12 <= among.high


def test_nobody_is_compared_with_nobody():
    with pytest.raises(ValueError, match="nothing to compare"):
        compared(Moments.of([(1, 1)]), Moments.of([]))


def test_a_rate_over_nothing_is_undefined():
    assert rate_per_1000(0, 0) is None


def test_the_page_s_response_rates_are_found():
    cases = Dispositions(
        complete=4,
        partial=2,
        refusal=1,
        non_contact=1,
        other=1,
        unknown_household=1,
        unknown_other=1,
        not_eligible=1,
    )
    rates = response_rates(cases, Fraction(9, 10))
    assert (rates.rr1, rates.rr2, rates.rr3) == (Fraction(4, 11), Fraction(6, 11), Fraction(40, 108))
    assert (rates.con1, rates.coop2, rates.ref1) == (Fraction(8, 11), Fraction(6, 8), Fraction(1, 11))
    assert response_rates(cases) == rates


def test_nobody_asked_leaves_every_rate_undefined():
    rates = response_rates(Dispositions())
    assert {getattr(rates, name) for name in rates.__slots__} == {None}


def test_a_known_ineligible_case_lowers_nothing_but_the_guess_on_unknown_ones():
    few = response_rates(Dispositions(complete=5, unknown_other=5))
    many = response_rates(Dispositions(complete=5, unknown_other=5, not_eligible=5))
    assert few.rr1 == few.rr3 == many.rr1 == Fraction(1, 2)
    assert many.rr3 == Fraction(2, 3)


@settings(max_examples=60)
@given(CASES)
def test_rates_are_ordered(cases):
    rates = response_rates(cases)
    if rates.rr3 is None or rates.rr2 is None:
        return
    assert 0 <= rates.rr1 <= rates.rr3 <= 1
    assert rates.rr1 <= rates.rr2 <= rates.con1 <= 1
    assert rates.ref1 <= rates.con1 - rates.rr2


def test_a_figure_shows_its_exact_value_as_a_number():
    assert math.isclose(Interval(Fraction(1, 3), 0.1, 0.5).value, 1 / 3)
