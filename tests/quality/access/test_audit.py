"""The audit trail: each line seals the one before, and a line changed behind its back is found."""

import asyncio

import asyncpg

from quality.access import audit
from quality.access.actor import Actor, operator
from quality.access.scope import scoped
from tests.world import World


async def write(actor: Actor, count: int) -> None:
    for number in range(count):
        async with scoped(actor) as db:
            await audit.record(db, actor, "figure.read", f"GLOB {number}", {"n": number})


async def broken() -> list[int]:
    async with scoped(operator()) as db:
        return await audit.breaks(db)


async def test_an_untouched_trail_holds(world: World) -> None:
    await asyncio.gather(write(world.funder, 3), write(world.staff, 3))
    assert await broken() == []


async def test_a_changed_line_is_found(world: World, owner: asyncpg.Connection) -> None:
    await write(world.funder, 3)
    first = await owner.fetchval("SELECT min(id) FROM audit WHERE action = 'figure.read'")
    await owner.execute("UPDATE audit SET subject = 'PONCT' WHERE id = $1", first + 1)
    assert await broken() == [first + 1]


async def test_a_removed_line_is_found(world: World, owner: asyncpg.Connection) -> None:
    await write(world.funder, 3)
    first = await owner.fetchval("SELECT min(id) FROM audit WHERE action = 'figure.read'")
    await owner.execute("DELETE FROM audit WHERE id = $1", first + 1)
    assert await broken() == [first + 2]


async def test_a_line_says_who_and_where(world: World, owner: asyncpg.Connection) -> None:
    await write(world.funder, 1)
    row = await owner.fetchrow("SELECT * FROM audit WHERE action = 'figure.read'")
    assert (row["platform_id"], row["subject"], row["detail"]) == (world.platform, "GLOB 0", '{"n": 0}')
