"""Secrets of a system that hangs together: which of them a solution moves, and which none does (pure).

The truth is itself a solution, and one solution more vouches for all the secrets that it moves. In a large
system, those that few shared solutions leave are looked for nearby. Those that no shared solution moves are
proved together where none of them can move at all, and solved one by one else.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Generic, TypeVar

from quality.measures.disclosure.deducing import Row
from quality.measures.disclosure.nearby import Nearby
from quality.measures.disclosure.programs import CLOSE, MANY, Program
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


class Block(Generic[K]):
    """Sums that hang together, as moves away from the truth; `solved` counts the linear programs.

    `vouching`: the solutions that closed secrets.
    """

    def __init__(self, sums: Mapping[K, Known], rows: Sequence[Row]) -> None:
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
        self._rows = rows
        self._program = Program(bounds, rows)
        self._solved = 0  # by others
        self.vouching: list[Moves[K]] = []

    @property
    def solved(self) -> int:
        return self._program.solved + self._solved

    def proved(self, tried: Sequence[Moves[K]]) -> dict[K, tuple[float, float]]:
        """Give the secrets that can be proved, with their least and most; moves are `tried` first."""
        place_of = {name: place for place, name in enumerate(self._names)} if tried else {}
        for moves in tried if self._open else ():
            here = {place_of[name]: move for name, move in moves.items() if name in place_of}
            if self._program.allows(here):
                self._vouch(here)
        if self._open and self._program.is_large:
            self._vouch_nearby()
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

    def _vouch_nearby(self) -> None:
        """Close most secrets by interior points, then what solutions nearby move."""
        while len(goals := self._to_reach()) > MANY and self._vouch_all(goals, 1):
            pass
        nearby = Nearby(self._rows, [each.true - each.low for each in self._known])
        for place in [*self._open]:
            if place in self._open:
                places, rows = nearby.around(place)
                part = Block({self._names[each]: self._still_asked(each) for each in places}, rows)
                part._vouch_together()
                self._solved += part.solved
                self.vouching += part.vouching
                still = {places[each] for each in part._open}
                for each in places:
                    if each not in still:
                        self._open.pop(each, None)

    def _still_asked(self, place: int) -> Known:
        known = self._known[place]
        return known if place in self._open else Known(known.low, known.high, known.true)

    def _to_reach(self) -> list[int]:
        return [each for each in self._open if self._known[each].must_reach]

    def _vouch_together(self) -> None:
        """Close the secrets that shared solutions move.

        Those that must reach 11 go first: most of the others move down to let them.
        """
        while self._vouch_all(self._to_reach(), 1):
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
                if all(abs(moves.get(place, 0.0)) < CLOSE for moves in both)
            }
            if len(unmoved) == len(still):
                break
            still = unmoved
        return list(still)

    def _vouch(self, moves: Mapping[int, float]) -> bool:
        """Close the secrets that a solution moves far enough; tell whether it moves any."""
        near = self._open.keys() & moves.keys()
        closed = [place for place in near if self._known[place].is_moved(moves[place])]
        for place in closed:
            del self._open[place]
        if closed:
            self.vouching.append({self._names[place]: move for place, move in moves.items()})
        return bool(closed)

    def _farthest(self, place: int, way: int) -> float:
        moves = self._program.farthest(place, way, self._open[place] if way > 0 else 1)
        self._vouch(moves)
        return moves.get(place, 0.0)
