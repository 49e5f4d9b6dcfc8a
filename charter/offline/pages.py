"""/charte/hors-ligne: the workbook out, and in again after a preview of what it changes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from charter.answering import AnswerChanged, Draft, checked, long_field, save
from charter.declaring import Review, review
from charter.offline.workbook import Line, labels, read, written
from charter.rules import WRITERS
from charter.words import given_words, said
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.directory.intake.refusals import FileRefused
from quality.errors import Invalid
from quality.web import languages
from quality.web.csrf import LONG_FORM_FIELDS
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

HREF = "/charte/hors-ligne"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Errors = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a line of the workbook changes; `is_newer` says that somebody answered here since it was taken."""

    code: str
    label: str
    before: str
    before_text: str
    after: str
    after_text: str
    sealed: str
    is_newer: bool


@dataclass(frozen=True, slots=True)
class OfflineGrid:
    """The workbook out and in: before a file is read, its differences and its wrong lines are empty."""

    title: str
    sentence: str
    up: str
    action: str
    download: str
    differences: tuple[Difference, ...]
    wrong: tuple[tuple[int, str, str], ...]
    errors: Errors


async def show_offline(request: Request) -> Response:
    return await render(request, _page(await _own(request), (), (), ()))


async def send_workbook(request: Request) -> Response:
    of = await _own(request)
    headers = {
        "Content-Disposition": f'attachment; filename="{of.edition.code}.xlsx"',
        "Cache-Control": "no-store",
    }
    return Response(written(of), media_type=XLSX, headers=headers)


async def preview(request: Request) -> Response:
    """Show what a workbook would change; nothing is written."""
    of = await _own(request)
    async with request.form() as form:
        file = form.get("fichier")
        if not isinstance(file, UploadFile) or not file.filename:
            wrong = (("fichier", _("Choisissez le classeur que vous avez rempli.")),)
            return await render(request, _page(of, (), (), wrong), 422)
        try:
            lines = await asyncio.to_thread(read, of, file.file)
        except FileRefused as refusal:
            return await render(request, _page(of, (), (), (("fichier", languages.said(refusal)),)), 422)
    differences, wrong_lines = compared(of, lines)
    return await render(request, _page(of, differences, wrong_lines, (), is_read=True))


async def merge(request: Request) -> Response:
    """Keep the chosen lines; those that somebody changed meanwhile come back to be looked at."""
    actor, of = signed_in(request), await _own(request)
    async with request.form(max_fields=LONG_FORM_FIELDS) as form:
        chosen = [str(each) for each in form.getlist("garder")]
        kept = {code: _opened(str(form.get(f"ligne-{code}", ""))) for code in chosen if _is_asked(of, code)}
    try:
        if kept:
            await save(actor, of.edition, kept, of.establishment, named=long_field)
    except AnswerChanged as change:
        lines = [Line(0, code, each) for code, each in kept.items()]
        differences, _wrong = compared(await _own(request), lines)
        told = _("Quelqu’un a répondu entre-temps : rien n’est perdu.")
        return await render(request, _page(of, differences, (), (("", told),), is_read=True), change.status)
    except Invalid as refusal:
        errors = tuple(("", f"{each.field.partition('-')[2]} : {_(each.message)}") for each in refusal.errors)
        return await render(request, _page(of, (), (), errors), 422)
    return RedirectResponse(f"/charte{of.query}", 303)


def compared(
    of: Review, lines: Sequence[Line]
) -> tuple[tuple[Difference, ...], tuple[tuple[int, str, str], ...]]:
    """Give what the lines change, and those that cannot be kept: (line, code, why) each."""
    differences: list[Difference] = []
    wrong: list[tuple[int, str, str]] = []
    for line in lines:
        why = line.error or _refusal(of, line)
        if why:
            wrong.append((line.number, line.code, why))
        elif found := _difference(of, line):
            differences.append(found)
    return tuple(differences), tuple(wrong)


def _refusal(of: Review, line: Line) -> str:
    try:
        checked(of.edition, {line.code: line.draft}, of.establishment, long_field)
    except Invalid as refusal:
        return " ".join(_(each.message) for each in refusal.errors)
    return ""


def _difference(of: Review, line: Line) -> Difference | None:
    draft = checked(of.edition, {line.code: line.draft}, of.establishment, long_field)[line.code]
    kept = of.declared.get(line.code)
    if kept and (kept.answer, kept.comment, kept.reason) == (draft.answer, draft.comment, draft.reason):
        return None
    return Difference(
        line.code,
        labels(of)[line.code],
        given_words(kept.answer) if kept else _("À revoir"),
        (kept.reason or kept.comment) if kept else "",
        given_words(draft.answer),
        draft.reason or draft.comment,
        _sealed(draft, kept.version if kept else 0),
        (kept.version if kept else 0) != draft.version,
    )


def _sealed(draft: Draft, version: int) -> str:
    """Write a line as one field of the form: a long edition would not fit otherwise."""
    return msgspec.json.encode((draft.answer, draft.comment, draft.reason, version)).decode()


def _opened(sealed: str) -> Draft:
    try:
        return Draft(*msgspec.json.decode(sealed, type=tuple[str, str, str, int]))
    except msgspec.MsgspecError:
        return Draft(version=0)


def _is_asked(of: Review, code: str) -> bool:
    return any(code in each.asked for each in of.edition.criteria)


def _page(
    of: Review,
    differences: tuple[Difference, ...],
    wrong: tuple[tuple[int, str, str], ...],
    errors: Errors,
    *,
    is_read: bool = False,
) -> OfflineGrid:
    return OfflineGrid(
        title=_title(len(differences)) if is_read else _("Répondre hors ligne"),
        sentence=said(of.edition.title),
        up=f"/charte{of.query}",
        action=f"{HREF}{of.query}",
        download=f"{HREF}.xlsx{of.query}",
        differences=differences,
        wrong=wrong,
        errors=errors,
    )


def _title(count: int) -> str:
    if not count:
        return _("Ce classeur ne change rien")
    return ngettext("Ce classeur change une réponse", "Ce classeur change %(num)s réponses", count) % {
        "num": count
    }


async def _own(request: Request) -> Review:
    actor: Actor = signed_in(request)
    async with scoped(actor):
        return await review(actor, "", request.query_params.get("edition", ""))


ROUTES = (
    page(HREF, show_offline, roles=WRITERS, name="charter-offline"),
    page(HREF + ".xlsx", send_workbook, roles=WRITERS, name="charter-offline-file"),
    page(HREF, preview, roles=WRITERS, methods=("POST",), name="charter-offline-preview"),
    page(
        HREF + "/garder",
        merge,
        roles=WRITERS,
        methods=("POST",),
        name="charter-offline-merge",
        most_fields=LONG_FORM_FIELDS,
    ),
)
