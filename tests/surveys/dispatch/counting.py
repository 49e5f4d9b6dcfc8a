"""A small HTTP carrier that speaks like Kannel and counts what each attempt caused."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from urllib.parse import parse_qs, urlsplit
from uuid import UUID


@dataclass
class CountingCarrier:
    """`effects` counts the messages taken, by attempt; each answer comes a little after its effect."""

    url: str = ""
    delay: float = 0.05
    effects: Counter[UUID] = field(default_factory=Counter)
    random: Random = field(default_factory=lambda: Random(7))

    @property
    def total(self) -> int:
        return self.effects.total()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                query = parse_qs(urlsplit(head.split(b" ", 2)[1].decode()).query)
                report = parse_qs(urlsplit(query["dlr-url"][0]).query)
                self.effects[UUID(report["attempt"][0])] += 1
                await asyncio.sleep(self.delay * (0.5 + self.random.random()))
                writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 25\r\n\r\n0: Accepted for delivery\n")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def running_carrier(delay: float = 0.05) -> AsyncIterator[CountingCarrier]:
    carrier = CountingCarrier(delay=delay)
    server = await asyncio.start_server(carrier.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    carrier.url = f"kannel://u:p@127.0.0.1:{port}/?from=38000&rate=200"
    try:
        yield carrier
    finally:
        server.close()
