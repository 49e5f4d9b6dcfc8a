"""A number that takes no message: what is left of its requests leaves by e-mail or by calls, once.

One that is somebody else's is used no more, and says so."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest
from tortoise.exceptions import OperationalError

from quality.app import House
from quality.db import execute, fetch, fetch_value, pool, transaction
from surveys import collect
from surveys.channels.message import ChannelError, Report, ReportState
from surveys.dispatch import reports, worker
from surveys.dispatch.recovery import close_over
from surveys.dispatch.rerouting import reroute
from surveys.dispatch.sending import send_due
from surveys.protocol.deciding import decide_pending
from surveys.response import by_id
from tests.surveys.dispatch.asking import (
    NOON,
    Phone,
    asked,
    attempt_of,
    attempts,
    carried_by,
    change,
    claim_at,
    recent,
    serves_others,
    set_clock,
)
from tests.surveys.visits import MOBILE, someone, visit
from tests.world import World

MAIL, LANDLINE = "martin@example.invalid", "+33467990001"
REFUSED = ChannelError("no such number", permanent=True)


async def kill(world: World, house: House, **given: str) -> dict:
    """Let the carrier refuse the message and the reminder to a mobile; return the reminder."""
    await asked(world, await someone(world, mobile=MOBILE, **given))
    set_clock(NOON)
    await send_due(house, carried_by(Phone(fails=lambda _: REFUSED)), "test")
    reminder = await attempt_of("step = 3")
    await serves_others(reminder["opens_at"])
    set_clock(reminder["opens_at"])
    await send_due(house, carried_by(Phone(fails=lambda _: REFUSED)), "test")
    return reminder


async def of(channel: str, states: str = "'planned', 'deferred'") -> list[dict]:
    return [row for row in await attempts() if row["channel"] == channel and row["state"] in states]


async def call_wrong() -> None:
    """Let a call find each number to be somebody else's."""
    await change("endpoint", "wrong_at = coalesce(failed_at, $1)", NOON, where="kind = 'phone'")


async def test_a_mobile_that_takes_no_message_is_called(world: World, house: House) -> None:
    reminder = await kill(world, house)
    assert await reroute(reminder["opens_at"]) == 1
    first, second = await of("phone")
    assert (first["step"], second["step"]) == (6, 6)
    assert first["opens_at"] == reminder["opens_at"]
    assert {first["endpoint_id"], second["endpoint_id"]} == {reminder["endpoint_id"]}
    set_clock(first["opens_at"])
    (called,) = await claim_at(first["opens_at"], ("phone",))
    assert called.id == first["id"]


async def test_the_next_visit_of_whose_mobile_takes_no_message_is_asked_about_by_call(
    world: World, house: House
) -> None:
    client = await someone(world, mobile=MOBILE)
    await asked(world, client)
    await change("endpoint", "failed_at = $1", NOON)
    other = await visit(client, ended_at=NOON - timedelta(hours=1), incident=True)
    await decide_pending(house)
    planned = (
        "SELECT a.channel FROM attempt a JOIN invitation i ON i.id = a.invitation_id WHERE i.occasion_id = $1"
    )
    assert {row["channel"] for row in await fetch(pool("work"), planned, other)} == {"phone"}


async def test_a_dead_mobile_is_followed_by_an_email_in_its_own_hours(world: World, house: House) -> None:
    reminder = await kill(world, house, email=MAIL)
    assert await of("email") == []
    assert await reroute(reminder["opens_at"]) == 1
    first, second = await of("email")
    assert (first["step"], second["step"]) == (2, 4)
    assert first["opens_at"] == reminder["opens_at"]
    assert second["opens_at"] - first["opens_at"] >= timedelta(days=1) - timedelta(hours=3)
    box = Phone(channel="email", name="smtp")
    await send_due(house, carried_by(box), "test")
    (mail,) = box.received
    assert mail.to == MAIL
    assert mail.subject.startswith("Comment s’est passée la visite")
    assert len(await recent("person")) == 1


async def test_the_calls_to_a_wrong_mobile_say_so_and_leave_the_queue(world: World, house: House) -> None:
    reminder = await kill(world, house, email=MAIL)
    await call_wrong()
    await reroute(reminder["opens_at"])
    calls = [row for row in await attempts() if row["channel"] == "phone"]
    assert {(row["state"], row["reason"]) for row in calls} == {("suppressed", "dead_endpoint")}
    assert await fetch_value(pool("work"), "SELECT state FROM call_case WHERE kind = 'survey'") == "done"


async def test_without_an_email_a_landline_is_called_at_once(world: World, house: House) -> None:
    reminder = await kill(world, house, phone=LANDLINE)
    await reroute(reminder["opens_at"])
    first, _ = await of("phone")
    assert (first["step"], first["opens_at"]) == (6, reminder["opens_at"])
    case = await fetch(pool("work"), "SELECT state, next_due_at, attempt_id FROM call_case")
    assert case == [{"state": "open", "next_due_at": first["opens_at"], "attempt_id": first["id"]}]
    rerouted = [row for row in await attempts() if row["step"] == 5]
    assert {row["reason"] for row in rerouted} == {"rerouted"}


async def test_a_case_that_had_no_number_left_is_opened_again_for_a_new_one(
    world: World, house: House
) -> None:
    reminder = await kill(world, house)
    await call_wrong()
    await reroute(reminder["opens_at"])
    assert await fetch_value(pool("work"), "SELECT state FROM call_case") == "done"
    client = reminder["client_id"]
    cipher = house.keyring.encrypt(LANDLINE, "client.phone", client)
    key = house.keyring.lookup("phone", LANDLINE)
    await change("client", "phone_cipher = $1, phone_key = $2", cipher, key)
    await change("endpoint", "wrong_at = wrong_at + interval '1 hour'")
    await reroute(reminder["opens_at"] + timedelta(hours=1))
    first, _ = await of("phone")
    row = await fetch(pool("work"), "SELECT state, outcome, attempt_id FROM call_case")
    assert row == [{"state": "open", "outcome": None, "attempt_id": first["id"]}]


async def test_with_nothing_else_the_request_closes_with_the_true_reason(world: World, house: House) -> None:
    reminder = await kill(world, house)
    await call_wrong()
    await reroute(reminder["opens_at"])
    assert {row["reason"] for row in await attempts()} == {"refused_by_carrier", "dead_endpoint"}
    over = await fetch_value(pool("work"), "SELECT closes_at FROM invitation")
    await close_over(pool("work"), over)
    assert await fetch_value(pool("work"), "SELECT closed_reason FROM invitation") == "expired"


async def test_a_report_told_twice_and_two_workers_at_once_plan_nothing_twice(
    world: World, house: House
) -> None:
    await asked(world, await someone(world, mobile=MOBILE, email=MAIL))
    for step in (1, 3):
        row = await attempt_of(f"step = {step}")
        set_clock(row["opens_at"])
        await serves_others(row["opens_at"])
        await send_due(house, carried_by(Phone()), "test")
        for _ in range(2):
            await reports.apply(pool("work"), Report(row["id"], ReportState.FAILED), row["opens_at"])
    now = row["opens_at"] + timedelta(minutes=1)
    await asyncio.gather(reroute(now), reroute(now))
    planned = await of("email")
    assert [one["step"] for one in planned] == [2, 4]
    await reports.apply(pool("work"), Report(row["id"], ReportState.FAILED), now)
    assert await reroute(now) == 0
    assert await of("email") == planned


async def test_messages_that_were_lost_count_under_the_cap_of_the_request(world: World, house: House) -> None:
    await asked(world, await someone(world, mobile=MOBILE, email=MAIL))
    await change("attempt", "contact_cap = 3")
    for step in (1, 3):
        row = await attempt_of(f"step = {step}")
        set_clock(row["opens_at"])
        await serves_others(row["opens_at"])
        await send_due(house, carried_by(Phone()), "test")
        await reports.apply(pool("work"), Report(row["id"], ReportState.FAILED), row["opens_at"])
    await reroute(row["opens_at"])
    assert [(one["step"], one["contact_cap"]) for one in await of("email")] == [(2, 3)]


async def test_an_answer_that_came_meanwhile_leaves_nothing_to_plan(world: World, house: House) -> None:
    reminder = await kill(world, house, email=MAIL)
    async with transaction("answer") as db:
        visit = await by_id(db, reminder["invitation_id"])
        assert visit is not None
        await collect.record(db, visit, {"globale": 4}, channel="web", now=NOON)
    await reroute(reminder["opens_at"])
    assert await of("email") == []


@pytest.mark.parametrize(
    ("table", "sets"),
    [("person", "refused_at = now()"), ("person", "deceased_at = now()"), ("client", "contact = 'no'")],
)
async def test_nothing_is_planned_for_who_refused_or_died(
    world: World, house: House, table: str, sets: str
) -> None:
    reminder = await kill(world, house, email=MAIL)
    await change(table, sets)
    await reroute(reminder["opens_at"])
    assert await of("email") == []


async def test_the_closing_date_of_the_request_holds_when_its_line_is_sent_again(
    world: World, house: House
) -> None:
    reminder = await kill(world, house, email=MAIL)
    later = "updated_at = updated_at + interval '3 days', ended_at = ended_at + interval '3 days'"
    await change("intervention", later)
    await reroute(reminder["opens_at"] + timedelta(days=3))
    over = await fetch_value(pool("work"), "SELECT closes_at FROM invitation")
    assert all(row["give_up_at"] <= over for row in await of("email"))


async def test_the_tick_of_the_worker_goes_round_a_dead_number(world: World, house: House) -> None:
    await kill(world, house, email=MAIL)
    await worker.recover(house)
    assert [row["step"] for row in await of("email")] == [2, 4]


async def test_a_number_that_works_again_and_dies_again_is_gone_round_again(
    world: World, house: House
) -> None:
    reminder = await kill(world, house, email=MAIL)
    assert await reroute(reminder["opens_at"]) == 1
    await change("endpoint", "failed_at = NULL")
    assert await reroute(reminder["opens_at"]) == 0
    await change("endpoint", "failed_at = $1", NOON + timedelta(days=3), where="kind = 'phone'")
    assert await reroute(NOON + timedelta(days=3)) == 1


async def test_a_number_that_dies_while_a_visit_is_decided_is_gone_round(world: World, house: House) -> None:
    key = house.keyring.lookup("phone", MOBILE)
    await execute(
        pool("work"),
        "INSERT INTO endpoint (id, platform_id, kind, key) VALUES (gen_random_uuid(), $1, 'phone', $2)",
        world.platform,
        key,
    )
    await visit(await someone(world, mobile=MOBILE, email=MAIL))
    async with transaction("send"):  # the planner's: the rest of this test is on another connection
        assert await decide_pending(house) == 1
        await change("endpoint", "failed_at = $1", NOON - timedelta(hours=1))
        assert await reroute(NOON - timedelta(minutes=30)) == 1
        assert await attempts() == []
    assert {row["channel"] for row in await attempts()} == {"sms", "phone"}
    assert await reroute(NOON) == 1
    assert [row["step"] for row in await of("email")] == [2, 4]
    assert await of("sms") == []
    assert await reroute(NOON) == 0


async def test_a_request_that_cannot_be_planned_holds_no_other_back_and_is_tried_later(
    world: World, house: House
) -> None:
    await asked(world, mobile=MOBILE, email=MAIL)
    strange = await asked(world, mobile=MOBILE, email=MAIL)
    bad = await attempt_of(f"client_id = '{strange.id}'")
    await change("client", "departement = 'ZZ'", where=f"id = '{strange.id}'")
    await change("endpoint", "failed_at = $1", NOON, where="kind = 'phone'")
    assert await reroute(NOON) == 1
    assert [(row["step"], row["client_id"] == strange.id) for row in await of("email")] == [
        (2, False),
        (4, False),
    ]
    apart = "SELECT id, tries, error FROM unplanned_request"
    assert await fetch(pool("work"), apart) == [
        {"id": bad["invitation_id"], "tries": 1, "error": "UnknownCode"}
    ]
    assert await reroute(NOON) == 0
    await change("client", "departement = '34'")
    await change("unplanned_request", "retry_at = now()")
    assert await reroute(NOON) == 1
    assert len(await of("email")) == 4
    assert await fetch(pool("work"), apart) == []


async def test_missed_windows_move_whatever_going_round_did(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await asked(world, mobile=MOBILE)
    missed = await attempt_of("step = 1")
    set_clock(missed["closes_at"])
    await owner.execute("REVOKE SELECT ON intervention FROM quality_work")  # which going round alone reads
    try:
        with pytest.raises(OperationalError, match="intervention"):
            await worker.recover(house)
    finally:
        await owner.execute("GRANT SELECT ON intervention TO quality_work")
    assert (await attempt_of("step = 1"))["opens_at"] > missed["opens_at"]
