"""A call in hand: its answers, its outcome, what the person wishes; only the one who picked it may write."""

from datetime import datetime
from typing import Any
from uuid import UUID

from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.complaints import handling
from quality.complaints.handling import Decision
from quality.complaints.opening import Opened, Wish, wish
from quality.db import Connection, execute, fetch_one, fetch_value, transaction
from quality.errors import Conflict, Invalid, NotFound
from quality.keys import Keyring
from quality.web.platform import closing_days_of
from surveys import callbacks, collect
from surveys.collect import Recorded
from surveys.desk import effects, queue
from surveys.desk.following import follow
from surveys.desk.holding import extend, held_by, in_hand, locked, visit_of
from surveys.desk.outcomes import Code
from surveys.dispatch.claims import uncount
from surveys.questionnaire.logic import parse
from surveys.respond.lows import kind_of, low_marks
from surveys.response import InvitedVisit, response_id

RESPONDENTS = ("client", "relative", "guardian", "other")


async def answer(actor: Actor, case: UUID, alias: str, raw: str, respondent: str) -> Recorded:
    """Save one answer as it is given, and keep the call in hand."""
    if respondent not in RESPONDENTS:
        raise Invalid("Choisissez qui répond.")
    await in_hand(actor, case)
    async with transaction("answer") as db:
        visit = await visit_of(db, await held_by(db, actor, case))
        try:
            item = visit.questionnaire.item(alias)
        except KeyError as error:
            raise NotFound from error
        recorded = await collect.record(
            db, visit, {alias: parse(item, raw)}, channel="phone", respondent=respondent, now=clock.now()
        )
        await extend(db, actor, case)
    return recorded


async def take_wish(
    actor: Actor, keyring: Keyring, case: UUID, wanted: Wish, respondent: str
) -> Opened | None:
    """Take what the person wishes after a low mark, as the answer pages do."""
    if respondent not in RESPONDENTS:
        raise Invalid("Choisissez qui répond.")
    await in_hand(actor, case)
    async with transaction("answer") as db:
        visit, now = await visit_of(db, await held_by(db, actor, case)), clock.now()
        source = visit.source(response_id(visit.id, respondent))
        kind = kind_of(visit.questionnaire, await low_marks(db, visit))
        opened = await wish(db, keyring, source, wanted, now=now, kind=kind)
        if opened is not None and opened.disclosure is Wish.CALL_FIRST:
            await _call_first(db, visit, opened.id, respondent, now)
        await extend(db, actor, case)
    return opened


async def decide(actor: Actor, case: UUID, decision: Decision) -> None:
    """Write what a client called first decides of the complaint, and end the call."""
    async with scoped(actor) as db:
        held = await held_by(db, actor, case)
        number = await fetch_value(db, "SELECT number FROM complaint WHERE id = $1", held["complaint_id"])
    if held["kind"] != "complaint" or number is None:
        raise NotFound
    await handling.disclose(actor, number, decision)
    await _end(actor, case, Code.answered, None)


async def conclude(actor: Actor, case: UUID, code: Code, at: datetime | None = None) -> None:
    """Write how the call ended: the next call is planned, or the case is closed for good."""
    async with scoped(actor) as db:
        held = await held_by(db, actor, case)
        if code is Code.answered:
            await _check_answered(db, held)
    await _end(actor, case, code, at)


async def give_back(actor: Actor, case: UUID) -> None:
    """Put a call back in the queue that was not made: it counts for nobody."""
    await in_hand(actor, case)
    async with transaction("work") as db:
        held = await locked(db, actor, case)
        if await _has_answers(db, held):
            raise Conflict("Des réponses sont enregistrées. Terminez l’appel plutôt que de le rendre.")
        await execute(db, GIVE_BACK, case)
        attempt = await fetch_one(db, UNCLAIM, held["attempt_id"])
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


async def _end(actor: Actor, case: UUID, code: Code, at: datetime | None) -> None:
    now = clock.now()
    async with transaction("work") as db:
        held = await locked(db, actor, case)
        next_at = await follow(db, held, code, now, at)
        await effects.apply(db, held, code, now)
        if next_at is None:
            await queue.close(db, case, code.value, now)
        else:
            await execute(db, REOPEN, case, next_at, code.value)
        await audit.record(db, actor, f"call.{code}", str(case))


REOPEN = """
UPDATE call_case SET state = 'open', next_due_at = $2, outcome = $3, agent_id = NULL, lease_until = NULL
WHERE id = $1
"""


async def _call_first(
    db: Connection, visit: InvitedVisit, complaint: UUID, respondent: str, now: datetime
) -> None:
    audience = "client" if respondent == "client" else "relative"
    closed = await closing_days_of(visit.platform_id, db)
    slots = callbacks.half_days(now, visit.departement, audience, count=1, closed=closed)
    if slots:
        await callbacks.call_first(db, visit, complaint, slots[0], now)


async def _check_answered(db: Connection, held: dict[str, Any]) -> None:
    if held["kind"] == "complaint":
        raise Invalid("Notez d’abord ce que la personne décide.")
    if held["kind"] != "survey":
        return
    if not await _has_answers(db, held):
        raise Invalid("Aucune réponse n’est enregistrée. Choisissez comment l’appel s’est terminé.")


async def _has_answers(db: Connection, held: dict[str, Any]) -> bool:
    found = await fetch_value(
        db, "SELECT id FROM response WHERE invitation_id = $1 LIMIT 1", held["invitation_id"]
    )
    return held["kind"] == "survey" and found is not None
