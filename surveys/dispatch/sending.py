"""Send what is due: claim, write « sending » and commit, call the carrier, write what it said."""

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from quality import clock
from quality.db import pool
from surveys.channels.message import ChannelError, Outgoing
from surveys.dispatch import settling
from surveys.dispatch.carriers import Carrier, Carriers
from surveys.dispatch.claims import LEASE, Claimed, claim, release, start
from surveys.dispatch.writing import Words, compose, words_for

if TYPE_CHECKING:
    from quality.app import House

log = logging.getLogger(__name__)
BATCH = 20


async def send_due(
    house: "House", carriers: Carriers, worker: str, limit: int = BATCH, lease: timedelta = LEASE
) -> int:
    """Send at most `limit` messages a channel; return how many were claimed."""
    count = 0
    for channel, carrier in carriers.items():
        room = carrier.breaker.room(limit, asyncio.get_running_loop().time())
        claimed = await claim(pool("work"), [channel], worker, room, clock.now(), lease=lease) if room else []
        count += len(claimed)
        if claimed:
            await _send_all(house, carrier, claimed, lease)
    return count


async def _send_all(house: "House", carrier: Carrier, claimed: list[Claimed], lease: timedelta) -> None:
    """Send a batch; cancelled, give back what no carrier was called for."""
    openings = carrier.breaker.openings
    try:
        words = await words_for(pool("work"), claimed)
        outcomes = await asyncio.gather(
            *(_send(house, carrier, one, words, lease, openings=openings) for one in claimed),
            return_exceptions=True,
        )
    except asyncio.CancelledError:
        await asyncio.shield(release(pool("work"), claimed))
        raise
    for one, outcome in zip(claimed, outcomes, strict=True):
        if isinstance(outcome, BaseException):  # it stays claimed until its lease ends
            log.error("attempt %s failed", one.id, exc_info=outcome)


async def _send(
    house: "House", carrier: Carrier, claimed: Claimed, words: Words, lease: timedelta, *, openings: int
) -> None:
    """Send one message, unless its breaker opened since it was claimed."""
    db = pool("work")
    await carrier.pace.turn()
    try:
        message = compose(claimed, words, house, carrier.driver, clock.now())
    except ChannelError as error:
        await _give_back(claimed, error)
        return
    async with carrier.lines:
        if carrier.breaker.openings != openings or not await start(db, claimed, clock.now(), lease):
            await release(db, [claimed])
            return
        await _call(carrier, claimed, message)


async def _call(carrier: Carrier, claimed: Claimed, message: Outgoing) -> None:
    """Call the carrier and write at once what it said."""
    db, loop = pool("work"), asyncio.get_running_loop()
    try:
        receipt = await carrier.driver.send(message)
    except ChannelError as error:
        log.warning("attempt %s: %s", claimed.id, error.message)
        carrier.breaker.note(is_accepted=error.permanent, now=loop.time())
        await settling.refused(db, claimed, error, clock.now())
    else:
        carrier.breaker.note(is_accepted=True, now=loop.time())
        await settling.sent(db, claimed, receipt.reference, clock.now())


async def _give_back(claimed: Claimed, error: ChannelError) -> None:
    """Settle a message that could not be written: for good, or until its next window."""
    if error.permanent:
        await settling.failed(pool("work"), claimed, error.message[:40], clock.now())
    else:
        await release(pool("work"), [claimed], not_before=claimed.closes_at)
