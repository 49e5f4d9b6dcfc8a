"""How a call ends: its outcome is written, what it changes is done, the next call is planned or is none."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch_one, fetch_value, transaction
from quality.directory.intake.vocabulary import LANGUAGES
from quality.errors import Conflict, FieldError, Invalid
from quality.french import french
from surveys.desk.ending import call_log, effects
from surveys.desk.ending.following import Next, counted, follow
from surveys.desk.ending.outcomes import Code
from surveys.desk.ending.recalling import recall
from surveys.desk.ending.undoing_end import remember, snapshot
from surveys.desk.queueing.closing import close
from surveys.desk.queueing.holding import held_by, in_hand, locked
from surveys.dispatch.claims import uncount

LONGEST_WHY = 200
SAY_WHY = french("Écrivez en quelques mots ce que le superviseur doit savoir, en 200 caractères au plus.")
WHICH_LANGUAGE = french("Choisissez la langue que la personne parle.")
NOBODY_SPEAKS = french("La personne parle une langue que personne ne parle au bureau d’appels")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What goes with some outcomes: the hour of an appointment, a language, why a supervisor is needed."""

    at: datetime | None = None
    language: str = ""
    why: str = ""
    told: str = ""


async def conclude(
    actor: Actor,
    case: UUID,
    code: Code,
    at: datetime | None = None,
    *,
    language: str = "",
    why: str = "",
    told: str = "",
) -> None:
    """Write how the call ended: the next call is planned, or the case is closed for good."""
    said = _checked(code, Said(at, language, " ".join(why.split()), told))
    async with scoped(actor) as db:
        mine = await held_by(db, actor, case)
        if code is Code.answered:
            await _check_answered(db, mine)
    await end(actor, case, code, said)


def _checked(code: Code, said: Said) -> Said:
    if code is Code.language and said.language not in LANGUAGES:
        raise Invalid(errors=(FieldError("langue", WHICH_LANGUAGE),))
    if code is Code.referred and not 0 < len(said.why) <= LONGEST_WHY:
        raise Invalid(errors=(FieldError("pourquoi", SAY_WHY),))
    return said


async def give_back(actor: Actor, case: UUID) -> None:
    """Put a call back in the queue that was not made: it counts for nobody."""
    await in_hand(actor, case)
    async with transaction("work") as db:
        mine = await locked(db, actor, case)
        if await _has_answers(db, mine):
            raise Conflict("Des réponses sont enregistrées. Terminez l’appel plutôt que de le rendre.")
        if mine["is_incoming"] and mine["kind"] == "inbound":
            await close(db, case, "withdrawn", clock.now())
        await execute(db, GIVE_BACK, case)
        attempt = await fetch_one(db, UNCLAIM, mine["attempt_id"], mine["picked_at"])
        if attempt and attempt["is_new"]:
            await uncount(db, [attempt["id"]])


GIVE_BACK = """
UPDATE call_case SET state = 'open', agent_id = NULL, lease_until = NULL, tries = greatest(tries - 1, 0),
    is_incoming = false WHERE id = $1 AND state = 'held'
"""
# A contact counted before this case was picked is that of a call that was made, or may have been.
UNCLAIM = """
UPDATE attempt SET state = 'planned', lease_until = NULL, claims = greatest(claims - 1, 0)
WHERE id = $1 AND state = 'claimed' RETURNING id, counted_at >= $2 AS is_new
"""


async def end(actor: Actor, case: UUID, code: Code, said: Said | None = None) -> None:
    """Settle the call that was made, log it, do what its outcome changes, and let the case go."""
    said, now = said or Said(), clock.now()
    async with transaction("work") as db:
        mine, before = counted(await locked(db, actor, case), code, now), await snapshot(db, case)
        if code is Code.appointment and await _has_answers(db, mine):
            await recall(db, mine, said.at, now)
            await call_log.write(db, mine, code, now)
        else:
            following = await follow(db, mine, code, now, said.at)
            await call_log.write(db, mine, code, now)
            await effects.apply(db, mine | {"told": said.told}, code, now)
            await _let_go(db, mine, code, following, said, now=now)
            await remember(db, actor, case, code, before)
        await audit.record(db, actor, f"call.{code}", str(case))


async def _let_go(
    db: Connection, mine: Row, code: Code, following: Next, said: Said, *, now: datetime
) -> None:
    await execute(db, COUNT, mine["id"], mine["morning_tries"], mine["afternoon_tries"])
    if following.at is None and code is not Code.referred:
        await close(db, mine["id"], code.value, now)
        return
    await execute(
        db,
        REOPEN,
        mine["id"],
        following.at or now,
        code.value,
        following.priority,
        following.number_rank,
        max(following.closes_at, following.at or now),
    )
    if code is Code.language:
        await _change_language(db, mine, said.language, now)
    if code is Code.referred:
        await execute(db, REFER, mine["id"], now, said.why)


COUNT = "UPDATE call_case SET morning_tries = $2, afternoon_tries = $3 WHERE id = $1"
REOPEN = """
UPDATE call_case SET state = 'open', next_due_at = $2, outcome = $3, agent_id = NULL, lease_until = NULL,
    priority = $4, number_rank = $5, closes_at = greatest(closes_at, $6::timestamptz + interval '1 minute'),
    assigned_to = NULL, is_incoming = false
WHERE id = $1
"""
REFER = "UPDATE call_case SET referred_at = $2, referred_why = $3 WHERE id = $1"


async def _change_language(db: Connection, mine: Row, language: str, now: datetime) -> None:
    """Move the case to the queue of a language; to the supervisor's when nobody at the desk speaks it."""
    await execute(db, "UPDATE call_case SET language = $2 WHERE id = $1", mine["id"], language)
    speaks = await fetch_value(db, SPEAKS, mine["platform_id"], language)
    if not speaks:
        words = LANGUAGES[language][0]
        await execute(db, REFER, mine["id"], now, f"{NOBODY_SPEAKS} ({words})")


SPEAKS = "SELECT EXISTS (SELECT 1 FROM desk_agent WHERE platform_id = $1 AND $2 = ANY (languages))"


async def _check_answered(db: Connection, mine: Row) -> None:
    if mine["kind"] == "complaint":
        raise Invalid("Notez d’abord ce que la personne décide.")
    if mine["kind"] != "survey":
        return
    if not await _has_answers(db, mine):
        raise Invalid("Aucune réponse n’est enregistrée. Choisissez comment l’appel s’est terminé.")


async def _has_answers(db: Connection, mine: Row) -> bool:
    found = await fetch_value(
        db, "SELECT id FROM response WHERE invitation_id = $1 LIMIT 1", mine["invitation_id"]
    )
    return mine["kind"] == "survey" and found is not None
