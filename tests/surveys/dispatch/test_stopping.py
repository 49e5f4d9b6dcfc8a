"""A worker told to stop: it finishes what it began and gives back the rest."""

import asyncio
import signal
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from quality import clock, jobs, postgres
from quality.app import House
from quality.component import Job
from quality.db import fetch, pool
from surveys.channels.message import Outgoing, Receipt
from surveys.dispatch import recovery
from surveys.dispatch.sending import send_due
from surveys.dispatch.worker import for_a_tick
from tests.kannel import until
from tests.live import PATIENCE_SECONDS
from tests.surveys.dispatch.asking import Phone, carried_by, change
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
        assert await asyncio.wait_for(process.wait(), PATIENCE_SECONDS) == 0
        rows = await fetch(pool("work"), "SELECT state, counted_at, id FROM attempt WHERE step = 1")
    assert {row["state"] for row in rows} <= {"sent", "planned"}
    assert {row["id"] for row in rows if row["state"] == "sent"} == set(carrier.effects)
    assert all(row["counted_at"] is None for row in rows if row["state"] == "planned")


@dataclass
class Slow(Phone):
    """A carrier that answers once it is let to."""

    called: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    answers: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: Outgoing) -> Receipt:
        self.called.release()
        await self.answers.wait()
        return await super().send(message)


LINES, A_BATCH = 4, 16


async def sending(house: House, carrier: Slow) -> jobs.Ticks:
    """Start a worker that would send without end, and wait until its lines are all at the carrier."""

    async def send(house: House) -> None:
        await send_due(house, carried_by(carrier), "test", limit=A_BATCH, goes_on=lambda: True)

    ticks = jobs.Ticks(house, [Job("send", send, timedelta(days=1), is_singleton=False)])
    ticks.start()
    for _ in range(LINES):
        await carrier.called.acquire()
    return ticks


async def test_nothing_is_claimed_once_a_worker_is_told_to_stop(world: World, house: House) -> None:
    await due(world, 2 * A_BATCH)
    carrier = Slow()
    ticks = await sending(house, carrier)
    stopping = asyncio.create_task(ticks.stop())
    await asyncio.sleep(0)  # the stop is asked
    carrier.answers.set()
    await stopping
    assert len(carrier.received) == A_BATCH
    rows = await fetch(pool("work"), "SELECT state, claimed_by FROM attempt WHERE step = 1")
    taken = sorted((row["state"], row["claimed_by"] or "nobody") for row in rows)
    assert taken == [("planned", "nobody")] * A_BATCH + [("sent", "test")] * A_BATCH


async def test_what_outlasts_a_stop_is_cut_and_what_no_carrier_had_is_given_back(
    world: World, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "STOP_SECONDS", 0.1)
    await due(world, A_BATCH)
    ticks = await sending(house, Slow())
    await ticks.stop()
    rows = await fetch(pool("work"), "SELECT state, counted_at FROM attempt WHERE step = 1 ORDER BY state")
    assert [row["state"] for row in rows] == ["planned"] * (A_BATCH - LINES) + ["sending"] * LINES
    assert all(row["counted_at"] is None for row in rows if row["state"] == "planned")
    await change("attempt", "lease_until = now() - interval '1 second'", where="state = 'sending'")
    await recovery.recover(pool("work"), clock.now())
    rows = await fetch(pool("work"), "SELECT state FROM attempt WHERE step = 1 ORDER BY state")
    assert [row["state"] for row in rows] == ["planned"] * (A_BATCH - LINES) + ["uncertain"] * LINES


async def test_a_tick_finds_no_more_work_once_its_worker_is_told_to_stop(house: House, empty: None) -> None:
    begun, told, found = asyncio.Event(), asyncio.Event(), []

    async def find() -> int:
        found.append("work")
        begun.set()
        await told.wait()
        return 3 - len(found)

    async def job(_: House) -> None:
        await for_a_tick(find)

    ticks = jobs.Ticks(house, [Job("find", job, timedelta(days=1), is_singleton=False)])
    ticks.start()
    await begun.wait()
    stopping = asyncio.create_task(ticks.stop())
    await asyncio.sleep(0)  # the stop is asked
    told.set()
    await stopping
    assert found == ["work"]
