"""A call in hand: whose it is, locked before it changes, kept alive while somebody speaks."""

from typing import Any
from uuid import UUID

from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch_one, fetch_value
from quality.errors import Conflict, NotFound
from quality.french import french
from surveys.desk import queue
from surveys.response import InvitedVisit, by_id

GONE = french(
    "Cet appel n’est plus à vous : la personne a répondu, ou quelqu’un d’autre l’a pris. Ne l’appelez pas."
)


async def in_hand(actor: Actor, case: UUID) -> None:
    """Refuse a call that the actor may not read: the pools that write see every platform."""
    async with scoped(actor) as db:
        await held_by(db, actor, case)


async def held_by(db: Connection, actor: Actor, case: UUID) -> dict[str, Any]:
    row = await fetch_one(
        db,
        """
        SELECT id, kind, state, agent_id, invitation_id, complaint_id, client_id FROM call_case
        WHERE id = $1 AND platform_id = $2
        """,
        case,
        actor.platform,
    )
    if row is None:
        raise NotFound
    if row["state"] != "held" or row["agent_id"] != actor.account:
        raise Conflict(GONE)
    return row


async def locked(db: Connection, actor: Actor, case: UUID) -> dict[str, Any]:
    """Lock the attempts, then the case, in the order of an answer that arrives meanwhile."""
    held = await held_by(db, actor, case)
    if held["invitation_id"] is not None:
        await execute(
            db,
            "SELECT id FROM attempt WHERE invitation_id = $1 ORDER BY id FOR NO KEY UPDATE",
            held["invitation_id"],
        )
    locked = await fetch_one(db, LOCKED, case, actor.account)
    if locked is None:
        raise Conflict(GONE)
    return locked


LOCKED = """
SELECT c.*, k.departement, k.person_id, i.audience, v.definition FROM call_case c
JOIN client k ON k.id = c.client_id LEFT JOIN invitation i ON i.id = c.invitation_id
LEFT JOIN protocol_version v ON v.id = i.protocol_id
WHERE c.id = $1 AND c.state = 'held' AND c.agent_id = $2 FOR NO KEY UPDATE OF c
"""


async def visit_of(db: Connection, held: dict[str, Any]) -> InvitedVisit:
    visit = await by_id(db, held["invitation_id"]) if held["kind"] == "survey" else None
    if visit is None:
        raise NotFound
    return visit


async def extend(db: Connection, actor: Actor, case: UUID) -> None:
    """Extend the lease of the case and of its attempt: somebody is speaking."""
    attempt = await fetch_value(
        db,
        """
        UPDATE call_case SET lease_until = now() + $3::interval
        WHERE id = $1 AND state = 'held' AND agent_id = $2 RETURNING attempt_id
        """,
        case,
        actor.account,
        queue.LEASE,
    )
    await execute(
        db,
        "UPDATE attempt SET lease_until = now() + $2::interval WHERE id = $1 AND state = 'claimed'",
        attempt,
        queue.LEASE,
    )
