"""How answers leave: the head and the body of one in one packet, and not in one each.

Starlette sends the head of an answer, then its body, and uvicorn writes each to the network at once: two
calls of the system, and for a phone far away two packets.
"""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.auto import AutoHTTPProtocol

MOST_KEPT = 65_536  # bytes: uvicorn asks a writer to wait above them, so no more is kept from it


class GatheringTransport:
    """A transport that sends at once what is written in one turn of the loop."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._kept = bytearray()
        self._loop = asyncio.get_running_loop()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep some bytes until the turn ends, or until they are many."""
        if not self._kept and data:
            self._loop.call_soon(self._send)
        self._kept += data
        if len(self._kept) >= MOST_KEPT:
            self._send()

    def close(self) -> None:
        """Send what is kept, and close."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        if self._kept:
            kept, self._kept = self._kept, bytearray()
            self._transport.write(kept)


class GatheringProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """uvicorn's protocol of HTTP, on a transport that gathers."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Take a connection."""
        super().connection_made(cast("asyncio.Transport", GatheringTransport(transport)))
