"""Unions of parts of two families, of which one less the other leaves a few clients (pure).

Two families part the same answers: each answer stands in one part of each, a pair. Take any parts of both:
the one family's less the other's tell of the clients who have an answer of which one part alone is taken.
Parts are nodes and pairs edges, so a choice is a cut, and these clients are those who have an edge in it.
Weights tell no more: those whom the parts of one weight or more leave are among those whom all of them leave.

Parts that 11 clients join are never cut apart and make one node; the few nodes that are then left are taken
or not in turn. In general, to cut the fewest of some sets of edges is hard (Zhang et al. 2011,
"Approximation and hardness results for label cut and related problems").
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from quality.measures.disclosure.lattice import Place
from quality.measures.disclosure.status import HIDDEN_UNDER

MOST_CHOICES = 2_000  # then somebody is taken to be left
Pair = tuple[Place, Place]  # parts of the two families that some answers stand in
Clients = Mapping[frozenset[Pair], int]  # how many have their answers in the same pairs
Choice = Mapping[Place, bool]  # of the nodes decided so far, which are taken
Leaves = tuple[int, int]  # the clients whom a node leaves if it is taken, and if it is not


def crossing(clients: Clients, outside: Place) -> frozenset[Place]:
    """Find parts of both families that leave 1 to 10 clients, none where no choice does; never `outside`.

    >>> aide, cap, lodeve, est = (("", each, "") for each in ("aide", "cap", "lodeve", "est"))
    >>> pairs = {(lodeve, aide): 45, (lodeve, cap): 5, (est, cap): 60}
    >>> found = crossing({frozenset({pair}): number for pair, number in pairs.items()}, est)
    >>> sorted(code for _, code, _ in found)
    ['aide', 'lodeve']
    """
    nodes, apart = _joined(clients)
    sizes = Counter(nodes.values())
    wholes = _leaders(pair for pairs in apart for pair in pairs)
    for leader in sorted(set(wholes.values())):
        inside = frozenset(node for node, of in wholes.items() if of == leader)
        fixed = nodes.get(outside, outside)
        start = fixed if fixed in inside else max(sorted(inside), key=lambda node: sizes[node])
        if found := _thin(apart, inside, start):
            return frozenset(part for part, node in nodes.items() if node in found)
    return frozenset()


def _joined(clients: Clients) -> tuple[dict[Place, Place], Clients]:
    """Give the node that each part is in, and who stands in several nodes: fewer than 11 in each two."""
    nodes = {part: part for pairs in clients for pair in pairs for part in pair}
    apart = _moved(clients, nodes)
    while leaders := _leaders(pair for pair, shared in _shared(apart).items() if shared >= HIDDEN_UNDER):
        nodes = {part: leaders.get(node, node) for part, node in nodes.items()}
        apart = _moved(apart, leaders)
    return nodes, apart


def _shared(clients: Clients) -> Mapping[Pair, int]:
    found: Counter[Pair] = Counter()
    for pairs, number in clients.items():
        for pair in pairs:
            found[pair] += number
    return found


def _moved(clients: Clients, nodes: Mapping[Place, Place]) -> Clients:
    """Put nodes in the place of parts; who stands in one node only is never left."""
    moved = {
        pair: (min(new), max(new))
        for pair in {pair for pairs in clients for pair in pairs}
        if len(new := {nodes.get(part, part) for part in pair}) > 1
    }
    found: Counter[frozenset[Pair]] = Counter()
    for pairs, number in clients.items():
        found[frozenset(moved[pair] for pair in pairs if pair in moved)] += number
    del found[frozenset()]
    return found


def _leaders(pairs: Iterable[Pair]) -> dict[Place, Place]:
    """Name all that pairs join, directly or not, by one of them, whatever order they come in."""
    leaders: dict[Place, Place] = {}
    members: dict[Place, list[Place]] = {}
    for pair in sorted(set(pairs)):
        for part in pair:
            if part not in leaders:
                leaders[part], members[part] = part, [part]
        kept, gone = (leaders[part] for part in pair)
        if kept != gone:
            leaders |= dict.fromkeys(members[gone], kept)
            members[kept] += members.pop(gone)
    return leaders


def _thin(clients: Clients, nodes: frozenset[Place], start: Place) -> frozenset[Place]:
    """Take each of the nodes that pairs join to `start` or not, while fewer than 11 clients are left.

    These nodes are one whole: any choice of some of them leaves somebody.
    """
    found = ((sorted(pair for pair in pairs if pair[0] in nodes), n) for pairs, n in clients.items())
    within = [(pairs, number) for pairs, number in found if pairs]
    ahead: list[Choice] = [{start: False}]
    for _ in range(MOST_CHOICES):
        if not ahead:
            return frozenset()
        choice = ahead.pop()
        left, leaves = _left(within, choice)
        if left + sum(map(min, leaves.values())) < HIDDEN_UNDER:
            taken = frozenset(node for node, is_taken in choice.items() if is_taken)
            if taken and len(choice) == len(nodes):
                return taken
            ahead += _further(choice, nodes, leaves)
    return nodes - {start}


def _left(
    clients: Iterable[tuple[Sequence[Pair], int]], choice: Choice
) -> tuple[int, Mapping[Place, Leaves]]:
    """Count who is left whatever is chosen further, and by each node who is if it is taken, or is not.

    Each client is counted once at most, so that the least of each node adds up.
    """
    left, leaves = 0, defaultdict[Place, Leaves](lambda: (0, 0))
    for pairs, number in clients:
        decided = [(choice.get(one), choice.get(other)) for one, other in pairs]
        if (True, False) in decided or (False, True) in decided:
            left += number
            continue
        for (one, other), (first, second) in zip(pairs, decided, strict=True):
            if (first is None) != (second is None):
                node, is_taken = (one, second) if first is None else (other, first)
                if_taken, if_not = leaves[node]
                leaves[node] = (if_taken, if_not + number) if is_taken else (if_taken + number, if_not)
                break
    return left, leaves


def _further(choice: Choice, nodes: Collection[Place], leaves: Mapping[Place, Leaves]) -> Iterator[Choice]:
    """Decide one node more both ways, the one that matters most; the likelier way comes last, to go first."""
    free = leaves or {node: (0, 0) for node in nodes if node not in choice}
    if free:
        node = max(sorted(free), key=lambda each: (min(free[each]), sum(free[each])))
        if_taken, if_not = free[node]
        for is_taken in (if_taken >= if_not, if_taken < if_not):
            yield {**choice, node: is_taken}
