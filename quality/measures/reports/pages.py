"""/rapports: the files of a population and period, each at an address of its own that stays."""

from contextlib import aclosing
from dataclasses import dataclass

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.access.actor import Actor, Role
from quality.component import MenuEntry
from quality.errors import NotFound
from quality.measures.reports.contents import EVERY_PERIOD, Cover, cells_in, cover
from quality.measures.reports.files import sent_file
from quality.measures.reports.kinds import KINDS, Kind
from quality.measures.reports.streaming import read
from quality.measures.reports.subscribing import RHYTHMS, Rhythm, Subscribed, subscribed
from quality.measures.views.choices import PERIOD, POPULATION, Choice, choose
from quality.measures.views.dashboard import no_population, not_yet
from quality.measures.views.reading_log import FIGURES, Shown, look, read_logged
from quality.web import languages
from quality.web.format import day_text, paris_day
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

HREF = "/rapports"
YEARLY = FIGURES - {Role.funder}


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file to take: its label, its use and its address."""

    label: str
    use: str
    href: str
    ending: str


@dataclass(frozen=True, slots=True)
class Receiving:
    """What the reader receives by mail of the chosen population, and what may be asked for."""

    sentence: str
    is_received: bool
    rhythms: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The files of the chosen population and period, and of all periods; `empty` says why there is none.

    `received` is None where nothing is chosen.
    """

    choice: Choice | None
    received: Receiving | None
    of_period: tuple[FileLine, ...]
    of_all: tuple[FileLine, ...]
    empty: tuple[str, str]
    has_yearly: bool  # the yearly report of an establishment, for who reads one


async def show_reports(request: Request) -> Response:
    async def load(actor: Actor) -> ReportPage:
        choice = await choose(actor, request.query_params)
        if choice is None:
            return ReportPage(None, None, (), (), no_population(actor.role), actor.role in YEARLY)
        return _page(actor, choice, await _receiving(actor, choice))

    return await render(request, await read_logged(request, load))


def _page(actor: Actor, choice: Choice, received: Receiving) -> ReportPage:
    is_reported = actor.role in YEARLY
    if choice.period is None:
        return ReportPage(choice, received, (), (), not_yet(choice, clock.now()).empty, is_reported)
    of_period, of_all = _files(choice, choice.period), _files(choice, EVERY_PERIOD)
    return ReportPage(choice, received, of_period, of_all, ("", ""), is_reported)


async def _receiving(actor: Actor, choice: Choice) -> Receiving:
    found = await subscribed(actor, choice.sight)
    rhythms = tuple((each.value, _(words)) for each, words in RHYTHMS.items())
    return Receiving(_received_words(found), found is not None, rhythms)


def _received_words(found: Subscribed | None) -> str:
    if found is None:
        return _(
            "Un e-mail après chaque publication : l’essentiel en quelques phrases, et l’adresse des fichiers."
        )
    day = day_text(paris_day(found.since), languages.current(), year=True)
    if found.rhythm is Rhythm.month:
        return _("Vous recevez ces résultats chaque mois, depuis le {day}.").format(day=day)
    return _("Vous recevez ces résultats chaque trimestre, depuis le {day}.").format(day=day)


def _files(choice: Choice, period: str) -> tuple[FileLine, ...]:
    return tuple(
        FileLine(
            _(kind.label), _(kind.use), f"{HREF}/{choice.sight.name}/{period}.{kind.ending}", kind.format
        )
        for kind in KINDS.values()
        if period != EVERY_PERIOD or not kind.is_of_one_period
    )


async def download(request: Request) -> Response:
    """Give one file; nothing published there, or another's population: 404."""
    period, _dot, ending = request.path_params["file"].partition(".")
    kind = KINDS.get(ending)
    if kind is None or (period == EVERY_PERIOD and kind.is_of_one_period):
        raise NotFound

    async def load(actor: Actor) -> Cover:
        choice = await _choice(actor, request, period, ending)
        found = await cover(actor, choice.sight, period)
        if found is None:
            raise NotFound
        return found

    around, actor = await read_logged(request, load), signed_in(request)
    platform = (await card_of(actor.platform)).name
    cells = cells_in(actor, around.sight, period).filter(release_id__in=around.releases)
    async with aclosing(read(actor, cells)) as lines:
        return await sent_file(
            kind.media_type,
            _headers(around.name, kind),
            lambda target: kind.write(around, platform, lines, target),
        )


async def _choice(actor: Actor, request: Request, period: str, ending: str) -> Choice:
    """Read whose figures are asked, and keep that a funder reads them; another's are answered 404."""
    wanted = {POPULATION: request.path_params["population"]}
    if period != EVERY_PERIOD:
        wanted[PERIOD] = period
    choice = await choose(actor, QueryParams(wanted))
    if choice is None or choice.period is None or period not in {EVERY_PERIOD, choice.period}:
        raise NotFound
    period_read = "" if period == EVERY_PERIOD else period
    await look(actor, choice.sight.convention, Shown.report, ending, period_read)
    return choice


def _headers(name: str, kind: Kind) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{name}.{kind.ending}"',
        "Content-Language": languages.current(),
        "Cache-Control": "no-store",
    }


ROUTES = (
    page(HREF, show_reports, roles=FIGURES, name="report-page"),
    page(f"{HREF}/{{population}}/{{file}}", download, roles=FIGURES, name="report-file"),
)
MENU = (MenuEntry(HREF, "Rapports", "report", FIGURES, 68),)
