"""Seeding never touches a database that is not a demonstration's, and a story cut short starts again."""

import asyncpg
import pytest

from quality.demo import seeding
from quality.errors import Refused
from tests.world import World


async def test_a_database_that_serves_is_refused(world: World, owner: asyncpg.Connection) -> None:
    with pytest.raises(Refused, match="QUALITY_HOME"):
        await seeding.is_seeded(owner)
    assert await owner.fetchval("SELECT count(*) FROM platform") == 1


async def test_an_empty_database_waits_for_its_story(empty: None, owner: asyncpg.Connection) -> None:
    assert await seeding.is_seeded(owner) is False


async def test_a_story_cut_short_is_told_again_from_nothing(world: World, owner: asyncpg.Connection) -> None:
    await owner.execute("INSERT INTO installation (name, value) VALUES ('demo', 'being told')")
    assert await seeding.is_seeded(owner) is False
    await seeding.begin(owner)
    assert await owner.fetchval("SELECT count(*) FROM platform") == 0
    assert await owner.fetchval("SELECT value FROM installation WHERE name = 'demo'") == "being told"


async def test_a_story_told_is_not_told_twice(world: World, owner: asyncpg.Connection) -> None:
    await owner.execute("INSERT INTO installation (name, value) VALUES ('demo', 'told')")
    assert await seeding.is_seeded(owner) is True
