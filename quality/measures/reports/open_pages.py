"""/donnees: the figures of the country and of its regions, open to everybody, at addresses that stay."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from quality.access.actor import Actor, Role
from quality.access.scope import scoped, visible
from quality.db import fetch, pool
from quality.errors import NotFound
from quality.measures.disclosure.lattice import Scope
from quality.measures.models import ReleaseCell
from quality.measures.releases.periods import newest
from quality.measures.reports.contents import EVERY_PERIOD, Contents, contents_of
from quality.measures.reports.kinds import KINDS
from quality.measures.reports.opening import counted, opened
from quality.measures.reports.schema import table_schema
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
    found = await _contents(row["id"], EVERY_PERIOD)
    periods = newest({line.period for line in found.lines}) if found else []
    return OpenPlatform(
        code,
        row["name"],
        tuple(_period(code, each) for each in (*([EVERY_PERIOD] if periods else ()), *periods)),
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
    """Give one open file, or 404."""
    period, _dot, ending = request.path_params["file"].partition(".")
    rows = [row for row in await _platforms() if row["code"] == request.path_params["platform"]]
    if ending not in ENDINGS or not rows:
        raise NotFound
    found = await _contents(rows[0]["id"], period)
    if found is None:
        raise NotFound
    kind = KINDS[ending]
    body = await asyncio.to_thread(kind.write, found, rows[0]["name"])
    headers = {
        "Content-Disposition": f'attachment; filename="{rows[0]["code"]}-{period}.{ending}"',
        "Content-Language": languages.current(),
        "Cache-Control": HOUR,
    }
    return Response(body, media_type=kind.media_type, headers=headers)


async def show_schema(request: Request) -> Response:  # noqa: ARG001 - a view's signature
    body = msgspec.json.format(msgspec.json.encode(table_schema()), indent=1)
    return Response(body, media_type="application/json", headers={"Cache-Control": HOUR})


async def _contents(platform: UUID, period: str) -> Contents | None:
    """Read what everybody may read of a period: as an observer reads it, less what is one provider's."""
    actor = Actor(Role.observer, platform)
    sight = Sight("donnees-ouvertes", _("Toutes les visites suivies"), None)
    async with scoped(actor):
        cells = visible(actor, ReleaseCell).filter(convention_id__isnull=True)
        if period != EVERY_PERIOD:
            cells = cells.filter(period=period)
        lines = opened(await dressed(actor, await cells), counted(await _providers(platform)))
        if not lines:
            return None
        found = await contents_of(actor, sight, period, lines, {line.release for line in lines})
    return replace(found, licence=LICENCE)


PROVIDERS = """
SELECT DISTINCT period, indicator, version, activity, scope_code, provider_id FROM release_cell
WHERE platform_id = $1 AND convention_id IS NULL AND scope_type = $2 AND status <> 'M'
"""


async def _providers(platform: UUID) -> list[tuple[tuple[str, str, int, str], str, object]]:
    """List who stands behind what is published; no policy shows this to the public."""
    rows = await fetch(pool("work"), PROVIDERS, platform, Scope.PROVIDER.value)
    return [
        (
            (row["period"], row["indicator"], row["version"], row["activity"]),
            row["scope_code"].rpartition("-")[2],
            row["provider_id"],
        )
        for row in rows
    ]


ROUTES = (
    public(HREF, show_open_data, name="open-data"),
    public(f"{HREF}/schema.json", show_schema, name="open-schema"),
    public(f"{HREF}/{{platform}}/{{file}}", download, name="open-file"),
)
