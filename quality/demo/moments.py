"""When the story happens: where the virtual clock starts, and the instants that tell the past (pure).

The far past is told twice a week, when the files arrive; the last five working days are told hour by hour,
since they go through the real sending.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from quality.directory.holidays import is_holiday
from quality.measures.releases.periods import month_of, releasable

PARIS, HERAULT = ZoneInfo("Europe/Paris"), "34"
TUESDAY, FRIDAY = 2, 5
RELEASED_MONTHS = 17  # a year and a half with the months still open; a control chart reads 13 points
LIVE_DAYS = 5
OPENING = time(10, 30)
FILES_AT, EVENING_AT = time(8), time(19, 5)
WATCHED = tuple(time(hour, 2) for hour in (10, 11, 12, 14, 15, 16, 17, 18))
LAST_MORNING = (time(10), time(10, 9), time(10, 17), time(10, 26))
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant of the story; a live one sends for real."""

    at: datetime
    is_live: bool


def starts_at(real: datetime) -> datetime:
    """Return where the clock starts: the Tuesday of the week at 10:30, or the next working day.

    >>> starts_at(datetime(2026, 11, 29, 22, tzinfo=UTC)).isoformat()
    '2026-11-24T09:30:00+00:00'
    >>> starts_at(datetime(2029, 5, 2, 9, tzinfo=UTC)).isoformat()
    '2029-05-02T08:30:00+00:00'
    """
    today = real.astimezone(PARIS).date()
    day = today + (TUESDAY - today.isoweekday()) * ONE_DAY
    while not is_working(day):
        day += ONE_DAY
    return instant(day, OPENING)


def is_working(day: date) -> bool:
    return day.isoweekday() <= FRIDAY and not is_holiday(day, HERAULT)


def instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, PARIS).astimezone(UTC)


def first_day(start: datetime) -> date:
    """Return the first day of the story, so that seventeen months can be published.

    >>> first_day(datetime(2026, 11, 24, 9, 30, tzinfo=UTC))
    datetime.date(2025, 6, 1)
    """
    today = start.astimezone(PARIS).date()
    month = month_of(today)
    while not releasable(month.code, today):
        month = month_of(month.starts_on - ONE_DAY)
    for _ in range(RELEASED_MONTHS - 1):
        month = month_of(month.starts_on - ONE_DAY)
    return month.starts_on


def live_days(start: datetime) -> list[date]:
    """Return the five working days before the one on which the clock starts."""
    found: list[date] = []
    day = start.astimezone(PARIS).date()
    while len(found) < LIVE_DAYS:
        day -= ONE_DAY
        if is_working(day):
            found.append(day)
    return found[::-1]


def moments(start: datetime) -> tuple[Moment, ...]:
    """Return every instant of the story, in order."""
    live = live_days(start)
    past = [Moment(instant(day, FILES_AT), is_live=False) for day in _file_days(first_day(start), live[0])]
    return (*past, *(Moment(at, is_live=True) for at in _live(live, start)))


def arrivals(start: datetime, *, daily: bool) -> list[datetime]:
    """Return when a provider's files arrive: twice a week, and each evening of the last days for some."""
    live = live_days(start)
    today = start.astimezone(PARIS).date()
    mornings = [instant(day, FILES_AT) for day in _file_days(first_day(start), today + ONE_DAY)]
    if not daily:
        return mornings
    past = [at for at in mornings if at < instant(live[0], FILES_AT)]
    return past + [instant(day, EVENING_AT) for day in live]


def _file_days(first: date, end: date) -> Iterator[date]:
    """Give the first working day from each Tuesday and each Friday, before `end`."""
    day = first
    while day < end:
        if is_working(day) and _is_due(day):
            yield day
        day += ONE_DAY


def _is_due(day: date) -> bool:
    before = day
    while before.isoweekday() not in {TUESDAY, FRIDAY}:
        before -= ONE_DAY
        if is_working(before):
            return False
    return True


def _live(days: Iterable[date], start: datetime) -> Iterator[datetime]:
    for day in days:
        yield from (instant(day, at) for at in (FILES_AT, *WATCHED, EVENING_AT))
    yield from (instant(start.astimezone(PARIS).date(), at) for at in (FILES_AT, *LAST_MORNING))
