"""One demonstration, one Chromium and one look behind the scenes for every test of this folder."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from playwright.async_api import Browser, BrowserContext, async_playwright

from tests.browser.links import Links
from tests.browser.visitor import Visitor
from tests.conftest import need
from tests.live import Demo, serving

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--disable-extensions",
]
HERE = Path(__file__).parent
# One gives the worker thousands of visits to decide, the other moves the clock past the end of every link.
LAST = ("test_import_page", "test_release_reaches_the_funder")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LAST.index(item.path.stem) if _is_last(item) else -1)


def _is_last(item: pytest.Item) -> bool:
    return item.path.is_relative_to(HERE) and item.path.stem in LAST


def _need_chromium() -> None:
    need(CHROMIUM.exists(), "Chromium (/usr/bin/chromium)")


@pytest.fixture(scope="package")
def demo() -> Iterator[Demo]:
    _need_chromium()
    with serving() as running:
        yield running


@pytest.fixture(scope="package")
async def behind(demo: Demo) -> AsyncIterator[asyncpg.Connection]:
    """The demonstration's database, behind every policy."""
    connection = await demo.owner()
    yield connection
    await connection.close()


@pytest.fixture(scope="package")
async def chromium() -> AsyncIterator[Browser]:
    _need_chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def visitor(chromium: Browser, demo: Demo) -> AsyncIterator[Visitor]:
    """Somebody who opens pages in windows of their own, closed afterwards."""
    windows: list[BrowserContext] = []

    async def window(**options: Any) -> BrowserContext:
        made = await chromium.new_context(base_url=demo.url, locale="fr-FR", **options)
        windows.append(made)
        return made

    yield Visitor(demo.url, window)
    for each in windows:
        await each.close()


@pytest.fixture(scope="package")
async def links(demo: Demo, behind: asyncpg.Connection) -> Links:
    """The live links of the demonstration, each given to one test only."""
    return await Links.read(demo, behind)
