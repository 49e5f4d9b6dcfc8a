"""Leases that ended, windows that were missed and requests that are over all get one final answer."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from quality.app import House
from quality.db import execute, fetch, fetch_one, fetch_value, pool
from surveys.channels.message import ChannelError
from surveys.collect import record
from surveys.dispatch import recovery
from surveys.dispatch.control import restraining, stuck
from surveys.dispatch.sending import send_due
from surveys.protocol import withdrawing
from surveys.protocol.deciding import decide_pending
from surveys.protocol.occasion import Reason
from surveys.response import by_id
from tests.surveys.closing import shut
from tests.surveys.dispatch.asking import (
    NOON,
    Phone,
    asked,
    attempt_of,
    attempts,
    carried_by,
    change,
    claim_at,
    first_attempt,
    recent,
    set_clock,
)
from tests.surveys.protocol.decided import open_complaint
from tests.surveys.visits import MOBILE, MORNING, someone, visit
from tests.world import World

OVER = "lease_until = now() - interval '1 second'"


async def test_what_was_claimed_and_not_started_is_planned_again_and_not_counted(world: World) -> None:
    await asked(world)
    await claim_at()
    await change("attempt", OVER, where="step = 1")
    assert await recovery.recover(pool("work"), NOON) == 1
    row = await first_attempt()
    assert (row["state"], row["lease_until"], row["counted_at"]) == ("planned", None, None)
    assert await recent("person") == []
    await claim_at(NOON + timedelta(minutes=1))
    assert await recent("person") == [NOON + timedelta(minutes=1)]


async def test_a_message_claimed_after_one_that_may_have_left_stays_counted(
    world: World, house: House
) -> None:
    await visit(await someone(world, email="martin@example.invalid"))
    await decide_pending(house)
    await claim_at(channels=("email",))
    await change("attempt", f"state = 'sending', {OVER}", where="channel = 'email' AND step = 2")
    await recovery.recover(pool("work"), NOON)
    await claim_at(channels=("email",))
    await change("attempt", OVER, where="channel = 'email' AND step = 2")
    await recovery.recover(pool("work"), NOON)
    row = await attempt_of("step = 2")
    assert (row["state"], row["reason"], row["counted_at"]) == ("planned", "unsure", NOON)
    assert await recent("person") == [NOON]


async def test_a_call_in_hand_whose_lease_ended_may_have_been_made_and_stays_counted(world: World) -> None:
    await asked(world, await someone(world, phone="+33467000001"))
    call = await attempt_of("channel = 'phone' AND try_number = 1")
    now = call["opens_at"] + timedelta(minutes=1)
    assert len(await claim_at(now, channels=("phone",))) == 1
    await change("attempt", OVER, where="state = 'claimed'")
    await recovery.recover(pool("work"), now)
    assert await recent("person") == [now]


async def test_a_lease_that_runs_is_left_alone(world: World) -> None:
    await asked(world)
    await claim_at()
    assert await recovery.recover(pool("work"), NOON) == 0


async def test_an_sms_that_was_being_sent_is_uncertain(world: World) -> None:
    await asked(world)
    await claim_at()
    await change("attempt", f"state = 'sending', {OVER}", where="step = 1")
    await recovery.recover(pool("work"), NOON)
    row = await first_attempt()
    assert (row["state"], row["sent_at"]) == ("uncertain", NOON)
    assert await claim_at() == []


async def test_an_e_mail_that_was_being_sent_goes_again_and_stays_counted(world: World, house: House) -> None:
    await visit(await someone(world, email="martin@example.invalid"))
    await decide_pending(house)
    await claim_at(channels=("email",))
    await change("attempt", f"state = 'sending', {OVER}", where="channel = 'email' AND step = 2")
    await recovery.recover(pool("work"), NOON)
    assert (await attempt_of("step = 2"))["state"] == "planned"
    (again,) = await claim_at(channels=("email",))
    assert again.fence == 2
    assert (await attempt_of("step = 2"))["reason"] == "unsure"
    assert len(await recent("person")) == 1


async def test_an_sms_goes_again_by_a_carrier_that_makes_one_message_of_two(world: World) -> None:
    await asked(world)
    await claim_at()
    await change("attempt", f"state = 'sending', {OVER}", where="step = 1")
    await recovery.recover(pool("work"), NOON, ["email", "sms"])
    row = await first_attempt()
    assert (row["state"], row["reason"], row["counted_at"]) == ("planned", "unsure", NOON)
    assert len(await claim_at()) == 1


async def dead_while_sending() -> None:
    """Let an e-mail that may have left lose its worker for the fifth time."""
    await claim_at(channels=("email",))
    await change("attempt", f"state = 'sending', claims = 5, {OVER}", where="channel = 'email' AND step = 2")
    await recovery.recover(pool("work"), NOON)


async def test_an_e_mail_that_may_have_left_stays_counted_when_it_is_dead_and_given_up(
    world: World, house: House
) -> None:
    await visit(await someone(world, email="martin@example.invalid"))
    await decide_pending(house)
    await dead_while_sending()
    row = await attempt_of("step = 2")
    assert (row["state"], row["reason"]) == ("dead", "unsure")
    await stuck.abandon(world.actor("supervisor"), row["id"])
    assert (await attempt_of("step = 2"))["reason"] == "unsure"
    assert await recent("person") == [NOON]


async def test_what_may_have_left_stays_counted_when_its_request_is_over(world: World, house: House) -> None:
    await visit(await someone(world, email="martin@example.invalid"))
    await decide_pending(house)
    await claim_at(channels=("email",))
    await change("attempt", f"state = 'sending', {OVER}", where="channel = 'email' AND step = 2")
    await recovery.recover(pool("work"), NOON)
    over = await fetch_value(pool("work"), "SELECT closes_at FROM invitation")
    await recovery.close_over(pool("work"), over)
    assert (await attempt_of("step = 2"))["state"] == "expired"
    assert await recent("person") == [NOON]


async def test_a_message_that_its_dead_number_held_back_says_so(world: World) -> None:
    await asked(world)
    await change("endpoint", "failed_at = now()")
    await recovery.reschedule((await first_attempt())["give_up_at"])
    assert (await first_attempt())["reason"] == "dead_endpoint"


async def test_what_will_never_leave_is_withdrawn_by_batches(world: World, house: House) -> None:
    for n in range(3):
        await visit(await someone(world, mobile=f"+3363998{n:04d}"))
    await decide_pending(house)
    await change("client", "status = 'deceased'")
    due = await fetch_value(pool("work"), "SELECT max(opens_at) FROM attempt WHERE step = 1")
    assert await recovery.withdraw(pool("work"), due, limit=2) == 2


async def test_five_claims_without_an_end_are_the_end(world: World) -> None:
    await asked(world)
    for _ in range(5):
        assert len(await claim_at()) == 1
        await change("attempt", OVER, where="step = 1")
        await recovery.recover(pool("work"), NOON)
    row = await first_attempt()
    assert (row["state"], row["reason"]) == ("dead", "claimed_too_often")
    assert await claim_at() == []


async def test_a_missed_window_gives_the_next_one(world: World) -> None:
    await asked(world)
    first = await first_attempt()
    after = first["closes_at"]
    await recovery.reschedule(after)
    row = await first_attempt()
    assert row["state"] == "planned"
    assert after <= row["opens_at"] < after + timedelta(hours=2)
    assert row["closes_at"] > row["opens_at"]


async def test_a_place_that_was_corrected_gives_the_hours_of_the_new_one(world: World) -> None:
    await asked(world)
    await change("client", "departement = '974'")
    evening = NOON + timedelta(hours=4)  # 16:05 in Paris, when SMS leave; 19:05 in La Réunion, when none does
    assert await claim_at(evening) == []
    await recovery.reschedule(evening)
    row = await first_attempt()
    assert (row["state"], row["departement"]) == ("planned", "974")
    assert row["opens_at"] == datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
    assert len(await claim_at(row["opens_at"])) == 1


async def test_a_place_that_was_corrected_changes_the_desk_s_next_call(world: World) -> None:
    await asked(world)
    await change("client", "departement = '974'")
    call = await attempt_of("channel = 'phone' AND try_number = 1")
    await change("attempt", "state = 'sent', sent_at = now()", where="channel <> 'phone'")
    await recovery.reschedule(call["opens_at"])
    moved = await attempt_of("channel = 'phone' AND try_number = 1")
    case = await fetch_one(pool("work"), "SELECT next_due_at, attempt_id FROM call_case")
    assert moved["departement"] == "974"
    assert case == {"next_due_at": moved["opens_at"], "attempt_id": moved["id"]}


async def test_a_missed_window_without_a_next_one_is_final_and_not_counted(
    world: World, house: House
) -> None:
    await asked(world)
    set_clock(NOON)
    await send_due(house, carried_by(Phone(fails=lambda _: ChannelError("503"))), "test")
    over = (await first_attempt())["give_up_at"]
    await recovery.reschedule(over)
    row = await first_attempt()
    assert (row["state"], row["reason"], row["counted_at"]) == ("expired", "window_over", None)
    assert await recent("person") == []


async def test_a_retried_contact_stays_a_day_after_the_one_before(world: World, house: House) -> None:
    await asked(world)
    set_clock(NOON)
    await send_due(house, carried_by(Phone()), "test")
    await change(
        "attempt", "opens_at = $1, closes_at = $2", NOON, NOON + timedelta(hours=1), where="step = 3"
    )
    await recovery.reschedule(NOON + timedelta(hours=2))
    assert (await attempt_of("step = 3"))["opens_at"] >= NOON + timedelta(days=1)


async def test_a_step_due_hours_after_a_late_one_moves_a_day(world: World, house: House) -> None:
    """Its own window was never missed: the message before it left late, when an outage ended."""
    await asked(world)
    reminder = await attempt_of("step = 3")
    late = reminder["opens_at"] - timedelta(hours=19)
    await change("attempt", "state = 'sent', sent_at = $1, counted_at = $1", late, where="step = 1")
    await change("person", "recent = $1", [late])
    now = reminder["opens_at"] + timedelta(minutes=5)
    set_clock(now)
    phone = Phone()
    assert await send_due(house, carried_by(phone), "test") == 0
    assert await recovery.reschedule(now) == 1
    moved = await attempt_of("step = 3")
    assert moved["opens_at"] == late + timedelta(days=1)
    set_clock(moved["opens_at"])
    await send_due(house, carried_by(phone), "test")
    assert len(phone.received) == 1


async def test_the_desk_follows_the_calls_that_move(world: World) -> None:
    await asked(world)
    call = await attempt_of("channel = 'phone' AND try_number = 1")
    await change("attempt", "state = 'sent', sent_at = now()", where="channel <> 'phone'")
    await recovery.reschedule(call["closes_at"])
    moved = await attempt_of("channel = 'phone' AND try_number = 1")
    case = await fetch_one(pool("work"), "SELECT next_due_at, attempt_id, state FROM call_case")
    assert moved["opens_at"] > call["opens_at"]
    assert case == {"next_due_at": moved["opens_at"], "attempt_id": moved["id"], "state": "open"}


async def test_a_desk_without_calls_left_is_done(world: World) -> None:
    await asked(world)
    over = await fetch_value(pool("work"), "SELECT max(give_up_at) FROM attempt WHERE channel = 'phone'")
    await recovery.reschedule(over)
    assert {row["state"] for row in await attempts()} == {"expired"}
    assert await fetch_value(pool("work"), "SELECT outcome FROM call_case") == "window_over"


async def test_after_an_outage_one_message_a_request_leaves(world: World, house: House) -> None:
    """The worker was down for two days and a half: the reminder leaves alone, the opening is late."""
    for n in range(3):
        await asked(world, await someone(world, mobile=f"+3363998{n:04d}"))
    back = (await attempt_of("step = 3"))["opens_at"] + timedelta(minutes=5)
    set_clock(back)
    phone = Phone()
    await recovery.withdraw(pool("work"), back)
    await recovery.reschedule(back)
    for _ in range(3):
        await send_due(house, carried_by(phone), "test")
    assert len(phone.received) == 3
    late = await fetch(pool("work"), "SELECT state, reason FROM attempt WHERE step = 1")
    assert [(row["state"], row["reason"]) for row in late] == [("suppressed", "late")] * 3


async def test_the_order_of_ticks_after_an_outage_changes_nothing(world: World, house: House) -> None:
    await asked(world)
    back = (await attempt_of("step = 3"))["opens_at"] + timedelta(minutes=5)
    set_clock(back)
    phone = Phone()
    await recovery.reschedule(back)
    await send_due(house, carried_by(phone), "test")
    await recovery.withdraw(pool("work"), back)
    await send_due(house, carried_by(phone), "test")
    assert len(phone.received) == 1


@pytest.mark.parametrize(
    ("table", "sets", "reason"),
    [
        ("client", "status = 'deceased'", "deceased"),
        ("person", "deceased_at = now()", "deceased"),
        ("client", "contact = 'no'", "contact_no"),
        ("person", "refused_at = now()", "refused"),
        ("endpoint", "refused_at = now()", "refused"),
        ("invitation", "closed_at = now(), closed_reason = 'cancelled'", "closed"),
    ],
)
async def test_what_will_never_leave_is_withdrawn_with_its_reason(
    world: World, table: str, sets: str, reason: str
) -> None:
    await asked(world)
    await change(table, sets)
    assert await recovery.withdraw(pool("work"), NOON) == 1
    row = await first_attempt()
    assert (row["state"], row["reason"]) == ("suppressed", reason)


async def test_a_death_told_by_a_file_closes_the_request_and_its_calls(world: World) -> None:
    await asked(world)
    other = await asked(world, mobile="+33639980009")
    await change("client", "status = 'deceased'", where=f"id <> '{other.id}'")
    assert await recovery.withdraw(pool("work"), NOON) == 1
    asked_of = "SELECT closed_reason FROM invitation ORDER BY client_id = $1"
    assert [row["closed_reason"] for row in await fetch(pool("work"), asked_of, other.id)] == [
        "deceased",
        None,
    ]
    ends = "SELECT DISTINCT state, reason FROM attempt WHERE client_id <> $1"
    assert await fetch(pool("work"), ends, other.id) == [{"state": "suppressed", "reason": "deceased"}]
    cases = "SELECT state, outcome FROM call_case ORDER BY client_id = $1"
    assert [tuple(row.values()) for row in await fetch(pool("work"), cases, other.id)] == [
        ("done", "deceased"),
        ("open", None),
    ]


async def test_what_may_still_leave_is_not_withdrawn(world: World) -> None:
    await asked(world)
    await change("client", "status = 'hospital'")
    assert await recovery.withdraw(pool("work"), NOON) == 0


async def test_what_failed_and_is_withdrawn_counts_no_more(world: World, house: House) -> None:
    await asked(world)
    set_clock(NOON)
    await send_due(house, carried_by(Phone(fails=lambda _: ChannelError("503"))), "test")
    await change("client", "status = 'deceased'")
    await recovery.withdraw(pool("work"), NOON)
    assert await recent("person") == []


async def answer() -> None:
    visited = await by_id(pool("answer"), await fetch_value(pool("work"), "SELECT id FROM invitation"))
    await record(pool("answer"), visited, {"globale": 5}, channel="web", respondent="client", now=NOON)


async def refuse() -> None:
    await fetch_value(pool("answer"), "SELECT refuse(id, 'web', $1) FROM invitation", NOON)


async def cancel() -> None:
    occasion = await fetch_value(pool("work"), "SELECT id FROM occasion")
    await withdrawing.withdraw(pool("work"), {occasion: Reason.CANCELLED}, NOON)


@pytest.mark.parametrize(("stop", "left"), [(answer, 1), (refuse, 1), (cancel, 0)])
async def test_what_a_worker_had_in_hand_and_was_stopped_counts_no_more(
    world: World, stop: Callable[[], Awaitable[None]], left: int
) -> None:
    """A request that is taken back frees them itself; the recovery frees those of an answer or a refusal."""
    client = await asked(world)
    await restraining.give_budget(world.actor("platform"), "sms", "5")
    await claim_at()
    await stop()
    assert (await first_attempt())["state"] == "suppressed"
    assert await recovery.uncount_unsent(pool("work")) == left
    assert (await recent("person", client.person), await recent("endpoint")) == ([], [])
    kept = "SELECT spent ->> '2026-11-24' FROM channel_setting WHERE channel = 'sms'"
    assert await fetch_value(pool("work"), kept) == "0"
    assert await recovery.uncount_unsent(pool("work")) == 0


async def test_an_e_mail_that_may_have_left_stays_counted_when_an_answer_stops_it(
    world: World, house: House
) -> None:
    await visit(await someone(world, email="martin@example.invalid"))
    await decide_pending(house)
    set_clock(NOON)
    lost = Phone(channel="email", name="smtp", fails=lambda _: ChannelError("lost", repeatable=True))
    await send_due(house, carried_by(lost), "test")
    await answer()
    assert (await attempt_of("channel = 'email'"))["reason"] == "answered"
    assert await recovery.uncount_unsent(pool("work")) == 0
    assert len(await recent("person")) == 1


async def test_a_request_that_is_over_closes_with_its_attempts_and_its_call(world: World) -> None:
    await asked(world)
    over = await fetch_value(pool("work"), "SELECT closes_at FROM invitation")
    assert await recovery.close_over(pool("work"), over - timedelta(seconds=1)) == 0
    assert await recovery.close_over(pool("work"), over) == 1
    request = await fetch_one(pool("work"), "SELECT closed_at, closed_reason FROM invitation")
    assert request == {"closed_at": over, "closed_reason": "expired"}
    assert {row["state"] for row in await attempts()} == {"expired"}
    case = await fetch_one(pool("work"), "SELECT state, outcome FROM call_case")
    assert case == {"state": "done", "outcome": "expired"}


async def test_an_answered_request_closes_as_answered(world: World) -> None:
    await asked(world)
    await change("invitation", "answered_at = now()")
    over = await fetch_value(pool("work"), "SELECT closes_at FROM invitation")
    await recovery.close_over(pool("work"), over)
    assert await fetch_value(pool("work"), "SELECT closed_reason FROM invitation") == "answered"


async def test_a_call_in_hand_is_not_taken_from_its_agent(world: World) -> None:
    await asked(world)
    await execute(
        pool("work"),
        """
        UPDATE call_case
        SET state = 'held', agent_id = gen_random_uuid(), lease_until = now() + interval '1 minute'
        """,
    )
    over = await fetch_value(pool("work"), "SELECT closes_at FROM invitation")
    await recovery.close_over(pool("work"), over)
    assert await fetch_value(pool("work"), "SELECT state FROM call_case") == "held"


async def test_a_file_that_came_late_has_its_delays_from_its_arrival(world: World, house: House) -> None:
    await visit(await someone(world, mobile="+33639980005"), MORNING - timedelta(days=6), received_at=MORNING)
    await decide_pending(house)
    assert (await first_attempt())["opens_at"] >= MORNING + timedelta(hours=4)


async def test_a_missed_call_is_planned_again_past_a_shut_day(
    world: World, owner: asyncpg.Connection
) -> None:
    await asked(world)
    call = await attempt_of("channel = 'phone' AND try_number = 1")
    days = [call["opens_at"] + timedelta(days=n) for n in range(2)]
    await shut(owner, *(f"{day:%Y-%m-%d}" for day in days))
    await change("attempt", "state = 'sent', sent_at = now()", where="channel <> 'phone'")
    await recovery.reschedule(call["closes_at"])
    moved = await attempt_of("channel = 'phone' AND try_number = 1")
    assert moved["state"] == "planned"
    assert moved["opens_at"].date() > days[-1].date()


async def test_an_sms_leaves_on_a_day_the_platform_is_shut(world: World, owner: asyncpg.Connection) -> None:
    await asked(world)
    after = (await first_attempt())["closes_at"]
    await shut(owner, f"{after:%Y-%m-%d}")
    await recovery.reschedule(after)
    assert (await first_attempt())["opens_at"].date() == after.date()


async def in_hospital(owner: asyncpg.Connection, world: World) -> None:
    await change("client", "status = 'hospital'")


async def capped(owner: asyncpg.Connection, world: World) -> None:
    over = await fetch_value(pool("work"), "SELECT max(closes_at) FROM invitation")
    await change("person", "recent = $1", [over - timedelta(days=n) for n in (1, 2, 3, 4)])


async def complaining(owner: asyncpg.Connection, world: World) -> None:
    await open_complaint(owner, world, await owner.fetchval("SELECT id FROM client"))


async def held(owner: asyncpg.Connection, world: World) -> None:
    await owner.execute(
        """
        INSERT INTO channel_setting (id, platform_id, channel, held_why, held_at)
        SELECT gen_random_uuid(), $1, 'sms', 'panne', now()
        """,
        world.platform,
    )


WHY = [(in_hospital, "hospital"), (capped, "cap"), (complaining, "complaint_open"), (held, "channel_held")]


@pytest.mark.parametrize(("hold", "reason"), WHY)
@pytest.mark.parametrize("ends", ["its hours", "its request"])
async def test_what_was_held_back_to_the_end_keeps_the_reason(
    world: World, owner: asyncpg.Connection, hold, reason: str, ends: str
) -> None:
    await asked(world)
    await hold(owner, world)
    if ends == "its hours":
        await recovery.reschedule((await first_attempt())["give_up_at"])
    else:
        await recovery.close_over(
            pool("work"), await fetch_value(pool("work"), "SELECT closes_at FROM invitation")
        )
    row = await first_attempt()
    assert (row["state"], row["reason"]) == ("expired", reason)


@pytest.mark.parametrize("withdraws_first", [True, False])
async def test_after_an_outage_the_visits_of_one_person_are_one_message(
    world: World, house: House, withdraws_first: bool
) -> None:
    """Two providers visited; the worker was down for a day: one message leaves, the other's is merged."""
    first = await asked(world)
    await asked(world, await someone(world, provider=world.cap, person=first.person, mobile=MOBILE))
    back = NOON + timedelta(days=1)
    set_clock(back)
    phone = Phone()
    for _ in range(3):
        if withdraws_first:
            await recovery.withdraw(pool("work"), back)
        await recovery.reschedule(back)
        await send_due(house, carried_by(phone), "test")
        await recovery.withdraw(pool("work"), back)
    assert len(phone.received) == 1
    rows = await fetch(pool("work"), "SELECT state, reason FROM attempt WHERE step = 1 ORDER BY state")
    assert [(row["state"], row["reason"]) for row in rows] == [("sent", None), ("suppressed", "merged")]


async def test_after_a_carrier_that_was_down_the_visits_of_one_person_are_one_message(
    world: World, house: House
) -> None:
    first = await asked(world)
    await asked(world, await someone(world, provider=world.cap, person=first.person, mobile=MOBILE))
    set_clock(NOON)
    down = Phone(fails=lambda _: ChannelError("503"))
    for _ in range(3):
        await send_due(house, carried_by(down), "test")
    assert await fetch_value(pool("work"), "SELECT count(*) FROM attempt WHERE state = 'deferred'") == 2
    back = NOON + timedelta(minutes=10)
    set_clock(back)
    phone = Phone()
    for _ in range(3):
        await recovery.withdraw(pool("work"), back)
        await send_due(house, carried_by(phone), "test")
    assert len(phone.received) == 1
    merged = await attempt_of("state = 'suppressed'")
    assert (merged["reason"], merged["counted_at"]) == ("merged", None)


async def test_the_cap_counts_a_message_from_the_day_on_which_it_left(world: World, house: House) -> None:
    """Refused on the first day and gone on the fourth: thirty days are counted from the fourth."""
    client = await asked(world)
    set_clock(NOON)
    await send_due(house, carried_by(Phone(fails=lambda _: ChannelError("503"))), "test")
    late = NOON + timedelta(days=3)
    await change(
        "attempt", "opens_at = $1, closes_at = $2", late, late + timedelta(hours=1), where="step = 1"
    )
    await change("attempt", "state = 'suppressed', reason = 'late'", where="step > 1")
    set_clock(late)
    await send_due(house, carried_by(Phone()), "test")
    (counted,) = await recent("person", client.person)
    assert late <= counted < late + timedelta(minutes=1)


async def test_a_message_of_the_person_that_failed_lets_the_other_leave(world: World, house: House) -> None:
    first = await asked(world)
    await asked(world, await someone(world, provider=world.cap, person=first.person, mobile=MOBILE))
    set_clock(NOON)
    failing = Phone(fails=lambda _: ChannelError("no such number", permanent=True))
    assert await send_due(house, carried_by(failing), "test") == 1
    await recovery.withdraw(pool("work"), NOON)
    phone = Phone()
    await send_due(house, carried_by(phone), "test")
    assert len(phone.received) == 1


async def test_a_request_that_cannot_be_moved_holds_no_other_back_and_is_tried_later(world: World) -> None:
    strange, other = await asked(world), await asked(world, mobile="+33639980009")
    await change("client", "departement = 'ZZ'", where=f"id = '{strange.id}'")
    missed = await attempt_of(f"step = 1 AND client_id = '{other.id}'")
    assert await recovery.reschedule(missed["closes_at"]) > 1
    assert (await attempt_of(f"id = '{missed['id']}'"))["opens_at"] > missed["opens_at"]
    apart = "SELECT tries FROM unplanned_request"
    assert await fetch(pool("work"), apart) == [{"tries": 1}]
    assert await recovery.reschedule(missed["closes_at"]) == 0
    await change("unplanned_request", "retry_at = now()")
    await recovery.reschedule(missed["closes_at"])
    assert await fetch(pool("work"), apart) == [{"tries": 2}]
    await change("client", "departement = '34'")
    await change("unplanned_request", "retry_at = now()")
    await recovery.reschedule(missed["closes_at"])
    assert await fetch(pool("work"), apart) == []


async def test_a_request_that_is_over_is_planned_no_more(world: World) -> None:
    strange = await asked(world)
    await change("client", "departement = 'ZZ'", where=f"id = '{strange.id}'")
    await recovery.reschedule(NOON)
    over = await fetch_value(pool("work"), "SELECT closes_at FROM invitation")
    assert await recovery.close_over(pool("work"), over) == 1
    assert await fetch(pool("work"), "SELECT 1 FROM unplanned_request") == []
