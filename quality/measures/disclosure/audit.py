"""The audit of what is published (rule P3): the range that a reader can prove of each hidden sum (pure).

Everything published is a system of sums that add up. Linear programs give the least and the most that each
secret can be (Fischetti and Salazar-González 2000, "Models and algorithms for optimizing cell suppression in
tabular data with linear constraints"). The truth is itself a solution, and one solution more vouches for all
the secrets that it moves. Those that no shared solution moves are proved together where none of them can
move at all, and solved one by one else.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Generic, TypeVar

from quality.measures.disclosure.programs import CLOSE, Program
from quality.measures.disclosure.status import HIDDEN_UNDER

K = TypeVar("K", bound=Hashable)
Moves = Mapping[K, float]  # away from the truth, of what moves


@dataclass(frozen=True, slots=True)
class Known:
    """What a reader knows of one sum beforehand: its bounds; `true` is what it is.

    A secret must still be able to `reach` 11, or to `vary` by one from what it is.
    """

    low: float
    high: float
    true: int
    must_reach: bool = False
    must_vary: bool = False

    @property
    def is_secret(self) -> bool:
        return self.must_reach or self.must_vary

    def is_moved(self, step: float) -> bool:
        """Tell whether a secret so far from the truth is safe."""
        if self.must_reach:
            return self.true + step >= HIDDEN_UNDER - CLOSE
        return self.must_vary and abs(step) >= 1 - CLOSE


@dataclass(frozen=True, slots=True)
class Adds(Generic[K]):
    """The parts make the total, but for what the reader is taken to know: late answers."""

    total: K
    parts: tuple[K, ...]


@dataclass(frozen=True, slots=True)
class Verdict(Generic[K]):
    """Secrets examined, linear programs solved, and those that can be proved, with their least and most.

    `vouching`: the solutions that move the others.
    """

    examined: int
    solved: int
    proved: Mapping[K, tuple[float, float]]
    vouching: Sequence[Moves[K]]


def audit(sums: Mapping[K, Known], lines: Sequence[Adds[K]], vouching: Sequence[Moves[K]] = ()) -> Verdict[K]:
    """Find the secrets that can be proved to stay under 11, or to be what they are.

    Moves `vouching` in a system much like this one are tried first: most still are solutions.

    >>> from math import inf
    >>> known = {"34": Known(60, 60, 60), "Aide": Known(1, inf, 4, must_reach=True, must_vary=True)}
    >>> line = [Adds("34", ("Aide", "Cap", "Soin"))]
    >>> both = {"Cap": Known(11, inf, 20, must_vary=True), "Soin": Known(36, 36, 36)}
    >>> audit(known | both, line).proved
    {}
    >>> audit(known | both | {"Cap": Known(20, 20, 20)}, line).proved
    {'Aide': (4.0, 4.0)}
    """
    examined = sum(known.is_secret for known in sums.values())
    solved, proved, found = 0, dict[K, tuple[float, float]](), list[Moves[K]]()
    for block in _blocks(sums, lines) if examined else ():
        proved |= block.proved(vouching)
        solved += block.solved
        found += block.vouching
    return Verdict(examined, solved, proved, found)


def _blocks(sums: Mapping[K, Known], lines: Sequence[Adds[K]]) -> "Iterator[_Block[K]]":
    """Cut the system where what joins two sides is known; a block without a secret is left aside."""
    free = [name for name, known in sums.items() if known.low < known.high or known.is_secret]
    place_of = {name: place for place, name in enumerate(free)}
    rows = [row for row in (_signs(line, place_of) for line in lines) if row]
    groups = _Groups(len(free))
    for row in rows:
        groups.join(row)
    rows_of: dict[int, list[Mapping[int, int]]] = defaultdict(list)
    for row in rows:
        rows_of[groups.first(next(iter(row)))].append(row)
    for first, places in groups.all().items():
        inside = {free[place]: sums[free[place]] for place in places}
        if any(known.is_secret for known in inside.values()):
            inner = {place: rank for rank, place in enumerate(places)}
            yield _Block(
                inside, [{inner[place]: sign for place, sign in row.items()} for row in rows_of[first]]
            )


def _signs(line: Adds[K], place_of: Mapping[K, int]) -> dict[int, int]:
    """Give the signs of what is free in a line, by place."""
    signs = {place: -1 for part in line.parts if (place := place_of.get(part)) is not None}
    total = place_of.get(line.total)
    return signs if total is None else {total: 1, **signs}


class _Groups:
    """Places that hang together, directly or through others (union-find, Tarjan 1975)."""

    def __init__(self, count: int) -> None:
        self._over = list(range(count))

    def first(self, place: int) -> int:
        """Give the place that stands for the group of another; the way to it is halved each time."""
        over = self._over
        while over[place] != place:
            over[place] = place = over[over[place]]
        return place

    def join(self, places: Iterable[int]) -> None:
        one, *others = places
        top = self.first(one)
        for each in others:
            self._over[self.first(each)] = top

    def all(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for place in range(len(self._over)):
            found[self.first(place)].append(place)
        return found


class _Block(Generic[K]):
    """Sums that hang together, as moves away from the truth; `solved` counts the linear programs.

    `vouching`: the solutions that closed secrets.
    """

    def __init__(self, sums: Mapping[K, Known], rows: Sequence[Mapping[int, int]]) -> None:
        self._names = list(sums)
        self._known = list(sums.values())
        bounds = [(each.low - each.true, each.high - each.true) for each in self._known]
        self._open = {
            place: max(1, HIDDEN_UNDER - each.true) if each.must_reach else 1
            for place, each in enumerate(self._known)
            if each.is_secret
        }
        if any(low > 0 or high < 0 for low, high in bounds):
            raise ValueError("the truth lies outside of what is published")
        self._program = Program(bounds, rows)
        self.vouching: list[Moves[K]] = []

    @property
    def solved(self) -> int:
        return self._program.solved

    def proved(self, tried: Sequence[Moves[K]]) -> dict[K, tuple[float, float]]:
        """Give the secrets that can be proved, with their least and most; moves are `tried` first."""
        for moves in tried:
            here = [moves.get(name, 0.0) for name in self._names]
            if self._open and any(here) and self._program.allows(here):
                self._vouch(here)
        self._vouch_together()
        still = self._still()
        found = dict.fromkeys(still, (0.0, 0.0))
        for place in list(self._open):
            if place in self._open and place not in found:
                most = self._farthest(place, 1)
                least = self._farthest(place, -1) if place in self._open else 0.0
                if place in self._open:
                    found[place] = least, most
        return {
            self._names[place]: (round(true + least, 3), round(true + most, 3))
            for place, (least, most) in found.items()
            for true in (self._known[place].true,)
        }

    def _vouch_together(self) -> None:
        """Close the secrets that shared solutions move.

        Those that must reach 11 go first: most of the others move down to let them.
        """
        while self._vouch_all([each for each in self._open if self._known[each].must_reach], 1):
            pass
        while self._vouch_all([*self._open], 1):
            pass
        while self._vouch_all([each for each in self._open if not self._known[each].must_reach], -1):
            pass

    def _vouch_all(self, places: Collection[int], way: int) -> bool:
        """Move as many as possible as far as possible: each counts, and moves, as far as its goal."""
        goals = {place: self._open[place] for place in places}
        weights = {place: way / goal for place, goal in goals.items()}
        return bool(goals) and self._vouch(self._program.near_best(goals, weights))

    def _still(self) -> list[int]:
        """Find the open secrets that no solution moves.

        Weighed at random, they move up or down in one of two solutions if any of them ever moves: else all
        solutions would have one weighed sum, whatever the weights.
        """
        drawn = Random(0)  # noqa: S311 - weights, no secret
        still = dict(self._open)
        while still:
            weights = {place: drawn.uniform(1, 2) for place in still}
            both = [
                self._program.best(still, {place: way * weight for place, weight in weights.items()})
                for way in (1, -1)
            ]
            for moves in both:
                self._vouch(moves)
            unmoved = {
                place: goal
                for place, goal in still.items()
                if all(abs(moves[place]) < CLOSE for moves in both)
            }
            if len(unmoved) == len(still):
                break
            still = unmoved
        return list(still)

    def _vouch(self, moves: Sequence[float]) -> bool:
        """Close the secrets that a solution moves far enough; tell whether it moves any."""
        closed = [place for place in self._open if self._known[place].is_moved(moves[place])]
        for place in closed:
            del self._open[place]
        if closed:
            self.vouching.append({name: move for name, move in zip(self._names, moves, strict=True) if move})
        return bool(closed)

    def _farthest(self, place: int, way: int) -> float:
        moves = self._program.farthest(place, way, self._open[place] if way > 0 else 1)
        self._vouch(moves)
        return moves[place]
