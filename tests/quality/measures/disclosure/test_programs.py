"""What the audit proves is what scipy's linear programs prove, secret by secret, of the system as a whole."""

from math import inf
from random import Random

import pytest
from scipy.linalg import null_space
from scipy.optimize import linprog
from scipy.sparse import coo_array

from quality.measures.disclosure import block, nearby, programs
from quality.measures.disclosure.audit import Adds, audit
from quality.measures.disclosure.block import Known
from quality.measures.disclosure.deducing import given
from quality.measures.disclosure.knowledge import Count, system
from quality.measures.disclosure.programs import CLOSE, INTERIOR, SIMPLEX, Program
from quality.measures.disclosure.status import primary
from tests.quality.measures.disclosure.test_audit import base, drawn, facts, publish


def proved_by_scipy(sums, lines):
    """Solve for the least and the most of every secret, with neither blocks nor shared solutions."""
    names = list(sums)
    place = {name: at for at, name in enumerate(names)}
    entries = [(row, line.total, 1) for row, line in enumerate(lines)]
    entries += [(row, part, -1) for row, line in enumerate(lines) for part in line.parts]
    rows, columns, signs = zip(*((row, place[name], sign) for row, name, sign in entries), strict=True)
    equations = coo_array((signs, (rows, columns)), shape=(len(lines), len(names)))
    bounds = [(each.low - each.true, each.high - each.true) for each in sums.values()]
    found = {}
    for name, known in sums.items():
        if known.is_secret:
            goal = max(1, 11 - known.true) if known.must_reach else 1
            least, most = (farthest(equations, bounds, place[name], way, goal) for way in (-1, 1))
            if not known.is_moved(most) and not known.is_moved(least):
                found[name] = pytest.approx((known.true + least, known.true + most), abs=0.001)
    return found


def farthest(equations, bounds, place, way, goal):
    near = list(bounds)
    low, high = near[place]
    near[place] = (low, min(high, goal)) if way > 0 else (max(low, -1), high)
    cost = [0] * len(near)
    cost[place] = -way
    solved = linprog(cost, A_eq=equations, b_eq=[0] * equations.shape[0], bounds=near)
    assert solved.status == 0
    return solved.x[place]


@pytest.mark.parametrize(("large", "many"), [(500, 500), (0, 0), (0, 20), (0, 500)])
@pytest.mark.parametrize("count", Count)
def test_what_primary_suppression_gives_back_is_what_scipy_finds(count, large, many, monkeypatch):
    """By the simplex alone; by interior points and nearby; from a corner on as long as the way is short."""
    monkeypatch.setattr(programs, "LARGE", large)
    monkeypatch.setattr(programs, "MANY", many)
    monkeypatch.setattr(block, "MANY", many)
    monkeypatch.setattr(nearby, "NEAR", 12)
    monkeypatch.setattr(programs, "SHORT", {**SIMPLEX, "simplex_iteration_limit": 2})
    proved = 0
    for shape in ("sparse", "small", "mixed"):
        chance = Random(shape)
        bases = [base(key, *each) for key, each in drawn(chance, shape).items() if each[0]]
        figures = publish(bases, {each.key: primary(facts(each)) for each in bases})
        asked = system({"2026-10": figures}, count)
        verdict = audit(*asked)
        assert verdict.proved == proved_by_scipy(*asked)
        proved += len(verdict.proved)
    assert proved or count is Count.GOOD


def test_a_program_answers_the_same_in_whichever_order_it_is_asked():
    bounds = [(-4, inf), (-9, inf), (-2, inf), (-1, 3)]
    rows = [{0: 1, 1: 1}, {1: 1, 2: 1, 3: -1}]
    asked = [(place, way) for place in range(4) for way in (1, -1)]
    alone = {each: Program(bounds, rows).farthest(*each, 9)[each[0]] for each in asked}
    Random("order").shuffle(asked)
    again = Program(bounds, rows)
    for place, way in asked:
        other = (place + 1) % 4
        again.best({place: 9, other: 2}, {place: way, other: way / 2})
        assert again.farthest(place, way, 9)[place] == pytest.approx(alone[place, way], abs=CLOSE)


def test_an_interior_point_that_is_not_reached_gives_way_to_the_simplex(monkeypatch):
    """To move nothing is a solution, and would prove everything."""
    monkeypatch.setattr(programs, "MANY", 0)
    monkeypatch.setattr(programs, "LARGE", 0)
    sums = {each: Known(0, inf, 5, must_vary=True) for each in "abcd"}
    lines = [Adds("a", ("b",)), Adds("c", ("d",))]
    reached = audit(sums, lines)
    monkeypatch.setattr(programs, "INTERIOR", {**INTERIOR, "ipm_iteration_limit": 0, "presolve": "off"})
    assert (reached.proved, audit(sums, lines).proved) == ({}, {})


def test_what_vouched_is_no_more_believed_once_a_figure_that_moved_is_shown():
    hidden = Known(0, inf, 20, must_vary=True)
    sums = {"a": hidden, "b": hidden, "c": hidden, "d": hidden, "t": Known(80, 80, 80)}
    lines = [Adds("t", ("a", "b", "c", "d"))]
    vouched = audit(sums, lines).vouching
    assert audit(sums, lines, vouched).solved == 0
    shown = Known(20, 20, 20)
    alone = audit({**sums, "b": shown, "c": shown, "d": shown}, lines, vouched)
    assert alone.proved == {"a": (20, 20)}
    assert audit({**sums, "d": shown}, lines, vouched).proved == {}


def test_secrets_that_only_trade_with_each_other_move_beside_one_that_cannot():
    sums = {each: Known(0, inf, 12, must_vary=True) for each in "abc"}
    sums |= {"t": Known(24, 24, 24), "u": Known(12, 12, 12)}
    assert audit(sums, [Adds("t", ("a", "b")), Adds("u", ("c",))]).proved == {"c": (12, 12)}


def test_what_can_move_but_not_to_11_is_told_with_its_range():
    sums = {
        "a": Known(0, inf, 4, must_reach=True),
        "b": Known(0, inf, 3, must_reach=True),
        "t": Known(7, 7, 7),
    }
    assert audit(sums, [Adds("t", ("a", "b"))]).proved == {"a": (3, 7), "b": (2, 7)}


def test_a_row_of_an_unknown_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="rows"):
        Program([(-1, 1), (-1, 1)], [{0: 1, 5: 1}])


@pytest.mark.parametrize("seed", range(200))
def test_what_rows_give_back_moves_in_no_solution(seed):
    chance = Random(seed)
    places = range(8)
    rows = [
        {place: chance.choice((1, -1)) for place in chance.sample(places, chance.randint(1, 4))}
        for _ in range(chance.randint(2, 7))
    ]
    found, left = given(rows)
    free = null_space([[row.get(place, 0) for place in places] for row in rows])
    assert all(abs(free[place]).max(initial=0) < CLOSE for place in found)
    assert not found.intersection(place for row in left for place in row)
    assert all(len(row) > 1 for row in left)


def test_what_two_rows_have_not_in_common_is_given_back_whatever_their_signs():
    assert given([{0: 1, 1: -1, 2: -1}, {1: 1, 2: 1}])[0] == {0}
    assert given([{0: 1, 1: -1, 2: -1}, {1: 1, 2: -1}])[0] == set()
