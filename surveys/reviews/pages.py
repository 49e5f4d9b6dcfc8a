"""/avis: how clients marked their visits, month by month, and the card of the home page that says so."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.access.actor import Actor, Role
from quality.component import HomePanel, MenuEntry
from quality.errors import NotFound
from quality.web import charts, languages
from quality.web.format import count, percent, period_text
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.questionnaire.definition import SCALE
from surveys.reviews.grouping import Distribution, distribution
from surveys.reviews.named import NamedReview, named_reviews
from surveys.reviews.reading import MONTHS, marks_by_month, month_start

HREF = "/avis"
RECENT = 2  # marks are final some days after their visit: those of a month come until the middle of the next
PROVIDER = frozenset({Role.provider})
Bar = tuple[str, Markup, str]


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One month of the table: how many clients, and the share that answered 4 or 5."""

    href: str
    label: str
    clients: str
    well: str
    is_shown: bool
    is_current: bool


@dataclass(frozen=True, slots=True)
class ReviewList:
    """/avis: the chosen month in five bars, then the last twelve months; no bars below five clients."""

    title: str
    month: str
    bars: tuple[Bar, ...]
    months: tuple[MonthLine, ...]
    has_any: bool
    named: tuple[NamedReview, ...]


@dataclass(frozen=True, slots=True)
class ReviewsPanel:
    """The month that runs, else the one before, in five bars; without bars, `sentence` says why."""

    title: str
    bars: tuple[Bar, ...]
    sentence: str


async def review_list(request: Request) -> Response:
    now = clock.now()
    codes = [f"{month_start(now, back):%Y-%m}" for back in range(MONTHS)]
    chosen = request.query_params.get("mois") or codes[0]
    if chosen not in codes:
        raise NotFound
    actor = signed_in(request)
    marks = await marks_by_month(actor, now)
    months = {code: distribution(marks.get(code, [])) for code in codes}
    shown = ReviewList(
        title=_title(months[chosen], chosen),
        month=period_text(chosen, languages.current()),
        bars=_bars(months[chosen]),
        months=tuple(_line(code, months, chosen) for code in codes),
        has_any=any(each.is_shown for each in months.values()),
        named=await named_reviews(actor, request.app.state.house.keyring, now),
    )
    return await render(request, shown)


async def panel(actor: Actor) -> ReviewsPanel:
    now = clock.now()
    marks = await marks_by_month(actor, now, RECENT)
    codes = [f"{month_start(now, back):%Y-%m}" for back in range(RECENT)]
    months = {code: distribution(marks.get(code, [])) for code in codes}
    code = next((code for code, found in months.items() if found.is_shown), codes[0])
    return ReviewsPanel(_title(months[code], code), _bars(months[code]), _why())


def _title(found: Distribution, code: str) -> str:
    month = period_text(code, languages.current())
    if not found.is_shown:
        return _("Moins de cinq avis en {month}").format(month=month)
    clients = count(found.clients, languages.current())
    return _("Les notes de {num} clients en {month}").format(num=clients, month=month)


def _why() -> str:
    return _("Les avis s’affichent cinq par cinq, pour que personne ne soit reconnu.")


def _bars(found: Distribution) -> tuple[Bar, ...]:
    if not found.is_shown:
        return ()
    lang = languages.current()
    return tuple(
        (SCALE[mark - 1].of(lang), charts.hbar(found.share(given)), count(given, lang))
        for mark, given in found.counts
    )


def _line(code: str, months: Mapping[str, Distribution], chosen: str) -> MonthLine:
    found, lang = months[code], languages.current()
    well = sum(given for mark, given in found.counts if mark >= 4)
    return MonthLine(
        href=f"{HREF}?mois={code}",
        label=period_text(code, lang),
        clients=count(found.clients, lang) if found.is_shown else _("moins de 5"),
        well=percent(100 * found.share(well), 0, lang) if found.is_shown else "",
        is_shown=found.is_shown,
        is_current=code == chosen,
    )


ROUTES = (page(HREF, review_list, roles=PROVIDER, name="review-list"),)
MENU = (MenuEntry(HREF, "Avis reçus", "inbox", PROVIDER, rank=25),)
PANELS = (HomePanel(PROVIDER, panel, rank=21, span=6),)
