"""The calendar of releases: months, quarters, years and rolling years; from when each may be.

A rolling year is four quarters that end with the first, second or third of a year; the fourth ends a year.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from functools import cache

from quality.errors import Refused

ONE_DAY = timedelta(days=1)
CLOSING_DAYS = 10  # the last request of a period is closed at the end of the tenth day after its last visit
WEST_DAYS = 1  # that day ends overseas while the next has begun in Paris
SHAPE = re.compile(
    r"(?P<year>[2-9]\d{3})(?:-(?:Q(?P<quarter>[1-4])|R(?P<rolling>[1-3])|(?P<month>0[1-9]|1[0-2])))?"
)


class Length(IntEnum):
    """How many months a period has."""

    MONTH = 1
    QUARTER = 3
    YEAR = 12


@dataclass(frozen=True, slots=True)
class Period:
    """A month, a quarter, a year or a rolling year, by its code and its first and last days."""

    code: str
    starts_on: date
    ends_on: date

    @property
    def length(self) -> Length:
        return Length((self.ends_on.month - self.starts_on.month) % 12 + 1)

    def contains(self, other: "Period") -> bool:
        return self.starts_on <= other.starts_on and other.ends_on <= self.ends_on

    @property
    def releasable_on(self) -> date:
        """The first day in Paris that begins with every request of the period closed, overseas too."""
        return self.ends_on + timedelta(days=CLOSING_DAYS + WEST_DAYS + 1)


@cache
def period(code: str) -> Period:
    """Read a code.

    >>> period("2026-11").ends_on, period("2026-Q3").starts_on, period("2026").ends_on
    (datetime.date(2026, 11, 30), datetime.date(2026, 7, 1), datetime.date(2026, 12, 31))
    >>> period("2026-R3").starts_on, period("2026-R3").ends_on
    (datetime.date(2025, 10, 1), datetime.date(2026, 9, 30))
    """
    found = SHAPE.fullmatch(code)
    if not found:
        raise Refused(
            "La période « {code} » n’existe pas. Écrivez 2026-11, 2026-Q3, 2026-R3 ou 2026.", code=code
        )
    year = int(found["year"])
    if found["month"]:
        return _span(code, date(year, int(found["month"]), 1), Length.MONTH)
    if found["quarter"]:
        return _span(code, date(year, 3 * int(found["quarter"]) - 2, 1), Length.QUARTER)
    if found["rolling"]:
        return _span(code, date(year - 1, 3 * int(found["rolling"]) + 1, 1), Length.YEAR)
    return _span(code, date(year, 1, 1), Length.YEAR)


def _span(code: str, first: date, length: Length) -> Period:
    return Period(code, first, months_after(first, length) - ONE_DAY)


def months_after(first: date, months: int) -> date:
    """Return the first day so many months later.

    >>> months_after(date(2026, 11, 1), 3)
    datetime.date(2027, 2, 1)
    """
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)


def month_of(day: date) -> Period:
    """Give the month of a day.

    >>> month_of(date(2026, 11, 24)).code
    '2026-11'
    """
    return period(f"{day.year}-{day.month:02}")


def parent(code: str) -> str | None:
    """Give the calendar period just above; a year has none.

    >>> parent("2026-11"), parent("2026-Q4"), parent("2026")
    ('2026-Q4', '2026', None)
    """
    of = period(code)
    if of.length is Length.YEAR:
        return None
    return str(of.starts_on.year) if of.length is Length.QUARTER else _quarter_code(of.starts_on)


def _quarter_code(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def ancestors(code: str) -> tuple[str, ...]:
    """Give the periods that contain this one: the calendar's, the nearest first, then the rolling years.

    >>> ancestors("2026-05")
    ('2026-Q2', '2026', '2026-R2', '2026-R3', '2027-R1')
    """
    above = parent(code)
    if above is None:
        return ()
    return (above, *ancestors(above)) if period(code).length is Length.MONTH else (above, *_rolling(code))


def _rolling(quarter: str) -> Iterator[str]:
    starts_on = period(quarter).starts_on
    for place in range(4):
        ends = _quarter_code(months_after(starts_on, Length.QUARTER * place))
        if not ends.endswith("Q4"):
            yield ends.replace("Q", "R")


def is_rolling(code: str) -> bool:
    """Tell whether a year is not one of the calendar.

    >>> is_rolling("2026-R3"), is_rolling("2026"), is_rolling("2026-Q3")
    (True, False, False)
    """
    return "R" in code


def months_of(code: str) -> tuple[str, ...]:
    """Give the months of a period.

    >>> months_of("2026-Q3")
    ('2026-07', '2026-08', '2026-09')
    """
    of = period(code)
    return tuple(month_of(months_after(of.starts_on, place)).code for place in range(of.length))


@cache
def children(code: str) -> tuple[str, ...]:
    """Give the periods just below: a quarter's months, the quarters of a year.

    >>> children("2026"), children("2026-07")
    (('2026-Q1', '2026-Q2', '2026-Q3', '2026-Q4'), ())
    >>> children("2026-R1")
    ('2025-Q2', '2025-Q3', '2025-Q4', '2026-Q1')
    """
    length = Length.MONTH if period(code).length is Length.QUARTER else Length.QUARTER
    return tuple(each for each in descendants(code) if period(each).length is length)


def descendants(code: str) -> tuple[str, ...]:
    """Give all finer periods inside.

    >>> descendants("2026-Q1")
    ('2026-01', '2026-02', '2026-03')
    >>> len(descendants("2026"))
    16
    """
    return tuple(dict.fromkeys(_finer(code)))


def _finer(code: str) -> Iterator[str]:
    for month in months_of(code):
        for each in (month, *ancestors(month)):
            if period(each).length < period(code).length:
                yield each


def whole_months(starts_on: date, ends_on: date | None) -> tuple[date, date | None] | None:
    """Give the first day of the first month that dates hold entirely, and the last day of the last one.

    Without end there is no last one; None where no month is whole.

    >>> whole_months(date(2026, 11, 15), date(2027, 1, 31))
    (datetime.date(2026, 12, 1), datetime.date(2027, 1, 31))
    >>> whole_months(date(2026, 11, 1), None), whole_months(date(2026, 11, 15), date(2026, 12, 14))
    ((datetime.date(2026, 11, 1), None), None)
    """
    first = starts_on if starts_on.day == 1 else months_after(starts_on.replace(day=1), 1)
    if ends_on is None:
        return first, None
    last = (ends_on + ONE_DAY).replace(day=1) - ONE_DAY
    return (first, last) if first < last else None


def months_within(code: str, starts_on: date, ends_on: date | None) -> tuple[str, ...]:
    """Give the months of a period that dates hold entirely.

    >>> months_within("2026-Q4", date(2025, 1, 1), date(2026, 11, 24))
    ('2026-10',)
    """
    whole = whole_months(starts_on, ends_on)
    if whole is None:
        return ()
    first, last = whole
    each = (period(month) for month in months_of(code))
    return tuple(of.code for of in each if first <= of.starts_on and (last is None or of.ends_on <= last))


def releasable(code: str, today: date) -> bool:
    """Tell whether a period has ended and its requests are closed.

    >>> releasable("2026-10", date(2026, 11, 11)), releasable("2026-10", date(2026, 11, 12))
    (False, True)
    """
    return today >= period(code).releasable_on


def releasables(first: date, today: date) -> tuple[str, ...]:
    """Give what may be published since a first month; a period comes after the finer ones inside it.

    A rolling year is once it has four quarters.

    >>> releasables(date(2026, 8, 1), date(2026, 10, 20))
    ('2026-08', '2026-09', '2026-Q3')
    >>> releasables(date(2025, 11, 1), date(2026, 10, 20))[-4:]
    ('2026-08', '2026-09', '2026-Q3', '2026-R3')
    """
    found: set[str] = set()
    month = month_of(first)
    while month.starts_on <= today:
        found.update(each for each in (month.code, *ancestors(month.code)) if releasable(each, today))
        month = month_of(months_after(month.starts_on, 1))
    whole = (each for each in found if not is_rolling(each) or found.issuperset(children(each)))
    return tuple(sorted(whole, key=_order))


def _order(code: str) -> tuple[date, int]:
    of = period(code)
    return of.ends_on, of.length


def newest(codes: Iterable[str]) -> list[str]:
    """Sort codes, the newest first; of two that end together, the longer first.

    >>> newest(["2026-08", "2026-Q3", "2026-09"])
    ['2026-Q3', '2026-09', '2026-08']
    """
    return sorted(codes, key=_order, reverse=True)


def first_shown(codes: Iterable[str]) -> str | None:
    """Choose what is read first of what is published: the newest quarter, or the newest period without any.

    >>> first_shown(["2026-08", "2026-Q2", "2026-10"]), first_shown(["2026-10", "2026-08"]), first_shown([])
    ('2026-Q2', '2026-10', None)
    """
    known = newest(codes)
    quarters = (code for code in known if period(code).length is Length.QUARTER)
    return next(quarters, next(iter(known), None))


def next_releasable(today: date) -> Period:
    """Give the first month that may not be published yet, when nothing may be.

    >>> next_releasable(date(2026, 11, 24)).code, next_releasable(date(2026, 11, 11)).code
    ('2026-11', '2026-10')
    """
    month = month_of(months_after(today.replace(day=1), -1))
    return month if not releasable(month.code, today) else month_of(today)
