"""The queue: one case each, in order, after the gate, and never once the person has answered."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from quality import clock
from quality.access.actor import Actor
from quality.complaints.resolving import handling
from quality.complaints.resolving.handling import Decision
from quality.db import pool
from surveys import collect
from surveys.desk.queueing import queue
from surveys.desk.queueing.crew import LinesBusy
from surveys.desk.queueing.ticks import desk_complaints
from surveys.response import by_id
from tests.live import PATIENCE_SECONDS
from tests.quality.complaints.opened import filed
from tests.surveys.desk.waiting import (
    FIRST,
    SECOND,
    agent,
    attempt_of,
    case_of,
    go_to,
    other_call,
    survey_call,
)
from tests.world import World


async def answer_on_the_web(invitation: object) -> None:
    visit = await by_id(pool("answer"), invitation)  # type: ignore[arg-type]
    assert visit is not None
    await collect.record(pool("answer"), visit, {"globale": 5}, channel="web", now=clock.now())


async def test_picking_holds_the_case_and_claims_its_call(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await survey_call(world), agent(world)
    assert await queue.pick(nadia, clock.now()) == called.id
    case, attempt = await case_of(owner, called), await attempt_of(owner, called.first)
    assert (case["state"], case["agent_id"], case["tries"]) == ("held", nadia.account, 1)
    assert (attempt["state"], attempt["claimed_by"]) == ("claimed", f"desk:{nadia.account}")
    assert len(await owner.fetchval("SELECT recent FROM person WHERE id = $1", called.person)) == 1
    assert await owner.fetchval("SELECT action FROM audit") == "call.pick"


async def test_agents_who_pick_at_once_get_one_case_each(world: World) -> None:
    mobiles = ("+33639980001", "+33639980002")
    cases = {(await survey_call(world, mobile=mobile)).id for mobile in mobiles}
    picked = await asyncio.gather(*(queue.pick(agent(world), clock.now()) for _ in range(5)))
    found = [case for case in picked if case is not None]
    assert sorted(found) == sorted(cases)


async def test_an_agent_who_presses_twice_holds_one_case(world: World) -> None:
    for mobile in ("+33639980001", "+33639980002"):
        await survey_call(world, mobile=mobile)
    nadia = agent(world)
    picked = await asyncio.gather(*(queue.pick(nadia, clock.now()) for _ in range(4)))
    assert len(set(picked)) == 1


async def test_a_case_that_somebody_is_taking_keeps_nobody_waiting(
    world: World, owner: asyncpg.Connection
) -> None:
    first = await survey_call(world)
    other = await survey_call(world, mobile="+33639980002")
    async with owner.transaction():
        await owner.execute("SELECT id FROM call_case WHERE id = $1 FOR UPDATE", first.id)
        assert await asyncio.wait_for(queue.pick(agent(world), clock.now()), PATIENCE_SECONDS) == other.id


async def test_a_call_that_the_person_asked_for_comes_before_a_survey(world: World) -> None:
    await survey_call(world, mobile="+33639980002")
    wished = await other_call(world)
    assert await queue.pick(agent(world), clock.now()) == wished.id


async def test_priority_comes_first(world: World, owner: asyncpg.Connection) -> None:
    await survey_call(world)
    urgent = await survey_call(world, mobile="+33639980002")
    await owner.execute("UPDATE call_case SET priority = 10 WHERE id = $1", urgent.id)
    assert await queue.pick(agent(world), clock.now()) == urgent.id


async def test_nobody_is_called_who_answered_on_the_web(world: World, owner: asyncpg.Connection) -> None:
    called = await survey_call(world)
    await answer_on_the_web(called.invitation)
    assert await queue.pick(agent(world), clock.now()) is None
    assert (await case_of(owner, called))["outcome"] == "answered"


async def test_an_answer_that_closed_no_case_still_stops_the_call(
    world: World, owner: asyncpg.Connection
) -> None:
    called = await survey_call(world)
    await answer_on_the_web(called.invitation)
    await owner.execute(
        "UPDATE call_case SET state = 'open', outcome = NULL; UPDATE attempt SET state = 'planned'"
    )
    assert await queue.pick(agent(world), clock.now()) is None
    assert (await case_of(owner, called))["outcome"] == "answered"


@pytest.mark.parametrize(
    "stopped",
    [
        "UPDATE person SET refused_at = now()",
        "UPDATE endpoint SET refused_at = now()",
        "UPDATE endpoint SET wrong_at = now()",
        "UPDATE client SET status = 'hospital'",
        "UPDATE client SET status = 'deceased'",
        "UPDATE person SET deceased_at = now()",
        "UPDATE client SET contact = 'no'",
        "UPDATE invitation SET closed_at = now(), closed_reason = 'expired'",
        "UPDATE person SET recent = array_fill(now(), ARRAY[4])",
    ],
)
async def test_a_survey_call_passes_the_gate(world: World, owner: asyncpg.Connection, stopped: str) -> None:
    called = await survey_call(world)
    await owner.execute(stopped)
    assert await queue.pick(agent(world), clock.now()) is None
    assert (await case_of(owner, called))["next_due_at"] > clock.now()
    assert (await attempt_of(owner, called.first))["state"] == "planned"


async def test_a_call_outside_its_window_waits_for_the_next_one(
    world: World, owner: asyncpg.Connection
) -> None:
    called = await survey_call(world)
    await owner.execute(
        "UPDATE attempt SET state = 'expired', reason = 'window_over' WHERE id = $1", called.first
    )
    assert await queue.pick(agent(world), clock.now()) is None
    assert (await case_of(owner, called))["next_due_at"] == SECOND[0]


async def test_a_case_without_a_call_left_is_closed_for_good(world: World, owner: asyncpg.Connection) -> None:
    called = await survey_call(world)
    await owner.execute("UPDATE attempt SET state = 'expired', reason = 'window_over'")
    assert await queue.pick(agent(world), clock.now()) is None
    case = await case_of(owner, called)
    assert (case["state"], case["outcome"]) == ("done", "window_over")


@pytest.mark.parametrize(
    "instant",
    [
        datetime(2026, 11, 24, 20, 0, tzinfo=UTC),
        datetime(2026, 11, 24, 12, 0, tzinfo=UTC),
        datetime(2026, 11, 29, 9, 30, tzinfo=UTC),
    ],
    ids=["at night", "at lunch", "on a Sunday"],
)
async def test_a_wished_call_keeps_to_the_hours_of_the_place(
    world: World, owner: asyncpg.Connection, instant: datetime
) -> None:
    called = await other_call(world)
    go_to(instant)
    assert await queue.pick(agent(world), clock.now()) is None
    assert (await case_of(owner, called))["next_due_at"] > clock.now()


async def test_a_wished_call_in_la_reunion_keeps_to_its_hours(
    world: World, owner: asyncpg.Connection
) -> None:
    called = await other_call(world)
    await owner.execute("UPDATE client SET departement = '974'")
    go_to(datetime(2026, 11, 24, 14, 30, tzinfo=UTC))  # 15:30 in Paris, 18:30 there
    assert await queue.pick(agent(world), clock.now()) is None
    assert (await case_of(owner, called))["next_due_at"] == datetime(2026, 11, 25, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "told", ["UPDATE client SET status = 'deceased'", "UPDATE person SET deceased_at = now()"]
)
async def test_nobody_calls_back_the_dead(world: World, owner: asyncpg.Connection, told: str) -> None:
    called = await other_call(world)
    await owner.execute(told)
    assert await queue.pick(agent(world), clock.now()) is None
    assert (await case_of(owner, called))["outcome"] == "deceased"


async def test_a_case_whose_agent_is_gone_goes_to_another(world: World, owner: asyncpg.Connection) -> None:
    called = await other_call(world)
    await queue.pick(agent(world), clock.now())
    assert await queue.pick(agent(world), clock.now()) is None
    await owner.execute("UPDATE call_case SET lease_until = now() - interval '1 second'")
    assert await queue.pick(agent(world), clock.now()) == called.id


async def test_another_platform_has_its_own_queue(world: World) -> None:
    await survey_call(world)
    stranger = Actor(role="agent", platform=uuid4(), account=uuid4())
    assert await queue.pick(stranger, clock.now()) is None
    assert (await queue.read(stranger, clock.now())).due == 0
    assert (await queue.read(agent(world), clock.now())).due == 1


async def test_a_case_to_come_is_counted_apart(world: World, owner: asyncpg.Connection) -> None:
    await survey_call(world)
    await owner.execute("UPDATE call_case SET next_due_at = $1", SECOND[0])
    found = await queue.read(agent(world), clock.now())
    assert (found.due, found.later, found.next_at) == (0, 1, SECOND[0])
    assert await queue.pick(agent(world), FIRST[0]) is None


async def test_the_tick_queues_the_calls_that_complaints_await_once(
    world: World, owner: asyncpg.Connection
) -> None:
    complaint = await filed(world, "call_first")
    for _ in range(2):
        await desk_complaints(world.house)
    cases = await owner.fetch("SELECT kind, complaint_id, state FROM call_case")
    assert [tuple(case) for case in cases] == [("complaint", complaint.id, "open")]
    await handling.disclose(world.staff, complaint.number, Decision.anonymous)
    await desk_complaints(world.house)
    assert await owner.fetchval("SELECT outcome FROM call_case") == "withdrawn"


async def test_a_complaint_decided_elsewhere_is_not_called(world: World, owner: asyncpg.Connection) -> None:
    complaint = await filed(world, "call_first")
    await desk_complaints(world.house)
    await handling.disclose(world.staff, complaint.number, Decision.named)
    assert await queue.pick(agent(world), clock.now()) is None
    assert await owner.fetchval("SELECT outcome FROM call_case") == "withdrawn"


async def test_a_complaint_call_that_ended_is_not_queued_again(
    world: World, owner: asyncpg.Connection
) -> None:
    await filed(world, "call_first")
    await desk_complaints(world.house)
    await owner.execute("UPDATE call_case SET state = 'done', outcome = 'no_answer', closed_at = now()")
    await desk_complaints(world.house)
    assert await owner.fetchval("SELECT state FROM call_case") == "done"


async def test_a_wished_call_that_nobody_made_gets_a_final_code(
    world: World, owner: asyncpg.Connection
) -> None:
    called = await other_call(world)
    go_to(clock.now() + timedelta(days=10))
    await desk_complaints(world.house)
    assert (await case_of(owner, called))["outcome"] == "window_over"


async def test_a_case_that_is_over_never_stands_before_the_others(
    world: World, owner: asyncpg.Connection
) -> None:
    over = await survey_call(world)
    await owner.execute("UPDATE call_case SET closes_at = next_due_at + interval '1 minute'")
    for _ in range(40):
        await clone(owner, over.id)
    due = await survey_call(world, mobile="+33639980002")
    assert await queue.pick(agent(world), clock.now()) == due.id
    assert await queue.pick(agent(world), clock.now()) is None
    rows = await owner.fetch("SELECT DISTINCT outcome FROM call_case WHERE state = 'done'")
    assert [row["outcome"] for row in rows] == ["window_over"]


async def test_cases_that_may_not_be_called_now_do_not_hide_the_one_that_may(
    world: World, owner: asyncpg.Connection
) -> None:
    held_back = await survey_call(world)
    await owner.execute("UPDATE client SET status = 'hospital'")
    for number in range(50):
        called = await survey_call(world, mobile=f"+3363998{number + 100:04d}", client=held_back.client)
        assert called.id
    due = await survey_call(world, mobile="+33639980002")
    later = "UPDATE call_case SET next_due_at = next_due_at + interval '1 s' WHERE id = $1"
    await owner.execute(later, due.id)
    assert await queue.pick(agent(world), clock.now()) == due.id


async def clone(owner: asyncpg.Connection, case: object) -> None:
    """Write the same case once more, for another request."""
    await owner.execute(
        """
        INSERT INTO call_case SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(),
            'invitation_id', gen_random_uuid()))).* FROM call_case c WHERE id = $1
        """,
        case,
    )


async def crew(owner: asyncpg.Connection, actor: Actor, languages: list[str], team: object = None) -> None:
    await owner.execute(
        "INSERT INTO desk_agent (id, platform_id, team_id, languages) VALUES ($1, $2, $3, $4)",
        actor.account,
        actor.platform,
        team,
        languages,
    )


async def team(owner: asyncpg.Connection, world: World, lines: int = 5) -> object:
    return await owner.fetchval(
        "INSERT INTO desk_team (id, platform_id, name, lines) VALUES (gen_random_uuid(), $1, $2, $3) "
        "RETURNING id",
        world.platform,
        f"Équipe {uuid4().hex[:6]}",
        lines,
    )


async def test_a_case_waits_for_somebody_who_speaks_its_language(
    world: World, owner: asyncpg.Connection
) -> None:
    called = await survey_call(world)
    await owner.execute("UPDATE call_case SET language = 'ar'")
    nadia, amina = agent(world), agent(world)
    await crew(owner, amina, ["fr", "ar"])
    assert await queue.pick(nadia, clock.now()) is None
    assert await queue.pick(amina, clock.now()) == called.id


async def test_a_case_in_a_language_of_nobody_is_not_left_waiting(
    world: World, owner: asyncpg.Connection
) -> None:
    called = await survey_call(world)
    await owner.execute("UPDATE call_case SET language = 'ar'")
    nadia = agent(world)
    await crew(owner, nadia, ["fr", "en"])
    assert await queue.pick(nadia, clock.now()) == called.id


async def test_a_case_of_a_team_is_taken_by_that_team(world: World, owner: asyncpg.Connection) -> None:
    called = await survey_call(world)
    south, north = await team(owner, world), await team(owner, world)
    await owner.execute("UPDATE call_case SET team_id = $1", south)
    nadia, karim = agent(world), agent(world)
    await crew(owner, nadia, ["fr"], north)
    await crew(owner, karim, ["fr"], south)
    assert await queue.pick(nadia, clock.now()) is None
    assert await queue.pick(agent(world), clock.now()) is None
    assert await queue.pick(karim, clock.now()) == called.id


async def test_a_case_given_to_somebody_is_theirs(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await survey_call(world), agent(world)
    await owner.execute("UPDATE call_case SET assigned_to = $1", nadia.account)
    assert await queue.pick(agent(world), clock.now()) is None
    assert await queue.pick(nadia, clock.now()) == called.id


async def test_a_case_that_was_referred_waits_for_the_supervisor(
    world: World, owner: asyncpg.Connection
) -> None:
    await survey_call(world)
    await owner.execute("UPDATE call_case SET referred_at = now(), referred_why = 'doute'")
    assert await queue.pick(agent(world), clock.now()) is None
    assert (await queue.read(agent(world), clock.now())).due == 0


async def test_nobody_picks_more_calls_than_there_are_lines(world: World, owner: asyncpg.Connection) -> None:
    for number in range(6):
        await survey_call(world, mobile=f"+3363998{number:04d}")
    await owner.execute("UPDATE platform SET call_lines = 2")
    picked = await asyncio.gather(
        *(queue.pick(agent(world), clock.now()) for _ in range(6)), return_exceptions=True
    )
    assert sum(isinstance(each, LinesBusy) for each in picked) == 4
    assert await owner.fetchval("SELECT count(*) FROM call_case WHERE state = 'held'") == 2


async def test_a_team_has_its_own_lines(world: World, owner: asyncpg.Connection) -> None:
    for number in range(3):
        await survey_call(world, mobile=f"+3363998{number:04d}")
    south = await team(owner, world, lines=1)
    nadia, karim = agent(world), agent(world)
    for each in (nadia, karim):
        await crew(owner, each, ["fr"], south)
    assert await queue.pick(nadia, clock.now()) is not None
    with pytest.raises(LinesBusy):
        await queue.pick(karim, clock.now())
    assert await queue.pick(agent(world), clock.now()) is not None
    assert await queue.pick(nadia, clock.now()) is not None  # the one in hand


async def test_a_case_abandoned_in_the_hand_of_somebody_gone_ends_with_its_window(
    world: World, owner: asyncpg.Connection
) -> None:
    called = await other_call(world)
    await queue.pick(agent(world), clock.now())
    await owner.execute("UPDATE call_case SET lease_until = now() - interval '1 second'")
    go_to(clock.now() + timedelta(days=10))
    await desk_complaints(world.house)
    assert (await case_of(owner, called))["outcome"] == "window_over"
