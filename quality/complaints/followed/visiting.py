"""Who opens the page of a complaint without login: its client, by the token of the address."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality import clock
from quality.complaints.followed.reading import Followed, by_key
from quality.complaints.followed.screens import FollowedClosed
from quality.complaints.followed.telling import Story
from quality.complaints.links import token_key
from quality.db import pool
from quality.keys import Keyring
from quality.tokens import normalise
from quality.web import languages
from quality.web.answer_forms import form_of
from quality.web.platform import PlatformCard, card_of
from quality.web.rendering import NO_STORE, render_answer
from quality.web.wrong_tokens import WRONG, admitted

PREFIX = "/suivi/"


@dataclass(frozen=True, slots=True)
class Visitor:
    """One request of a client about a complaint; `chosen` is the language of the address, if any."""

    request: Request
    token: str
    followed: Followed
    card: PlatformCard
    chosen: str

    @property
    def language(self) -> str:
        language = self.chosen or self.followed.language
        return language if language in languages.LANGUAGES else "fr"

    @property
    def keyring(self) -> Keyring:
        keyring: Keyring = self.request.app.state.house.keyring
        return keyring

    @property
    def story(self) -> Story:
        return Story(self.followed, self.card.name, clock.now())

    def go(self, path: str = "", done: str = "") -> Response:
        """Lead to a page of this complaint, which says what was just done."""
        query = "&".join(
            f"{name}={value}" for name, value in (("fait", done), ("langue", self.chosen)) if value
        )
        address = f"{PREFIX}{self.token}{path}{'?' if query else ''}{query}"
        return RedirectResponse(address, 303, headers={**NO_STORE, "X-Robots-Tag": "noindex"})

    def show(self, page: Any, status: int = 200) -> Response:
        return render_answer(self.request, page, self.card, self.language, status, chosen=self.chosen)


View = Callable[[Visitor], Awaitable[Response]]
Posted = Callable[[Visitor, FormData], Awaitable[Response]]
Reader = Callable[[Request], Awaitable[FormData]]


def reading(view: View) -> Callable[[Request], Awaitable[Response]]:
    """Open a page of a complaint: it shows, and changes nothing."""

    async def opened(request: Request) -> Response:
        visitor = await _visitor(request, request.query_params.get("langue", ""))
        if visitor is None:
            return await closed(request)
        with languages.using(visitor.language):
            return await view(visitor)

    return opened


def posting(view: Posted, read: Reader = form_of) -> Callable[[Request], Awaitable[Response]]:
    """Take a form of a complaint, in the language that its page was shown in."""

    async def opened(request: Request) -> Response:
        form = await read(request)
        try:
            visitor = await _visitor(request, str(form.get("langue", "")))
            if visitor is None:
                return await closed(request)
            with languages.using(visitor.language):
                return await view(visitor, form)
        finally:
            await form.close()

    return opened


async def _visitor(request: Request, language: str) -> Visitor | None:
    """Find the complaint; None for a link that is unknown, malformed, or closed long ago, alike."""
    address = admitted(request)
    typed = str(request.path_params["token"])
    token = normalise(typed)
    followed = None
    if token is not None:
        followed = await by_key(pool("answer"), token_key(request.app.state.house.keyring, token))
    if token is None or followed is None or not followed.is_open(clock.now()):
        WRONG.note(address, (token or typed)[:64])
        return None
    chosen = language if language in languages.LANGUAGES else ""
    return Visitor(request, token, followed, await card_of(followed.platform_id), chosen)


async def closed(request: Request) -> Response:
    """Answer a link that opens nothing."""
    asked = request.query_params.get("langue", "fr")
    language = asked if asked in languages.LANGUAGES else "fr"
    return render_answer(request, FollowedClosed(), await card_of(None), language, 404)
