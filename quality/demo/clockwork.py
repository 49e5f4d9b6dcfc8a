"""The virtual clock of the demonstration: read again at each request, still while nothing runs."""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from quality import clock
from quality.db import pool

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass
class StartingAgain:
    """A visitor's wish to start again: the server stops serving, and who started it reads `is_wanted`."""

    is_wanted: bool = False
    stop_serving: Callable[[], None] = lambda: None

    def ask(self) -> None:
        self.is_wanted = True
        self.stop_serving()


KNOWN = "SELECT value FROM installation WHERE name = $1"
WRITE = """
INSERT INTO installation (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""
STARTS_AT = "demo_starts_at"
STEPS = {"heure": timedelta(hours=1), "jour": timedelta(days=1)}


class VirtualClock:
    """Read the stored offset before each request: another process may have moved it."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith("/static/"):
            await clock.refresh(pool("web"))
        await self.app(scope, receive, send)


async def advance(step: str) -> datetime:
    """Move the clock of the whole installation by an hour or a day, forward only."""
    return await clock.advance(pool("web"), STEPS[step])


def travel(instant: datetime) -> None:
    """Bring this process's clock to an instant, the stored one unchanged."""
    clock.set_offset(clock.offset() + (instant - clock.now()))


async def set_to(owner: asyncpg.Connection, instant: datetime) -> None:
    """Store the offset that makes it this instant now."""
    travel(instant)
    await owner.execute(WRITE, "clock_offset", str(clock.offset().total_seconds()))


async def start_of(owner: asyncpg.Connection) -> datetime:
    """Return the instant at which the demonstration started, as the end of the seeding wrote it."""
    return datetime.fromisoformat(await owner.fetchval(KNOWN, STARTS_AT))


async def let_visitors_advance(owner: asyncpg.Connection) -> None:
    """Give the web the right to move the clock: no other installation gives it."""
    await owner.execute("GRANT EXECUTE ON FUNCTION clock_advance(double precision) TO quality_web")


async def remember(owner: asyncpg.Connection) -> None:
    """Write the instant at which the demonstration stops."""
    await owner.execute(
        """
        INSERT INTO installation (name, value)
        SELECT 'demo_left_at', (now() + make_interval(secs => clock_offset_seconds()))::text
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """
    )


async def resume(owner: asyncpg.Connection) -> None:
    """Go on from the instant where it stopped; after a kill, from the last tick that ran."""
    left_at: datetime | None = await owner.fetchval(
        """
        SELECT greatest(
            (SELECT value::timestamptz FROM installation WHERE name = 'demo_left_at'),
            (SELECT max(started_at) + make_interval(secs => clock_offset_seconds()) FROM tick_run))
        """
    )
    if left_at is not None:
        await set_to(owner, left_at)
