"""API keys: shown once, kept as a digest, worth nothing once revoked."""

from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest

from quality.access import keys
from quality.access.actor import operator
from quality.access.founding import create_platform
from quality.app import House
from quality.errors import Forbidden, Invalid, NotFound
from tests.world import World


async def test_a_key_acts_for_its_organisation(world: World) -> None:
    key = await keys.create_key(world.operator, "Logiciel de planning", world.aide34)
    caller = await keys.caller_of_key(key)
    assert caller is not None
    actor = caller.actor
    assert (actor.role, actor.platform, actor.organisation) == ("provider", world.platform, world.aide34)
    assert actor.organisation_name == "Aide 34"


async def test_a_key_is_not_stored(world: World, owner: asyncpg.Connection) -> None:
    key = await keys.create_key(world.staff, "Logiciel", world.cnav)
    stored = await owner.fetchrow("SELECT * FROM api_key")
    assert key not in str(stored)
    assert await owner.fetchval("SELECT count(*) FROM audit WHERE action = 'key.create'") == 1


@pytest.mark.parametrize("bearer", ["", "sq_", "sq_inconnue", "autre"])
async def test_an_unknown_key_opens_nothing(world: World, bearer: str) -> None:
    await keys.create_key(world.operator, "Logiciel", world.aide34)
    assert await keys.caller_of_key(bearer) is None


async def test_a_revoked_key_opens_nothing(world: World) -> None:
    key = await keys.create_key(world.operator, "Logiciel", world.aide34)
    caller = await keys.caller_of_key(key)
    assert caller is not None
    await keys.revoke_key(world.staff, caller.key)
    assert await keys.caller_of_key(key) is None
    with pytest.raises(NotFound):
        await keys.revoke_key(world.staff, caller.key)


async def test_a_key_says_when_it_served(world: World, owner: asyncpg.Connection) -> None:
    key = await keys.create_key(world.operator, "Logiciel", world.aide34)
    assert await owner.fetchval("SELECT used_at FROM api_key") is None
    await keys.caller_of_key(key)
    first = await owner.fetchval("SELECT used_at FROM api_key")
    await keys.caller_of_key(key)
    assert await owner.fetchval("SELECT used_at FROM api_key") == first is not None


async def test_another_platform_s_organisation_gets_no_key(house: House, world: World) -> None:
    elsewhere = operator(await create_platform(house, "AUTRE", "Autre plateforme"))
    with pytest.raises(NotFound):
        await keys.create_key(elsewhere, "Logiciel", world.aide34)
    with pytest.raises(NotFound):
        await keys.revoke_key(elsewhere, UUID(int=1))


@pytest.mark.parametrize("role", ["provider", "funder", "agent", "supervisor", "observer"])
async def test_the_others_give_no_key(world: World, role: str) -> None:
    with pytest.raises(Forbidden):
        await keys.create_key(replace(world.staff, role=role), "Logiciel", world.aide34)
    with pytest.raises(Forbidden):
        await keys.revoke_key(replace(world.staff, role=role), UUID(int=1))


async def test_a_key_has_a_name(world: World) -> None:
    with pytest.raises(Invalid):
        await keys.create_key(world.staff, "  ", world.aide34)
