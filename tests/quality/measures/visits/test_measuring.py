"""Visits as cells: exact after every change, counted again at any time, published as any figure."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import asyncpg
import pytest

from quality import clock
from quality.complaints.learning import measuring as complaints
from quality.db import execute, fetch, pool, transaction
from quality.measures.recounting import CellsDiffer
from quality.measures.releases.releasing import create, verify
from quality.measures.visits.measuring import measure, recomputed
from quality.measures.visits.measuring import verify as verify_visits
from tests.quality.complaints.opened import filed
from tests.surveys.visits import MORNING, Someone, someone, visit
from tests.world import World

CELLS = """
SELECT indicator, sum(n)::int AS n, sum(x)::int AS x FROM cell
GROUP BY indicator HAVING sum(n) > 0 ORDER BY indicator
"""
OCTOBER = datetime(2026, 10, 6, 8, 0, tzinfo=MORNING.tzinfo)
DAY = timedelta(days=1)


async def sums() -> dict[str, tuple[int, int]]:
    """Measure, then read what all cells add up to."""
    await measure(None)
    return {row["indicator"]: (row["n"], row["x"]) for row in await fetch(pool("work"), CELLS)}


async def agrees() -> bool:
    async with transaction("work") as db:
        return await recomputed(db) == []


async def came(client: Someone, day: int = 0, late: int = 0, **facts: object) -> object:
    """Write a visit of the sixth of October and days after, so many minutes late."""
    end = OCTOBER + day * DAY + timedelta(minutes=late)
    planned = OCTOBER + day * DAY - timedelta(hours=1)
    return await visit(client, end, planned_start=planned, is_undecided=False, **facts)


async def test_visits_add_to_the_cells_once_whatever_how_often_they_are_counted(world: World) -> None:
    client = await someone(world)
    for day in range(4):
        await came(client, day, worker_reference="w1" if day else "w2", plan_reference="p", hours_notified=8)
    for _ in range(2):
        assert await sums() == {
            "ABS": (4, 0),
            "CONT_O": (1, 5_000),
            "EFFEC": (480, 240),
            "PONCT_O": (4, 4),
            "RECL_T": (4, 0),
        }
    assert await agrees()


async def test_a_visit_that_is_corrected_moves_exactly_what_it_added(world: World) -> None:
    client = await someone(world)
    late = await came(client, late=40)
    assert (await sums())["PONCT_O"] == (1, 0)
    change = "UPDATE intervention SET started_at = planned_start WHERE id = $1"
    await execute(pool("work"), change, late)
    assert (await sums())["PONCT_O"] == (1, 1)
    missed = "UPDATE intervention SET status = 'not_done', status_reason = 'organisation' WHERE id = $1"
    await execute(pool("work"), missed, late)
    assert await sums() == {"ABS": (1, 1), "RECL_T": (1, 0)}
    assert await agrees()


async def test_a_visit_put_to_another_month_leaves_nothing_behind(world: World) -> None:
    moved = await came(await someone(world))
    await sums()
    later = """
        UPDATE intervention SET started_at = started_at + interval '40 days',
            ended_at = ended_at + interval '40 days' WHERE id = $1
    """
    await execute(pool("work"), later, moved)
    await sums()
    rows = await fetch(pool("work"), "SELECT DISTINCT month FROM cell WHERE n > 0")
    assert [row["month"] for row in rows] == [date(2026, 11, 1)]
    assert await agrees()


async def test_a_cell_that_was_touched_is_found(world: World) -> None:
    await came(await someone(world))
    await sums()
    await execute(pool("work"), "UPDATE cell SET x = 0 WHERE indicator = 'PONCT_O'")
    with pytest.raises(CellsDiffer):
        await verify_visits(None)


async def test_the_person_is_the_one_of_the_first_look(world: World) -> None:
    client = await someone(world)
    await came(client)
    await sums()
    other = await someone(world)
    await execute(pool("work"), "UPDATE client SET person_id = $1 WHERE id = $2", other.person, client.id)
    await came(client, 1)
    await sums()
    rows = await fetch(pool("work"), "SELECT DISTINCT pseudonym FROM cell WHERE n > 0")
    assert [row["pseudonym"] for row in rows] == [client.person]


async def test_complaints_are_counted_beside_visits_and_each_side_agrees(world: World) -> None:
    await filed(world)
    await complaints.measure(None)
    await measure(None)
    rows = await fetch(pool("work"), "SELECT sum(x)::int AS x FROM cell WHERE indicator = 'RECL_T'")
    assert rows[0]["x"] == 1
    await complaints.verify(None)
    await verify_visits(None)


async def test_what_visits_say_is_published_settled_before_and_protected(
    world: World, owner: asyncpg.Connection
) -> None:
    for number in range(20):
        client = await someone(world)
        for day in range(4):
            late = 40 if number < 5 else 0
            facts = {"worker_reference": f"w{day % 2}", "plan_reference": "p", "hours_notified": Decimal(5)}
            await came(client, day, late, **facts)
    clock.set_offset(datetime(2026, 12, 1, 9, tzinfo=MORNING.tzinfo) - datetime.now(tz=MORNING.tzinfo))
    await create(world.platform, "2026-10")
    found = {
        (row["indicator"], row["provider_id"]): row
        for row in await owner.fetch(
            "SELECT * FROM release_cell WHERE activity = '' AND scope_type = 'provider_departement'"
        )
    }
    shown = {code: found[code, world.aide34]["value"] for code in ("PONCT_O", "EFFEC", "CONT_O")}
    assert shown == {"PONCT_O": Decimal(75), "EFFEC": Decimal(80), "CONT_O": Decimal(33)}
    rate = found["RECL_T", world.aide34]
    # Of 20 clients nobody complained: a bound is shown, which does not say so.
    assert (rate["unit"], rate["value"], rate["ci_low"]) == ("per_1000", None, Decimal(0))
    assert rate["ci_high"] > 0
    assert set(map(tuple, (await verify(world.platform)).values())) == {()}


async def test_few_clients_are_hidden_in_each_of_them(world: World, owner: asyncpg.Connection) -> None:
    for _ in range(5):
        await came(await someone(world), hours_notified=Decimal(5), plan_reference="p")
    clock.set_offset(datetime(2026, 12, 1, 9, tzinfo=MORNING.tzinfo) - datetime.now(tz=MORNING.tzinfo))
    await create(world.platform, "2026-10")
    rows = await owner.fetch("SELECT DISTINCT indicator, status, value FROM release_cell ORDER BY indicator")
    assert [tuple(row) for row in rows] == [
        (code, "C", None) for code in ("ABS", "EFFEC", "PONCT_O", "RECL_T")
    ]
