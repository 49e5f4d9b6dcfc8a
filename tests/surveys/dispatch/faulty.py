"""A carrier over real HTTP that fails in every way, counts what each attempt caused and reports at random."""

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from random import Random
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx

from tests.kannel import until

FAULTS = (
    "refused", "busy", "lost", "silent after effect", "silent", "reset after effect", "reset", "drip",
    "garbage after effect", "garbage", "page", "moved",
)  # fmt: skip
MOST_FAULTS = 3  # of one attempt, so that none is given up by the rule of eight
NO_LINGER = struct.pack("ii", 1, 0)
ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 25\r\n\r\n0: Accepted for delivery\n"
ANSWERS = {
    "refused": b"HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n",
    "busy": b"HTTP/1.1 429 Too many\r\nRetry-After: 45\r\nContent-Length: 0\r\n\r\n",
    "lost": b"HTTP/1.1 502 Bad gateway\r\nContent-Length: 0\r\n\r\n",
    "garbage": b"\x00\xffnot HTTP at all\r\n\r\n",
    "page": b"HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\n<html>Hello</html>\n",
    "moved": b"HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n",
}
ACCEPTED_REPORT, DELIVERED_REPORT, FAILED_REPORT, QUEUED_REPORT = "8", "1", "2", "4"


@dataclass
class FaultyCarrier:
    """`calls` counts what was asked for by attempt, `effects` the messages made, `said` their last report.

    A keyed carrier makes one message of all calls with one key, and refuses a key whose message changed.
    """

    keyed: bool
    report: Callable[[str], Awaitable[httpx.Response]]
    seed: int = 11
    share: float = 0.25  # below what opens the breaker
    port: int = 0
    calls: Counter[UUID] = field(default_factory=Counter)
    effects: Counter[UUID] = field(default_factory=Counter)
    faults: Counter[UUID] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)
    texts: dict[UUID, tuple[str, ...]] = field(default_factory=dict)
    changed: set[UUID] = field(default_factory=set)
    said: dict[UUID, str] = field(default_factory=dict)
    reporting: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    @property
    def url(self) -> str:
        scheme = "keyed" if self.keyed else "kannel"
        return f"{scheme}://u:p@127.0.0.1:{self.port}/?from=38000&rate=400&timeout=0.6"

    @property
    def total(self) -> int:
        return self.calls.total()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while not writer.is_closing():
                head = await reader.readuntil(b"\r\n\r\n")
                query = parse_qs(urlsplit(head.split(b" ", 2)[1].decode()).query)
                await self._say(await self._fault(query), reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _fault(self, query: dict[str, list[str]]) -> str:
        """Choose what goes wrong with a call, and make its message when it does."""
        attempt = UUID(parse_qs(urlsplit(query["dlr-url"][0]).query)["attempt"][0])
        fault = self._fault_of(attempt)
        self.calls[attempt] += 1
        self.seen[fault] += 1
        if fault in {"", "drip"} or fault.endswith("after effect"):
            self._take(attempt, query)
        await asyncio.sleep(self.random.random() * 0.03)
        return fault.removesuffix(" after effect")

    def _fault_of(self, attempt: UUID) -> str:
        if self.faults[attempt] >= MOST_FAULTS or self.random.random() >= self.share:
            return ""
        self.faults[attempt] += 1
        return self.random.choice(FAULTS)

    @staticmethod
    async def _say(fault: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        match fault:
            case "":
                writer.write(ACCEPTED)
            case "silent":
                await reader.read()  # until the caller gives up
            case "reset":
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
                writer.transport.abort()
            case "drip":
                for octet in ACCEPTED:
                    writer.write(bytes([octet]))
                    await writer.drain()
                    await asyncio.sleep(0.1)
            case _:
                writer.write(ANSWERS[fault])
        if fault == "garbage":
            writer.close()
        await writer.drain()

    def _take(self, attempt: UUID, query: dict[str, list[str]]) -> None:
        """Make the message, unless its key made one, and report on it sooner or later."""
        said = tuple(query[name][0] for name in ("to", "from", "text"))
        if self.texts.setdefault(attempt, said) != said:
            self.changed.add(attempt)
        if self.keyed and self.effects[attempt]:
            return
        self.effects[attempt] += 1
        last = self.said[attempt] = FAILED_REPORT if self.random.random() < 0.1 else DELIVERED_REPORT
        reports = [QUEUED_REPORT, ACCEPTED_REPORT, last, self.random.choice((last, ACCEPTED_REPORT))]
        self.random.shuffle(reports)
        task = asyncio.create_task(self._report(query["dlr-url"][0], reports))
        self.reporting.add(task)
        task.add_done_callback(self.reporting.discard)

    async def _report(self, url: str, reports: list[str]) -> None:
        """Call the report's address, in any order, twice at times, again until it is heard."""
        parts = urlsplit(url)
        for kind in reports:
            await asyncio.sleep(self.random.random() * 0.3)
            address = f"{parts.path}?{parts.query.replace('%d', kind)}"
            await until(partial(self._is_heard, address), "a report to be heard", patience=60)

    async def _is_heard(self, address: str) -> bool:
        return (await self.report(address)).is_success


@asynccontextmanager
async def running_faulty(
    report: Callable[[str], Awaitable[httpx.Response]], *, keyed: bool
) -> AsyncIterator[FaultyCarrier]:
    carrier = FaultyCarrier(keyed, report)
    server = await asyncio.start_server(carrier.serve, "127.0.0.1", 0)
    carrier.port = server.sockets[0].getsockname()[1]
    try:
        yield carrier
        await asyncio.gather(*carrier.reporting)
    finally:
        server.close()
        for task in carrier.reporting:
            task.cancel()
