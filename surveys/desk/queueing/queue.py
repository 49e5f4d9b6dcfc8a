"""The queue of calls: how many are due, how many come later, and the first ones.

A case is due when its `next_due_at` has come; one that was referred waits for a supervisor instead.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import fetch, fetch_one, fetch_value
from surveys.desk.queueing.holding import LEASE
from surveys.desk.queueing.picking import pick

__all__ = ["DUE", "LEASE", "Queue", "Waiting", "count_due", "pick", "read"]
SHOWN = 20
DUE = "c.state = 'open' AND c.referred_at IS NULL AND c.next_due_at <= $2 AND c.closes_at > $2"
ORDER = "c.priority, c.next_due_at, c.id"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One case of the queue, without a name: names are read by the one who calls.

    Who asked for a call waits since then; who is asked about a visit, since the call became due.
    """

    id: UUID
    kind: str
    since: datetime
    departement: str
    provider: str
    tries: int
    wish: str


@dataclass(frozen=True, slots=True)
class Queue:
    """How many calls are due, how many come later, the first ones, and the case this agent holds."""

    due: int
    later: int
    callbacks: int
    next_at: datetime | None
    rows: tuple[Waiting, ...]
    held: UUID | None


async def count_due(actor: Actor, now: datetime) -> int:
    async with scoped(actor) as db:
        count = await fetch_value(
            db, f"SELECT count(*) FROM call_case c WHERE c.platform_id = $1 AND {DUE}", actor.platform, now
        )
    return int(count)


async def read(actor: Actor, now: datetime) -> Queue:
    """Read the queue of the actor's platform."""
    async with scoped(actor) as db:
        counts = await fetch_one(
            db,
            f"""
            SELECT count(*) FILTER (WHERE {DUE}) AS due,
                   count(*) FILTER (WHERE c.state = 'open' AND c.next_due_at > $2) AS later,
                   count(*) FILTER (WHERE c.state = 'open' AND c.kind <> 'survey') AS callbacks,
                   min(c.next_due_at) FILTER (WHERE c.state = 'open' AND c.next_due_at > $2) AS next_at,
                   min(c.id::text) FILTER (WHERE c.state = 'held' AND c.agent_id = $3)::uuid AS held
            FROM call_case c WHERE c.platform_id = $1 AND c.state <> 'done'
            """,
            actor.platform,
            now,
            actor.account,
        )
        rows = await fetch(
            db,
            f"""
            SELECT c.id, c.kind, k.departement, o.name AS provider, c.tries, c.wish,
                   CASE c.kind WHEN 'survey' THEN c.next_due_at WHEN 'complaint' THEN p.opened_at
                               ELSE c.created_at END AS since
            FROM (SELECT * FROM call_case c WHERE c.platform_id = $1 AND {DUE}
                  ORDER BY {ORDER} LIMIT {SHOWN}) c
            JOIN client k ON k.id = c.client_id JOIN organisation o ON o.id = k.provider_id
            LEFT JOIN complaint p ON p.id = c.complaint_id ORDER BY {ORDER}
            """,
            actor.platform,
            now,
        )
    return Queue(**(counts or {}), rows=tuple(Waiting(**row) for row in rows))
