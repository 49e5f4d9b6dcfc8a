"""/appels/{case}/issue: how it ended; what cannot be undone is said first, an hour is read back."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.access.actor import STAFF
from quality.directory.geography import departement, zone_of
from quality.errors import FieldError, Invalid
from quality.web import languages
from quality.web.format import day_text, time_text
from quality.web.keyboard import has_keys
from quality.web.languages import gettext as _
from quality.web.platform import PlatformCard, card_of
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.desk import calls
from surveys.desk.ending import following, recalling
from surveys.desk.ending.moments import spoken_moment
from surveys.desk.ending.outcomes import CONFIRMED, EXPLAINED, OUTCOMES, Code
from surveys.desk.screen import reading
from surveys.desk.screen.asking import Asking
from surveys.desk.screen.composing import PANEL_OF, Panel
from surveys.desk.screen.screens import Appointment, Errors
from surveys.desk.screen.showing import (
    CASE,
    HREF,
    Form,
    asking_of,
    case_of,
    choose,
    errors_of,
    form_of,
    go,
    keyring_of,
    show,
)


async def end_call(request: Request) -> Response:
    """Write how the call ended; an appointment is read back, a refusal and a death are said first."""
    form = await form_of(request)
    code = form.get("issue", "")
    if code not in OUTCOMES:
        return await show(request, asking_of(request), form, choose("issues"))
    chosen = Code(code)
    if chosen is Code.appointment:
        return await _appointment(request, form)
    panel = Asking(
        panel=PANEL_OF.get(chosen, ""), respondent=form.get("repondant", ""), keys=has_keys(request)
    )
    if chosen in CONFIRMED | EXPLAINED and form.get("confirme") != "oui":
        return await show(request, panel, form)
    if chosen is Code.deceased and form.get("prevenir") not in ("oui", "non"):
        return await show(request, panel, form, choose("prevenir-oui"))
    return await _conclude(request, panel, form, chosen, None)


async def _appointment(request: Request, form: Form) -> Response:
    """Read an hour as it was said, show it back in both zones, then save it once it is confirmed."""
    actor, panel = signed_in(request), Asking(panel="rendez-vous", keys=has_keys(request))
    file = await reading.read(actor, keyring_of(request), case_of(request))
    zone = zone_of(file.person.departement)
    if form.get("confirme") == "oui":
        return await _conclude(request, panel, form, Code.appointment, _instant(form.get("instant", "")))
    at = understood(form, zone)
    if at is None:
        errors = (("quand", _("Écrivez un jour et une heure, par exemple « demain à 14 h »")),)
        return await show(request, panel, form, errors)
    try:
        await recalling.check(actor, case_of(request), at)
    except Invalid as refusal:
        return await show(request, panel, form, _placed(refusal))
    agreed = read_back(at, file.person.departement, await card_of(actor.platform))
    return await show(request, panel, form, panel=Panel(appointment=agreed))


async def _conclude(request: Request, panel: Asking, form: Form, code: Code, at: datetime | None) -> Response:
    try:
        said = {"why": form.get("pourquoi", ""), "told": form.get("prevenir", "")}
        await calls.conclude(signed_in(request), case_of(request), code, at, **said)
    except Invalid as refusal:
        placed = _placed(refusal) if code is Code.appointment else errors_of(refusal, "issues")
        return await show(request, panel, form, placed)
    return go(HREF)


def _placed(refusal: Invalid) -> Errors:
    """Say at the field that was typed what is wrong with an hour."""
    return tuple(("quand", _(each.message)) for each in refusal.errors)


def understood(form: Form, zone: ZoneInfo) -> datetime | None:
    """Read « demain à 14 h », else the day and the hour chosen in their own fields, in the person's zone."""
    said = form.get("quand", "").strip()
    if said:
        return spoken_moment(said, clock.now(), zone)
    try:
        local = datetime.fromisoformat(f"{form.get('le', '')}T{form.get('a', '')}")
    except ValueError:
        return None
    return local.replace(tzinfo=zone).astimezone(UTC)


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(errors=(FieldError("quand", following.NO_SUCH_HOUR),)) from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def read_back(at: datetime, where: str, card: PlatformCard) -> Appointment:
    """Say an hour in the zone of the person, and in ours when it is another."""
    place = departement(where).name
    there = at.astimezone(zone_of(where))
    here = at.astimezone(card.zone)
    is_same = there.utcoffset() == here.utcoffset()
    return Appointment(
        instant=at.isoformat(),
        there=_("%(when)s, heure du lieu (%(place)s)") % {"when": _words(there), "place": place},
        here="" if is_same else _("%(when)s, heure d’ici") % {"when": _words(here)},
    )


def _words(local: datetime) -> str:
    lang = languages.current()
    return f"{day_text(local, lang)}, {time_text(local, lang)}"


async def give_back(request: Request) -> Response:
    await calls.give_back(signed_in(request), case_of(request))
    return go(HREF)


ROUTES = (
    page(f"{CASE}/issue", end_call, roles=STAFF, methods=("POST",), name="call-end"),
    page(f"{CASE}/rendre", give_back, roles=STAFF, methods=("POST",), name="call-give-back"),
)
