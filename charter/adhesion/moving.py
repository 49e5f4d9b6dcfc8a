"""Moving an adhesion: one conditional update, its letter and its line of the trail, in one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from charter import letters
from charter.adhesion.causes import cause_words
from charter.adhesion.life import (
    APPEAL_DELAY,
    HOLDING,
    MENDING,
    Event,
    State,
    Term,
    next_state,
    renewed,
    term,
)
from charter.definition import Edition
from charter.library import library
from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch_one, fetch_value
from quality.errors import Conflict, FieldError, Invalid, NotFound
from quality.french import french
from quality.ids import uuid7
from quality.web import languages
from quality.web.platform import PARIS, card_of

LONGEST = 2000
NAMED = (
    "id, platform_id, provider_id, edition, edition_version, certificate, "
    "state, starts_on, ends_on, reason, cause"
)
LIVING = f"""
SELECT {NAMED} FROM adhesion WHERE provider_id = $1 AND edition = $2 AND state NOT IN ('ended', 'revoked')
"""
BY_ID = f"SELECT {NAMED} FROM adhesion WHERE id = $1"
MOVE = """
UPDATE adhesion SET state = $3::text, reason = $4, cause = $5, changed_at = $6,
    reminded_at = CASE $7 WHEN 'remind' THEN $6 WHEN 'renew' THEN NULL ELSE reminded_at END,
    warned_at = CASE $7 WHEN 'warn' THEN $6 ELSE warned_at END,
    cleared_at = CASE WHEN $3 = 'valid' AND state <> 'valid' THEN $6 ELSE cleared_at END,
    suspended_at = CASE WHEN $7 = 'suspend' THEN $6 WHEN $3 = 'valid' THEN NULL ELSE suspended_at END,
    appeal = CASE $7 WHEN 'appeal' THEN $8 ELSE appeal END,
    appeal_due_at = $9
WHERE id = $1 AND state = $2 RETURNING id
"""
# What renews an adhesion, a file or a certificate, gives its term, its version and its origin.
RENEW = """
UPDATE adhesion SET ends_on = $2, file_id = $3, edition_version = $4, certificate = $5 WHERE id = $1
"""
# What whoever adheres by a certificate is asked for is another certificate.
OF_CERTIFICATES = frozenset({Event.remind, Event.expire})
# Nothing is taken of the ranks when one is living already.
ADD = """
INSERT INTO adhesion (id, platform_id, provider_id, file_id, certificate, edition, edition_version, state,
    changed_at, starts_on, ends_on)
SELECT $1::uuid, $2::uuid, $3::uuid, $4::uuid, $5::text, $6::text, $7::int, 'valid', $8::timestamptz,
    $9::date, $10::date
WHERE NOT EXISTS (
    SELECT FROM adhesion WHERE provider_id = $3 AND edition = $6 AND state NOT IN ('ended', 'revoked'))
ON CONFLICT DO NOTHING RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Why:
    """The reason of a move: what a person wrote, or the code and the words of what a machine found."""

    said: Callable[[], str]
    cause: str = ""

    @classmethod
    def of(cls, words: str) -> "Why":
        """Take the words of a person, said as they were written."""
        return cls(lambda: words)

    @classmethod
    def found(cls, cause: str, edition: Edition) -> "Why":
        """Take what a machine found, said in the language of whoever reads it."""
        return cls(lambda: cause_words(cause, edition), cause)

    @property
    def kept(self) -> str:
        """The reason in French, as the trail keeps it."""
        with languages.using("fr"):
            return self.said()

    @property
    def written(self) -> str:
        """What a person wrote; "" when it was found by a machine."""
        return "" if self.cause else self.said()


NOTHING = Why.of("")


def today() -> date:
    return clock.now().astimezone(PARIS).date()


async def today_of(platform: UUID | None) -> date:
    """Give the day where a platform is."""
    return clock.now().astimezone((await card_of(platform)).zone).date()


async def move(db: Connection, actor: Actor, of: Mapping[str, Any], event: Event, why: Why) -> State:
    """Move an adhesion (a row with `NAMED`), write the letter and the trail; Conflict if it moved.

    Within the transaction of a renewal, `ends_on` of the row is the new one.
    """
    now, before = clock.now(), State(of["state"])
    state = next_state(before, event)
    due = now + APPEAL_DELAY if state is State.appealed else None
    reason, cause = _reasons(of, event, state, why)
    values = (state, reason, cause, now, event, why.written, due)
    if await fetch_value(db, MOVE, of["id"], before, *values) is None:
        raise Conflict(french("L’adhésion n’en est pas là : relisez la page avant de décider."))
    last: date = of["ends_on"]
    zone = (await card_of(of["platform_id"])).zone
    day = (now + MENDING).astimezone(zone).date() if event is Event.warn else last
    action = f"adhesion.{event}"
    is_certified = of["certificate"] and event in OF_CERTIFICATES
    letter = f"{action}.certificate" if is_certified else action
    await letters.write(db, (of["platform_id"], of["provider_id"]), letter, why.said, day)
    detail = {"from": before, "to": state, "why": why.kept, "ends_on": last.isoformat()}
    await audit.record(db, actor, action, str(of["id"]), detail)
    return state


def _reasons(of: Mapping[str, Any], event: Event, state: State, why: Why) -> tuple[str, str]:
    """Give what a person wrote and what was found, once moved: neither outlives what it explained."""
    if event in {Event.warn, Event.suspend, Event.revoke}:
        return why.written, why.cause
    if event is Event.uphold:
        return why.written, of["cause"]
    if state is State.valid and event is not Event.remind:
        return why.written, why.cause
    return of["reason"], of["cause"]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A file that is accepted: its edition, the version that it answers, and what the platform wrote."""

    file: UUID
    edition: str
    version: int
    words: str = ""


async def admit(db: Connection, actor: Actor, provider: UUID, given: Accepted) -> None:
    """Open the adhesion to its edition that an accepted file gives, or renew the one that lives.

    Invalid where it would lift a suspension and nobody wrote why. Inside `scoped(actor)`.
    """
    edition = (await library(db, actor.platform)).find(given.edition, given.version)
    months, day = edition.renewal_months, await today_of(actor.platform)
    living = await fetch_one(db, f"{LIVING} FOR UPDATE", provider, given.edition)
    if living is None:
        dates, version = term(day, months), (given.edition, given.version)
        action = "file.accept"
        await add(db, actor, provider, origin=(given.file, ""), edition=version, dates=dates, action=action)
        return
    words = given.words if State(living["state"]) in HOLDING else checked(given.words, "levee")
    last = renewed(Term(living["starts_on"], living["ends_on"]), day, months).ends_on
    if last > living["ends_on"] or not living["certificate"]:  # a longer certificate stays its origin
        await execute(db, RENEW, living["id"], last, given.file, given.version, "")
    await move(db, actor, {**living, "ends_on": last}, Event.renew, Why.of(words.strip()))


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
        raise Conflict(french("Cet organisme a déjà une adhésion à cette charte."))
    whose = (_platform(actor), provider)
    await letters.write(db, whose, action, lambda: origin[1], dates.ends_on)
    detail = {"to": State.valid, "why": origin[1], "ends_on": dates.ends_on.isoformat()}
    await audit.record(db, actor, "adhesion.open", str(added), detail)


def _platform(actor: Actor) -> UUID:
    if actor.platform is None:
        raise NotFound
    return actor.platform


async def appeal(actor: Actor, adhesion: UUID, words: str) -> None:
    """Contest the suspension of one of the actor's own adhesions."""
    written = checked(words, "appel")
    async with scoped(actor) as db:
        await move(db, actor, await _one(db, adhesion), Event.appeal, Why.of(written))


async def decide(actor: Actor, adhesion: UUID, event: Event, words: str) -> None:
    """Lift or uphold a suspension under appeal, or revoke: the platform decides and says why."""
    written = checked(words, "motif")
    async with scoped(actor) as db:
        await move(db, actor, await _one(db, adhesion), event, Why.of(written))


async def _one(db: Connection, adhesion: UUID) -> dict[str, Any]:
    row = await fetch_one(db, BY_ID, adhesion)
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
