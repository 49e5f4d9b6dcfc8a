"""/charte/evaluations: the runs of a provider, a new one, and who answers which chapter."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from charter.actions.planning import colleagues
from charter.declaring import Kind, Review, naming, provider_of, review
from charter.definition import Edition
from charter.editions import Library
from charter.result import chapter_title
from charter.rules import READERS, WRITERS
from charter.runs.carry_pages import HREF as CARRY
from charter.runs.carrying import CarryFirst
from charter.runs.opening import Run, begin, runs
from charter.runs.sharing import People, share_out, shares
from charter.words import Tag, said, title_of
from quality.access.actor import Role
from quality.access.scope import scoped
from quality.errors import Invalid, NotFound
from quality.web import format as text
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

HREF, PART = "/charte/evaluations", "chapitre-"
Errors = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run of the list; `href` is "" for one that is sent, `newer` leads to a version that may follow."""

    href: str
    title: str
    kind: str
    when: str
    answered: str
    state: Tag
    result: str
    newer: str = ""


@dataclass(frozen=True, slots=True)
class ChapterShare:
    """A chapter and who answers it: (id, name, has it) of each colleague."""

    number: int
    title: str
    people: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class RunList:
    """The runs, the form of a new one, and the chapters of the run of `shared` with who answers them."""

    title: str
    provider: str
    is_own: bool
    up: str
    rows: tuple[RunRow, ...]
    editions: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]
    chosen: tuple[str, str]
    shared: str
    shared_edition: str
    chapters: tuple[ChapterShare, ...]
    errors: Errors


async def show_runs(request: Request) -> Response:
    return await _list(request, ("", Kind.FULL), ())


async def begin_run(request: Request) -> Response:
    actor = signed_in(request)
    async with request.form() as form:
        edition, kind = str(form.get("edition", "")), str(form.get("etendue", ""))
    try:
        await begin(actor, edition, kind)
    except Invalid as refusal:
        errors = tuple((error.field, _(error.message)) for error in refusal.errors)
        return await _list(request, (edition, kind), errors, 422)
    except CarryFirst as first:
        return RedirectResponse(f"{CARRY}?{urlencode({'edition': first.name, 'etendue': kind})}", 303)
    async with scoped(actor):
        return RedirectResponse(f"/charte{(await review(actor, '', edition)).query}", 303)


async def share_chapters(request: Request) -> Response:
    actor = signed_in(request)
    async with request.form() as form:
        edition = str(form.get("edition", ""))
        wanted = {
            int(name.removeprefix(PART)): tuple(str(one) for one in form.getlist(name))
            for name in form
            if name.startswith(PART) and name.removeprefix(PART).isdecimal()
        }
    await share_out(actor, edition, wanted)
    return RedirectResponse(f"{HREF}?{urlencode({'edition': edition})}", 303)


async def _list(request: Request, chosen: tuple[str, str], errors: Errors, status: int = 200) -> Response:
    actor, asked = signed_in(request), request.query_params.get("organisme", "")
    if actor.role != Role.provider and not asked:
        raise NotFound
    zone = (await card_of(actor.platform)).zone
    async with scoped(actor) as db:
        provider, is_own = await provider_of(actor, asked)
        found = await runs(db, provider.id)
        of = await review(actor, asked, request.query_params.get("edition", ""))
        given, people = await shares(db, of.run), await colleagues(db, actor)
    shown = RunList(
        title=_("Évaluations"),
        provider=provider.name,
        is_own=is_own,
        up=f"/charte{of.query}",
        rows=tuple(_rows(found, zone, of.library, "" if is_own else provider.code)),
        editions=tuple((of.library.name(each), title_of(each, of.library)) for each in of.library.offered),
        kinds=((Kind.FULL, _("Tous les critères")), (Kind.COMPULSORY, _("Les obligatoires seulement"))),
        chosen=chosen,
        shared=title_of(of.edition, of.library),
        shared_edition=of.library.name(of.edition),
        chapters=_chapters(of, given, people) if is_own else (),
        errors=errors,
    )
    return await render(request, shown, status)


def _rows(found: tuple[Run, ...], zone: ZoneInfo, known: Library, provider: str) -> Iterator[RunRow]:
    followed = {(each.edition, each.version) for each in found}
    for run in found:
        row = _row(run, zone, known, provider)
        next_one = known.current(run.edition)
        is_last = not any(each[0] == run.edition and each[1] > run.version for each in followed)
        may_follow = not provider and run.frozen_at is None and is_last and next_one.version > run.version
        href = f"{CARRY}?{urlencode({'edition': known.name(next_one), 'etendue': run.kind})}"
        yield replace(row, newer=href) if may_follow else row


def _row(run: Run, zone: ZoneInfo, known: Library, provider: str) -> RunRow:
    lang, edition = languages.current(), known.find(run.edition, run.version)
    is_open = run.frozen_at is None
    named = urlencode(({"organisme": provider} if provider else {}) | naming(known, edition))
    at = (run.frozen_at or run.opened_at).astimezone(zone)
    when = _("Commencée le {day}") if is_open else _("Envoyée le {day}")
    return RunRow(
        href=f"/charte{'?' if named else ''}{named}" if is_open else "",
        title=title_of(edition, known),
        kind=_("Les obligatoires seulement") if run.kind is Kind.COMPULSORY else _("Tous les critères"),
        when=when.format(day=text.day_text(at.date(), lang, year=True)),
        answered=ngettext("%(num)s réponse", "%(num)s réponses", run.answered) % {"num": run.answered},
        state=("info", _("En cours"), "clock") if is_open else ("ok", _("Envoyée"), ""),
        result=_result(run, edition),
    )


def _result(run: Run, edition: Edition) -> str:
    """Say what was issued, as it was issued."""
    if run.issued is None:
        return ""
    classes = {each.code: said(each.label) for each in edition.scoring.classes}
    words = classes.get(run.issued.reading or "", "")
    value = (run.issued.value or "").replace(".", "," if languages.current() == "fr" else ".")
    return " ".join(each for each in (words, value) if each)


def _chapters(of: Review, given: dict[int, People], people: People) -> tuple[ChapterShare, ...]:
    return tuple(
        ChapterShare(
            each.number,
            chapter_title(each),
            tuple((who, name, (who, name) in given.get(each.number, ())) for who, name in people),
        )
        for each in of.edition.chapters
    )


ROUTES = (
    page(HREF, show_runs, roles=READERS | WRITERS, name="charter-runs"),
    page(HREF, begin_run, roles=WRITERS, methods=("POST",), name="charter-run-begin"),
    page(HREF + "/equipe", share_chapters, roles=WRITERS, methods=("POST",), name="charter-share"),
)
