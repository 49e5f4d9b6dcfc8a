"""The jobs of dispatch do one tick each, and the loop ends when told to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from quality import jobs
from quality.app import House
from quality.db import fetch_value, pool
from quality.jobs import run_now
from surveys.dispatch import worker
from surveys.dispatch.carriers import carriers_of, close_carriers
from surveys.protocol.deciding import decide_pending
from tests.kannel import until
from tests.live import PATIENCE_SECONDS
from tests.surveys.dispatch.asking import NOON, first_attempt, messages, set_clock
from tests.surveys.visits import MOBILE, someone, visit
from tests.world import World


async def hold_clock(house: House) -> None:
    """Store the clock where every tick reads it again."""
    from datetime import UTC, datetime

    from quality import clock

    await clock.advance(pool("work"), NOON - datetime.now(UTC))


async def test_the_jobs_take_a_visit_from_the_file_to_the_message(world: World, house: House) -> None:
    await hold_clock(house)
    await visit(await someone(world, mobile=MOBILE))
    for job in worker.JOBS:
        await run_now(house, job)
    assert [message["recipient"] for message in await messages(house)] == [MOBILE]
    assert (await first_attempt())["state"] == "sent"


async def test_the_recovery_job_closes_what_is_over(world: World, house: House) -> None:
    await visit(await someone(world, mobile=MOBILE))
    await worker.decide(house)
    set_clock(NOON + timedelta(days=30))
    await worker.recover(house)
    assert await fetch_value(pool("work"), "SELECT closed_reason FROM invitation") == "expired"
    assert await fetch_value(pool("work"), "SELECT count(*) FROM attempt WHERE state <> 'expired'") == 0


@dataclass
class Silent:
    """A gateway that takes every call and answers none."""

    port: int = 0
    called: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.called.set()
        await reader.read()  # until the caller gives up
        writer.close()


@asynccontextmanager
async def running_silent() -> AsyncIterator[Silent]:
    gateway = Silent()
    server = await asyncio.start_server(gateway.serve, "127.0.0.1", 0)
    gateway.port = server.sockets[0].getsockname()[1]
    try:
        yield gateway
    finally:
        server.close()


@asynccontextmanager
async def ticking(house: House) -> AsyncIterator[None]:
    """Run the jobs of dispatch, each as soon as it has ended, as a worker would."""
    ticks = jobs.Ticks(house, [replace(job, every=timedelta(seconds=0.1)) for job in worker.JOBS])
    ticks.start()
    try:
        yield
    finally:
        await ticks.stop()
        await close_carriers(carriers_of(house))


async def test_an_email_due_while_a_carrier_of_sms_is_silent_leaves_with_the_next_tick(
    world: World, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "STOP_SECONDS", 0.1)
    await hold_clock(house)
    set_clock(NOON)
    await visit(await someone(world, mobile=MOBILE))
    await decide_pending(house)

    async def left() -> bool:
        return [message["channel"] for message in await messages(house)] == ["email"]

    async with running_silent() as gateway:
        url = f"kannel://u:p@127.0.0.1:{gateway.port}/?from=38000&timeout=600"
        async with ticking(replace(house, settings=house.settings.changed(sms_url=url))):
            await asyncio.wait_for(gateway.called.wait(), PATIENCE_SECONDS)
            await visit(await someone(world, email="martin@example.invalid"))
            await until(left, "the e-mail to leave")
