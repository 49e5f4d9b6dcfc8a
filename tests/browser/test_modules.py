"""The small modules of staff pages: each adds to a page that works without it, under the strict header."""

from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.async_api import Page, Route

from tests.browser.visitor import Visitor, watch

pytestmark = pytest.mark.browser

GALLERY = "/admin/composants"
TABLE = "section[aria-labelledby=tableaux]"
STATIC = Path(__file__).parents[2] / "static"
FORM = """<!doctype html><html lang="fr"><title>Essai</title>
<form method="post" action="/enregistrer" data-autosave><input type="hidden" name="jeton" value="j-1">
<label><input type="radio" name="note" value="oui"> Oui</label>
<label><input type="radio" name="note" value="non"> Non</label>
<p role="status" data-autosave-status data-saving="Enregistrement…" data-saved="Enregistré à {time}"
 data-failed="Pas encore enregistré"></p><button type="submit">Enregistrer</button></form>
<script type="module" src="/autosave.js"></script></html>"""


async def names(page: Page) -> list[str]:
    return [each.strip() for each in await page.locator(f"{TABLE} tbody th").all_inner_texts()]


async def gallery(visitor: Visitor, **options: object) -> Page:
    page = await visitor.page("plateforme", **options)
    await page.goto(GALLERY)
    return page


async def test_a_table_sorts_by_words_and_by_numbers_and_says_so(visitor: Visitor) -> None:
    page = await gallery(visitor)
    journal = watch(page)
    first = await names(page)
    clients = page.locator(f"{TABLE} th button", has_text="Clients")
    await clients.focus()
    await page.keyboard.press("Enter")
    assert await page.locator(f"{TABLE} [aria-sort]").get_attribute("aria-sort") == "ascending"
    assert await names(page) == first  # 120, 1 550, then the hidden one
    await page.keyboard.press("Enter")
    assert await names(page) == [first[1], first[0], first[2]], "a hidden figure stays last"
    await page.locator(f"{TABLE} th button", has_text="Organisme").click()
    assert await names(page) == sorted(first)
    assert await page.locator(f"{TABLE} [aria-sort]").count() == 1
    assert not journal.complaints


async def test_the_address_of_the_page_is_copied_and_the_page_says_so(visitor: Visitor) -> None:
    page = await gallery(visitor, permissions=["clipboard-read", "clipboard-write"])
    await page.click("a[data-copy]")
    await page.wait_for_function("document.getElementById('copie').textContent === 'Adresse copiée.'")
    assert await page.evaluate("navigator.clipboard.readText()") == visitor.url + GALLERY


async def test_without_a_clipboard_the_address_is_written(visitor: Visitor) -> None:
    page = await gallery(visitor)
    await page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')) }"
    )
    await page.click("a[data-copy]")
    await page.wait_for_function("document.getElementById('copie').textContent.includes('/admin/composants')")


async def test_a_dialog_opens_above_the_page_and_gives_the_place_back(visitor: Visitor) -> None:
    page = await gallery(visitor)
    opener, dialog = page.locator("a[data-dialog]"), page.locator("dialog")
    await opener.focus()
    await page.keyboard.press("Enter")
    assert await dialog.is_visible()
    await page.keyboard.press("Escape")
    assert not await dialog.is_visible()
    assert await opener.evaluate("element => element === document.activeElement")
    await opener.click()
    await page.click("dialog a[data-close]")
    assert not await dialog.is_visible()


async def test_without_script_everything_still_shows(visitor: Visitor) -> None:
    page = await gallery(visitor, java_script_enabled=False)
    assert await page.locator("th button").count() == 0
    await page.click("a[data-dialog]")
    assert await page.locator("dialog").is_visible()
    await page.click("dialog a[data-close]")
    assert not await page.locator("dialog").is_visible()
    await page.click("a[data-copy]")
    assert page.url == visitor.url + GALLERY


class Saving:
    """A site that keeps what a form posts, or breaks."""

    def __init__(self) -> None:
        self.posted: list[dict[str, list[str]]] = []
        self.status = 200

    async def answer(self, route: Route) -> None:
        path = route.request.url.rpartition("/")[2]
        if path == "autosave.js":
            await route.fulfill(
                body=(STATIC / path).read_text(encoding="utf-8"), content_type="text/javascript"
            )
        elif route.request.method == "GET":
            await route.fulfill(body=FORM, content_type="text/html; charset=utf-8")
        elif self.status:
            self.posted.append(parse_qs(route.request.post_data or ""))
            await route.fulfill(status=self.status, body="")
        else:
            await route.abort()


@pytest.fixture
async def form(visitor: Visitor) -> tuple[Page, Saving]:
    page, site = await visitor.page(), Saving()
    await page.route("**/*", site.answer)
    await page.goto("/essai")
    return page, site


async def said(page: Page, words: str) -> None:
    await page.wait_for_function(
        "words => document.querySelector('[role=status]').textContent.startsWith(words)", arg=words
    )


async def test_a_choice_is_saved_with_its_token_and_the_hour_is_said(form: tuple[Page, Saving]) -> None:
    page, site = form
    await page.check("[value=oui]")
    await said(page, "Enregistré à")
    assert site.posted == [{"jeton": ["j-1"], "note": ["oui"]}]
    assert "{time}" not in await page.inner_text("[role=status]")


@pytest.mark.parametrize("status", [0, 403, 500])
async def test_a_failure_is_said_and_the_next_change_saves_all(
    form: tuple[Page, Saving], status: int
) -> None:
    page, site = form
    site.status = status
    await page.check("[value=oui]")
    await said(page, "Pas encore enregistré")
    assert await page.is_checked("[value=oui]")
    site.status = 200
    await page.check("[value=non]")
    await said(page, "Enregistré à")
    assert site.posted[-1] == {"jeton": ["j-1"], "note": ["non"]}


async def test_the_button_still_sends_the_form(form: tuple[Page, Saving]) -> None:
    page, site = form
    await page.click("button")
    await page.wait_for_url("**/enregistrer")
    assert site.posted == [{"jeton": ["j-1"]}]


LIST = """<!doctype html><html lang="fr"><title>Essai</title><input id="champ"><table><tbody data-rows>
<tr><th scope="row"><a href="/un">Un</a></th></tr><tr><th scope="row"><a href="/deux">Deux</a></th></tr>
<tr><th scope="row"><a href="/trois">Trois</a></th></tr></tbody></table>
<script type="module" src="/list-keys.js"></script></html>"""


async def served(route: Route) -> None:
    path = route.request.url.rpartition("/")[2]
    if path.endswith(".js"):
        await route.fulfill(body=(STATIC / path).read_text(encoding="utf-8"), content_type="text/javascript")
    else:
        await route.fulfill(body=LIST, content_type="text/html; charset=utf-8")


async def test_a_list_is_gone_through_by_keys_and_a_field_keeps_its_letters(visitor: Visitor) -> None:
    page = await visitor.page()
    await page.route("**/*", served)
    await page.goto("/liste", wait_until="networkidle")
    chosen = page.locator("a:focus")
    await page.keyboard.press("ArrowDown")
    assert not await chosen.count(), "the arrows scroll until a line is chosen"
    for key, words in (("j", "Un"), ("J", "Deux"), ("ArrowDown", "Trois"), ("j", "Trois"), ("k", "Deux")):
        await page.keyboard.press(key)
        assert await chosen.inner_text() == words, key
    await page.focus("#champ")
    await page.keyboard.type("jk")
    assert await page.input_value("#champ") == "jk"
    await page.locator("a").first.focus()
    async with page.expect_navigation(url="**/un"):
        await page.keyboard.press("Enter")
