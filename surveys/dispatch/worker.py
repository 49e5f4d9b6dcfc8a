"""The dispatch worker: ticks for the house's own worker, and a loop of its own for a host that only sends."""

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from quality import clock
from quality.component import Job
from quality.db import pool
from surveys.dispatch import recovery
from surveys.dispatch.carriers import Carriers, carriers_of, close_carriers, open_carriers, repeating
from surveys.dispatch.claims import LEASE
from surveys.dispatch.sending import send_due
from surveys.protocol.deciding import decide_pending

if TYPE_CHECKING:
    from quality.app import House

log = logging.getLogger(__name__)
TICK_SECONDS = 2.0
STOP_SECONDS = 10.0
RECOVERY_SECONDS = 30.0


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"[:60]


async def decide(house: "House") -> None:
    """Decide what waits, for the length of a tick."""
    await _for_a_tick(lambda: decide_pending(house))


async def dispatch(house: "House") -> None:
    """Send what is due, for the length of a tick: a worker told to stop claims nothing more soon after."""
    await send_due(house, carriers_of(house), worker_name(), goes_on=_until_the_tick_ends())


async def recover(house: "House") -> None:
    """Take back what stopped, withdraw what will never leave, give missed windows the next one, close."""
    await _recover(carriers_of(house))


async def _recover(carriers: Carriers) -> None:
    now, db = clock.now(), pool("work")
    await recovery.recover(db, now, repeating(carriers))
    await recovery.settle_unreported(db, now)
    await recovery.close_over(db, now)
    await _for_a_tick(lambda: recovery.withdraw(db, clock.now()))
    await _for_a_tick(lambda: recovery.reschedule(clock.now()))


async def _for_a_tick(verb: Callable[[], Awaitable[int]]) -> None:
    """Repeat a verb while it finds work, until the tick is over."""
    goes_on = _until_the_tick_ends()
    while await verb() and goes_on():
        pass


def _until_the_tick_ends() -> Callable[[], bool]:
    loop = asyncio.get_running_loop()
    end = loop.time() + TICK_SECONDS
    return lambda: loop.time() < end


JOBS = (
    Job("decide-visits", decide, timedelta(seconds=5), is_singleton=False),
    Job("send-messages", dispatch, timedelta(seconds=TICK_SECONDS), is_singleton=False),
    Job("recover-messages", recover, timedelta(seconds=RECOVERY_SECONDS), is_singleton=False),
)


async def run(house: "House", stop: asyncio.Event, *, lease: timedelta = LEASE) -> None:
    """Send until told to stop; then claim nothing more, finish within ten seconds and give back the rest."""
    carriers, recovered = open_carriers(house), Recovered(min(RECOVERY_SECONDS, lease.total_seconds()))
    try:
        while not stop.is_set():
            if not await _turn(house, carriers, stop, lease, recovered):
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), TICK_SECONDS)
    finally:
        await close_carriers(carriers)


@dataclass
class Recovered:
    """When recovery is due in this process."""

    every: float
    due_at: float = 0.0

    def is_due(self, now: float) -> bool:
        if now < self.due_at:
            return False
        self.due_at = now + self.every
        return True


async def _turn(
    house: "House", carriers: Carriers, stop: asyncio.Event, lease: timedelta, recovered: Recovered
) -> int:
    """Recover when it is time, and send what is due; without its database the worker waits for it."""
    try:
        await clock.refresh(pool("work"))
        if recovered.is_due(asyncio.get_running_loop().time()):
            await _recover(carriers)
        return await _send_or_stop(house, carriers, stop, lease)
    except Exception:
        log.exception("a turn of the worker failed")
        return 0


async def _send_or_stop(house: "House", carriers: Carriers, stop: asyncio.Event, lease: timedelta) -> int:
    in_time = _until_the_tick_ends()
    sending = asyncio.create_task(
        send_due(
            house,
            carriers,
            worker_name(),
            lease=lease,
            goes_on=lambda: in_time() and not stop.is_set(),
        )
    )
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({sending, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if stop.is_set() and not sending.done():
        await asyncio.wait({sending}, timeout=STOP_SECONDS)
        sending.cancel()
    with suppress(asyncio.CancelledError):
        return await sending
    return 0
