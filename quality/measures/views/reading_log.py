"""Who reads figures: a page loads them in its reader's scope, and the reads of outsiders are logged.

The audit trail keeps who read which address, for the platform. `figure_reading` keeps, for the providers of a
convention, that its funder read it: the day and what was read, once, and nobody's name.
"""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.requests import Request

from quality import clock
from quality.access import audit
from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.db import execute, pool
from quality.ids import uuid7
from quality.measures.models import Convention
from quality.web.session import signed_in

T = TypeVar("T")
FIGURES = frozenset({Role.funder, Role.platform, Role.supervisor, Role.provider})
LOGGED = frozenset({Role.funder, Role.observer})
Load = Callable[[Actor], Awaitable[T]]
CALENDAR = ZoneInfo("Europe/Paris")
ONCE = """
INSERT INTO figure_reading (id, platform_id, organisation_id, convention_id, day, shown, subject, period)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
"""


class Shown(StrEnum):
    """What showed figures; the subject of an indicator is its code, that of a file its ending."""

    home = "home"
    indicators = "indicators"
    indicator = "indicator"
    table = "table"
    report = "report"
    program = "program"
    mail = "mail"


async def read_logged(request: Request, load: Load[T]) -> T:
    """Load what a page shows in its reader's scope; what a funder or an observer reads is logged."""
    actor = signed_in(request)
    async with scoped(actor) as db:
        loaded = await load(actor)
        if actor.role in LOGGED:
            query = {"query": request.url.query} if request.url.query else {}
            await audit.record(db, actor, "figures.read", request.scope["path"], query)
    return loaded


async def look(
    actor: Actor, of: Convention | None, shown: Shown, subject: str = "", period: str | None = ""
) -> None:
    """Keep for its providers that a funder reads a convention's figures; inside `scoped(actor)`.

    Without a period, all of them are read; `None` says that nothing is published, and nothing was read.
    """
    if actor.role == Role.funder and of is not None and period is not None:
        await execute(pool("web"), ONCE, *look_values(actor, of.id, shown, subject, period))


def look_values(
    actor: Actor, convention: UUID, shown: Shown, subject: str, period: str
) -> tuple[object, ...]:
    """Give the values of `ONCE`: what a funder reads today."""
    now = clock.now()
    day = now.astimezone(CALENDAR).date()
    return (uuid7(now), actor.platform, actor.organisation, convention, day, shown, subject, period)
