"""A call that was made is a contact of its person, whatever becomes of the one that was to follow."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from quality.db import execute, fetch_value, pool
from surveys.desk import calls
from surveys.desk.ending.outcomes import Code
from surveys.desk.queueing.picking import pick
from surveys.dispatch import recovery, rerouting
from tests.surveys.desk.waiting import agent
from tests.surveys.dispatch.asking import asked, attempt_of, recent, set_clock
from tests.surveys.visits import someone
from tests.world import World


async def lapse(over: datetime) -> None:
    while await recovery.reschedule(over):
        pass


async def close(over: datetime) -> None:
    await recovery.close_over(pool("work"), over)


async def die(over: datetime) -> None:
    await execute(pool("work"), "UPDATE client SET status = 'deceased'")
    await recovery.withdraw(pool("work"), over - timedelta(days=1))


async def lose_the_number(over: datetime) -> None:
    await execute(pool("work"), "UPDATE endpoint SET wrong_at = now()")
    await rerouting.reroute(over - timedelta(days=5))


@pytest.mark.parametrize("end", [lapse, close, die, lose_the_number])
async def test_a_call_made_counts_though_its_appointment_is_never_kept(
    world: World, end: Callable[[datetime], Awaitable[None]]
) -> None:
    client = await asked(world, await someone(world, phone="+33467000001"))
    at = (await attempt_of("channel = 'phone' AND try_number = 1"))["opens_at"] + timedelta(minutes=5)
    set_clock(at)
    nadia = agent(world)
    case = await pick(nadia, at)
    assert case is not None
    await calls.conclude(nadia, case, Code.appointment, at + timedelta(days=1))
    assert (await attempt_of("try_number = 1"))["state"] == "deferred"
    await end(await fetch_value(pool("work"), "SELECT closes_at FROM invitation"))
    await recovery.uncount_unsent(pool("work"))
    assert (await attempt_of("try_number = 1"))["state"] in {"expired", "suppressed"}
    assert len(await recent("person", client.person)) == 1
