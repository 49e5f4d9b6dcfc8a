"""Where a provider stands among its peers, none of them named and none ranked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
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


def place(own: Moments, peers: Sequence[Moments]) -> Place | None:
    """Compare a provider with each peer of eleven clients, all intervals holding together at 95 %.

    A peer is lower or higher when the whole interval of the difference lies on one side (Newcombe 1998,
    Bonferroni). None under eleven own clients, or eleven such peers.

    >>> def of_hundred(x):
    ...     return Moments.of([(1, 1)] * x + [(1, 0)] * (100 - x))
    >>> place(of_hundred(85), [*map(of_hundred, range(80, 92)), of_hundred(50), of_hundred(100)])
    Place(lower=1, alike=12, higher=1)
    """
    others = [peer for peer in peers if peer.clients >= FEWEST_CLIENTS]
    if own.clients < FEWEST_CLIENTS or len(others) < FEWEST_OTHERS:
        return None
    gaps = [compared(peer, own, len(others)) for peer in others]
    lower, higher = sum(gap.high < 0 for gap in gaps), sum(gap.low > 0 for gap in gaps)
    return Place(lower, len(gaps) - lower - higher, higher)


def places(group: Sequence[Moments]) -> list[Place | None]:
    """Place each of a group among the others, as `place` does; their intervals are computed once.

    >>> group = [Moments.of([(1, 1)] * x + [(1, 0)] * (100 - x)) for x in (85, *range(80, 92), 50, 100)]
    >>> places(group)[0]
    Place(lower=1, alike=12, higher=1)
    """
    kept = [place for place, each in enumerate(group) if each.clients >= FEWEST_CLIENTS]
    others = len(kept) - 1
    found: list[Place | None] = [None] * len(group)
    if others < FEWEST_OTHERS:
        return found
    z = NormalDist().inv_cdf(1 - 0.05 / (2 * others))
    shares = [each for at in kept if (each := share(group[at], z)) is not None]
    for at, own in zip(kept, shares, strict=True):
        lower = sum(_is_lower(each, own) for each in shares)
        higher = sum(_is_lower(own, each) for each in shares)
        found[at] = Place(lower, others - lower - higher, higher)
    return found


def _is_lower(one: Estimate, other: Estimate) -> bool:
    """Tell whether the whole interval of the difference says so (Newcombe 1998, method 10)."""
    gap = other.value - one.value
    return gap > 0 and gap > math.hypot(other.value - other.low, one.high - one.value)
