"""The tick of complaints' news: what clients expect is planned, what nobody awaits any more is taken back."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from quality import clock
from quality.complaints.waiting import Expecting, awaiting_news, awaiting_verdict, expecting_of
from quality.component import Job
from quality.db import execute, fetch, pool, transaction
from surveys.dispatch.claims import uncount
from surveys.news.knowing import addressee_of
from surveys.news.planning import CODE, NotNow, Telling, open_call, plan

if TYPE_CHECKING:
    from quality.app import House


async def tell_clients(house: "House") -> None:
    """Take back what is over, plan what is expected, call those whose message did not leave."""
    now = clock.now()
    await withdraw(now)
    await note_asked(now)
    await call_instead(now)
    for expecting in await awaiting_news(pool("work"), now):
        await _plan(house, "news", expecting, now)
    for expecting in await awaiting_verdict(pool("work"), now):
        await _plan(house, "verdict", expecting, now)


async def _plan(house: "House", purpose: str, expecting: Expecting, now: datetime) -> None:
    with suppress(NotNow):
        async with transaction("work") as db:
            await plan(db, house.keyring, purpose, expecting, now)


async def withdraw(now: datetime) -> None:
    """Take back the messages and calls of complaints that ended or started again since."""
    async with transaction("work") as db:
        rows = await fetch(db, WITHDRAW, now)
        over = [row["id"] for row in rows]
        await execute(db, SUPPRESS, over, now)
        await execute(db, DROP_CALLS, over, now)
        await execute(db, DROP_HELD, now)


# The notice of a round carries the instant at which its message was planned.
WITHDRAW = """
UPDATE invitation i SET closed_at = $1, closed_reason = 'withdrawn' FROM complaint c
WHERE c.id = i.complaint_id AND i.complaint_id IS NOT NULL AND i.closed_at IS NULL
  AND i.purpose IN ('news', 'verdict')
  AND (c.state IN ('closed', 'merged') OR (i.purpose = 'verdict' AND c.state <> 'remedied')
       OR NOT EXISTS (SELECT 1 FROM complaint_notice n WHERE n.complaint_id = c.id AND n.round = c.round
                      AND n.kind = 'client_' || i.purpose AND n.at = i.created_at))
RETURNING i.id
"""
SUPPRESS = """
UPDATE attempt SET state = 'suppressed', reason = 'closed', settled_at = $2, lease_until = NULL
WHERE invitation_id = ANY ($1::uuid[]) AND state IN ('planned', 'deferred')
"""
DROP_CALLS = """
UPDATE call_case SET state = 'done', outcome = 'withdrawn', closed_at = $2
WHERE invitation_id = ANY ($1::uuid[]) AND kind = 'verdict' AND state = 'open'
"""


# Who just said it on the page or by SMS is not asked by the agent who has the call in hand.
DROP_HELD = """
UPDATE call_case k SET state = 'done', outcome = 'answered', closed_at = $1, agent_id = NULL,
    lease_until = NULL
WHERE k.kind = 'verdict' AND k.state = 'held' AND EXISTS (
    SELECT 1 FROM complaint_event e WHERE e.complaint_id = k.complaint_id AND e.account_id IS NULL
        AND e.kind IN ('settled', 'reopened') AND e.at >= k.picked_at)
"""


async def note_asked(now: datetime) -> None:
    """Write when each client was asked whether it is settled: their silence counts from there."""
    await execute(pool("work"), ASKED, now)


ASKED = f"""
UPDATE complaint c SET verdict_asked_at = asked.at, verdict_due_at = coalesce(c.verdict_due_at, asked.at)
FROM (
    SELECT i.complaint_id, n.round, coalesce(a.sent_at, k.closed_at) AS at FROM invitation i
    JOIN complaint_notice n ON n.complaint_id = i.complaint_id AND n.kind = 'client_verdict'
        AND n.at = i.created_at
    LEFT JOIN attempt a ON a.id = child_id(i.id, {CODE}) AND a.state IN ('sent', 'delivered', 'uncertain')
    LEFT JOIN call_case k ON k.invitation_id = i.id AND k.kind = 'verdict' AND k.state = 'done'
        AND k.outcome <> 'withdrawn'
    WHERE i.purpose = 'verdict' AND i.complaint_id IS NOT NULL
      AND i.created_at > $1::timestamptz - interval '30 days'
) asked
WHERE c.id = asked.complaint_id AND c.round = asked.round AND c.state = 'remedied' AND asked.at IS NOT NULL
  AND c.verdict_asked_at IS NULL
"""


async def call_instead(now: datetime) -> None:
    """Call those whose message could not leave to ask them whether it is settled."""
    rows = await fetch(pool("work"), UNSENT, now)
    for row in rows:
        async with transaction("work") as db:
            await uncount(db, [row["attempt_id"]])  # what never arrived is no contact
            await execute(db, UNASK, row["complaint_id"])
            expecting = await expecting_of(db, row["complaint_id"])
            addressee = await addressee_of(db, expecting) if expecting else None
            if expecting and addressee and not addressee.is_deceased and addressee.has_phone:
                await open_call(db, Telling("verdict", expecting, addressee, now), row["id"])


UNASK = "UPDATE complaint SET verdict_asked_at = NULL WHERE id = $1 AND state = 'remedied'"
UNSENT = f"""
SELECT i.id, i.complaint_id, a.id AS attempt_id FROM invitation i
JOIN attempt a ON a.id = child_id(i.id, {CODE}) AND a.state IN ('failed', 'expired', 'dead')
WHERE i.purpose = 'verdict' AND i.complaint_id IS NOT NULL AND i.closed_at IS NULL AND i.closes_at > $1
  AND NOT EXISTS (SELECT 1 FROM call_case k WHERE k.invitation_id = i.id AND k.kind = 'verdict')
ORDER BY i.id LIMIT 100
"""
JOBS = (Job("complaint-news", tell_clients, timedelta(minutes=1)),)
