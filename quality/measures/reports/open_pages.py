"""/donnees: the figures of the country and of its regions, open to everybody, at addresses that stay."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from quality.access.actor import Actor, Role, operator
from quality.access.scope import scoped, visible
from quality.db import Connection, fetch, pool
from quality.errors import NotFound
from quality.measures.models import ReleaseCell
from quality.measures.releases.periods import newest
from quality.measures.reports.contents import EVERY_PERIOD, Contents, contents_of
from quality.measures.reports.files import sent_file
from quality.measures.reports.kinds import KINDS
from quality.measures.reports.open_places import Releases, open_places, released_periods
from quality.measures.reports.opening import opened
from quality.measures.reports.schema import table_schema
from quality.measures.reports.streaming import each
from quality.measures.views.reading import Sight, dressed
from quality.web import languages
from quality.web.format import capital, period_text
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import public

HREF = "/donnees"
LICENCE = "etalab-2.0"
ENDINGS = ("rfc4180.csv", "xlsx", "json", "zip")
HOUR = "public, max-age=3600"


@dataclass(frozen=True, slots=True)
class OpenFile:
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class OpenPeriod:
    """What is open of one period, or of all."""

    title: str
    files: tuple[OpenFile, ...]


@dataclass(frozen=True, slots=True)
class OpenPlatform:
    """What one platform opens."""

    code: str
    name: str
    periods: tuple[OpenPeriod, ...]


@dataclass(frozen=True, slots=True)
class OpenDataPage:
    """The page."""

    platforms: tuple[OpenPlatform, ...]
    schema_href: str
    contact: str


async def show_open_data(request: Request) -> Response:
    found = tuple([await _platform(row) for row in await _platforms()])
    return await render(request, OpenDataPage(found, f"{HREF}/schema.json", ""))


async def _platforms() -> Sequence[dict[str, Any]]:
    return await fetch(pool("answer"), "SELECT id, code, name FROM platform ORDER BY code")


async def _platform(row: dict[str, Any]) -> OpenPlatform:
    code = row["code"]
    async with _turn(), _reading(row["id"]) as (db, known):
        places = await open_places(db, known)
    periods = newest(of for of, cells in places.items() if cells)
    return OpenPlatform(
        code,
        row["name"],
        tuple(_period(code, of) for of in (*([EVERY_PERIOD] if periods else ()), *periods)),
    )


def _period(code: str, period: str) -> OpenPeriod:
    if period == EVERY_PERIOD:
        title = _("Toutes les périodes publiées")
    else:
        title = capital(period_text(period, languages.current()))
    files = [KINDS[ending] for ending in ENDINGS]
    return OpenPeriod(
        title,
        tuple(OpenFile(kind.format, f"{HREF}/{code}/{period}.{kind.ending}") for kind in files),
    )


async def download(request: Request) -> Response:
    """Give one open file, or 404; 304 to whoever has it already, since what is published never changes."""
    period, _dot, ending = request.path_params["file"].partition(".")
    rows = [row for row in await _platforms() if row["code"] == request.path_params["platform"]]
    if ending not in ENDINGS or not rows:
        raise NotFound
    async with _turn():
        async with _reading(rows[0]["id"]) as (_db, known):
            tag = _tag(known, period, ending)
        headers = {"Cache-Control": HOUR, "ETag": tag, "Vary": "Cookie"}
        if tag in request.headers.get("If-None-Match", ""):
            return Response(status_code=304, headers=headers)
        found = await _contents(rows[0]["id"], period)
        if found is None:
            raise NotFound
        kind = KINDS[ending]
        headers |= {
            "Content-Disposition": f'attachment; filename="{rows[0]["code"]}-{period}.{ending}"',
            "Content-Language": languages.current(),
        }
        return await sent_file(
            kind.media_type,
            headers,
            lambda target: kind.write(found, rows[0]["name"], each(found.lines), target),
        )


def _tag(known: Releases, period: str, ending: str) -> str:
    """Name a file by all that it comes from: the releases, the language, the version that writes it."""
    every = period == EVERY_PERIOD
    releases = sorted(str(release) for of, release in known.items() if every or of == period)
    said = "|".join([period, ending, languages.current(), version("suivi-qualite"), *releases])
    return f'"{hashlib.sha256(said.encode()).hexdigest()[:32]}"'


async def show_schema(request: Request) -> Response:  # noqa: ARG001 - a view's signature
    body = msgspec.json.format(msgspec.json.encode(table_schema()), indent=1)
    return Response(body, media_type="application/json", headers={"Cache-Control": HOUR})


async def _contents(platform: UUID, period: str) -> Contents | None:
    """Read what everybody may read of a period: as an observer reads it, less what is one provider's."""
    async with _reading(platform) as (db, known):
        wanted = [*known] if period == EVERY_PERIOD else [of for of in known if of == period]
        places = await open_places(db, known, wanted)
    actor = Actor(Role.observer, platform)
    sight = Sight("donnees-ouvertes", _("Toutes les visites suivies"), None)
    async with scoped(actor):
        cells = visible(actor, ReleaseCell).filter(convention_id__isnull=True, period__in=[*places])
        lines = opened(await dressed(actor, await cells), places)
        if not lines:
            return None
        found = await contents_of(actor, sight, period, lines)
    return replace(found, licence=LICENCE)


AT_ONCE = 2  # of what anybody may ask for at any time
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


def _turn() -> asyncio.Semaphore:
    """Let few of the public's questions at a time reach the database, whoever else works meanwhile."""
    return _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))


@asynccontextmanager
async def _reading(platform: UUID) -> AsyncIterator[tuple[Connection, Releases]]:
    """Read who stands behind what is published, which no policy shows to the public, and the releases."""
    async with scoped(operator(platform)) as db:
        yield db, await released_periods(db, platform)


ROUTES = (
    public(HREF, show_open_data, name="open-data"),
    public(f"{HREF}/schema.json", show_schema, name="open-schema"),
    public(f"{HREF}/{{platform}}/{{file}}", download, name="open-file"),
)
