"""The jobs of dispatch do one tick each, and the loop ends when told to."""

import asyncio
from datetime import timedelta

import pytest

from quality.app import House
from quality.db import fetch_value, pool
from quality.jobs import run_now
from surveys.channels.message import Outgoing, Receipt
from surveys.dispatch import worker
from tests.kannel import until
from tests.surveys.dispatch.asking import NOON, Phone, carried_by, first_attempt, messages, set_clock
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


async def test_the_loop_sends_then_stops_when_told_to(world: World, house: House) -> None:
    await hold_clock(house)
    await visit(await someone(world, mobile=MOBILE))
    await worker.decide(house)
    stop = asyncio.Event()
    loop = asyncio.create_task(worker.run(house, stop))

    async def arrived() -> bool:
        return bool(await messages(house))

    await until(arrived, "the message")
    stop.set()
    await asyncio.wait_for(loop, 5)
    assert len(await messages(house)) == 1


async def test_a_loop_told_to_stop_while_a_carrier_is_silent_lets_go(
    world: World, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hold_clock(house)
    await visit(await someone(world, mobile=MOBILE))
    await worker.decide(house)
    reached = asyncio.Event()

    class Silent(Phone):
        async def send(self, message: Outgoing) -> Receipt:
            reached.set()
            await asyncio.Event().wait()
            return Receipt()

    monkeypatch.setattr(worker, "STOP_SECONDS", 0.1)
    monkeypatch.setattr(worker, "open_carriers", lambda _: carried_by(Silent()))
    stop = asyncio.Event()
    loop = asyncio.create_task(worker.run(house, stop))
    await reached.wait()
    stop.set()
    await asyncio.wait_for(loop, 5)
    assert (await first_attempt())["state"] == "sending"  # its lease will end, and it will be uncertain
