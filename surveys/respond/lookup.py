"""From the token in an address to the invited visit; wrong tokens are limited by address and altogether."""

import time
from collections.abc import Callable

from starlette.requests import Request

from quality import clock
from quality.db import pool
from quality.errors import TooMany
from quality.tokens import normalise
from surveys.dispatch.links import token_key
from surveys.respond.recent import RecentVisits
from surveys.response import InvitedVisit, by_token

WINDOW_SECONDS = 60.0
PER_ADDRESS, OVERALL = 30, 600


class WrongTokens:
    """The different wrong tokens tried in the present minute, by address.

    Past the limit an address is told nothing more, even of a right token. Past the overall limit this holds
    for whoever tried a wrong one: those who hold a true link still answer.
    """

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        self._timer = timer
        self._tried: dict[str, set[str]] = {}
        self.forget()

    def is_barred(self, address: str) -> bool:
        self._turn()
        tried = self._tried.get(address, set())
        return len(tried) >= PER_ADDRESS or (self._total >= OVERALL and bool(tried))

    def note(self, address: str, token: str) -> None:
        """Count a wrong token, once however often it is opened."""
        tried = self._tried.setdefault(address, set())
        if token not in tried:
            tried.add(token)
            self._total += 1

    def _turn(self) -> None:
        if self._timer() - self._since >= WINDOW_SECONDS:
            self.forget()

    def forget(self) -> None:
        self._since, self._total = self._timer(), 0
        self._tried.clear()


WRONG = WrongTokens()
RECENT = RecentVisits()


async def visit_of(request: Request) -> tuple[str, InvitedVisit] | None:
    """Find the visit and its token as we write it; None for unknown, expired and closed alike."""
    found = await visit_ever_of(request)
    if found is None or not found[1].is_open(clock.now()):
        return None
    RECENT.keep(*found)
    return found


async def visit_ever_of(request: Request) -> tuple[str, InvitedVisit] | None:
    """Find the visit, over or not; the wrong tokens are those that open nothing."""
    address = _admitted(request)
    typed = str(request.path_params["token"])
    token = normalise(typed)
    visit = None
    if token is not None:
        visit = await by_token(pool("answer"), token_key(request.app.state.house.keyring, token))
    if visit is None or not visit.is_open(clock.now()):
        WRONG.note(address, (token or typed)[:64])
    return (token, visit) if token and visit else None


async def recent_visit_of(request: Request) -> tuple[str, InvitedVisit] | None:
    """Find the visit whose page was shown a moment ago without reading it again; else as `visit_of`."""
    _admitted(request)
    token = normalise(str(request.path_params["token"]))
    visit = RECENT.find(token) if token else None
    if token and visit and visit.is_open(clock.now()):
        return token, visit
    return await visit_of(request)


def _admitted(request: Request) -> str:
    """Give the address that asks, unless it tried too many wrong tokens."""
    address = request.client.host if request.client else ""
    if WRONG.is_barred(address):
        raise TooMany("Trop de liens essayés depuis votre connexion. Attendez une minute, puis recommencez.")
    return address
