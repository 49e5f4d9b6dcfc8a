"""How many agents an hour needs: calls spread over their windows, over what one agent makes (pure)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from surveys.protocol.calendar import ONE_DAY, Window

HOUR = timedelta(hours=1)
Hour = tuple[date, int]


@dataclass(frozen=True, slots=True)
class Load:
    """Calls that may be made at any moment of a stretch."""

    opens_at: datetime
    closes_at: datetime
    calls: int


@dataclass(frozen=True, slots=True)
class Shift:
    """The working hours of one agent, in minutes of the local day."""

    starts_minute: int
    ends_minute: int

    def covers(self, hour: int) -> bool:
        return self.starts_minute <= hour * 60 and self.ends_minute >= hour * 60 + 60


@dataclass(frozen=True, slots=True)
class Need:
    """One hour of the desk: the calls expected, the agents they need, and those whose shift covers it."""

    day: date
    hour: int
    calls: float
    agents: int
    present: int

    @property
    def missing(self) -> int:
        return max(self.agents - self.present, 0)


def by_hour(loads: Iterable[Load], zone: ZoneInfo) -> Mapping[Hour, float]:
    """Spread calls evenly over their windows, hour by hour of the desk.

    >>> from datetime import UTC
    >>> paris = ZoneInfo("Europe/Paris")
    >>> load = Load(datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 11, 24, 11, 30, tzinfo=UTC), 50)
    >>> {hour: calls for (_, hour), calls in by_hour([load], paris).items()}
    {10: 20.0, 11: 20.0, 12: 10.0}
    """
    found: defaultdict[Hour, float] = defaultdict(float)
    for load in loads:
        length = (load.closes_at - load.opens_at) / HOUR
        start = load.opens_at
        while start < load.closes_at:
            local = start.astimezone(zone)
            end = min(start + HOUR - timedelta(minutes=local.minute, seconds=local.second,
                                               microseconds=local.microsecond), load.closes_at)  # fmt: skip
            found[local.date(), local.hour] += load.calls * ((end - start) / HOUR) / length
            start = end
    return dict(found)


def agents_for(calls: float, calls_per_hour: int) -> int:
    """Give the agents that an hour needs.

    >>> agents_for(20, 8), agents_for(0, 8), agents_for(16.0000001, 8)
    (3, 0, 2)
    """
    return ceil(round(calls / calls_per_hour, 6))


def needs(
    loads: Iterable[Load], days: Sequence[date], zone: ZoneInfo, calls_per_hour: int, shifts: Sequence[Shift]
) -> tuple[Need, ...]:
    """Give every hour of some days in which calls are expected, in order."""
    found = by_hour(loads, zone)
    return tuple(
        Need(day, hour, calls, agents_for(calls, calls_per_hour), sum(shift.covers(hour) for shift in shifts))
        for (day, hour), calls in sorted(found.items())
        if day in days
    )


def working_days(after: date, departement: str, window: Window, count: int) -> tuple[date, ...]:
    """Give the next days on which somebody may be called.

    >>> from datetime import time
    >>> window = Window(frozenset({1, 2, 3, 4, 5}), ((time(10), time(12)),))
    >>> [day.isoformat() for day in working_days(date(2026, 12, 24), "34", window, 2)]
    ['2026-12-28', '2026-12-29']
    """
    days: list[date] = []
    day = after + ONE_DAY
    while len(days) < count and (day - after).days < 60:
        if window.allows(day, departement):
            days.append(day)
        day += ONE_DAY
    return tuple(days)
