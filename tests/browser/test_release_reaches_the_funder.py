"""An answer reaches the funder's figure with the release, and moves nothing before."""

import json
import re
from datetime import date

import asyncpg
import pytest
from playwright.async_api import Page

from quality.measures.releases.periods import month_of
from quality.web.format import period_text
from tests.browser.links import Link, Links
from tests.browser.visitor import Visitor, follow, main_of
from tests.live import Demo, business_day

pytestmark = pytest.mark.browser

INDICATOR = "GLOB"
READ = ("/indicateurs", f"/indicateurs/{INDICATOR}", "/conventions/herault-qualite")
# Recomputed from the cells alone: what the convention covers, all its answers of a month.
CELLS = """
SELECT count(DISTINCT c.pseudonym) AS clients, sum(c.n) AS n, sum(c.x) AS x
FROM cell c JOIN convention p ON p.code = 'herault-qualite'
WHERE c.indicator = $1 AND c.month = $2 AND c.admissible = 'yes' AND p.funder_id = ANY (c.funders)
  AND c.provider_id = ANY (p.providers) AND c.departement = ANY (p.departements) AND c.n > 0
"""
BASE = """
SELECT b.clients, b.n, b.x
FROM release_base b
JOIN release_cell r ON r.id = b.id
JOIN release ON release.id = r.release_id
JOIN convention p ON p.id = r.convention_id AND p.code = 'herault-qualite'
WHERE r.indicator = $1 AND release.period = $2 AND r.scope_type = 'fund' AND r.activity = ''
"""
Sums = tuple[int, int, int]


async def measured(behind: asyncpg.Connection, month: date) -> Sums:
    row = await behind.fetchrow(CELLS, INDICATOR, month)
    return row["clients"], int(row["n"]), int(row["x"])


async def released(behind: asyncpg.Connection, period: str) -> list[Sums]:
    rows = await behind.fetch(BASE, INDICATOR, period)
    return [(row["clients"], int(row["n"]), int(row["x"])) for row in rows]


async def answer_well(page: Page, link: Link) -> None:
    await page.goto(link.path)
    await page.check("input[name=globale][value='5']")
    await follow(page, "form button[type=submit]")


async def read_by(page: Page) -> list[str]:
    return [await main_of(page, path) for path in READ]


async def test_an_answer_is_in_the_figure_after_the_release_and_moves_nothing_before(
    visitor: Visitor, links: Links, behind: asyncpg.Connection, demo: Demo
) -> None:
    link = links.take(funder="D34")
    month = month_of(link.month)
    herault = await visitor.page("herault")
    read, without = await read_by(herault), await measured(behind, link.month)

    await answer_well(await visitor.page(java_script_enabled=False), link)
    answered = await measured(behind, link.month)
    assert answered[1:] == (without[1] + 1, without[2] + 1)
    assert await read_by(herault) == read, "an answer moves no figure of a funder"

    demo.advance("jour", await days_until(behind, month.releasable_on))
    assert await released(behind, month.code) == []
    assert await read_by(herault) == read, "time alone moves no figure of a funder"

    made = demo.command("release", "create", "--period", month.code, "--json")
    assert made.returncode == 0, made.stderr
    assert month.code in {each["period"] for each in json.loads(made.stdout)}
    assert await released(behind, month.code) == [await measured(behind, link.month)]
    assert await released(behind, month.code) == [answered]
    chosen = await main_of(herault, f"/indicateurs?periode={month.code}")
    assert period_text(month.code) in chosen.splitlines()[0]
    shown = await main_of(herault, f"/indicateurs/{INDICATOR}?periode={month.code}")
    assert re.search(r"\d+\s%", shown)
    assert demo.command("release", "verify").returncode == 0
    assert demo.command("release", "create", "--period", month.code).returncode == 1


async def days_until(behind: asyncpg.Connection, day: date) -> int:
    return max(0, (day - await business_day(behind)).days)
