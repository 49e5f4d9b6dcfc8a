"""A channel that somebody holds sends nothing, and a day never sends more than its budget."""

import asyncio
from datetime import datetime, timedelta

import asyncpg
import pytest

from quality.app import House
from quality.db import fetch_value, pool
from quality.errors import Conflict, Invalid
from surveys.channels.message import ChannelError
from surveys.dispatch.claims import uncount
from surveys.dispatch.control import restraining
from surveys.dispatch.sending import send_due
from tests.surveys.dispatch.asking import NOON, Phone, asked, carried_by, change, claim_at, set_clock
from tests.surveys.visits import someone
from tests.world import World

TOMORROW = NOON + timedelta(days=1)


async def ask(world: World, people: int) -> None:
    for n in range(people):
        await asked(world, await someone(world, mobile=f"+3363998{n:04}"))


async def spent(day: datetime = NOON) -> int:
    kept = "SELECT coalesce((spent ->> $1)::integer, 0) FROM channel_setting WHERE channel = 'sms'"
    return int(await fetch_value(pool("work"), kept, f"{day:%Y-%m-%d}"))


async def test_what_is_held_leaves_once_it_goes_on(world: World) -> None:
    await asked(world)
    supervisor = world.actor("supervisor")
    await restraining.hold(supervisor, "sms", "  L’opérateur   est en panne ")
    assert await claim_at() == []
    found = (await restraining.read(supervisor))["sms"]
    assert (found.is_held, found.held_why, found.held_by) == (
        True,
        "L’opérateur est en panne",
        supervisor.account,
    )
    await restraining.resume(supervisor, "sms")
    assert len(await claim_at()) == 1


async def test_another_channel_goes_on(world: World) -> None:
    await asked(world)
    await restraining.hold(world.actor("supervisor"), "email", "panne")
    assert len(await claim_at()) == 1


async def test_a_channel_is_held_once_and_released_once(world: World) -> None:
    supervisor = world.actor("supervisor")
    with pytest.raises(Conflict):
        await restraining.resume(supervisor, "sms")
    await restraining.hold(supervisor, "sms", "panne")
    with pytest.raises(Conflict):
        await restraining.hold(supervisor, "sms", "panne")


@pytest.mark.parametrize("why", ["", "   ", "x" * 201])
async def test_a_hold_says_why(world: World, why: str) -> None:
    with pytest.raises(Invalid):
        await restraining.hold(world.actor("supervisor"), "sms", why)


@pytest.mark.parametrize("typed", ["-1", "douze", "1000001", "²"])
def test_a_budget_is_a_number_of_messages(typed: str) -> None:
    with pytest.raises(Invalid):
        restraining.budget_of("sms", typed)


async def test_a_day_sends_no_more_than_its_budget_and_the_next_day_the_rest(world: World) -> None:
    await ask(world, 5)
    set_clock(NOON)
    await restraining.give_budget(world.actor("platform"), "sms", "3")
    assert len(await claim_at()) == 3
    assert await claim_at() == []
    assert (await restraining.read(world.actor("platform")))["sms"].spent == 3
    await change(
        "attempt", "closes_at = $1, give_up_at = $1", TOMORROW + timedelta(hours=1), where="step = 1"
    )
    assert len(await claim_at(TOMORROW)) == 2
    assert (await spent(), await spent(TOMORROW)) == (3, 2)


async def test_a_clock_put_back_finds_what_its_day_had_spent(world: World) -> None:
    await ask(world, 6)
    await restraining.give_budget(world.actor("platform"), "sms", "2")
    await change("attempt", "closes_at = $1, give_up_at = $1", NOON + timedelta(days=30), where="step = 1")
    assert len(await claim_at()) == 2
    assert len(await claim_at(TOMORROW, limit=1)) == 1
    assert await claim_at(NOON + timedelta(minutes=5)) == []
    assert len(await claim_at(TOMORROW)) == 1
    assert (await spent(), await spent(TOMORROW)) == (2, 2)


async def test_what_a_budget_spent_is_forgotten_after_eight_days(world: World) -> None:
    await ask(world, 3)
    await restraining.give_budget(world.actor("platform"), "sms", "1")
    late = NOON + timedelta(days=8)
    await change("attempt", "closes_at = $1, give_up_at = $1", NOON + timedelta(days=30), where="step = 1")
    await change("invitation", "closes_at = $1", NOON + timedelta(days=30))
    assert len(await claim_at()) == 1
    await change("attempt", "state = 'suppressed', reason = 'late'", where="step > 1")
    assert len(await claim_at(late - timedelta(days=1))) == 1
    assert (await spent(), await spent(late - timedelta(days=1))) == (1, 1)
    assert len(await claim_at(late)) == 1
    assert (await spent(), await spent(late)) == (0, 1)


async def test_what_never_left_is_given_back_to_each_of_its_days(world: World) -> None:
    await ask(world, 3)
    await restraining.give_budget(world.actor("platform"), "sms", "2")
    await change("attempt", "closes_at = $1, give_up_at = $1", NOON + timedelta(days=30), where="step = 1")
    claimed = [*await claim_at(), *await claim_at(TOMORROW)]
    await uncount(pool("work"), [claimed[0].id, claimed[2].id])
    assert (await spent(), await spent(TOMORROW)) == (1, 0)


async def test_claimers_at_once_never_pass_the_budget(world: World) -> None:
    await ask(world, 8)
    await restraining.give_budget(world.actor("platform"), "sms", "5")
    total = 0
    for _ in range(4):
        total += sum(len(found) for found in await asyncio.gather(*(claim_at(limit=2) for _ in range(4))))
    assert total == await spent() == 5


async def test_what_may_have_left_spends_nothing_more_when_it_goes_again(world: World) -> None:
    await ask(world, 1)
    await restraining.give_budget(world.actor("platform"), "sms", "1")
    await claim_at()
    await change("attempt", "state = 'deferred', reason = 'unsure', lease_until = NULL", where="step = 1")
    assert len(await claim_at()) == 1
    assert await spent() == 1


async def test_what_a_carrier_put_off_spends_the_budget_of_the_day_on_which_it_leaves(
    world: World, house: House
) -> None:
    await ask(world, 4)
    await restraining.give_budget(world.actor("platform"), "sms", "2")
    set_clock(NOON)
    await send_due(house, carried_by(Phone(fails=lambda _: ChannelError("503"))), "test")
    assert await spent() == 0
    await change(
        "attempt", "opens_at = $1, closes_at = $2", TOMORROW, TOMORROW + timedelta(hours=2), where="step = 1"
    )
    later = TOMORROW + timedelta(minutes=10)
    set_clock(later)
    phone = Phone()
    for _ in range(3):
        await send_due(house, carried_by(phone), "test")
    assert len(phone.received) == await spent(TOMORROW) == 2


async def test_a_message_of_another_purpose_that_never_left_is_given_back_once(world: World) -> None:
    await ask(world, 2)
    await change("attempt", "purpose = 'reply'")
    await restraining.give_budget(world.actor("platform"), "sms", "9")
    claimed = await claim_at()
    for _ in range(2):
        await uncount(pool("work"), [claimed[0].id])
        assert await spent() == 1


async def test_what_never_left_is_given_back(world: World) -> None:
    await ask(world, 2)
    await restraining.give_budget(world.actor("platform"), "sms", "1")
    (claimed,) = await claim_at()
    await change(
        "attempt",
        "state = 'failed', reason = 'carrier_down', lease_until = NULL",
        where="counted_at IS NOT NULL",
    )
    await uncount(pool("work"), [claimed.id])
    assert await spent() == 0
    assert len(await claim_at()) == 1


async def test_a_budget_that_is_spent_hides_no_other_platform_s_messages(
    world: World, owner: asyncpg.Connection
) -> None:
    await ask(world, 2)
    await restraining.give_budget(world.actor("platform"), "sms", "0")
    await owner.execute(
        """
        INSERT INTO platform SELECT (jsonb_populate_record(p, '{"code": "AUTRE"}'
            || jsonb_build_object('id', gen_random_uuid()))).* FROM platform p LIMIT 1;
        UPDATE attempt SET platform_id = (SELECT id FROM platform WHERE code = 'AUTRE')
        WHERE invitation_id = (SELECT max(invitation_id::text)::uuid FROM attempt)
        """
    )
    assert len(await claim_at(limit=1)) == 1


async def test_no_limit_is_typed_as_nothing(world: World) -> None:
    await ask(world, 2)
    await restraining.give_budget(world.actor("platform"), "sms", "0")
    assert await claim_at() == []
    await restraining.give_budget(world.actor("platform"), "sms", "")
    assert len(await claim_at()) == 2


async def test_a_funder_who_must_see_nothing_reads_no_restraint(world: World) -> None:
    await restraining.hold(world.actor("supervisor"), "sms", "panne")
    assert not (await restraining.read(world.actor("funder", world.gironde)))["sms"].is_held
