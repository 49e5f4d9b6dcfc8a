"""The queue of calls: what is due, and the one who picks a case alone, after the gate.

A case is due when its `next_due_at` has come; who holds one has a lease that each answer extends. A survey's
call passes the gate of dispatch: its attempt is claimed in the transaction that gives the case.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch, fetch_one, fetch_value, transaction
from quality.directory.geography import zone_of
from quality.web.platform import closing_days_of
from surveys.callbacks import calling_hours
from surveys.dispatch import claims
from surveys.protocol.calendar import next_slot

LEASE = timedelta(minutes=10)
ASK_THE_GATE_AGAIN = timedelta(minutes=5)
LOOKED_AT = 20
SHOWN = 20
DUE = "c.state = 'open' AND c.next_due_at <= $2 AND c.closes_at > $2"
ORDER = "c.priority, c.kind = 'survey', c.next_due_at, c.id"


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
            FROM call_case c JOIN client k ON k.id = c.client_id JOIN organisation o ON o.id = k.provider_id
            LEFT JOIN complaint p ON p.id = c.complaint_id
            WHERE c.platform_id = $1 AND {DUE} ORDER BY {ORDER} LIMIT {SHOWN}
            """,
            actor.platform,
            now,
        )
    return Queue(**(counts or {}), rows=tuple(Waiting(**row) for row in rows))


async def pick(actor: Actor, now: datetime) -> UUID | None:
    """Give the agent the case in hand, else the next one that may be called; None when there is none."""
    async with transaction("work") as db:
        await execute(db, ALONE, str(actor.account))
        held = await fetch_value(db, HELD, actor.platform, actor.account, LEASE)
        if held is not None:
            return UUID(str(held))
        for _ in range(LOOKED_AT):
            case = await fetch_one(db, NEXT, actor.platform, now)
            if case is None:
                return None
            if await _take(db, actor, case, now):
                identity: UUID = case["id"]
                await audit.record(db, actor, "call.pick", str(identity))
                return identity
    return None


# One agent has one call in hand, even when a button is pressed twice.
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('desk ' || $1::text, 0))"
HELD = """
UPDATE call_case SET lease_until = now() + $3::interval WHERE id =
    (SELECT id FROM call_case
     WHERE platform_id = $1 AND agent_id = $2 AND state = 'held' AND lease_until > now()
     ORDER BY id LIMIT 1 FOR NO KEY UPDATE)
RETURNING id
"""
NEXT = f"""
SELECT c.id, c.platform_id, c.kind, c.invitation_id, c.closes_at, k.departement, i.audience, p.awaits_contact,
       k.status = 'deceased' OR who.deceased_at IS NOT NULL AS is_deceased
FROM call_case c JOIN client k ON k.id = c.client_id JOIN person who ON who.id = k.person_id
LEFT JOIN invitation i ON i.id = c.invitation_id LEFT JOIN complaint p ON p.id = c.complaint_id
WHERE c.platform_id = $1 AND c.next_due_at <= $2 AND c.closes_at > $2
  AND (c.state = 'open' OR (c.state = 'held' AND c.lease_until < now()))
ORDER BY {ORDER} LIMIT 1 FOR UPDATE OF c SKIP LOCKED
"""


async def _take(db: Connection, actor: Actor, case: dict[str, Any], now: datetime) -> bool:
    """Hold a locked case if its person may be called now; else put it off or close it."""
    closed = await closing_days_of(case["platform_id"], db)
    if case["kind"] == "survey":
        worker = f"desk:{actor.account}"
        is_shut = now.astimezone(zone_of(case["departement"])).date() in closed
        found = not is_shut and await claims.claim(
            db, ["phone"], worker, 1, now, invitation=case["invitation_id"], lease=LEASE
        )
        if not found:
            await _put_off_survey(db, case, now)
            return False
        return await _hold(db, actor, case["id"], found[0].id)
    if await _put_off_other(db, case, closed, now):
        return False
    return await _hold(db, actor, case["id"], None)


async def _hold(db: Connection, actor: Actor, case: UUID, attempt: UUID | None) -> bool:
    await execute(
        db,
        """
        UPDATE call_case SET state = 'held', agent_id = $2, lease_until = now() + $4::interval,
            tries = tries + 1, attempt_id = coalesce($3, attempt_id) WHERE id = $1
        """,
        case,
        actor.account,
        attempt,
        LEASE,
    )
    return True


async def _put_off_survey(db: Connection, case: dict[str, Any], now: datetime) -> None:
    """Wait for the next call planned, or close a case that has none left."""
    row = await fetch_one(db, STILL, case["invitation_id"])
    opens_at = row["opens_at"] if row and not row["is_answered"] else None
    if opens_at is None:
        await close(db, case["id"], "answered" if row and row["is_answered"] else "window_over", now)
    else:
        await _wait(db, case, max(opens_at, now + ASK_THE_GATE_AGAIN), now)


STILL = """
SELECT EXISTS (SELECT 1 FROM response r WHERE r.invitation_id = i.id
               AND (r.respondent = 'client') = (i.audience = 'client')) AS is_answered,
       (SELECT min(greatest(a.opens_at, a.not_before)) FROM attempt a
        WHERE a.invitation_id = i.id AND a.channel = 'phone'
          AND a.state IN ('planned', 'deferred', 'claimed', 'sending')) AS opens_at
FROM invitation i WHERE i.id = $1
"""


async def _put_off_other(
    db: Connection, case: dict[str, Any], closed: frozenset[date], now: datetime
) -> bool:
    """Put off or close a call that its person asked for, outside the hours of the place or no longer due."""
    if case["is_deceased"]:
        await close(db, case["id"], "deceased", now)
        return True
    if case["kind"] == "complaint" and not case["awaits_contact"]:
        await close(db, case["id"], "withdrawn", now)
        return True
    hours = calling_hours(case["audience"] or "client", closed)
    slot = next_slot(now, case["departement"], hours, case["closes_at"])
    if slot is None:
        await close(db, case["id"], "window_over", now)
    elif slot.opens_at > now:
        await _wait(db, case, slot.opens_at, now)
    return slot is None or slot.opens_at > now


async def _wait(db: Connection, case: dict[str, Any], due_at: datetime, now: datetime) -> None:
    if due_at >= case["closes_at"]:
        await close(db, case["id"], "window_over", now)
        return
    await execute(
        db,
        """
        UPDATE call_case SET state = 'open', agent_id = NULL, lease_until = NULL, next_due_at = $2
        WHERE id = $1
        """,
        case["id"],
        due_at,
    )


async def close(db: Connection, case: UUID, outcome: str, now: datetime) -> None:
    """Close a case with its final code."""
    await execute(
        db,
        """
        UPDATE call_case SET state = 'done', outcome = $2, closed_at = $3, agent_id = NULL, lease_until = NULL
        WHERE id = $1 AND state <> 'done'
        """,
        case,
        outcome,
        now,
    )
