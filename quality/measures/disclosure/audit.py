"""The audit of what is published (rule P3): the range that a reader can prove of each hidden sum (pure).

Everything published is a system of sums that add up. What a line or two give back is found first
(`deducing`); of the rest, linear programs give the least and the most that each secret can be (Fischetti and
Salazar-González 2000, "Models and algorithms for optimizing cell suppression in tabular data with linear
constraints").
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from quality.measures.disclosure.block import Block, Known, Moves
from quality.measures.disclosure.deducing import Row, given

K = TypeVar("K", bound=Hashable)


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
    free = [name for name, known in sums.items() if known.low < known.high or known.is_secret]
    place_of = {name: place for place, name in enumerate(free)}
    rows = [row for row in (_signs(line, place_of) for line in lines) if row] if examined else []
    told, left = given(rows)
    proved = {
        free[place]: (float(known.true), float(known.true))
        for place in told
        if (known := sums[free[place]]).is_secret
    }
    solved, found = 0, list[Moves[K]]()
    for places, some in _blocks(len(free), left):
        inside = {free[place]: sums[free[place]] for place in places if place not in told}
        if any(known.is_secret for known in inside.values()):
            block = Block(inside, some)
            proved |= block.proved(vouching)
            solved += block.solved
            found += block.vouching
    return Verdict(examined, solved, proved, found)


def _blocks(count: int, rows: Sequence[Row]) -> Iterator[tuple[list[int], list[Row]]]:
    """Cut a system where what joined two sides is known; the rows of each block are of its own places."""
    groups = _Groups(count)
    for row in rows:
        groups.join(row)
    rows_of: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        rows_of[groups.first(next(iter(row)))].append(row)
    for first, places in groups.all().items():
        inner = {place: rank for rank, place in enumerate(places)}
        yield places, [{inner[place]: sign for place, sign in row.items()} for row in rows_of[first]]


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
