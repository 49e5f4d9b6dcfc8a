"""Where a value stands beside others, and how it has moved (pure).

A value is a Decimal as it is shown: whole per cent, or a mean out of 4 with two decimals.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from statistics import median

LEAST = 11  # other establishments, as for every figure that leaves its owner (indicators.md)
MONTHS = 24


class Place(StrEnum):
    """Where a value stands among the others: in a quarter of them, or on a side of their median."""

    TOP = "top"
    ABOVE = "above"
    MIDDLE = "middle"
    BELOW = "below"
    BOTTOM = "bottom"


@dataclass(frozen=True, slots=True)
class Peers:
    """What is told of the others: their median, and one's place, None without a value of one's own."""

    median: Decimal
    place: Place | None


def peers(others: Sequence[Decimal], own: Decimal | None) -> Peers | None:
    """Give the median of at least 11 others, and one's place; None under 11.

    No rank is told, nor how many they are: a rank that moves with one's own next result would give the
    values of the others away, one by one.

    >>> peers([Decimal(each) for each in range(50, 61)], Decimal(59))
    Peers(median=Decimal('55'), place=<Place.TOP: 'top'>)
    >>> peers([Decimal(50)] * 10, Decimal(58)) is None
    True
    """
    if len(others) < LEAST:
        return None
    return Peers(median(others), None if own is None else place(others, own))


def place(others: Sequence[Decimal], own: Decimal) -> Place:
    """Say where a value stands: in the top quarter when at most a quarter of the others are at it or above.

    >>> others = [Decimal(each) for each in (10, 20, 30, 40)]
    >>> [str(place(others, Decimal(each))) for each in (40, 35, 30, 25, 20, 10)]
    ['top', 'top', 'above', 'middle', 'below', 'bottom']
    """
    above = sum(each >= own for each in others)
    below = sum(each <= own for each in others)
    if above != below and 4 * min(above, below) <= len(others):
        return Place.TOP if above < below else Place.BOTTOM
    middle = median(others)
    if own == middle:
        return Place.MIDDLE
    return Place.ABOVE if own > middle else Place.BELOW


def window(today: date) -> tuple[date, date]:
    """Give the 24 whole months before this one, its end left out.

    The results of a month come in together, once it is over: the day when one is issued moves nothing.

    >>> [str(each) for each in window(date(2026, 11, 30))]
    ['2024-11-01', '2026-11-01']
    """
    end = today.replace(day=1)
    return end.replace(year=end.year - MONTHS // 12), end


def moved(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    """Give how far a value has moved, None when one of both is unknown.

    >>> moved(Decimal(60), Decimal(72)), moved(None, Decimal(72))
    (Decimal('12'), None)
    """
    return None if before is None or after is None else after - before
