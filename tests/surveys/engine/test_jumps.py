"""A clock that jumps an hour forwards, an hour back or a day: nothing leaves twice, early or out of hours."""

from datetime import datetime, timedelta

import pytest

from quality.app import House
from quality.db import fetch_value, pool
from surveys.dispatch import worker
from surveys.dispatch.sending import send_due
from tests.surveys.dispatch.asking import NOON, Phone, asked, attempt_of, carried_by, set_clock
from tests.surveys.engine import hours
from tests.world import World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JUMPS = {"an hour forwards": HOUR, "an hour back": -HOUR, "a day": DAY}


async def tick(house: House, phone: Phone, now: datetime) -> int:
    """Let a worker wake once at an instant; give how many messages it sent."""
    set_clock(now)
    before = len(phone.received)
    await worker.recover(house)
    await send_due(house, carried_by(phone), "test")
    return len(phone.received) - before


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS)
async def test_what_left_does_not_leave_again_after_a_jump(
    world: World, house: House, jump: timedelta
) -> None:
    await asked(world)
    phone = Phone()
    assert await tick(house, phone, NOON) == 1
    assert await tick(house, phone, NOON + jump) == 0
    assert await tick(house, phone, NOON) == 0
    assert await fetch_value(pool("work"), "SELECT count(*) FROM contact_event") == 1
    reminder = (await attempt_of("step = 3"))["opens_at"]
    assert await tick(house, phone, reminder - timedelta(minutes=1)) == 0
    assert await tick(house, phone, reminder + timedelta(minutes=1)) == 1


async def test_a_jump_back_before_its_window_holds_a_message_until_it_opens_again(
    world: World, house: House
) -> None:
    await asked(world)
    opens_at, phone = (await attempt_of("step = 1"))["opens_at"], Phone()
    assert await tick(house, phone, opens_at - HOUR) == 0
    assert await tick(house, phone, opens_at - timedelta(minutes=1)) == 0
    assert await tick(house, phone, opens_at) == 1


async def test_a_jump_of_an_hour_over_the_end_of_the_hours_waits_for_the_next_ones(
    world: World, house: House
) -> None:
    await asked(world)
    phone = Phone()
    assert not hours.SMS.allow(NOON + HOUR, "34")  # 13:05
    assert await tick(house, phone, NOON + HOUR) == 0
    assert await tick(house, phone, NOON + 2 * HOUR) == 1


async def test_a_jump_of_a_day_sends_once_what_it_missed(world: World, house: House) -> None:
    await asked(world)
    phone = Phone()
    assert await tick(house, phone, NOON + DAY) == 1
    assert await tick(house, phone, NOON) == 0
    assert await tick(house, phone, NOON + DAY + HOUR) == 0


FRIDAY = datetime.fromisoformat("2026-11-27T18:25+00:00")  # 19:25 in Paris
MONDAY = datetime.fromisoformat("2026-11-30T09:00+00:00")


async def test_36_hours_without_a_worker_until_a_friday_at_19_25_leave_nothing_before_monday(
    world: World, house: House
) -> None:
    """Tuesday's visit, of somebody who only wants messages: Thursday's reminder leaves on Monday, once."""
    await asked(world, contact="sms")
    phone = Phone()
    assert hours.wall(FRIDAY, "34").strftime("%a %H:%M") == "Fri 19:25"
    assert await tick(house, phone, NOON) == 1
    for minutes in (0, 5, 60, 24 * 60, 48 * 60):
        assert await tick(house, phone, FRIDAY + timedelta(minutes=minutes)) == 0
    assert await tick(house, phone, MONDAY - timedelta(minutes=1)) == 0
    assert await tick(house, phone, MONDAY) == 1
    assert await tick(house, phone, MONDAY + HOUR) == 0


async def test_after_such_an_outage_a_step_that_another_follows_gives_way_to_it(
    world: World, house: House
) -> None:
    """The call of Friday is due: the reminder of Thursday is late, and there is one contact, not two."""
    await asked(world)
    phone = Phone()
    assert await tick(house, phone, NOON) == 1
    assert await tick(house, phone, FRIDAY) == 0
    assert await tick(house, phone, MONDAY) == 0
    assert (await attempt_of("step = 3"))["reason"] == "late"
    assert (await attempt_of("step = 5"))["opens_at"] == MONDAY
