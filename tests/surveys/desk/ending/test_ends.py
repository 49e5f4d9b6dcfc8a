"""Each outcome does what its line says: languages, relatives, numbers, the supervisor, and the log."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from quality import clock
from quality.complaints.resolving.handling import Decision
from quality.db import pool
from quality.errors import Invalid
from surveys.desk import calls
from surveys.desk.ending import call_log
from surveys.desk.ending.outcomes import MOST_TRIES, Code
from surveys.desk.queueing import queue
from surveys.desk.queueing.ticks import desk_complaints
from surveys.desk.screen import reading
from tests.quality.complaints.opened import filed
from tests.surveys.desk.queueing.test_queue import crew
from tests.surveys.desk.test_calls import held
from tests.surveys.desk.waiting import (
    SECOND,
    agent,
    attempt_of,
    case_of,
    go_to,
    other_call,
    survey_call,
)
from tests.world import World

LANDLINE = "+33467999901"


async def give_number(world: World, owner: asyncpg.Connection, column: str, number: str) -> None:
    """Give Mme Martin one number more, known to the gate as intake would."""
    row = await owner.fetchrow("SELECT id, platform_id FROM client")
    assert row is not None
    keyring = world.house.keyring
    key = keyring.lookup("phone", number)
    await owner.execute(
        f"UPDATE client SET {column}_cipher = $2, {column}_key = $3 WHERE id = $1",
        row["id"],
        keyring.encrypt(number, f"client.{column}", row["id"]),
        key,
    )
    await owner.execute(
        "INSERT INTO endpoint (id, platform_id, kind, key) VALUES (gen_random_uuid(), $1, 'phone', $2)",
        row["platform_id"],
        key,
    )


async def phones(world: World, actor: object, case: object) -> tuple[str, ...]:
    file = await reading.read(actor, world.house.keyring, case)  # type: ignore[arg-type]
    return file.person.phones


# ---- numbers ----


async def test_a_wrong_number_leads_to_the_next_one_at_once(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    await give_number(world, owner, "phone", LANDLINE)
    assert await phones(world, nadia, called.id) == ("+33639980001",)
    await calls.conclude(nadia, called.id, Code.wrong_number)
    case = await case_of(owner, called)
    assert (case["state"], case["outcome"]) == ("open", "wrong_number")
    assert await queue.pick(nadia, clock.now()) == called.id
    assert (await phones(world, nadia, called.id))[0] == LANDLINE
    assert await owner.fetchval("SELECT count(*) FROM contact_event") == 1
    new = await owner.fetchval("SELECT id FROM endpoint WHERE wrong_at IS NULL")
    assert [(await attempt_of(owner, each))["endpoint_id"] for each in (called.first, called.second)] == [
        new,
        new,
    ]
    await calls.conclude(nadia, called.id, Code.wrong_number)
    case = await case_of(owner, called)
    assert (case["state"], case["outcome"]) == ("done", "wrong_number")
    kinds = await owner.fetch("SELECT number_kind FROM call_log ORDER BY id")
    assert [row["number_kind"] for row in kinds] == ["mobile", "phone"]


async def test_a_number_that_changed_during_its_call_is_the_wrong_one_and_the_new_one_is_called(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await held(world)
    await give_number(world, owner, "mobile", LANDLINE)
    await calls.conclude(nadia, called.id, Code.wrong_number)
    keys = await owner.fetch("SELECT key FROM endpoint WHERE wrong_at IS NOT NULL")
    assert [row["key"] for row in keys] == [world.house.keyring.lookup("phone", "+33639980001")]
    assert await queue.pick(nadia, clock.now()) == called.id
    assert await phones(world, nadia, called.id) == (LANDLINE,)


async def test_a_relative_is_never_asked_in_the_place_of_a_client(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await held(world)
    await give_number(world, owner, "relative_phone", LANDLINE)
    await calls.conclude(nadia, called.id, Code.wrong_number)
    assert (await case_of(owner, called))["state"] == "done"


async def test_who_asked_for_a_call_is_also_found_through_the_relative(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await other_call(world), agent(world)
    await give_number(world, owner, "relative_phone", LANDLINE)
    assert await queue.pick(nadia, clock.now()) == called.id
    assert await phones(world, nadia, called.id) == ("+33639980001", LANDLINE)
    await calls.conclude(nadia, called.id, Code.wrong_number)
    assert await queue.pick(nadia, clock.now()) == called.id
    assert await phones(world, nadia, called.id) == (LANDLINE,)
    await calls.conclude(nadia, called.id, Code.answered)
    kinds = await owner.fetch("SELECT number_kind FROM call_log ORDER BY id")
    assert [row["number_kind"] for row in kinds] == ["mobile", "relative"]


async def test_a_relative_s_number_that_nobody_was_asked_at_is_not_called_again_once_it_is_wrong(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await other_call(world), agent(world)
    await give_number(world, owner, "relative_phone", LANDLINE)
    await owner.execute("DELETE FROM endpoint WHERE key = (SELECT relative_phone_key FROM client)")
    for number in ("+33639980001", LANDLINE):
        assert await queue.pick(nadia, clock.now()) == called.id
        assert (await phones(world, nadia, called.id))[0] == number
        await calls.conclude(nadia, called.id, Code.wrong_number)
    assert (await case_of(owner, called))["state"] == "done"
    assert await owner.fetchval("SELECT count(*) FROM endpoint WHERE wrong_at IS NOT NULL") == 2


async def test_the_relative_who_answered_is_called_back_first(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await survey_call(world), agent(world)
    await give_number(world, owner, "relative_phone", LANDLINE)
    await queue.pick(nadia, clock.now())
    await calls.answer(nadia, called.id, "globale", "2", "relative")
    await calls.conclude(nadia, called.id, Code.answered)
    await owner.execute(
        "UPDATE call_case SET kind = 'callback', state = 'open', outcome = NULL, tries = 0, number_rank = 0"
    )
    go_to(datetime(2026, 11, 25, 17, 30, tzinfo=UTC))  # 18:30: the hours of relatives
    assert await queue.pick(nadia, clock.now()) == called.id
    assert await phones(world, nadia, called.id) == (LANDLINE, "+33639980001")


async def test_a_number_known_to_be_wrong_is_not_called_again(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await other_call(world), agent(world)
    await owner.execute("UPDATE endpoint SET wrong_at = now()")
    await give_number(world, owner, "phone", LANDLINE)
    await owner.execute("UPDATE client SET phone_key = mobile_key, mobile_key = phone_key")
    await queue.pick(nadia, clock.now())
    assert (await case_of(owner, called))["number_rank"] == 1


# ---- languages, relatives, the supervisor ----


async def test_a_case_moves_to_the_queue_of_the_language_spoken(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await held(world)
    amina = agent(world)
    await crew(owner, amina, ["fr", "ar"])
    await calls.conclude(nadia, called.id, Code.language, language="ar")
    assert await queue.pick(nadia, clock.now()) is None
    assert await queue.pick(amina, clock.now()) == called.id
    assert await owner.fetchval("SELECT count(*) FROM contact_event") == 1


async def test_a_language_of_nobody_is_a_matter_for_the_supervisor(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await held(world)
    await calls.conclude(nadia, called.id, Code.language, language="pt")
    case = await case_of(owner, called)
    assert (case["state"], case["language"], case["referred_at"] is not None) == ("open", "pt", True)
    assert "portugais" in case["referred_why"]


@pytest.mark.parametrize(("code", "field"), [(Code.language, "langue"), (Code.referred, "pourquoi")])
async def test_what_goes_with_an_outcome_is_asked_for(world: World, code: Code, field: str) -> None:
    called, nadia = await held(world)
    with pytest.raises(Invalid) as refusal:
        await calls.conclude(nadia, called.id, code)
    assert [each.field for each in refusal.value.errors] == [field]


async def test_a_case_is_referred_with_its_reason(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    await calls.conclude(nadia, called.id, Code.referred, why="  La personne  doute de nous. ")
    case = await case_of(owner, called)
    assert (case["state"], case["referred_why"]) == ("open", "La personne doute de nous.")
    assert await queue.pick(nadia, clock.now()) is None


async def test_a_relative_who_takes_the_call_moves_it_to_the_other_part_of_the_day(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await held(world)
    await calls.conclude(nadia, called.id, Code.relative)
    case = await case_of(owner, called)
    assert (case["state"], case["next_due_at"], case["morning_tries"]) == ("open", SECOND[0], 1)


# ---- appointments ----


async def test_an_hour_agreed_comes_before_everything_else(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await other_call(world), agent(world)
    await queue.pick(nadia, clock.now())
    at = datetime(2026, 11, 26, 13, 30, tzinfo=UTC)
    await calls.conclude(nadia, called.id, Code.appointment, at)
    case = await case_of(owner, called)
    assert (case["priority"], case["next_due_at"]) == (5, at)
    go_to(at + timedelta(minutes=1))
    urgent = await survey_call(world, mobile="+33639980002")
    await owner.execute("UPDATE call_case SET kind = 'inbound', priority = 15 WHERE id = $1", urgent.id)
    assert await queue.pick(nadia, clock.now()) == called.id
    await calls.conclude(nadia, called.id, Code.no_answer)
    assert (await case_of(owner, called))["priority"] == 20


async def test_an_hour_agreed_is_kept_beyond_the_last_try(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await other_call(world), agent(world)
    await queue.pick(nadia, clock.now())
    await owner.execute("UPDATE call_case SET tries = $1", MOST_TRIES["callback"])
    at = datetime(2026, 12, 10, 13, 30, tzinfo=UTC)  # beyond the week in which the call was owed
    await calls.conclude(nadia, called.id, Code.appointment, at)
    case = await case_of(owner, called)
    assert (case["state"], case["next_due_at"]) == ("open", at)
    assert case["closes_at"] > at


async def test_an_hour_missed_is_an_ordinary_call_again(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await other_call(world), agent(world)
    await queue.pick(nadia, clock.now())
    at = datetime(2026, 11, 26, 13, 30, tzinfo=UTC)
    await calls.conclude(nadia, called.id, Code.appointment, at)
    go_to(at + timedelta(hours=1))
    await desk_complaints(world.house)
    assert (await case_of(owner, called))["priority"] == 5
    go_to(at + timedelta(hours=2, minutes=1))
    await desk_complaints(world.house)
    assert (await case_of(owner, called))["priority"] == 20


async def test_not_now_is_heard_once_even_with_another_call_between(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await other_call(world), agent(world)
    for code in (Code.not_now, Code.no_answer, Code.not_now):
        case = await case_of(owner, called)
        go_to(max(case["next_due_at"], clock.now()) + timedelta(seconds=1))
        await owner.execute("UPDATE call_case SET closes_at = closes_at + interval '20 days'")
        assert await queue.pick(nadia, clock.now()) == called.id
        await owner.execute("UPDATE call_case SET tries = 1")
        await calls.conclude(nadia, called.id, code)
    assert (await case_of(owner, called))["state"] == "done"


# ---- the log ----


async def test_each_call_that_ends_is_one_line_of_the_log(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    await calls.conclude(nadia, called.id, Code.voicemail)
    row = await owner.fetchrow("SELECT * FROM call_log")
    assert row is not None
    assert (row["case_id"], row["agent_id"], row["outcome"]) == (called.id, nadia.account, "voicemail")
    assert (row["aapor"], row["number_kind"], row["part"]) == ("2.22", "mobile", "morning")
    assert row["started_at"] <= row["ended_at"]
    assert (row["is_situation"], row["is_sampled"]) == (False, None)


async def test_a_second_message_is_never_left(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    assert (await reading.read(nadia, world.house.keyring, called.id)).has_message is False
    await calls.conclude(nadia, called.id, Code.voicemail)
    await owner.execute("UPDATE call_case SET outcome = 'busy'")
    go_to(SECOND[0] + timedelta(minutes=1))
    await queue.pick(nadia, clock.now())
    assert (await reading.read(nadia, world.house.keyring, called.id)).has_message is True


async def test_a_call_given_back_is_not_a_call(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    await calls.give_back(nadia, called.id)
    assert await owner.fetchval("SELECT count(*) FROM call_log") == 0


async def test_a_client_who_decided_is_a_situation_resolved(world: World, owner: asyncpg.Connection) -> None:
    await filed(world, "call_first")
    await desk_complaints(world.house)
    nadia = agent(world)
    case = await queue.pick(nadia, clock.now())
    assert case is not None
    await calls.decide(nadia, case, Decision.named)
    row = await owner.fetchrow("SELECT is_situation, complaint_id IS NOT NULL AS is_linked FROM call_log")
    assert tuple(row) == (True, True)


async def test_one_call_in_ten_is_reviewed_and_always_the_same_ones(
    world: World, owner: asyncpg.Connection
) -> None:
    await owner.execute(
        """
        INSERT INTO call_log (id, platform_id, case_id, client_id, part, started_at, ended_at, outcome, aapor)
        SELECT gen_random_uuid(), $1, gen_random_uuid(), gen_random_uuid(), 'morning', now(), now(),
            'answered', '1.1' FROM generate_series(1, 1500)
        """,
        world.platform,
    )
    await call_log.draw_sample(world.house)
    rows = await owner.fetch("SELECT id, is_sampled FROM call_log")
    drawn = {row["id"] for row in rows if row["is_sampled"]}
    assert {row["is_sampled"] for row in rows} == {True, False}
    assert 100 < len(drawn) < 200
    assert drawn == {row["id"] for row in rows if call_log.is_drawn(world.house.keyring, row["id"])}
    assert pool("work") is not None
