"""The jobs of dispatch, which any number of workers run at once: decide, send, recover."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from typing import TYPE_CHECKING

from quality import clock
from quality.component import Job
from quality.db import pool
from quality.jobs import is_stopping
from surveys.dispatch import recovery, rerouting
from surveys.dispatch.carriers import CHANNELS, carriers_of, repeating
from surveys.dispatch.claims import LEASE
from surveys.dispatch.sending import send_due
from surveys.protocol.deciding import decide_pending

if TYPE_CHECKING:
    from quality.app import House

TICK_SECONDS = 2.0
RECOVERY_SECONDS = 30.0


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"[:60]


async def decide(house: "House") -> None:
    """Decide what waits, for the length of a tick."""
    await for_a_tick(lambda: decide_pending(house))


async def dispatch(house: "House", channels: Collection[str] = CHANNELS, lease: timedelta = LEASE) -> None:
    """Send what is due on some channels, for the length of a tick.

    It ends once the slowest carrier has answered for the last batch. A worker told to stop claims nothing
    more.
    """
    carriers = {channel: carrier for channel, carrier in carriers_of(house).items() if channel in channels}
    await send_due(house, carriers, worker_name(), lease=lease, goes_on=_until_the_tick_ends())


async def recover(house: "House") -> None:
    """Take back what stopped, close, withdraw what cannot leave, go round what died, move what was missed."""
    now, db = clock.now(), pool("work")
    await recovery.recover(db, now, repeating(carriers_of(house)))
    await recovery.settle_unreported(db, now)
    await recovery.close_over(db, now)
    await for_a_tick(lambda: recovery.withdraw(db, clock.now()))
    await for_a_tick(lambda: recovery.uncount_unsent(db))
    try:
        await for_a_tick(lambda: rerouting.reroute(clock.now()))
    finally:
        await for_a_tick(lambda: recovery.reschedule(clock.now()))


async def for_a_tick(verb: Callable[[], Awaitable[int]]) -> None:
    """Repeat a verb while it finds work, until the tick is over or the worker is told to stop."""
    goes_on = _until_the_tick_ends()
    while await verb() and goes_on():
        pass


def _until_the_tick_ends() -> Callable[[], bool]:
    loop = asyncio.get_running_loop()
    end = loop.time() + TICK_SECONDS
    return lambda: loop.time() < end and not is_stopping()


def jobs(lease: timedelta = LEASE) -> tuple[Job, ...]:
    """Give the jobs of dispatch; a stopped worker's messages are taken back soon after their lease ends.

    Each channel is a job of its own: a tick begins when the one before it has ended, and no channel waits for
    the carrier of another.
    """
    recovery_every = min(timedelta(seconds=RECOVERY_SECONDS), lease)
    return (
        Job("decide-visits", decide, timedelta(seconds=5), is_singleton=False),
        *(_sending(channel, lease) for channel in CHANNELS),
        Job("recover-messages", recover, recovery_every, is_singleton=False),
    )


def _sending(channel: str, lease: timedelta) -> Job:
    async def send(house: "House") -> None:
        await dispatch(house, [channel], lease)

    return Job(f"send-{channel}", send, timedelta(seconds=TICK_SECONDS), is_singleton=False)


JOBS = jobs()
