"""A worker told to stop: it finishes what it began and gives back the rest."""

import asyncio
import signal

from quality import postgres
from quality.app import House
from quality.db import fetch, pool
from tests.kannel import until
from tests.surveys.dispatch.counting import CountingCarrier, running_carrier
from tests.surveys.dispatch.rig import due, worker
from tests.world import World


async def reach(carrier: CountingCarrier, goal: int, process: asyncio.subprocess.Process) -> None:
    """Wait until the carrier has taken so many messages; a worker that ends by itself is said at once."""

    def reached() -> bool:
        assert process.returncode is None, "the worker ended by itself"
        return carrier.total >= goal

    await until(reached, f"{goal} messages", patience=60)


async def test_a_worker_told_to_stop_finishes_and_gives_back_the_rest(
    world: World, house: House, server: postgres.Server
) -> None:
    await due(world, 60)
    async with (
        running_carrier(delay=1.0) as carrier,
        worker(server.application_url, carrier.url) as process,
    ):
        await reach(carrier, 5, process)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 15) == 0
        rows = await fetch(pool("work"), "SELECT state, counted_at, id FROM attempt WHERE step = 1")
    assert {row["state"] for row in rows} <= {"sent", "planned"}
    assert {row["id"] for row in rows if row["state"] == "sent"} == set(carrier.effects)
    assert all(row["counted_at"] is None for row in rows if row["state"] == "planned")
