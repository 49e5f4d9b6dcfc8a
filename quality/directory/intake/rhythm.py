"""Whether a provider's file is late: its own usual gap between files says so, no calendar does (pure)."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from statistics import median

FEWEST = 3  # two gaps, the least from which something usual can be told
LAST = 12


def days_late(received: Sequence[date], today: date) -> int | None:
    """Count the days since a file was expected; 0 while it is not, None when nothing is usual yet.

    `received` are the days of the files, in any order; a day counts once, and the last twelve tell the gap.

    >>> days_late([date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16)], date(2026, 11, 26))
    3
    >>> days_late([date(2026, 11, 2), date(2026, 11, 9)], date(2026, 11, 26)) is None
    True
    """
    days = sorted(set(received))[-LAST:]
    if len(days) < FEWEST:
        return None
    usual = median((after - before).days for before, after in pairwise(days))
    return max(0, (today - days[-1]).days - round(usual))
