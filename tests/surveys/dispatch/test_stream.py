"""The messages of a channel on their way: batches that follow each other, and channels that do not wait."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from quality.app import House
from quality.db import credentials, fetch, fetch_value, pool
from surveys.channels.message import Outgoing, Receipt
from surveys.dispatch.carriers import Pace
from surveys.dispatch.sending import send_due
from surveys.protocol.deciding import decide_pending
from tests.kannel import until
from tests.live import PATIENCE_SECONDS
from tests.surveys.dispatch.asking import FAST, NOON, Phone, asked, attempt_of, carried_by, change, set_clock
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
    await asyncio.wait_for(reached.wait(), PATIENCE_SECONDS)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert (await attempt_of("channel = 'email' AND opens_at <= $$2026-11-24 11:05+00$$"))["state"] == "sent"


class Faulty(Pace):
    """A pace that cannot be read for a moment."""

    def __init__(self, error: Exception) -> None:
        super().__init__(FAST)
        self._errors = [error]

    async def turns(self, channel: str, count: int) -> list[float]:
        if self._errors:
            raise self._errors.pop()
        return await super().turns(channel, count)


async def test_a_passing_fault_after_a_claim_uses_up_none_of_the_claims_of_its_batch(
    world: World, house: House
) -> None:
    await due(world, 3)
    carriers = carried_by(phone := Phone())
    carriers["sms"].pace = Faulty(ConnectionError("the database restarts"))
    with pytest.raises(ConnectionError):
        await send_due(house, carriers, "test")
    rows = await fetch(pool("work"), "SELECT state, claims, counted_at FROM attempt WHERE step = 1")
    assert [tuple(row.values()) for row in rows] == [("planned", 0, None)] * 3
    assert await send_due(house, carriers, "test") == len(phone.received) == 3


async def test_a_batch_that_fails_for_another_reason_keeps_its_claim(world: World, house: House) -> None:
    """Else what fails each time would be claimed for ever, before all the others."""
    await due(world, 1)
    carriers = carried_by(Phone())
    carriers["sms"].pace = Faulty(KeyError("a fault of ours"))
    with pytest.raises(KeyError):
        await send_due(house, carriers, "test")
    row = await attempt_of("step = 1")
    assert (row["state"], row["claims"]) == ("claimed", 1)


async def test_a_start_being_written_when_the_worker_is_cut_is_put_back(
    world: World, house: House, server: object
) -> None:
    """The statement that starts it waits behind another; the line that asked for it is cut meanwhile."""
    await asked(world)
    set_clock(NOON)
    carriers = carried_by(phone := Phone())
    other = await asyncpg.connect(**credentials(server.application_url))
    try:
        await other.execute("SET ROLE quality_work")
        change_open = other.transaction()

        class Locked(Pace):
            async def turns(self, channel: str, count: int) -> list[float]:
                await change_open.start()
                await other.execute("SELECT id FROM attempt WHERE step = 1 FOR UPDATE")
                return await super().turns(channel, count)

        carriers["sms"].pace = Locked(1000.0)
        sending = asyncio.create_task(send_due(house, carriers, "test"))
        await until(start_waits, "the start to wait")
        sending.cancel()
        await asyncio.sleep(0)  # the line that asked is cut before its statement ends
        await change_open.rollback()
        with pytest.raises(asyncio.CancelledError):
            await sending
    finally:
        await other.close()
    row = await attempt_of("step = 1")
    assert phone.received == []
    assert (row["state"], row["counted_at"], row["sent_at"]) == ("planned", None, None)


async def start_waits() -> bool:
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    return bool(await fetch_value(pool("work"), waiting))
