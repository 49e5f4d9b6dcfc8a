"""Promises seen done in the next file of visits, whoever forgot to say so."""

import logging
from datetime import datetime, timedelta
from typing import Any

from quality.complaints.events import Audience, tell
from quality.complaints.ladder.seen import RHYTHM, Visit, Wanted, done_at
from quality.complaints.vocabulary import REMEDIES
from quality.db import Connection, fetch, pool, transaction
from quality.ids import uuid7_floor

log = logging.getLogger(__name__)
# Files come late: a promise already said broken is still seen done in time.
LOOKED_FOR = timedelta(days=45)
# A visit's id is of the instant planned, which moves little from the one at which it starts.
MARGIN = timedelta(days=2)
CODES = tuple(code for code, each in REMEDIES.items() if each.is_seen_in_file)
# Most promises have no visit to look at yet: they are passed over here, by one probe each (LATERAL … LIMIT
# keeps the planner from reading every visit).
PROMISES = """
SELECT p.id, p.platform_id, p.provider_id, p.complaint_id, p.remedy_code, p.made_at, p.due_at, s.client_id,
       c.activity, v.worker_reference AS worker
FROM complaint_promise p JOIN complaint c ON c.id = p.complaint_id JOIN complaint_subject s ON s.id = c.id
LEFT JOIN intervention v ON v.id = s.intervention_id
CROSS JOIN LATERAL (
    SELECT 1 FROM intervention i
    WHERE i.id >= uuid7_floor(p.made_at - $3::interval) AND i.id < uuid7_floor(p.due_at + $3::interval)
      AND i.provider_id = p.provider_id AND i.client_id = s.client_id AND i.activity = c.activity
      AND i.status = 'done' AND i.started_at BETWEEN p.made_at AND p.due_at LIMIT 1) came
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
    """Mark done the promises that the visits received since show to be kept (pool `work`), one by one."""
    for row in await fetch(pool("work"), PROMISES, list(CODES), now - LOOKED_FOR, MARGIN):
        try:
            async with transaction("work") as db:
                await _look(db, row, now)
        except Exception:
            log.exception("promise %s was not looked for in the files", row["id"])


async def _look(db: Connection, row: dict[str, Any], now: datetime) -> None:
    wanted = Wanted(row["remedy_code"], row["made_at"], row["due_at"], row["worker"])
    window = uuid7_floor(wanted.made_at - RHYTHM - MARGIN), uuid7_floor(wanted.due_at + MARGIN)
    whose = row["provider_id"], row["client_id"], row["activity"]
    visits = [Visit(**visit) for visit in await fetch(db, VISITS, *window, *whose)]
    seen_at = done_at(wanted, visits)
    if seen_at and await fetch(db, DONE, row["id"], seen_at):
        named = row["platform_id"], row["complaint_id"]
        await tell(db, named, "kept", now, audience=Audience.client, text=row["remedy_code"])
