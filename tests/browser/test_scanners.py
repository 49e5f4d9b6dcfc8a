"""Scanners of e-mail open every link, some in a real browser: nothing is stored until a person sends."""

import asyncio
import re

import asyncpg
import pytest
from playwright.async_api import Page

from tests.browser.links import Links
from tests.browser.visitor import Visitor, follow
from tests.live import Demo

pytestmark = pytest.mark.browser

ROUNDS, WAITED_MS = 3, 10_000
HREF = re.compile(r'href="(http[^"]+)"')
# What an answer may write: rows are counted. The worker goes over old rows meanwhile: a change shows in those
# of the invitation only.
WRITTEN = ("response", "signal", "complaint", "complaint_event", "complaint_subject", "inbound")
OF_THE_INVITATION = {
    "invitation": "id = $1",
    "response": "invitation_id = $1",
    "signal": "source_id IN (SELECT id FROM response WHERE invitation_id = $1)",
    "attempt": "invitation_id = $1",
    "call_case": "invitation_id = $1",
    "cell": "pseudonym = (SELECT pseudonym FROM invitation WHERE id = $1)",
    "endpoint": "id IN (SELECT endpoint_id FROM attempt WHERE invitation_id = $1)",
    "person": "id IN (SELECT person_id FROM attempt WHERE invitation_id = $1)",
}
CHANGES = "count(*), coalesce(sum(xmin::text::bigint), 0)::bigint"
Rows = dict[str, tuple[int, int]]


async def state(behind: asyncpg.Connection, invitation: object) -> Rows:
    """Count rows, and add the transactions that wrote those of the invitation, so that a change shows too."""
    found = {
        f"every {table}": (await behind.fetchval(f"SELECT count(*) FROM {table}"), 0) for table in WRITTEN
    }
    for table, those in OF_THE_INVITATION.items():
        row = await behind.fetchrow(f'SELECT {CHANGES} FROM "{table}" WHERE {those}', invitation)
        found[table] = (row[0], row[1])
    return found


async def open_beyond(page: Page, opened: set[str], waiting: list[str]) -> set[str]:
    """Open everything of ours that the pages opened lead to, script and all."""
    while waiting:
        address = waiting.pop().partition("#")[0]
        if address not in opened and "/s/" in address:
            opened |= {address}
            await page.goto(address)
            waiting += await leads(page)
    return opened


async def leads(page: Page) -> list[str]:
    found: list[str] = await page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    return found


async def wait(page: Page) -> None:
    """Let a page live ten seconds more, of a clock of its own that runs as soon as nothing is awaited."""
    session, over = await page.context.new_cdp_session(page), asyncio.Event()
    session.once("Emulation.virtualTimeBudgetExpired", lambda _: over.set())
    given = {"policy": "pauseIfNetworkFetchesPending", "budget": WAITED_MS}
    await session.send("Emulation.setVirtualTimePolicy", given)
    await over.wait()
    await session.send("Emulation.setVirtualTimePolicy", {"policy": "advance"})
    await session.detach()


async def test_a_page_that_goes_elsewhere_after_nine_seconds_is_seen_to(visitor: Visitor) -> None:
    page, moves = await visitor.page(), "<meta http-equiv=refresh content='9;url=/ailleurs'>"
    await page.route("**/attend", lambda route: route.fulfill(body=moves, content_type="text/html"))
    await page.route("**/ailleurs", lambda route: route.fulfill(body="là", content_type="text/html"))
    await page.goto("/attend")
    await wait(page)
    assert page.url == f"{visitor.url}/ailleurs"


async def test_opening_every_link_of_an_email_stores_nothing_and_one_click_stores_one_answer(
    visitor: Visitor, links: Links, behind: asyncpg.Connection, demo: Demo
) -> None:
    link = links.take("email")
    addresses = sorted({*link.addresses, *HREF.findall(link.message["html"])})
    assert len(addresses) >= 7
    before = await state(behind, link.invitation)
    page, found = await visitor.page(), list[str]()
    for _ in range(ROUNDS):
        for address in addresses:
            assert (await page.request.head(address)).ok
            shown = await page.goto(address)
            assert shown is not None
            assert shown.ok
            await wait(page)
            assert page.url == address
            found += await leads(page)
    assert len(await open_beyond(page, set(addresses), found)) > len(addresses)
    assert await state(behind, link.invitation) == before

    await page.goto(next(address for address in addresses if "note=4" in address))
    assert await page.is_checked("input[value='4']")
    await follow(page, "form button[type=submit] >> text=Envoyer ma réponse")
    after = await state(behind, link.invitation)
    assert after["response"][0] == before["response"][0] + 1
    answers = await behind.fetch("SELECT answers FROM response WHERE invitation_id = $1", link.invitation)
    assert [row["answers"].replace(" ", "") for row in answers] == ['{"globale":4}']


async def test_the_one_click_refusal_of_a_mailbox_is_a_post_and_its_address_refuses_nothing_when_opened(
    visitor: Visitor, links: Links, behind: asyncpg.Connection
) -> None:
    link = links.take("email")
    address = next(each for each in link.addresses if each.endswith("/stop"))
    before = await state(behind, link.invitation)
    page = await visitor.page()
    for _ in range(ROUNDS):
        await page.goto(address)
    assert await state(behind, link.invitation) == before
    form: dict[str, str | float | bool] = {"List-Unsubscribe": "One-Click"}
    assert (await page.request.post(address, form=form)).ok  # RFC 8058: no cookie, no Origin
    after = await state(behind, link.invitation)
    assert after["endpoint"] != before["endpoint"]
    assert after["response"] == before["response"]
