"""What a provider reads of a file once its visits are decided."""

import asyncpg

from quality.access.scope import scoped
from quality.directory.intake.outcomes import outcomes
from tests.rows import Row, insert, made, valid_rows
from tests.world import World

BATCH = made("batch")


async def decided(owner: asyncpg.Connection, world: World, name: str, decision: str, reason: str) -> None:
    tenancy: Row = {"id": made(name), "platform_id": world.platform, "provider_id": world.aide34}
    visit = {
        **valid_rows()["intervention"],
        **tenancy,
        "reference": name,
        "import_batch_id": BATCH,
        "is_undecided": False,
    }
    await insert(owner, "intervention", visit)
    await insert(
        owner, "occasion", {**valid_rows()["occasion"], **tenancy, "decision": decision, "reason": reason}
    )


async def test_a_provider_reads_one_reason_for_cap_draw_and_refusal(
    owner: asyncpg.Connection, world: World
) -> None:
    await decided(owner, world, "a", "asked", "drawn")
    for name, reason in (("b", "cap"), ("c", "not_drawn"), ("d", "refused")):
        await decided(owner, world, name, "not_asked", reason)
    async with scoped(world.provider) as db:
        found = await outcomes(db, world.aide34, BATCH)
    assert [outcome.title for outcome in found] == [
        "1 visite est suivie",
        "3 visites non retenues cette fois",
    ]


async def test_another_provider_reads_nothing_of_it(owner: asyncpg.Connection, world: World) -> None:
    await decided(owner, world, "a", "asked", "drawn")
    async with scoped(world.actor("provider", world.cap)) as db:
        assert await outcomes(db, world.aide34, BATCH) == ()
