"""No sum of what is shown gives a hidden cell back, and little more than what is needed is hidden."""

from fractions import Fraction
from itertools import product
from uuid import UUID

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from quality.measures.disclosure.lattice import Key, Scope, judge, lines, place, territory_code
from quality.measures.disclosure.status import HIDDEN_UNDER, Facts, Status, primary
from quality.measures.disclosure.suppression import Elsewhere, Line
from quality.measures.disclosure.suppression import protect as protected

COUNTRY = {"76": ("34", "30"), "93": ("13",)}
# Some live outside of the territories of 34; 30 has none, 13 only one.
TERRITORIES = {"34": ("coeur", "lodeve", ""), "30": (None,), "13": ("aix",)}
SIZES = [0, 0, 1, 3, 5, 9, 10, 11, 12, 20, 29, 40, 60, 200]
LEAF = st.sampled_from(SIZES)
TOP = Key(None, None, "GLOB", 1, Scope.FRANCE, "FR")
FUND = {"scope": Scope.FUND, "code": "D34"}


def facts(clients, responses=None, largest=1):
    responses = clients if responses is None else responses
    return Facts(clients, responses, min(largest, responses), Fraction(responses // 2))


def protect(cells, lines, hidden=()):
    return protected(cells, lines, Elsewhere(hidden))


NOBODY, FEW, SOME, MANY = facts(0), facts(4), facts(20), facts(60)


def added(parts):
    parts = list(parts)
    return facts(sum(part.clients for part in parts), sum(part.responses for part in parts))


def lifted(leaves):
    """Lift {(département, provider, territory, activity): clients} to every place, as the fold does."""
    region = {code: name for name, codes in COUNTRY.items() for code in codes}
    found = {}
    for (code, provider, territory, activity), clients in leaves.items():
        spots = [
            (Scope.FRANCE, "FR"),
            (Scope.REGION, region[code]),
            (Scope.DEPARTEMENT, code),
            (Scope.PROVIDER, f"{provider}-{code}"),
        ]
        if territory is not None:
            spots.append((Scope.TERRITORY, territory_code(code, territory)))
        for scope, where in spots:
            for group in ("", activity):
                key = TOP._replace(scope=scope, code=where, activity=group)
                found.setdefault(key, []).append(facts(clients))
    return {key: added(parts) for key, parts in found.items() if sum(part.responses for part in parts)}


@st.composite
def lattices(draw, most=4):
    """A country of départements, territories, providers and activities, with structural zeros."""
    leaves = {
        (code, f"p{provider}", territory, activity): draw(LEAF)
        for codes in COUNTRY.values()
        for code in codes
        for provider in range(draw(st.integers(1, most)))
        for territory in TERRITORIES[code][: draw(st.integers(1, 3))]
        for activity in draw(st.sampled_from([("a",), ("a", "b"), ("a", "b", "c")]))
    }
    return lifted(leaves)


@st.composite
def funded_lattices(draw):
    """The whole, and two funders who each pay for some clients of each leaf."""
    whole = {key: draw(LEAF) for key in leaf_keys(draw(st.integers(1, 4)))}
    funds = [
        {
            key: min(clients, draw(st.sampled_from([0, clients - 3, clients - 12, clients])))
            for key, clients in whole.items()
        }
        for _ in range(2)
    ]
    return lifted(whole), [
        in_fund(UUID(int=at), lifted({k: max(0, n) for k, n in fund.items()}))
        for at, fund in enumerate(funds, 1)
    ]


def leaf_keys(providers):
    codes = [code for codes in COUNTRY.values() for code in codes]
    return [
        (code, f"p{at}", territory, activity)
        for code, at, activity in product(codes, range(providers), "ab")
        for territory in TERRITORIES[code]
    ]


def in_fund(convention, cells):
    """Move cells to the population that a convention funds."""
    return {
        key._replace(
            funder=convention, convention=convention, **FUND if key.scope is Scope.FRANCE else {}
        ): each
        for key, each in cells.items()
    }


def left_over(whole, part):
    return whole.responses - (part.responses if part else 0)


def sums(cells):
    keys = sorted(cells, key=lambda key: key.order)
    return [
        (keys[line.total], [keys[part] for part in line.parts])
        for line in lines({place(key): at for at, key in enumerate(keys)})
    ]


def bounds(cells, statuses, key):
    """Bound a hidden cell by linear programming, from all that is shown and that nothing is under 0."""
    hidden = [each for each in cells if statuses[each].is_hidden]
    at = {each: column for column, each in enumerate(hidden)}
    system, known = [], []
    for total, parts in sums(cells):
        row, rest = numpy.zeros(len(hidden)), 0
        for each, sign in [(total, 1), *((part, -1) for part in parts)]:
            if each in at:
                row[at[each]] += sign
            else:
                rest -= sign * cells[each].responses
        system.append(row)
        known.append(rest)
    aim = numpy.zeros(len(hidden))
    aim[at[key]] = 1
    low = linprog(aim, A_eq=system, b_eq=known)
    high = linprog(-aim, A_eq=system, b_eq=known)
    assert low.status == 0
    return low.fun, -high.fun if high.status == 0 else float("inf")


def test_a_line_without_hidden_cells_is_shown():
    assert protect(dict.fromkeys("tab", MANY), [Line("t", ("a", "b"))]) == dict.fromkeys("tab", Status.A)


def test_one_hidden_part_hides_the_smallest_of_the_others_and_keeps_the_total():
    cells = {"t": MANY, "a": FEW, "b": MANY, "c": SOME}
    assert "".join(protect(cells, [Line("t", ("a", "b", "c"))]).values()) == "ACAD"


def test_two_hidden_parts_of_11_clients_protect_each_other():
    cells = {"t": MANY, "a": facts(5), "b": facts(6), "c": MANY}
    assert "".join(protect(cells, [Line("t", ("a", "b", "c"))]).values()) == "ACCA"


def test_two_hidden_parts_of_10_clients_need_a_third():
    cells = {"t": MANY, "a": facts(5), "b": facts(5), "c": MANY}
    assert "".join(protect(cells, [Line("t", ("a", "b", "c"))]).values()) == "ACCD"


def test_a_third_that_other_lines_hide_already_costs_nothing_more():
    cells = {"t": MANY, "a": facts(5), "b": facts(5), "c": SOME, "d": MANY, "u": MANY, "e": FEW, "v": MANY}
    rows = [Line("t", ("a", "b", "c", "d")), Line("u", ("c", "e")), Line("v", ("d",))]
    assert protect(cells, rows)["c"] is Status.D


def test_a_structural_zero_is_no_hiding_place():
    cells = {"t": facts(64), "a": FEW, "b": MANY, "z": NOBODY}
    assert "".join(protect(cells, [Line("t", ("a", "b", "z"))]).values()) == "ACDM"


def test_a_lone_part_and_its_total_are_hidden_together():
    cells = {"month": MANY, "34": SOME, "33": NOBODY, "Aide": FEW, "Cap": facts(16)}
    statuses = protect(cells, [Line("month", ("34", "33")), Line("34", ("Aide",))], ["34"])
    assert statuses["month"] is Status.D


def test_what_another_table_hides_is_hidden_and_protected_too():
    cells = {"t": MANY, "a": MANY, "b": SOME}
    assert "".join(protect(cells, [Line("t", ("a", "b"))], ["a"]).values()) == "ADD"


def test_a_total_of_two_families_of_parts_is_hidden_in_both():
    """34 is its providers and its territories: hidden, it could be added up from either family."""
    cells = {"region": facts(64), "34": FEW, "30": MANY, "Aide": FEW, "coeur": FEW, "lodeve": NOBODY}
    rows = [
        Line("region", ("34", "30")),
        Line("34", ("Aide",)),
        Line("34", ("coeur", "lodeve"), is_beside=True),
    ]
    assert "".join(protect(cells, rows).values()) == "ACDCCM"


def test_a_small_territory_hides_another_and_leaves_the_providers_alone():
    cells = {"34": facts(80), "Aide": MANY, "Cap": SOME, "coeur": FEW, "lodeve": facts(34), "": facts(40)}
    rows = [Line("34", ("Aide", "Cap")), Line("34", ("coeur", "lodeve", ""), is_beside=True)]
    assert "".join(protect(cells, rows).values()) == "AALCDA"


def test_two_pairs_of_hidden_cells_never_leave_a_bridge_between_them():
    """Each line below hides three cells, two or none, and yet the sums give x3 back."""
    inner = [row + column for row in "wxyz" for column in "1234"]
    small = ["w1", "w2", "x1", "x2", "x3", "y3", "y4", "z3", "z4"]
    cells = {each: facts(6) if each in small else MANY for each in inner}
    rows = [Line(row, tuple(each for each in inner if row in each)) for row in "wxyz1234"]
    cells |= {line.total: added(cells[part] for part in line.parts) for line in rows}
    hidden = [each for each, status in protect(cells, rows).items() if status is Status.D]
    assert len(hidden) == 1


def test_lines_that_cannot_add_up_are_refused():
    with pytest.raises(ValueError, match="add up"):
        protect({"t": MANY, "u": NOBODY, "a": FEW}, [Line("u", ("a",)), Line("t", ("a",))])


@settings(max_examples=150, deadline=None)
@given(lattices())
def test_no_hidden_cell_is_alone_in_a_line_and_those_of_a_line_are_11_clients(cells):
    statuses = judge(cells)
    for total, parts in sums(cells):
        hidden = [part for part in parts if statuses[part].is_hidden]
        if statuses[total].is_hidden:
            assert hidden
        elif hidden:
            assert len(hidden) > 1
            assert sum(cells[part].clients for part in hidden) >= HIDDEN_UNDER
            assert sum(cells[part].responses for part in hidden) >= HIDDEN_UNDER


@settings(max_examples=40, deadline=None)
@given(lattices(most=3))
def test_no_hidden_cell_can_be_solved_from_all_that_is_shown(cells):
    statuses = judge(cells)
    for key in cells:
        if statuses[key].is_hidden:
            low, high = bounds(cells, statuses, key)
            assert high - low > 0.01


@settings(max_examples=100, deadline=None)
@given(funded_lattices())
def test_the_whole_less_a_funder_s_figures_never_leaves_few_clients(populations):
    whole, funds = populations
    cells = whole | {key: each for fund in funds for key, each in fund.items()}
    statuses = judge(cells)
    for fund in funds:
        twins = {place(key): key for key in fund}
        known = {
            key: left_over(whole[key], fund.get(twins.get(place(key))))
            for key in whole
            if not statuses[key].is_hidden
            and (place(key) not in twins or not statuses[twins[place(key)]].is_hidden)
        }
        for total, parts in sums(whole):
            if total in known:
                left = known[total] - sum(known.get(part, 0) for part in parts)
                assert not 0 < left < HIDDEN_UNDER
        assert not [left for left in known.values() if 0 < left < HIDDEN_UNDER]


@settings(max_examples=60, deadline=None)
@given(lattices())
def test_protection_adds_to_what_each_cell_needs_and_nothing_where_none_does(cells):
    statuses, alone = judge(cells), {key: primary(cell) for key, cell in cells.items()}
    assert all(statuses[key] in (alone[key], Status.D) for key in cells)
    assert all(statuses[key] is alone[key] for key in cells if alone[key] in (Status.C, Status.M))
    if Status.C not in alone.values():
        assert statuses == alone


@settings(max_examples=60, deadline=None)
@given(lattices(), st.randoms(use_true_random=False))
def test_the_order_in_which_cells_come_changes_nothing(cells, chance):
    keys = list(cells)
    chance.shuffle(keys)
    assert judge({key: cells[key] for key in keys}) == judge(cells)
