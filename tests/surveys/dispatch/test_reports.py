"""Delivery reports in any order end in one state, and settle what was uncertain."""

from datetime import timedelta
from itertools import permutations

import asyncpg
import pytest

from quality.app import House
from quality.db import fetch_one, fetch_value, pool
from surveys.channels.message import ChannelError, Report, ReportState
from surveys.dispatch import reports
from surveys.dispatch.sending import send_due
from tests.surveys.dispatch.asking import (
    NOON,
    Phone,
    asked,
    attempt_of,
    carried_by,
    change,
    claim_at,
    first_attempt,
    follow_up,
    recent,
    serves_others,
    set_clock,
)
from tests.world import World

ORDERS = list(permutations((ReportState.QUEUED, ReportState.ACCEPTED, ReportState.DELIVERED)))


async def sent(world: World, house: House, error: ChannelError | None = None) -> dict:
    await asked(world)
    set_clock(NOON)
    await send_due(house, carried_by(Phone(fails=lambda _: error)), "test")
    return await first_attempt()


async def report(attempt: dict, state: ReportState) -> str | None:
    return await reports.apply(pool("work"), Report(attempt["id"], state), NOON)


@pytest.mark.parametrize("order", ORDERS, ids=["-".join(order) for order in ORDERS])
async def test_reports_in_any_order_end_delivered(
    world: World, house: House, order: tuple[ReportState, ...]
) -> None:
    attempt = await sent(world, house)
    for state in order:
        await report(attempt, state)
    row = await first_attempt()
    assert (row["state"], row["reason"], row["settled_at"]) == ("delivered", None, NOON)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (ReportState.DELIVERED, "delivered"),
        (ReportState.ACCEPTED, "sent"),
        (ReportState.FAILED, "failed"),
        (ReportState.EXPIRED, "failed"),
        (ReportState.REJECTED, "failed"),
    ],
)
async def test_a_report_settles_what_was_uncertain(
    world: World, house: House, state: ReportState, expected: str
) -> None:
    attempt = await sent(world, house, ChannelError("silence", uncertain=True))
    assert attempt["state"] == "uncertain"
    assert await report(attempt, state) == expected
    assert (await first_attempt())["state"] == expected


async def test_a_report_repeated_says_nothing_new(world: World, house: House) -> None:
    attempt = await sent(world, house)
    assert await report(attempt, ReportState.DELIVERED) == "delivered"
    assert await report(attempt, ReportState.DELIVERED) is None
    assert await report(attempt, ReportState.FAILED) is None


async def test_a_message_that_waits_for_another_try_and_was_delivered_is_not_sent_again(
    world: World, house: House
) -> None:
    attempt = await sent(world, house, ChannelError("502"))
    assert attempt["state"] == "deferred"
    await report(attempt, ReportState.DELIVERED)
    await change("attempt", "not_before = NULL", where="step = 1")
    assert await claim_at() == []


async def test_a_message_that_the_carrier_refused_counts_no_more_one_that_was_lost_does(
    world: World, house: House
) -> None:
    attempt = await sent(world, house)
    await report(attempt, ReportState.FAILED)
    assert len(await recent("person")) == 1
    await change("attempt", "state = 'sent', report_rank = 0", where="step = 1")
    await report(attempt, ReportState.REJECTED)
    assert await recent("person") == []


async def counts() -> tuple[list, list, int]:
    """Give the contacts counted of the person, of the number, and in the log."""
    logged = await fetch_value(pool("work"), "SELECT count(*) FROM contact_event")
    return await recent("person"), await recent("endpoint"), logged


async def test_a_message_given_back_by_its_carrier_that_arrived_after_all_counts(
    world: World, house: House
) -> None:
    attempt = await sent(world, house, ChannelError("503"))
    assert await counts() == ([], [], 0)
    await report(attempt, ReportState.DELIVERED)
    assert await counts() == ([NOON], [NOON], 1)
    assert (await first_attempt())["counted_at"] == NOON


async def test_a_refusal_that_a_delivery_belies_counts_when_it_was_sent(world: World, house: House) -> None:
    attempt = await sent(world, house)
    await change("endpoint", "recent = ARRAY[$1::timestamptz] || recent", NOON + timedelta(hours=1))
    await report(attempt, ReportState.REJECTED)
    assert await recent("person") == []
    set_clock(NOON + timedelta(hours=2))
    await reports.apply(pool("work"), Report(attempt["id"], ReportState.DELIVERED), NOON + timedelta(hours=2))
    left_at = attempt["sent_at"]
    assert await counts() == ([left_at], [NOON + timedelta(hours=1), left_at], 1)


@pytest.mark.parametrize("state", [ReportState.ACCEPTED, ReportState.FAILED, ReportState.EXPIRED])
async def test_a_message_that_left_and_was_lost_counts_and_counts_once(
    world: World, house: House, state: ReportState
) -> None:
    attempt = await sent(world, house, ChannelError("503"))
    await report(attempt, state)
    assert await counts() == ([NOON], [NOON], 1)
    await report(attempt, ReportState.DELIVERED)
    assert await counts() == ([NOON], [NOON], 1)


async def test_a_message_refused_before_it_left_never_left(world: World, house: House) -> None:
    attempt = await sent(world, house, ChannelError("503"))
    await report(attempt, ReportState.REJECTED)
    row = await first_attempt()
    assert (row["state"], row["sent_at"], await counts()) == ("failed", None, ([], [], 0))


async def test_a_message_withdrawn_while_it_waited_and_delivered_all_the_same_counts(
    world: World, house: House
) -> None:
    attempt = await sent(world, house, ChannelError("503"))
    await change(
        "attempt", "state = 'suppressed', reason = 'answered', settled_at = $1", NOON, where="step = 1"
    )
    await report(attempt, ReportState.DELIVERED)
    row = await first_attempt()
    assert (row["state"], row["reason"], row["sent_at"]) == ("suppressed", "answered", NOON)
    assert await counts() == ([NOON], [NOON], 1)


async def test_a_message_that_stopped_and_was_delivered_is_not_for_somebody_to_send_again(
    world: World, house: House
) -> None:
    attempt = await sent(world, house, ChannelError("503"))
    await change("attempt", "state = 'dead', reason = 'claimed_too_often', claims = 5", where="step = 1")
    assert await report(attempt, ReportState.DELIVERED) == "delivered"


async def test_a_message_that_arrived_after_all_spends_the_budget_of_its_day(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await owner.execute(
        """
        INSERT INTO channel_setting (id, platform_id, channel, per_day)
        SELECT gen_random_uuid(), id, 'sms', 10 FROM platform
        """
    )
    attempt = await sent(world, house, ChannelError("503"))
    assert await spent() == 0
    await report(attempt, ReportState.DELIVERED)
    assert await spent() == 1


async def spent() -> int:
    return int(await fetch_value(pool("work"), "SELECT spent ->> '2026-11-24' FROM channel_setting"))


async def test_news_of_a_complaint_that_arrived_after_all_counts_for_the_complaint(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    attempt = await sent(world, house, ChannelError("503"))
    await follow_up(world, owner)
    await report(attempt, ReportState.DELIVERED)
    assert await counts() == ([], [], 0)
    assert await fetch_value(pool("work"), "SELECT contacts FROM complaint") == 1


async def undelivered_twice(world: World, house: House, state: ReportState) -> dict:
    """Let the message and its reminder not be delivered; return the reminder."""
    await report(await sent(world, house), state)
    assert await fetch_value(pool("work"), "SELECT failed_at FROM endpoint") is None
    reminder = await attempt_of("step = 3")
    set_clock(reminder["opens_at"])
    await send_due(house, carried_by(Phone()), "test")
    await report(reminder, state)
    return reminder


async def test_two_undelivered_messages_put_a_number_aside_until_one_is_delivered(
    world: World, house: House
) -> None:
    await serves_others(NOON)
    reminder = await undelivered_twice(world, house, ReportState.FAILED)
    put_aside = await fetch_one(pool("work"), "SELECT failed_at, wrong_at FROM endpoint")
    assert put_aside is not None
    assert (put_aside["failed_at"] is not None, put_aside["wrong_at"]) == (True, None)
    await report(reminder, ReportState.DELIVERED)
    assert await fetch_value(pool("work"), "SELECT failed_at FROM endpoint") is None


async def test_a_delivery_to_a_number_that_is_somebody_else_s_keeps_it_aside(
    world: World, house: House
) -> None:
    attempt = await sent(world, house)
    await change("endpoint", "wrong_at = $1", NOON)
    await report(attempt, ReportState.DELIVERED)
    assert await fetch_value(pool("work"), "SELECT wrong_at FROM endpoint") == NOON


async def test_a_telephone_that_was_off_twice_is_no_dead_number(world: World, house: House) -> None:
    await serves_others(NOON)
    reminder = await undelivered_twice(world, house, ReportState.EXPIRED)
    row = await attempt_of(f"id = '{reminder['id']}'")
    assert (row["state"], row["reason"]) == ("failed", "unreached")
    assert len(await recent("person")) == 2
    assert await fetch_value(pool("work"), "SELECT failed_at FROM endpoint") is None


async def test_a_carrier_that_delivers_nothing_puts_no_number_aside(world: World, house: House) -> None:
    await undelivered_twice(world, house, ReportState.FAILED)
    assert await fetch_value(pool("work"), "SELECT failed_at FROM endpoint") is None


async def test_a_delivery_is_noted_of_its_carrier(world: World, house: House) -> None:
    await report(await sent(world, house), ReportState.DELIVERED)
    assert await fetch_value(pool("work"), "SELECT delivered_at FROM carrier_pace") == NOON


async def test_a_delivery_between_two_failures_keeps_the_number(world: World, house: House) -> None:
    await report(await sent(world, house), ReportState.FAILED)
    reminder = await attempt_of("step = 3")
    set_clock(reminder["opens_at"])
    await send_due(house, carried_by(Phone()), "test")
    await report(reminder, ReportState.DELIVERED)
    assert await fetch_value(pool("work"), "SELECT failed_at FROM endpoint") is None


async def test_a_report_about_nothing_changes_nothing(world: World) -> None:
    from uuid import uuid4

    assert await reports.apply(pool("work"), Report(uuid4(), ReportState.DELIVERED), NOON) is None
