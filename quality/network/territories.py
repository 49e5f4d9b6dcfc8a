"""The territories of a département, as its platform declares them: a code, a name, its postcodes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped, visible, visible_one
from quality.db import Connection, execute, fetch, fetch_value
from quality.directory.geography import DEPARTEMENTS, departement_of_postcode
from quality.directory.models import Territory
from quality.errors import FieldError, Invalid
from quality.ids import uuid7
from quality.measures.disclosure.lattice import ELSEWHERE, territory_code
from quality.web.format import paris_day
from quality.web.languages import gettext as _

CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_CODE, LONGEST_NAME, MOST = 20, 60, 15
LOCK = "SELECT pg_advisory_xact_lock(7405, hashtext($1))"
TAKEN = """
SELECT p.postcode, t.name FROM territory_postcode p JOIN territory t ON t.id = p.territory_id
WHERE p.platform_id = $1 AND p.postcode = ANY ($2::text[]) AND p.territory_id <> $3 ORDER BY p.postcode
"""
FREE_RANK = """
SELECT min(r) FROM generate_series(1, $3) r WHERE NOT EXISTS
    (SELECT FROM territory t WHERE t.platform_id = $1 AND t.departement = $2 AND t.rank = r)
"""
CREATE = """
INSERT INTO territory (id, platform_id, departement, code, name, rank, since, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
CHANGE = """
UPDATE territory SET name = $2, rank = $3::smallint,
    closings = closings || CASE WHEN rank IS NOT NULL AND $3::smallint IS NULL THEN ARRAY[$4::date] END,
    reopenings = reopenings || CASE WHEN rank IS NULL AND $3::smallint IS NOT NULL THEN ARRAY[$4::date] END
WHERE id = $1
"""
POSTCODES = """
INSERT INTO territory_postcode (id, platform_id, departement, territory_id, postcode)
SELECT gen_random_uuid(), $2, $3, $1, p FROM unnest($4::text[]) p
"""


@dataclass(frozen=True, slots=True)
class Declared:
    """A territory as its form says it, postcodes in order; without any it is closed."""

    departement: str
    code: str
    name: str
    postcodes: tuple[str, ...]


def declared(departement: str, code: str, name: str, postcodes: str) -> Declared:
    """Read a form; postcodes stand apart by blanks, commas or semicolons.

    >>> declared("34", "lodeve", " Lodève ", "34700; 34700 34600").postcodes
    ('34600', '34700')
    """
    found = sorted(set(re.split(r"[\s,;]+", postcodes)) - {""})
    return Declared(departement, code.strip(), " ".join(name.replace("\0", "").split()), tuple(found))


async def postcodes_of(db: Connection, platform: UUID | None) -> dict[UUID, list[str]]:
    """Give the postcodes of each territory of a platform, in order."""
    rows = await fetch(
        db,
        """
        SELECT territory_id, array_agg(postcode ORDER BY postcode) AS postcodes
        FROM territory_postcode WHERE platform_id = $1 GROUP BY territory_id
        """,
        platform,
    )
    return {row["territory_id"]: row["postcodes"] for row in rows}


async def add(actor: Actor, wanted: Declared) -> None:
    """Declare a territory; figures may show it from the next month on, the first that it has whole."""
    found = [*_errors(wanted), *_new_errors(wanted)]
    if found:
        raise Invalid(errors=tuple(found))
    now = clock.now()
    identity = uuid7(now)
    async with scoped(actor) as db:
        await execute(db, LOCK, str(actor.platform))
        known = visible(actor, Territory).filter(departement=wanted.departement, code=wanted.code)
        if await known.exists():
            words = _("Ce département a déjà un territoire de ce code : choisissez-en un autre.")
            raise Invalid(errors=(FieldError("code", words),))
        facts = (actor.platform, wanted.departement, wanted.code, wanted.name)
        await _refuse_twins(db, actor, identity, wanted)
        rank = await _rank(db, actor, wanted)
        await execute(db, CREATE, identity, *facts, rank, _next_month(paris_day(now)), now)
        await _put(db, actor, identity, wanted)
        await audit.record(
            db, actor, "territory.create", territory_code(wanted.departement, wanted.code), _detail(wanted)
        )


async def change(actor: Actor, wanted: Declared) -> None:
    """Rename a territory or change its postcodes, for the visits that will be counted."""
    found = list(_errors(wanted))
    if found:
        raise Invalid(errors=tuple(found))
    async with scoped(actor) as db:
        await execute(db, LOCK, str(actor.platform))
        row = await visible_one(actor, Territory, departement=wanted.departement, code=wanted.code)
        before = (await postcodes_of(db, actor.platform)).get(row.id, [])
        await _refuse_twins(db, actor, row.id, wanted)
        rank = await _rank(db, actor, wanted, row.rank)
        await execute(db, CHANGE, row.id, wanted.name, rank, paris_day(clock.now()))
        await execute(db, "DELETE FROM territory_postcode WHERE territory_id = $1", row.id)
        await _put(db, actor, row.id, wanted)
        place = territory_code(wanted.departement, wanted.code)
        was = {"name_before": row.name, "postcodes_before": before}
        await audit.record(db, actor, "territory.change", place, was | _detail(wanted))


async def _refuse_twins(db: Connection, actor: Actor, identity: UUID, wanted: Declared) -> None:
    """Refuse a name or postcodes that another territory has."""
    taken = await fetch(db, TAKEN, actor.platform, list(wanted.postcodes), identity)
    if taken:
        words = _("{postcode} est déjà dans le territoire {name} : retirez-le d’abord de là-bas.")
        raise Invalid(errors=tuple(FieldError("codes-postaux", words.format(**row)) for row in taken[:1]))
    twins = visible(actor, Territory).filter(departement=wanted.departement, name__iexact=wanted.name)
    if await twins.exclude(id=identity).exists():
        words = _("Un autre territoire de ce département porte déjà ce nom.")
        raise Invalid(errors=(FieldError("nom", words),))


async def _rank(db: Connection, actor: Actor, wanted: Declared, known: int | None = None) -> int | None:
    """Give the place of a territory among those that are open: its own or a free one; closed, none."""
    if not wanted.postcodes:
        return None
    if known is not None:
        return known
    found: int | None = await fetch_value(db, FREE_RANK, actor.platform, wanted.departement, MOST)
    if found is None:
        words = _("Ce département a déjà 15 territoires : fermez-en un d’abord.")
        raise Invalid(errors=(FieldError("codes-postaux", words),))
    return found


async def _put(db: Connection, actor: Actor, identity: UUID, wanted: Declared) -> None:
    """Give a territory its postcodes."""
    await execute(db, POSTCODES, identity, actor.platform, wanted.departement, list(wanted.postcodes))


def _errors(wanted: Declared) -> Iterator[FieldError]:
    if not 0 < len(wanted.name) <= LONGEST_NAME:
        yield FieldError("nom", _("Donnez au territoire un nom de 60 caractères au plus."))
    if wanted.name.casefold() == _("Hors des territoires").casefold():
        yield FieldError("nom", _("Donnez un autre nom : celui-ci dit qui n’habite dans aucun territoire."))
    where = DEPARTEMENTS.get(wanted.departement)
    strange = [each for each in wanted.postcodes if departement_of_postcode(each) != wanted.departement]
    if where is not None and strange:
        words = _("{postcode} n’est pas un code postal du département {name}.")
        yield FieldError("codes-postaux", words.format(postcode=strange[0], name=where.label))


def _new_errors(wanted: Declared) -> Iterator[FieldError]:
    if wanted.departement not in DEPARTEMENTS:
        yield FieldError("departement", _("Choisissez un département dans la liste."))
    is_code = CODE.fullmatch(wanted.code) and len(wanted.code) <= LONGEST_CODE
    if not is_code or wanted.code == ELSEWHERE:
        words = _("Écrivez le code comme pays-de-lunel : minuscules, chiffres et traits d’union, 20 au plus.")
        yield FieldError("code", words)
    if not wanted.postcodes:
        yield FieldError("codes-postaux", _("Donnez au moins un code postal."))


def _next_month(day: date) -> date:
    """Give the first day of the next month.

    >>> _next_month(date(2026, 12, 5))
    datetime.date(2027, 1, 1)
    """
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _detail(wanted: Declared) -> dict[str, Sequence[str]]:
    return {"name": wanted.name, "postcodes": wanted.postcodes}
