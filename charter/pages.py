"""/charte: a provider answers criterion by criterion; the platform and its supervisor read."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from charter.answering import AnswerChanged, Draft, field, history, long_field, save
from charter.assessment import next_unanswered
from charter.benchmark.reading import benchmark
from charter.campaigns.sharing import own_campaigns
from charter.declaring import Review, review
from charter.evidence.automatic import measured_rows
from charter.evidence.checking import check_page
from charter.evidence.keeping import proofs
from charter.evidence.listing import Reader, proof_rows
from charter.evidence.proving import by_criterion
from charter.forms import text_of
from charter.measuring import measures
from charter.overview import overview
from charter.printing import pdf
from charter.result import HREF, CharterResult, chapter_href, criterion_href, result
from charter.reviewing import REVISIONS, THEIRS, Visit, chapter_page, criterion_page
from charter.rules import READERS, WRITERS
from charter.runs.carry_pages import HREF as CARRY
from charter.runs.carrying import CarryFirst, has_before
from charter.runs.sharing import shares
from charter.submitting import checkup
from charter.tabling import table_page
from charter.words import said
from quality import clock
from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.db import Connection
from quality.errors import Invalid, NotFound
from quality.web.csrf import LONG_FORM_FIELDS
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

SILENTLY = "return=minimal"  # autosave.js: the reader stays where they are


async def show_charter(request: Request) -> Response:
    actor, asked = signed_in(request), request.query_params.get("organisme", "")
    if actor.role == Role.provider or asked:
        try:
            return await render(request, (await _result(request))[0])
        except CarryFirst as first:
            return RedirectResponse(f"{CARRY}?{urlencode({'edition': first.name})}", 303)
    async with scoped(actor) as db:
        listed = await overview(db, actor, _rank(request.query_params.get("page", "")))
    return await render(request, listed)


async def print_charter(request: Request) -> Response:
    """Give the result as a PDF; the platform names whose."""
    actor = signed_in(request)
    if actor.role != Role.provider and not request.query_params.get("organisme"):
        raise NotFound

    shown, edition = await _result(request)
    content = await asyncio.to_thread(pdf, shown, edition)
    headers = {"Content-Disposition": 'attachment; filename="charte.pdf"', "Cache-Control": "no-store"}
    return Response(content, media_type="application/pdf", headers=headers)


async def show_chapter(request: Request) -> Response:
    actor, number = signed_in(request), request.path_params["chapter"]
    async with scoped(actor) as db:
        of = await review(actor, request.query_params.get("organisme", ""), _edition(request))
        measured = await measures(db, actor, of.provider, of.edition)
        given = [name for _id, name in (await shares(db, of.run)).get(number, ())]
    return await render(request, chapter_page(of, number, measured, given))


async def show_criterion(request: Request) -> Response:
    return await _criterion(request, Visit(just_saved=request.query_params.get("fait", "")))


async def answer_criterion(request: Request) -> Response:
    """Keep an answer and lead to the next criterion to review, or to the result once all are."""
    actor = signed_in(request)
    async with scoped(actor):
        of = await review(actor, "", _edition(request))
    criterion = of.criterion(_code(request))
    async with request.form() as form:
        drafts = _drafts(form, {code: field(criterion, code, "") for code in criterion.asked})
        sheet = text_of(form, "feuille")
    try:
        if drafts:
            await save(actor, of.edition, drafts, of.establishment, sheet=sheet)
    except Invalid as refusal:
        errors = tuple((error.field, _(error.message)) for error in refusal.errors)
        return await _criterion(request, Visit(drafts, errors, sheet=sheet), 422)
    except AnswerChanged as change:
        return await _criterion(request, _changed(drafts, change), change.status)
    if request.headers.get("prefer") == SILENTLY:
        return Response(status_code=204)
    answered = {criterion.code} if all(each.answer for each in drafts.values()) else set()
    following = next_unanswered(of.edition, {*of.answers, *answered}, criterion.code)
    path = criterion_href(of, following) if following else f"{HREF}{of.query}"
    return RedirectResponse(_with(path, f"fait={criterion.code}"), 303)


async def show_check(request: Request) -> Response:
    """Show what to look at before the assessment is sent."""
    actor = signed_in(request)
    zone = (await card_of(actor.platform)).zone
    async with scoped(actor) as db:
        of = await review(actor, request.query_params.get("organisme", ""), _edition(request))
        found = await checkup(db, actor, of, clock.now().astimezone(zone).date())
    return await render(request, check_page(of, found))


async def show_table(request: Request) -> Response:
    return await _table(request, Visit())


async def answer_table(request: Request) -> Response:
    """Keep what a chapter's table holds, and stay on it."""
    actor = signed_in(request)
    async with scoped(actor):
        of = await review(actor, "", _edition(request))
    chapter = of.chapter(request.path_params["chapter"])
    async with request.form(max_fields=LONG_FORM_FIELDS) as form:
        every = _drafts(form, {code: f"-{code}" for each in chapter.criteria for code in each.asked})
        sheet = text_of(form, "feuille")
    drafts = {code: each for code, each in every.items() if each.answer or each.comment or each.reason}
    try:
        if drafts:
            await save(actor, of.edition, drafts, of.establishment, sheet=sheet, named=long_field)
    except Invalid as refusal:
        errors = tuple((error.field, _(error.message)) for error in refusal.errors)
        return await _table(request, Visit(every, errors, sheet=sheet), 422)
    except AnswerChanged as change:
        return await _table(request, _changed(every, change), change.status)
    if request.headers.get("prefer") == SILENTLY:
        return Response(status_code=204)
    return RedirectResponse(_with(chapter_href(of, chapter), "fait=oui"), 303)


async def _table(request: Request, visit: Visit, status: int = 200) -> Response:
    actor = signed_in(request)
    zone = (await card_of(actor.platform)).zone
    async with scoped(actor):
        of = await review(actor, "", _edition(request))
    shown = replace(visit, sheet=visit.sheet or _sheet())
    return await render(request, table_page(of, request.path_params["chapter"], zone, shown), status)


async def _criterion(request: Request, visit: Visit, status: int = 200) -> Response:
    actor = signed_in(request)
    zone = (await card_of(actor.platform)).zone
    async with scoped(actor) as db:
        of = await review(actor, request.query_params.get("organisme", ""), _edition(request))
        criterion = of.criterion(_code(request))
        measured = await measures(db, actor, of.provider, of.edition)
        past = await history(db, of.run, criterion.asked, REVISIONS) if of.run else ()
        proving = by_criterion(await proofs(db, of.provider), of.edition, of.library).get(criterion.code, ())
    today = clock.now().astimezone(zone).date()
    query = "" if of.is_own else f"?organisme={of.code}"
    reader = Reader(of.name, of.is_own, query, today, zone, library=of.library)
    automatic = measured_rows(reader, of.edition, measured).get(criterion.code)
    rows = (*proof_rows(reader, proving), *filter(None, (automatic,)))
    shown = replace(visit, past=past, sheet=visit.sheet or _sheet(), proofs=rows)
    page = criterion_page(of, criterion, measured.get(criterion.code), zone, shown)
    return await render(request, page, status)


async def _result(request: Request) -> tuple[CharterResult, str]:
    """Compose the result, and name its edition."""
    actor = signed_in(request)
    zone = (await card_of(actor.platform)).zone
    async with scoped(actor) as db:
        of = await review(actor, request.query_params.get("organisme", ""), _edition(request))
        measured = await measures(db, actor, of.provider, of.edition)
        beside = await benchmark(db, of, clock.now().astimezone(zone).date(), zone)
        campaigns = await own_campaigns(db, actor) if of.is_own else ()
        if of.is_own and of.run is None:
            await _may_begin(db, actor, of)
    return result(of, measured, beside, campaigns), said(of.edition.title)


async def _may_begin(db: Connection, actor: Actor, of: Review) -> None:
    """Raise CarryFirst on an edition not begun yet, for which the provider has answers elsewhere."""
    edition = of.library.find(of.edition.code, of.edition.version)
    if edition in of.library.offered and await has_before(db, actor, of.library, edition):
        raise CarryFirst(of.library.name(edition))


def _code(request: Request) -> str:
    """Write the code of the criterion of an address: « 1/4 » is 1.4."""
    return ".".join(str(each) for each in request.path_params.values())


def _edition(request: Request) -> str:
    return request.query_params.get("edition", "")


def _sheet() -> str:
    return secrets.token_hex(8)


def _with(path: str, query: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{query}"


def _changed(drafts: Mapping[str, Draft], change: AnswerChanged) -> Visit:
    """Show again what could not be kept, and nothing else of the form: the rest is as it stands by now."""
    return Visit({code: drafts[code] for code in change.theirs}, theirs=change.theirs)


def _drafts(form: FormData, suffixes: Mapping[str, str]) -> dict[str, Draft]:
    """Read the lines of a form by code, but those where the answer of somebody else was chosen."""
    every = {code: _draft(form, suffix) for code, suffix in suffixes.items()}
    return {code: each for code, each in every.items() if text_of(form, f"garder{suffixes[code]}") != THEIRS}


def _draft(form: FormData, suffix: str) -> Draft:
    """Read one line; one's own answer that was chosen over another's writes over the version of that one."""
    read = text_of(form, f"garder{suffix}") or text_of(form, f"version{suffix}")
    version = int(read) if read.isascii() and read.isdigit() and len(read) < 9 else 0
    return Draft(
        text_of(form, f"reponse{suffix}"),
        text_of(form, f"commentaire{suffix}"),
        text_of(form, f"motif{suffix}"),
        version,
    )


def _rank(written: str) -> int:
    return int(written) - 1 if written.isascii() and written.isdigit() and 0 < int(written) < 10_000 else 0


ROLES = READERS | WRITERS
CHAPTER, CRITERION = HREF + "/{chapter:int}", HREF + "/{chapter:int}/{rank:int}"
DEEP = HREF + "/{chapter:int}/{objective:int}/{rank:int}"  # where chapters hold objectives
ROUTES = (
    page(HREF, show_charter, roles=ROLES, name="charter"),
    page(HREF + ".pdf", print_charter, roles=ROLES, name="charter-pdf"),
    page(HREF + "/verification", show_check, roles=ROLES, name="charter-check"),
    page(CHAPTER, show_chapter, roles=ROLES, name="charter-chapter"),
    page(CHAPTER + "/tableau", show_table, roles=WRITERS, name="charter-table"),
    page(
        CHAPTER + "/tableau",
        answer_table,
        roles=WRITERS,
        methods=("POST",),
        name="charter-table-answer",
        most_fields=LONG_FORM_FIELDS,
    ),
    page(CRITERION, show_criterion, roles=ROLES, name="charter-criterion"),
    page(CRITERION, answer_criterion, roles=WRITERS, methods=("POST",), name="charter-answer"),
    page(DEEP, show_criterion, roles=ROLES, name="charter-deep-criterion"),
    page(DEEP, answer_criterion, roles=WRITERS, methods=("POST",), name="charter-deep-answer"),
)
