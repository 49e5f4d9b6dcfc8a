"""The desk's tick: the calls that complaints await, and those that nobody can make any more."""

from datetime import timedelta
from typing import TYPE_CHECKING

from quality import clock
from quality.complaints.waiting import Awaiting, awaiting_contact
from quality.component import Job
from quality.db import Connection, execute, transaction
from quality.ids import uuid7
from quality.web.platform import closing_days_of
from surveys.callbacks import OWED_FOR, SERIOUS, half_days
from surveys.desk.ending import call_log
from surveys.desk.ending.outcomes import APPOINTMENT_LASTS
from surveys.desk.ending.undoing_end import OFFERED_FOR
from surveys.desk.queueing.closing import close_over
from surveys.priorities import AGREED, PRIORITY

if TYPE_CHECKING:
    from quality.app import House


async def desk_complaints(house: "House") -> None:  # noqa: ARG001 - a job's signature
    """Open the cases that complaints await; close those whose client was heard, and those that are over."""
    async with transaction("work") as db:
        for awaiting in await awaiting_contact(db):
            await _open(db, awaiting)
        await execute(db, WITHDRAW, clock.now())
        await execute(db, MISSED, clock.now(), APPOINTMENT_LASTS, AGREED, *PRIORITY.values())
        await close_over(db, clock.now())
        await execute(db, UNREACHED, clock.now() - OFFERED_FOR)
        await execute(db, FORGET, clock.now() - NOTES_KEPT)


async def _open(db: Connection, awaiting: Awaiting) -> None:
    """Open the one case of a complaint; a case that ended is not opened again."""
    closed = await closing_days_of(awaiting.platform, db)
    slots = half_days(clock.now(), awaiting.departement, count=1, closed=closed)
    if not slots:
        return
    await execute(
        db,
        OPEN,
        uuid7(clock.now()),
        awaiting.platform,
        awaiting.client,
        awaiting.complaint,
        slots[0].opens_at,
        slots[0].closes_at + OWED_FOR,
        clock.now(),
        PRIORITY["complaint"],
        SERIOUS,
    )


OPEN = """
INSERT INTO call_case (id, platform_id, kind, client_id, complaint_id, invitation_id, state, next_due_at,
    closes_at, created_at, priority, language, referred_at, referred_why)
SELECT $1, $2, 'complaint', $3, c.id, (SELECT r.invitation_id FROM response r WHERE r.id = c.source_id),
    'open', $5, $6, $7, $8, (SELECT language FROM client WHERE id = $3),
    CASE WHEN c.is_serious THEN $7::timestamptz END, CASE WHEN c.is_serious THEN $9 ELSE '' END
FROM complaint c WHERE c.id = $4
ON CONFLICT (complaint_id) WHERE kind = 'complaint' DO NOTHING
"""
WITHDRAW = """
UPDATE call_case c SET state = 'done', closed_at = $1, outcome = 'withdrawn'
WHERE c.kind = 'complaint' AND c.state = 'open' AND NOT EXISTS
    (SELECT 1 FROM complaint p WHERE p.id = c.complaint_id AND p.awaits_contact)
"""
# An hour agreed that nobody kept is an ordinary call again.
MISSED = f"""
UPDATE call_case SET priority = CASE kind
    {" ".join(f"WHEN '{kind}' THEN ${number}::smallint" for number, kind in enumerate(PRIORITY, 4))} END
WHERE state = 'open' AND priority = $3 AND next_due_at <= $1::timestamptz - $2::interval
"""
# No more call will be made, and the person decided nothing: once the end is beyond undoing, it is said.
UNREACHED = """
UPDATE complaint p SET unreached_at = c.closed_at FROM call_case c
WHERE c.complaint_id = p.id AND c.kind = 'complaint' AND c.state = 'done' AND c.outcome <> 'withdrawn'
  AND (c.undo IS NULL OR c.closed_at <= $1) AND p.awaits_contact AND p.state = 'opened'
  AND p.unreached_at IS NULL
"""
# What was noted for the next call is worth nothing once there is none.
NOTES_KEPT = timedelta(days=1)
FORGET = """
UPDATE call_case SET note_cipher = NULL, undo = NULL, place = ''
WHERE state = 'done' AND note_cipher IS NOT NULL AND closed_at < $1
"""
JOBS = (
    Job("desk-complaints", desk_complaints, timedelta(minutes=1)),
    Job("desk-sample", call_log.draw_sample, timedelta(minutes=1)),
)
