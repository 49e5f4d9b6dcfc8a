"""Receiving results by mail: asked and ended on /rapports, ended too by the link of each letter."""

from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.measures.reports.subscribing import HREF, end_by_link, is_served, subscribe, unsubscribe
from quality.measures.views.choices import POPULATION
from quality.measures.views.reading_log import FIGURES
from quality.web.rendering import render
from quality.web.routing import page, public
from quality.web.session import signed_in
from quality.web.wrong_tokens import WRONG, admitted

REPORTS = "/rapports"
SHUT = {"X-Robots-Tag": "noindex"}


@dataclass(frozen=True, slots=True)
class SubscriptionEnding:
    """The page of a letter's link; when nothing is open, what it was of has ended."""

    is_open: bool
    action: str


async def begin(request: Request) -> Response:
    form = await request.form()
    population = str(form.get(POPULATION, ""))
    keyring = request.app.state.house.keyring
    await subscribe(signed_in(request), keyring, population, str(form.get("rhythm", "")))
    return _back(population)


async def end(request: Request) -> Response:
    form = await request.form()
    population = str(form.get(POPULATION, ""))
    await unsubscribe(signed_in(request), population)
    return _back(population)


def _back(population: str) -> Response:
    return RedirectResponse(f"{REPORTS}?{POPULATION}={quote(population)}#recevoir", 303)


async def show_ending(request: Request) -> Response:
    """Ask before it ends: programs that open the links of a letter end nothing."""
    address, token = admitted(request), str(request.path_params["token"])
    is_open = await is_served(request.app.state.house.keyring, token)
    if not is_open:
        WRONG.note(address, token)
    return await _ending(request, token, is_open=is_open)


async def end_from_letter(request: Request) -> Response:
    """End it, for the button of the page and for that of a mail program (RFC 8058)."""
    address, token = admitted(request), str(request.path_params["token"])
    if not await end_by_link(request.app.state.house.keyring, token):
        WRONG.note(address, token)
    return await _ending(request, token, is_open=False)


async def _ending(request: Request, token: str, *, is_open: bool) -> Response:
    return await render(request, SubscriptionEnding(is_open, f"{HREF}/{quote(token)}"), headers=SHUT)


ROUTES = (
    page(f"{REPORTS}/abonnement", begin, roles=FIGURES, methods=("POST",), name="report-subscribe"),
    page(f"{REPORTS}/desabonnement", end, roles=FIGURES, methods=("POST",), name="report-unsubscribe"),
    public(f"{HREF}/{{token}}", show_ending, name="subscription-ending"),
    public(f"{HREF}/{{token}}", end_from_letter, methods=("POST",), name="subscription-end"),
)
