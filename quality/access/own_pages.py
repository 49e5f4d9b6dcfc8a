"""One's own pages: what waits today, and one's account."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality import clock
from quality.access import accounts, sessions, signing
from quality.access.actor import ALL_ROLES, Actor, Role
from quality.access.addresses import address_of
from quality.access.home import GATHERED, Heading, Task, can_wait, full_rows, ranked
from quality.access.refusals import Errors, said
from quality.access.scope import scoped
from quality.component import HomePanel, MenuEntry
from quality.errors import Invalid
from quality.web import format as text
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from quality.web.rendering import render, template_of
from quality.web.routing import page
from quality.web.session import open_session, signed_in

if TYPE_CHECKING:
    from quality.app import House

LoadedPanel = tuple[HomePanel, Any]


@dataclass(frozen=True, slots=True)
class PlacedPanel:
    """A card of the home page, its template and the columns it takes."""

    panel: Any
    template: str
    span: int


@dataclass(frozen=True, slots=True)
class Home:
    """What waits for the reader: at most three things first, then the rest, then the cards of their role."""

    heading: Heading | None
    gathered: str
    first: Sequence[Task]
    rest: Sequence[Task]
    can_wait: bool
    panels: Sequence[PlacedPanel]


@dataclass(frozen=True, slots=True)
class SessionLine:
    place: str
    opened: str
    seen: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """One's language, password, spaces and open sessions; `done` names what has just been changed."""

    name: str
    language: str
    languages: Sequence[tuple[str, str]]
    sessions: Sequence[SessionLine]
    has_spaces: bool
    done: str
    errors: Errors = ()


async def home(request: Request) -> Response:
    actor, house = signed_in(request), request.app.state.house
    tasks, loaded = await _loaded(actor, house)
    first, rest = ranked(tasks)
    headings = [panel.heading for declared, panel in loaded if declared.heads]
    return await render(
        request,
        Home(
            heading=next((each for each in headings if each is not None), None),
            gathered=_(GATHERED[Role(actor.role)]),
            first=first,
            rest=rest,
            can_wait=can_wait((*first, *rest), rest, clock.now(), (await card_of(actor.platform)).zone),
            panels=_placed(loaded),
        ),
    )


async def _loaded(actor: Actor, house: "House") -> tuple[list[Task], list[LoadedPanel]]:
    """Read what waits and the cards, in one transaction but for what names people: that is written down."""
    sections = [each for each in house.home if actor.role in each.roles]
    declared = [each for each in house.panels if actor.role in each.roles]
    naming = {each: await each.load(actor, house.keyring) for each in sections if each.reads_names}
    async with scoped(actor):
        found = [naming[each] if each.reads_names else await each.load(actor) for each in sections]
        panels = [(each, await each.load(actor)) for each in declared]
    tasks = [task for waiting in found for task in waiting]
    return tasks, [(each, panel) for each, panel in panels if panel is not None]


def _placed(loaded: Sequence[LoadedPanel]) -> tuple[PlacedPanel, ...]:
    spans = full_rows([declared.span for declared, _panel in loaded])
    return tuple(
        PlacedPanel(panel, template_of(type(panel)), span)
        for (_declared, panel), span in zip(loaded, spans, strict=True)
    )


async def own_account(request: Request, errors: Errors = (), status: int = 200) -> Response:
    actor = signed_in(request)
    zone = (await card_of(actor.platform)).zone
    page_ = OwnAccount(
        name=actor.name,
        language=actor.language,
        languages=tuple(languages.NAMES.items()),
        sessions=tuple(_line(each, zone) for each in await sessions.open_sessions(actor)),
        has_spaces=len(await sessions.spaces(actor)) > 1,
        done=request.query_params.get("fait", ""),
        errors=errors,
    )
    return await render(request, page_, status)


def _line(session: sessions.OpenSession, zone: ZoneInfo) -> SessionLine:
    opened, seen = (
        text.moment_text(at.astimezone(zone), languages.current())
        for at in (session.opened_at, session.seen_at)
    )
    return SessionLine(session.organisation_name, opened, seen, session.is_current)


async def change_language(request: Request) -> Response:
    form = await request.form()
    try:
        await accounts.change_language(signed_in(request), str(form.get("langue", "")))
    except Invalid as error:
        return await own_account(request, said(error), 422)
    response = RedirectResponse("/compte?fait=langue", 303)
    response.delete_cookie(languages.COOKIE)
    return response


async def change_password(request: Request) -> Response:
    actor, form = signed_in(request), await request.form()
    present, wanted = str(form.get("actuel", "")), str(form.get("nouveau", ""))
    try:
        await signing.change_password(
            request.app.state.house.keyring, actor, present, wanted, address_of(request)
        )
    except Invalid as error:
        return await own_account(request, said(error), 422)
    return await _back(request, actor, "mot-de-passe")


async def _back(request: Request, actor: Actor, done: str) -> Response:
    """Open this browser's session again: a changed password has ended them all."""
    response = RedirectResponse(f"/compte?fait={done}", 303)
    if actor.membership is not None:
        await open_session(request, response, actor.membership)
    return response


async def end_other_sessions(request: Request) -> Response:
    await sessions.end_others(signed_in(request))
    return RedirectResponse("/compte?fait=sessions", 303)


ROUTES = (
    page("/accueil", home, roles=ALL_ROLES),
    page("/compte", own_account, roles=ALL_ROLES),
    page("/compte/langue", change_language, roles=ALL_ROLES, methods=("POST",)),
    page("/compte/mot-de-passe", change_password, roles=ALL_ROLES, methods=("POST",)),
    page("/compte/sessions", end_other_sessions, roles=ALL_ROLES, methods=("POST",)),
)
MENU = (
    MenuEntry("/accueil", "Accueil", "home", ALL_ROLES - {Role.funder}, rank=0),
    MenuEntry("/accueil", "Synthèse", "home", frozenset({Role.funder}), rank=0),
    MenuEntry("/compte", "Mon compte", "person", ALL_ROLES, rank=99),
)
