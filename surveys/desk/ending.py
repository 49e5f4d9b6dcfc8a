"""How a call ends: its outcome is written, what it changes is done, the next call is planned or is none."""

from datetime import datetime
from typing import Any
from uuid import UUID

from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch_one, fetch_value, transaction
from quality.errors import Conflict, Invalid
from surveys.desk import effects
from surveys.desk.closing import close
from surveys.desk.following import follow
from surveys.desk.holding import held_by, in_hand, locked
from surveys.desk.outcomes import Code
from surveys.dispatch.claims import uncount


async def conclude(actor: Actor, case: UUID, code: Code, at: datetime | None = None) -> None:
    """Write how the call ended: the next call is planned, or the case is closed for good."""
    async with scoped(actor) as db:
        mine = await held_by(db, actor, case)
        if code is Code.answered:
            await _check_answered(db, mine)
    await end(actor, case, code, at)


async def give_back(actor: Actor, case: UUID) -> None:
    """Put a call back in the queue that was not made: it counts for nobody."""
    await in_hand(actor, case)
    async with transaction("work") as db:
        mine = await locked(db, actor, case)
        if await _has_answers(db, mine):
            raise Conflict("Des réponses sont enregistrées. Terminez l’appel plutôt que de le rendre.")
        await execute(db, GIVE_BACK, case)
        attempt = await fetch_one(db, UNCLAIM, mine["attempt_id"])
        if attempt and attempt["claims"] == 0:
            await uncount(db, [attempt["id"]])


GIVE_BACK = """
UPDATE call_case SET state = 'open', agent_id = NULL, lease_until = NULL, tries = greatest(tries - 1, 0)
WHERE id = $1
"""
UNCLAIM = """
UPDATE attempt SET state = 'planned', lease_until = NULL, claims = greatest(claims - 1, 0)
WHERE id = $1 AND state = 'claimed' RETURNING id, claims
"""


async def end(actor: Actor, case: UUID, code: Code, at: datetime | None = None) -> None:
    """Settle the call that was made, do what its outcome changes, and let the case go."""
    now = clock.now()
    async with transaction("work") as db:
        mine = await locked(db, actor, case)
        next_at = await follow(db, mine, code, now, at)
        await effects.apply(db, mine, code, now)
        if next_at is None:
            await close(db, case, code.value, now)
        else:
            await execute(db, REOPEN, case, next_at, code.value)
        await audit.record(db, actor, f"call.{code}", str(case))


REOPEN = """
UPDATE call_case SET state = 'open', next_due_at = $2, outcome = $3, agent_id = NULL, lease_until = NULL
WHERE id = $1
"""


async def _check_answered(db: Connection, mine: dict[str, Any]) -> None:
    if mine["kind"] == "complaint":
        raise Invalid("Notez d’abord ce que la personne décide.")
    if mine["kind"] != "survey":
        return
    if not await _has_answers(db, mine):
        raise Invalid("Aucune réponse n’est enregistrée. Choisissez comment l’appel s’est terminé.")


async def _has_answers(db: Connection, mine: dict[str, Any]) -> bool:
    found = await fetch_value(
        db, "SELECT id FROM response WHERE invitation_id = $1 LIMIT 1", mine["invitation_id"]
    )
    return mine["kind"] == "survey" and found is not None
