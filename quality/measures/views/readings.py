"""/indicateurs/lectures: which funder read what, on which day, for the providers whose visits it is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from quality.access.actor import Actor, Role
from quality.access.scope import scoped, visible
from quality.component import Term
from quality.db import fetch_value, pool
from quality.directory.models import Organisation
from quality.french import french
from quality.measures.models import Convention, FigureReading
from quality.measures.views.reading_log import CALENDAR, FIGURES, Shown
from quality.measures.views.wording import name_of
from quality.retention import months_ago
from quality.web import languages
from quality.web.format import day_text, period_text
from quality.web.languages import gettext as _
from quality.web.paging import ROWS, Slice, first_row, placed
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

if TYPE_CHECKING:
    from quality.app import House

HREF = "/indicateurs/lectures"
MONTHS = 24
WORDS = {
    Shown.home: french("Sa page d’accueil"),
    Shown.indicators: french("Tous les indicateurs"),
    Shown.table: french("Tableau CSV"),
    Shown.program: french("Par un programme"),
    Shown.mail: french("Reçu par e-mail"),
}
FORGET = """
WITH gone AS (DELETE FROM figure_reading WHERE day < $1 RETURNING 1) SELECT count(*) FROM gone
"""


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """One thing that a funder read on a day; nobody is named."""

    day: str
    funder: str
    what: str
    convention: str


@dataclass(frozen=True, slots=True)
class FigureReadings:
    """The page; without `lines`, `empty` says why."""

    title: str
    sentence: str
    months: int
    lines: Slice[ReadingLine]
    empty: tuple[str, str]


async def show_readings(request: Request) -> Response:
    actor = signed_in(request)
    async with scoped(actor):
        found = await _page(actor, request.query_params.get("page", ""))
    return await render(request, found)


async def _page(actor: Actor, asked: str) -> FigureReadings:
    rows = visible(actor, FigureReading).order_by("-day", "-id")
    total = await rows.count()
    start = first_row(asked, total)
    lines = await _lines(actor, await rows.offset(start).limit(ROWS))
    return FigureReadings(
        title=_title(actor.role),
        sentence=_("Un jour et une lecture par ligne, du plus récent au plus ancien. Personne n’est nommé."),
        months=MONTHS,
        lines=placed(lines, start, total, f"{HREF}?", "#lectures"),
        empty=_why_none(actor.role),
    )


async def _lines(actor: Actor, rows: Sequence[FigureReading]) -> list[ReadingLine]:
    agreed = await visible(actor, Convention).filter(id__in={row.convention_id for row in rows})
    titles = {each.id: each.title for each in agreed}
    parties = await visible(actor, Organisation).filter(id__in={row.organisation_id for row in rows})
    names = {each.id: each.name for each in parties}
    return [_line(row, names, titles) for row in rows]


def _line(row: FigureReading, names: Mapping[UUID, str], titles: Mapping[UUID, str]) -> ReadingLine:
    return ReadingLine(
        day_text(row.day, languages.current(), year=True),
        names.get(row.organisation_id, ""),
        what(Shown(row.shown), row.subject, row.period),
        titles.get(row.convention_id, ""),
    )


def what(shown: Shown, subject: str, period: str) -> str:
    """Say what was read, and of which period."""
    return _("{what}, {period}").format(what=_what(shown, subject), period=_period_words(period))


def _what(shown: Shown, subject: str) -> str:
    about = name_of(subject) or ""
    if shown is Shown.indicator:
        return about or subject
    if shown is Shown.report:
        return _("Fichier {format}").format(format=subject.rpartition(".")[2].upper())
    words = _(WORDS[shown])
    return _("{what} : {subject}").format(what=words, subject=about) if about else words


def _period_words(period: str) -> str:
    if not period:
        return _("toutes les périodes publiées")
    return period_text(period, languages.current())


def _title(role: str) -> str:
    if role == Role.provider:
        return _("Qui a regardé mes résultats, et quand")
    if role == Role.funder:
        return _("Ce que mon organisme a lu")
    return _("Ce que les financeurs ont lu")


def _why_none(role: str) -> tuple[str, str]:
    if role == Role.provider:
        return (
            _("Aucun financeur n’a lu vos résultats"),
            _("Dès qu’un financeur lit un résultat d’une convention qui vous cite, le jour s’inscrit ici."),
        )
    if role == Role.funder:
        return (
            _("Votre organisme n’a encore rien lu"),
            _("Chaque lecture d’un résultat s’inscrit ici. Les organismes de vos conventions la voient."),
        )
    return (
        _("Aucun financeur n’a encore lu de résultat"),
        _("Chaque lecture s’inscrit ici, avec son jour, sans nommer personne."),
    )


async def forget_readings(_house: "House") -> int:
    """Erase the readings of more than two years ago."""
    before = (await months_ago(MONTHS)).astimezone(CALENDAR).date()
    return int(await fetch_value(pool("work"), FORGET, before))


ROUTES = (page(HREF, show_readings, roles=FIGURES, name="figure-readings"),)
TERMS = (Term("forget-readings", french("lectures des financeurs, 2 ans après"), forget_readings),)
