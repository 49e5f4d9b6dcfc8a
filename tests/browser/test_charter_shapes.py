"""The pages of the charter as a screen reader tells them: samples, opened in a browser, kept as text."""

import pytest
from playwright.async_api import Browser, expect

from quality.web.rendering import environment
from tests.browser import charter_shapes
from tests.quality.web.pages import SAMPLES, TEMPLATES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("sample", "shape"),
    [
        ("charter_criterion_changed", charter_shapes.CRITERION),
        ("charter_table", charter_shapes.TABLE),
        ("charter", charter_shapes.RESULT),
    ],
)
async def test_a_screen_reader_is_told_each_question_each_answer_and_what_is_to_choose(
    chromium: Browser, sample: str, shape: str
) -> None:
    template, shell, fields = SAMPLES[sample]
    page = await chromium.new_page()
    await page.set_content(environment(TEMPLATES).get_template(template).render(shell=shell, **fields))
    await expect(page.locator("main")).to_match_aria_snapshot(shape)
    await page.close()
