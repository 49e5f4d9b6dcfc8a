"""Somebody with a code on paper, about a visit of yesterday that was not drawn."""

import httpx
import pytest

from quality.web.wrong_tokens import WRONG
from surveys.respond.lookup import RECENT
from tests.surveys.door.visits import code_of, left_out, yesterday
from tests.surveys.respond.browsing import Person
from tests.surveys.visits import Someone, someone
from tests.world import World


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Forget the wrong tokens of the other tests."""
    WRONG.forget()
    RECENT.forget()


@pytest.fixture
async def visited(world: World) -> Someone:
    return await someone(world, mobile="+33639980001", status="active")


@pytest.fixture
async def at_door(world: World, client: httpx.AsyncClient, visited: Someone) -> Person:
    await left_out(visited, yesterday())
    return Person(client, code_of(world, visited.id, yesterday().date()))
