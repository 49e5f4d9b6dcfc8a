"""Raking against a published table and a minimum of entropy that scipy finds by another way."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from quality.measures.statistics import Moments, share
from quality.measures.statistics.raking import CAP, Unreached, rake, weighted_share

ACTIVITIES, AGES, FUNDERS = (
    ("care", "garden", "meals"),
    ("60-74", "75-84", "85+"),
    ("CNAV", "D34", "CNAV|D34"),
)
SIZES = st.lists(st.integers(1, 60), min_size=9, max_size=9)
PARTS = st.lists(st.floats(0.5, 2), min_size=3, max_size=3)


def answered(seed):
    random = np.random.default_rng(seed)
    counts = random.poisson(random.uniform(2, 40, 27)) + 1
    margins = [
        dict(zip(names, random.dirichlet([8, 8, 8]) * 1000, strict=True))
        for names in (ACTIVITIES, AGES, FUNDERS)
    ]
    return dict(zip(product(ACTIVITIES, AGES, FUNDERS), counts.tolist(), strict=True)), margins


def least_entropy(counts, margins):
    """Find the weights nearest to 1 that meet the margins, by the dual problem (Deville and Särndal 1992)."""
    keys = list(counts)
    columns = [(place, name) for place, margin in enumerate(margins) for name in margin]
    design = np.array([[float(key[place] == name) for place, name in columns] for key in keys])
    sizes = np.array([counts[key] for key in keys], dtype=float)
    totals = (
        np.array([margins[place][name] / sum(margins[place].values()) for place, name in columns])
        * sizes.sum()
    )

    def dual(multipliers):
        fitted = sizes * np.exp(design @ multipliers)
        return (fitted.sum() - totals @ multipliers) / sizes.sum(), (design.T @ fitted - totals) / sizes.sum()

    found = minimize(
        dual, np.zeros(len(columns)), jac=True, method="BFGS", options={"gtol": 1e-11, "maxiter": 5000}
    )
    return dict(zip(keys, np.exp(design @ found.x).tolist(), strict=True))


@pytest.mark.parametrize("seed", range(25))
def test_weights_are_those_of_least_entropy(seed):
    counts, margins = answered(seed)
    raked, known = rake(counts, margins, cap=1000), least_entropy(counts, margins)
    assert raked.is_settled
    assert raked.gap < 1e-9
    assert raked.trimmed == 0
    for key, weight in raked.weights.items():
        assert weight == pytest.approx(known[key], rel=1e-4)


def test_a_published_table_is_found():
    """Four rows and four columns, as the usual worked example of iterative proportional fitting has them."""
    seed = [[40, 30, 20, 10], [35, 50, 100, 75], [30, 80, 70, 120], [20, 30, 40, 50]]
    known = [
        *([64.61, 46.28, 35.42, 3.83], [49.95, 68.15, 156.49, 25.37]),
        *([56.70, 144.40, 145.06, 53.76], [28.74, 41.18, 63.03, 17.03]),
    ]
    counts = {(f"r{i}", f"c{j}"): count for i, row in enumerate(seed) for j, count in enumerate(row)}
    rows, columns = {"r0": 150, "r1": 300, "r2": 400, "r3": 150}, {"c0": 200, "c1": 300, "c2": 400, "c3": 100}
    raked = rake(counts, [rows, columns])
    scale = 1000 / sum(counts.values())
    for (row, column), count in counts.items():
        fitted = count * raked.weights[row, column] * scale
        assert fitted == pytest.approx(known[int(row[1])][int(column[1])], abs=0.1)


@settings(max_examples=40)
@given(SIZES, PARTS, PARTS)
def test_margins_are_met_and_weights_average_one(sizes, activities, ages):
    counts = dict(zip(product(ACTIVITIES, AGES), sizes, strict=True))
    margins = [dict(zip(ACTIVITIES, activities, strict=True)), dict(zip(AGES, ages, strict=True))]
    raked = rake(counts, margins, cap=1000)
    whole = sum(sizes)
    assert raked.gap < 1e-9
    assert sum(counts[key] * weight for key, weight in raked.weights.items()) == pytest.approx(whole)
    assert raked.deff >= 1
    part = sum(counts[key] * weight for key, weight in raked.weights.items() if key[0] == "care") / whole
    assert part == pytest.approx(activities[0] / sum(activities))


@settings(max_examples=30)
@given(SIZES, PARTS, PARTS, st.randoms(use_true_random=False))
def test_neither_classes_nor_dimensions_have_an_order(sizes, activities, ages, random):
    counts = dict(zip(product(ACTIVITIES, AGES), sizes, strict=True))
    margins = [dict(zip(ACTIVITIES, activities, strict=True)), dict(zip(AGES, ages, strict=True))]
    turned = {(age, activity): counts[activity, age] for activity, age in random.sample(list(counts), 9)}
    one, other = rake(counts, margins, cap=1000), rake(turned, margins[::-1], cap=1000)
    for (activity, age), weight in one.weights.items():
        assert other.weights[age, activity] == pytest.approx(weight, rel=1e-6)


def test_respondents_who_are_like_the_population_weigh_one():
    counts = {("care", "85+"): 40, ("care", "75-84"): 40, ("garden", "85+"): 10, ("garden", "75-84"): 10}
    raked = rake(counts, [{"care": 8000, "garden": 2000}, {"85+": 1, "75-84": 1}])
    assert list(raked.weights.values()) == pytest.approx([1] * 4)
    assert (raked.deff, raked.trimmed, raked.unreached) == (pytest.approx(1), 0, ())


def test_a_weight_beyond_five_is_cut_and_what_it_costs_is_told():
    counts = {("care", "85+"): 2, ("care", "75-84"): 98, ("garden", "85+"): 50, ("garden", "75-84"): 50}
    margins = [{"care": 1, "garden": 1}, {"85+": 3, "75-84": 1}]
    free, raked = rake(counts, margins, cap=1000), rake(counts, margins)
    assert free.weights["care", "85+"] > CAP
    assert max(raked.weights.values()) == pytest.approx(CAP) == 5
    assert (raked.trimmed, raked.is_settled) == (2, True)
    assert 0.001 < raked.gap < 0.5
    assert raked.deff < free.deff
    assert sum(counts[key] * weight for key, weight in raked.weights.items()) == pytest.approx(200)


def test_an_empty_category_is_told_and_the_others_keep_their_proportions():
    counts = {("care",): 30, ("garden",): 70}
    raked = rake(counts, [{"care": 500, "garden": 250, "meals": 250, "none": 0}])
    assert raked.unreached == (Unreached(0, "meals", 0.25),)
    weights = raked.weights
    assert weights["care",] * 30 == pytest.approx(2 * weights["garden",] * 70)
    assert raked.gap < 1e-9


def test_a_class_where_nobody_answered_has_no_weight():
    raked = rake(
        {("care", "85+"): 5, ("care", "75-84"): 5, ("garden", "85+"): 0},
        [{"care": 1}, {"85+": 1, "75-84": 2}],
    )
    assert set(raked.weights) == {("care", "85+"), ("care", "75-84")}


@pytest.mark.parametrize("margin", [{"care": 10}, {"care": 10, "garden": 0}])
def test_somebody_who_is_not_in_the_population_is_refused(margin):
    with pytest.raises(ValueError, match="garden"):
        rake({("care",): 5, ("garden",): 5}, [margin])


def test_margins_that_undo_each_other_never_settle():
    answered = {("care", "85+"): 10, ("garden", "75-84"): 10}
    raked = rake(answered, [{"care": 3, "garden": 1}, {"85+": 1, "75-84": 3}])
    assert (raked.is_settled, raked.gap) == (False, pytest.approx(0.5))


def test_margins_that_would_have_some_weigh_nothing_never_settle():
    answered = {("care", "75-84"): 10, ("care", "85+"): 10, ("garden", "75-84"): 10}
    assert not rake(answered, [{"care": 1, "garden": 1}, {"85+": 1, "75-84": 1}]).is_settled


def test_nobody_answered_is_undefined():
    assert rake({}, [{"care": 1}]) is None
    assert rake({("care",): 0}, [{"care": 1}]) is None
    assert weighted_share([]) is None
    assert weighted_share([[(2.0, 0, 0)]]) is None


@settings(max_examples=60)
@given(
    st.lists(
        st.integers(1, 6).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), min_size=1, max_size=30
    )
)
def test_with_weights_of_one_it_is_the_plain_share(clients):
    plain, weighted = share(Moments.of(clients)), weighted_share([[(1.0, n, x)] for n, x in clients])
    assert weighted.value == pytest.approx(plain.value)
    assert weighted.n_eff == pytest.approx(plain.n_eff)
    assert (weighted.low, weighted.high) == pytest.approx((plain.low, plain.high))


@pytest.mark.parametrize("seed", range(15))
def test_a_weighted_share_has_the_clustered_errors_of_weighted_least_squares(seed):
    import statsmodels.api as sm

    random = np.random.default_rng(seed)
    sizes, weights = random.integers(1, 6, 40), random.uniform(0.3, 4, 40)
    counts = random.binomial(sizes, random.beta(4, 1, 40))
    estimate = weighted_share(
        [[(float(w), int(n), int(x))] for w, n, x in zip(weights, sizes, counts, strict=True)]
    )
    said = np.concatenate([[1.0] * x + [0.0] * (n - x) for n, x in zip(sizes, counts, strict=True)])
    fit = sm.WLS(said, np.ones_like(said), weights=np.repeat(weights, sizes)).fit(
        cov_type="cluster", cov_kwds={"groups": np.repeat(np.arange(40), sizes), "use_correction": False}
    )
    p, variance = float(fit.params[0]), float(fit.cov_params()[0][0]) * 40 / 39
    kish = p * (1 - p) * (weights**2 * sizes).sum() / (weights * sizes).sum() ** 2
    assert estimate.value == pytest.approx(p)
    assert estimate.n_eff == pytest.approx(p * (1 - p) / max(variance, kish))


def test_unequal_weights_cost_certainty_when_all_agree():
    even, uneven = ([[(w, 1, 1)] for w in weights] for weights in ([1.0] * 40, [0.5] * 20 + [1.5] * 20))
    assert weighted_share(even).n_eff == 40
    assert weighted_share(uneven).n_eff == pytest.approx(32)


def test_a_client_weighs_alike_however_many_the_answers():
    estimate = weighted_share([[(1.0, 4, 4)]] * 10 + [[(1.0, 1, 1)]] * 10)
    assert (estimate.n_eff, estimate.deff) == (20, 50 / 20)


def test_a_margin_may_be_given_in_shares():
    raked = rake({("care",): 30, ("garden",): 70}, [{"care": 0.5, "garden": 0.25, "meals": 0.25}])
    assert raked.unreached == (Unreached(0, "meals", 0.25),)


def test_a_client_of_two_classes_is_one_client():
    parts = [(2.0, 1, 1), (0.5, 2, 1)]
    apart = [[part] for part in parts]
    assert weighted_share([parts]).n_eff == 1
    assert weighted_share([parts]).value == weighted_share(apart).value == pytest.approx(2.5 / 3)
