"""What a supervisor does with a case: takes it, gives it back, confides it to somebody, closes it."""

from uuid import UUID

from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch_one, fetch_value, transaction
from quality.errors import Conflict, FieldError, Invalid, NotFound
from quality.french import french
from surveys.desk.queueing import queue
from surveys.priorities import AGREED

LONGEST_WHY = 200
WHY_CLOSE = french("Écrivez pourquoi vous fermez ce dossier, en 200 caractères au plus.")
NOBODY = french("Choisissez une personne ou une équipe du bureau d’appels.")
OVER = french("Ce dossier est déjà terminé.")
BEING_MADE = french("Quelqu’un passe cet appel en ce moment.")


async def take(actor: Actor, case: UUID) -> UUID | None:
    """Put a referred case first for the supervisor, and pick; None when nobody may be called now."""
    async with scoped(actor) as db:
        await _change(db, actor, case, TAKE, AGREED, clock.now())
        await audit.record(db, actor, "call.supervise", str(case), {"how": "take"})
    return await queue.pick(actor, clock.now())


async def give_back(actor: Actor, case: UUID) -> None:
    """Give a referred case back to the queue."""
    async with scoped(actor) as db:
        await _change(db, actor, case, GIVE_BACK)
        await audit.record(db, actor, "call.supervise", str(case), {"how": "give_back"})


async def confide(actor: Actor, case: UUID, *, agent: UUID | None = None, team: UUID | None = None) -> None:
    """Give a case to an agent or to a team: nobody else picks it."""
    async with scoped(actor) as db:
        if agent is None and team is None:
            raise Invalid(errors=(FieldError("a-qui", NOBODY),))
        known = await fetch_value(db, KNOWN, actor.platform, agent, team)
        if not known:
            raise NotFound
        await _change(db, actor, case, CONFIDE, agent, team)
        await audit.record(db, actor, "call.supervise", str(case), {"how": "confide"})


async def close(actor: Actor, case: UUID, why: str) -> None:
    """Close a case for good, with a reason; the calls still planned for it are not made."""
    words, now = " ".join(why.split()), clock.now()
    if not 0 < len(words) <= LONGEST_WHY:
        raise Invalid(errors=(FieldError("pourquoi-fermer", WHY_CLOSE),))
    async with scoped(actor) as db:
        await _open_case(db, actor, case)
    async with transaction("work") as db:
        done = await fetch_one(db, CLOSE, case, now, words)
        if done is None:
            raise Conflict(BEING_MADE)
        if done["kind"] == "survey":
            await execute(db, STOP, done["invitation_id"], now)
        await audit.record(db, actor, "call.supervise", str(case), {"how": "close", "why": words})


async def _change(db: Connection, actor: Actor, case: UUID, sql: str, *values: object) -> None:
    await _open_case(db, actor, case)
    changed = await fetch_value(db, sql, case, actor.account, *values)
    if changed is None:
        raise Conflict(BEING_MADE)


async def _open_case(db: Connection, actor: Actor, case: UUID) -> None:
    state = await fetch_value(
        db, "SELECT state FROM call_case WHERE id = $1 AND platform_id = $2", case, actor.platform
    )
    if state is None:
        raise NotFound
    if state != "open":
        raise Conflict(BEING_MADE if state == "held" else OVER)


TAKE = """
UPDATE call_case SET referred_at = NULL, referred_why = '', assigned_to = $2, priority = $3,
    next_due_at = least(next_due_at, $4::timestamptz)
WHERE id = $1 AND state = 'open' RETURNING id
"""
GIVE_BACK = """
UPDATE call_case SET referred_at = NULL, referred_why = '', assigned_to = NULLIF(assigned_to, $2)
WHERE id = $1 AND state = 'open' RETURNING id
"""
CONFIDE = """
UPDATE call_case SET referred_at = NULL, referred_why = '', assigned_to = $3, team_id = coalesce($4, team_id)
WHERE id = $1 AND state = 'open' AND $2::uuid IS NOT NULL RETURNING id
"""
KNOWN = """
SELECT ($2::uuid IS NULL OR EXISTS (SELECT 1 FROM membership m
            WHERE m.account_id = $2 AND m.platform_id = $1 AND m.role IN ('agent', 'supervisor', 'platform')))
   AND ($3::uuid IS NULL OR EXISTS (SELECT 1 FROM desk_team t WHERE t.id = $3 AND t.platform_id = $1))
"""
CLOSE = """
UPDATE call_case SET state = 'done', outcome = 'supervisor', closed_at = $2, referred_at = NULL,
    referred_why = $3
WHERE id = $1 AND state = 'open' RETURNING kind, invitation_id
"""
STOP = """
UPDATE attempt SET state = 'suppressed', reason = 'supervisor', settled_at = $2
WHERE invitation_id = $1 AND channel = 'phone' AND state IN ('planned', 'deferred')
"""
