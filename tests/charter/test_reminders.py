"""Whom the reminders of the charter reach, and that none is spent on nobody."""

from datetime import date
from uuid import UUID, uuid4

import asyncpg
import pytest

from quality import jobs
from tests.charter.reviewed import address_of, an_account, refused
from tests.rows import insert, valid_rows
from tests.world import World

pytestmark = pytest.mark.usefixtures("same_clock")  # the job reads the clock of the database
ADDRESS = "accueil@aide34.invalid"


async def reminded(world: World, owner: asyncpg.Connection) -> list[str]:
    """Let the reminders run; list the addresses that they wrote to."""
    before = await owner.fetchval("SELECT count(*) FROM mail_outbox")
    await jobs.run_now(world.house, world.house.jobs["charter-reminders"])
    rows = await owner.fetch("SELECT recipient FROM mail_outbox ORDER BY id OFFSET $1", before)
    return [row["recipient"] for row in rows]


async def add(world: World, owner: asyncpg.Connection, table: str, **values: object) -> None:
    row = {**valid_rows()[table], "id": uuid4(), "platform_id": world.platform, "provider_id": world.aide34}
    await insert(owner, table, {**row, **values})


async def account(owner: asyncpg.Connection) -> UUID:
    found: UUID = await owner.fetchval("SELECT id FROM account ORDER BY created_at DESC LIMIT 1")
    return found


DUE = {"due_on": date(2026, 11, 26), "state": "todo", "reminded": 0}


@pytest.mark.parametrize(
    ("table", "values"),
    [("charter_action", DUE), ("evidence", {"expires_on": date(2026, 12, 1), "reminded": 0})],
)
async def test_a_reminder_waits_for_somebody_to_read_it_then_goes_to_the_provider_s_address(
    world: World, owner: asyncpg.Connection, table: str, values: dict[str, object]
) -> None:
    await owner.execute("UPDATE organisation SET email = ''")
    await add(world, owner, table, **values)
    assert await reminded(world, owner) == []
    await owner.execute("UPDATE organisation SET email = $2 WHERE id = $1", world.aide34, ADDRESS)
    assert await reminded(world, owner) == [ADDRESS]
    assert await reminded(world, owner) == []


async def test_what_somebody_has_is_told_to_everybody_once_that_account_is_closed(
    world: World, owner: asyncpg.Connection
) -> None:
    await an_account(world, world.aide34)
    gone = await account(owner)
    await an_account(world, world.aide34)
    other = await owner.fetchval("SELECT email FROM account WHERE id <> $1", gone)
    await add(world, owner, "charter_action", **DUE, owner_id=gone)
    await owner.execute("UPDATE account SET is_active = false WHERE id = $1", gone)
    assert await reminded(world, owner) == [other]


async def test_what_somebody_has_is_told_to_that_account_alone(
    world: World, owner: asyncpg.Connection
) -> None:
    await an_account(world, world.aide34)
    has = await account(owner)
    await an_account(world, world.aide34)
    await add(world, owner, "charter_action", **DUE, owner_id=has)
    assert await reminded(world, owner) == [
        await owner.fetchval("SELECT email FROM account WHERE id = $1", has)
    ]


@pytest.mark.parametrize(
    ("table", "values"),
    [("charter_action", DUE), ("evidence", {"expires_on": date(2026, 12, 1), "reminded": 0})],
)
async def test_a_reminder_that_fails_keeps_back_no_other(
    world: World, owner: asyncpg.Connection, table: str, values: dict[str, object]
) -> None:
    broken = await address_of(owner, await an_account(world, world.aide34))
    other = await address_of(owner, await an_account(world, world.cap))
    for provider in (world.aide34, world.cap):
        await add(world, owner, table, **values, provider_id=provider)
    async with refused(owner, broken):
        assert await reminded(world, owner) == [other]
        assert await reminded(world, owner) == []
    assert await reminded(world, owner) == [broken]
    assert await reminded(world, owner) == []
