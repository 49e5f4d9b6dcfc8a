"""A promise seen done in the next file of visits, whoever forgot to say so.

A visit promised again is done when the client had one of the same activity before the day promised; another
worker is sent when that visit has another worker's reference than the visit complained of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from quality.complaints.moves import Audience, tell
from quality.complaints.vocabulary import REMEDIES
from quality.db import Connection, fetch, transaction
from quality.ids import uuid7_floor

# Files come late: a promise already said broken is still seen done in time.
LOOKED_FOR = timedelta(days=45)
# A visit's id is of the instant planned, which moves little from the one at which it starts.
MARGIN = timedelta(days=2)
CODES = tuple(code for code, each in REMEDIES.items() if each.is_seen_in_file)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was promised: `worker` is the reference complained of, None where no file says it."""

    remedy: str
    made_at: datetime
    due_at: datetime
    worker: str | None


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit done to the client since."""

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
    kept = (each.ended_at for each in visits if _keeps(wanted, each))
    return min(kept, default=None)


def _keeps(wanted: Wanted, visit: Visit) -> bool:
    if not wanted.made_at <= visit.started_at <= wanted.due_at:
        return False
    if wanted.remedy != "replace_worker":
        return True
    return wanted.worker is not None and visit.worker is not None and visit.worker != wanted.worker


PROMISES = """
SELECT p.id, p.platform_id, p.provider_id, p.complaint_id, p.remedy_code, p.made_at, p.due_at, s.client_id,
       c.activity, v.worker_reference AS worker
FROM complaint_promise p JOIN complaint c ON c.id = p.complaint_id JOIN complaint_subject s ON s.id = c.id
LEFT JOIN intervention v ON v.id = s.intervention_id
WHERE p.state IN ('promised', 'confirmed', 'broken') AND p.remedy_code = ANY ($1::text[]) AND p.due_at > $2
ORDER BY p.made_at, p.id
"""
VISITS = """
SELECT started_at, coalesce(ended_at, started_at) AS ended_at, worker_reference AS worker FROM intervention
WHERE id >= $1 AND id < $2 AND provider_id = $3 AND client_id = $4 AND activity = $5 AND status = 'done'
  AND started_at IS NOT NULL
ORDER BY started_at, id
"""
DONE = """
UPDATE complaint_promise SET state = 'done', done_at = $2, done_how = 'file'
WHERE id = $1 AND state IN ('promised', 'confirmed', 'broken') RETURNING id
"""


async def see_in_files(now: datetime) -> None:
    """Mark done the promises that the visits received since show to be kept (pool `work`)."""
    async with transaction("work") as db:
        for row in await fetch(db, PROMISES, list(CODES), now - LOOKED_FOR):
            await _look(db, row, now)


async def _look(db: Connection, row: dict[str, Any], now: datetime) -> None:
    wanted = Wanted(row["remedy_code"], row["made_at"], row["due_at"], row["worker"])
    window = uuid7_floor(wanted.made_at - MARGIN), uuid7_floor(wanted.due_at + MARGIN)
    whose = row["provider_id"], row["client_id"], row["activity"]
    visits = [Visit(**visit) for visit in await fetch(db, VISITS, *window, *whose)]
    seen_at = done_at(wanted, visits)
    if seen_at and await fetch(db, DONE, row["id"], seen_at):
        named = row["platform_id"], row["complaint_id"]
        await tell(db, named, "kept", now, audience=Audience.client, text=row["remedy_code"])
