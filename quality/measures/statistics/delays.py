"""The median of delays that are all over; `survival.py` has those that may still be open."""

import math
from collections.abc import Iterable
from fractions import Fraction

from quality.measures.statistics.shares import Interval

TAIL = Fraction(1, 40)


def median(delays: Iterable[int | float | Fraction]) -> Interval | None:
    """Give the median and the order statistics that hold it at 95 % or more, whatever the law.

    The j-th smallest and j-th largest, j the largest rank with P(B(n, 1/2) < j) ≤ 2.5 % (Conover 1999, 3.2).
    Under six delays nothing bounds it but 0.

    >>> median(range(1, 12))
    Interval(exact=Fraction(6, 1), low=2.0, high=10.0)
    >>> median([3, 4])
    Interval(exact=Fraction(7, 2), low=0.0, high=inf)
    """
    ordered = sorted(delays)
    count = len(ordered)
    if not count:
        return None
    middle = (Fraction(ordered[(count - 1) // 2]) + Fraction(ordered[count // 2])) / 2
    rank = _rank(count)
    if not rank:
        return Interval(exact=middle, low=0.0, high=math.inf)
    return Interval(exact=middle, low=float(ordered[rank - 1]), high=float(ordered[count - rank]))


def _rank(count: int) -> int:
    """Find the largest j with 2^−n · Σ C(n, i), i < j, within the tail; whole numbers throughout."""
    room, term, total, rank = TAIL * 2**count, 1, 0, 0
    while total + term <= room:
        total += term
        term = term * (count - rank) // (rank + 1)
        rank += 1
    return rank
