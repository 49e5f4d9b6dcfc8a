"""The sums that a cell holds: n and Σx, then its parts where it has some (pure, see `Cell`)."""

from collections.abc import Sequence
from itertools import zip_longest

Sums = tuple[int, ...]


def plus(one: Sequence[int], other: Sequence[int]) -> Sums:
    """Add two sums, one of which may be of nothing yet.

    >>> plus((0, 0), (1, 2, 0, 1)), plus((1, 1), (1, 0))
    ((1, 2, 0, 1), (2, 1))
    """
    return tuple(a + b for a, b in zip_longest(one, other, fillvalue=0))


def minus(one: Sequence[int], other: Sequence[int]) -> Sums:
    """Take sums from others.

    >>> minus((1, 2, 0, 1), (1, 0, 1, 0)), minus((1, 1), ())
    ((0, 2, -1, 1), (1, 1))
    """
    return plus(one, [-each for each in other])
