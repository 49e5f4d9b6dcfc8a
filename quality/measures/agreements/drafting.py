"""Writing a convention: drafted by the platform, changed until it is signed, then in force until it ends."""

from dataclasses import replace
from uuid import UUID

import msgspec

from quality import clock
from quality.access import audit
from quality.access.actor import Actor, Role
from quality.access.scope import scoped, visible
from quality.db import Connection, execute, fetch
from quality.errors import Conflict, FieldError, Forbidden, Invalid
from quality.ids import uuid7
from quality.measures.agreements.signing import missing
from quality.measures.agreements.terms import Terms, errors, terms_of
from quality.measures.models import Convention
from quality.measures.views.conventions import DRAFT, agreement
from quality.web.languages import gettext as _

WRITERS = frozenset({Role.platform, "operator"})
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('convention' || $1::text, 0))"
COLUMNS = (
    "title, starts_on, ends_on, providers, activities, departements, excludes_mandataire, indicators,"
    " targets, acknowledge_days, solution_days, authority, is_experiment, hypothesis"
)
READ = """
    FROM jsonb_to_record($3) AS r(funder uuid, code text, title text, status text, starts_on date,
        ends_on date, providers uuid[], activities text[], departements text[], excludes_mandataire boolean,
        indicators text[], targets jsonb, acknowledge_days smallint, solution_days smallint, authority jsonb,
        is_experiment boolean, hypothesis text)
"""
INSERT = f"""
INSERT INTO convention (id, platform_id, funder_id, code, status, authority_at, renewed_from_id, {COLUMNS})
SELECT $1, $2, r.funder, r.code, r.status, $4, $5, {COLUMNS} {READ}
"""
UPDATE = f"""
UPDATE convention k SET (funder_id, code, proposed_at, {COLUMNS}) =
    (SELECT r.funder, r.code, CASE WHEN $4 THEN k.proposed_at END, {COLUMNS} {READ})
WHERE k.id = $1 AND k.platform_id = $2 AND k.status = '{DRAFT}' RETURNING k.id
"""


async def create_convention(actor: Actor, terms: Terms, renewed_from: UUID | None = None) -> UUID:
    """Write a convention, agreed elsewhere or as a draft to be signed here."""
    refuse_others(actor)
    convention = uuid7(clock.now())
    async with scoped(actor) as db:
        await _check(db, actor, terms)
        values = (msgspec.json.encode(terms).decode(), clock.now(), renewed_from)
        await execute(db, INSERT, convention, actor.platform, *values)
        await audit.record(db, actor, "convention.create", terms.code)
    return convention


async def amend(actor: Actor, code: str, terms: Terms) -> None:
    """Change a draft; other terms are proposed again, and what was signed of the former no longer counts."""
    refuse_others(actor)
    async with scoped(actor) as db:
        row = await _draft(db, actor, code)
        await _check(db, actor, terms, but=row.id)
        is_same = terms_of(row).digest == terms.digest
        await execute(db, UPDATE, row.id, actor.platform, msgspec.json.encode(terms).decode(), is_same)
        await audit.record(db, actor, "convention.amend", terms.code)


async def propose(actor: Actor, code: str) -> None:
    """Let the parties read a draft and sign it."""
    refuse_others(actor)
    async with scoped(actor) as db:
        row = await _draft(db, actor, code)
        await execute(
            db,
            "UPDATE convention SET proposed_at = coalesce(proposed_at, $2) WHERE id = $1",
            row.id,
            clock.now(),
        )
        await audit.record(db, actor, "convention.propose", code)


async def activate(actor: Actor, code: str) -> None:
    """Put in force a draft that every party has signed as it stands."""
    refuse_others(actor)
    async with scoped(actor) as db:
        row = await _draft(db, actor, code)
        (left,) = await missing(actor, [row])
        if left:
            raise Conflict("Toutes les parties n’ont pas encore signé cette convention.")
        terms = terms_of(row)
        status = "experimental" if terms.is_experiment else "in_force"
        await _refuse_overlap(db, replace(terms, status=status))
        await execute(db, "UPDATE convention SET status = $2 WHERE id = $1", row.id, status)
        await audit.record(db, actor, "convention.activate", code)


def refuse_others(actor: Actor) -> None:
    """Let the platform alone write conventions."""
    if actor.role not in WRITERS:
        raise Forbidden


async def _draft(db: Connection, actor: Actor, code: str) -> Convention:
    """Give a draft, locked: terms and signatures are those that are read."""
    row = await agreement(actor, code)
    found = await fetch(db, "SELECT status FROM convention WHERE id = $1 FOR UPDATE", row.id)
    if found[0]["status"] != DRAFT:
        raise Conflict("Cette convention n’est plus un projet : ses termes ne changent plus.")
    return await agreement(actor, code)


async def _check(db: Connection, actor: Actor, terms: Terms, but: UUID | None = None) -> None:
    found = [*errors(terms), *await _taken(actor, terms.code, but)]
    if found:
        raise Invalid(errors=tuple(found))
    await _refuse_strangers(db, terms)
    await _refuse_overlap(db, terms)


async def _taken(actor: Actor, code: str, but: UUID | None) -> list[FieldError]:
    rows = [row for row in await visible(actor, Convention).filter(code=code) if row.id != but]
    words = _("Une autre convention porte déjà ce code : choisissez-en un autre.")
    return [FieldError("code", words)] if rows else []


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
