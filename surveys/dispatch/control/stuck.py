"""Messages and calls that wait for a person: interrupted five times, or that may or may not have left.

A message that may have left is never sent again: it can be given up only, and its contact stays counted. So
does that of a call, which an agent may have made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch, fetch_one, fetch_value, transaction
from quality.errors import Conflict
from quality.french import french
from surveys.dispatch.claims import uncount
from surveys.dispatch.recovery import follow_calls

A_PAGE = 50
OVER = french("Il est trop tard\u00a0: les heures permises sont passées, ou quelqu’un d’autre a déjà décidé.")
DECIDED = french("Quelqu’un d’autre a déjà décidé de ce message.")


@dataclass(frozen=True, slots=True)
class Stuck:
    """One message that stopped; `is_over` when no hour is left for it."""

    id: UUID
    channel: str
    state: str
    since: datetime
    give_up_at: datetime
    is_over: bool
    provider: str
    reference: str


async def read(actor: Actor, after: UUID | None = None) -> Sequence[Stuck]:
    """Read the messages of the platform that stopped, the oldest first, `A_PAGE` and one more."""
    async with scoped(actor) as db:
        rows = await fetch(db, READ, actor.platform, clock.now(), after or UUID(int=0), A_PAGE + 1)
    return [Stuck(**row) for row in rows]


READ = """
SELECT a.id, a.channel, a.state, coalesce(a.sent_at, a.settled_at, a.counted_at, a.opens_at) AS since,
       a.give_up_at, a.give_up_at <= $2 OR i.closed_at IS NOT NULL AS is_over,
       i.provider_name AS provider, c.reference
FROM attempt a JOIN invitation i ON i.id = a.invitation_id JOIN client c ON c.id = a.client_id
WHERE a.platform_id = $1 AND a.state IN ('uncertain', 'dead') AND a.id > $3
ORDER BY a.id LIMIT $4
"""


async def again(actor: Actor, attempt: UUID) -> None:
    """Plan a message that stopped before it left, or a call, once more; the gate still decides."""
    now = clock.now()
    async with transaction("work") as db:
        row = await fetch_one(db, AGAIN, attempt, actor.platform, now)
        if row is None or (row["channel"] == "phone" and not await _is_called(db, row["invitation_id"], now)):
            raise Conflict(OVER)
        await audit.record(db, actor, "message.again", str(attempt))


async def _is_called(db: Connection, request: UUID, now: datetime) -> bool:
    """Put the call of a request in the desk's queue again; say whether the desk still has it."""
    await execute(db, REOPEN, request, now)
    await follow_calls(db, [request], now)
    return bool(await fetch_value(db, IS_OPEN, request))


# The desk closed the case when it found no call left to make; one that ended otherwise stays closed.
REOPEN = """
UPDATE call_case SET state = 'open', outcome = NULL, closed_at = NULL
WHERE invitation_id = $1 AND kind = 'survey' AND state = 'done' AND outcome = 'window_over' AND closes_at > $2
"""
IS_OPEN = """
SELECT EXISTS (SELECT FROM call_case WHERE invitation_id = $1 AND kind = 'survey' AND state <> 'done')
"""


AGAIN = """
UPDATE attempt a SET state = 'planned', reason = CASE WHEN a.reason = 'unsure' THEN 'unsure' END, claims = 0,
    errors = 0, settled_at = NULL, not_before = NULL
FROM invitation i
WHERE a.id = $1 AND a.platform_id = $2 AND a.state = 'dead' AND a.give_up_at > $3
  AND i.id = a.invitation_id AND i.closed_at IS NULL
RETURNING a.channel, a.invitation_id
"""


async def abandon(actor: Actor, attempt: UUID) -> None:
    """Give a message up; one that surely never left counts no more as a contact."""
    async with transaction("work") as db:
        row = await fetch_one(db, ABANDON, attempt, actor.platform, clock.now())
        if row is None:
            raise Conflict(DECIDED)
        if row["is_unsent"]:
            await uncount(db, [attempt])
        await audit.record(db, actor, "message.abandon", str(attempt))


ABANDON = """
WITH found AS (
    SELECT id, state = 'uncertain' OR reason IS NOT DISTINCT FROM 'unsure' AS may_have_left FROM attempt
    WHERE id = $1 AND platform_id = $2 AND state IN ('uncertain', 'dead')
    FOR NO KEY UPDATE
)
UPDATE attempt a SET state = 'failed', settled_at = $3,
    reason = CASE WHEN found.may_have_left THEN 'unsure' ELSE 'abandoned' END
FROM found WHERE a.id = found.id RETURNING NOT found.may_have_left AND a.channel <> 'phone' AS is_unsent
"""
