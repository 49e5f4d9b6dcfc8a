"""Messages that stopped: again only what surely never left, given up by somebody, or by time."""

from datetime import timedelta

import asyncpg
import pytest

from quality import clock
from quality.db import fetch_value, pool
from quality.errors import Conflict
from surveys.channels.message import Report, ReportState
from surveys.desk.queueing import queue
from surveys.dispatch import recovery, reports
from surveys.dispatch.control import stuck
from tests.surveys.desk.waiting import SECOND, Called, agent, attempt_of, case_of, survey_call
from tests.surveys.dispatch.asking import NOON, asked, change, claim_at, first_attempt, recent, set_clock
from tests.world import World

DEAD = "state = 'dead', reason = 'claimed_too_often', lease_until = NULL, claims = 5"
UNCERTAIN = "state = 'uncertain', lease_until = NULL, sent_at = opens_at"


async def stopped(world: World, state: str) -> dict:
    await asked(world)
    set_clock(NOON)
    await claim_at()
    await change("attempt", state, where="step = 1")
    return await first_attempt()


async def test_what_is_dead_may_leave_again(world: World) -> None:
    attempt = await stopped(world, DEAD)
    (found,) = await stuck.read(world.actor("supervisor"))
    assert (found.id, found.state, found.is_over) == (attempt["id"], "dead", False)
    await stuck.again(world.actor("supervisor"), attempt["id"])
    (claimed,) = await claim_at()
    assert claimed.id == attempt["id"]
    assert await fetch_value(pool("work"), "SELECT count(*) FROM contact_event") == 1


async def test_what_may_have_left_never_goes_again(world: World) -> None:
    attempt = await stopped(world, UNCERTAIN)
    with pytest.raises(Conflict):
        await stuck.again(world.actor("supervisor"), attempt["id"])


async def test_what_is_over_does_not_leave_again(world: World) -> None:
    attempt = await stopped(world, DEAD)
    set_clock(attempt["give_up_at"])
    assert (await stuck.read(world.actor("supervisor")))[0].is_over
    with pytest.raises(Conflict):
        await stuck.again(world.actor("supervisor"), attempt["id"])


async def test_what_is_given_up_counts_only_if_it_may_have_left(world: World) -> None:
    attempt = await stopped(world, DEAD)
    await stuck.abandon(world.actor("supervisor"), attempt["id"])
    row = await first_attempt()
    assert (row["state"], row["reason"], await recent("endpoint")) == ("failed", "abandoned", [])


async def test_what_may_have_left_stays_counted_when_it_is_given_up(world: World) -> None:
    attempt = await stopped(world, UNCERTAIN)
    await stuck.abandon(world.actor("supervisor"), attempt["id"])
    row = await first_attempt()
    assert (row["state"], row["reason"], await recent("endpoint")) == ("failed", "unsure", [NOON])
    with pytest.raises(Conflict):
        await stuck.abandon(world.actor("supervisor"), attempt["id"])


async def interrupted_call(world: World, owner: asyncpg.Connection, calls: int = 1) -> Called:
    """Let the last call of a request be interrupted five times, and its case be closed for want of a call."""
    called = await survey_call(world, calls=calls)
    now = clock.now()
    assert await queue.pick(agent(world), now) == called.id
    await owner.execute(
        """
        UPDATE attempt SET claims = 5, lease_until = now() - interval '1 second' WHERE state = 'claimed';
        UPDATE call_case SET lease_until = now() - interval '1 second'
        """
    )
    await recovery.recover(pool("work"), now)
    assert (await attempt_of(owner, called.first))["state"] == "dead"
    assert await queue.pick(agent(world), now) is None
    return called


async def test_a_call_that_stopped_goes_back_to_the_desk(world: World, owner: asyncpg.Connection) -> None:
    called = await interrupted_call(world, owner)
    assert (await case_of(owner, called))["outcome"] == "window_over"
    await stuck.again(world.actor("supervisor"), called.first)
    assert (await case_of(owner, called))["outcome"] is None
    assert await queue.pick(agent(world), clock.now()) == called.id
    assert (await attempt_of(owner, called.first))["state"] == "claimed"


async def test_a_call_that_stopped_while_another_is_planned_comes_before_it(
    world: World, owner: asyncpg.Connection
) -> None:
    called = await interrupted_call(world, owner, calls=2)
    assert (await case_of(owner, called))["next_due_at"] == SECOND[0]
    await stuck.again(world.actor("supervisor"), called.first)
    assert await queue.pick(agent(world), clock.now()) == called.id


async def test_a_call_whose_case_ended_otherwise_is_not_made_again(
    world: World, owner: asyncpg.Connection
) -> None:
    called = await interrupted_call(world, owner)
    await owner.execute("UPDATE call_case SET outcome = 'unable'")
    with pytest.raises(Conflict):
        await stuck.again(world.actor("supervisor"), called.first)
    assert (await attempt_of(owner, called.first))["state"] == "dead"


async def test_a_call_that_is_given_up_may_have_been_made_and_counts(
    world: World, owner: asyncpg.Connection
) -> None:
    called = await interrupted_call(world, owner)
    await stuck.abandon(world.actor("supervisor"), called.first)
    assert (await attempt_of(owner, called.first))["reason"] == "abandoned"
    assert await owner.fetchval("SELECT count(*) FROM contact_event") == 1


async def test_another_platform_s_message_does_not_exist(world: World) -> None:
    attempt = await stopped(world, DEAD)
    stranger = world.actor("supervisor")
    stranger = type(stranger)(**{**_fields(stranger), "platform": attempt["id"]})
    assert await stuck.read(stranger) == []
    for act in (stuck.again, stuck.abandon):
        with pytest.raises(Conflict):
            await act(stranger, attempt["id"])


def _fields(actor: object) -> dict:
    return {name: getattr(actor, name) for name in type(actor).__slots__}


async def test_what_no_report_speaks_of_is_given_up_a_day_after_its_window(world: World) -> None:
    attempt = await stopped(world, UNCERTAIN)
    over = attempt["closes_at"] + timedelta(days=1)
    assert await recovery.settle_unreported(pool("work"), over) == 0
    assert await recovery.settle_unreported(pool("work"), over + timedelta(seconds=1)) == 1
    row = await first_attempt()
    assert (row["state"], row["reason"], await recent("endpoint")) == ("failed", "unsure", [NOON])


async def test_a_late_report_still_says_that_it_arrived(world: World) -> None:
    attempt = await stopped(world, UNCERTAIN)
    await recovery.settle_unreported(pool("work"), attempt["closes_at"] + timedelta(days=2))
    await reports.apply(pool("work"), Report(attempt["id"], ReportState.DELIVERED), attempt["closes_at"])
    row = await first_attempt()
    assert (row["state"], row["reason"]) == ("delivered", None)


async def test_a_funder_who_must_see_nothing_reads_no_message(world: World) -> None:
    await stopped(world, DEAD)
    assert await stuck.read(world.actor("funder", world.gironde)) == []
