"""Answers leave in one packet each, whole and in order, whatever their shape."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from quality.web.serving import MOST_KEPT, GatheringProtocol, GatheringTransport
from tests.served import served

PARTS = [bytes([65 + number]) * 40_000 for number in range(20)]


class Wire:
    """A transport that keeps what is written to it, call by call."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.is_closed = False

    def write(self, data: bytes) -> None:
        assert not self.is_closed
        self.written.append(bytes(data))

    def close(self) -> None:
        self.is_closed = True

    def is_closing(self) -> bool:
        return self.is_closed

    def get_extra_info(self, name: str) -> None:
        """A wire has no address."""


@pytest.fixture
def wire() -> Wire:
    return Wire()


async def turn() -> None:
    """Let the loop turn once."""
    await asyncio.sleep(0)


async def test_what_is_written_in_one_turn_leaves_at_once(wire: Wire) -> None:
    transport = GatheringTransport(wire)  # type: ignore[arg-type]
    for part in (b"head ", b"body", b""):
        transport.write(part)
    assert not wire.written
    await turn()
    transport.write(b"next")
    await turn()
    await turn()
    assert wire.written == [b"head body", b"next"]


async def test_what_is_kept_leaves_before_the_end(wire: Wire) -> None:
    transport = GatheringTransport(wire)  # type: ignore[arg-type]
    transport.write(b"last words")
    transport.close()
    await turn()
    assert wire.written == [b"last words"]
    assert transport.is_closing()


async def test_much_is_not_kept(wire: Wire) -> None:
    transport = GatheringTransport(wire)  # type: ignore[arg-type]
    transport.write(b"x" * MOST_KEPT)
    assert len(wire.written) == 1


async def streamed() -> AsyncIterator[bytes]:
    for part in PARTS:
        yield part


async def plain(request: Request) -> Response:
    return PlainTextResponse(f"{request.method} {(await request.body()).decode()}")


async def flow(request: Request) -> Response:
    return StreamingResponse(streamed())


@pytest.fixture
async def port() -> AsyncIterator[int]:
    app = Starlette(routes=[Route("/plain", plain, methods=["GET", "POST"]), Route("/flow", flow)])
    async with served(app) as address:
        yield int(address.rpartition(":")[2])


async def test_a_served_answer_is_one_packet(wire: Wire) -> None:
    config = uvicorn.Config(
        Starlette(routes=[Route("/plain", plain)]), http=GatheringProtocol, lifespan="off"
    )
    config.load()
    state = uvicorn.Server(config).server_state
    protocol = config.http_protocol_class(config=config, server_state=state, app_state={})
    protocol.connection_made(wire)  # type: ignore[arg-type]
    protocol.data_received(asked("GET /plain", ends=False).encode())
    await asyncio.gather(*state.tasks)
    await turn()
    (packet,) = wire.written
    assert packet.startswith(b"HTTP/1.1 200")
    assert packet.endswith(b"GET ")
    protocol.connection_lost(None)


async def said(port: int, *requests: str) -> bytes:
    """Send some requests at once on one connection; the last one ends it. Give all that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write("".join(requests).encode())
    answer = await asyncio.wait_for(reader.read(), 30)
    writer.close()
    return answer


def asked(what: str, body: str = "", *, ends: bool = True) -> str:
    lines = [f"{what} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, *(["Connection: close"] if ends else []), "", body])


async def test_answers_of_every_shape_arrive_whole(port: int) -> None:
    assert (await said(port, asked("GET /plain"))).endswith(b"\r\n\r\nGET ")
    assert (await said(port, asked("POST /plain", "words"))).endswith(b"\r\n\r\nPOST words")
    head, _, rest = (await said(port, asked("HEAD /plain"))).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert not rest
    flowed = await said(port, asked("GET /flow"))
    places = [flowed.find(part) for part in PARTS]
    assert -1 not in places
    assert places == sorted(places)


async def test_requests_sent_at_once_are_answered_in_turn(port: int) -> None:
    answer = await said(port, asked("POST /plain", "one", ends=False), asked("POST /plain", "two"))
    assert answer.count(b"HTTP/1.1 200") == 2
    assert answer.index(b"POST one") < answer.index(b"POST two")
