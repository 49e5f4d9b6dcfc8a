"""/appels/pilotage/effectifs: how many agents the next working days need, hour by hour."""

from datetime import date, datetime

from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.access.actor import Actor, Role
from quality.web import charts, languages
from quality.web.format import capital, day_text
from quality.web.languages import counted, ngettext
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.desk.supervision import staffing
from surveys.desk.supervision.forecast import Need
from surveys.desk.supervision.screens import DeskStaffing, StaffingDay
from surveys.desk.supervision.staffing import Staffing

HREF = "/appels/pilotage/effectifs"
SUPERVISORS = frozenset({Role.platform, Role.supervisor})


async def desk_staffing(request: Request) -> Response:
    found = await staffing.read(signed_in(request), clock.now())
    shown = DeskStaffing(
        title=_title(found),
        days=tuple(_day(day, found) for day in found.days),
        calls_per_hour=found.calls_per_hour,
        waiting=found.waiting,
        has_shifts=found.has_shifts,
        shortages=_shortages(found),
    )
    return await render(request, shown)


async def shortage(actor: Actor, now: datetime) -> str:
    """Say the first hour of the next days in which agents are missing; nothing without shifts."""
    return next(iter(_shortages(await staffing.read(actor, now))), "")


def _title(found: Staffing) -> str:
    """Say how many agents the next working day needs at its busiest hour."""
    if not found.days:
        return _("Aucun jour d’appel à venir")
    day = found.days[0]
    most = max((need.agents for need in found.needs if need.day == day), default=0)
    when = day_text(day, languages.current())
    if not most:
        return _("Aucun appel n’est prévu {day}").format(day=when)
    words = ngettext("{num} agent à prévoir {day}", "{num} agents à prévoir {day}", most)
    return words.format(num=most, day=when)


def _shortages(found: Staffing) -> tuple[str, ...]:
    if not found.has_shifts:
        return ()
    return tuple(
        _("{day}, de {start} h à {end} h : il manque {num}.").format(
            day=capital(day_text(need.day, languages.current())),
            start=need.hour,
            end=need.hour + 1,
            num=counted(ngettext("{num} agent", "{num} agents", need.missing), need.missing),
        )
        for need in found.needs
        if need.missing
    )


def _day(day: date, found: Staffing) -> StaffingDay:
    mine = [need for need in found.needs if need.day == day]
    most = max((need.agents for need in found.needs), default=0) or 1
    return StaffingDay(
        id=f"jour-{day.isoformat()}",
        title=capital(day_text(day, languages.current())),
        bars=tuple((_hours(need), charts.hbar(need.agents / most), _agents(need.agents)) for need in mine),
        rows=tuple(_row(need, found.has_shifts) for need in mine),
    )


def _row(need: Need, has_shifts: bool) -> tuple[str, ...]:
    cells = (_hours(need), str(round(need.calls)), str(need.agents))
    return (*cells, str(need.present)) if has_shifts else cells


def _hours(need: Need) -> str:
    return _("{start} h à {end} h").format(start=need.hour, end=need.hour + 1)


def _agents(number: int) -> str:
    return counted(ngettext("{num} agent", "{num} agents", number), number)


ROUTES = (page(HREF, desk_staffing, roles=SUPERVISORS, name="desk-staffing"),)
