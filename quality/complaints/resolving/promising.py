"""Promises: granted in the call within the authority grid, confirmed by the provider, done, or broken.

A remedy that somebody may not grant is refused with who can, and the refusal is counted. Lines written here
(`promised`, `confirmed`, `declined`, `kept`) start with the code of the remedy, then the words of who wrote.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from quality import clock
from quality.access import audit
from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.complaints.delays import evening
from quality.complaints.events import Audience, tell
from quality.complaints.resolving import authority
from quality.complaints.resolving.authority import Allowed, Grid, Reason, Refused, Remedy
from quality.complaints.resolving.grids import facts_of, grid_of
from quality.complaints.resolving.moves import HANDLERS, line_of, only, worded
from quality.complaints.vocabulary import REMEDIES
from quality.complaints.words import day_words
from quality.db import Connection, execute, fetch_one
from quality.directory.geography import zone_of
from quality.directory.holidays import working_day
from quality.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from quality.french import french
from quality.ids import uuid7
from quality.web.languages import gettext as _

HOWS = {Role.provider: frozenset({"provider"}), "staff": frozenset({"client", "desk"})}
LONGEST_NAME, LONGEST_DETAIL = 80, 500
FARTHEST = timedelta(days=90)
GRACE = timedelta(days=15)  # for a remedy whose complaint is already past its own day
REFUSALS = {
    Reason.no_grid: french(
        "Rien n’est convenu avec cet organisme : vous ne pouvez pas l’accorder. Qui le peut : {who}."
    ),
    Reason.not_granted: french("Vous ne pouvez pas l’accorder vous-même. Qui le peut : {who}."),
    Reason.above_limit: french("C’est plus que ce que vous pouvez accorder ({limit}). Qui le peut : {who}."),
}
TOO_SOON = french("C’est plus tôt que ce que vous pouvez promettre ({limit}). Qui le peut : {who}.")


class NotAuthorised(Forbidden):
    """The remedy is not theirs to grant: `refused` says why and who can."""

    title = french("Vous ne pouvez pas l’accorder vous-même")

    def __init__(self, remedy: Remedy, refused: Refused) -> None:
        self.refused = refused
        who, limit = authority.who_words(refused.who_can), _limit_words(remedy, refused.limit)
        is_too_soon = remedy is Remedy.replan and refused.reason is Reason.above_limit
        super().__init__(TOO_SOON if is_too_soon else REFUSALS[refused.reason], who=who, limit=limit)


def _limit_words(remedy: Remedy, limit: int | None) -> str:
    if limit is None:
        return ""
    if remedy is Remedy.refund:
        return _("{amount} au plus").format(amount=authority.euros(limit))
    return _("pas avant {hours} heures").format(hours=limit)


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise as it is read back to the client."""

    id: UUID
    due_at: datetime


async def grant(
    actor: Actor,
    number: int,
    remedy: Remedy,
    *,
    amount_cents: int | None = None,
    detail: str = "",
    due_at: datetime | None = None,
    is_first_contact: bool = False,
) -> Promised:
    """Grant or promise a remedy; raise NotAuthorised when it is not theirs to grant, and count it."""
    only(actor, HANDLERS)
    if remedy not in REMEDIES:
        raise Invalid(errors=(FieldError("solution-type", _("Choisissez la solution dans la liste.")),))
    cents = _amount(remedy, amount_cents)
    wanted = _Wanted(
        Remedy(remedy), cents, detail.strip()[:LONGEST_DETAIL], due_at, is_first_contact, clock.now()
    )
    async with scoped(actor) as db:
        facts = await facts_of(db, actor, number, lock=True)
        _check(facts, wanted)
        given = await _given(db, facts, wanted.remedy)
        grid = await grid_of(db, facts)
        decided = _decide(grid, actor.role, wanted, given)
        if isinstance(decided, Allowed):
            due = due_at or _due(wanted, grid, actor.role, facts)
            promise = await _promise(db, actor, facts, wanted, due)
        else:
            await _count_refusal(db, actor, facts, wanted, decided)
        done = "promised" if isinstance(decided, Allowed) else "refused"
        await audit.record(db, actor, f"complaint.{done}", str(number), {"remedy": wanted.remedy.value})
    if isinstance(decided, Refused):
        raise NotAuthorised(wanted.remedy, decided)
    return Promised(promise, due)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A remedy that somebody wants to grant."""

    remedy: Remedy
    amount_cents: int | None
    detail: str
    due_at: datetime | None
    is_first_contact: bool
    at: datetime


def _amount(remedy: Remedy, cents: int | None) -> int | None:
    if not REMEDIES[remedy].needs_amount:
        return None
    if not cents or not 0 < cents <= 1_000_000:
        raise Invalid(errors=(FieldError("montant", _("Écrivez le montant en euros, par exemple 25.")),))
    return cents


def _check(facts: dict[str, Any], wanted: _Wanted) -> None:
    """Refuse what a provider could not keep: it knows nothing yet, not for whom, or the day is far away."""
    if facts["disclosure"] == "call_first":
        raise Conflict(
            "L’organisme ne sait encore rien de cette réclamation. Demandez d’abord à la personne si vous "
            "pouvez lui en parler."
        )
    if wanted.due_at and wanted.due_at > wanted.at + FARTHEST:
        message = _("Choisissez un jour dans les 90 jours à venir.")
        raise Invalid(errors=(FieldError("echeance", message),))
    if REMEDIES[wanted.remedy].needs_name and facts["disclosure"] != "named":
        raise Conflict(
            "Pour tenir cette promesse, l’organisme doit savoir pour qui. Demandez d’abord à la personne si "
            "son nom peut être donné."
        )


async def _given(db: Connection, facts: dict[str, Any], remedy: Remedy) -> int:
    """Give the cents already granted for a complaint; refuse a remedy that is promised and still to come."""
    row = await fetch_one(db, GIVEN, facts["id"], remedy.value) or {}
    if row["due_at"]:
        day = day_words(row["due_at"], zone_of(facts["departement"]))
        raise Conflict("C’est déjà promis pour le {day}.", day=day)
    return int(row["cents"])


# A refund not paid in time is still owed; one that the provider refused is not.
GIVEN = """
SELECT coalesce(sum(amount_cents) FILTER (WHERE remedy_code = 'refund' AND state <> 'refused'), 0) AS cents,
       min(due_at) FILTER (WHERE remedy_code = $2 AND state IN ('promised', 'confirmed')) AS due_at
FROM complaint_promise WHERE complaint_id = $1
"""


def _decide(grid: Grid, role: str, wanted: _Wanted, given: int) -> Allowed | Refused:
    """Decide on the whole of what is given; sooner than a role may promise is more than it may grant."""
    cents = given + wanted.amount_cents if wanted.amount_cents else None
    decided = authority.decide(grid, role, wanted.remedy, cents)
    hours = authority.limit_of(grid, role, Remedy.replan)
    is_dated = wanted.remedy is Remedy.replan and wanted.due_at is not None and hours is not None
    if isinstance(decided, Refused) or not is_dated:
        return decided
    soonest = wanted.at + timedelta(hours=hours or 0)
    return decided if wanted.due_at and wanted.due_at >= soonest else _too_soon(hours)


def _too_soon(hours: int | None) -> Refused:
    return Refused(Reason.above_limit, Role.provider.value, hours)


def _due(wanted: _Wanted, grid: Grid, role: str, facts: dict[str, Any]) -> datetime:
    """Say until when a remedy is promised when nobody says a day."""
    now, remedy, place = wanted.at, wanted.remedy, facts["departement"]
    if remedy is Remedy.explain:
        return now
    if remedy is Remedy.call_back:
        return evening(working_day(now.astimezone(zone_of(place)).date(), 1, place), place)
    hours = authority.limit_of(grid, role, remedy)
    if remedy is Remedy.replan and hours:
        return now + timedelta(hours=hours)
    solution: datetime = facts["solution_due_at"]
    return solution if solution > now else now + GRACE


async def _promise(
    db: Connection, actor: Actor, facts: dict[str, Any], wanted: _Wanted, due_at: datetime
) -> UUID:
    """Write a promise: what the call itself does is done, a provider's own is confirmed, others wait."""
    now, promise, is_own = wanted.at, uuid7(wanted.at), actor.role == Role.provider
    if due_at < now:
        raise Invalid(errors=(FieldError("echeance", _("Choisissez un jour à venir.")),))
    await execute(
        db,
        PROMISE,
        promise,
        facts["id"],
        wanted.remedy.value,
        wanted.detail,
        wanted.amount_cents,
        actor.role,
        wanted.is_first_contact and not is_own,
        now,
        actor.account,
        due_at,
    )
    if wanted.remedy is Remedy.explain:
        await execute(db, DONE, promise, now, "provider" if is_own else "desk")
    elif is_own:
        name = (actor.name or actor.organisation_name)[:LONGEST_NAME] or "-"
        await execute(db, CONFIRMED, promise, now, name)
    if wanted.is_first_contact and not is_own:
        await execute(db, FIRST_CONTACT, facts["id"])
    await _tell(db, actor, facts, "promised", wanted.remedy.value)
    return promise


PROMISE = """
INSERT INTO complaint_promise (id, platform_id, provider_id, complaint_id, remedy_code, detail, amount_cents,
    authority, is_first_contact, made_at, made_by, due_at)
SELECT $1, c.platform_id, c.provider_id, c.id, $3, $4, $5, $6, $7, $8, $9, $10
FROM complaint c WHERE c.id = $2
"""
DONE = "UPDATE complaint_promise SET state = 'done', done_at = $2, done_how = $3 WHERE id = $1"
CONFIRMED = """
UPDATE complaint_promise SET state = 'confirmed', confirmed_at = $2, confirmed_by = $3 WHERE id = $1
"""
FIRST_CONTACT = "UPDATE complaint SET is_first_contact = true WHERE id = $1 AND round = 1"


async def _count_refusal(
    db: Connection, actor: Actor, facts: dict[str, Any], wanted: _Wanted, refused: Refused
) -> None:
    now = clock.now()
    await execute(
        db,
        REFUSAL,
        uuid7(now),
        facts["platform_id"],
        facts["provider_id"],
        facts["id"],
        actor.account,
        actor.role,
        wanted.remedy.value,
        wanted.amount_cents,
        refused.reason.value,
        refused.who_can,
        now,
    )


REFUSAL = """
INSERT INTO authority_refusal (id, platform_id, provider_id, complaint_id, account_id, role, remedy_code,
    amount_cents, reason, who_can, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""


async def confirm(actor: Actor, promise: UUID, by: str) -> None:
    """Write that the provider's on-call contact confirms a promise: `by` is their name."""
    only(actor, HANDLERS)
    name = by.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Invalid(errors=(FieldError("par", _("Écrivez le nom de la personne qui confirme.")),))
    await _follow(actor, promise, CONFIRM, name, text=name)


async def decline(actor: Actor, promise: UUID, why: str) -> None:
    """Write that the provider will not keep a promise, and why."""
    only(actor, HANDLERS)
    said = worded("pourquoi", why, _("Écrivez pourquoi, en 2 000 caractères au plus."))
    await _follow(actor, promise, DECLINE, said, text=said)


async def fulfil(actor: Actor, promise: UUID, how: str) -> None:
    """Write that a promise is done, said by the client, by the desk, or by the provider; a late one too."""
    only(actor, HANDLERS)
    if how not in HOWS["provider" if actor.role == Role.provider else "staff"]:
        raise Forbidden
    await _follow(actor, promise, FULFIL, how)


@dataclass(frozen=True, slots=True)
class _Change:
    """A change of a promise: the states it leaves, what it sets ($3 is now, $4 the value), its line."""

    leaves: tuple[str, ...]
    sets: str
    event: str


CONFIRM = _Change(("promised",), "state = 'confirmed', confirmed_at = $3, confirmed_by = $4", "confirmed")
DECLINE = _Change(("promised", "confirmed"), "state = 'refused', refused_why = $4", "declined")
FULFIL = _Change(("promised", "confirmed", "broken"), "state = 'done', done_at = $3, done_how = $4", "kept")


async def _follow(actor: Actor, promise: UUID, change: _Change, value: str, *, text: str = "") -> None:
    """Change a promise if it stands where the change starts, and write its line."""
    async with scoped(actor) as db:
        row = await fetch_one(
            db,
            f"""
            UPDATE complaint_promise p SET {change.sets} FROM complaint c
            WHERE p.id = $1 AND p.platform_id = $2 AND p.state = ANY ($5::text[]) AND c.id = p.complaint_id
            RETURNING c.id, c.platform_id, c.number, p.remedy_code, $3::timestamptz AS at, $4::text AS said
            """,
            promise,
            actor.platform,
            clock.now(),
            value,
            list(change.leaves),
        )
        if row is None:
            await _explain(db, actor, promise)
            return
        await _tell(db, actor, row, change.event, f"{row['remedy_code']} {text}".strip())
        await audit.record(db, actor, f"complaint.{change.event}", str(row["number"]))


async def _explain(db: Connection, actor: Actor, promise: UUID) -> None:
    seen = "SELECT id FROM complaint_promise WHERE id = $1 AND platform_id = $2"
    if await fetch_one(db, seen, promise, actor.platform) is None:
        raise NotFound
    raise Conflict("Cet engagement n’en est plus là. Rechargez la page.")


async def _tell(db: Connection, actor: Actor, row: dict[str, Any], event: str, text: str) -> None:
    audience = Audience.all if event == "declined" else Audience.client
    line, named = line_of(actor, event), (row["platform_id"], row["id"])
    await tell(db, named, line, clock.now(), account=actor.account, audience=audience, text=text)
