"""A call in hand: answers saved one by one, outcomes with their delays, refusals that stop everything."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from quality import clock
from quality.access.actor import Actor
from quality.complaints.opening import Wish
from quality.complaints.resolving.handling import Decision
from quality.db import pool
from quality.errors import Conflict, Invalid, NotFound
from surveys import collect
from surveys.desk import calls
from surveys.desk.ending.outcomes import Code
from surveys.desk.queueing import queue
from surveys.desk.queueing.ticks import desk_complaints
from surveys.questionnaire.logic import AnswerRefused
from surveys.response import by_id
from tests.quality.complaints.opened import filed
from tests.surveys.closing import shut
from tests.surveys.desk.waiting import (
    FIRST,
    SECOND,
    Called,
    agent,
    attempt_of,
    case_of,
    go_to,
    other_call,
    survey_call,
)
from tests.surveys.visits import someone
from tests.world import World


async def held(world: World, **chosen: object) -> tuple[Called, Actor]:
    """Give a survey's call to an agent."""
    called, nadia = await survey_call(world, **chosen), agent(world)
    assert await queue.pick(nadia, clock.now()) == called.id
    return called, nadia


async def test_each_answer_is_saved_at_once_and_keeps_the_call(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await held(world)
    before = await case_of(owner, called)
    await calls.answer(nadia, called.id, "globale", "4", "client")
    await calls.answer(nadia, called.id, "ponctualite", "nsp", "client")
    response = await owner.fetchrow("SELECT channel, respondent, version, answers FROM response")
    assert tuple(response)[:3] == ("phone", "client", 2)
    assert response["answers"] == '{"globale": 4, "ponctualite": "nsp"}'
    after = await case_of(owner, called)
    assert (after["state"], after["agent_id"]) == ("held", nadia.account)
    assert after["lease_until"] > before["lease_until"]


async def test_a_call_that_ends_well_is_sent_and_done(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    await calls.answer(nadia, called.id, "globale", "5", "client")
    await calls.conclude(nadia, called.id, Code.answered)
    case, attempt = await case_of(owner, called), await attempt_of(owner, called.first)
    assert (case["state"], case["outcome"], case["agent_id"]) == ("done", "answered", None)
    assert (attempt["state"], attempt["reason"]) == ("sent", "answered")
    assert attempt["sent_at"] is not None
    assert (await attempt_of(owner, called.second))["state"] == "suppressed"


async def test_a_call_without_an_answer_did_not_end_well(world: World) -> None:
    called, nadia = await held(world)
    with pytest.raises(Invalid):
        await calls.conclude(nadia, called.id, Code.answered)


async def test_an_answer_out_of_the_scale_is_refused(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    with pytest.raises(AnswerRefused):
        await calls.answer(nadia, called.id, "globale", "6", "client")
    with pytest.raises(NotFound):
        await calls.answer(nadia, called.id, "inconnue", "5", "client")
    with pytest.raises(Invalid):
        await calls.answer(nadia, called.id, "globale", "5", "voisin")
    assert await owner.fetchval("SELECT count(*) FROM response") == 0


async def test_a_relative_who_answers_is_written_as_one(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    await calls.answer(nadia, called.id, "globale", "3", "relative")
    assert await owner.fetchval("SELECT respondent FROM response") == "relative"


@pytest.mark.parametrize("code", [Code.no_answer, Code.voicemail])
async def test_an_unanswered_call_waits_for_the_second_then_is_final(
    world: World, owner: asyncpg.Connection, code: Code
) -> None:
    called, nadia = await held(world)
    await calls.conclude(nadia, called.id, code)
    case = await case_of(owner, called)
    assert (case["state"], case["outcome"], case["next_due_at"]) == ("open", code, SECOND[0])
    assert (await attempt_of(owner, called.first))["state"] == "sent"
    assert (await attempt_of(owner, called.second))["state"] == "planned"
    assert await queue.pick(nadia, clock.now()) is None
    go_to(SECOND[0] + timedelta(minutes=1))
    assert await queue.pick(nadia, clock.now()) == called.id
    await calls.conclude(nadia, called.id, code)
    case = await case_of(owner, called)
    assert (case["state"], case["outcome"]) == ("done", code)


async def test_a_busy_line_is_tried_after_twenty_minutes_and_counts_once(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await held(world)
    asked_at = clock.now()
    await calls.conclude(nadia, called.id, Code.busy)
    attempt = await attempt_of(owner, called.first)
    assert (attempt["state"], attempt["reason"]) == ("deferred", "busy")
    assert attempt["opens_at"] - asked_at - timedelta(minutes=20) < timedelta(minutes=1)
    assert await queue.pick(nadia, clock.now()) is None
    go_to(attempt["opens_at"] + timedelta(seconds=1))
    assert await queue.pick(nadia, clock.now()) == called.id
    assert await owner.fetchval("SELECT count(*) FROM contact_event") == 1


async def test_a_line_that_stays_busy_ends_one_day(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world, calls=1)
    for _ in range(20):
        await calls.conclude(nadia, called.id, Code.busy)
        case = await case_of(owner, called)
        if case["state"] == "done":
            break
        go_to(case["next_due_at"] + timedelta(seconds=1))
        assert await queue.pick(nadia, clock.now()) == called.id
    assert case["state"] == "done"
    assert case["tries"] <= 6


async def test_without_a_window_left_the_outcome_is_final(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world, give_up=datetime(2026, 11, 25, 17, 0, tzinfo=UTC))
    await calls.conclude(nadia, called.id, Code.not_now)
    case = await case_of(owner, called)
    assert (case["state"], case["outcome"]) == ("done", "not_now")
    assert (await attempt_of(owner, called.second))["reason"] == "window_over"


async def test_somebody_busy_today_is_called_in_a_week_once(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    asked_at = clock.now()
    await calls.conclude(nadia, called.id, Code.not_now)
    case = await case_of(owner, called)
    assert case["state"] == "open"
    assert case["next_due_at"] >= asked_at + timedelta(days=7)
    go_to(case["next_due_at"] + timedelta(seconds=1))
    assert await queue.pick(nadia, clock.now()) == called.id
    await calls.conclude(nadia, called.id, Code.not_now)
    assert (await case_of(owner, called))["state"] == "done"


async def test_not_now_is_heard_once_whatever_calls_are_left(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    await owner.execute("UPDATE call_case SET outcome = 'not_now'")
    await calls.conclude(nadia, called.id, Code.not_now)
    assert (await case_of(owner, called))["state"] == "done"


async def test_an_appointment_takes_the_place_of_the_next_call(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await held(world)
    at = datetime(2026, 11, 26, 13, 30, tzinfo=UTC)
    await calls.conclude(nadia, called.id, Code.appointment, at)
    assert (await case_of(owner, called))["next_due_at"] == at
    assert (await attempt_of(owner, called.second))["reason"] == "appointment"
    go_to(SECOND[0] + timedelta(minutes=1))
    assert await queue.pick(nadia, clock.now()) is None
    go_to(at + timedelta(minutes=5))
    assert await queue.pick(nadia, clock.now()) == called.id
    assert await owner.fetchval("SELECT count(*) FROM contact_event") == 1


@pytest.mark.parametrize(
    "at",
    [None, datetime(2026, 11, 28, 13, 30, tzinfo=UTC), datetime(2026, 11, 23, 9, 30, tzinfo=UTC)],
    ids=["none", "a Saturday", "yesterday"],
)
async def test_an_appointment_that_nobody_may_keep_is_refused_and_changes_nothing(
    world: World, owner: asyncpg.Connection, at: datetime | None
) -> None:
    called, nadia = await held(world)
    with pytest.raises(Invalid):
        await calls.conclude(nadia, called.id, Code.appointment, at)
    assert (await case_of(owner, called))["state"] == "held"
    assert (await attempt_of(owner, called.first))["state"] == "claimed"


async def test_a_refusal_stops_every_channel(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    await calls.conclude(nadia, called.id, Code.refusal)
    refused_at = await owner.fetchval("SELECT refused_at FROM person WHERE id = $1", called.person)
    assert timedelta(0) <= clock.now() - refused_at < timedelta(minutes=5)
    assert await owner.fetchval("SELECT refused_how FROM endpoint") == "phone"
    case = await case_of(owner, called)
    assert case["state"] == "done"
    assert (await attempt_of(owner, called.first))["state"] == "sent"
    assert (await attempt_of(owner, called.second))["reason"] == "refused"


async def test_a_death_stops_everything_for_every_provider(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    twin = await someone(world, provider=world.cap, person=called.person, mobile="+33639980009")
    await owner.execute(
        "INSERT INTO endpoint (id, platform_id, kind, key) SELECT gen_random_uuid(), platform_id, "
        "'phone', mobile_key FROM client WHERE id = $1",
        twin.id,
    )
    other = await survey_call(world, client=twin.id, provider=world.cap)
    await calls.conclude(nadia, called.id, Code.deceased)
    statuses = {row["id"]: row["status"] for row in await owner.fetch("SELECT id, status FROM client")}
    assert statuses == {called.client: "deceased", twin.id: "active"}  # the other provider reads nothing
    assert await owner.fetchval("SELECT deceased_at FROM person") is not None
    for attempt in (called.second, other.first, other.second):
        assert (await attempt_of(owner, attempt))["reason"] == "deceased"
    for case in (called, other):
        row = await case_of(owner, case)
        assert (row["state"], row["outcome"]) == ("done", "deceased")
    assert await owner.fetchval("SELECT count(*) FROM invitation WHERE closed_at IS NULL") == 0


async def test_a_death_says_nothing_of_somebody_else(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    neighbour = await survey_call(world, mobile="+33639980002")
    await calls.conclude(nadia, called.id, Code.deceased)
    assert await owner.fetchval("SELECT status FROM client WHERE id = $1", neighbour.client) == "active"
    assert (await case_of(owner, neighbour))["state"] == "open"


async def test_a_hospital_stay_stops_the_client_s_contacts(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    await calls.conclude(nadia, called.id, Code.hospital)
    row = await owner.fetchrow("SELECT status, status_since FROM client WHERE id = $1", called.client)
    assert tuple(row) == ("hospital", clock.now().date())
    assert (await attempt_of(owner, called.second))["reason"] == "hospital"
    assert (await case_of(owner, called))["state"] == "done"


async def test_a_wrong_number_is_used_no_more(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    await calls.conclude(nadia, called.id, Code.wrong_number)
    assert await owner.fetchval("SELECT wrong_at FROM endpoint") is not None
    attempt = await attempt_of(owner, called.first)
    assert (attempt["state"], attempt["reason"]) == ("failed", "wrong_number")
    assert (await attempt_of(owner, called.second))["reason"] == "wrong_number"


async def test_somebody_who_cannot_answer_is_left_in_peace(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    await calls.conclude(nadia, called.id, Code.unable)
    assert (await attempt_of(owner, called.second))["reason"] == "unable"
    assert (await case_of(owner, called))["state"] == "done"


async def test_a_call_given_back_counts_for_nobody(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    await calls.give_back(nadia, called.id)
    case, attempt = await case_of(owner, called), await attempt_of(owner, called.first)
    assert (case["state"], case["tries"], attempt["state"], attempt["claims"]) == ("open", 0, "planned", 0)
    assert await owner.fetchval("SELECT count(*) FROM contact_event") == 0
    assert await owner.fetchval("SELECT recent FROM person WHERE id = $1", called.person) == []
    assert await queue.pick(agent(world), clock.now()) == called.id


async def test_a_call_given_back_after_a_busy_line_stays_counted(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await held(world)
    await calls.conclude(nadia, called.id, Code.busy)
    go_to(FIRST[0] + timedelta(hours=1))
    assert await queue.pick(nadia, clock.now()) == called.id
    await calls.give_back(nadia, called.id)
    assert await owner.fetchval("SELECT count(*) FROM contact_event") == 1


async def test_a_busy_line_is_no_interruption(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    await owner.execute("UPDATE attempt SET claims = 4 WHERE id = $1", called.first)
    await calls.conclude(nadia, called.id, Code.busy)
    attempt = await attempt_of(owner, called.first)
    assert (attempt["state"], attempt["claims"]) == ("deferred", 0)


async def test_a_call_with_answers_is_not_given_back(world: World) -> None:
    called, nadia = await held(world)
    await calls.answer(nadia, called.id, "globale", "5", "client")
    with pytest.raises(Conflict):
        await calls.give_back(nadia, called.id)


async def test_only_the_one_who_picked_it_writes(world: World, owner: asyncpg.Connection) -> None:
    called, _ = await held(world)
    karim = agent(world)
    with pytest.raises(Conflict):
        await calls.answer(karim, called.id, "globale", "1", "client")
    with pytest.raises(Conflict):
        await calls.conclude(karim, called.id, Code.refusal)
    with pytest.raises(Conflict):
        await calls.give_back(karim, called.id)
    assert await owner.fetchval("SELECT count(*) FROM response") == 0


async def test_an_answer_on_the_web_withdraws_the_call_while_it_is_shown(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await held(world)
    visit = await by_id(pool("answer"), called.invitation)
    assert visit is not None
    await collect.record(pool("answer"), visit, {"globale": 2}, channel="web", now=clock.now())
    with pytest.raises(Conflict):
        await calls.answer(nadia, called.id, "globale", "5", "client")
    with pytest.raises(Conflict):
        await calls.conclude(nadia, called.id, Code.no_answer)
    assert await owner.fetchval("SELECT answers->>'globale' FROM response") == "2"


async def test_a_low_mark_becomes_a_complaint_only_if_it_is_wished(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await held(world)
    recorded = await calls.answer(nadia, called.id, "ponctualite", "1", "client")
    assert recorded.low == ("ponctualite",)
    assert await owner.fetchval("SELECT count(*) FROM complaint") == 0
    opened = await calls.take_wish(nadia, world.house.keyring, called.id, Wish.ANONYMOUS, "client")
    assert opened is not None
    row = await owner.fetchrow("SELECT disclosure, kind FROM complaint")
    assert tuple(row) == ("anonymous", "late")


async def test_a_wish_to_be_called_first_joins_the_queue(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    await calls.answer(nadia, called.id, "globale", "1", "client")
    await calls.take_wish(nadia, world.house.keyring, called.id, Wish.CALL_FIRST, "client")
    assert await owner.fetchval("SELECT state FROM call_case WHERE kind = 'complaint'") == "open"


@pytest.mark.parametrize("decision", list(Decision))
async def test_what_a_client_called_first_decides_ends_the_call(
    world: World, owner: asyncpg.Connection, decision: Decision
) -> None:
    await filed(world, "call_first")
    await desk_complaints(world.house)
    nadia = agent(world)
    case = await queue.pick(nadia, clock.now())
    assert case is not None
    with pytest.raises(Invalid):
        await calls.conclude(nadia, case, Code.answered)
    await calls.decide(nadia, case, decision)
    assert await owner.fetchval("SELECT awaits_contact FROM complaint") is False
    assert await owner.fetchval("SELECT outcome FROM call_case") == "answered"
    assert await queue.pick(nadia, clock.now()) is None


async def test_a_client_who_does_not_answer_is_called_twice_about_a_complaint(
    world: World, owner: asyncpg.Connection
) -> None:
    await filed(world, "call_first")
    await desk_complaints(world.house)
    nadia = agent(world)
    for expected in ("open", "done"):
        case = await queue.pick(nadia, clock.now())
        assert case is not None
        await calls.conclude(nadia, case, Code.no_answer)
        row = await owner.fetchrow("SELECT state, next_due_at FROM call_case")
        assert row["state"] == expected
        go_to(row["next_due_at"] + timedelta(seconds=1))
    assert await owner.fetchval("SELECT awaits_contact FROM complaint") is True


async def test_a_callback_ends_when_it_was_made(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await other_call(world, "inbound"), agent(world)
    await queue.pick(nadia, clock.now())
    with pytest.raises(NotFound):
        await calls.answer(nadia, called.id, "globale", "5", "client")
    with pytest.raises(NotFound):
        await calls.decide(nadia, called.id, Decision.named)
    await calls.conclude(nadia, called.id, Code.answered)
    assert (await case_of(owner, called))["state"] == "done"


async def test_every_end_is_in_the_audit_trail(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    await calls.conclude(nadia, called.id, Code.no_answer)
    rows = await owner.fetch("SELECT action, account_id FROM audit ORDER BY id")
    assert [tuple(row) for row in rows] == [
        ("call.pick", nadia.account),
        ("call.no_answer", nadia.account),
    ]


async def test_a_wish_of_an_unknown_respondent_is_refused(world: World) -> None:
    called, nadia = await held(world)
    await calls.answer(nadia, called.id, "globale", "1", "client")
    with pytest.raises(Invalid, match="qui répond"):
        await calls.take_wish(nadia, world.house.keyring, called.id, Wish.NAMED, "voisine")


async def test_a_call_is_read_with_the_rights_of_its_reader_before_anything_is_written(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await held(world)
    await calls.answer(nadia, called.id, "globale", "1", "client")
    reader = replace(nadia, role="funder")
    for act in (
        calls.answer(reader, called.id, "globale", "5", "client"),
        calls.take_wish(reader, world.house.keyring, called.id, Wish.NAMED, "client"),
        calls.give_back(reader, called.id),
    ):
        with pytest.raises(NotFound):
            await act
    assert await owner.fetchval("SELECT count(*) FROM complaint") == 0
    assert (await case_of(owner, called))["state"] == "held"


async def test_an_appointment_on_a_day_the_platform_is_shut_is_refused_and_says_so(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await held(world)
    await shut(owner, "2026-11-26")
    with pytest.raises(Invalid) as refusal:
        await calls.conclude(nadia, called.id, Code.appointment, datetime(2026, 11, 26, 13, 30, tzinfo=UTC))
    assert [(each.field, each.message) for each in refusal.value.errors] == [
        ("le", "La plateforme est fermée ce jour-là. Choisissez un autre jour.")
    ]
    assert (await case_of(owner, called))["state"] == "held"


async def test_the_next_call_of_a_survey_passes_over_a_shut_day(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await held(world)
    await owner.execute("UPDATE attempt SET opens_at = $2 WHERE id = $1", called.second, FIRST[0])
    await shut(owner, "2026-11-24", "2026-11-25")
    await calls.conclude(nadia, called.id, Code.no_answer)
    assert (await case_of(owner, called))["next_due_at"].date() > date(2026, 11, 25)


async def test_a_call_that_a_person_asked_for_waits_while_the_platform_is_shut(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await other_call(world), agent(world)
    await shut(owner, "2026-11-24")
    assert await queue.pick(nadia, clock.now()) is None
    row = await case_of(owner, called)
    assert (row["state"], row["next_due_at"].date()) == ("open", date(2026, 11, 25))


async def test_a_survey_s_call_planned_before_the_day_was_shut_is_not_made(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await survey_call(world), agent(world)
    await shut(owner, "2026-11-24")
    assert await queue.pick(nadia, clock.now()) is None
    assert (await case_of(owner, called))["state"] == "open"
    assert (await attempt_of(owner, called.first))["state"] == "planned"
