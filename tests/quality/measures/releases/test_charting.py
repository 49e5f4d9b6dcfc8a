"""A chart is judged once, when its month is published; whoever reads it reads nothing unrounded."""

from datetime import date
from decimal import Decimal

import asyncpg
import httpx
import pytest

from quality.access.scope import scoped, visible
from quality.db import fetch, pool
from quality.measures.models import ReleaseChart
from quality.measures.releases.charting import chart_of
from quality.measures.releases.releasing import create
from quality.measures.statistics import Moments
from quality.measures.statistics.control import Flag, Rule, Side
from tests.quality.measures.cells import answers, convene, write
from tests.world import World, sign_in

OF_FUND = """
SELECT c.* FROM release_chart c JOIN release_cell f USING (id)
WHERE f.scope_type = 'fund' AND f.indicator = 'GLOB' ORDER BY f.period
"""


def moments(clients: int, good: int) -> Moments:
    return Moments.of([(1, 1)] * good + [(1, 0)] * (clients - good))


async def fourteen_months(world: World) -> None:
    """Publish September 2025 to October 2026; only the last is far below."""
    await convene(world, world.herault, providers=(world.aide34,))
    for place in range(14):
        month = date(2025 + (8 + place) // 12, (8 + place) % 12 + 1, 1)
        good = 78 + 8 * (place % 2) if place < 13 else 55
        await write(world, answers(world.aide34, [world.herault], 100, good, month=month))
        await create(world.platform, f"{month:%Y-%m}")


def test_limits_have_the_decimals_of_their_month() -> None:
    chart = chart_of([("2026-08", moments(60, 50)), ("2026-09", moments(500, 401))])
    assert [(each.low % 1 == 0, each.high % 1 == 0) for each in chart.points] == [
        (True, True),
        (False, False),
    ]
    assert chart.centre == Decimal("80.5")


async def test_a_page_needs_nothing_unrounded(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await fourteen_months(world)
    await owner.execute("DELETE FROM release_base")
    await sign_in(client, world, "funder", world.herault)
    page = await client.get("/indicateurs/GLOB")
    assert "sous la limite basse" in page.text


async def test_the_rules_judge_unrounded_months_and_only_rounded_limits_are_kept(world: World) -> None:
    await fourteen_months(world)
    *_before, newest = await fetch(pool("work"), OF_FUND)
    async with scoped(world.funder):
        (row,) = await visible(world.funder, ReleaseChart).filter(id=newest["id"])
    assert len(row.points) == 14
    assert row.points[-1]["flags"] == [{"rule": Rule.LIMIT, "side": Side.LOW}]
    assert all(Decimal(str(point[side])) % 1 == 0 for point in row.points for side in ("low", "high"))


async def test_a_chart_stays_what_it_was_when_a_month_follows(world: World) -> None:
    await fourteen_months(world)
    charts = await fetch(pool("work"), OF_FUND)
    assert [str(row["points"]).count('"period"') for row in charts] == list(range(1, 15))


async def test_a_hidden_month_keeps_no_chart_and_a_quarter_none(world: World) -> None:
    await write(world, answers(world.aide34, [], 6, 3, month=date(2026, 7, 1)))
    await create(world.platform)
    assert await fetch(pool("work"), "SELECT 1 FROM release_chart") == []


@pytest.mark.parametrize("reader", ["stranger", "agent"])
async def test_gironde_and_the_desk_read_no_chart(world: World, reader: str) -> None:
    await fourteen_months(world)
    actor = getattr(world, reader)
    async with scoped(actor) as db:
        assert await fetch(db, "SELECT 1 FROM release_chart") == []
        assert await visible(actor, ReleaseChart) == []


async def test_a_provider_reads_the_charts_of_its_own_line(world: World) -> None:
    await fourteen_months(world)
    async with scoped(world.provider) as db:
        rows = await fetch(db, "SELECT DISTINCT provider_id FROM release_chart")
    assert [row["provider_id"] for row in rows] == [world.aide34]


def test_a_flag_says_rule_and_side() -> None:
    months = [(f"2025-{place:02}", moments(100, 80)) for place in range(1, 13)]
    chart = chart_of([*months, ("2026-01", moments(100, 60))])
    assert chart.points[-1].flags == (Flag(Rule.LIMIT, Side.LOW),)
