"""Linear programs on one system whose objective changes, solved by HiGHS (pure).

Their unknowns are moves away from what is true, so that to move nothing is always a solution. An objective on
many unknowns is taken to an interior point, in time that hardly grows with their number; one on few goes on
by the simplex from where the last one stopped.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

SOLVER = "HiGHS"
Options = Mapping[str, bool | int | float | str]
QUIET: Options = {"output_flag": False, "threads": 1}
# Perturbed costs would cost the simplex half as much again: here to move nothing is feasible.
SIMPLEX: Options = {
    "solver": "simplex",
    "presolve": "choose",
    "dual_simplex_cost_perturbation_multiplier": 0.0,
}
INTERIOR: Options = {"solver": "ipm", "presolve": "on", "run_crossover": "off"}
MANY, LARGE = 500, 5_000  # unknowns in an objective and in all, above which an interior point is faster
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
    ([2.0, -2.0], [-1.0, 1.0])
    >>> both.best({0: 5, 1: 1}, {0: 0.2, 1: 1}), both.near_best({0: 5, 1: 1}, {0: 0.2, 1: 1})
    ([-1.0, 1.0], [-1.0, 1.0])
    >>> both.allows([2.0, -2.0]), both.allows([4.0, -4.0]), both.allows([1.0, 0.0])
    (True, False, False)
    """

    def __init__(self, bounds: Sequence[tuple[float, float]], rows: Sequence[Mapping[int, int]]) -> None:
        from highspy import Highs, HighsLp, MatrixFormat, ObjSense

        self.solved = 0
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
        self._solver.passModel(model)

    def farthest(self, place: int, way: int, goal: float) -> list[float]:
        """Move one unknown as far as it goes up (`way` 1) or down (-1), but no farther than its goal."""
        return self.best({place: goal}, {place: float(way)})

    def best(self, goals: Mapping[int, float], weights: Mapping[int, float]) -> list[float]:
        """Move unknowns at once, each up or down as its weight says, and no farther than its goal."""
        with self._aimed(goals, weights):
            return self._vertex()

    def near_best(self, goals: Mapping[int, float], weights: Mapping[int, float]) -> list[float]:
        """Move unknowns at once as `best` does; where there are many, hardly less far."""
        is_wide = len(goals) > MANY and len(self._bounds) > LARGE
        with self._aimed(goals, weights):
            return (self._interior() if is_wide else None) or self._vertex()

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
        self._solver.changeColsBounds(count, places, *_columns(near))
        yield
        self._solver.changeColsCost(count, places, [0.0] * count)
        self._solver.changeColsBounds(count, places, *_columns(bounds))

    def allows(self, moves: Sequence[float]) -> bool:
        """Tell whether some moves are a solution."""
        is_inside = all(
            low - EXACT <= move <= high + EXACT for move, (low, high) in zip(moves, self._bounds, strict=True)
        )
        return is_inside and all(
            abs(sum(sign * moves[place] for place, sign in row.items())) <= EXACT for row in self._rows
        )

    def _interior(self) -> list[float] | None:
        """Solve by an interior point; None where it ends at no solution.

        How near the best it ends is not asked: taken back through presolve, it has no dual that would tell.
        """
        self._run(INTERIOR)
        moves = self._moves()
        return moves if moves and self.allows(moves) else None

    def _vertex(self) -> list[float]:
        from highspy import HighsModelStatus

        self._run(SIMPLEX)
        if self._solver.getModelStatus() != HighsModelStatus.kOptimal:
            status = self._solver.modelStatusToString(self._solver.getModelStatus())
            raise ArithmeticError(f"a linear program was not solved: {status}")
        return self._moves()

    def _run(self, options: Options) -> None:
        self._set(options)
        self._solver.run()
        self.solved += 1

    def _moves(self) -> list[float]:
        moves: list[float] = self._solver.getSolution().col_value[: len(self._bounds)]
        return moves

    def _set(self, options: Options) -> None:
        for option, value in options.items():
            self._solver.setOptionValue(option, value)


def _columns(bounds: Iterable[tuple[float, float]]) -> tuple[list[float], list[float]]:
    lows, highs = zip(*bounds, strict=True)
    return [*map(float, lows)], [*map(float, highs)]


def _starts(rows: Sequence[Mapping[int, int]]) -> list[int]:
    found = [0]
    for row in rows:
        found.append(found[-1] + len(row))
    return found
