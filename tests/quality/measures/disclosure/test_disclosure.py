"""What may be shown: thresholds, funders who share clients, rounding."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.measures.disclosure.status import (
    Facts,
    Status,
    Unit,
    primary,
    publish,
    round_half_up,
    rounded_count,
    sensitive_complement,
)
from quality.measures.statistics import Interval, Moments, rate_per_1000, share


def facts(clients, responses=None, largest=1, x=None):
    responses = clients if responses is None else responses
    return Facts(clients, responses, largest, Fraction(responses // 2 if x is None else x))


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        (facts(0, largest=0), Status.M),
        (facts(10, 500, 50), Status.C),
        (facts(11), Status.L),
        (facts(29), Status.L),
        (facts(30), Status.A),
        (facts(40, 100, 50), Status.A),
        (facts(40, 100, 51), Status.C),
        (facts(15, x=15), Status.L),
    ],
)
def test_a_cell_alone_is_judged_by_its_clients_and_its_busiest_one(cell, status):
    assert primary(cell) is status


def test_letters_are_those_of_the_exports():
    assert "".join(Status) == "ALCDMP"
    assert [status for status in Status if status.is_hidden] == [Status.C, Status.D]


@pytest.mark.parametrize(
    ("whole", "part", "sensitive"),
    [
        (facts(50), facts(50), False),
        (facts(51), facts(50), True),
        (facts(60), facts(50), True),
        (facts(61), facts(50), False),
        (facts(50, 109), facts(50, 100), True),
        (facts(50, 110), facts(50, 100), True),
        (facts(50, 111), facts(50, 100), False),
        (facts(60, 200), facts(50, 100), True),
    ],
)
def test_what_a_subtraction_would_leave_is_protected(whole, part, sensitive):
    assert sensitive_complement(whole, part) is sensitive


@pytest.mark.parametrize("part", [facts(51, 40), facts(40, 51)])
def test_a_part_larger_than_its_whole_is_refused(part):
    with pytest.raises(ValueError, match="larger"):
        sensitive_complement(facts(50), part)


@pytest.mark.parametrize(
    ("clients", "value"),
    [(399, Decimal(41)), (400, Decimal("40.5"))],
)
def test_percentages_are_whole_below_400_clients(clients, value):
    figure = publish(Interval(Fraction(81, 200), 0.351, 0.4604), clients, Unit.PERCENT)
    assert figure.value == value
    assert figure.low == (Decimal(35) if clients == 399 else Decimal("35.1"))
    assert figure.high == (Decimal(46) if clients == 399 else Decimal("46.0"))
    assert str(figure.high) == ("46" if clients == 399 else "46.0")
    assert figure.n_clients == 400


@pytest.mark.parametrize("x", [0, 1])
def test_unanimous_and_few_clients_show_a_bound_only(x):
    estimate = share(Moments.of([(2, 2 * x)] * 20))
    figure = publish(estimate, 20, Unit.PERCENT)
    assert figure.value is None
    assert (figure.low, figure.high) == ((Decimal(84), Decimal(100)) if x else (Decimal(0), Decimal(16)))
    assert publish(estimate, 30, Unit.PERCENT).value == 100 * x


def test_a_rate_of_zero_shows_a_bound_only_of_few_clients():
    """Of 12 clients without a complaint, that none complained is what each said."""
    few, many = (publish(rate_per_1000(0, 1200), clients, Unit.PER_THOUSAND) for clients in (29, 30))
    assert (few.value, few.low, few.high) == (None, 0, 3)
    assert (many.value, many.low, many.high) == (0, 0, 3)


@pytest.mark.parametrize(
    ("number", "places", "text"),
    [
        (Fraction(5, 2), 0, "3"),
        (Fraction(7, 2), 0, "4"),
        (Fraction(-5, 2), 0, "-3"),
        (Fraction(1, 3), 1, "0.3"),
        (Fraction(1, 20), 1, "0.1"),
        (2.4999, 0, "2"),
    ],
)
def test_halves_go_away_from_zero(number, places, text):
    assert str(round_half_up(number, places)) == text


@settings(max_examples=60)
@given(st.integers(0, 100_000))
def test_counts_go_to_the_nearest_five(count):
    rounded = rounded_count(count)
    assert rounded % 5 == 0
    assert abs(rounded - count) <= 2 or count in {11, 12}


@pytest.mark.parametrize("count", range(11, 18))
def test_no_shown_count_is_under_the_threshold(count):
    assert rounded_count(count) == 15


@settings(max_examples=60)
@given(st.lists(st.integers(0, 3).map(lambda x: (3, x)), min_size=11, max_size=60), st.integers(11, 900))
def test_rounding_keeps_the_figure_in_its_interval(clients, n):
    figure = publish(share(Moments.of(clients)), n, Unit.PERCENT)
    assert figure.low <= (figure.low if figure.value is None else figure.value) <= figure.high
