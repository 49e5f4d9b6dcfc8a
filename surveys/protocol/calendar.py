"""The allowed hours of a place, computed in UTC."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from quality.directory.geography import zone_of
from quality.directory.holidays import easter, holidays, is_holiday

__all__ = [
    "DayPart",
    "Slot",
    "Window",
    "day_part",
    "easter",
    "holidays",
    "is_holiday",
    "midnight",
    "next_slot",
]

LOOK_AHEAD_DAYS = 60
ONE_DAY = timedelta(days=1)


class DayPart(StrEnum):
    """The half of a day in which a call is tried."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True, cache_hash=True):
    """Allowed hours: ISO weekdays (1 is Monday) and half-open spans of local time.

    A span that ends at or before its start crosses midnight: it belongs to the day it opens on and
    stops at midnight when the next day is not allowed. `closed` are the days a platform is shut.
    """

    days: frozenset[int]
    spans: tuple[tuple[time, time], ...]
    holidays: bool = False
    closed: frozenset[date] = frozenset()

    def allows(self, day: date, departement: str) -> bool:
        if day.isoweekday() not in self.days or day in self.closed:
            return False
        return self.holidays or not is_holiday(day, departement)


@dataclass(frozen=True, slots=True)
class Slot:
    """A half-open stretch of allowed time, in UTC."""

    opens_at: datetime
    closes_at: datetime


def day_part(instant: datetime, zone: ZoneInfo) -> DayPart:
    """Tell the part of the local day; the afternoon begins at 13:00.

    >>> str(day_part(datetime(2026, 11, 17, 12, 30, tzinfo=UTC), ZoneInfo("Europe/Paris")))
    'afternoon'
    """
    return DayPart.MORNING if instant.astimezone(zone).time() < time(13) else DayPart.AFTERNOON


def midnight(instant: datetime, departement: str, days: int = 0) -> datetime:
    """Give the UTC instant at which the local day of `instant`, moved by `days`, begins.

    >>> midnight(datetime(2026, 11, 17, 22, 30, tzinfo=UTC), "974", days=1).isoformat()
    '2026-11-18T20:00:00+00:00'
    """
    return _begins(instant.astimezone(zone_of(departement)).date() + timedelta(days=days), departement)


@lru_cache(8192)
def _begins(day: date, departement: str) -> datetime:
    return _instant(day, time(), zone_of(departement))


def next_slot(
    after: datetime, departement: str, window: Window, until: datetime | None = None
) -> Slot | None:
    """Give the first allowed stretch at or after an instant, cut at `until`; None when there is none.

    Local times become UTC before anything is compared, since an aware sum is wall arithmetic. A time that
    does not exist becomes the next one that does; an hour that comes twice is used the first time only.

    >>> window = Window(frozenset({1, 2, 3, 4, 5}), ((time(10), time(13)), (time(14), time(19))))
    >>> slot = next_slot(datetime(2026, 11, 13, 18, 30, tzinfo=UTC), "34", window)
    >>> slot.opens_at.isoformat(), slot.closes_at.isoformat()
    ('2026-11-16T09:00:00+00:00', '2026-11-16T12:00:00+00:00')
    """
    if after.tzinfo is None:
        raise ValueError("a naive instant has no place")
    for slot in _slots(after, departement, window):
        if until is not None and max(slot.opens_at, after) >= until:
            return None
        if slot.closes_at > after:
            closes_at = slot.closes_at if until is None else min(slot.closes_at, until)
            return Slot(max(slot.opens_at, after).astimezone(UTC), closes_at.astimezone(UTC))
    return None


def _slots(after: datetime, departement: str, window: Window) -> Iterator[Slot]:
    """Give the allowed stretches in order, from the eve (a span may cross midnight) to the look-ahead."""
    eve = after.astimezone(zone_of(departement)).date() - ONE_DAY
    for offset in range(LOOK_AHEAD_DAYS + 2):
        yield from _slots_on(eve + timedelta(days=offset), departement, window)


@lru_cache(maxsize=4096)
def _slots_on(day: date, departement: str, window: Window) -> tuple[Slot, ...]:
    """Give the stretches that begin on a local day: the same for everybody who lives there."""
    if not window.allows(day, departement):
        return ()
    zone = zone_of(departement)
    goes_on = window.allows(day + ONE_DAY, departement)
    return tuple(
        slot
        for opens, closes in sorted(window.spans)
        for slot in _stretches(day, opens, closes, zone, goes_on)
    )


def _stretches(day: date, opens: time, closes: time, zone: ZoneInfo, goes_on: bool) -> Iterator[Slot]:
    start = _instant(day, opens, zone)
    if closes > opens:
        end = _instant(day, closes, zone)
    else:
        end = _instant(day + ONE_DAY, closes if goes_on else time(), zone)
    for opens_at, closes_at in _without_repeated_hour(start, end, zone):
        if opens_at < closes_at:
            yield Slot(opens_at, closes_at)


@lru_cache(4096)
def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Turn a local time into UTC: the first of two, the next valid one when it does not exist."""
    wall = datetime.combine(day, at, zone)
    instant = wall.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return instant
    return _change(wall.replace(fold=1).astimezone(UTC), instant, zone)


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Find, to the second, when the offset changes between two instants."""
    old = before.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return before + timedelta(seconds=high)


def _without_repeated_hour(start: datetime, end: datetime, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    old, new = start.astimezone(zone).utcoffset(), end.astimezone(zone).utcoffset()
    if old is None or new is None or new >= old:
        return [(start, end)]
    change = _change(start, end, zone)
    return [(start, change), (change + (old - new), end)]
