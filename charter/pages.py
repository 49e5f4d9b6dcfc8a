"""/charte: a provider answers criterion by criterion; the platform and its supervisor read."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from charter.assessment import next_unanswered
from charter.declaring import Draft, Review, review, save
from charter.definition import Criterion
from charter.measuring import Measure, measures
from charter.overview import overview
from charter.result import HREF, result
from charter.reviewing import Visit, chapter_page, criterion_page
from charter.rules import READERS, WRITERS
from quality.access.actor import Role
from quality.access.scope import scoped
from quality.errors import Invalid
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

T = TypeVar("T")
Measures = Mapping[str, Measure]
SILENTLY = "return=minimal"  # autosave.js: the reader stays where they are


async def show_charter(request: Request) -> Response:
    actor, asked = signed_in(request), request.query_params.get("organisme", "")
    if actor.role == Role.provider or asked:
        return await render(request, await _read(request, result))
    async with scoped(actor) as db:
        listed = await overview(db, actor, _rank(request.query_params.get("page", "")))
    return await render(request, listed)


async def show_chapter(request: Request) -> Response:
    number: int = request.path_params["chapter"]
    return await render(request, await _read(request, lambda of, found: chapter_page(of, number, found)))


async def show_criterion(request: Request) -> Response:
    return await _criterion(request, Visit(just_saved=request.query_params.get("fait", "")))


async def answer_criterion(request: Request) -> Response:
    """Keep an answer and lead to the next criterion to review, or to the result once all are."""
    async with request.form() as form:
        draft = Draft(_text(form, "reponse"), _text(form, "commentaire"), _text(form, "motif"))
    actor = signed_in(request)
    async with scoped(actor):
        of = await review(actor, "")
    criterion = _asked(request, of)
    try:
        await save(actor, of.edition, criterion, draft)
    except Invalid as refusal:
        errors = tuple((error.field, _(error.message)) for error in refusal.errors)
        return await _criterion(request, Visit(draft, errors), 422)
    if request.headers.get("prefer") == SILENTLY:
        return Response(status_code=204)
    following = next_unanswered(of.edition, {*of.answers, criterion.code}, criterion.code)
    path = f"{HREF}/{following.code.replace('.', '/')}" if following else HREF
    return RedirectResponse(f"{path}?fait={criterion.code}", 303)


async def _criterion(request: Request, visit: Visit, status: int = 200) -> Response:
    actor = signed_in(request)
    zone = (await card_of(actor.platform)).zone

    def compose(of: Review, found: Measures) -> object:
        criterion = _asked(request, of)
        return criterion_page(of, criterion, found.get(criterion.code), zone, visit)

    return await render(request, await _read(request, compose), status)


async def _read(request: Request, compose: Callable[[Review, Measures], T]) -> T:
    actor = signed_in(request)
    async with scoped(actor) as db:
        of = await review(actor, request.query_params.get("organisme", ""))
        return compose(of, await measures(db, actor, of.provider, of.edition))


def _asked(request: Request, of: Review) -> Criterion:
    return of.criterion(request.path_params["chapter"], request.path_params["rank"])


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _rank(written: str) -> int:
    return int(written) - 1 if written.isascii() and written.isdigit() and 0 < int(written) < 10_000 else 0


ROLES = READERS | WRITERS
CRITERION = HREF + "/{chapter:int}/{rank:int}"
ROUTES = (
    page(HREF, show_charter, roles=ROLES, name="charter"),
    page(HREF + "/{chapter:int}", show_chapter, roles=ROLES, name="charter-chapter"),
    page(CRITERION, show_criterion, roles=ROLES, name="charter-criterion"),
    page(CRITERION, answer_criterion, roles=WRITERS, methods=("POST",), name="charter-answer"),
)
