"""The median of delays counted by whole days, each case looked at after 15 days and after 60."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from math import ceil

from quality.measures.statistics.shares import Interval, Moments, effective
from quality.measures.statistics.survival import Step, earliest_half, median_of, survival_of

FIRST_LOOK, LAST_LOOK = 15, 60  # days; a longer delay reads as the last
COUNTS = LAST_LOOK + 2
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Unreached(Interval):
    """A median that fewer than half reached while they were seen: only its bounds are known."""

    @property
    def is_bound(self) -> bool:
        return True


def counted(delay: timedelta | None, seen: timedelta) -> tuple[int, ...]:
    """Give the 62 counts of one case: open at its first look, over on day 1 to 60, open at its last look.

    A case over after a look counts as open until the next one, so that what is seen never depends on how it
    ended. A day is 24 hours, begun or whole: over within 15 days is over on day 15 at the latest.

    >>> [counted(timedelta(hours=hours), 15 * DAY).index(1) for hours in (0, 24, 25, 360, 361)]
    [1, 1, 2, 15, 0]
    >>> [counted(each, 61 * DAY).index(1) for each in (20 * DAY, 70 * DAY, None)]
    [20, 61, 61]
    """
    last = LAST_LOOK if seen >= LAST_LOOK * DAY else FIRST_LOOK
    day = None if delay is None else max(1, ceil(delay / DAY))
    place = day if day is not None and day <= last else 0 if last == FIRST_LOOK else COUNTS - 1
    return tuple(int(each == place) for each in range(COUNTS))


def median_delay(counts: Sequence[int], m: Moments) -> Interval | None:
    """Give the days within which half are over, from the counts of all cases (Kaplan and Meier 1958).

    Cases still open at their first look, whose last one is to come, are censored there. Those open at the
    last one count as over on its day: 60 means 60 or more. `m` are the moments over clients of the cases and
    of those over within 15 days: their design effect widens the interval (Kish 1965). Fewer than half
    over while they were seen: only the lower bound says something.

    >>> quick = [0, *([1] * 11), *([0] * 50)]
    >>> median_delay(quick, Moments.of([(1, 1)] * 11))
    Interval(exact=Fraction(6, 1), low=2.0, high=9.0)
    >>> median_delay([9, *([1] * 8), *([0] * 53)], Moments.of([(1, 1)] * 8 + [(1, 0)] * 9)).is_bound
    True
    """
    if not m.n:
        return None
    steps, deff = _steps(counts), _deff(m)
    found = median_of(steps, deff)
    if found is None:
        low = earliest_half(steps, deff)
        return Unreached(Fraction(LAST_LOOK), float(FIRST_LOOK if low is None else low), float(LAST_LOOK))
    high = LAST_LOOK if found.high is None else found.high
    return Interval(Fraction(found.value), float(found.low), float(high))


def _deff(m: Moments) -> float:
    """Give the design effect of the share over within 15 days: 1 where no client has two cases."""
    return max(1.0, float(m.n * (m.clients - 1) / (m.clients * effective(m))))


def _steps(counts: Sequence[int]) -> tuple[Step, ...]:
    early, *days, late = counts
    ends = Counter[float]({day: count for day, count in enumerate(days, 1) if count})
    ends[LAST_LOOK] += late
    return survival_of(ends, ends + Counter[float]({FIRST_LOOK: early}))
