"""Visits read a moment ago: the answer that follows a page starts from what the page showed.

Nothing is shown from here, and nothing stored depends on it being true: the statement of an answer holds only
for the versions that were read, and whoever comes too late reads again.
"""

import time
from collections import OrderedDict
from collections.abc import Callable

from surveys.response import InvitedVisit

KEPT_SECONDS = 600.0
MOST = 1_000


class RecentVisits:
    """The visits seen last, by token."""

    def __init__(self, timer: Callable[[], float] = time.monotonic, most: int = MOST) -> None:
        self._timer = timer
        self._most = most
        self._visits: OrderedDict[str, tuple[float, InvitedVisit]] = OrderedDict()

    def find(self, token: str) -> InvitedVisit | None:
        since, visit = self._visits.get(token, (0.0, None))
        return visit if visit and self._timer() - since < KEPT_SECONDS else None

    def keep(self, token: str, visit: InvitedVisit) -> None:
        self._visits[token] = self._timer(), visit
        self._visits.move_to_end(token)
        if len(self._visits) > self._most:
            self._visits.popitem(last=False)

    def drop(self, token: str) -> None:
        """Forget one visit, of which more has changed than an answer."""
        self._visits.pop(token, None)

    def forget(self) -> None:
        self._visits.clear()
