"""What Chromium itself records of a page that it loads, and how long that takes on a slow telephone.

Its clock is left alone, as a busy machine falsifies it. A page is there once its connection is open and each
request has been answered: so many round trips, and so many bytes on the link.
"""

from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Page

LATENCY_MS, BYTES_A_SECOND = 400, 50_000
OPENING = 2  # round trips of TCP and of TLS 1.3 before the first request
FIRST_WINDOW = 14_600  # bytes that come in one round trip: ten segments (RFC 6928)
SLOW = {
    "offline": False,
    "latency": LATENCY_MS,
    "downloadThroughput": BYTES_A_SECOND,
    "uploadThroughput": BYTES_A_SECOND,
}


@dataclass
class Recorder:
    """The requests of one window: what each asked, and its bytes, headers included."""

    asked: list[tuple[str, str]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    links: set[str] = field(default_factory=set)

    def sent(self, event: dict[str, Any]) -> None:
        if event["request"]["url"].startswith("data:"):
            return
        self.links.add(event["requestId"])
        self.asked.append((event["type"], event["request"]["url"]))
        if "redirectResponse" in event:
            self.sizes.append(int(event["redirectResponse"]["encodedDataLength"]))

    def finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self.links:
            self.sizes.append(int(event["encodedDataLength"]))

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.asked]

    @property
    def weight(self) -> int:
        return sum(self.sizes)

    @property
    def seconds(self) -> float:
        return seconds_until_there(len(self.asked), self.weight)


def seconds_until_there(requests: int, weight: int) -> float:
    """Give how long a page takes when each request waits for the one before and fits the first window.

    >>> seconds_until_there(2, 10_000)
    1.8
    """
    return (OPENING + requests) * LATENCY_MS / 1000 + weight / BYTES_A_SECOND


async def recorded(page: Page, *, is_slow: bool = False) -> Recorder:
    """Write down what a window asks from now on, over a slow link if told so."""
    session, recorder = await page.context.new_cdp_session(page), Recorder()
    session.on("Network.requestWillBeSent", recorder.sent)
    session.on("Network.loadingFinished", recorder.finished)
    await session.send("Network.enable")
    if is_slow:
        await session.send("Network.emulateNetworkConditions", SLOW)
    return recorder
