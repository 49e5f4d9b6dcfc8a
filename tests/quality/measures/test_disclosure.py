"""What may be shown: thresholds, lines that add up, funders who share clients, rounding."""

from decimal import Decimal
from fractions import Fraction

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.measures.disclosure import (
    Facts,
    Line,
    Status,
    Unit,
    is_extreme,
    primary,
    protect,
    publish,
    round_half_up,
    rounded_count,
    sensitive_complement,
)
from quality.measures.statistics import Interval, Moments, rate_per_1000, share


def facts(clients, responses=None, largest=1, x=None):
    responses = clients if responses is None else responses
    return Facts(clients, responses, largest, Fraction(responses // 2 if x is None else x))


def added(*parts):
    return Facts(
        clients=sum(part.clients for part in parts),
        responses=sum(part.responses for part in parts),
        largest=max(part.largest for part in parts),
        x=sum((part.x for part in parts), Fraction(0)),
    )


NOBODY, FEW, MANY = facts(0, largest=0), facts(4), facts(60)
LEAF = st.sampled_from([0, 1, 5, 10, 11, 20, 29, 30, 60]).map(lambda n: facts(n, largest=min(n, 1)))


def few(strategy):
    return st.lists(strategy, min_size=1, max_size=4)


TREE = few(few(few(LEAF)))
TABLE = st.integers(1, 4).flatmap(lambda width: few(st.lists(LEAF, min_size=width, max_size=width)))


def grown(tree):
    """A country of regions of départements of providers: cells, and the lines that add up."""
    cells, lines = {}, []
    for r, region in enumerate(tree):
        for d, departement in enumerate(region):
            cells |= {(r, d, p): leaf for p, leaf in enumerate(departement)}
            cells[r, d] = added(*departement)
            lines.append(Line((r, d), tuple((r, d, p) for p in range(len(departement)))))
        cells[(r,)] = added(*(cells[r, d] for d in range(len(region))))
        lines.append(Line((r,), tuple((r, d) for d in range(len(region)))))
    cells[()] = added(*(cells[(r,)] for r in range(len(tree))))
    lines.append(Line((), tuple((r,) for r in range(len(tree)))))
    return cells, lines


def crossed(table):
    """Providers by months, with both margins and the grand total."""
    rows, columns = range(len(table)), range(len(table[0]))
    cells = {(r, c): table[r][c] for r in rows for c in columns}
    cells |= {(r, "all"): added(*table[r]) for r in rows}
    cells |= {("all", c): added(*(row[c] for row in table)) for c in columns}
    cells["all", "all"] = added(*(cells[r, "all"] for r in rows))
    lines = [Line((r, "all"), tuple((r, c) for c in columns)) for r in rows]
    lines += [Line(("all", c), tuple((r, c) for r in rows)) for c in columns]
    lines.append(Line(("all", "all"), tuple((r, "all") for r in rows)))
    lines.append(Line(("all", "all"), tuple(("all", c) for c in columns)))
    return cells, lines


def solved(lines, statuses):
    """Hidden cells that a reader of the shown ones finds by solving the sums."""
    hidden = [key for key, status in statuses.items() if status.is_hidden]
    place = {key: i for i, key in enumerate(hidden)}
    system = numpy.zeros((len(lines), len(hidden)))
    for row, line in enumerate(lines):
        for key in line.parts:
            if key in place:
                system[row, place[key]] += 1
        if line.total in place:
            system[row, place[line.total]] -= 1
    rank = numpy.linalg.matrix_rank
    return [
        key
        for key, i in place.items()
        if rank(numpy.vstack([system, numpy.eye(len(hidden))[i]])) == rank(system)
    ]


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


@pytest.mark.parametrize(
    ("cell", "extreme"),
    [
        (facts(29, x=29), True),
        (facts(29, x=0), True),
        (facts(29, x=28), False),
        (facts(30, x=30), False),
        (NOBODY, False),
    ],
)
def test_fewer_than_30_unanimous_clients_are_shown_as_a_bound(cell, extreme):
    assert is_extreme(cell) is extreme


def test_letters_are_those_of_the_exports():
    assert "".join(Status) == "ALCDMP"
    assert [status for status in Status if status.is_hidden] == [Status.C, Status.D]


def test_a_line_without_hidden_cells_is_shown():
    cells = dict.fromkeys("tab", MANY)
    assert protect(cells, [Line("t", ("a", "b"))]) == dict.fromkeys("tab", Status.A)


def test_a_hidden_part_hides_the_others_and_keeps_the_total():
    cells = {"t": MANY, "a": FEW, "b": MANY, "c": facts(15)}
    statuses = protect(cells, [Line("t", ("a", "b", "c"))])
    assert statuses == {"t": Status.A, "a": Status.C, "b": Status.D, "c": Status.D}


def test_a_structural_zero_stays_shown():
    cells = {"t": MANY, "a": FEW, "b": MANY, "z": NOBODY}
    assert protect(cells, [Line("t", ("a", "b", "z"))])["z"] is Status.M


def test_a_lone_part_is_not_given_back_by_its_total():
    cells = {"month": MANY, "D34": MANY, "D33": NOBODY, "one": MANY, "two": FEW}
    lines = [Line("month", ("D34", "D33")), Line(None, ("D34", "two"))]
    statuses = protect(cells, lines)
    assert (statuses["D34"], statuses["month"]) == (Status.D, Status.D)


def test_a_hidden_total_is_not_given_back_by_its_parts():
    cells = {"region": MANY, "34": MANY, "30": FEW, "Aide": MANY, "Cap": MANY}
    statuses = protect(cells, [Line("34", ("Aide", "Cap")), Line("region", ("34", "30"))])
    assert statuses == {
        "region": Status.A,
        "34": Status.D,
        "30": Status.C,
        "Aide": Status.D,
        "Cap": Status.D,
    }


def test_a_line_without_a_published_total_is_protected_all_the_same():
    statuses = protect({"a": FEW, "b": MANY}, [Line(None, ("a", "b"))])
    assert statuses == {"a": Status.C, "b": Status.D}


def test_protection_goes_from_line_to_line_until_it_settles():
    cells = {"t": MANY, "u": MANY, "v": MANY, "a": FEW, "b": MANY, "c": MANY, "d": MANY}
    lines = [Line("v", ("c", "d")), Line("u", ("b", "c")), Line("t", ("a", "b"))]
    statuses = protect(cells, lines)
    assert "".join(statuses.values()) == "AAACDDD"


@settings(max_examples=60, deadline=None)
@given(TREE)
def test_no_hidden_cell_of_a_hierarchy_can_be_solved(tree):
    cells, lines = grown(tree)
    statuses = protect(cells, lines)
    assert solved(lines, statuses) == []


@settings(max_examples=60, deadline=None)
@given(st.one_of(TREE.map(grown), TABLE.map(crossed)))
def test_no_line_keeps_a_single_hidden_cell(lattice):
    cells, lines = lattice
    statuses = protect(cells, lines)
    for line in lines:
        hidden = [key for key in (line.total, *line.parts) if statuses[key].is_hidden]
        answered = [key for key in line.parts if statuses[key] is not Status.M]
        assert len(hidden) != 1
        assert not hidden or all(statuses[key].is_hidden for key in answered)


@settings(max_examples=60, deadline=None)
@given(st.one_of(TREE.map(grown), TABLE.map(crossed)))
def test_protection_adds_to_what_each_cell_needs_and_nothing_where_none_does(lattice):
    cells, lines = lattice
    statuses = protect(cells, lines)
    alone = {key: primary(cell) for key, cell in cells.items()}
    assert all(statuses[key] in (alone[key], Status.D) for key in cells)
    assert all(statuses[key] is alone[key] for key in cells if alone[key] in (Status.C, Status.M))
    if Status.C not in alone.values():
        assert statuses == alone


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


def test_a_rate_of_zero_is_a_value():
    figure = publish(rate_per_1000(0, 1200), 20, Unit.PER_THOUSAND)
    assert (figure.value, figure.low, figure.high) == (0, 0, 3)


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
    assert abs(rounded - count) <= 2


@settings(max_examples=60)
@given(st.lists(st.integers(0, 3).map(lambda x: (3, x)), min_size=11, max_size=60), st.integers(11, 900))
def test_rounding_keeps_the_figure_in_its_interval(clients, n):
    figure = publish(share(Moments.of(clients)), n, Unit.PERCENT)
    assert figure.low <= (figure.low if figure.value is None else figure.value) <= figure.high
