"""Calls of a carrier over HTTP: a connection for each call at once, and what all calls share prepared before.

One pool of fifty connections spends its time scanning itself, and a client its time preparing what never
changes: these are httpx's transports, each with one connection, a free one taken at each call.
"""

import asyncio
import ssl
import sys
from importlib.util import find_spec

import httpx

LIMITS = httpx.Limits(max_connections=1, max_keepalive_connections=1)
PHASES = 3  # the connection, the request, the answer: each within the timeout
NOTHING_SENT = (httpx.ConnectError, httpx.ConnectTimeout)

# httpcore asks for this optional module at each request. The search for what is not installed is made anew
# each time, and takes a third of the request: None says once that there is nothing to find.
if find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]


class Calls:
    """GET one address again and again, with another query each time."""

    def __init__(self, url: str, *, timeout: float) -> None:
        self._url = httpx.URL(url)
        self._headers = httpx.Request("GET", self._url, headers={"Accept": "*/*"}).headers
        self._timeouts = httpx.Timeout(timeout).as_dict()
        self._longest = PHASES * timeout
        self._context = ssl.create_default_context()
        self._free: list[httpx.AsyncHTTPTransport] = []
        self._opened: list[httpx.AsyncHTTPTransport] = []

    async def get(self, query: str) -> httpx.Response:
        """Return the whole answer, or raise what httpx raises; TimeoutError when it drips without end."""
        target = self._url.raw_path + b"?" + query.encode("ascii")
        request = httpx.Request(
            "GET",
            self._url,
            headers=self._headers,
            extensions={"timeout": self._timeouts, "target": target},
        )
        transport = self._free.pop() if self._free else self._open()
        try:
            async with asyncio.timeout(self._longest):  # httpx counts between bytes: a drip never ends
                return await _whole(transport, request)
        finally:
            self._free.append(transport)

    def _open(self) -> httpx.AsyncHTTPTransport:
        opened = httpx.AsyncHTTPTransport(verify=self._context, trust_env=False, limits=LIMITS)
        self._opened.append(opened)
        return opened

    async def close(self) -> None:
        for transport in self._opened:
            await transport.aclose()


async def _whole(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
    response = await transport.handle_async_request(request)
    try:
        await response.aread()
    except BaseException:
        await response.aclose()
        raise
    return response
