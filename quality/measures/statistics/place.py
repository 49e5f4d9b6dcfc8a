"""Where a provider stands among its peers, none of them named and none ranked."""

import math
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

from quality.measures.statistics.funnel import FEWEST_CLIENTS
from quality.measures.statistics.shares import Estimate, Moments, compared, share

FEWEST_OTHERS = 11  # fewer, and a count of them would name them


@dataclass(frozen=True, slots=True)
class Place:
    """How many peers have surely a lower share, how many a higher one; of the others chance may decide."""

    lower: int
    alike: int
    higher: int


def place(own: Moments, peers: Sequence[Sequence[Moments]]) -> Place | None:
    """Compare a provider with each peer, told by its figures of eleven clients (one a département).

    A figure is lower or higher when the whole interval of the difference lies on one side, all intervals
    holding together at 95 % (Newcombe 1998, Bonferroni); a peer, when all its figures are. None under
    eleven own clients, or eleven such peers.

    >>> def of_hundred(x):
    ...     return Moments.of([(1, 1)] * x + [(1, 0)] * (100 - x))
    >>> place(of_hundred(85), [[of_hundred(x)] for x in (*range(80, 92), 50, 100)])
    Place(lower=1, alike=12, higher=1)
    >>> place(of_hundred(85), [[of_hundred(50), of_hundred(84)]] * 11)
    Place(lower=0, alike=11, higher=0)
    """
    kept = [[each for each in peer if each.clients >= FEWEST_CLIENTS] for peer in peers]
    others = [peer for peer in kept if peer]
    if own.clients < FEWEST_CLIENTS or len(others) < FEWEST_OTHERS:
        return None
    count = sum(map(len, others))
    gaps = [[compared(each, own, count) for each in peer] for peer in others]
    lower = sum(all(gap.high < 0 for gap in peer) for peer in gaps)
    higher = sum(all(gap.low > 0 for gap in peer) for peer in gaps)
    return Place(lower, len(gaps) - lower - higher, higher)


def places(group: Sequence[tuple[Hashable, Moments]]) -> list[Place | None]:
    """Place each figure of a group, given with its provider, among the other providers, as `place` does.

    >>> def of_hundred(x):
    ...     return Moments.of([(1, 1)] * x + [(1, 0)] * (100 - x))
    >>> places([(code, of_hundred(x)) for code, x in enumerate((85, *range(80, 92), 50, 100))])[0]
    Place(lower=1, alike=12, higher=1)
    """
    of_provider: dict[Hashable, list[Moments]] = defaultdict(list)
    for provider, each in group:
        if each.clients >= FEWEST_CLIENTS:
            of_provider[provider].append(each)
    figures = sum(map(len, of_provider.values()))

    @cache
    def estimates(z: float) -> dict[Hashable, list[Estimate]]:
        return {
            provider: [found for each in those if (found := share(each, z))]
            for provider, those in of_provider.items()
        }

    def among(provider: Hashable, own: Moments) -> Place | None:
        if own.clients < FEWEST_CLIENTS or len(of_provider) <= FEWEST_OTHERS:
            return None
        z = NormalDist().inv_cdf(1 - 0.05 / (2 * (figures - len(of_provider[provider]))))
        mine, known = share(own, z), estimates(z)
        if mine is None:
            return None
        peers = [those for peer, those in known.items() if those and peer != provider]
        lower = sum(all(_is_lower(each, mine) for each in peer) for peer in peers)
        higher = sum(all(_is_lower(mine, each) for each in peer) for peer in peers)
        return Place(lower, len(peers) - lower - higher, higher)

    return [among(provider, own) for provider, own in group]


def _is_lower(one: Estimate, other: Estimate) -> bool:
    """Tell whether the whole interval of the difference says so (Newcombe 1998, method 10)."""
    gap = other.value - one.value
    return gap > 0 and gap > math.hypot(other.value - other.low, one.high - one.value)
