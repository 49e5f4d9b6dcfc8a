"""Which départements a period shows in territories, and in which (pure).

A longer period is the sum of its months, and a reader subtracts: what it says by territory has to be what
they say. So a month is parted where a territory that counts is open on its first day, and a longer period
where each of its months is, in the same territories.

- Once the last territory of a département closes, whoever lives there is outside of all: the month goes on
  as it began, the next one has no parts, and no longer period that holds both has any. Parted, it would add
  all of the later months to what is outside in the earlier ones: less these months, whole and published, it
  would say what a part of an earlier month hides. The audit adds up parts of one name alone, and would take
  those of the later months for answers that came late, of whom nobody knows what they said.
- A territory that begins inside a period takes in its middle whom its first months count outside of all: less
  these months, the period would say who they are. A month always begins with it, or without it.
- One that opens again changes nothing behind it: its département is parted again from the first month that
  begins so, and every cell keeps the name that it had.

The days of openings and closings are kept for ever, and a period is over when it is published: whenever that
is done, it is parted alike.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count, groupby, takewhile

from quality.measures.releases.periods import Period, months_after


@dataclass(frozen=True, slots=True)
class Territory:
    """A territory through time: it counts from the month `since` on, but after each day of closing.

    It closes and opens again in turn, in the order of days.
    """

    departement: str
    code: str
    since: date
    closings: tuple[date, ...] = ()
    reopenings: tuple[date, ...] = ()

    def is_open(self, first: date) -> bool:
        """Tell whether a month begins with it; one that closes or opens on that very day is as it was before.

        >>> lodeve = Territory("34", "lodeve", date(2026, 7, 1), (date(2026, 8, 15),), (date(2026, 10, 1),))
        >>> [month for month in range(6, 13) if lodeve.is_open(date(2026, month, 1))]
        [7, 8, 11, 12]
        """
        gone, back = (sum(day < first for day in days) for days in (self.closings, self.reopenings))
        return self.since <= first and gone == back

    def openings(self) -> Iterator[tuple[date, date | None]]:
        """Give the first and last month of each run of months that begin with it, by their first days.

        One without end has no last month.

        >>> lodeve = Territory("34", "lodeve", date(2026, 7, 1), (date(2026, 8, 15),), (date(2026, 10, 1),))
        >>> [(first.month, last and last.month) for first, last in lodeve.openings()]
        [(7, 8), (11, None)]
        """
        settled = months_after(max((self.since, *self.closings, *self.reopenings)).replace(day=1), 1)
        later = (months_after(self.since, month) for month in count())
        for is_open, run in groupby(takewhile(lambda first: first <= settled, later), self.is_open):
            if is_open:
                first, *others = run
                last = others[-1] if others else first
                yield first, None if last == settled else last

    @property
    def begins_on(self) -> date:
        """The first month that begins with it; the end of time where none does.

        >>> Territory("34", "lodeve", date(2026, 8, 1), (date(2026, 7, 20),), (date(2026, 8, 10),)).begins_on
        datetime.date(2026, 9, 1)
        >>> Territory("34", "lodeve", date(2026, 8, 1), (date(2026, 7, 20),)).begins_on
        datetime.date(9999, 12, 31)
        """
        return next((first for first, _last in self.openings()), date.max)


@dataclass(frozen=True, slots=True)
class Parted:
    """The départements that a period shows in territories, and these, as figures name them (`34-lodeve`)."""

    departements: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.departements)

    @property
    def values(self) -> tuple[list[str], list[str]]:
        """The last two values of a statement that counts by territory."""
        return list(self.departements), list(self.territories)


def parted_in(known: Iterable[Territory], period: Period) -> Parted:
    """Choose the départements that a period shows in territories.

    >>> from quality.measures.releases.periods import period
    >>> known = [Territory("34", "lodeve", date(2026, 7, 1), (date(2026, 8, 15),))]
    >>> [bool(parted_in(known, period(of))) for of in ("2026-06", "2026-07", "2026-08", "2026-09", "2026-Q3")]
    [False, True, True, False, False]
    >>> parted_in(known, period("2026-08")).territories
    ('34-lodeve',)
    """
    of_departement: dict[str, list[Territory]] = defaultdict(list)
    for each in known:
        of_departement[each.departement].append(each)
    places = [where for where in sorted(of_departement) if _is_parted(of_departement[where], period)]
    within = (each for where in places for each in of_departement[where])
    counted = [each for each in within if each.begins_on <= period.starts_on]
    return Parted(tuple(places), tuple(sorted(f"{each.departement}-{each.code}" for each in counted)))


def _is_parted(some: Iterable[Territory], period: Period) -> bool:
    """Tell whether each month of a period begins with an open one, and none begins after the first."""
    if any(period.starts_on < each.begins_on <= period.ends_on for each in some):
        return False
    firsts = (months_after(period.starts_on, month) for month in range(period.length))
    return all(any(each.is_open(first) for each in some) for first in firsts)
