"""Somebody writes an SMS: its cost is told at each letter, and one click replaces what makes it cost more."""

import json

import pytest
from playwright.async_api import Page

from surveys.channels.gsm7 import count, transliterate
from surveys.messages.counting import cost
from surveys.messages.meter import meter
from tests.browser.visitor import Visitor, follow, watch

pytestmark = pytest.mark.browser

OPENING = "/protocoles/messages/opening/fr"
RAISED = "{plateforme} : êtes-vous bien ? {question}. Répondez {notes} ou {lien} STOP=refus"
ASKED = "La lettre ê fait passer ce message à 3 SMS. La remplacer ?"


def plain(words: str) -> str:
    return words.replace("\xa0", " ").replace("\u202f", " ")


async def said(page: Page, part: str) -> str:
    return plain(await page.locator(f"[data-{part}]").inner_text())


async def test_a_letter_that_makes_a_message_three_sms_is_replaced_by_one_click(visitor: Visitor) -> None:
    page = await visitor.page("plateforme")
    journal = watch(page)
    await page.goto(OPENING)
    assert await said(page, "cost") == "1 SMS par personne"
    await page.fill("#texte", RAISED)
    assert await said(page, "question") == ASKED
    assert await said(page, "cost") == "3 SMS par personne"
    assert await page.locator("mark").all_inner_texts() == ["ê"]
    assert (await said(page, "accept")).strip() == "J’accepte 3 SMS par personne"
    assert await said(page, "repair") == "Remplacer « ê » par « e »"
    await page.click("[data-repair]")
    assert await page.input_value("#texte") == RAISED.replace("ê", "e")
    assert not await page.locator("[data-alarm]").is_visible()
    assert not await page.locator("mark").count()
    assert page.url.endswith(OPENING), "nothing is sent by a repair"
    assert not journal.complaints


async def test_without_a_script_the_server_counts_and_repairs(visitor: Visitor) -> None:
    page = await visitor.page("plateforme", java_script_enabled=False)
    await page.goto(OPENING)
    await page.fill("#texte", RAISED)
    await follow(page, "button[value=verifier]")
    assert await said(page, "question") == ASKED
    await follow(page, "button[value=remplacer]")
    assert await page.input_value("#texte") == RAISED.replace("ê", "e")
    assert not await page.locator("[data-alarm]").is_visible()


async def test_a_fact_is_put_where_the_cursor_is(visitor: Visitor) -> None:
    page = await visitor.page("plateforme")
    await page.goto(OPENING)
    await page.fill("#texte", "Bonjour, ")
    await page.click("[data-insert='{organisme}']")
    assert await page.input_value("#texte") == "Bonjour, {organisme}"


TEXTS = (
    *("", "a" * 160, "a" * 161, "€" * 80, "€" * 81, "a" * 152 + "€", "a" * 159 + "€" + "b" * 200),
    *("ê" * 70, "ê" * 71, "😀" * 35, "😀" * 36, "a" * 66 + "😀" + "ê" * 70, "é" * 306, "é" * 307),
    *(
        "« Être » à l’heure…",
        "cœur\xa0: 5\u202f€ – ﬁn",
        "Ω Ж ½ ™ ﷽ e\u0301 \u200b\u2028 ü",
        "{jour} ?. {jour} !. {rien}",
    ),
)
COUNTED = """
async ([texts, given]) => {
  const { count, longest, texts: all, transliterate } = await import("/static/gsm7.js");
  return texts.map((text) => {
    const found = count(text, given);
    const shown = longest(all(text, given), given);
    return [found.units, found.segments, found.guilty, transliterate(text, given), count(shown, given).units];
  });
}
"""


async def test_the_script_counts_as_the_server_does(visitor: Visitor) -> None:
    page = await visitor.page("plateforme")
    await page.goto(OPENING)
    cases = [{"jour": "lundi"}, {"jour": "vendredi"}]
    given = json.loads(meter("texte", "", cases).given)
    found = await page.evaluate(COUNTED, [TEXTS, given])
    for text, (units, segments, guilty, written, longest) in zip(TEXTS, found, strict=True):
        expected = count(text)
        assert (units, segments, tuple(guilty)) == (expected.units, expected.segments, expected.guilty), text
        assert written == transliterate(text), text
        assert longest == cost(text, cases).count.units, text
