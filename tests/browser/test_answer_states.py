"""Every state of the answer pages, rendered from its sample: large, doubled, narrow, nothing overflows."""

from dataclasses import replace

import pytest
from playwright.async_api import Browser, Page, Route

from quality.web.rendering import TextSize, environment
from tests.browser.inspection import BEYOND, DOUBLED, OVERFLOW, faults
from tests.browser.visitor import NARROW
from tests.quality.web.pages import ANSWER, SAMPLES, TEMPLATES

pytestmark = pytest.mark.browser

SITE = "http://essai.invalid"
STATIC = TEMPLATES.parent / "static"
ENVIRONMENT = environment(TEMPLATES)
STATES = {name: sample for name, sample in SAMPLES.items() if sample[1] is ANSWER}
# A narrow page holds a name without a space too.
LONG = {"provider": "Association-familiale-d’aide-à-domicile-du-Haut-Languedoc-et-Vignobles"}


def rendered(name: str, *, is_large: bool) -> str:
    template, _, fields = STATES[name]
    shell = replace(ANSWER, text_size=TextSize(is_large, "/ici"))
    long = {field: words for field, words in LONG.items() if field in fields}
    return ENVIRONMENT.get_template(template).render(shell=shell, **{**fields, **long})


async def states(page: Page, *, is_large: bool) -> None:
    """Serve the samples to a window, with the sheet and nothing else."""

    async def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if name == "respond.css":
            await route.fulfill(path=STATIC / name, content_type="text/css")
        else:
            html = rendered(name, is_large=is_large)
            await route.fulfill(body=html, content_type="text/html; charset=utf-8")

    await page.route(f"{SITE}/**", answer)


@pytest.mark.parametrize("is_large", [False, True], ids=["normal", "large"])
async def test_no_state_of_an_answer_page_overflows_or_has_a_small_target(
    chromium: Browser, is_large: bool
) -> None:
    page = await chromium.new_page(viewport=NARROW)  # type: ignore[arg-type]
    await states(page, is_large=is_large)
    found = {}
    for name in STATES:
        await page.goto(f"{SITE}/s/{name}")
        wrong = await faults(page, is_answer=True)
        await page.evaluate(DOUBLED)
        if over := await page.evaluate(OVERFLOW):
            wrong.append(f"doubled, overflows by {over} px: {await page.evaluate(BEYOND)}")
        if wrong:
            found[name] = wrong
    await page.close()
    assert found == {}
