"""Where a complaint stands against its delays: kept, late, or still to come (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from quality.directory.geography import zone_of
from quality.directory.holidays import is_holiday


class State(StrEnum):
    """How far a complaint has come."""

    opened = "opened"
    acknowledged = "acknowledged"
    remedied = "remedied"
    closed = "closed"
    merged = "merged"


# A complaint waits first for an acknowledgement, then for a solution, then for its client's verdict.
TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.opened: frozenset({State.acknowledged, State.closed, State.merged}),
    State.acknowledged: frozenset({State.remedied, State.merged}),
    State.remedied: frozenset({State.closed, State.acknowledged, State.merged}),
    State.closed: frozenset({State.acknowledged}),
    State.merged: frozenset(),
}


class Standing(StrEnum):
    """What a delay has become."""

    kept = "kept"
    passed = "passed"
    coming = "coming"
    late = "late"


@dataclass(frozen=True, slots=True)
class Milestone:
    """One delay of a complaint: due at an instant, done at another or not yet."""

    due_at: datetime
    done_at: datetime | None = None

    def standing(self, now: datetime) -> Standing:
        """Say whether the delay was kept, was passed, is to come or is late.

        >>> from datetime import UTC, timedelta
        >>> due = datetime(2026, 11, 26, 17, tzinfo=UTC)
        >>> str(Milestone(due, due).standing(due)), str(Milestone(due).standing(due + timedelta(seconds=1)))
        ('kept', 'late')
        """
        if self.done_at is not None:
            return Standing.kept if self.done_at <= self.due_at else Standing.passed
        return Standing.coming if now <= self.due_at else Standing.late


def days_apart(due_at: datetime, now: datetime, zone: ZoneInfo) -> int:
    """Count the calendar days of a place from now to an instant; negative once it is past.

    >>> from datetime import UTC
    >>> now, due = datetime(2026, 11, 24, 23, 30, tzinfo=UTC), datetime(2026, 11, 26, 17, tzinfo=UTC)
    >>> days_apart(due, now, ZoneInfo("Europe/Paris"))
    1
    """
    return (due_at.astimezone(zone).date() - now.astimezone(zone).date()).days


def working_days_apart(due_at: datetime, now: datetime, departement: str) -> int:
    """Count the working days of a place from today, not counted, to a day; negative once it is past.

    >>> from datetime import UTC
    >>> friday, tuesday = datetime(2026, 11, 27, 9, tzinfo=UTC), datetime(2026, 12, 1, 17, tzinfo=UTC)
    >>> working_days_apart(tuesday, friday, "34"), working_days_apart(friday, tuesday, "34")
    (2, -2)
    """
    zone = zone_of(departement)
    today, due_on = now.astimezone(zone).date(), due_at.astimezone(zone).date()
    first, last = min(today, due_on), max(today, due_on)
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    count = sum(day.isoweekday() <= 5 and not is_holiday(day, departement) for day in days)
    return count if due_on >= today else -count
