"""Delays of a complaint: the référencement's, refined by conventions, counted where the client lives.

Acknowledgement counts working days; solution and alert count calendar days; each falls due at 18:00 local.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from quality.directory.geography import zone_of
from quality.directory.holidays import working_day

DUE_HOUR = time(18)


@dataclass(frozen=True, slots=True)
class Delays:
    """Days to acknowledge (working), to bring a solution and to raise the alert (calendar)."""

    acknowledge_days: int = 2
    solution_days: int = 15
    alert_days: int = 30


@dataclass(frozen=True, slots=True)
class Terms:
    """What one convention says of the delays; None leaves the référencement's."""

    acknowledge_days: int | None
    solution_days: int | None


@dataclass(frozen=True, slots=True)
class Due:
    """The instants by which a complaint is acknowledged, remedied, and raised."""

    acknowledge_at: datetime
    solution_at: datetime
    alert_at: datetime


def refined(base: Delays, conventions: Iterable[Terms]) -> Delays:
    """Take the shortest delay that the conventions name, the référencement's where none does.

    The alert never comes before the solution is due.

    >>> refined(Delays(), [Terms(None, 10), Terms(1, 20)])
    Delays(acknowledge_days=1, solution_days=10, alert_days=30)
    >>> refined(Delays(), [Terms(None, 45)])
    Delays(acknowledge_days=2, solution_days=45, alert_days=45)
    """
    terms = tuple(conventions)
    acknowledge = _shortest(base.acknowledge_days, (each.acknowledge_days for each in terms))
    solution = _shortest(base.solution_days, (each.solution_days for each in terms))
    return Delays(acknowledge, solution, max(base.alert_days, solution))


def _shortest(base: int, named: Iterable[int | None]) -> int:
    return min((days for days in named if days is not None), default=base)


def due(opened_at: datetime, delays: Delays, departement: str) -> Due:
    """Give the instants, in UTC, from the local day on which the complaint was opened.

    >>> found = due(datetime(2026, 11, 24, 9, 30, tzinfo=UTC), Delays(), "34")
    >>> found.acknowledge_at.isoformat(), found.solution_at.isoformat()
    ('2026-11-26T17:00:00+00:00', '2026-12-09T17:00:00+00:00')
    """
    opened_on = opened_at.astimezone(zone_of(departement)).date()
    return Due(
        evening(working_day(opened_on, delays.acknowledge_days, departement), departement),
        evening(opened_on + timedelta(days=delays.solution_days), departement),
        evening(opened_on + timedelta(days=delays.alert_days), departement),
    )


def evening(day: date, departement: str) -> datetime:
    """Give 18:00 of a day where the client lives, in UTC."""
    return datetime.combine(day, DUE_HOUR, zone_of(departement)).astimezone(UTC)
