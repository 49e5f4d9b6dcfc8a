"""/appels/entrant: who is calling, found without a name in an address, and their call taken."""

from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.access.actor import STAFF
from quality.directory.geography import departement
from quality.errors import NotFound
from quality.web import languages
from quality.web.format import day_text
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.desk import caller
from surveys.desk.caller import Found
from surveys.desk.screen.composing import reason

HREF = "/appels/entrant"
SHORTEST, LONGEST = 2, 80


@dataclass(frozen=True, slots=True)
class CallerLine:
    """One person who may be calling."""

    client: str
    name: str
    place: str
    provider: str
    standing: str


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """/appels/entrant: the search, and who was found."""

    query: str
    has_searched: bool
    lines: tuple[CallerLine, ...]
    is_cut: bool
    errors: tuple[tuple[str, str], ...] = ()


async def incoming_call(request: Request) -> Response:
    return await render(request, IncomingCall("", False, (), False))


async def find_caller(request: Request) -> Response:
    """Search by what the person says: the answer of a form, so that no name is in an address."""
    query = " ".join(str((await request.form()).get("recherche", ""))[:LONGEST].split())
    if len(query) < SHORTEST:
        wrong = (("recherche", _("Écrivez un numéro, un nom entier ou une référence.")),)
        return await render(request, IncomingCall(query, False, (), False, wrong), 422)
    found = await caller.search(signed_in(request), request.app.state.house.keyring, query)
    lines = tuple(_line(each) for each in found)
    return await render(request, IncomingCall(query, True, lines, len(found) >= caller.MOST))


async def take_caller(request: Request) -> Response:
    typed = str((await request.form()).get("personne", ""))
    try:
        client = UUID(typed)
    except ValueError as error:
        raise NotFound from error
    case = await caller.take_incoming(signed_in(request), client)
    return RedirectResponse(f"/appels/{case}", 303)


def _line(found: Found) -> CallerLine:
    place = departement(found.departement).name
    return CallerLine(
        client=str(found.client),
        name=found.name or _("Nom effacé"),
        place=f"{found.commune} ({place})" if found.commune else place,
        provider=found.provider,
        standing=_standing(found),
    )


def _standing(found: Found) -> str:
    if found.waits:
        return reason(found.waits)
    if found.last_visit is None:
        return _("Aucune visite suivie")
    return _("Dernière visite suivie {day}").format(
        day=day_text(found.last_visit, languages.current(), year=True)
    )


ROUTES = (
    page(HREF, incoming_call, roles=STAFF, name="incoming-call"),
    page(HREF, find_caller, roles=STAFF, methods=("POST",), name="incoming-call-find"),
    page(f"{HREF}/prendre", take_caller, roles=STAFF, methods=("POST",), name="incoming-call-take"),
)
