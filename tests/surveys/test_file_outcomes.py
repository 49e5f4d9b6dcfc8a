"""What a provider reads of a file once its visits are decided."""

from uuid import uuid4

import asyncpg

from quality.access.scope import scoped
from quality.db import execute, fetch
from quality.directory.intake.outcomes import outcomes
from tests.rows import Row, insert, made, valid_rows
from tests.world import World

BATCH = made("batch")


ROWS = "SELECT id, ruling FROM provider_occasion"


async def decided(
    owner: asyncpg.Connection, world: World, name: str, decision: str, reason: str, told: str
) -> None:
    tenancy: Row = {"id": made(name), "platform_id": world.platform, "provider_id": world.aide34}
    await owner.execute("DELETE FROM client")
    await insert(owner, "client", {**valid_rows()["client"], **tenancy, "id": made("client")})
    visit = {
        **valid_rows()["intervention"],
        **tenancy,
        "reference": name,
        "import_batch_id": BATCH,
    }
    await insert(owner, "intervention", visit)
    said = {"decision": decision, "reason": reason, "told": told}
    await insert(owner, "occasion", {**valid_rows()["occasion"], **tenancy, **said})


async def test_a_provider_reads_one_word_for_drawn_cap_draw_and_refusal(
    owner: asyncpg.Connection, world: World
) -> None:
    await decided(owner, world, "a", "asked", "drawn", "noted")
    for name, reason in (("b", "cap"), ("c", "not_drawn"), ("d", "refused"), ("e", "deceased")):
        await decided(owner, world, name, "not_asked", reason, "noted")
    async with scoped(world.provider) as db:
        found = await outcomes(db, world.aide34, BATCH)
    assert [outcome.title for outcome in found] == ["5 visites sont prises en compte"]


async def test_a_provider_counts_one_word_and_the_platform_each_reason(
    owner: asyncpg.Connection, world: World
) -> None:
    await decided(owner, world, "a", "asked", "every_visit", "noted")
    await decided(owner, world, "b", "not_asked", "refused", "noted")
    await decided(owner, world, "c", "not_asked", "cancelled", "cancelled")
    async with scoped(world.provider) as db:
        found = await outcomes(db, world.aide34, BATCH)
    assert [outcome.title for outcome in found] == ["2 visites sont prises en compte"]
    async with scoped(world.staff) as db:
        found = await outcomes(db, world.aide34, BATCH)
    assert [outcome.title for outcome in found] == [
        "1 visite est suivie",
        "Personne qui a refusé (1)",
        "Visite annulée (1)",
    ]


async def test_another_provider_reads_nothing_of_it(owner: asyncpg.Connection, world: World) -> None:
    await decided(owner, world, "a", "asked", "drawn", "noted")
    async with scoped(world.actor("provider", world.cap)) as db:
        assert await outcomes(db, world.aide34, BATCH) == ()


async def test_a_provider_reads_the_words_of_its_own_visits_and_never_the_ledger(
    owner: asyncpg.Connection, world: World
) -> None:
    await decided(owner, world, "a", "not_asked", "complaint_open", "noted")
    read = [{"id": made("a"), "ruling": "noted"}]
    for actor, rows in (
        (world.provider, read),
        (world.staff, []),
        (world.actor("provider", world.cap), []),
        (world.agent, []),
        (world.funder, []),
        (world.stranger, []),
    ):
        async with scoped(actor) as db:
            assert await fetch(db, ROWS) == rows
    async with scoped(world.provider) as db:
        assert await fetch(db, "SELECT id FROM occasion") == []
        await execute(db, "SELECT set_config('q.platform', $1, true)", str(uuid4()))
        assert await fetch(db, ROWS) == []
