"""Days kept: of the complaints whose announced day has passed, those remedied by then."""

from datetime import timedelta

import asyncpg
import pytest

from quality import clock
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.complaints.learning.keeping import Kept, kept_days
from tests.quality.complaints.opened import filed
from tests.world import World

CLOSED = """
UPDATE complaint SET state = 'remedied', acknowledged_at = opened_at, cause = 'c', remedy = 'r',
    opened_at = $2::timestamptz - interval '20 days', acknowledge_due_at = $2, solution_due_at = $2,
    alert_due_at = $2, remedied_at = $3 WHERE id = $1
"""
DUE_ON = """
UPDATE complaint SET opened_at = $2::timestamptz - interval '20 days', acknowledge_due_at = $2,
    solution_due_at = $2, alert_due_at = $2 WHERE id = $1
"""
DAY = timedelta(days=1)


async def counted(actor: Actor, world: World) -> Kept:
    async with scoped(actor) as db:
        return await kept_days(db, actor, world.aide34)


async def test_a_complaint_remedied_by_its_day_is_kept_and_a_later_one_is_not(
    world: World, owner: asyncpg.Connection
) -> None:
    due = clock.now() - 10 * DAY
    for remedied in (due - DAY, due, due + DAY):
        made = await filed(world)
        await owner.execute(CLOSED, made.id, due, remedied)
    assert await counted(world.provider, world) == Kept(due=3, kept=2)
    assert await counted(world.staff, world) == Kept(due=3, kept=2)


async def test_one_still_open_counts_once_its_day_has_passed(world: World, owner: asyncpg.Connection) -> None:
    made = await filed(world)
    assert await counted(world.provider, world) == Kept(due=0, kept=0)
    await owner.execute(DUE_ON, made.id, clock.now() - DAY)
    assert await counted(world.provider, world) == Kept(due=1, kept=0)


async def test_one_of_more_than_a_year_ago_counts_no_more(world: World, owner: asyncpg.Connection) -> None:
    made = await filed(world)
    await owner.execute(DUE_ON, made.id, clock.now() - 366 * DAY)
    assert (await counted(world.provider, world)).due == 0


async def test_one_whose_client_wants_a_call_first_was_due_from_nobody(
    world: World, owner: asyncpg.Connection
) -> None:
    made = await filed(world, "call_first")
    await owner.execute(DUE_ON, made.id, clock.now() - DAY)
    assert (await counted(world.staff, world)).due == 0


@pytest.mark.parametrize(
    "change",
    [
        "state = 'merged', merged_into_id = gen_random_uuid()",
        "is_serious = true, is_shared = false",
        "state = 'closed', cause = 'Retirée par la personne', remedy = 'r', verdict = 'no_answer', "
        "acknowledged_at = opened_at, remedied_at = opened_at, closed_at = opened_at",
    ],
)
async def test_one_joined_taken_back_or_hidden_was_due_from_nobody(
    world: World, owner: asyncpg.Connection, change: str
) -> None:
    made = await filed(world)
    await owner.execute(DUE_ON, made.id, clock.now() - DAY)
    await owner.execute(f"UPDATE complaint SET {change} WHERE id = $1", made.id)
    assert (await counted(world.staff, world)).due == 0


async def test_another_s_complaints_are_not_counted(world: World, owner: asyncpg.Connection) -> None:
    made = await filed(world, provider=world.cap)
    await owner.execute(DUE_ON, made.id, clock.now() - DAY)
    assert await counted(world.provider, world) == Kept(due=0, kept=0)
    async with scoped(world.provider) as db:
        assert (await kept_days(db, world.provider, world.cap)).due == 0


async def test_gironde_counts_nothing(world: World, owner: asyncpg.Connection) -> None:
    made = await filed(world)
    await owner.execute(DUE_ON, made.id, clock.now() - DAY)
    assert (await counted(world.stranger, world)).due == 0
