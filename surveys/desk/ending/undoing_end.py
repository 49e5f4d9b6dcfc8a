"""Undo the last end of a call: for ten minutes its case and its attempts are put back as they were.

What an end changed is written beside what stood before; when anything of it moved since, nothing is undone.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from tortoise.exceptions import IntegrityError

from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch_one, fetch_value, pool, transaction
from quality.errors import Conflict
from quality.french import french
from surveys.desk.ending.outcomes import Code
from surveys.desk.queueing.holding import ALONE, BUSY, LEASE_WITHOUT_SCRIPT

OFFERED_FOR = timedelta(minutes=10)
UNDOABLE = frozenset({Code.no_answer, Code.busy, Code.voicemail, Code.not_now, Code.appointment})
TOO_LATE = french(
    "Cette fin d’appel ne s’annule plus : quelque chose a changé depuis, ou dix minutes sont passées."
)
Row = dict[str, Any]
# Of the case and of the attempts, what an end moves; a note is never copied.
SNAPSHOT = """
SELECT jsonb_build_object('case', to_jsonb(c) - 'undo' - 'lease_until' - 'note_cipher', 'attempts',
    (SELECT coalesce(jsonb_agg(to_jsonb(a) - 'lease_until' ORDER BY a.id), '[]') FROM attempt a
     WHERE a.invitation_id = c.invitation_id AND a.channel = 'phone')) AS snapshot
FROM call_case c WHERE c.id = $1
"""


async def snapshot(db: Connection, case: UUID) -> str:
    """Write down how a case and its attempts stand; in the transaction of the end."""
    return str(await fetch_value(db, SNAPSHOT, case))


async def remember(db: Connection, actor: Actor, case: UUID, code: Code, before: str) -> None:
    """Keep with the case what its end may be undone to; other ends leave nothing."""
    if code not in UNDOABLE:
        await execute(db, "UPDATE call_case SET undo = NULL WHERE id = $1", case)
        return
    after = await snapshot(db, case)
    await execute(db, REMEMBER, case, str(actor.account), code.value, before, after, clock.now().isoformat())


REMEMBER = """
UPDATE call_case SET undo = jsonb_build_object('kind', 'end', 'agent', $2::text, 'code', $3::text,
    'before', $4::jsonb, 'after', $5::jsonb, 'at', $6::text) WHERE id = $1
"""


async def offered(actor: Actor) -> str:
    """Give the outcome of the last end of somebody, while it may be undone; else nothing."""
    row = await _last(actor)
    return str(row["code"]) if row else ""


async def _last(actor: Actor) -> Row | None:
    """Find the last end of somebody, by its index; a case that they may no longer read is none."""
    since = (clock.now() - OFFERED_FOR).isoformat()
    row = await fetch_one(pool("work"), LAST, actor.platform, str(actor.account), since)
    if row is None:
        return None
    async with scoped(actor) as db:
        return row if await fetch_value(db, "SELECT id FROM call_case WHERE id = $1", row["id"]) else None


# Read by the pool of workers: behind a policy, what is written in `undo` cannot be looked up in an index.
LAST = """
SELECT id, undo ->> 'code' AS code FROM call_case
WHERE platform_id = $1 AND state <> 'held' AND undo ->> 'kind' = 'end' AND undo ->> 'agent' = $2
  AND (undo ->> 'at') COLLATE "C" > $3
ORDER BY (undo ->> 'at') COLLATE "C" DESC LIMIT 1
"""


async def undo_end(actor: Actor) -> UUID:
    """Take the last call back in hand as it was before it was ended."""
    row = await _last(actor)
    if row is None:
        raise Conflict(TOO_LATE)
    case: UUID = row["id"]
    try:
        await _take_back(actor, case)
    except IntegrityError as taken:  # another case came in hand at the same instant
        raise Conflict(BUSY) from taken
    return case


async def _take_back(actor: Actor, case: UUID) -> None:
    async with transaction("work") as db:
        await execute(db, ALONE, str(actor.account))
        if await fetch_value(db, HOLDING, actor.account):
            raise Conflict(BUSY)
        invitation = await fetch_value(db, "SELECT invitation_id FROM call_case WHERE id = $1", case)
        await execute(db, LOCK_ATTEMPTS, invitation)
        locked = await fetch_one(db, "SELECT undo FROM call_case WHERE id = $1 FOR NO KEY UPDATE", case)
        await _put_back(db, actor, case, str(locked and locked["undo"]))
        await audit.record(db, actor, "call.undo", str(case))


# A call whose lease is over is in hand all the same, until somebody else takes it.
HOLDING = "SELECT EXISTS (SELECT 1 FROM call_case WHERE agent_id = $1 AND state = 'held')"
LOCK_ATTEMPTS = "SELECT id FROM attempt WHERE invitation_id = $1 ORDER BY id FOR NO KEY UPDATE"


async def _put_back(db: Connection, actor: Actor, case: UUID, undo: str) -> None:
    """Put back what stood before, if nothing moved since; the log of that call goes."""
    known = msgspec.json.decode(undo) if undo != "None" else {}
    is_same = known.get("kind") == "end" and await fetch_value(db, SAME, case, await snapshot(db, case))
    if not is_same:
        raise Conflict(TOO_LATE)
    await execute(db, PUT_CASE, case, actor.account, LEASE_WITHOUT_SCRIPT)
    await execute(
        db, PUT_ATTEMPTS, msgspec.json.encode(known["before"]["attempts"]).decode(), LEASE_WITHOUT_SCRIPT
    )
    await execute(db, FORGET_LOG, case, actor.account)


SAME = "SELECT undo -> 'after' = $2::jsonb FROM call_case WHERE id = $1"
PUT_CASE = """
UPDATE call_case c SET state = 'held', agent_id = $2, lease_until = now() + $3::interval, undo = NULL,
    closed_at = NULL, next_due_at = b.next_due_at, closes_at = b.closes_at, outcome = b.outcome,
    priority = b.priority, tries = b.tries, morning_tries = b.morning_tries,
    afternoon_tries = b.afternoon_tries, number_rank = b.number_rank, assigned_to = b.assigned_to,
    is_incoming = b.is_incoming, attempt_id = b.attempt_id, picked_at = b.picked_at
FROM jsonb_populate_record(NULL::call_case, (SELECT undo #> '{before,case}' FROM call_case WHERE id = $1)) b
WHERE c.id = $1
"""
PUT_ATTEMPTS = """
UPDATE attempt a SET state = b.state, reason = b.reason, opens_at = b.opens_at, closes_at = b.closes_at,
    give_up_at = b.give_up_at, not_before = b.not_before, sent_at = b.sent_at, settled_at = b.settled_at,
    endpoint_id = b.endpoint_id,
    lease_until = CASE WHEN b.state = 'claimed' THEN now() + $2::interval END
FROM jsonb_populate_recordset(NULL::attempt, $1::jsonb) b WHERE a.id = b.id
"""
FORGET_LOG = """
DELETE FROM call_log WHERE id = (SELECT id FROM call_log WHERE case_id = $1 AND agent_id = $2
                                 ORDER BY ended_at DESC, id DESC LIMIT 1)
"""
