"""A change of a complaint, guarded by where it stands, and its line of the timeline, in one statement."""

from dataclasses import dataclass
from uuid import UUID

from quality import clock
from quality.access import audit
from quality.access.actor import STAFF, Actor, Role
from quality.complaints.events import Audience
from quality.complaints.milestones import State
from quality.db import Connection, fetch_value
from quality.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from quality.ids import uuid7

HANDLERS = STAFF | {Role.provider}
MANAGERS = frozenset({Role.platform, Role.supervisor})
# An agent solves by what the grid lets them promise; the solution is written by who brings it.
SOLVERS = MANAGERS | {Role.provider}
LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Move:
    """A change: the states it leaves, the columns it sets, the line it writes, what else must hold.

    In the SQL fragments $3 is the instant; $9 and the next are the values of the verb.
    """

    leaves: tuple[State, ...]
    sets: str
    event: str
    guard: str = "disclosure <> 'call_first'"


ALIVE = (State.opened, State.acknowledged, State.remedied)


async def change(
    db: Connection,
    actor: Actor,
    number: int,
    move: Move,
    *values: object,
    text: str = "",
    audience: Audience = Audience.all,
) -> UUID:
    """Change one complaint if it is where the move starts, and write its line; inside `scoped(actor)`."""
    if actor.role not in HANDLERS:
        raise Forbidden
    changed: UUID | None = await fetch_value(
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
        line_of(actor, move.event),
        actor.account,
        audience.value,
        text,
        *values,
    )
    if changed is None:
        await explain(db, actor, number)
    await audit.record(db, actor, f"complaint.{move.event}", str(number))
    return changed  # type: ignore[return-value]  # `explain` raises


def line_of(actor: Actor, event: str) -> str:
    """Name the line; those of the platform's staff say so, as a provider cannot read who they are."""
    return event if actor.role == Role.provider else f"staff_{event}"


def _listed(states: tuple[State, ...]) -> str:
    return ", ".join(f"'{state}'" for state in states)


async def explain(db: Connection, actor: Actor, number: int) -> None:
    """Say why nothing changed: the complaint is not there for this actor, or it has moved on."""
    seen = await fetch_value(
        db, "SELECT id FROM complaint WHERE platform_id = $1 AND number = $2", actor.platform, number
    )
    if seen is None:
        raise NotFound
    raise Conflict("La réclamation {number} n’en est plus là. Rechargez la page.", number=number)


def only(actor: Actor, roles: frozenset[Role]) -> None:
    if actor.role not in roles:
        raise Forbidden


def fits(text: str) -> bool:
    return 1 <= len(text.strip()) <= LONGEST


def worded(field: str, text: str, message: str) -> str:
    """Return what was written without its blank ends, or refuse it with what to do."""
    if not fits(text):
        raise Invalid(errors=(FieldError(field, message),))
    return text.strip()
