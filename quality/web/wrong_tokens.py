"""Wrong tokens of pages opened without login, limited by address and altogether."""

import time
from collections.abc import Callable

from starlette.requests import Request

from quality.errors import TooMany

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


def admitted(request: Request) -> str:
    """Give the address that asks, unless it tried too many wrong tokens."""
    address = request.client.host if request.client else ""
    if WRONG.is_barred(address):
        raise TooMany("Trop de liens essayés depuis votre connexion. Attendez une minute, puis recommencez.")
    return address
