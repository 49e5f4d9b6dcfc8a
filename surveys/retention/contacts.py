"""Messages and calls leave six months after they were sent or made, with what clients wrote back.

What an open call or complaint stands on stays until it ends. A request keeps that it reached somebody.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from quality.component import Term
from quality.db import Connection, execute, fetch, transaction
from quality.retention import in_batches, months_ago

MONTHS = 6
TOGETHER = 1_000
NOBODY = UUID(int=0)
GOES_ON = "state NOT IN ('closed', 'merged')"
# Made before it is sent, an attempt is of an earlier month at the latest: later partitions are not opened.
OLD = f"""
SELECT a.id, a.invitation_id, a.person_id, a.endpoint_id, a.state FROM attempt a
WHERE a.id > $2 AND a.id < uuid7_floor($1) AND a.state NOT IN ('planned', 'deferred', 'claimed', 'sending')
  AND coalesce(a.sent_at, a.settled_at, a.closes_at) < $1
  AND NOT EXISTS (SELECT FROM call_case k WHERE k.invitation_id = a.invitation_id AND k.state <> 'done')
  AND NOT EXISTS (SELECT FROM invitation i JOIN complaint c ON c.id = i.complaint_id
                  WHERE i.id = a.invitation_id AND c.{GOES_ON})
ORDER BY a.id LIMIT {TOGETHER} FOR UPDATE OF a SKIP LOCKED
"""
HOLD_REQUESTS = "SELECT id FROM invitation WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"
NOTE_REACHED = "UPDATE invitation SET was_reached = true WHERE id = ANY ($1::uuid[]) AND NOT was_reached"
FORGET_EVENTS = "DELETE FROM contact_event WHERE attempt_id = ANY ($1::uuid[])"
FORGET_ATTEMPTS = "DELETE FROM attempt WHERE id = ANY ($1::uuid[]) AND id BETWEEN $2 AND $3"
# When somebody was last contacted counts for a month.
FORGET_MOMENTS = """
UPDATE {table} SET recent = '{{}}' WHERE id IN (
    SELECT id FROM {table} WHERE id = ANY ($1::uuid[]) AND recent[1] < $2
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)
"""
REACHED = ("sent", "delivered")
# Each list: what was made before an instant and nothing stands on any more, some of it.
FORGET = (
    f"""
    DELETE FROM call_log WHERE id IN (
        SELECT l.id FROM call_log l LEFT JOIN complaint c ON c.id = l.complaint_id
        WHERE l.ended_at < $1 AND (c.id IS NULL OR NOT c.{GOES_ON})
          AND NOT EXISTS (SELECT FROM call_case k WHERE k.id = l.case_id AND k.state <> 'done')
        LIMIT {TOGETHER} FOR UPDATE OF l SKIP LOCKED)
    RETURNING id
    """,
    f"""
    DELETE FROM inbound WHERE id IN (
        SELECT b.id FROM inbound b WHERE b.received_at < $1
          AND NOT EXISTS (SELECT FROM call_case k WHERE k.id = b.id AND k.state <> 'done')
          AND NOT EXISTS (SELECT FROM call_case k
                          WHERE k.invitation_id = b.invitation_id AND k.state <> 'done')
        LIMIT {TOGETHER} FOR UPDATE OF b SKIP LOCKED)
    RETURNING id
    """,
    f"""
    DELETE FROM call_case WHERE id IN (
        SELECT k.id FROM call_case k LEFT JOIN invitation i ON i.id = k.invitation_id
        WHERE k.state = 'done' AND k.closed_at < $1 AND NOT EXISTS (
            SELECT FROM complaint c WHERE c.id IN (k.complaint_id, i.complaint_id) AND c.{GOES_ON})
          AND NOT EXISTS (SELECT FROM call_log l WHERE l.case_id = k.id)
        LIMIT {TOGETHER} FOR UPDATE OF k SKIP LOCKED)
    RETURNING id
    """,
    f"""
    DELETE FROM memory_message WHERE id IN (
        SELECT id FROM memory_message WHERE sent_at < $1 LIMIT {TOGETHER} FOR UPDATE SKIP LOCKED)
    RETURNING id
    """,
)


async def forget_contacts(_house: object) -> int:
    """Erase the attempts, the calls and the incoming messages of more than six months; tell how many."""
    before = await months_ago(MONTHS)
    gone = await _forget_attempts(before)
    for sql in FORGET:
        gone += await in_batches(lambda db, sql=sql: _forget(db, sql, before))  # type: ignore[misc]
    return gone


async def _forget(db: Connection, sql: str, before: datetime) -> int:
    return len(await fetch(db, sql, before))


async def _forget_attempts(before: datetime) -> int:
    gone, last = 0, NOBODY
    while True:
        async with transaction("work") as db:
            old = await fetch(db, OLD, before, last)
            if not old:
                return gone
            await _erase(db, old, before)
        gone, last = gone + len(old), old[-1]["id"]


async def _erase(db: Connection, old: Sequence[dict[str, Any]], before: datetime) -> None:
    """Erase attempts that are held, in the order of their ids."""
    reached = [row["invitation_id"] for row in old if row["state"] in REACHED]
    ids = [row["id"] for row in old]
    await fetch(db, HOLD_REQUESTS, reached)
    await execute(db, NOTE_REACHED, reached)
    await execute(db, FORGET_EVENTS, ids)
    await execute(db, FORGET_ATTEMPTS, ids, ids[0], ids[-1])
    for table in ("person", "endpoint"):
        sql = FORGET_MOMENTS.format(table=table)
        await execute(db, sql, [row[f"{table}_id"] for row in old], before)


TERMS = (Term("forget-contacts", "messages et appels, 6 mois", forget_contacts),)
