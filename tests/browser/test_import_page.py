"""A provider's file on the page: previewed, confirmed, its rejects mended and sent again."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
from playwright.async_api import Download, FilePayload, Page

from quality.web.format import count
from tests.browser.visitor import Visitor, follow
from tests.files import visits_file
from tests.live import business_day

pytestmark = pytest.mark.browser

LINES, BAD = 5_000, 37
GOOD = LINES - BAD


async def send(page: Page, name: str, content: bytes) -> None:
    """Choose a file and have it read."""
    await page.goto("/imports")
    file = FilePayload(name=name, mimeType="text/csv", buffer=content)
    await page.set_input_files("input[type=file]", files=[file])
    await follow(page, "main form button[type=submit]")


async def content_of(download: Download) -> bytes:
    return await asyncio.to_thread(Path(await download.path()).read_bytes)


async def counts(page: Page) -> list[str]:
    """Read the four figures: new, changed, the same, refused."""
    return await page.locator("main dl.facts dd b").all_inner_texts()


async def errors(page: Page) -> list[tuple[int, str]]:
    found = []
    for row in await page.locator("main table tbody tr").all_inner_texts():
        line, column, *_ = re.split(r"\s*\t\s*|\n", row.strip())
        found.append((int(re.sub(r"\D", "", line)), column.strip()))
    return found


async def visits(behind: asyncpg.Connection) -> int:
    found: int = await behind.fetchval("SELECT count(*) FROM intervention")
    return found


async def test_a_file_of_five_thousand_lines_is_previewed_confirmed_and_its_rejects_mended(
    visitor: Visitor, behind: asyncpg.Connection
) -> None:
    sent = visits_file(LINES, BAD, await business_day(behind) - timedelta(days=4))
    page = await visitor.page("organisme")
    before = await visits(behind)
    await send(page, "visites.csv", sent.content)
    assert await counts(page) == [count(GOOD), "0", "0", str(BAD)]
    assert await errors(page) == list(sent.errors)
    assert await visits(behind) == before, "a preview writes no visit"

    await follow(page, "form[action$=confirmer] button:not([name])")
    assert f"{count(GOOD)} lignes enregistrées" in await page.inner_text("h1")
    assert await visits(behind) == before + GOOD

    async with page.expect_download() as download:
        await page.click("a[href$='rejets.csv']")
    await send(page, "rejets.csv", sent.mended(await content_of(await download.value)))
    assert await counts(page) == [str(BAD), "0", "0", "0"]
    await follow(page, "form[action$=confirmer] button:not([name])")
    assert await visits(behind) == before + LINES

    await send(page, "visites.csv", sent.content)
    assert await counts(page) == ["0", "0", count(GOOD), str(BAD)]
    await page.click("a[href='#abandon']")
    await follow(page, "button[name=choix][value=abandon]")
    assert await visits(behind) == before + LINES


async def test_a_file_that_cannot_be_read_says_why_and_what_to_do(visitor: Visitor) -> None:
    page = await visitor.page("organisme")
    await send(page, "photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(64))
    assert (await page.title()).startswith("Erreur\u00a0: ")
    assert await page.locator("main > *").first.get_attribute("role") == "alert"
    await page.locator("main > [role=alert] a").click()
    assert await page.locator(":focus").get_attribute("type") == "file"
