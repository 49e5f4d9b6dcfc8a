"""Requests about visits that a later line says were not held, and what becomes of them if one was after all.

One of which nothing left is as if it had never been: the visit is not asked, and is decided anew when another
line comes. One of which a message left stays asked, since somebody was, and goes on where it was.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from quality.db import Connection, execute, fetch
from quality.measures import record
from surveys.dispatch.claims import hold, uncount
from surveys.protocol.ledger import Row
from surveys.protocol.occasion import Reason
from surveys.response import by_ids

# A call that was begun counts as one that left: its agent may be speaking.
LEFT = """EXISTS (SELECT FROM attempt a
    WHERE a.invitation_id = v.id AND a.id BETWEEN child_id(v.id, 0) AND child_id(v.id, 255)
      AND (a.sent_at IS NOT NULL OR a.state IN ('sending', 'uncertain', 'dead')
           OR (a.channel = 'phone' AND a.counted_at IS NOT NULL)))"""

WITHDRAW = """
    WITH closed AS (
        UPDATE invitation SET closed_at = $2, closed_reason = 'cancelled'
        WHERE occasion_id = ANY ($1::uuid[]) AND collector = 'platform' AND closed_at IS NULL
          AND answered_at IS NULL
        RETURNING id, occasion_id
    ), stopped AS (
        UPDATE attempt a
        SET state = 'suppressed', reason = 'cancelled', lease_until = NULL, settled_at = $2
        FROM closed WHERE a.invitation_id = closed.id AND a.state IN ('planned', 'deferred', 'claimed')
    ), finished AS (
        UPDATE call_case k
        SET state = 'done', outcome = 'cancelled', closed_at = $2, agent_id = NULL, lease_until = NULL
        FROM closed WHERE k.invitation_id = closed.id AND k.kind = 'survey' AND k.state <> 'done'
    )
    SELECT id, occasion_id FROM closed
"""

# Read once the messages are stopped: one that a worker was taking has left, or never will.
FORGET = f"""
    UPDATE occasion o SET decision = 'not_asked', reason = k.reason, stratum_id = NULL, draw = NULL,
        decided_at = $3
    FROM unnest($1::uuid[], $2::text[]) AS k (id, reason)
    WHERE o.id = k.id AND NOT EXISTS (
        SELECT FROM invitation v WHERE v.occasion_id = o.id AND v.collector = 'platform'
          AND (v.closed_reason IS DISTINCT FROM 'cancelled' OR {LEFT}))
"""

OF_VISITS = """
    SELECT a.id FROM invitation v
    JOIN attempt a ON a.invitation_id = v.id AND a.id BETWEEN child_id(v.id, 0) AND child_id(v.id, 255)
    WHERE v.occasion_id = ANY ($1::uuid[]) AND v.collector = 'platform' AND a.channel <> 'phone'
      AND a.counted_at IS NOT NULL AND a.sent_at IS NULL
"""
TAKEN = f"{OF_VISITS} AND a.state = 'claimed'"
STOPPED = f"{OF_VISITS} AND a.state = 'suppressed' AND a.reason = 'cancelled'"

RESUME = f"""
    WITH opened AS (
        UPDATE invitation v SET closed_at = NULL, closed_reason = NULL
        WHERE v.occasion_id = ANY ($1::uuid[]) AND v.collector = 'platform'
          AND v.closed_reason = 'cancelled' AND v.closes_at > $2 AND {LEFT}
        RETURNING v.id
    ), planned AS (
        UPDATE attempt a SET state = 'planned', reason = NULL, settled_at = NULL
        FROM opened
        WHERE a.invitation_id = opened.id AND a.state = 'suppressed' AND a.reason = 'cancelled'
    ), called AS (
        UPDATE call_case k SET state = 'open', outcome = NULL, closed_at = NULL
        FROM opened
        WHERE k.invitation_id = opened.id AND k.kind = 'survey' AND k.outcome = 'cancelled'
    )
    SELECT id FROM opened
"""


async def withdraw(db: Connection, not_held: Mapping[UUID, Reason], now: datetime) -> None:
    """Take back requests about visits that did not happen; they count no more (AAPOR: not eligible).

    Each visit comes with the reason that the ledger keeps once it is as if nobody had been asked. An answer
    already given is kept. What a worker had taken and will not send counts no more either.
    """
    occasions = list(not_held)
    await hold(db, await _ids(db, TAKEN, occasions))
    closed = await fetch(db, WITHDRAW, occasions, now)
    await uncount(db, await _ids(db, STOPPED, occasions))
    forgotten = [row["occasion_id"] for row in closed]
    await execute(db, FORGET, forgotten, [not_held[identity].value for identity in forgotten], now)
    await record.subtract(db, await _counted(db, [row["id"] for row in closed]))


async def resume(db: Connection, occasions: Sequence[UUID], now: datetime) -> None:
    """Open again the requests that were taken back after a message had left, until their own date."""
    opened = await fetch(db, RESUME, list(occasions), now)
    await record.add(db, await _counted(db, [row["id"] for row in opened]))


async def _ids(db: Connection, sql: str, occasions: Sequence[UUID]) -> list[UUID]:
    return [row["id"] for row in await fetch(db, sql, list(occasions))]


async def _counted(db: Connection, requests: Sequence[UUID]) -> list[Row]:
    """Give what requests count for in the share of answers."""
    asked = await by_ids(db, requests) if requests else []
    return [row for each in asked for row in record.cells(each.facts("").of_request, record.ASKED)]
