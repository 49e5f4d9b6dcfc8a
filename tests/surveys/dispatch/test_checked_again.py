"""What changes between the claim and the call of the carrier stops the message, line by line."""

import asyncpg
import pytest

from quality.db import fetch, pool
from surveys.dispatch.claims import LEASE, start, starting
from surveys.dispatch.gate import CHECKED_AGAIN
from tests.surveys.dispatch.asking import NOON, asked, claim_at
from tests.surveys.dispatch.test_gate import SCENARIOS
from tests.world import World


@pytest.mark.parametrize("line", CHECKED_AGAIN)
async def test_what_changed_since_the_claim_stops_the_message_and_nothing_else_would(
    world: World, owner: asyncpg.Connection, line: str
) -> None:
    await asked(world)
    (claimed,) = await claim_at()
    await SCENARIOS[line](world, owner)
    assert await start(pool("work"), [claimed], NOON) == set()
    without = starting(name for name in CHECKED_AGAIN if name != line)
    rows = await fetch(pool("work"), without, NOON, [claimed.id], [claimed.fence], LEASE)
    assert [row["id"] for row in rows] == [claimed.id]


async def test_what_did_not_change_starts(world: World) -> None:
    await asked(world)
    (claimed,) = await claim_at()
    assert await start(pool("work"), [claimed], NOON) == {claimed.id}
