"""What changes between the claim and the call of the carrier stops the message, line by line."""

import asyncpg
import pytest

from quality.db import fetch, pool
from surveys.dispatch.claims import LEASE, start, starting
from surveys.dispatch.gate import CHECKED_AGAIN, GATE
from tests.surveys.dispatch.asking import NOON, asked, claim_at
from tests.surveys.dispatch.test_gate import SCENARIOS
from tests.world import World

# Why a line of the gate need not be read again.
OF_THE_CLAIM = {
    "it waits": "it was claimed",
    "the carrier's delay is over": "the claim cleared it",
    "the budget of the day is not spent": "the claim spent it",
    "no later step is due or gone": "a later one does not leave beside a claimed one",
    "the step before left long enough ago": "the claim counted it: another step waits a day",
    "no message about another visit left with it": "the claim counted it: another visit's is held",
    "the endpoint is under the cap": "the claim counted it",
    "the person is under the cap": "the claim counted it",
    "the complaint is under its cap": "the claim counted it",
}


def test_every_line_of_the_gate_is_read_again_or_need_not_be() -> None:
    assert set(GATE) == set(CHECKED_AGAIN) | set(OF_THE_CLAIM)
    assert not set(CHECKED_AGAIN) & set(OF_THE_CLAIM)


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
