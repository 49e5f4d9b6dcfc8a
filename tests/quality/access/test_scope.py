"""The scope of an actor: two walls, the query and the row-level security."""

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
