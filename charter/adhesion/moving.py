"""Moving an adhesion: one conditional update, its letter and its line of the trail, in one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from charter import letters
from charter.adhesion.life import APPEAL_DELAY, MENDING, Event, State, Term, next_state, renewed, term
from charter.editions import load
from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, fetch_one, fetch_value
from quality.errors import Conflict, FieldError, Invalid, NotFound
from quality.french import french
from quality.ids import uuid7
from quality.web.platform import PARIS

LONGEST = 2000
NAMED = "id, platform_id, provider_id, edition, edition_version, state, starts_on, ends_on, warned_at"
LIVING = f"SELECT {NAMED} FROM adhesion WHERE provider_id = $1 AND state NOT IN ('ended', 'revoked')"
MOVE = """
UPDATE adhesion SET state = $3, reason = CASE WHEN $4 = '' THEN reason ELSE $4 END, changed_at = $5,
    ends_on = $6, reminded_at = CASE $7 WHEN 'remind' THEN $5 WHEN 'renew' THEN NULL ELSE reminded_at END,
    warned_at = CASE $7 WHEN 'warn' THEN $5 ELSE warned_at END,
    cleared_at = CASE WHEN $7 IN ('recover', 'lift') THEN $5 ELSE cleared_at END,
    appeal = CASE $7 WHEN 'appeal' THEN $4 ELSE appeal END,
    appeal_due_at = $8
WHERE id = $1 AND state = $2 RETURNING id
"""
ADD = """
INSERT INTO adhesion (id, platform_id, provider_id, file_id, certificate, edition, edition_version, state,
    changed_at, starts_on, ends_on)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'valid', $8, $9, $10)
ON CONFLICT DO NOTHING RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Why:
    """The reason of a move: as it is kept (French), and as a letter says it."""

    kept: str
    said: Callable[[], str]

    @classmethod
    def of(cls, words: str) -> "Why":
        """Take the words of a person, said as they were written."""
        return cls(words, lambda: words)


NOTHING = Why.of("")


def today() -> date:
    return clock.now().astimezone(PARIS).date()


async def move(
    db: Connection,
    actor: Actor,
    of: Mapping[str, Any],
    event: Event,
    why: Why,
    *,
    ends_on: date | None = None,
) -> State:
    """Move an adhesion (a row with `NAMED`), write the letter and the trail; Conflict if it moved."""
    now, before = clock.now(), State(of["state"])
    state, last = next_state(before, event), ends_on or of["ends_on"]
    due = now + APPEAL_DELAY if state is State.appealed else None
    moved = await fetch_value(db, MOVE, of["id"], before, state, why.kept, now, last, event, due)
    if moved is None:
        raise Conflict(french("L’adhésion n’en est pas là : relisez la page avant de décider."))
    day = (now + MENDING).astimezone(PARIS).date() if event is Event.warn else last
    action = f"adhesion.{event}"
    await letters.write(db, (of["platform_id"], of["provider_id"]), action, why.said, day)
    detail = {"from": before, "to": state, "why": why.kept, "ends_on": last.isoformat()}
    await audit.record(db, actor, action, str(of["id"]), detail)
    return state


async def admit(db: Connection, actor: Actor, provider: UUID, file: UUID, edition: tuple[str, int]) -> None:
    """Open the adhesion that an accepted file gives, or renew the one that holds; inside `scoped(actor)`."""
    months = load(edition[0]).renewal_months
    living = await fetch_one(db, LIVING, provider)
    if living is not None:
        current = Term(living["starts_on"], living["ends_on"])
        last = renewed(current, today(), months).ends_on
        await move(db, actor, living, Event.renew, NOTHING, ends_on=last)
        return
    given = term(today(), months)
    await add(db, actor, provider, origin=(file, ""), edition=edition, dates=given, action="file.accept")


async def add(
    db: Connection,
    actor: Actor,
    provider: UUID,
    *,
    origin: tuple[UUID | None, str],
    edition: tuple[str, int],
    dates: Term,
    action: str,
) -> None:
    """Open an adhesion that a file (its id) or a certificate (its name) gives; Conflict if one is living."""
    now = clock.now()
    added = await fetch_value(
        db, ADD, uuid7(now), actor.platform, provider, *origin, *edition, now, dates.starts_on, dates.ends_on
    )
    if added is None:
        raise Conflict(french("Cet organisme a déjà une adhésion."))
    whose = (_platform(actor), provider)
    await letters.write(db, whose, action, lambda: origin[1], dates.ends_on)
    detail = {"to": State.valid, "why": origin[1], "ends_on": dates.ends_on.isoformat()}
    await audit.record(db, actor, "adhesion.open", str(added), detail)


def _platform(actor: Actor) -> UUID:
    if actor.platform is None:
        raise NotFound
    return actor.platform


async def appeal(actor: Actor, words: str) -> None:
    """Contest the suspension of the actor's own adhesion."""
    written = checked(words, "appel")
    async with scoped(actor) as db:
        await move(db, actor, await _living(db, actor.organisation), Event.appeal, Why.of(written))


async def decide(actor: Actor, provider: UUID, event: Event, words: str) -> None:
    """Lift or uphold a suspension under appeal, or revoke: the platform decides and says why."""
    written = checked(words, "motif")
    async with scoped(actor) as db:
        await move(db, actor, await _living(db, provider), event, Why.of(written))


async def _living(db: Connection, provider: UUID | None) -> dict[str, Any]:
    row = await fetch_one(db, LIVING, provider)
    if row is None:
        raise NotFound
    return row


def checked(words: str, field: str) -> str:
    """Return a reason that may be kept, or say what is wrong with it."""
    written = words.strip()
    if not written:
        raise Invalid(errors=(FieldError(field, french("Écrivez pourquoi, en une ou deux phrases.")),))
    if len(written) > LONGEST:
        raise Invalid(errors=(FieldError(field, french("Écrivez au plus 2 000 caractères.")),))
    return written
