"""Complementary suppression (rule P2): no sum of what is shown gives a hidden cell back (pure).

A line is a node and a cell is an edge between the two lines that it stands in. What is shown fixes the
balance of each node, so hidden values may move along a ring of hidden cells and nowhere else: a hidden cell
on no ring can be solved exactly (Gusfield 1988, "A graph theoretic approach to statistical data security").
Rings are closed one by one, by the fewest cells, then by the fewest clients. A total that two families of
parts make is two edges of one cell: hidden, it lies on a ring of each family.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Generic, TypeVar

from quality.measures.disclosure.status import Facts, Status, is_few, primary

K = TypeVar("K", bound=Hashable)

GROUND = 0  # where a cell ends that stands in one line only
A_CELL = 1 << 40  # losing one cell more is worse than losing any number of clients
LAST_RESORT = 1 << 60
Edge = tuple[int, int]  # the two lines that a cell stands in


@dataclass(frozen=True, slots=True)
class Line(Generic[K]):
    """Cells that add up: the parts make the total.

    An implied line follows from others; one `beside` parts a total that another line parts already.
    """

    total: K
    parts: tuple[K, ...]
    is_implied: bool = False
    is_beside: bool = False


@dataclass(frozen=True, slots=True)
class Margin(Generic[K]):
    """What a reader subtracts: less its shown parts, a shown total gives the sum of the others.

    `left` gives clients and answers of each part; the parts `unseen` are unknown whether hidden here or not.
    """

    total: K
    left: Mapping[K, tuple[int, int]]
    unseen: frozenset[K] = frozenset()


@dataclass(frozen=True, slots=True)
class Elsewhere(Generic[K]):
    """What other tables ask: cells to hide; cells that can be read there, to hide in the last resort only."""

    hidden: Collection[K] = ()
    known: Collection[K] = ()


def protect(cells: Mapping[K, Facts], lines: Sequence[Line[K]], elsewhere: Elsewhere[K]) -> dict[K, Status]:
    """Judge each cell alone, then hide what could be subtracted; cells come in an order that settles ties.

    >>> few, some, many = (Facts(n, n, 1, n // 2) for n in (4, 20, 60))
    >>> line = Line("34", ("Aide", "Cap", "Soin"))
    >>> statuses = protect({"34": many, "Aide": few, "Cap": some, "Soin": many}, [line], Elsewhere())
    >>> "".join(statuses.values())
    'ACDA'
    """
    alone = {key: primary(facts) for key, facts in cells.items()}
    return settled(alone, cover(cells, alone, lines, elsewhere))


def cover(
    cells: Mapping[K, Facts],
    alone: Mapping[K, Status],
    lines: Sequence[Line[K]],
    elsewhere: Elsewhere[K],
) -> "Cover[K]":
    """Hide what each cell alone needs, what another table asks for, and what these make solvable."""
    first = [
        key for key in alone if alone[key].is_hidden or (key in elsewhere.hidden and cells[key].responses)
    ]
    made = Cover(cells, lines, first, elsewhere.known)
    for line in lines:
        made.fill(_margin(line, cells))
    return made


def settled(alone: Mapping[K, Status], made: "Cover[K]") -> dict[K, Status]:
    return {
        key: Status.D if key in made.hidden and not status.is_hidden else status
        for key, status in alone.items()
    }


def _margin(line: Line[K], cells: Mapping[K, Facts]) -> Margin[K]:
    return Margin(line.total, {part: (cells[part].clients, cells[part].responses) for part in line.parts})


class Cover(Generic[K]):
    """The hidden cells of a table, each on a ring; there are only ever more of them."""

    def __init__(
        self,
        cells: Mapping[K, Facts],
        lines: Sequence[Line[K]],
        hidden: Iterable[K],
        known: Collection[K],
    ) -> None:
        self.hidden = dict.fromkeys(hidden)
        self._cells = cells
        self._known = known
        self._rank = {key: place for place, key in enumerate(cells)}
        self._ends = _ends(cells, lines)
        self._edges: dict[int, list[tuple[K, Edge]]] = defaultdict(list)
        for key, edges in self._ends.items():
            for edge in edges:
                for end in edge:
                    self._edges[end].append((key, edge))
        self._ring_of = list(range(len(lines) + 1))
        self._nodes = [[node] for node in self._ring_of]
        for key in list(self.hidden):
            self._close(key)

    def hide(self, key: K) -> None:
        """Hide a cell, and what its ring needs."""
        self.hidden[key] = None
        self._close(key)

    def fill(self, margin: Margin[K]) -> None:
        """Hide more of a margin until what can be subtracted is nobody, or 11 clients or more."""
        while margin.total not in self.hidden and self._is_thin(margin):
            shown = [key for key in margin.left if self._could_fill(margin, key)]
            self.hide(min(shown, key=self._loss, default=margin.total))

    def _is_thin(self, margin: Margin[K]) -> bool:
        unknown = [left for key, left in margin.left.items() if key in self.hidden or key in margin.unseen]
        return is_few(sum(clients for clients, _ in unknown), sum(responses for _, responses in unknown))

    def _could_fill(self, margin: Margin[K], key: K) -> bool:
        return bool(margin.left[key][1]) and key not in self.hidden and key not in margin.unseen

    def _loss(self, key: K) -> tuple[bool, bool, int, int]:
        """Compare cells to hide: one that lies on a ring already costs nothing more."""
        return key in self._known, bool(self._open(key)), self._cells[key].clients, self._rank[key]

    def _open(self, key: K) -> list[Edge]:
        """Give the edges of a cell that lie on no ring yet."""
        return [(one, other) for one, other in self._ends[key] if self._ring_of[one] != self._ring_of[other]]

    def _close(self, key: K) -> None:
        """Put each edge of a cell on a ring of hidden cells, and those of what that hides."""
        waiting = [key]
        while waiting:
            cell = waiting.pop()
            for edge in self._open(cell):
                waiting += self._close_edge(cell, edge)

    def _close_edge(self, key: K, edge: Edge) -> list[K]:
        """Put one edge on a ring, and give the cells that this hides."""
        one, other = (self._ring_of[end] for end in edge)
        if one == other:
            return []
        start, goal = sorted((one, other), key=lambda ring: (len(self._nodes[ring]), ring))
        passed = list(self._way(start, goal, key))
        fresh = [cell for cell, _ in passed if cell not in self.hidden]
        for cell, way in passed:
            self.hidden[cell] = None
            self._join(*way)
        self._join(one, other)
        return fresh

    def _way(self, start: int, goal: int, but: K) -> Iterator[tuple[K, Edge]]:
        """Find the cheapest cells that join two rings without the cell that already does (Dijkstra 1959)."""
        cost, came = {start: 0}, dict[int, tuple[int, K, Edge]]()
        ahead = [(0, start)]
        while ahead:
            spent, ring = heappop(ahead)
            if ring == goal:
                return _walked(came, goal)
            if spent > cost[ring]:
                continue
            for key, edge, over in self._around(ring):
                through = spent + self._price(key)
                if key != but and through < cost.get(over, through + 1):
                    cost[over], came[over] = through, (ring, key, edge)
                    heappush(ahead, (through, over))
        raise ValueError("these lines do not add up")

    def _around(self, ring: int) -> Iterator[tuple[K, Edge, int]]:
        for node in self._nodes[ring]:
            for key, edge in self._edges[node]:
                one, other = edge
                yield key, edge, self._ring_of[other if one == node else one]

    def _price(self, key: K) -> int:
        if key in self.hidden:
            return 0
        return (LAST_RESORT if key in self._known else A_CELL) + self._cells[key].clients

    def _join(self, one: int, other: int) -> None:
        rings = {self._ring_of[one], self._ring_of[other]}
        kept = max(rings, key=lambda ring: (len(self._nodes[ring]), -ring))
        for gone in rings - {kept}:
            for node in self._nodes[gone]:
                self._ring_of[node] = kept
            self._nodes[kept] += self._nodes[gone]


def _ends(cells: Mapping[K, Facts], lines: Sequence[Line[K]]) -> dict[K, list[Edge]]:
    """Give the two lines that each cell with somebody in it stands in; implied ones add nothing.

    A total that another line parts beside is one edge more.
    """
    nodes: dict[K, list[int]] = {key: [] for key, facts in cells.items() if facts.clients}
    beside: dict[K, list[Edge]] = defaultdict(list)
    for node, line in enumerate(lines, GROUND + 1):
        for key in () if line.is_implied else (line.total, *line.parts):
            if line.is_beside and key == line.total:
                beside[key].append((node, GROUND))
            elif key in nodes:
                nodes[key].append(node)
    return {key: [_pair(found), *beside[key]] for key, found in nodes.items()}


def _pair(nodes: Sequence[int]) -> Edge:
    one, other = (*nodes, GROUND, GROUND)[: max(2, len(nodes))]
    return one, other


def _walked(came: Mapping[int, tuple[int, K, Edge]], goal: int) -> Iterator[tuple[K, Edge]]:
    while goal in came:
        goal, key, edge = came[goal]
        yield key, edge
