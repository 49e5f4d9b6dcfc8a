"""Pages of figures and conventions, and what the menu and the home page say of them."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.access import audit
from quality.access.actor import Actor, Role
from quality.access.home import Task
from quality.access.scope import scoped, visible
from quality.component import HomeSection, MenuEntry
from quality.errors import NotFound
from quality.measures.agreement import convention_list, convention_page
from quality.measures.choices import choose
from quality.measures.dashboard import IndicatorList, indicator_list, nothing
from quality.measures.detail import indicator_page, known
from quality.measures.exports import for_spreadsheets
from quality.measures.figures import Published
from quality.measures.models import Release
from quality.measures.observatory import observatory
from quality.measures.periods import newest
from quality.measures.reading import periods_of, published, sights
from quality.web import languages
from quality.web.format import period_text
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

T = TypeVar("T")
FIGURES = frozenset({Role.funder, Role.platform, Role.supervisor, Role.provider})
OBSERVERS = frozenset({Role.observer, Role.platform, Role.supervisor})
LOGGED = frozenset({Role.funder, Role.observer})
NEWS_FOR = timedelta(days=14)
Load = Callable[[Actor], Awaitable[T]]


async def _read(request: Request, load: Load[T]) -> T:
    """Load a page in its reader's scope; what a funder or an observer reads is logged."""
    actor = signed_in(request)
    async with scoped(actor) as db:
        loaded = await load(actor)
        if actor.role in LOGGED:
            query = {"query": request.url.query} if request.url.query else {}
            await audit.record(db, actor, "figures.read", request.scope["path"], query)
    return loaded


async def show_indicators(request: Request) -> Response:
    async def load(actor: Actor) -> IndicatorList:
        choice = await choose(actor, request.query_params)
        return await indicator_list(actor, choice, clock.now()) if choice else nothing(actor.role)

    return await render(request, await _read(request, load))


async def show_indicator(request: Request) -> Response:
    async def load(actor: Actor) -> object:
        choice = await choose(actor, request.query_params)
        if choice is None:
            raise NotFound
        return await indicator_page(
            actor, choice, request.path_params["code"], request.query_params.get("page", "")
        )

    return await render(request, await _read(request, load))


async def download_indicator(request: Request) -> Response:
    """Give all published figures of an indicator for one population, all periods together."""
    code = request.path_params["code"]

    async def load(actor: Actor) -> list[Published]:
        choice = await choose(actor, request.query_params)
        if choice is None:
            raise NotFound
        return await published(actor, choice.sight, indicator=known(choice, code).code)

    lines = await _read(request, load)
    headers = {"Content-Disposition": f'attachment; filename="{code}.csv"', "Cache-Control": "no-store"}
    return Response(for_spreadsheets(lines), media_type="text/csv; charset=utf-8", headers=headers)


async def show_conventions(request: Request) -> Response:
    page = request.query_params.get("page", "")
    return await render(request, await _read(request, lambda actor: convention_list(actor, page)))


async def show_convention(request: Request) -> Response:
    code, page = request.path_params["code"], request.query_params.get("page", "")
    return await render(request, await _read(request, lambda actor: convention_page(actor, code, page)))


async def show_observatory(request: Request) -> Response:
    wanted = request.query_params.get("periode")
    return await render(request, await _read(request, lambda actor: observatory(actor, wanted)))


async def news(actor: Actor) -> Sequence[Task]:
    """Say which results were published lately, where the reader has some."""
    async with scoped(actor):
        recent = await visible(actor, Release).filter(created_at__gte=clock.now() - NEWS_FOR)
        periods = {each.period for each in recent}
        if not periods:
            return ()
        mine = [period for sight in await sights(actor) for period in await periods_of(actor, sight)]
    found = newest(periods.intersection(mine))
    return tuple(_news(period) for period in found[:1])


def _news(period: str) -> Task:
    title = _("Résultats publiés : {period}").format(period=period_text(period, languages.current()))
    return Task(
        title,
        _("Un résultat publié ne change plus."),
        f"/indicateurs?periode={period}",
        _("Lire les résultats"),
    )


ROUTES = (
    page("/indicateurs", show_indicators, roles=FIGURES, name="indicator-list"),
    page("/indicateurs/{code}.csv", download_indicator, roles=FIGURES, name="indicator-csv"),
    page("/indicateurs/{code}", show_indicator, roles=FIGURES, name="indicator-page"),
    page("/conventions", show_conventions, roles=FIGURES, name="convention-list"),
    page("/conventions/{code}", show_convention, roles=FIGURES, name="convention-page"),
    page("/observatoire", show_observatory, roles=OBSERVERS, name="observatory"),
)
MENU = (
    MenuEntry("/indicateurs", "Indicateurs", "chart", FIGURES, 30),
    MenuEntry("/conventions", "Conventions", "convention", FIGURES, 60),
    MenuEntry("/observatoire", "Observatoire", "territory", OBSERVERS, 65),
)
HOME = (HomeSection(FIGURES - {Role.funder}, news, 40),)
