"""The messages of one channel on their way: claimed ahead, and sent by as many lines as the carrier takes.

A batch is claimed when the one before it is nearly gone, so that no line waits for a claim; what its lines
write at one time goes in one statement.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from quality import clock
from quality.db import is_passing, pool
from surveys.channels.message import ChannelError, Outgoing
from surveys.dispatch import settling
from surveys.dispatch.carriers import Answer, Carrier
from surveys.dispatch.claims import Claimed, Span, claim, put_back, release, span, start
from surveys.dispatch.together import Together
from surveys.dispatch.writing import Words, compose, words_for

if TYPE_CHECKING:
    from quality.app import House

log = logging.getLogger(__name__)
CLAIMED_A_LINE = 4
SPAN_LASTS = timedelta(minutes=1)  # of the business clock: then what became due since is looked for
SOON_SECONDS = 1.0  # before the last turn that is booked, the next batch is claimed
GoesOn = Callable[[], bool]


class Waiting(NamedTuple):
    """A message that waits for a line, then for its turn.

    `openings` are those of the breaker when it was claimed.
    """

    claimed: Claimed
    words: Words
    openings: int
    turn: float


class Stream:
    """Send what is due on one channel."""

    def __init__(
        self, house: "House", channel: str, carrier: Carrier, worker: str, *, limit: int, lease: timedelta
    ) -> None:
        self._house, self._channel, self._carrier = house, channel, carrier
        self._worker, self._lease = worker, lease
        self._batch = carrier.pace.most(max(limit, CLAIMED_A_LINE * carrier.at_once))
        self._queue: asyncio.Queue[Waiting | None] = asyncio.Queue(carrier.at_once)
        self._held: dict[UUID, Claimed] = {}
        self._called: set[UUID] = set()
        self._lines: list[asyncio.Task[None]] = []
        self._last_turn = 0.0
        self._span: Span | None = None
        self._read_at: datetime | None = None
        self._start = Together(self._start_all)
        self._sent = Together(self._sent_all)
        self._release = Together(self._release_all)
        self._count = 0

    async def run(self, goes_on: GoesOn) -> int:
        """Send until nothing is due or it goes on no more; return how many were claimed.

        At least one batch is claimed. Cancelled, it gives back what no carrier was called for.
        """
        feeding = asyncio.create_task(self._feed(goes_on))
        try:
            await asyncio.wait({feeding})
            for _ in self._lines:
                await self._queue.put(None)
            await asyncio.gather(*self._lines)
        except asyncio.CancelledError:
            await asyncio.shield(self._give_all_back(feeding))
            raise
        feeding.result()  # raises what stopped it
        return self._count

    async def _feed(self, goes_on: GoesOn) -> None:
        """Claim batch after batch, each when the queue, as long as there are lines, has taken the last."""
        while await self._claim() and goes_on():
            await self._turns_are_near()

    async def _within(self, now: datetime) -> Span | None:
        """Read where the requests lie of which something is due, once a minute: a backlog takes longer."""
        if self._read_at is None or abs(now - self._read_at) >= SPAN_LASTS:
            self._span, self._read_at = await span(pool("send"), [self._channel], now), now
        return self._span

    async def _turns_are_near(self) -> None:
        """Wait until what is booked is nearly gone: what is claimed too early is kept from other workers."""
        await asyncio.sleep(self._last_turn - SOON_SECONDS - asyncio.get_running_loop().time())

    async def _claim(self) -> bool:
        breaker, openings = self._carrier.breaker, self._carrier.breaker.openings
        db, now = pool("send"), clock.now()
        within = await self._within(now)
        room = breaker.room(self._batch, asyncio.get_running_loop().time()) if within else 0
        if not room:
            return False
        claimed = await claim(db, [self._channel], self._worker, room, now, within=within, lease=self._lease)
        if not claimed:
            return False
        self._count += len(claimed)
        self._held |= {one.id: one for one in claimed}
        self._lines = self._lines or [asyncio.create_task(self._line()) for _ in range(self._carrier.at_once)]
        try:
            words = await words_for(db, claimed)
            turns = await self._carrier.pace.turns(self._channel, len(claimed))
        except Exception as error:
            if is_passing(error):  # what fails each time keeps its claim: after five it is dead
                await put_back(db, claimed)
            raise
        self._last_turn = turns[-1]
        for one, turn in zip(claimed, turns, strict=True):
            await self._queue.put(Waiting(one, words, openings, turn))
        return True

    async def _line(self) -> None:
        """Send one message after the other; one that fails stays claimed until its lease ends."""
        while waiting := await self._queue.get():
            try:
                await self._send(waiting)
            except Exception:
                log.exception("attempt %s failed", waiting.claimed.id)
            del self._held[waiting.claimed.id]
            self._called.discard(waiting.claimed.id)

    async def _send(self, waiting: Waiting) -> None:
        """Send one message at its turn, unless its breaker opened since it was claimed."""
        claimed, carrier = waiting.claimed, self._carrier
        await asyncio.sleep(waiting.turn - asyncio.get_running_loop().time())
        try:
            message = compose(claimed, waiting.words, self._house, carrier.driver, clock.now())
        except ChannelError as error:
            await _give_back(claimed, error)
            return
        if carrier.breaker.openings == waiting.openings and await self._start(claimed):
            await self._call(claimed, message, waiting.openings)
        else:
            await self._release(claimed)

    async def _call(self, claimed: Claimed, message: Outgoing, begun: int) -> None:
        """Call the carrier and write at once what it said."""
        loop, carrier = asyncio.get_running_loop(), self._carrier
        self._called.add(claimed.id)
        try:
            receipt = await carrier.driver.send(message)
        except ChannelError as error:
            log.warning("attempt %s: %s", claimed.id, error.message)
            answer = Answer.REFUSED if error.permanent else Answer.FAILED
            carrier.breaker.note(answer, now=loop.time(), begun=begun)
            await settling.refused(pool("send"), claimed, error, clock.now())
        else:
            carrier.breaker.note(Answer.ACCEPTED, now=loop.time(), begun=begun)
            await self._sent((claimed, receipt.reference))

    async def _give_all_back(self, feeding: "asyncio.Task[None]") -> None:
        """Stop, write the receipts that were there, and put back what no carrier was called for.

        A start that was being written may still be: it is waited for.
        """
        tasks = [feeding, *self._lines]
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for written in (self._start, self._sent, self._release):
            await written.rest()
        uncalled = [one for one in self._held.values() if one.id not in self._called]
        await put_back(pool("send"), uncalled)

    async def _start_all(self, claimed: Sequence[Claimed]) -> list[bool]:
        started = await start(pool("send"), claimed, clock.now(), self._lease)
        return [one.id in started for one in claimed]

    @staticmethod
    async def _sent_all(receipts: Sequence[tuple[Claimed, str | None]]) -> list[None]:
        await settling.sent(pool("send"), receipts, clock.now())
        return [None] * len(receipts)

    @staticmethod
    async def _release_all(claimed: Sequence[Claimed]) -> list[None]:
        await release(pool("send"), claimed)
        return [None] * len(claimed)


async def _give_back(claimed: Claimed, error: ChannelError) -> None:
    """Settle a message that could not be written: for good, or until its next window."""
    if error.permanent:
        await settling.failed(pool("send"), claimed, error.message[:40], clock.now())
    else:
        await release(pool("send"), [claimed], not_before=claimed.closes_at)
