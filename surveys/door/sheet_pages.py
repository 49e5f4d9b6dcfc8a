"""/interventions/porte-ouverte: a provider prints the codes to leave after the visits of a day."""

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.access.actor import Role
from quality.access.scope import scoped
from quality.errors import NotFound
from quality.web import languages
from quality.web.format import count, day_text
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.door.sheet import Visited, drawn, halves_of, visited_on

HREF = "/interventions/porte-ouverte"
READERS = frozenset({Role.provider})
DAYS_BEFORE, DAYS_AHEAD = 3, 14


@dataclass(frozen=True, slots=True)
class DoorSheets:
    """The page where a day is chosen: what would be printed; `files` are (address, words) pairs."""

    title: str
    sentence: str
    days: tuple[tuple[str, str], ...]
    day: str
    files: tuple[tuple[str, str], ...]


async def door_sheets(request: Request) -> Response:
    actor = signed_in(request)
    card = await card_of(actor.platform)
    today = clock.now().astimezone(card.zone).date()
    day = _day(request, today) or today
    async with scoped(actor) as db:
        visited = await visited_on(db, actor, day, card)
    number = len(visited.rows)
    return await render(
        request,
        DoorSheets(
            title=_title(number),
            sentence=_sentence(day, is_known=visited.is_known, is_any=number > 0),
            days=tuple((f"{each}", day_text(each, languages.current())) for each in _days(today)),
            day=f"{day}",
            files=_files(day, visited),
        ),
    )


async def door_sheet(request: Request) -> Response:
    """Give the sheets of a day: they name clients, so nobody keeps a copy."""
    actor = signed_in(request)
    card = await card_of(actor.platform)
    today = clock.now().astimezone(card.zone).date()
    day = _day(request, today)
    if day is None:
        raise NotFound
    house, number = request.app.state.house, _number(request)
    halves = await halves_of(actor, house.keyring, house.settings.base_url, day, card, number=number)
    made = await asyncio.to_thread(drawn, halves, card.name)
    headers = {
        "Content-Disposition": f'attachment; filename="codes-{day}-{number}.pdf"',
        "Cache-Control": "no-store",
    }
    return Response(made, media_type="application/pdf", headers=headers)


def _days(today: date) -> list[date]:
    return [today + timedelta(days=number) for number in range(-DAYS_BEFORE, DAYS_AHEAD + 1)]


def _day(request: Request, today: date) -> date | None:
    """Read the day asked for, when it is one of those offered."""
    written = request.query_params.get("jour", "")
    return next((day for day in _days(today) if f"{day}" == written), None)


def _number(request: Request) -> int:
    """Read which file of the day is asked for."""
    written = request.query_params.get("fichier", "1")
    if not written.isascii() or not written.isdecimal() or not 1 <= len(written) <= 3 or int(written) < 1:
        raise NotFound
    return int(written)


def _files(day: date, visited: Visited) -> tuple[tuple[str, str], ...]:
    """Name the files of a day: one, or as many as its clients need."""
    href = f"{HREF}.pdf?jour={day}"
    if visited.files <= 1:
        return ((href, _("Imprimer les codes (PDF)")),) * visited.files
    words = _("Imprimer les codes (PDF), fichier {number} sur {files}")
    return tuple(
        (f"{href}&fichier={number}", words.format(number=number, files=visited.files))
        for number in range(1, visited.files + 1)
    )


def _title(number: int) -> str:
    if not number:
        return _("Aucun code à imprimer ce jour-là")
    words = ngettext(
        "%(num)s client, un code à laisser", "%(num)s clients, un code à laisser à chacun", number
    )
    return words % {"num": count(number, languages.current())}


def _sentence(day: date, *, is_known: bool, is_any: bool) -> str:
    said = {"day": day_text(day, languages.current())}
    if is_known:
        return _("Ce sont les visites que vous avez transmises pour le %(day)s.") % said
    if is_any:
        return (
            _(
                "Les visites du %(day)s ne sont pas encore transmises\u00a0: "
                "ce sont vos clients des quatre semaines avant."
            )
            % said
        )
    return _("Vous n’avez transmis aucune visite pour le %(day)s ni pour les quatre semaines avant.") % said


ROUTES = (
    page(HREF, door_sheets, roles=READERS, name="door-sheets"),
    page(f"{HREF}.pdf", door_sheet, roles=READERS, name="door-sheet"),
)
