"""One linear program whose objective changes, solved by HiGHS each time from where it stopped (pure).

Its unknowns are moves away from what is true, so that to move nothing is always a solution.
"""

from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

SOLVER = "HiGHS"
QUIET: Mapping[str, bool | int] = {"output_flag": False, "threads": 1}


def is_available() -> bool:
    """Tell whether the extra `audit` is installed."""
    return find_spec("highspy") is not None


class Program:
    """Moves within `bounds` of which each row of signs, by place, sums to nought.

    >>> from math import inf
    >>> both = Program([(-1, inf), (-3, inf)], [{0: 1, 1: 1}])
    >>> both.farthest(0, 1, 2), both.farthest(0, -1, 2)
    ([2.0, -2.0], [-1.0, 1.0])
    >>> both.together({0: 5, 1: 1}, 1)
    [-1.0, 1.0]
    """

    def __init__(self, bounds: Sequence[tuple[float, float]], rows: Sequence[Mapping[int, int]]) -> None:
        from highspy import Highs, HighsLp, MatrixFormat, ObjSense

        self.solved = 0
        self._bounds = bounds
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
        for option, value in QUIET.items():
            self._solver.setOptionValue(option, value)
        self._solver.passModel(model)

    def farthest(self, place: int, way: int, goal: float) -> list[float]:
        """Move one unknown as far as it goes up (`way` 1) or down (-1), but no farther than its goal."""
        return self._best({place: float(way)}, {place: goal}, way)

    def together(self, goals: Mapping[int, float], way: int) -> list[float]:
        """Move as many unknowns as possible at once: each counts, and moves, as far as its goal."""
        return self._best({place: way / goal for place, goal in goals.items()}, goals, way)

    def _best(self, costs: Mapping[int, float], goals: Mapping[int, float], way: int) -> list[float]:
        places, count = [*costs], len(costs)
        bounds = [self._bounds[place] for place in places]
        near = [
            (low, min(high, goals[place])) if way > 0 else (max(low, -goals[place]), high)
            for place, (low, high) in zip(places, bounds, strict=True)
        ]
        self._solver.changeColsCost(count, places, [*costs.values()])
        self._solver.changeColsBounds(count, places, *_columns(near))
        moves = self._solve()
        self._solver.changeColsCost(count, places, [0.0] * count)
        self._solver.changeColsBounds(count, places, *_columns(bounds))
        return moves

    def _solve(self) -> list[float]:
        from highspy import HighsModelStatus

        self.solved += 1
        self._solver.run()
        status = self._solver.getModelStatus()
        if status != HighsModelStatus.kOptimal:
            raise ArithmeticError(
                f"a linear program was not solved: {self._solver.modelStatusToString(status)}"
            )
        moves: list[float] = self._solver.getSolution().col_value[: len(self._bounds)]
        return moves


def _columns(bounds: Iterable[tuple[float, float]]) -> tuple[list[float], list[float]]:
    lows, highs = zip(*bounds, strict=True)
    return [*map(float, lows)], [*map(float, highs)]


def _starts(rows: Sequence[Mapping[int, int]]) -> list[int]:
    found = [0]
    for row in rows:
        found.append(found[-1] + len(row))
    return found
