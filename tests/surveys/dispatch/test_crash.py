"""A worker killed at any moment: each message ends sent or uncertain, with at most one effect."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from random import Random

import pytest

from quality import clock, postgres
from quality.app import House
from quality.db import fetch, fetch_value, pool
from surveys.channels.message import Report, ReportState
from surveys.dispatch import reports
from surveys.protocol.deciding import decide_pending
from tests.conftest import SECRET
from tests.kannel import until
from tests.surveys.dispatch.asking import NOON, set_clock
from tests.surveys.dispatch.counting import CountingCarrier, running_carrier
from tests.surveys.visits import someone, visit
from tests.world import World

LEASE = "2"
OPEN = "step = 1 AND state IN ('planned', 'deferred', 'claimed', 'sending')"


@asynccontextmanager
async def worker(
    server: postgres.Server, carrier: CountingCarrier
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.surveys.dispatch.crash_worker",
        LEASE,
        env={
            **os.environ,
            "QUALITY_DATABASE_URL": server.application_url,
            "QUALITY_SECRET_KEY": SECRET,
            "QUALITY_BASE_URL": "http://testserver",
            "QUALITY_SMS_URL": carrier.url,
        },
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def reach(carrier: CountingCarrier, goal: int, process: asyncio.subprocess.Process) -> None:
    """Wait until the carrier has taken so many messages; a worker that ends by itself is said at once."""

    def reached() -> bool:
        assert process.returncode is None, "the worker ended by itself"
        return carrier.total >= goal

    await until(reached, f"{goal} messages", patience=60)


async def due(world: World, count: int) -> None:
    """Write requests whose first SMS is due now, on the clock that the worker's process reads too."""
    set_clock(NOON)
    await clock.advance(pool("work"), NOON - datetime.now(UTC))
    for n in range(count):
        await visit(await someone(world, mobile=f"+3363998{n:04d}"))
    while await decide_pending(world.house):
        pass


async def left() -> int:
    return await fetch_value(pool("work"), f"SELECT count(*) FROM attempt WHERE {OPEN}")


async def kill_again_and_again(
    server: postgres.Server, carrier: CountingCarrier, kills: int, sends: int
) -> None:
    """Kill the worker after a random share of the messages that remain to be sent."""
    random, share = Random(11), sends / (1.5 * kills)
    for _ in range(kills):
        goal = carrier.total + max(1, int(share * (0.5 + random.random())))
        async with worker(server, carrier) as process:
            await reach(carrier, goal, process)
            process.send_signal(signal.SIGKILL)
            await process.wait()
    assert await left() > 0  # every kill came in the middle of the work


async def crash(world: World, server: postgres.Server, kills: int, sends: int) -> None:
    await due(world, sends)
    async with running_carrier() as carrier:
        await kill_again_and_again(server, carrier, kills, sends)
        async with worker(server, carrier):
            await until(_is_over, "every message to be settled", patience=90)
        await _check(carrier, sends)


async def _is_over() -> bool:
    return await left() == 0


async def _check(carrier: CountingCarrier, sends: int) -> None:
    rows = await fetch(pool("work"), "SELECT id, state FROM attempt WHERE step = 1")
    states = {row["id"]: row["state"] for row in rows}
    assert len(states) == sends
    assert set(states.values()) <= {"sent", "uncertain"}
    assert max(carrier.effects.values()) == 1
    assert {one for one, state in states.items() if state == "sent"} <= set(carrier.effects)
    for uncertain in (
        one for one, state in states.items() if state == "uncertain" and one in carrier.effects
    ):
        await reports.apply(pool("work"), Report(uncertain, ReportState.DELIVERED), clock.now())
    unsettled = await fetch(pool("work"), "SELECT id FROM attempt WHERE step = 1 AND state = 'uncertain'")
    assert not {row["id"] for row in unsettled} & set(carrier.effects)


async def test_five_kills_in_sixty_sends(world: World, house: House, server: postgres.Server) -> None:
    await crash(world, server, kills=5, sends=60)


@pytest.mark.long
async def test_thirty_kills_in_five_hundred_sends(
    world: World, house: House, server: postgres.Server
) -> None:
    await crash(world, server, kills=30, sends=500)


async def test_a_worker_told_to_stop_finishes_and_gives_back_the_rest(
    world: World, house: House, server: postgres.Server
) -> None:
    await due(world, 60)
    async with running_carrier(delay=1.0) as carrier, worker(server, carrier) as process:
        await reach(carrier, 5, process)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 15) == 0
        rows = await fetch(pool("work"), "SELECT state, counted_at, id FROM attempt WHERE step = 1")
    assert {row["state"] for row in rows} <= {"sent", "planned"}
    assert {row["id"] for row in rows if row["state"] == "sent"} == set(carrier.effects)
    assert all(row["counted_at"] is None for row in rows if row["state"] == "planned")
