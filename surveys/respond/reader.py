"""Who reads an answer page: the visit, the language, the respondent, kept from page to page by the address.

The choices made by a link (`langue`, `proche`, `texte`) stay in the address; a link that does not carry them
takes them from the page it stands on (same-origin Referer). No cookie is set.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality import clock
from quality.directory.geography import zone_of
from quality.tokens import normalise
from quality.web import format as text
from quality.web import languages
from quality.web.addresses import parts_of
from quality.web.answer_forms import form_of
from quality.web.languages import LANGUAGES
from quality.web.platform import PlatformCard, card_of
from quality.web.rendering import NO_STORE, TextSize, render_answer
from surveys.honesty.device import device_key
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.logic import Answer
from surveys.respond import listening
from surveys.respond.lookup import visit_of
from surveys.respond.screens import AnswerClosed
from surveys.respondents import audience
from surveys.response import InvitedVisit, facts_of

# Whose answers they are, by the word of the address.
SEATS = {"non": "client", "oui": "relative", "tutelle": "guardian", "autre": "other"}
SEAT_OF = {respondent: seat for seat, respondent in SEATS.items()}
LARGE, NORMAL = "grand", "normal"
KEPT = {"proche": tuple(SEATS), "langue": LANGUAGES, "texte": (LARGE, NORMAL)}
HEADERS = {**NO_STORE, "X-Robots-Tag": "noindex"}


@dataclass(frozen=True)
class Reader:
    """One request on an open invitation."""

    request: Request
    token: str
    visit: InvitedVisit
    card: PlatformCard
    choices: Mapping[str, str]

    @property
    def language(self) -> str:
        language = self.choices.get("langue", self.visit.language)
        return language if language in LANGUAGES else "fr"

    @property
    def spoken(self) -> str:
        """Give the language of the questions, which may be written in others than the page around them."""
        return self.choices.get("langue", self.visit.language)

    @cached_property
    def respondent(self) -> str:
        """Give who answers: who does so by this link, unless the address or the form says otherwise."""
        return SEATS.get(self.choices.get("proche", ""), self.visit.usual)

    @property
    def seat(self) -> str:
        """Give the word of the address for somebody who answers for the person, and none for the person."""
        return "" if self.respondent == "client" else SEAT_OF[self.respondent]

    @property
    def audience(self) -> str:
        """Give how they are addressed and called."""
        return audience(self.respondent)

    @property
    def answers(self) -> Mapping[str, Answer]:
        return self.visit.answers_of(self.respondent)

    @cached_property
    def facts(self) -> Facts:
        return facts_of(self.visit, respondent=self.respondent)

    @property
    def device(self) -> bytes | None:
        """Give what is kept of where the answer comes from."""
        keyring, asks = self.request.app.state.house.keyring, self.request.client
        agent = self.request.headers.get("user-agent", "")
        return device_key(keyring, self.visit.platform_id, asks.host if asks else "", agent, clock.now())

    def address(self, path: str = "") -> str:
        """Write the address of a page of this invitation, with the choices made."""
        query = f"?{urlencode(self.choices)}" if self.choices else ""
        return f"/s/{self.token}{path}{query}"

    def go(self, path: str) -> Response:
        return RedirectResponse(self.address(path), 303, headers=HEADERS)

    @property
    def chosen(self) -> str:
        """Give the language chosen by a link, if any."""
        return self.choices.get("langue", "")

    @property
    def size(self) -> TextSize:
        """Give the size of the text, and where the other one is read."""
        is_large = self.choices.get("texte") == LARGE
        href = languages.chosen_here(self.request, "texte", NORMAL if is_large else LARGE)
        return TextSize(is_large, href)

    def show(self, page: Any, status: int = 200) -> Response:
        return render_answer(
            self.request, page, self.card, self.language, status, chosen=self.chosen, size=self.size
        )

    def day(self, instant: datetime) -> str:
        """Write the day of an instant at the place of the visit."""
        return text.day_text(instant.astimezone(zone_of(self.visit.departement)).date(), self.language)


View = Callable[[Reader], Awaitable[Response]]
Posted = Callable[[Reader, FormData], Awaitable[Response]]
Found = Callable[[Request], Awaitable[tuple[str, InvitedVisit] | None]]


def reading(view: View, find: Found = visit_of) -> Callable[[Request], Awaitable[Response]]:
    """Open a page of an invitation: it shows, and changes nothing."""

    async def opened(request: Request) -> Response:
        found = await find(request)
        if found is None:
            return await closed(request)
        token, visit = found
        await listening.refresh()
        chosen = _in_query(request)
        inherited = _of_referer(request, token)
        if inherited.keys() - chosen.keys():
            query = {**request.query_params, **inherited, **chosen}
            return RedirectResponse(f"{request.scope['path']}?{urlencode(query)}", 303, headers=HEADERS)
        return await view(Reader(request, token, visit, await card_of(visit.platform_id), chosen))

    return opened


def posting(view: Posted, find: Found = visit_of) -> Callable[[Request], Awaitable[Response]]:
    """Take a form of an invitation; who answers, and in which language, is what its page showed."""

    async def opened(request: Request) -> Response:
        form = await form_of(request)
        found = await find(request)
        if found is None:
            return await closed(request, chosen_by(request, form))
        token, visit = found
        await listening.refresh()
        chosen = chosen_by(request, form, token)
        return await view(Reader(request, token, visit, await card_of(visit.platform_id), chosen), form)

    return opened


def chosen_by(request: Request, form: FormData, token: str = "") -> dict[str, str]:
    """Give the choices that a form was filled in with: its own, else those of the page it stood on."""
    chosen = {**_of_referer(request, token or request.path_params["token"]), **_in_query(request)}
    if "proche" in form:
        chosen["proche"] = str(form["proche"]) if form["proche"] in SEATS else "non"
    if form.get("langue") in LANGUAGES:
        chosen["langue"] = str(form["langue"])
    return chosen


async def closed(request: Request, choices: Mapping[str, str] | None = None) -> Response:
    """Answer a link that opens nothing: unknown, expired and closed look alike."""
    language = (choices or _in_query(request)).get("langue", "fr")
    return render_answer(request, AnswerClosed(), await card_of(None), language, 404)


def _in_query(request: Request) -> dict[str, str]:
    if not request.scope["query_string"]:
        return {}
    return {name: value for name, value in request.query_params.items() if value in KEPT.get(name, ())}


def _of_referer(request: Request, token: str) -> dict[str, str]:
    """Read the choices of the page that led here, when it is one of the same invitation."""
    address = request.headers.get("referer", "")
    if "?" not in address:
        return {}
    referer = parts_of(address)
    stood_on = referer.path.removeprefix("/s/").partition("/")[0]
    is_ours = referer.netloc == request.headers.get("host") and normalise(stood_on) == normalise(token)
    query = parse_qs(referer.query) if is_ours else {}
    return {name: values[0] for name, values in query.items() if values[0] in KEPT.get(name, ())}
