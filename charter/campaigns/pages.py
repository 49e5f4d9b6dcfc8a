"""/charte/campagnes: the platform runs campaigns; the funder that pays for one reads counts."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from charter.campaigns.reading import HREF, Errors, Visit, campaign_list, campaign_page, new_page
from charter.campaigns.running import Meeting, Plan, add_session, close, create, invite
from charter.campaigns.sharing import counts_page
from charter.forms import text_of
from charter.rules import JUDGES, PAYERS, READERS
from quality import clock
from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.errors import Invalid, NotFound
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

EMPTY, NO_MEETING = Plan(), Meeting()


async def _today(actor: Actor) -> tuple[date, ZoneInfo]:
    zone = (await card_of(actor.platform)).zone
    return clock.now().astimezone(zone).date(), zone


async def show_campaigns(request: Request) -> Response:
    actor = signed_in(request)
    today, _zone = await _today(actor)
    async with scoped(actor) as db:
        shown = await campaign_list(db, actor, today, creates=actor.role == Role.platform)
    return await render(request, shown)


async def show_new(request: Request) -> Response:
    return await _new(request, EMPTY, ())


async def _new(request: Request, typed: Plan, errors: Errors, status: int = 200) -> Response:
    actor = signed_in(request)
    async with scoped(actor) as db:
        shown = await new_page(db, actor, typed, errors)
    return await render(request, shown, status)


async def create_campaign(request: Request) -> Response:
    actor = signed_in(request)
    async with request.form() as form:
        plan = _plan(form)
    today, _zone = await _today(actor)
    try:
        campaign = await create(actor, plan, today)
    except Invalid as refusal:
        return await _new(request, plan, _said(refusal), 422)
    return RedirectResponse(f"{HREF}/{campaign}", 303)


async def show_campaign(request: Request) -> Response:
    """Show a campaign to the platform, or its counts to the funder that pays; 404 to another."""
    actor = signed_in(request)
    if actor.role != Role.funder:
        return await _campaign(request, NO_MEETING, ())
    today, _zone = await _today(actor)
    async with scoped(actor) as db:
        shown = await counts_page(db, request.path_params["id"], today)
    return await render(request, shown)


async def _campaign(request: Request, typed: Meeting, errors: Errors, status: int = 200) -> Response:
    actor = signed_in(request)
    today, zone = await _today(actor)
    visit = Visit(today, zone, actor.role == Role.platform, typed, errors)
    async with scoped(actor) as db:
        shown = await campaign_page(db, actor, request.path_params["id"], visit)
    return await render(request, shown, status)


async def act_on_campaign(request: Request) -> Response:
    actor, campaign = signed_in(request), request.path_params["id"]
    async with request.form() as form:
        gesture, meeting = text_of(form, "geste"), _meeting(form)
        providers = _texts(form, "organisme")
    verb = VERBS.get(gesture)
    if verb is None:
        raise NotFound
    try:
        await verb(actor, campaign, meeting, providers)
    except Invalid as refusal:
        return await _campaign(request, meeting, _said(refusal), 422)
    return RedirectResponse(f"{HREF}/{campaign}", 303)


async def _invite(actor: Actor, campaign: UUID, _meeting: Meeting, providers: tuple[str, ...]) -> None:
    await invite(actor, campaign, providers)


async def _meet(actor: Actor, campaign: UUID, meeting: Meeting, _providers: tuple[str, ...]) -> None:
    await add_session(actor, campaign, meeting, (await card_of(actor.platform)).zone)


async def _close(actor: Actor, campaign: UUID, _meeting: Meeting, _providers: tuple[str, ...]) -> None:
    await close(actor, campaign)


VERBS: Mapping[str, Callable[[Actor, UUID, Meeting, tuple[str, ...]], Awaitable[None]]] = {
    "inviter": _invite,
    "seance": _meet,
    "clore": _close,
}


def _said(refusal: Invalid) -> Errors:
    return tuple((error.field, _(error.message)) for error in refusal.errors)


def _plan(form: FormData) -> Plan:
    return Plan(
        name=text_of(form, "nom"),
        edition=text_of(form, "edition"),
        kind=text_of(form, "etendue"),
        starts_on=text_of(form, "debut"),
        ends_on=text_of(form, "fin"),
        remind_days=text_of(form, "relance"),
        funder=text_of(form, "financeur"),
        invites=text_of(form, "invites"),
        providers=_texts(form, "organisme"),
    )


def _meeting(form: FormData) -> Meeting:
    return Meeting(*(text_of(form, name) for name in ("jour", "heure", "lieu", "sujet")))


def _texts(form: FormData, name: str) -> tuple[str, ...]:
    return tuple(each for each in form.getlist(name) if isinstance(each, str))


ROUTES = (
    page(HREF, show_campaigns, roles=READERS | PAYERS, name="campaigns"),
    page(HREF + "/nouvelle", show_new, roles=JUDGES, name="campaign-new"),
    page(HREF + "/nouvelle", create_campaign, roles=JUDGES, methods=("POST",), name="campaign-create"),
    page(HREF + "/{id:uuid}", show_campaign, roles=READERS | PAYERS, name="campaign"),
    page(HREF + "/{id:uuid}", act_on_campaign, roles=JUDGES, methods=("POST",), name="campaign-act"),
)
