"""Complaints as cells: exact after every change, under the facts of the visit, and recomputed at any time."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from quality import clock
from quality.complaints.learning.measuring import measure, recomputed, verify
from quality.complaints.resolving import merging, promising
from quality.complaints.resolving.authority import Remedy
from quality.db import execute, fetch, fetch_value, pool, transaction
from quality.measures.recounting import CellsDiffer
from tests.quality.complaints.opened import Filed, filed
from tests.world import World

DAY = timedelta(days=1)
CELLS = """
SELECT indicator, sum(n)::int AS n, sum(x)::int AS x FROM cell
GROUP BY indicator HAVING sum(n) > 0 ORDER BY indicator
"""
REMEDIED = """
UPDATE complaint SET state = 'remedied', acknowledged_at = opened_at, cause = 'c', remedy = 'r',
    remedied_at = $2 WHERE id = $1
"""
CLOSED = "UPDATE complaint SET state = 'closed', closed_at = $2, verdict = $3 WHERE id = $1"
REOPENED = """
UPDATE complaint SET state = 'acknowledged', remedied_at = NULL, verdict = NULL, round = 2 WHERE id = $1
"""
PROMISE = """
INSERT INTO complaint_promise (id, platform_id, provider_id, complaint_id, remedy_code, authority, made_at,
    due_at)
SELECT gen_random_uuid(), platform_id, provider_id, id, 'replan', 'agent', opened_at, $2
FROM complaint WHERE id = $1
"""
KEPT = (
    "UPDATE complaint_promise SET state = 'done', done_how = 'client', done_at = $2 WHERE complaint_id = $1"
)


async def sums() -> dict[str, tuple[int, int]]:
    """Measure, then read what all cells add up to."""
    await measure(None)
    return {row["indicator"]: (row["n"], row["x"]) for row in await fetch(pool("work"), CELLS)}


async def change(complaint: Filed, sql: str, *values: object) -> None:
    await execute(pool("work"), sql, complaint.id, *values)


def wait(days: float) -> datetime:
    clock.set_offset(clock.offset() + days * DAY)
    return clock.now()


async def agrees() -> bool:
    async with transaction("work") as db:
        return await recomputed(db, clock.now()) == []


async def test_nothing_counts_before_its_time_and_once_after(world: World) -> None:
    made = await filed(world)
    assert await sums() == {}
    await change(made, REMEDIED, wait(3))
    assert await sums() == {}
    wait(12)
    for _ in range(2):
        assert await sums() == {"RECL_D": (1, 1), "RECL_P": (1, 0)}
    assert await agrees()


async def test_a_complaint_that_comes_back_is_taken_back_exactly(world: World) -> None:
    made = await filed(world)
    await change(made, REMEDIED, wait(3))
    await change(made, CLOSED, wait(13), "settled")
    assert await sums() == {"RECL_D": (1, 1), "RECL_P": (1, 0), "RECL_S": (1, 1)}
    await change(made, REOPENED)
    assert await sums() == {"RECL_D": (1, 0), "RECL_P": (1, 0), "RECL_S": (1, 0)}
    assert await agrees()


async def test_a_promise_counts_from_its_day_whatever_its_complaint_became(world: World) -> None:
    made = await filed(world)
    await measure(None)
    await change(made, PROMISE, clock.now() + 2 * DAY)
    assert await sums() == {}
    wait(2)
    assert await sums() == {"PROM_T": (1, 0)}
    await change(made, KEPT, clock.now() - DAY)
    assert await sums() == {"PROM_T": (1, 1)}
    assert await agrees()


async def test_a_remedy_that_the_desk_could_not_grant_counts_with_its_complaint(world: World) -> None:
    made, other = await filed(world), await filed(world)
    await change(other, PROMISE, clock.now() + 40 * DAY)
    wait(15)
    assert (await sums())["AUTOR"] == (1, 0)
    with pytest.raises(promising.NotAuthorised):
        await promising.grant(world.agent, made.number, Remedy.refund, amount_cents=900_000)
    assert (await sums())["AUTOR"] == (2, 1)
    assert await agrees()


async def test_a_refusal_follows_the_complaint_that_it_was_joined_to(world: World) -> None:
    made, other = await filed(world), await filed(world)
    with pytest.raises(promising.NotAuthorised):
        await promising.grant(world.agent, made.number, Remedy.refund, amount_cents=900_000)
    wait(15)
    assert (await sums())["AUTOR"] == (1, 1)
    alike = "UPDATE complaint_subject SET client_id = $2 WHERE id = $1"
    await change(other, alike, made.client)
    await merging.merge(world.agent, made.number, other.number)
    assert (await sums())["AUTOR"] == (1, 1)
    assert await fetch_value(pool("work"), "SELECT complaint_id FROM authority_refusal") == other.id
    assert await agrees()


async def test_a_merged_complaint_takes_back_all_it_added(world: World) -> None:
    made, other = await filed(world), await filed(world)
    wait(15)
    assert (await sums())["RECL_D"] == (2, 0)
    await change(made, "UPDATE complaint SET state = 'merged', merged_into_id = $2 WHERE id = $1", other.id)
    assert (await sums())["RECL_D"] == (1, 0)
    assert await agrees()


async def test_a_cell_has_the_facts_of_the_visit_and_the_pseudonym_of_the_person(world: World) -> None:
    made = await filed(world, "anonymous")
    wait(15)
    await measure(None)
    (cell,) = await fetch(pool("work"), "SELECT * FROM cell WHERE indicator = 'RECL_D'")
    assert cell["pseudonym"] == made.person
    assert (cell["month"], cell["activity"], cell["mode"]) == (date(2026, 11, 1), "I-3", "prestataire")
    assert (cell["provider_id"], cell["funders"]) == (world.aide34, [world.herault])
    assert (cell["first_mode"], cell["respondent"], cell["collector"]) == ("", "", "platform")


async def test_the_facts_are_frozen_at_their_first_use(world: World) -> None:
    made = await filed(world)
    wait(15)
    await measure(None)
    await another_person(world, made.client)
    await change(made, REMEDIED, wait(1))
    assert await sums() == {"RECL_D": (1, 0), "RECL_P": (1, 0)}
    assert await fetch_value(pool("work"), "SELECT count(*) FROM cell WHERE n > 0") == 2
    assert await agrees()


async def another_person(world: World, client: UUID) -> None:
    person = await fetch_value(
        pool("work"),
        "INSERT INTO person (id, platform_id) VALUES (gen_random_uuid(), $1) RETURNING id",
        world.platform,
    )
    await execute(pool("work"), "UPDATE client SET person_id = $2 WHERE id = $1", client, person)


async def test_a_complaint_without_a_visit_counts_too(world: World) -> None:
    made = await filed(world)
    await execute(pool("work"), "UPDATE complaint_subject SET intervention_id = NULL WHERE id = $1", made.id)
    wait(15)
    assert (await sums())["RECL_D"] == (1, 0)
    assert await fetch_value(pool("work"), "SELECT DISTINCT mode FROM cell") == ""


async def test_a_serious_event_counts_by_its_first_protective_step(world: World) -> None:
    made = await filed(world)
    serious = "UPDATE complaint SET is_serious = true, holder = 'platform', is_shared = false WHERE id = $1"
    await change(made, serious)
    await change(made, "UPDATE complaint SET handled_at = $2 WHERE id = $1", wait(0.5))
    wait(15)
    assert await sums() == {"ALERTE": (1, 1)}


async def test_a_cell_that_was_tampered_with_refuses_the_verification(world: World) -> None:
    await filed(world)
    wait(15)
    await verify(None)
    await execute(pool("work"), "UPDATE cell SET x = x + 1 WHERE indicator = 'RECL_D'")
    with pytest.raises(CellsDiffer):
        await verify(None)


async def test_what_a_complaint_keeps_is_compared_with_its_course(world: World) -> None:
    made = await filed(world)
    wait(15)
    await measure(None)
    change_of_cells = """
        UPDATE complaint SET measured = jsonb_set(measured, '{cells}', '{}') WHERE id = $1
    """
    await change(made, change_of_cells)
    async with transaction("work") as db:
        places = {each.place for each in await recomputed(db, clock.now())}
    assert places == {"complaint", "cell"}
