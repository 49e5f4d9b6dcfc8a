"""Undo: the last answer of the call in hand is as it was before it was given."""

from uuid import UUID

from quality import clock
from quality.access.actor import Actor
from quality.db import Connection, fetch_value, transaction
from quality.errors import Conflict
from quality.french import french
from surveys import collect
from surveys.desk.queueing.holding import extend, held_by, in_hand, locked
from surveys.desk.screen import keeping
from surveys.desk.screen.keeping import LastAnswer, last_answer
from surveys.response import by_id
from surveys.retracting import hold, retract

NOTHING = french("Il n’y a pas de réponse à annuler. Revenez à la question pour la corriger.")


async def undo_answer(actor: Actor, case: UUID) -> LastAnswer:
    """Put back what stood before the last answer of this call; say which answer it was."""
    await in_hand(actor, case)
    async with transaction("work") as db:
        held = await held_by(db, actor, case)
        if held["invitation_id"] is not None:
            await hold(db, held["invitation_id"])
        await locked(db, actor, case)
        last = last_answer(await fetch_value(db, "SELECT undo FROM call_case WHERE id = $1", case))
        if last is None:
            raise Conflict(NOTHING)
        await _put_back(db, held["invitation_id"], last)
        await keeping.remember(db, case, None)
        await extend(db, actor, case)
    return last


async def _put_back(db: Connection, invitation: UUID, last: LastAnswer) -> None:
    now, who = clock.now(), last.respondent
    visit = await by_id(db, invitation)
    if visit is None or visit.answers_of(who).get(last.alias) != last.given:
        raise Conflict(NOTHING)  # somebody said something else since, by another way
    if last.was is None:
        await retract(db, invitation, last.alias, respondent=who, now=now)
    else:
        await collect.record(db, visit, {last.alias: last.was}, channel="phone", respondent=who, now=now)
