"""The carriers: a driver a channel, its pace, and the breaker that spares one that fails.

The pace is the house's, kept in the database: a carrier counts messages, wherever they come from. The breaker
is each process's own: every worker sees the failures of its own calls, and probes for itself.
"""

import asyncio
import weakref
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from secrets import SystemRandom
from typing import TYPE_CHECKING

from quality import clock
from quality.db import execute, fetch_value, pool
from quality.ids import uuid7
from quality.jobs import is_stopping
from surveys.channels.message import Driver, Outgoing
from surveys.channels.opening import Opening
from surveys.channels.registry import open_driver

if TYPE_CHECKING:
    from quality.app import House
    from quality.settings import Settings

WINDOW_SECONDS = 60.0
FEWEST_CALLS = 20
PROBE_SECONDS = 30.0
BOOKED_SECONDS = 2.0
DEFAULT_RATE = 30.0
RATES = {"memory": 10_000.0}  # nothing to spare there
AT_ONCE = 4  # what a crash can leave uncertain, for each carrier of a process
_random = SystemRandom()
# On which channels messages leave by themselves, and the setting that names the carrier of each.
ADDRESSES: Mapping[str, Callable[["Settings"], str]] = {
    "sms": lambda settings: settings.sms_url,
    "email": lambda settings: settings.email_url,
}
CHANNELS = tuple(ADDRESSES)


class Answer(StrEnum):
    """What a carrier did with one message: took it, refused it for good, or failed."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass
class Breaker:
    """Count a carrier's calls over 60 s, then let one probe pass every 30 s, which alone closes it again.

    It opens when half of at least 20 calls failed. A message refused for good is an answer of the carrier and
    no failure of it; but one that took none of 20 has something against us: a sender that it does not know.
    `openings` tells what was claimed before it opened, and goes back, from the probe.
    """

    calls: deque[tuple[float, Answer]] = field(default_factory=deque)
    counts: Counter[Answer] = field(default_factory=Counter)
    probed_at: float | None = None
    openings: int = 0

    def room(self, wanted: int, now: float) -> int:
        """Say how many messages may be claimed now: none once the worker is told to stop.

        >>> breaker = Breaker()
        >>> for second in range(20):
        ...     breaker.note((Answer.ACCEPTED, Answer.FAILED)[second % 2], now=float(second), begun=0)
        >>> breaker.room(50, 20.0), breaker.room(50, 51.0), breaker.room(50, 52.0)
        (0, 1, 0)
        >>> breaker.note(Answer.ACCEPTED, now=53.0, begun=0)  # on its way since before it opened
        >>> breaker.room(50, 53.0)
        0
        >>> breaker.note(Answer.ACCEPTED, now=54.0, begun=1)  # the probe
        >>> breaker.room(50, 54.0)
        50
        """
        if is_stopping():
            return 0
        if self.probed_at is None:
            return wanted
        if now - self.probed_at < PROBE_SECONDS:
            return 0
        self.probed_at = now
        return min(1, wanted)

    def note(self, answer: Answer, *, now: float, begun: int) -> None:
        """Count one call; `begun` is the number of openings when its message was claimed."""
        if begun != self.openings:
            return
        if self.probed_at is not None and answer is Answer.ACCEPTED:
            self.calls.clear()
            self.counts.clear()
            self.probed_at = None
            return
        self.calls.append((now, answer))
        self.counts[answer] += 1
        while self.calls[0][0] <= now - WINDOW_SECONDS:
            self.counts[self.calls.popleft()[1]] -= 1
        if self.probed_at is None and self._is_out_of_order():
            self.probed_at = now
            self.openings += 1

    def _is_out_of_order(self) -> bool:
        many = len(self.calls)
        takes_none = not self.counts[Answer.ACCEPTED]
        return many >= FEWEST_CALLS and (takes_none or 2 * self.counts[Answer.FAILED] >= many)


# A row a channel: until when the turns of its carrier are taken, on the clock of the database.
BOOK = """
    INSERT INTO carrier_pace AS p (channel, free_at)
    VALUES ($1, clock_timestamp() + $2::float8 * interval '1 second')
    ON CONFLICT (channel) DO UPDATE SET
        free_at = greatest(p.free_at, clock_timestamp()) + $2::float8 * interval '1 second'
    RETURNING extract(epoch FROM p.free_at - clock_timestamp())::float8 - $2::float8 AS wait
"""


@dataclass
class Pace:
    """Let messages leave one by one, at most `rate` a second from all workers together: never a burst.

    A batch books its turns at once, behind those of every worker of the house.
    """

    rate: float

    def most(self, wanted: int) -> int:
        """Say how many turns may be booked at once: a claim must not wait longer than its lease.

        >>> Pace(30.0).most(200), Pace(30.0).most(20), Pace(0.1).most(20)
        (60, 20, 1)
        """
        return min(wanted, max(1, int(self.rate * BOOKED_SECONDS)))

    async def turns(self, channel: str, count: int) -> list[float]:
        """Book turns; return when they come on the clock of the event loop, with jitter, in order."""
        wait = await fetch_value(pool("send"), BOOK, channel, count / self.rate)
        first = asyncio.get_running_loop().time() + wait
        return [first + max(0.0, n - _random.random() / 2) / self.rate for n in range(count)]


@dataclass
class Carrier:
    """One channel's driver, with what restrains it."""

    driver: Driver
    pace: Pace
    breaker: Breaker = field(default_factory=Breaker)
    at_once: int = AT_ONCE


Carriers = Mapping[str, Carrier]


def open_carriers(house: "House") -> Carriers:
    """Open the drivers of the settings; of a channel without an address, nothing is ever claimed."""
    addresses = {channel: address(house.settings) for channel, address in ADDRESSES.items()}
    return {channel: open_carrier(url, channel) for channel, url in addresses.items() if url}


def open_carrier(url: str, channel: str) -> Carrier:
    """Open one carrier; options of its address: `rate` messages a second, `lines` calls of it at once."""
    opening = Opening(url)
    rate = opening.number("rate", RATES.get(opening.scheme, DEFAULT_RATE))
    at_once = max(1, int(opening.number("lines", AT_ONCE)))
    driver = open_driver(url, channel=channel, write=keep_message)
    return Carrier(driver, Pace(rate), at_once=at_once)


def repeating(carriers: Carriers) -> list[str]:
    """Name the channels on which a message may be given again without becoming two; e-mail always is."""
    return sorted({"email"} | {channel for channel, carrier in carriers.items() if carrier.driver.repeats})


async def close_carriers(carriers: Carriers) -> None:
    for carrier in carriers.values():
        await carrier.driver.close()


_opened: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[int, Carriers]]" = (
    weakref.WeakKeyDictionary()
)


def carriers_of(house: "House") -> Carriers:
    """Return the carriers of this process, opened once: breakers and connections outlive a tick."""
    of_loop = _opened.setdefault(asyncio.get_running_loop(), {})
    if id(house) not in of_loop:
        of_loop[id(house)] = open_carriers(house)
    return of_loop[id(house)]


async def keep_message(message: Outgoing, channel: str) -> None:
    """Write a message of the memory carrier: the demo's telephone."""
    await execute(
        pool("work"),
        """
        INSERT INTO memory_message (id, platform_id, attempt_id, channel, recipient, subject, text, html,
            sent_at)
        VALUES ($1, (SELECT platform_id FROM attempt WHERE id = $2), $2, $3, $4, $5, $6, $7, $8)
        """,
        uuid7(clock.now()),
        message.id,
        channel,
        message.to,
        message.subject,
        message.text,
        message.html,
        clock.now(),
    )
