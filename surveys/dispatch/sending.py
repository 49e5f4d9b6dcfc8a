"""Send what is due: claim, write « sending » and commit, call the carrier, write what it said."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from quality import clock
from quality.db import pool
from surveys.channels.message import ChannelError, Outgoing
from surveys.dispatch import settling
from surveys.dispatch.carriers import Carrier, Carriers
from surveys.dispatch.claims import LEASE, Claimed, claim, release, start
from surveys.dispatch.together import Together
from surveys.dispatch.writing import Words, compose, words_for

if TYPE_CHECKING:
    from quality.app import House

log = logging.getLogger(__name__)
BATCH = 20
CLAIMED_A_LINE = 4  # so that a batch is not over when most lines are free again


async def send_due(
    house: "House", carriers: Carriers, worker: str, limit: int = BATCH, lease: timedelta = LEASE
) -> int:
    """Send at most `limit` messages a channel, or enough for its lines; return how many were claimed."""
    count = 0
    for channel, carrier in carriers.items():
        wanted = max(limit, CLAIMED_A_LINE * carrier.at_once)
        room = carrier.breaker.room(wanted, asyncio.get_running_loop().time())
        claimed = await claim(pool("send"), [channel], worker, room, clock.now(), lease=lease) if room else []
        count += len(claimed)
        if claimed:
            await _send_all(house, carrier, claimed, lease)
    return count


async def _send_all(house: "House", carrier: Carrier, claimed: list[Claimed], lease: timedelta) -> None:
    """Send a batch; cancelled, give back what no carrier was called for."""
    openings = carrier.breaker.openings
    try:
        words = await words_for(pool("send"), claimed)
        batch = Batch(house, carrier, words, lease, openings)
        outcomes = await asyncio.gather(*(_send(batch, one) for one in claimed), return_exceptions=True)
    except asyncio.CancelledError:
        await asyncio.shield(release(pool("send"), claimed))
        raise
    for one, outcome in zip(claimed, outcomes, strict=True):
        if isinstance(outcome, BaseException):  # it stays claimed until its lease ends
            log.error("attempt %s failed", one.id, exc_info=outcome)


class Batch:
    """What messages claimed together share: their words, and the statements that write of many at once."""

    def __init__(
        self, house: "House", carrier: Carrier, words: Words, lease: timedelta, openings: int
    ) -> None:
        self.house, self.carrier, self.words, self.lease = house, carrier, words, lease
        self.openings = openings
        self.start = Together(self._start)
        self.sent = Together(self._sent)

    async def _start(self, claimed: Sequence[Claimed]) -> list[bool]:
        started = await start(pool("send"), claimed, clock.now(), self.lease)
        return [one.id in started for one in claimed]

    @staticmethod
    async def _sent(receipts: Sequence[tuple[Claimed, str | None]]) -> list[None]:
        await settling.sent(pool("send"), receipts, clock.now())
        return [None] * len(receipts)


async def _send(batch: Batch, claimed: Claimed) -> None:
    """Send one message, unless its breaker opened since it was claimed."""
    carrier = batch.carrier
    await carrier.pace.turn()
    try:
        message = compose(claimed, batch.words, batch.house, carrier.driver, clock.now())
    except ChannelError as error:
        await _give_back(claimed, error)
        return
    async with carrier.lines:
        if carrier.breaker.openings != batch.openings or not await batch.start(claimed):
            await release(pool("send"), [claimed])
            return
        await _call(batch, claimed, message)


async def _call(batch: Batch, claimed: Claimed, message: Outgoing) -> None:
    """Call the carrier and write at once what it said."""
    db, loop, carrier = pool("send"), asyncio.get_running_loop(), batch.carrier
    try:
        receipt = await carrier.driver.send(message)
    except ChannelError as error:
        log.warning("attempt %s: %s", claimed.id, error.message)
        carrier.breaker.note(is_accepted=error.permanent, now=loop.time())
        await settling.refused(db, claimed, error, clock.now())
    else:
        carrier.breaker.note(is_accepted=True, now=loop.time())
        await batch.sent((claimed, receipt.reference))


async def _give_back(claimed: Claimed, error: ChannelError) -> None:
    """Settle a message that could not be written: for good, or until its next window."""
    if error.permanent:
        await settling.failed(pool("send"), claimed, error.message[:40], clock.now())
    else:
        await release(pool("send"), [claimed], not_before=claimed.closes_at)
