"""A criterion by its keys alone: answer, go on, come back; keys that can be turned off, and none needed."""

import pytest
from playwright.async_api import Page

from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

CHOSEN = "input[name=reponse]:checked"
TOGGLE = "[data-keys]"


async def path(page: Page) -> str:
    found: str = await page.evaluate("location.pathname")
    return found


async def chosen(page: Page) -> list[str]:
    found: list[str] = await page.locator(CHOSEN).evaluate_all("all => all.map(one => one.value)")
    return found


async def opened(visitor: Visitor, address: str) -> Page:
    page = await visitor.page("organisme")
    await page.goto(address)
    return page


async def test_a_criterion_is_answered_and_left_without_a_mouse(visitor: Visitor) -> None:
    page = await opened(visitor, "/charte/6/4")
    await page.keyboard.press("2")
    assert await page.locator(CHOSEN).get_attribute("value") == "partly"
    await page.keyboard.press("Tab")
    await page.keyboard.type("Revus 2 fois par an, non.")
    assert await page.locator(CHOSEN).get_attribute("value") == "partly"
    await page.keyboard.press("Tab")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert await path(page) == "/charte/6/5"
    async with page.expect_navigation():
        await page.keyboard.press("p")
    assert await path(page) == "/charte/6/4"
    assert await page.input_value("#commentaire") == "Revus 2 fois par an, non."
    async with page.expect_navigation():
        await page.keyboard.press("n")
    assert await path(page) == "/charte/6/5"


async def test_the_reason_is_asked_only_with_not_concerned(visitor: Visitor) -> None:
    page = await opened(visitor, "/charte/6/7")
    assert not await page.is_visible("#motif")
    await page.keyboard.press("4")
    assert await page.is_visible("#motif")
    await page.keyboard.press("1")
    assert not await page.is_visible("#motif")


async def test_keys_turned_off_do_nothing_and_are_no_longer_shown(visitor: Visitor) -> None:
    page = await opened(visitor, "/charte/6/7")
    assert await page.locator("kbd:visible").count() > 4
    before = await chosen(page)  # another test may have answered this criterion
    assert before != ["partly"]
    await page.click(TOGGLE)
    assert await page.locator("kbd:visible").count() == 0
    await page.keyboard.press("2")
    assert await chosen(page) == before
    await page.reload()
    assert await page.locator("kbd:visible").count() == 0
    await page.click(TOGGLE)
    await page.keyboard.press("2")
    assert await page.locator(CHOSEN).get_attribute("value") == "partly"


async def test_an_answer_is_kept_before_anybody_sends_the_form(visitor: Visitor) -> None:
    page = await opened(visitor, "/charte/6/1")
    await page.fill("#commentaire", "Nommée en 2024.")
    await page.wait_for_timeout(1500)
    assert await page.inner_text("[data-autosave-status]") == ""
    async with page.expect_response(lambda answer: answer.request.method == "POST") as posted:
        await page.keyboard.press("Shift+Tab")
        await page.keyboard.press("1")
    assert (await posted.value).status == 204
    await page.wait_for_function("document.querySelector('[data-autosave-status]').textContent.length > 0")
    await page.reload()
    assert await page.locator(CHOSEN).get_attribute("value") == "yes"
    assert await page.input_value("#commentaire") == "Nommée en 2024."


async def test_without_a_script_a_criterion_is_answered_and_offers_no_key(visitor: Visitor) -> None:
    page = await visitor.page("organisme", java_script_enabled=False)
    await page.goto("/charte/6/6")
    assert await page.locator("kbd:visible").count() == 0
    assert await page.locator(TOGGLE).is_hidden()
    await page.check("input[value=yes]")
    await page.click("main form button[type=submit]")
    assert "Critère 6.6 enregistré." in await page.inner_text("main")


async def test_a_whole_chapter_is_answered_without_a_mouse(visitor: Visitor) -> None:
    page = await opened(visitor, "/charte/5")
    rows = await page.locator("main tbody tr").count()
    await page.goto("/charte/5/1")
    for rank in range(1, rows + 1):
        assert await path(page) == f"/charte/5/{rank}"
        async with page.expect_response(lambda answer: answer.request.method == "POST") as posted:
            await page.keyboard.press("3" if rank % 2 else "1")
            await page.keyboard.press("Tab")
            await page.keyboard.type(f"Revu au clavier, {rank}.")
        assert (await posted.value).status == 204
        await page.keyboard.press("Shift+Tab")
        async with page.expect_navigation():
            await page.keyboard.press("n")
    await page.goto("/charte/5")
    words = await page.inner_text("main tbody")
    assert words.count("Revu au clavier") == rows
    assert "À revoir" not in words


async def test_digits_answer_one_element_after_the_other(visitor: Visitor) -> None:
    page = await opened(visitor, "/charte/1/1?edition=three-chapters-2026")
    for digit in ("4", "3", "5"):
        await page.keyboard.press(digit)
    checked = "all => all.map(one => one.value)"
    found = await page.locator("main input[type=radio]:checked").evaluate_all(checked)
    assert found == ["4", "3", "star"]
