"""/prestataires: the providers of a platform, by name, with their standing and their last file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from quality.access.actor import Actor, Role
from quality.access.scope import scoped, visible
from quality.component import MenuEntry
from quality.db import Connection, fetch
from quality.directory.geography import DEPARTEMENTS
from quality.directory.matching import LONGEST, alphabetical, digits, matches
from quality.directory.models import Organisation
from quality.network.models import Referencing
from quality.network.words import form_words, standing_words
from quality.web import languages
from quality.web.format import count, day_text
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.platform import PARIS
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

HREF = "/prestataires"
READERS = frozenset({Role.platform, Role.supervisor})
PAGE_ROWS = 50
LAST_FILES = """
SELECT provider_id, max(committed_at) AS at FROM import_batch
WHERE platform_id = $1 AND state = 'committed' AND provider_id = ANY ($2::uuid[]) GROUP BY provider_id
"""
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ProviderLine:
    href: str
    name: str
    form: str
    place: str
    standing: tuple[str, str]
    last_file: str


@dataclass(frozen=True, slots=True)
class ProviderList:
    """/prestataires (fields `q`, `departement` and `page`)."""

    total: str
    query: str
    departement: str
    departements: Pairs
    lines: tuple[ProviderLine, ...]
    has_files: bool
    previous: str | None
    following: str | None
    position: str


async def provider_list(request: Request) -> Response:
    actor, query = signed_in(request), request.query_params
    words, place = query.get("q", "")[:LONGEST].strip(), query.get("departement", "")
    async with scoped(actor) as db:
        rows = await visible(actor, Organisation).filter(kind="provider").order_by("id")
        rows.sort(key=lambda row: alphabetical(row.name))
        found = [row for row in rows if _is_wanted(row, words, place)]
        first = _first(query.get("page", ""), len(found))
        lines = await _lines(db, actor, found[first : first + PAGE_ROWS])
    return await render(request, _page(actor, rows, found, lines, (words, place, first)))


def _is_wanted(row: Organisation, words: str, place: str) -> bool:
    if place and row.departement != place:
        return False
    number = digits(words)
    return not words or matches(words, row.name, row.short_name) or bool(number and number == row.code)


def _first(written: str, total: int) -> int:
    """Give the rank of the first row of a page; a page that does not exist is the nearest one."""
    last = max(0, (total - 1) // PAGE_ROWS)
    asked = int(written) - 1 if written.isascii() and written.isdigit() and len(written) < 6 else 0
    return min(max(asked, 0), last) * PAGE_ROWS


async def _lines(db: Connection, actor: Actor, rows: list[Organisation]) -> tuple[ProviderLine, ...]:
    ids = [row.id for row in rows]
    standings = {str(each.provider_id): each.status for each in await _standings(actor, ids)}
    files = await last_files(db, actor, ids)
    return tuple(
        ProviderLine(
            href=f"{HREF}/{row.code}",
            name=row.name,
            form=form_words(row.legal_form),
            place=place_words(row.departement),
            standing=standing_words(standings.get(str(row.id))),
            last_file=file_words(files.get(row.id)),
        )
        for row in rows
    )


async def _standings(actor: Actor, ids: list[UUID]) -> list[Any]:
    return list(await visible(actor, Referencing).filter(provider_id__in=ids))


async def last_files(db: Connection, actor: Actor, ids: list[UUID]) -> Mapping[UUID, datetime]:
    """Give the instant of the last file of each provider; the supervisor reads no file."""
    rows = await fetch(db, LAST_FILES, actor.platform, ids)
    return {row["provider_id"]: row["at"] for row in rows}


def reads_files(actor: Actor) -> bool:
    return actor.role == Role.platform


def place_words(code: str | None) -> str:
    return DEPARTEMENTS[code].name if code else ""


def file_words(at: datetime | None) -> str:
    if at is None:
        return _("aucun fichier")
    day: date = at.astimezone(PARIS).date()
    return day_text(day, languages.current(), year=True)


def _page(
    actor: Actor,
    rows: list[Organisation],
    found: list[Organisation],
    lines: tuple[ProviderLine, ...],
    asked: tuple[str, str, int],
) -> ProviderList:
    words, place, first = asked
    lang, total, last = languages.current(), len(found), first + len(lines)
    places = sorted({row.departement for row in rows if row.departement})
    rank = first // PAGE_ROWS + 1
    return ProviderList(
        total=ngettext("{num} organisme", "{num} organismes", total).format(num=count(total, lang)),
        query=words,
        departement=place,
        departements=(("", _("Tous")), *((code, place_words(code)) for code in places)),
        lines=lines,
        has_files=reads_files(actor),
        previous=_href(words, place, rank - 1) if first else None,
        following=_href(words, place, rank + 1) if last < total else None,
        position=_("{first} à {last} sur {total}").format(
            first=count(min(first + 1, total), lang), last=count(last, lang), total=count(total, lang)
        ),
    )


def _href(words: str, place: str, rank: int) -> str:
    kept = {"q": words, "departement": place, "page": str(rank)}
    return f"{HREF}?{urlencode({name: value for name, value in kept.items() if value})}"


ROUTES = (page(HREF, provider_list, roles=READERS, name="provider-list"),)
MENU = (MenuEntry(HREF, "Organismes", "provider", READERS, rank=35),)
