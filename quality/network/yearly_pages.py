"""/rapports/annuel: the yearly report of an establishment, which its provider completes in its own words."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality import clock
from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.errors import Invalid, NotFound
from quality.measures.reports.workbook import XLSX
from quality.network.yearly import SECTIONS, Year, YearlyPart, establishments, write, year_of, years
from quality.network.yearly_files import (
    figure_heads,
    figure_rows,
    nothing_published,
    own_words,
    pdf,
    sentence,
    workbook,
)
from quality.web import languages
from quality.web.format import paris_day
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

HREF = "/rapports/annuel"
READERS = frozenset({Role.provider, Role.platform, Role.supervisor})
WRITERS = frozenset({Role.provider})
FILES: Mapping[str, tuple[str, Callable[[Year, str], bytes]]] = {
    "pdf": ("application/pdf", pdf),
    "xlsx": (XLSX, workbook),
}
YEAR, PROVIDER = "annee", "organisme"


@dataclass(frozen=True, slots=True)
class Section:
    """One text of the provider: its field, its title, what is written."""

    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class YearlyReport:
    """The page of one year; `providers` and `years` are (value, words) pairs to choose from."""

    title: str
    sentence: str
    year: int
    years: tuple[tuple[str, str], ...]
    provider: str
    providers: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    none_words: str
    parts: tuple[YearlyPart, ...]
    own_words: tuple[str, str]
    sections: tuple[Section, ...]
    is_writer: bool
    files: tuple[tuple[str, str], ...]
    errors: tuple[tuple[str, str], ...]


async def show(request: Request) -> Response:
    return await render(request, await _page(request, {}))


async def save(request: Request) -> Response:
    form = await request.form()
    year = _year(str(form.get(YEAR, "")))
    texts = {section: str(form.get(section, "")) for section in SECTIONS}
    try:
        await write(signed_in(request), year, texts)
    except Invalid as refused:
        errors = tuple((each.field, each.message) for each in refused.errors)
        return await render(request, await _page(request, texts, year, errors), 422)
    return RedirectResponse(f"{HREF}?{YEAR}={year}", 303)


async def _page(
    request: Request,
    typed: Mapping[str, str],
    year: int | None = None,
    errors: tuple[tuple[str, str], ...] = (),
) -> YearlyReport:
    actor, asked = signed_in(request), request.query_params
    chosen = year or _year(asked.get(YEAR, "") or str(years(paris_day(clock.now()))[0]))
    async with scoped(actor):
        found = await establishments(actor)
        if not found:
            raise NotFound
        of = await year_of(actor, asked.get(PROVIDER, "") or found[0].code, chosen)
    is_own = actor.role == Role.provider
    options = () if is_own else tuple((each.code, each.name) for each in found)
    return _shown(actor, of, options, typed, errors)


def _shown(
    actor: Actor,
    of: Year,
    providers: tuple[tuple[str, str], ...],
    typed: Mapping[str, str],
    errors: tuple[tuple[str, str], ...],
) -> YearlyReport:
    query = f"?{PROVIDER}={of.of.code}" if providers else ""
    return YearlyReport(
        title=of.title,
        sentence=sentence(),
        year=of.year,
        years=tuple((str(each), str(each)) for each in sorted({*years(paris_day(clock.now())), of.year})),
        provider=of.of.code,
        providers=providers,
        facts=of.of.facts,
        heads=figure_heads(),
        rows=tuple(figure_rows(of)),
        none_words="" if of.figures else nothing_published(of),
        parts=of.parts,
        own_words=own_words(),
        sections=tuple(
            Section(name, _(title), typed.get(name, of.texts.get(name, "")))
            for name, title in SECTIONS.items()
        ),
        is_writer=actor.role in WRITERS,
        files=tuple((each.upper(), f"{HREF}/{of.year}.{each}{query}") for each in FILES),
        errors=errors,
    )


async def download(request: Request) -> Response:
    """Give the report of a year as a file; of another's provider, 404."""
    year, _dot, ending = str(request.path_params["file"]).partition(".")
    if ending not in FILES:
        raise NotFound
    actor = signed_in(request)
    async with scoped(actor):
        of = await year_of(actor, request.query_params.get(PROVIDER, ""), _year(year))
    media_type, make = FILES[ending]
    platform = (await card_of(actor.platform)).name
    body = await asyncio.to_thread(make, of, platform)
    headers = {
        "Content-Disposition": f'attachment; filename="{of.name}.{ending}"',
        "Content-Language": languages.current(),
        "Cache-Control": "no-store",
    }
    return Response(body, media_type=media_type, headers=headers)


def _year(text: str) -> int:
    """Read a year that may be reported, or answer 404."""
    known = years(paris_day(clock.now()))
    if text not in {str(each) for each in known}:
        raise NotFound
    return int(text)


ROUTES = (
    page(HREF, show, roles=READERS, name="yearly-report"),
    page(HREF, save, roles=WRITERS, methods=("POST",), name="yearly-write"),
    page(f"{HREF}/{{file}}", download, roles=READERS, name="yearly-file"),
)
