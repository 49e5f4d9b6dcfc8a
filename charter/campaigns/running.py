"""What the platform does with a campaign: create, invite, add a session, close."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from charter.days import day_of
from charter.declaring import ALONE, Kind
from charter.editions import Library
from charter.library import library
from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch_one, fetch_value
from quality.errors import Conflict, FieldError, Invalid, NotFound
from quality.french import french
from quality.ids import uuid7

LONGEST_NAME, LONGEST_LINE = 120, 200
LEAST_DAYS, MOST_DAYS = 1, 60


@dataclass(frozen=True, slots=True)
class Plan:
    """What the form of a campaign holds, as it was typed; `providers` are codes, none meaning everybody.

    `edition` names one that is offered, as an address does.
    """

    name: str = ""
    edition: str = ""
    kind: str = Kind.FULL
    starts_on: str = ""
    ends_on: str = ""
    remind_days: str = "7"
    funder: str = ""
    invites: str = "all"
    providers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Meeting:
    """What the form of a session holds, as it was typed."""

    day: str = ""
    hour: str = ""
    place: str = ""
    topic: str = ""


CREATE = """
INSERT INTO charter_campaign (id, platform_id, name, edition, edition_version, kind, starts_on, ends_on,
    remind_days, funder_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
FUNDER = "SELECT id FROM organisation WHERE platform_id = $1 AND code = $2 AND kind = 'funder'"
INVITE = """
WITH new AS (
    INSERT INTO campaign_invitation (id, platform_id, campaign_id, provider_id, invited_at)
    SELECT gen_random_uuid(), o.platform_id, $2, o.id, $3 FROM organisation o
    WHERE o.platform_id = $1 AND o.kind = 'provider' AND o.legal_form IS DISTINCT FROM $4
      AND ($5::text[] IS NULL OR o.code = ANY($5))
    ON CONFLICT DO NOTHING RETURNING id
)
SELECT count(*) FROM new
"""
# Held until the end: nobody is invited to what somebody closes meanwhile.
LIVING = "SELECT closed_at, ends_on FROM charter_campaign WHERE id = $1 FOR UPDATE"
ADD_SESSION = """
INSERT INTO campaign_session (id, platform_id, campaign_id, starts_at, place, topic)
VALUES ($1, $2, $3, $4, $5, $6)
"""
CLOSE = "UPDATE charter_campaign SET closed_at = $2 WHERE id = $1"


async def create(actor: Actor, plan: Plan, today: date) -> UUID:
    """Open a campaign and invite its providers; Invalid says what is wrong, and nothing is kept."""
    starts_on, ends_on = day_of(plan.starts_on), day_of(plan.ends_on)
    now = clock.now()
    campaign = uuid7(now)
    async with scoped(actor) as db:
        funder = await fetch_value(db, FUNDER, actor.platform, plan.funder) if plan.funder else None
        known = await library(db, actor.platform)
        errors = list(_plan_errors(plan, known, starts_on, ends_on, today))
        if plan.funder and funder is None:
            errors.append(FieldError("financeur", french("Choisissez un financeur de la liste.")))
        if errors:
            raise Invalid(errors=tuple(errors))
        edition = known.called(plan.edition)
        dates = (starts_on, ends_on, int(plan.remind_days))
        of = (plan.name.strip(), edition.code, edition.version, plan.kind)
        await execute(db, CREATE, campaign, actor.platform, *of, *dates, funder, now)
        invited = await _invite(db, actor, campaign, None if plan.invites == "all" else plan.providers)
        if not invited:
            raise Invalid(errors=(FieldError("invites-all", french("Invitez au moins un organisme.")),))
        detail = {"edition": edition.code, "version": edition.version, "kind": plan.kind, "invited": invited}
        await audit.record(db, actor, "campaign.create", str(campaign), detail)
    return campaign


async def invite(actor: Actor, campaign: UUID, providers: tuple[str, ...]) -> int:
    """Invite more providers, by code; return how many are new."""
    async with scoped(actor) as db:
        await _living(db, campaign)
        invited = await _invite(db, actor, campaign, providers)
        if not invited:
            message = french("Choisissez un organisme qui n’est pas encore invité.")
            raise Invalid(errors=(FieldError("organisme", message),))
        await audit.record(db, actor, "campaign.invite", str(campaign), {"invited": invited})
    return invited


async def add_session(actor: Actor, campaign: UUID, meeting: Meeting, zone: ZoneInfo) -> None:
    """Put a session in the calendar of a campaign; its hour is that of `zone`."""
    day, hour = day_of(meeting.day), _hour(meeting.hour)
    errors = list(_meeting_errors(meeting, day, hour))
    starts_at = datetime.combine(day, hour, zone) if day and hour else None
    now = clock.now()
    if starts_at is not None and starts_at <= now:
        errors.append(FieldError("jour", french("Choisissez un moment à venir.")))
    if errors or starts_at is None:
        raise Invalid(errors=tuple(errors))
    async with scoped(actor) as db:
        await _living(db, campaign)
        words = (meeting.place.strip(), meeting.topic.strip())
        await execute(db, ADD_SESSION, uuid7(now), actor.platform, campaign, starts_at, *words)
        detail = {"starts_at": starts_at.isoformat()}
        await audit.record(db, actor, "campaign.session", str(campaign), detail)


async def close(actor: Actor, campaign: UUID) -> None:
    """End a campaign: nobody is invited or reminded any more, and what is sent later is not its result."""
    async with scoped(actor) as db:
        await _living(db, campaign)
        await execute(db, CLOSE, campaign, clock.now())
        await audit.record(db, actor, "campaign.close", str(campaign))


async def _invite(db: Connection, actor: Actor, campaign: UUID, providers: tuple[str, ...] | None) -> int:
    chosen = None if providers is None else list(providers)
    found = await fetch_value(db, INVITE, actor.platform, campaign, clock.now(), ALONE, chosen)
    return int(found)


async def _living(db: Connection, campaign: UUID) -> None:
    row = await fetch_one(db, LIVING, campaign)
    if row is None:
        raise NotFound
    if row["closed_at"] is not None:
        raise Conflict(french("Cette campagne est close."))


def _plan_errors(
    plan: Plan, known: Library, starts_on: date | None, ends_on: date | None, today: date
) -> Iterable[FieldError]:
    name = plan.name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        yield FieldError("nom", french("Donnez un nom, en 120 caractères au plus."))
    if plan.edition not in map(known.name, known.offered):
        yield FieldError("edition", french("Choisissez une édition de la liste."))
    if plan.kind not in set(Kind):
        yield FieldError("etendue-full", french("Choisissez ce que les organismes revoient."))
    if starts_on is None:
        yield FieldError("debut", french("Écrivez une date, comme 2027-06-30."))
    if ends_on is None:
        yield FieldError("fin", french("Écrivez une date, comme 2027-06-30."))
    elif ends_on <= max(starts_on or today, today):
        yield FieldError("fin", french("La fin doit venir après aujourd’hui et après le début."))
    if not (plan.remind_days.isascii() and plan.remind_days.isdigit()) or not (
        LEAST_DAYS <= int(plan.remind_days[:9]) <= MOST_DAYS
    ):
        yield FieldError("relance", french("Écrivez un nombre de jours, de 1 à 60."))


def _meeting_errors(meeting: Meeting, day: date | None, hour: time | None) -> Iterable[FieldError]:
    if day is None:
        yield FieldError("jour", french("Écrivez une date, comme 2027-06-30."))
    if hour is None:
        yield FieldError("heure", french("Écrivez une heure, comme 14:30."))
    for name, words in (("lieu", meeting.place), ("sujet", meeting.topic)):
        if not 0 < len(words.strip()) <= LONGEST_LINE:
            yield FieldError(name, french("Écrivez de 1 à 200 caractères."))


def _hour(written: str) -> time | None:
    try:
        return time.fromisoformat(written.strip()).replace(tzinfo=None)
    except ValueError:
        return None
