"""The scope of an actor: two walls, the query and the row-level security."""

import pytest

from quality.access.scope import scoped
from quality.db import fetch
from tests.world import World


async def test_a_funder_without_a_convention_sees_no_provider(world: World) -> None:
    async with scoped(world.stranger) as db:
        rows = await fetch(db, "SELECT name FROM organisation")
    assert [row["name"] for row in rows] == ["Département de la Gironde"]


async def test_an_actor_without_a_platform_sees_nothing(world: World) -> None:
    from quality.access.actor import Actor

    async with scoped(Actor(role="platform")) as db:
        assert await fetch(db, "SELECT 1 FROM organisation") == []


async def test_a_scope_within_a_scope_of_the_same_actor_is_the_same_transaction(world: World) -> None:
    async with scoped(world.funder) as db, scoped(world.funder) as again:
        assert again is db


async def test_a_scope_within_another_s_leaves_it_as_it_was(world: World) -> None:
    names = "SELECT name FROM organisation WHERE kind = 'funder' ORDER BY name"
    async with scoped(world.stranger) as db:
        before = await fetch(db, names)
        async with scoped(world.funder) as inner:
            assert await fetch(inner, names) != before
        assert await fetch(db, names) == before
        with pytest.raises(ZeroDivisionError):
            async with scoped(world.funder):
                raise ZeroDivisionError
        assert await fetch(db, names) == before
