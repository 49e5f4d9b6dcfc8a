"""Conventions: what a funder and its providers agreed to look at, with targets and delays."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import msgspec

from quality import clock
from quality.access import audit
from quality.access.actor import Actor, Role
from quality.access.scope import scoped, visible
from quality.db import Connection, execute, fetch
from quality.directory.geography import ACTIVITIES, DEPARTEMENTS
from quality.errors import FieldError, Forbidden, Invalid, NotFound
from quality.ids import uuid7
from quality.measures.catalogue import CATALOGUE
from quality.measures.models import Convention
from quality.web.languages import gettext as _

SIGNATORIES = frozenset({Role.platform, "operator"})
DRAFT = "draft"
READERS = frozenset({Role.platform, Role.supervisor})
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('convention' || $1::text, 0))"
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A convention as agreed; no activity, département or delay named means no restriction.

    `targets` are per cent by indicator: {"GLOB": 85}. `authority` is what may be promised in a call.
    """

    code: str
    title: str
    funder: UUID
    providers: tuple[UUID, ...]
    starts_on: date
    ends_on: date | None = None
    status: str = "in_force"
    activities: tuple[str, ...] = ()
    departements: tuple[str, ...] = ()
    excludes_mandataire: bool = False
    indicators: tuple[str, ...] = ()
    targets: Mapping[str, float] = field(default_factory=dict)
    acknowledge_days: int | None = None
    solution_days: int | None = None
    authority: Mapping[str, object] = field(default_factory=dict)


async def create_convention(actor: Actor, terms: Terms) -> UUID:
    """Write a convention once its parties agreed."""
    if actor.role not in SIGNATORIES:
        raise Forbidden
    errors = tuple(_errors(terms))
    if errors:
        raise Invalid(errors=errors)
    convention = uuid7(clock.now())
    async with scoped(actor) as db:
        await _refuse_strangers(db, terms)
        await _refuse_overlap(db, terms)
        await execute(
            db,
            """
            INSERT INTO convention (id, platform_id, funder_id, code, title, status, starts_on, ends_on,
                providers, activities, departements, excludes_mandataire, indicators, targets,
                acknowledge_days, solution_days, authority, authority_at)
            SELECT $1, $2, r.funder, r.code, r.title, r.status, r.starts_on, r.ends_on, r.providers,
                r.activities, r.departements, r.excludes_mandataire, r.indicators, r.targets,
                r.acknowledge_days, r.solution_days, r.authority, $4
            FROM jsonb_to_record($3) AS r(funder uuid, code text, title text, status text, starts_on date,
                ends_on date, providers uuid[], activities text[], departements text[],
                excludes_mandataire boolean, indicators text[], targets jsonb, acknowledge_days smallint,
                solution_days smallint, authority jsonb)
            """,
            convention,
            actor.platform,
            msgspec.json.encode(terms).decode(),
            clock.now(),
        )
        await audit.record(db, actor, "convention.create", terms.code)
    return convention


def _errors(terms: Terms) -> Iterator[FieldError]:
    if not CODE.fullmatch(terms.code) or len(terms.code) > 40:
        yield FieldError(
            "code", _("Écrivez le code comme herault-2025 : minuscules, chiffres et traits d’union.")
        )
    if not terms.providers:
        yield FieldError("providers", _("Nommez au moins un organisme."))
    if terms.ends_on and terms.ends_on < terms.starts_on:
        yield FieldError(
            "ends_on", _("La convention finit avant de commencer : corrigez une des deux dates.")
        )
    yield from _unknown("indicators", {*terms.indicators, *terms.targets}, CATALOGUE)
    yield from _unknown("activities", terms.activities, ACTIVITIES)
    yield from _unknown("departements", terms.departements, DEPARTEMENTS)
    for code in sorted(set(terms.targets) - set(terms.indicators)):
        yield FieldError(
            "targets", _("L’objectif {code} n’est pas un des indicateurs suivis.").format(code=code)
        )


def _unknown(name: str, codes: Iterable[str], known: Collection[str]) -> Iterator[FieldError]:
    for code in sorted(set(codes) - set(known)):
        yield FieldError(name, _("Le code « {code} » n’existe pas.").format(code=code))


async def _refuse_strangers(db: Connection, terms: Terms) -> None:
    rows = await fetch(
        db, "SELECT id, kind FROM organisation WHERE id = ANY ($1::uuid[])", [terms.funder, *terms.providers]
    )
    kinds = {row["id"]: row["kind"] for row in rows}
    if kinds.get(terms.funder) != "funder" or any(kinds.get(each) != "provider" for each in terms.providers):
        raise Invalid(
            errors=(FieldError("providers", _("Un des organismes n’est pas de cette plateforme.")),)
        )


async def _refuse_overlap(db: Connection, terms: Terms) -> None:
    """Refuse visits that another convention of the funder counts.

    One less the other could show a few clients: each is protected apart, until the audit compares them.
    """
    if terms.status == DRAFT:
        return
    await execute(db, LOCK, str(terms.funder))
    rows = await fetch(
        db,
        """
        SELECT code FROM convention
        WHERE funder_id = $1 AND status <> 'draft'
          AND starts_on <= coalesce($3::date, 'infinity') AND $2::date <= coalesce(ends_on, 'infinity')
          AND providers && $4::uuid[]
          AND (activities && $5::text[] OR activities = '{}' OR $5::text[] = '{}')
          AND (departements && $6::text[] OR departements = '{}' OR $6::text[] = '{}')
        ORDER BY code
        """,
        terms.funder,
        terms.starts_on,
        terms.ends_on,
        list(terms.providers),
        list(terms.activities),
        list(terms.departements),
    )
    if rows:
        message = _(
            "La convention {code} compte déjà une partie de ces visites aux mêmes dates : "
            "séparez les dates, les organismes, les activités ou les départements."
        )
        raise Invalid(errors=(FieldError("providers", message.format(code=rows[0]["code"])),))


async def conventions(actor: Actor) -> list[Convention]:
    """Give the conventions the actor may read, inside `scoped(actor)`; drafts stay with the platform."""
    rows = await visible(actor, Convention).order_by("code")
    return [row for row in rows if row.status != DRAFT or actor.role in READERS]


async def convention(actor: Actor, code: str) -> Convention:
    """Give one convention by its code, or answer 404."""
    for row in await conventions(actor):
        if row.code == code:
            return row
    raise NotFound


def target_of(row: Convention, code: str) -> float | None:
    """Give the target of an indicator, in per cent."""
    found = row.targets.get(code)
    return float(found) if isinstance(found, int | float) else None
