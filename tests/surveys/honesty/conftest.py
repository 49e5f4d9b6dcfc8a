"""Somebody with a link, and no wrong token tried before."""

import httpx
import pytest

from quality.web.wrong_tokens import WRONG
from surveys.respond.lookup import RECENT
from tests.surveys.invited import invited
from tests.surveys.respond.browsing import Person
from tests.world import World


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Forget the wrong tokens of the other tests."""
    WRONG.forget()
    RECENT.forget()


@pytest.fixture
async def person(world: World, client: httpx.AsyncClient) -> Person:
    """Mme Martin, with the link she was sent."""
    token, _ = await invited(world)
    return Person(client, token)
