"""Pages of figures and conventions, and what the menu and the home page say of them."""

from collections.abc import Sequence
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.access.actor import Actor, Role
from quality.access.home import Task
from quality.access.scope import scoped, visible
from quality.component import HomeSection, MenuEntry
from quality.errors import NotFound
from quality.measures.exports import FOR_SPREADSHEETS
from quality.measures.models import Release
from quality.measures.releases.periods import newest
from quality.measures.reports.files import sent_table
from quality.measures.views import first_contact, readings, territories
from quality.measures.views.choices import PERIOD, POPULATION, choose, first_with
from quality.measures.views.compared import PAGE, PAIRS, Asked
from quality.measures.views.dashboard import (
    IndicatorList,
    indicator_list,
    instead_of,
    is_followed_elsewhere,
    nothing,
)
from quality.measures.views.detail import indicator_page, known
from quality.measures.views.observatory import observatory
from quality.measures.views.reading import Sight, cells_of, periods_of, sights
from quality.measures.views.reading_log import FIGURES, Shown, look, read_logged
from quality.web import languages
from quality.web.format import period_text
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

OBSERVERS = frozenset({Role.observer, Role.platform, Role.supervisor})
NEWS_FOR = timedelta(days=14)


async def show_indicators(request: Request) -> Response:
    async def load(actor: Actor) -> IndicatorList:
        choice = await choose(actor, request.query_params)
        if choice is None:
            return nothing(actor.role)
        await look(actor, choice.sight.convention, Shown.indicators, period=choice.period)
        links = request.app.state.house.convention_links
        return await indicator_list(actor, choice, clock.now(), links)

    return await render(request, await read_logged(request, load))


async def show_indicator(request: Request) -> Response:
    """Show one indicator; where nothing of the population is published yet, say from which day.

    A population that does not follow it shows all that it follows.
    """

    async def load(actor: Actor) -> object:
        choice = await choose(actor, request.query_params)
        if choice is None:
            raise NotFound
        code = request.path_params["code"]
        if is_followed_elsewhere(choice, code):
            await look(actor, choice.sight.convention, Shown.indicators, period=choice.period)
            return await indicator_list(actor, instead_of(choice, code), clock.now())
        known(choice, code)
        if choice.period is None:
            return await indicator_list(actor, choice, clock.now())
        await look(actor, choice.sight.convention, Shown.indicator, code, choice.period)
        query = request.query_params
        asked = Asked(query.get(PAIRS, ""), query.get(PAGE, ""))
        return await indicator_page(actor, choice, code, query.get("page", ""), asked)

    return await render(request, await read_logged(request, load))


async def download_indicator(request: Request) -> Response:
    """Give all published figures of an indicator for one population, all periods together."""
    code = request.path_params["code"]

    async def load(actor: Actor) -> Sight:
        choice = await choose(actor, request.query_params)
        if choice is None:
            raise NotFound
        await look(actor, choice.sight.convention, Shown.table, known(choice, code).code)
        return choice.sight

    sight, actor = await read_logged(request, load), signed_in(request)
    headers = {"Content-Disposition": f'attachment; filename="{code}.csv"', "Cache-Control": "no-store"}
    return await sent_table(actor, cells_of(actor, sight).filter(indicator=code), FOR_SPREADSHEETS, headers)


async def show_observatory(request: Request) -> Response:
    wanted = request.query_params.get("periode")
    return await render(request, await read_logged(request, lambda actor: observatory(actor, wanted)))


async def news(actor: Actor) -> Sequence[Task]:
    """Say which results were published lately, where the reader has some."""
    async with scoped(actor):
        recent = await visible(actor, Release).filter(created_at__gte=clock.now() - NEWS_FOR)
        periods = {each.period for each in recent}
        if not periods:
            return ()
        found = await sights(actor)
        mine = newest(await periods_of(actor, *found, among=periods))[:1]
        told = [(period, await first_with(actor, found, period)) for period in mine]
    return tuple(_news(period, sight) for period, sight in told if sight)


def _news(period: str, sight: Sight) -> Task:
    title = _("Résultats publiés : {period}").format(period=period_text(period, languages.current()))
    return Task(
        title,
        _("Un résultat publié ne change plus."),
        f"/indicateurs?{POPULATION}={sight.name}&{PERIOD}={period}",
        _("Lire les résultats"),
    )


ROUTES = (
    page("/indicateurs", show_indicators, roles=FIGURES, name="indicator-list"),
    *readings.ROUTES,
    *territories.ROUTES,
    *first_contact.ROUTES,
    page("/indicateurs/{code}.csv", download_indicator, roles=FIGURES, name="indicator-csv"),
    page("/indicateurs/{code}", show_indicator, roles=FIGURES, name="indicator-page"),
    page("/observatoire", show_observatory, roles=OBSERVERS, name="observatory"),
)
MENU = (
    MenuEntry("/indicateurs", "Indicateurs", "chart", FIGURES, 30),
    *territories.MENU,
    MenuEntry("/observatoire", "Observatoire", "territory", OBSERVERS, 65),
)
HOME = (HomeSection(FIGURES - {Role.funder}, news, 40),)
