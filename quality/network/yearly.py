"""The yearly report of an establishment (code du travail, R7232-9 and R7232-12): what is known of its year.

Figures are those published, all funders together, hidden as they are hidden; facts are those of its file.
What nobody here can know, the provider writes itself, and each output says whose words they are.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import msgspec

from quality import clock
from quality.access import audit
from quality.access.actor import Actor, Role
from quality.access.scope import scoped, visible, visible_one
from quality.db import execute
from quality.directory.activities import activity_name
from quality.directory.geography import DEPARTEMENTS
from quality.directory.models import Authorisation, Organisation
from quality.errors import FieldError, Forbidden, Invalid, NotFound
from quality.french import french
from quality.ids import uuid7
from quality.measures.catalogue import CATALOGUE
from quality.measures.disclosure.lattice import Scope
from quality.measures.models import ReleaseCell
from quality.measures.releases.figures import Published
from quality.measures.views.reading import PRIVATE_EMPLOYER, dressed
from quality.network.models import YearlyText
from quality.network.words import form_words, right_words
from quality.web import languages
from quality.web.format import day_text
from quality.web.languages import gettext as _

LONGEST = 6_000
FIRST_YEAR = 2000
SECTIONS: Mapping[str, str] = {
    "year": french("L’année de l’établissement"),
    "quality": french("La démarche qualité, les labels et les certifications"),
    "jobs": french("Les équipes : recrutement, formation, conditions de travail"),
    "complaints": french("Ce que les réclamations ont fait changer"),
    "projects": french("Les difficultés rencontrées et les projets"),
}
SAVE = """
INSERT INTO yearly_text (id, platform_id, provider_id, year, texts, changed_at)
VALUES ($1, $2, $3, $4, $5::jsonb, $6)
ON CONFLICT (provider_id, year) DO UPDATE SET texts = excluded.texts, changed_at = excluded.changed_at
"""


@dataclass(frozen=True, slots=True)
class Establishment:
    """A provider as its report names it, with its rights that were valid in the year."""

    id: UUID
    code: str
    name: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class YearlyTable:
    """A table of a part; without rows, `none` says why."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    none: str


@dataclass(frozen=True, slots=True)
class YearlyPart:
    """What a component tells of the year of an establishment: facts, then tables."""

    title: str
    sentence: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[YearlyTable, ...]


Telling = Callable[[Actor, UUID, int], Awaitable[YearlyPart]]
TELLINGS: list[Telling] = []


def register(telling: Telling) -> None:
    """Let a component tell its part of the year of a provider, inside `scoped(actor)`."""
    if telling not in TELLINGS:
        TELLINGS.append(telling)


@dataclass(frozen=True, slots=True)
class Year:
    """One year of an establishment: what is published of it, the parts of components, its own words."""

    year: int
    of: Establishment
    figures: tuple[Published, ...]
    texts: Mapping[str, str]
    parts: tuple[YearlyPart, ...] = ()

    @property
    def title(self) -> str:
        return _("Rapport annuel {year}, {name}").format(year=self.year, name=self.of.name)

    @property
    def name(self) -> str:
        """The name of its files, without ending."""
        return f"rapport-annuel-{self.of.code}-{self.year}"

    @property
    def words(self) -> tuple[tuple[str, str], ...]:
        """Its own texts, by the title of their section; empty where nothing is written."""
        return tuple((_(title), self.texts.get(section, "")) for section, title in SECTIONS.items())


async def establishments(actor: Actor) -> list[Organisation]:
    """Give the providers whose report the actor may read, inside `scoped(actor)`; nobody's own home."""
    rows = visible(actor, Organisation).filter(kind="provider").order_by("name", "id")
    return [row for row in await rows if row.legal_form != PRIVATE_EMPLOYER]


async def year_of(actor: Actor, code: str, year: int) -> Year:
    """Read one year of a provider, its own without code, or answer 404; inside `scoped(actor)`."""
    known = {"id": actor.organisation} if actor.role == Role.provider else {"code": code}
    row = await visible_one(actor, Organisation, kind="provider", **known)
    if row.legal_form == PRIVATE_EMPLOYER:
        raise NotFound
    kept = await visible(actor, YearlyText).filter(provider_id=row.id, year=year).first()
    of = Establishment(row.id, row.code, row.name, await _facts(actor, row, year))
    parts = tuple([await telling(actor, row.id, year) for telling in TELLINGS])
    return Year(year, of, await _figures(actor, row.id, year), kept.texts if kept else {}, parts)


async def _figures(actor: Actor, provider: UUID, year: int) -> tuple[Published, ...]:
    """Give what is published of the year, or of its quarters where the year is not, by département."""
    cells = visible(actor, ReleaseCell).filter(
        provider_id=provider, funder_id__isnull=True, scope_type=Scope.PROVIDER, activity=""
    )
    for periods in ([str(year)], [f"{year}-Q{quarter}" for quarter in (1, 2, 3, 4)]):
        found = await dressed(actor, await cells.filter(period__in=periods))
        if found:
            known = (each for each in found if each.figure.key.indicator in CATALOGUE)
            return tuple(sorted(known, key=lambda each: each.figure.key.code))
    return ()


async def _facts(actor: Actor, row: Organisation, year: int) -> tuple[tuple[str, str], ...]:
    rights = await visible(actor, Authorisation).filter(organisation_id=row.id).order_by("valid_from", "id")
    first, last = date(year, 1, 1), date(year, 12, 31)
    valid = [each for each in rights if each.valid_from <= last and (each.valid_to or last) >= first]
    where = DEPARTEMENTS.get(row.departement or "")
    rows = (
        (_("Établissement"), row.name),
        (_("Forme"), form_words(row.legal_form)),
        ("SIRET", row.siret or ""),
        (_("Département"), f"{where.name} ({where.code})" if where else ""),
        (_("Activités"), " ; ".join(activity_name(each) for each in row.activities)),
        *((right_words(each.kind), _right(each)) for each in valid),
    )
    return tuple((term, words) for term, words in rows if words)


def _right(each: Authorisation) -> str:
    lang = languages.current()
    since = _("depuis le {start}").format(start=day_text(each.valid_from, lang, year=True))
    until = ""
    if each.valid_to:
        until = _("jusqu’au {end}").format(end=day_text(each.valid_to, lang, year=True))
    return ", ".join(part for part in (each.number, each.authority, since, until) if part)


async def write(actor: Actor, year: int, texts: Mapping[str, str]) -> None:
    """Keep the provider's own words of a year; what is too long is refused, and nothing is kept."""
    if actor.role != Role.provider:
        raise Forbidden
    kept = {section: texts.get(section, "").strip() for section in SECTIONS}
    wrong = _too_long(kept)
    if wrong:
        raise Invalid(errors=tuple(wrong))
    async with scoped(actor) as db:
        now = clock.now()
        said = msgspec.json.encode(kept).decode()
        await execute(db, SAVE, uuid7(now), actor.platform, actor.organisation, year, said, now)
        await audit.record(db, actor, "yearly.write", str(year))


def _too_long(texts: Mapping[str, str]) -> Sequence[FieldError]:
    words = _("Écrivez 6 000 caractères au plus.")
    return [FieldError(section, words) for section, text in texts.items() if len(text) > LONGEST]


def years(today: date) -> tuple[int, ...]:
    """Give the years that may be reported: the one that is over first, then the present one and those before.

    >>> years(date(2026, 11, 24))
    (2025, 2026, 2024, 2023)
    """
    return (today.year - 1, today.year, today.year - 2, today.year - 3)
