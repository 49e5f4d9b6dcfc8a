"""A case in an agent's hand: whose it is, until when, and why it no longer is.

The lease is counted by the database's clock. The page that is shown extends it every half minute; the case of
an agent whose page died is given to the next one as soon as the lease is over.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch_one, fetch_value, pool
from quality.errors import Conflict, NotFound
from quality.french import french
from surveys.desk.ending.renumbering import KEYS, wish_of
from surveys.response import InvitedVisit, by_id

LEASE = timedelta(seconds=90)
# A browser without scripts sends nothing by itself: its agent has the time of a conversation.
LEASE_WITHOUT_SCRIPT = timedelta(minutes=10)
GONE = french(
    "Cet appel n’est plus à vous : la personne a répondu, ou quelqu’un d’autre l’a pris. Ne l’appelez pas."
)
# Why a case left the agent's hand, by the code it was closed with; any other code is "closed".
WITHDRAWN = {"answered": "answered", "refused": "refused", "refusal": "refused", "deceased": "deceased"}
# One agent has one call in hand: what takes another case than the next one waits for its own turn.
BUSY = french("Terminez d’abord l’appel en cours.")
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('desk ' || $1::text, 0))"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Hold:
    """Whether the agent still has the case; else why not: answered, refused, deceased, taken or closed."""

    is_mine: bool
    why: str = ""


async def state_of(actor: Actor, case: UUID) -> Hold:
    """Say whether a case is still in the agent's hand, and if not, why; nothing is written."""
    async with scoped(actor) as db:
        row = await fetch_one(db, STATE, case, actor.platform)
    if row is None:
        raise NotFound
    if row["state"] == "done":
        return Hold(False, WITHDRAWN.get(row["outcome"], "closed"))
    if row["is_told"]:
        return Hold(False, "answered")
    if await fetch_value(pool("work"), IS_DECEASED, row["client_id"]):
        return Hold(False, "deceased")
    if row["state"] != "held" or row["agent_id"] != actor.account:
        return Hold(False, "taken")
    return Hold(True)


STATE = """
SELECT c.state, c.agent_id, c.outcome, c.client_id,
       c.kind = 'verdict' AND EXISTS (
           SELECT 1 FROM complaint_event e WHERE e.complaint_id = c.complaint_id AND e.account_id IS NULL
               AND e.kind IN ('settled', 'reopened') AND e.at >= c.picked_at) AS is_told
FROM call_case c WHERE c.id = $1 AND c.platform_id = $2
"""
# As the gate does: a family may have said it to another provider. Only the workers' pool reads persons.
IS_DECEASED = """
SELECT k.status = 'deceased' OR who.deceased_at IS NOT NULL
FROM client k JOIN person who ON who.id = k.person_id WHERE k.id = $1
"""


async def heartbeat(actor: Actor, case: UUID) -> Hold:
    """Extend the lease of a case that is still in the agent's hand, and of its attempt; say whether it is."""
    found = await state_of(actor, case)
    if found.is_mine and not await extended(pool("answer"), actor, case):
        return await state_of(actor, case)
    return found


async def extend(db: Connection, actor: Actor, case: UUID) -> None:
    """Keep a call in hand for one more lease; raise Conflict, and undo what goes with it, if it is gone."""
    if not await extended(db, actor, case):
        raise Conflict(GONE)


async def extended(db: Connection, actor: Actor, case: UUID, lease: timedelta = LEASE) -> bool:
    return bool(await fetch_value(db, EXTEND, case, actor.account, lease, f"desk:{actor.account}"))


# The attempt first, then the case, as an answer that arrives meanwhile does. The attempt of an agent whose
# lease ended may have been planned again; nobody else having taken it, it is the same call.
EXTEND = """
WITH spoken AS (
    UPDATE attempt a SET state = 'claimed', lease_until = greatest(a.lease_until, now() + $3::interval)
    WHERE a.id = (SELECT attempt_id FROM call_case WHERE id = $1 AND state = 'held' AND agent_id = $2)
      AND a.claimed_by = $4 AND a.state IN ('planned', 'claimed') RETURNING a.id
), kept AS (
    UPDATE call_case SET lease_until = greatest(lease_until, now() + $3::interval)
    WHERE id = $1 AND state = 'held' AND agent_id = $2 AND (SELECT count(*) FROM spoken) >= 0 RETURNING id
)
SELECT count(*) = 1 FROM kept
"""


async def in_hand(actor: Actor, case: UUID) -> None:
    """Refuse a call that the actor may not read: the pools that write see every platform."""
    async with scoped(actor) as db:
        await held_by(db, actor, case)


async def held_by(db: Connection, actor: Actor, case: UUID) -> Row:
    """Read a case in the agent's hand; another platform's does not exist, another agent's is refused."""
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


async def locked(db: Connection, actor: Actor, case: UUID) -> Row:
    """Lock the attempts, then the case, in the order of an answer that arrives meanwhile (pool `work`)."""
    row = await held_by(db, actor, case)
    if row["invitation_id"] is not None:
        await execute(
            db,
            "SELECT id FROM attempt WHERE invitation_id = $1 ORDER BY id FOR NO KEY UPDATE",
            row["invitation_id"],
        )
    mine = await fetch_one(db, LOCKED, case, actor.account)
    if mine is None:
        raise Conflict(GONE)
    return mine | await wish_of(db, mine)


LOCKED = f"""
SELECT c.*, k.departement, k.person_id, i.audience, v.definition, {KEYS} FROM call_case c
JOIN client k ON k.id = c.client_id LEFT JOIN invitation i ON i.id = c.invitation_id
LEFT JOIN protocol_version v ON v.id = i.protocol_id
WHERE c.id = $1 AND c.state = 'held' AND c.agent_id = $2 FOR NO KEY UPDATE OF c
"""


async def visit_of(db: Connection, mine: Row) -> InvitedVisit:
    """Give the visit that a survey's call is about."""
    visit = await by_id(db, mine["invitation_id"]) if mine["kind"] in ("survey", "callback") else None
    if visit is None:
        raise NotFound
    return visit
