"""Linear programs on one system whose objective changes, solved by HiGHS (pure).

Their unknowns are moves away from what is true, so that to move nothing is always a solution. A small system
goes on by the simplex from where the last objective ended. In a large one an objective on many unknowns is
taken to an interior point, in time that hardly grows with their number; one on few from an interior point to
a corner, and from there by the simplex as long as the way is short.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from importlib.util import find_spec
from typing import Any

SOLVER = "HiGHS"
Solution = Mapping[int, float]  # of the unknowns that move, by place
Options = Mapping[str, bool | int | float | str]
QUIET: Options = {"output_flag": False, "threads": 1}
UNLIMITED: Options = {"simplex_iteration_limit": 2**31 - 1}
# Perturbed costs would cost the simplex half as much again: here to move nothing is feasible.
SIMPLEX: Options = {
    "solver": "simplex",
    "presolve": "choose",
    "dual_simplex_cost_perturbation_multiplier": 0.0,
    **UNLIMITED,
}
SHORT: Options = {**SIMPLEX, "simplex_iteration_limit": 1_000}
INTERIOR: Options = {"solver": "ipm", "presolve": "on", "run_crossover": "off"}
CORNER: Options = {**INTERIOR, **UNLIMITED, "run_crossover": "on"}
LARGE, MANY = 5_000, 100  # unknowns of a large system, and of an objective on many
CLOSE = 1e-5  # no move that matters is as small
EXACT = 1e-6  # what a solution may be off; the solver's own tolerance is 1e-7


def is_available() -> bool:
    """Tell whether the extra `audit` is installed."""
    return find_spec("highspy") is not None


class Program:
    """Moves within `bounds` of which each row of signs, by place, sums to nought.

    >>> from math import inf
    >>> both = Program([(-1, inf), (-3, inf)], [{0: 1, 1: 1}])
    >>> both.farthest(0, 1, 2), both.farthest(0, -1, 2)
    ({0: 2.0, 1: -2.0}, {0: -1.0, 1: 1.0})
    >>> both.best({0: 5, 1: 1}, {0: 0.2, 1: 1}), both.near_best({0: 5, 1: 1}, {0: 0.2, 1: 1})
    ({0: -1.0, 1: 1.0}, {0: -1.0, 1: 1.0})
    >>> both.allows({0: 2.0, 1: -2.0}), both.allows({0: 4.0, 1: -4.0}), both.allows({0: 1.0})
    (True, False, False)
    """

    def __init__(self, bounds: Sequence[tuple[float, float]], rows: Sequence[Mapping[int, int]]) -> None:
        from highspy import Highs, HighsLp, HighsStatus, MatrixFormat, ObjSense

        self.solved = 0
        self._is_at_a_corner = False
        self._bounds = bounds
        self._rows = rows
        model = HighsLp()
        model.num_col_, model.num_row_ = len(bounds), len(rows)
        model.sense_ = ObjSense.kMaximize
        model.col_cost_ = [0.0] * len(bounds)
        model.col_lower_ = [float(low) for low, _ in bounds]
        model.col_upper_ = [float(high) for _, high in bounds]
        model.row_lower_ = model.row_upper_ = [0.0] * len(rows)
        model.a_matrix_.format_ = MatrixFormat.kRowwise
        model.a_matrix_.start_ = _starts(rows)
        model.a_matrix_.index_ = [place for row in rows for place in row]
        model.a_matrix_.value_ = [float(sign) for row in rows for sign in row.values()]
        self._solver: Any = Highs()  # type: ignore[no-untyped-call]
        self._set(QUIET)
        if self._solver.passModel(model) == HighsStatus.kError:
            raise ValueError("these rows are not of these unknowns")

    def farthest(self, place: int, way: int, goal: float) -> Solution:
        """Move one unknown as far as it goes up (`way` 1) or down (-1), but no farther than its goal."""
        return self.best({place: goal}, {place: float(way)})

    def best(self, goals: Mapping[int, float], weights: Mapping[int, float]) -> Solution:
        """Move unknowns at once, each up or down as its weight says, and no farther than its goal."""
        with self._aimed(goals, weights):
            return self._vertex()

    def near_best(self, goals: Mapping[int, float], weights: Mapping[int, float]) -> Solution:
        """Move unknowns at once as `best` does; where there are many, hardly less far."""
        with self._aimed(goals, weights):
            return (self._interior() if self.is_large and len(goals) > MANY else None) or self._vertex()

    @contextmanager
    def _aimed(self, goals: Mapping[int, float], weights: Mapping[int, float]) -> Iterator[None]:
        """Set an objective while it is solved for."""
        places, count = [*goals], len(goals)
        bounds = [self._bounds[place] for place in places]
        near = [
            (low, min(high, goals[place])) if weights[place] > 0 else (max(low, -goals[place]), high)
            for place, (low, high) in zip(places, bounds, strict=True)
        ]
        self._solver.changeColsCost(count, places, [weights[place] for place in places])
        self._solver.changeColsBounds(count, places, *_lows_and_highs(near))
        yield
        self._solver.changeColsCost(count, places, [0.0] * count)
        self._solver.changeColsBounds(count, places, *_lows_and_highs(bounds))

    def allows(self, moves: Solution) -> bool:
        """Tell whether some moves are a solution."""
        sums: dict[int, float] = defaultdict(float)
        for place, move in moves.items():
            low, high = self._bounds[place]
            if not low - EXACT <= move <= high + EXACT:
                return False
            for row, sign in self._columns[place]:
                sums[row] += sign * move
        return all(abs(total) <= EXACT for total in sums.values())

    @cached_property
    def _columns(self) -> Sequence[Sequence[tuple[int, int]]]:
        """Give the rows of each unknown."""
        found: list[list[tuple[int, int]]] = [[] for _ in self._bounds]
        for at, row in enumerate(self._rows):
            for place, sign in row.items():
                found[place].append((at, sign))
        return found

    @property
    def is_large(self) -> bool:
        return len(self._bounds) > LARGE

    def _interior(self) -> Solution | None:
        """Solve by an interior point; None where it ends at no solution.

        How near the best it ends is not asked: taken back through presolve, it has no dual that would tell.
        """
        self._run(INTERIOR)
        self._is_at_a_corner = False
        moves = self._moves()
        return moves if moves and self.allows(moves) else None

    def _vertex(self) -> Solution:
        """Solve to the best corner, whichever way is the shortest first."""
        ways = [SIMPLEX]
        if self.is_large:
            ways = [SHORT, CORNER, SIMPLEX] if self._is_at_a_corner else [CORNER, SIMPLEX]
        self._is_at_a_corner = True
        if not any(self._run(way) for way in ways):
            status = self._solver.modelStatusToString(self._solver.getModelStatus())
            raise ArithmeticError(f"a linear program was not solved: {status}")
        return self._moves()

    def _run(self, options: Options) -> bool:
        """Tell whether it ends at the best."""
        from highspy import HighsModelStatus

        self._set(options)
        self._solver.run()
        self.solved += 1
        return bool(self._solver.getModelStatus() == HighsModelStatus.kOptimal)

    def _moves(self) -> Solution:
        return {place: move for place, move in enumerate(self._solver.getSolution().col_value) if move}

    def _set(self, options: Options) -> None:
        for option, value in options.items():
            self._solver.setOptionValue(option, value)


def _lows_and_highs(bounds: Iterable[tuple[float, float]]) -> tuple[list[float], list[float]]:
    lows, highs = zip(*bounds, strict=True)
    return [*map(float, lows)], [*map(float, highs)]


def _starts(rows: Sequence[Mapping[int, int]]) -> list[int]:
    found = [0]
    for row in rows:
        found.append(found[-1] + len(row))
    return found
