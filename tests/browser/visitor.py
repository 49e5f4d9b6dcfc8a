"""Somebody in front of a browser: opens windows, enters by a door of the demonstration, follows a click."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import BrowserContext, ConsoleMessage, Error, Page, Request, Response, Route, expect

NARROW, WIDE = {"width": 320, "height": 800}, {"width": 1280, "height": 900}
DESK = {"width": 1024, "height": 768}  # the smallest screen of a phone desk


@dataclass
class Journal:
    """What a page asked for and complained about."""

    requests: list[Request] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def pages(self) -> list[Response]:
        """The documents that were shown, redirections left out."""
        return [each for each in self.responses if each.request.is_navigation_request() and _is_shown(each)]

    def asked(self, request: Request) -> None:
        self.requests.append(request)

    def answered(self, response: Response) -> None:
        self.responses.append(response)

    def failed(self, error: Error) -> None:
        self.complaints.append(str(error))

    def said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def clear(self) -> None:
        self.requests.clear()
        self.responses.clear()
        self.complaints.clear()


def _is_shown(response: Response) -> bool:
    return not 300 <= response.status < 400


def watch(page: Page) -> Journal:
    """Write down what a page does from now on."""
    journal = Journal()
    page.on("request", journal.asked)
    page.on("response", journal.answered)
    page.on("pageerror", journal.failed)
    page.on("console", journal.said)
    return journal


@dataclass(frozen=True)
class Visitor:
    url: str
    window: Callable[..., Awaitable[BrowserContext]]

    async def page(self, door: str = "", **options: Any) -> Page:
        """Open a window, and enter by a door without its password when one is named."""
        context = await self.window(**{"viewport": WIDE, **options})
        if door:
            entered = await context.request.post(
                "/demo/entrer", form={"porte": door}, headers={"Origin": self.url}, max_redirects=0
            )
            assert entered.status == 303, f"the door {door} is shut"
        return await context.new_page()


async def double_text(page: Page) -> None:
    """Ask for text twice as large, as the settings of a browser do."""
    session = await page.context.new_cdp_session(page)
    await session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})


async def follow(page: Page, selector: str) -> Response | None:
    """Click on what leads to another page, and wait for it."""
    async with page.expect_navigation() as navigation:
        await page.click(selector)
    return await navigation.value


async def send_twice(page: Page, selector: str, towards: str) -> None:
    """Click twice on what sends a form, and wait for the page, known by its end, that the second leads to.

    The second click leaves once the server has answered the first, before the browser knows.
    """
    posted: list[Route] = []
    is_stored = asyncio.Event()

    async def hold_the_first(route: Route) -> None:
        if route.request.method == "POST":
            posted.append(route)
        if posted == [route]:
            await route.fetch(max_redirects=0)
            is_stored.set()
        else:
            await route.continue_()

    await page.route("**", hold_the_first)
    button = page.locator(selector)
    await button.scroll_into_view_if_needed()
    box = await button.bounding_box()
    assert box
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await page.mouse.click(*middle)
    await is_stored.wait()
    await page.mouse.click(*middle)  # a locator would wait for the page that the first click asked for
    await expect(page).to_have_url(re.compile(f"{towards}$"))
    await page.wait_for_load_state()
    await page.unroute("**", hold_the_first)
    assert len(posted) == 2


async def main_of(page: Page, path: str) -> str:
    """Open a page and give the text of its main part."""
    await page.goto(path)
    return await page.inner_text("main")
