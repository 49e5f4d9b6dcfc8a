"""The messages of a channel on their way: batches that follow each other, and channels that do not wait."""

import asyncio
from datetime import timedelta

import pytest

from quality.app import House
from quality.db import fetch_value, pool
from surveys.channels.message import Outgoing, Receipt
from surveys.dispatch.sending import send_due
from surveys.protocol.deciding import decide_pending
from tests.kannel import until
from tests.surveys.dispatch.asking import NOON, Phone, asked, attempt_of, carried_by, change, set_clock
from tests.surveys.visits import someone, visit
from tests.world import World


async def due(world: World, count: int) -> None:
    for n in range(count):
        await asked(world, await someone(world, mobile=f"+3363998{n:04d}"))
    set_clock(NOON)


async def test_the_next_batch_is_claimed_while_the_one_before_is_on_its_way(
    world: World, house: House
) -> None:
    await due(world, 6)
    carriers = carried_by(phone := Phone())
    carriers["sms"].at_once = 1  # so that a batch is of four

    async def all_are_claimed() -> bool:
        return not await fetch_value(
            pool("work"), "SELECT count(*) FROM attempt WHERE step = 1 AND state = 'planned'"
        )

    class Slow(Phone):
        async def send(self, message: Outgoing) -> Receipt:
            if len(phone.received) == 2:
                await until(all_are_claimed, "the next claim")
            return await phone.send(message)

    carriers["sms"].driver = Slow()
    assert await send_due(house, carriers, "test", 1, goes_on=lambda: True) == 6
    assert len(phone.received) == 6


async def test_what_becomes_due_during_a_long_backlog_leaves_with_it(world: World, house: House) -> None:
    await due(world, 6)
    carriers = carried_by(phone := Phone())
    carriers["sms"].at_once = 1

    class Long(Phone):
        async def send(self, message: Outgoing) -> Receipt:
            if len(phone.received) == 2:
                late = await asked(world, mobile="+33639980099")
                set_clock(NOON + timedelta(minutes=2))
                await change("attempt", "opens_at = $1", NOON, where=f"client_id = '{late.id}' AND step = 1")
            return await phone.send(message)

    carriers["sms"].driver = Long()
    assert await send_due(house, carriers, "test", 1, goes_on=lambda: True) == 7
    assert "+33639980099" in {message.to for message in phone.received}


async def test_one_told_to_stop_claims_no_other_batch(world: World, house: House) -> None:
    await due(world, 6)
    carriers = carried_by(phone := Phone())
    carriers["sms"].at_once = 1
    assert await send_due(house, carriers, "test", 1) == 4
    assert len(phone.received) == 4


async def test_a_silent_carrier_holds_no_other_channel_up(world: World, house: House) -> None:
    await asked(world)
    await visit(await someone(world, email="martin@example.invalid"))
    await decide_pending(house)
    set_clock(NOON)
    reached = asyncio.Event()

    class Silent(Phone):
        async def send(self, message: Outgoing) -> Receipt:
            await asyncio.Event().wait()
            return Receipt()

    class Box(Phone):
        async def send(self, message: Outgoing) -> Receipt:
            reached.set()
            return Receipt()

    carriers = carried_by(Silent(), Box(channel="email", name="smtp"))
    sending = asyncio.create_task(send_due(house, carriers, "test"))
    await asyncio.wait_for(reached.wait(), 10)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert (await attempt_of("channel = 'email' AND opens_at <= $$2026-11-24 11:05+00$$"))["state"] == "sent"
