"""When a visit shows that a promise is kept (pure).

A visit promised again is done when the client had one of the same activity before the day promised, unless
the client is so often visited that one would have come anyway: then only the client can tell. Another worker
is sent when that visit has another worker's reference than the visit complained of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# How often somebody is visited is read from the four weeks before the promise.
RHYTHM = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was promised: `worker` is the reference complained of, None where no file says it."""

    remedy: str
    made_at: datetime
    due_at: datetime
    worker: str | None


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit done to the client, before the promise or since."""

    started_at: datetime
    ended_at: datetime
    worker: str | None


def done_at(wanted: Wanted, visits: Sequence[Visit]) -> datetime | None:
    """Give the end of the first visit that keeps a promise, None when no file shows one yet.

    >>> from datetime import UTC
    >>> made, due = datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 11, 26, 9, tzinfo=UTC)
    >>> visit = Visit(datetime(2026, 11, 25, 8, tzinfo=UTC), datetime(2026, 11, 25, 10, tzinfo=UTC), "W1")
    >>> done_at(Wanted("replan", made, due, "W1"), [visit]).isoformat()
    '2026-11-25T10:00:00+00:00'
    >>> done_at(Wanted("replace_worker", made, due, "W1"), [visit]) is None
    True
    """
    if wanted.remedy != "replace_worker" and _would_come_anyway(wanted, visits):
        return None
    kept = (each.ended_at for each in visits if _keeps(wanted, each))
    return min(kept, default=None)


def _would_come_anyway(wanted: Wanted, visits: Sequence[Visit]) -> bool:
    """Say whether the rhythm before the promise brings at least one visit in the time promised.

    >>> from datetime import UTC
    >>> made, day = datetime(2026, 11, 24, 9, tzinfo=UTC), timedelta(days=1)
    >>> weekly = [Visit(made - week * 7 * day, made - week * 7 * day, None) for week in range(1, 5)]
    >>> [_would_come_anyway(Wanted("replan", made, made + days * day, None), weekly) for days in (2, 7)]
    [False, True]
    """
    before = sum(wanted.made_at - RHYTHM <= each.started_at < wanted.made_at for each in visits)
    return before * (wanted.due_at - wanted.made_at) >= RHYTHM


def _keeps(wanted: Wanted, visit: Visit) -> bool:
    if not wanted.made_at <= visit.started_at <= wanted.due_at:
        return False
    if wanted.remedy != "replace_worker":
        return True
    return wanted.worker is not None and visit.worker is not None and visit.worker != wanted.worker
