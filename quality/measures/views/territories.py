"""/indicateurs/territoires: one indicator and period over the places of a population, as published."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.access.actor import Actor, Role
from quality.component import MenuEntry
from quality.db import pool
from quality.directory.territories import territory_names
from quality.errors import NotFound
from quality.measures.catalogue import CATALOGUE
from quality.measures.disclosure.lattice import ELSEWHERE, Scope
from quality.measures.disclosure.status import Status, Unit
from quality.measures.releases.figures import Figure
from quality.measures.views.choices import Choice, choose
from quality.measures.views.dashboard import (
    IndicatorList,
    indicator_list,
    instead_of,
    is_followed_elsewhere,
    nothing,
    release_words,
    shown_codes,
)
from quality.measures.views.places import (
    PlaceMap,
    PlaceRow,
    by_departement,
    figures_in,
    place_map,
    place_rows,
    territory_rows,
)
from quality.measures.views.reading import published
from quality.measures.views.reading_log import FIGURES, Shown, look, read_logged
from quality.measures.views.wording import label_of
from quality.web import format as text
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.rendering import render
from quality.web.routing import page

HREF, INDICATOR = "/indicateurs/territoires", "indicateur"
READERS = FIGURES - {Role.provider}
PLACES = (Scope.REGION, Scope.DEPARTEMENT, Scope.TERRITORY)


@dataclass(frozen=True, slots=True)
class Parts:
    """The territories of a département; `why` says how many are hidden, and why.

    `has_outside` tells that some clients of the département are in none of them.
    """

    departement: str
    rows: tuple[PlaceRow, ...]
    why: tuple[str, ...]

    @property
    def has_outside(self) -> bool:
        return any(row.code == ELSEWHERE for row in self.rows)


@dataclass(frozen=True, slots=True)
class TerritoryPage:
    """The places of a population for one indicator; without `map` the table says it all.

    `territories` are those of each département that declared some. `why` says how many départements are
    hidden, and why; `here` is the address of this very page. Without `regions` and `departements`, nothing is
    followed.
    """

    title: str
    release_words: str
    choice: Choice
    code: str
    label: str
    indicator_options: tuple[tuple[str, str], ...]
    map: PlaceMap | None
    regions: tuple[PlaceRow, ...]
    departements: tuple[PlaceRow, ...]
    territories: tuple[Parts, ...]
    why: tuple[str, ...]
    here: str


async def show_territories(request: Request) -> Response:
    """Show the places; where nothing of the population is published yet, say from which day."""

    async def load(actor: Actor) -> TerritoryPage | IndicatorList:
        choice = await choose(actor, request.query_params)
        if choice is None:
            return nothing(actor.role)
        if choice.period is None:
            return await indicator_list(actor, choice, clock.now())
        wanted = request.query_params.get(INDICATOR, "")
        is_elsewhere = is_followed_elsewhere(choice, wanted)
        code = _code(choice, "" if is_elsewhere else wanted)
        await look(actor, choice.sight.convention, Shown.indicator, code, choice.period)
        shown = instead_of(choice, wanted) if is_elsewhere else choice
        return await territory_page(actor, shown, code, choice.period)

    return await render(request, await read_logged(request, load))


def _code(choice: Choice, wanted: str) -> str:
    """Give the indicator asked for, the first of the population by default; another answers 404."""
    known = [code for code in shown_codes(choice.sight) if CATALOGUE[code].unit is Unit.PERCENT]
    if wanted and wanted not in known:
        raise NotFound
    return wanted or known[0]


async def territory_page(actor: Actor, choice: Choice, code: str, period: str) -> TerritoryPage:
    """Read the places of one indicator and period, by one query but for names; inside `scoped(actor)`."""
    item = CATALOGUE[code]
    found = await published(
        actor, choice.sight, period=period, indicator=code, activity="", scope_type__in=list(PLACES)
    )
    regions, departements, territories = (figures_in(item, found, scope) for scope in PLACES)
    names = await territory_names(pool("web"), actor.platform) if territories else {}
    when = text.period_text(period, languages.current())
    return TerritoryPage(
        title=_("{label} par territoire, {period}").format(label=label_of(item), period=when),
        release_words=release_words(found),
        choice=choice,
        code=code,
        label=label_of(item),
        indicator_options=tuple(
            (each, label_of(CATALOGUE[each]))
            for each in shown_codes(choice.sight)
            if CATALOGUE[each].unit is Unit.PERCENT
        ),
        map=place_map(item, found),
        regions=place_rows(regions),
        departements=place_rows(departements),
        territories=tuple(
            Parts(where, territory_rows(own, names), tuple(_why(own, _territory_sentences)))
            for where, own in by_departement(territories)
        ),
        why=tuple(_why(departements, _departement_sentences)),
        here=f"{HREF}?{choice.query}&{INDICATOR}={code}",
    )


Sentences = Mapping[Status, str]


def _why(figures: Mapping[str, Figure], said: Callable[[Counter[Status]], Sentences]) -> Iterable[str]:
    """Count the hidden places by reason: too few, protected, silent."""
    counts = Counter(figure.status for figure in figures.values())
    for status, words in said(counts).items():
        if counts[status]:
            yield words % {"num": text.count(counts[status], languages.current())}


def _departement_sentences(counts: Counter[Status]) -> Sentences:
    return {
        Status.C: ngettext(
            "%(num)s département : moins de 11 clients ont répondu.",
            "%(num)s départements : moins de 11 clients ont répondu.",
            counts[Status.C],
        ),
        Status.D: ngettext(
            "%(num)s département : non publié, car le total rendrait celui qui est caché.",
            "%(num)s départements : non publiés, car le total rendrait ceux qui sont cachés.",
            counts[Status.D],
        ),
        Status.M: ngettext(
            "%(num)s département : aucune réponse.",
            "%(num)s départements : aucune réponse.",
            counts[Status.M],
        ),
    }


def _territory_sentences(counts: Counter[Status]) -> Sentences:
    return {
        Status.C: ngettext(
            "%(num)s territoire : moins de 11 clients ont répondu.",
            "%(num)s territoires : moins de 11 clients ont répondu.",
            counts[Status.C],
        ),
        Status.D: ngettext(
            "%(num)s territoire : non publié, sans quoi les totaux rendraient ce qui est caché.",
            "%(num)s territoires : non publiés, sans quoi les totaux rendraient ce qui est caché.",
            counts[Status.D],
        ),
        Status.M: ngettext(
            "%(num)s territoire : aucune réponse.",
            "%(num)s territoires : aucune réponse.",
            counts[Status.M],
        ),
    }


ROUTES = (page(HREF, show_territories, roles=READERS, name="territory-page"),)
MENU = (MenuEntry(HREF, "Territoires", "territory", READERS, 31),)
