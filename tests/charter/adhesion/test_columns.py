"""A provider writes its own words on what the platform decides, and nothing else of the row, even by hand."""

import asyncpg
import pytest
from tortoise.exceptions import OperationalError

from quality.access.scope import scoped
from quality.db import execute
from tests.rows import insert, valid_rows
from tests.world import World

OWN = (
    "state = 'appealed', appeal = 'Répondu.', appeal_due_at = now()",
    "state = 'answered', reply = 'La voici.'",
)
OTHERS = [
    ("adhesion", "ends_on = '2040-01-01'"),
    ("adhesion", "certificate = 'Un autre'"),
    ("review_point", "answer = 'yes'"),
    ("review_point", "reason = ''"),
]


@pytest.fixture
async def decided(world: World, owner: asyncpg.Connection) -> None:
    """Write a suspended adhesion and a contested point of Aide 34."""
    for table in ("review_point", "adhesion"):
        whose = {"platform_id": world.platform, "provider_id": world.aide34}
        await insert(owner, table, {**valid_rows()[table], **whose})


@pytest.mark.usefixtures("decided")
@pytest.mark.parametrize(("table", "columns"), [("adhesion", OWN[0]), ("review_point", OWN[1])])
async def test_a_provider_writes_its_own_words(
    world: World, owner: asyncpg.Connection, table: str, columns: str
) -> None:
    async with scoped(world.provider) as db:
        await execute(db, f"UPDATE {table} SET {columns}")
    assert await owner.fetchval(f"SELECT state FROM {table}") in {"appealed", "answered"}


@pytest.mark.usefixtures("decided")
@pytest.mark.parametrize(("table", "column"), OTHERS)
async def test_a_provider_writes_nothing_else(world: World, table: str, column: str) -> None:
    with pytest.raises(OperationalError, match="a provider writes only"):
        async with scoped(world.provider) as db:
            await execute(db, f"UPDATE {table} SET {column}")
