"""By the keyboard alone: each home, an answer, a call; the focus is always seen and never covered."""

from typing import Any

import asyncpg
import pytest
from playwright.async_api import Page

from tests.browser.addresses import DOORS
from tests.browser.links import Links
from tests.browser.visitor import NARROW, Visitor

pytestmark = pytest.mark.browser

MOST_STOPS = 150
# What has the focus: where it leads, whether a ring shows it, whether something else lies over it.
FOCUS = """
() => {
  const one = document.activeElement;
  if (!one || one === document.body || one === document.documentElement) return null;
  const box = one.getBoundingClientRect(), look = getComputedStyle(one);
  const shown = one.matches("input[type=radio], input[type=checkbox]") ? one.closest("label") || one : one;
  const looks = [look, getComputedStyle(shown)];
  const ring = looks.some(each => (each.outlineStyle !== "none" && parseFloat(each.outlineWidth) >= 2)
    || each.boxShadow !== "none");
  const x = Math.min(Math.max(box.left + Math.min(box.width / 2, 20), 1), innerWidth - 1);
  const y = Math.min(Math.max(box.top + box.height / 2, 1), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const near = top && (one.contains(top) || top.contains(one) || shown.contains(top));
  return {name: one.outerHTML.slice(0, 110), text: (one.textContent || one.value || "").trim().slice(0, 60),
          href: one.getAttribute("href") || "", ring, covered: !near,
          inside: box.bottom > 0 && box.top < innerHeight};
}
"""


async def stops(page: Page) -> list[dict[str, Any]]:
    """Go through the page with the Tab key until the end; list what had the focus."""
    found: list[dict[str, Any]] = []
    for _ in range(MOST_STOPS):
        await page.keyboard.press("Tab")
        focus = await page.evaluate(FOCUS)
        if focus is None:
            return found
        found.append(focus)
    raise AssertionError(f"the keyboard never leaves the page: {found[-3:]}")


def faults(found: list[dict[str, Any]]) -> list[str]:
    wrong = [f"no ring: {each['name']}" for each in found if not each["ring"]]
    wrong += [f"covered: {each['name']}" for each in found if each["covered"]]
    return wrong + [f"out of sight: {each['name']}" for each in found if not each["inside"]]


@pytest.mark.parametrize("door", DOORS)
async def test_a_home_is_walked_with_the_keyboard_alone(visitor: Visitor, door: str) -> None:
    page = await visitor.page(door)
    await page.goto("/accueil")
    found = await stops(page)
    assert faults(found) == []
    assert found[0]["href"] == "#contenu"
    links = await page.locator(".shell a:visible, .shell button:visible, .shell select:visible").count()
    assert len([each for each in found if "skip" not in each["name"]]) >= links


@pytest.mark.parametrize("door", DOORS)
async def test_the_skip_link_of_a_home_leads_past_the_menu(visitor: Visitor, door: str) -> None:
    page = await visitor.page(door, viewport=NARROW)
    await page.goto("/accueil")
    await page.keyboard.press("Tab")
    assert await page.locator(".skip").evaluate("link => link.getBoundingClientRect().top >= 0")
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "contenu"


@pytest.mark.parametrize("door", [door for door in DOORS if door != "gironde"])
async def test_the_first_thing_to_do_opens_with_the_keyboard(visitor: Visitor, door: str) -> None:
    page = await visitor.page(door)
    await page.goto("/accueil")
    await page.evaluate("document.querySelector('main').focus()")
    for _ in range(MOST_STOPS):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.matches('main a')"):
            break
    async with page.expect_navigation() as led:
        await page.keyboard.press("Enter")
    assert (await led.value).status == 200  # type: ignore[union-attr]
    assert await page.inner_text("h1")


async def test_a_question_is_answered_with_the_keyboard_alone(
    visitor: Visitor, links: Links, behind: asyncpg.Connection
) -> None:
    link = links.take()
    page = await visitor.page(java_script_enabled=False)
    await page.goto(link.path)
    await page.keyboard.press("Tab")
    while not await page.locator("input[type=radio]:focus").count():
        await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    for _ in range(4):
        await page.keyboard.press("ArrowDown")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    stored = await behind.fetchval("SELECT answers FROM response WHERE invitation_id = $1", link.invitation)
    assert '"globale": 5' in stored or '"globale":5' in stored


async def test_every_page_of_a_call_is_reached_with_the_keyboard(visitor: Visitor) -> None:
    page = await visitor.page("appels")
    await page.goto("/appels")
    while not await page.locator("main button[type=submit]:focus").count():
        await page.keyboard.press("Tab")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert faults(await stops(page)) == []
