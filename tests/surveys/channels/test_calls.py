"""Calls of a carrier over HTTP: a connection for each call at once, kept for the next, and the very query."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from surveys.channels.calls import Calls

SAID = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class Gateway:
    """A carrier that keeps what it reads; told to hold, it answers when several calls have come."""

    holds: int = 1
    connections: int = 0
    heads: list[bytes] = field(default_factory=list)
    address: str = ""
    have_come: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while True:
            try:
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()
                return
            if len(self.heads) >= self.holds:
                self.have_come.set()
            await self.have_come.wait()
            writer.write(SAID)


@asynccontextmanager
async def gateway(holds: int = 1) -> AsyncIterator[tuple[Gateway, Calls]]:
    carrier = Gateway(holds)
    server = await asyncio.start_server(carrier.serve, "127.0.0.1", 0)
    carrier.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    calls = Calls(f"http://{carrier.address}/send", timeout=5.0)
    async with server:
        try:
            yield carrier, calls
        finally:
            await calls.close()


async def test_the_query_arrives_as_it_was_given_with_the_name_of_the_host() -> None:
    async with gateway() as (carrier, calls):
        answer = await calls.get("to=%2B336&text=a+b%25d")
    assert (answer.status_code, answer.text) == (202, "ok")
    lines = carrier.heads[0].decode().lower().split("\r\n")
    assert lines[0] == "get /send?to=%2b336&text=a+b%25d http/1.1"
    assert f"host: {carrier.address}" in lines


async def test_calls_that_follow_each_other_use_one_connection() -> None:
    async with gateway() as (carrier, calls):
        for n in range(5):
            await calls.get(f"n={n}")
    assert (carrier.connections, len(carrier.heads)) == (1, 5)


async def test_calls_at_once_have_a_connection_each_and_leave_it_to_the_next() -> None:
    async with gateway(holds=8) as (carrier, calls):
        for _ in range(2):
            await asyncio.gather(*(calls.get(f"n={n}") for n in range(8)))
    assert (carrier.connections, len(carrier.heads)) == (8, 16)


async def test_a_connection_that_was_cut_is_opened_again() -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(cut, "127.0.0.1", 0)
    calls = Calls(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/send", timeout=5.0)
    async with server:
        for _ in range(2):
            with pytest.raises(httpx.RemoteProtocolError):
                await calls.get("n=1")
        await calls.close()
