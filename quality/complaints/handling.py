"""What is done about a complaint: each verb is one guarded change and one line of the timeline."""

from dataclasses import dataclass
from enum import StrEnum

from quality import clock
from quality.access import audit
from quality.access.actor import STAFF, Actor, Role
from quality.access.scope import scoped
from quality.complaints.milestones import State
from quality.complaints.opening import WITHDRAWN_CAUSE, WITHDRAWN_REMEDY
from quality.db import Connection, execute, fetch_value
from quality.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from quality.ids import uuid7
from quality.web.languages import gettext as _

HANDLERS = STAFF | {Role.provider}
LONGEST = 2_000


class Kind(StrEnum):
    """What a complaint is about."""

    unknown = "unknown"
    late = "late"
    not_done = "not_done"
    behaviour = "behaviour"
    other = "other"


KINDS = frozenset(Kind) - {Kind.unknown}


class Audience(StrEnum):
    """Who reads a line of the timeline: everybody concerned, or the platform's staff."""

    all = "all"
    staff = "staff"


class Decision(StrEnum):
    """What a client who asked to be called first decides."""

    named = "named"
    anonymous = "anonymous"
    nothing = "nothing"


class Verdict(StrEnum):
    """What the client says once a solution was brought."""

    settled = "settled"
    not_settled = "not_settled"


@dataclass(frozen=True, slots=True)
class Move:
    """A change: the states it leaves, the columns it sets, the line it writes, what else must hold.

    In the SQL fragments $3 is the instant; $9 and the next are the values of the verb.
    """

    leaves: tuple[State, ...]
    sets: str
    event: str
    guard: str = "disclosure <> 'call_first'"


CALLED_FIRST = "disclosure = 'call_first'"
ACKNOWLEDGE = Move((State.opened,), "state = 'acknowledged', acknowledged_at = $3", "acknowledged")
REMEDY = Move(
    (State.acknowledged,),
    "state = 'remedied', remedied_at = $3, kind = $9, cause = $10, remedy = $11",
    "remedied",
)
SETTLE = Move((State.remedied,), "state = 'closed', closed_at = $3, verdict = 'settled'", "settled")
REOPEN = Move(
    (State.remedied,), "state = 'acknowledged', remedied_at = NULL, verdict = 'not_settled'", "reopened"
)
NOTE = Move(tuple(State), "state = state", "note", "true")
DISCLOSE = {
    decision: Move(
        (State.opened,), f"disclosure = '{decision}', awaits_contact = false", decision, CALLED_FIRST
    )
    for decision in (Decision.named, Decision.anonymous)
}
WITHDRAW = Move(
    (State.opened,),
    "state = 'closed', awaits_contact = false, acknowledged_at = $3, remedied_at = $3, closed_at = $3, "
    "verdict = 'no_answer', cause = $9, remedy = $10",
    "withdrawn",
    CALLED_FIRST,
)


async def acknowledge(actor: Actor, number: int) -> None:
    """Say that the complaint is received and owned."""
    async with scoped(actor) as db:
        await _change(db, actor, number, ACKNOWLEDGE)


async def note(actor: Actor, number: int, text: str, audience: Audience = Audience.all) -> None:
    """Add a line to the timeline; a provider's is read by all."""
    if actor.role == Role.provider and audience is not Audience.all:
        raise Forbidden
    if not _fits(text):
        raise Invalid(errors=(FieldError("note", _("Écrivez votre note, en 2 000 caractères au plus.")),))
    async with scoped(actor) as db:
        await _change(db, actor, number, NOTE, text=text.strip(), audience=audience)


async def remedy(actor: Actor, number: int, kind: str, cause: str, solution: str) -> None:
    """Write what happened and what was done about it; the client's verdict comes next."""
    wanted = (
        ("motif", kind in KINDS, _("Choisissez le motif de la réclamation.")),
        ("cause", _fits(cause), _("Écrivez la cause, en 2 000 caractères au plus.")),
        ("solution", _fits(solution), _("Écrivez la solution apportée, en 2 000 caractères au plus.")),
    )
    errors = tuple(FieldError(field, message) for field, is_given, message in wanted if not is_given)
    if errors:
        raise Invalid(errors=errors)
    async with scoped(actor) as db:
        facts = kind, cause.strip(), solution.strip()
        await _change(db, actor, number, REMEDY, *facts, text=solution.strip())


async def hear_verdict(actor: Actor, number: int, verdict: Verdict) -> None:
    """Write what the client says: settled closes the complaint, not settled reopens it."""
    _staff_only(actor)
    async with scoped(actor) as db:
        await _change(db, actor, number, SETTLE if verdict is Verdict.settled else REOPEN)


async def disclose(actor: Actor, number: int, decision: Decision) -> None:
    """Write what a client who asked to be called first decides: with a name, without, or nothing."""
    _staff_only(actor)
    async with scoped(actor) as db:
        if decision is Decision.named:
            await execute(db, NAME, actor.platform, number)
        if decision is Decision.nothing:
            await _change(
                db, actor, number, WITHDRAW, WITHDRAWN_CAUSE, WITHDRAWN_REMEDY, audience=Audience.staff
            )
        else:
            await _change(db, actor, number, DISCLOSE[decision])


NAME = """
UPDATE complaint_subject SET is_disclosed = true WHERE id =
    (SELECT c.id FROM complaint c WHERE c.platform_id = $1 AND c.number = $2 AND c.disclosure = 'call_first')
"""


async def _change(
    db: Connection,
    actor: Actor,
    number: int,
    move: Move,
    *values: str,
    text: str = "",
    audience: Audience = Audience.all,
) -> None:
    """Change one complaint if it is where the move starts, and write its line, in one statement."""
    if actor.role not in HANDLERS:
        raise Forbidden
    changed = await fetch_value(
        db,
        f"""
        WITH changed AS (
            UPDATE complaint SET {move.sets}
            WHERE platform_id = $1 AND number = $2 AND state IN ({_listed(move.leaves)}) AND {move.guard}
            RETURNING id, platform_id
        )
        INSERT INTO complaint_event (id, platform_id, complaint_id, at, kind, account_id, audience, text)
        SELECT $4, c.platform_id, c.id, $3, $5, $6, $7, $8 FROM changed c RETURNING complaint_id
        """,
        actor.platform,
        number,
        clock.now(),
        uuid7(clock.now()),
        _line(actor, move.event),
        actor.account,
        audience.value,
        text,
        *values,
    )
    if changed is None:
        await _explain(db, actor, number)
    await audit.record(db, actor, f"complaint.{move.event}", str(number))


def _line(actor: Actor, event: str) -> str:
    """Name the line; those of the platform's staff say so, as a provider cannot read who they are."""
    return event if actor.role == Role.provider else f"staff_{event}"


def _listed(states: tuple[State, ...]) -> str:
    return ", ".join(f"'{state}'" for state in states)


async def _explain(db: Connection, actor: Actor, number: int) -> None:
    seen = await fetch_value(
        db, "SELECT id FROM complaint WHERE platform_id = $1 AND number = $2", actor.platform, number
    )
    if seen is None:
        raise NotFound
    raise Conflict("La réclamation {number} n’en est plus là. Rechargez la page.", number=number)


def _staff_only(actor: Actor) -> None:
    if actor.role not in STAFF:
        raise Forbidden


def _fits(text: str) -> bool:
    return 1 <= len(text.strip()) <= LONGEST
