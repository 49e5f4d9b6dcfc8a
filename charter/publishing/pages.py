"""/charte/editions: the editions at hand, their files, and the check of a file before it is published."""

import asyncio
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from charter.definition import Edition
from charter.editions import EditionUnknown, content, editions, load
from charter.publishing.checking import LARGEST, Checked, checked
from charter.rules import JUDGES, READERS
from charter.words import said
from quality.access.actor import Role
from quality.web import languages
from quality.web.format import day_text
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

HREF = "/charte/editions"
Errors = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class EditionRow:
    """One edition at hand; `href` is its file."""

    href: str
    title: str
    version: str
    criteria: str
    source: str


@dataclass(frozen=True, slots=True)
class EditionFault:
    """One thing to mend in a file: the line, the place in its tree, and what to do."""

    line: str
    place: str
    message: str


@dataclass(frozen=True, slots=True)
class EditionList:
    """/charte/editions: the editions, and what a file just checked holds; `good` says that it may serve."""

    title: str
    rows: tuple[EditionRow, ...]
    may_check: bool
    file: str
    good: str
    faults: tuple[EditionFault, ...]
    errors: Errors


async def show_editions(request: Request) -> Response:
    return await render(request, _page(request, None, ()))


async def send_edition(request: Request) -> Response:
    """Give the file of an edition, as it is published."""
    code = request.path_params["code"]
    if code not in editions():
        raise EditionUnknown
    headers = {"Content-Disposition": f'attachment; filename="{code}.yaml"', "Cache-Control": "no-store"}
    return Response(content(code), media_type="application/yaml", headers=headers)


async def check_edition(request: Request) -> Response:
    """Say what is wrong with a file, each fault at its place; nothing is written."""
    async with request.form() as form:
        file = form.get("fichier")
        if not isinstance(file, UploadFile) or not file.filename:
            return await _refused(request, _("Choisissez le fichier YAML d’une édition."))
        name, raw = file.filename, await file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        return await _refused(request, _("Ce fichier dépasse 1 Mo : une édition est bien plus courte."))
    published = {code: load(code) for code in editions()}
    found = await asyncio.to_thread(checked, name, raw, published)
    return await render(request, _page(request, found, ()), 422 if found.faults else 200)


async def _refused(request: Request, message: str) -> Response:
    return await render(request, _page(request, None, (("fichier", message),)), 422)


def _page(request: Request, found: Checked | None, errors: Errors) -> EditionList:
    faults = sorted(found.faults, key=lambda each: each.line) if found else []
    return EditionList(
        title=_("Éditions de la charte"),
        rows=tuple(_row(load(code)) for code in editions()),
        may_check=signed_in(request).role == Role.platform,
        file=found.name if found else "",
        good=_good(found.edition) if found and found.edition else "",
        faults=tuple(
            EditionFault(
                _("Ligne {number}").format(number=each.line), each.place.removeprefix("$."), each.message
            )
            for each in faults
        ),
        errors=errors or ((("fichier", _faulty(len(faults))),) if faults else ()),
    )


def _faulty(count: int) -> str:
    return ngettext(
        "Ce fichier a un défaut : rien n’est gardé.",
        "Ce fichier a %(num)s défauts : rien n’est gardé.",
        count,
    ) % {"num": count}


def _good(edition: Edition) -> str:
    return _("« {title} », version {version} : ce fichier est juste, {criteria}.").format(
        title=said(edition.title), version=edition.version, criteria=_criteria(edition)
    )


def _criteria(edition: Edition) -> str:
    every, compulsory = len(edition.criteria), sum(each.compulsory for each in edition.criteria)
    words = ngettext("%(num)s critère", "%(num)s critères", every) % {"num": every}
    must = ngettext("dont %(num)s obligatoire", "dont %(num)s obligatoires", compulsory) % {"num": compulsory}
    return f"{words}, {must}"


def _row(edition: Edition) -> EditionRow:
    day = day_text(edition.dated, languages.current(), year=True)
    return EditionRow(
        href=f"{HREF}/{edition.code}.yaml",
        title=said(edition.title),
        version=_("Version {version}, du {day}").format(version=edition.version, day=day),
        criteria=_criteria(edition),
        source=said(edition.source),
    )


ROUTES = (
    page(HREF, show_editions, roles=READERS, name="charter-editions"),
    page(HREF, check_edition, roles=JUDGES, methods=("POST",), name="charter-edition-check"),
    page(HREF + "/{code}.yaml", send_edition, roles=READERS, name="charter-edition-file"),
)
