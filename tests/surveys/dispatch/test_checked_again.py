"""What changes between the claim and the call of the carrier stops the message, line by line."""

import asyncpg
import pytest

from quality.db import pool
from surveys.dispatch.claims import start
from surveys.dispatch.gate import CHECKED_AGAIN
from tests.surveys.dispatch.asking import NOON, asked, claim_at
from tests.surveys.dispatch.test_gate import SCENARIOS
from tests.world import World

# What people and staff may do in that second; a cap or a window that opens cannot change then.
MAY_CHANGE = (
    "its window is not over",
    "the request is open",
    "this audience has not answered",
    "the endpoint has not refused",
    "the person has not refused",
    "the person is not deceased",
    "the client is at home",
    "its place is still the client's",
    "the client may be asked",
)


@pytest.mark.parametrize("line", MAY_CHANGE)
async def test_what_changed_since_the_claim_stops_the_message(
    world: World, owner: asyncpg.Connection, line: str
) -> None:
    await asked(world)
    (claimed,) = await claim_at()
    await SCENARIOS[line](world, owner)
    assert not await start(pool("work"), claimed, NOON)


async def test_what_did_not_change_starts(world: World) -> None:
    await asked(world)
    (claimed,) = await claim_at()
    assert await start(pool("work"), claimed, NOON)


def test_every_line_that_is_checked_again_is_tried() -> None:
    assert set(MAY_CHANGE) <= set(CHECKED_AGAIN)
