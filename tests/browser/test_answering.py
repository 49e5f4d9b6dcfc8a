"""A link answered to the end in a browser without JavaScript, as a person with a cheap telephone does."""

import asyncio
import re
from typing import Any

import asyncpg
import msgspec
import pytest
from playwright.async_api import Page

from quality.demo.providers import FIRST_SIRET
from quality.web.format import phone_text
from tests.browser.inspection import OVERFLOW
from tests.browser.links import Link, Links
from tests.browser.slow_link import FIRST_WINDOW, recorded
from tests.browser.visitor import NARROW, Visitor, double_text, follow, send_twice, watch

pytestmark = pytest.mark.browser

SUBMIT = "form button[type=submit]"
CLICKS = {
    "globale": "4",
    "ponctualite": "5",
    "travail": "nsp",
    "respect": "5",
    "conseil": "yes",
    "commentaire": "Très bien, merci à elle.",
    "rappel": "no",
}
STORED = {**CLICKS, "globale": 4, "ponctualite": 5, "respect": 5}


async def responses(behind: asyncpg.Connection, link: Link) -> list[dict[str, Any]]:
    rows = await behind.fetch("SELECT * FROM response WHERE invitation_id = $1", link.invitation)
    return [{**row, "answers": msgspec.json.decode(row["answers"])} for row in rows]


async def choose(page: Page, value: str) -> None:
    """Answer the question shown."""
    if await page.locator("textarea").count():
        await page.fill("textarea", value)
    else:
        await page.check(f"input[type=radio][value='{value}']")


async def question_of(page: Page) -> str:
    name = await page.locator("form [name]:not([type=hidden])").first.get_attribute("name")
    assert name
    return name


async def test_a_link_is_answered_to_the_end_without_javascript(
    visitor: Visitor, links: Links, behind: asyncpg.Connection
) -> None:
    link = links.take()
    page = await visitor.page(java_script_enabled=False, viewport=NARROW)
    await double_text(page)
    journal = watch(page)
    await page.goto(link.addresses[0])
    asked = []
    while not page.url.endswith("/qui"):
        assert await page.evaluate(OVERFLOW) == 0, page.url
        asked.append(await question_of(page))
        await choose(page, CLICKS[asked[-1]])
        await follow(page, SUBMIT)
    await choose(page, "self")
    await follow(page, SUBMIT)
    assert asked == list(CLICKS)
    assert len(journal.pages) <= len(asked) + 2
    assert "Merci, votre réponse est enregistrée" in await page.inner_text("h1")
    assert re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", await page.inner_text("main"))
    (stored,) = await responses(behind, link)
    assert (stored["answers"], stored["respondent"], stored["channel"]) == (STORED, "client", "web")


async def test_the_first_answer_counts_alone_and_the_link_goes_on_from_there(
    visitor: Visitor, links: Links, behind: asyncpg.Connection
) -> None:
    link = links.take()
    page = await visitor.page(java_script_enabled=False)
    await page.goto(link.path)
    await choose(page, "5")
    await follow(page, SUBMIT)
    (stored,) = await responses(behind, link)
    assert stored["answers"] == {"globale": 5}
    again = await visitor.page(java_script_enabled=False)
    await again.goto(link.path)
    assert await question_of(again) == "ponctualite"


async def complaints_of(page: Page) -> set[str]:
    await page.goto("/reclamations")
    rows = page.locator("main tbody a")
    return {str(await rows.nth(at).get_attribute("href")) for at in range(await rows.count())}


@pytest.mark.parametrize(("wish", "is_named"), [("nom", True), ("sans", False)])
async def test_a_low_mark_reaches_the_provider_as_its_client_wishes(
    visitor: Visitor, links: Links, wish: str, is_named: bool
) -> None:
    staff = await visitor.page("organisme")
    link = links.take(provider=FIRST_SIRET)
    before = await complaints_of(staff)
    page = await visitor.page(java_script_enabled=False)
    await page.goto(link.path)
    await choose(page, "2")
    await follow(page, SUBMIT)
    assert page.url.endswith("/souhait")
    assert await complaints_of(staff) == before, "nothing is told to a provider before the wish"
    await choose(page, wish)
    await follow(page, SUBMIT)
    assert await page.inner_text("h1") == "Merci, votre demande est enregistrée"
    (opened,) = await complaints_of(staff) - before
    row = staff.locator("main tbody tr", has=staff.locator(f"a[href='{opened}']"))
    assert ("Sans nom" not in await row.inner_text()) == is_named
    await staff.goto(opened)
    shown = await staff.inner_text("main")
    assert (phone_text(link.message["to"]) in shown) == is_named
    assert ("Sans nom" not in shown) == is_named


async def test_back_reload_and_a_double_submit_store_once(
    visitor: Visitor, links: Links, behind: asyncpg.Connection
) -> None:
    link = links.take()
    page = await visitor.page(java_script_enabled=False)
    await page.goto(link.path)
    await choose(page, "4")
    await send_twice(page, SUBMIT, "/2")
    await page.reload()
    await page.go_back()
    assert page.url.endswith(link.path), "back to the first question"
    await choose(page, "4")
    await follow(page, SUBMIT)
    fields: dict[str, str | float | bool] = {"ponctualite": "5", "proche": "non"}
    posts = [page.request.post(f"{link.path}/2", form=fields, headers=_origin(visitor)) for _ in range(4)]
    assert {answer.status for answer in await asyncio.gather(*posts)} == {200}
    (stored,) = await responses(behind, link)
    assert stored["answers"] == {"globale": 4, "ponctualite": 5}


async def test_a_wish_sent_twice_then_again_after_back_and_reload_is_one_complaint(
    visitor: Visitor, links: Links, behind: asyncpg.Connection
) -> None:
    link = links.take()
    page = await visitor.page(java_script_enabled=False)
    await page.goto(link.path)
    await choose(page, "1")
    await send_twice(page, SUBMIT, "/souhait")
    await choose(page, "sans")
    await send_twice(page, SUBMIT, "/merci")
    await page.reload()
    await page.go_back()
    await page.reload()
    await choose(page, "sans")
    await follow(page, SUBMIT)
    (stored,) = await responses(behind, link)
    opened = "SELECT count(*) FROM complaint WHERE source_id = $1"
    assert await behind.fetchval(opened, stored["id"]) == 1


def _origin(visitor: Visitor) -> dict[str, str]:
    return {"Origin": visitor.url}


async def test_an_empty_answer_says_what_is_missing_and_leads_to_the_field(
    visitor: Visitor, links: Links, behind: asyncpg.Connection
) -> None:
    link = links.take()
    page = await visitor.page(java_script_enabled=False)
    await page.goto(link.path)
    shown = await follow(page, SUBMIT)
    assert shown is not None
    assert shown.status == 422
    assert (await page.title()).startswith("Erreur\u00a0: ")
    first = page.locator("main > *").first
    assert await first.get_attribute("role") == "alert"
    await first.locator("a").click()
    focused = page.locator(":focus")
    assert (await focused.get_attribute("name"), await focused.get_attribute("value")) == ("globale", "1")
    assert await focused.get_attribute("aria-invalid") == "true"
    assert await responses(behind, link) == []


async def test_a_refusal_is_asked_once_more_then_kept(
    visitor: Visitor, links: Links, behind: asyncpg.Connection
) -> None:
    link = links.take()
    page = await visitor.page(java_script_enabled=False)
    await page.goto(f"{link.path}/stop")
    assert await refusals(behind, link) == 0, "opening the page refuses nothing"
    await follow(page, SUBMIT)
    assert await page.inner_text("h1") == "Votre refus est enregistré"
    assert await refusals(behind, link) > 0
    waiting = "SELECT count(*) FROM attempt WHERE invitation_id = $1 AND state = 'planned'"
    assert await behind.fetchval(waiting, link.invitation) == 0


async def refusals(behind: asyncpg.Connection, link: Link) -> int:
    counted: int = await behind.fetchval(
        """
        SELECT count(*) FROM endpoint e JOIN attempt a ON a.endpoint_id = e.id
        WHERE a.invitation_id = $1 AND e.refused_at IS NOT NULL
        """,
        link.invitation,
    )
    return counted


PAGES = ("/1", "/6", "/qui", "/lecteurs", "/probleme", "/souhait", "/merci", "/rappel", "/stop")


async def test_each_page_weighs_thirty_kilobytes_and_takes_two_requests_at_most(
    visitor: Visitor, links: Links
) -> None:
    link, first = links.take(), await visitor.page()
    low: dict[str, str | float | bool] = {"globale": "2"}
    assert (await first.request.post(f"{link.path}/1", form=low, headers=_origin(visitor))).ok
    for path in (*PAGES, "/1?langue=en", "/1?proche=oui&texte=grand"):
        page = await visitor.page()  # a new window has nothing in its cache
        seen = await recorded(page)
        answer = await page.goto(link.path + path)
        assert answer is not None
        assert answer.ok, path
        assert seen.kinds == ["Document", "Stylesheet"], (path, seen.asked)
        assert seen.weight <= 30_000, path


@pytest.mark.parametrize("wanted", ["", "note=4", "texte=grand"])
async def test_the_first_question_is_there_in_two_seconds_on_a_slow_telephone(
    visitor: Visitor, links: Links, wanted: str
) -> None:
    """Nothing but the page and its sheet is waited for, each comes in one round trip, and so few bytes."""
    link = links.take("email" if wanted == "note=4" else "sms")
    found = [address for address in link.addresses if wanted in address]
    page = await visitor.page(java_script_enabled=False)
    seen = await recorded(page, is_slow=True)
    await page.goto(found[0] if found else f"{link.path}/1?{wanted}")
    assert await page.locator("input[type=radio]").first.is_visible()
    assert seen.kinds == ["Document", "Stylesheet"], seen.asked
    assert len(seen.sizes) == len(seen.asked)
    assert 0 < max(seen.sizes) <= FIRST_WINDOW
    assert seen.seconds < 2
