"""A case in hand: its lease is extended while somebody speaks, given away when they died, withdrawn."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from quality import clock
from quality.access.actor import Actor
from quality.db import pool
from quality.errors import Conflict, NotFound
from surveys import collect
from surveys.desk import calls
from surveys.desk.ending.outcomes import Code
from surveys.desk.queueing import queue
from surveys.desk.queueing.holding import Hold, heartbeat, state_of
from surveys.response import by_id
from tests.surveys.desk.test_calls import held
from tests.surveys.desk.waiting import agent, attempt_of, case_of, other_call, survey_call
from tests.world import World

EXPIRED = """
UPDATE call_case SET lease_until = now() - interval '1 second';
UPDATE attempt SET lease_until = now() - interval '1 second' WHERE state = 'claimed'
"""


async def say_on_the_web(invitation: object, **answers: int) -> None:
    visit = await by_id(pool("answer"), invitation)  # type: ignore[arg-type]
    assert visit is not None
    await collect.record(pool("answer"), visit, answers, channel="web", now=clock.now())


async def test_a_lease_is_ninety_seconds_of_the_database(world: World, owner: asyncpg.Connection) -> None:
    await held(world)
    left = await owner.fetchval("SELECT extract(epoch FROM lease_until - now()) FROM call_case")
    assert 80 < left <= 90


async def test_a_heartbeat_extends_the_case_and_its_attempt(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    await owner.execute(
        "UPDATE call_case SET lease_until = now() + interval '2 seconds';"
        "UPDATE attempt SET lease_until = now() + interval '2 seconds' WHERE state = 'claimed'"
    )
    assert await heartbeat(nadia, called.id) == Hold(True)
    for row in (await case_of(owner, called), await attempt_of(owner, called.first)):
        assert (row["lease_until"] - await owner.fetchval("SELECT now()")).total_seconds() > 60


async def test_a_heartbeat_of_somebody_else_extends_nothing(world: World, owner: asyncpg.Connection) -> None:
    called, _ = await held(world)
    before = await case_of(owner, called)
    assert await heartbeat(agent(world), called.id) == Hold(False, "taken")
    assert await case_of(owner, called) == before


async def test_a_case_of_another_platform_does_not_exist(world: World) -> None:
    called, _ = await held(world)
    stranger = Actor(role="agent", platform=uuid4(), account=uuid4())
    with pytest.raises(NotFound):
        await state_of(stranger, called.id)


async def test_a_funder_who_must_see_nothing_reads_no_case(world: World) -> None:
    called, _ = await held(world)
    with pytest.raises(NotFound):
        await state_of(world.actor("funder", world.gironde), called.id)


async def test_an_agent_whose_tab_was_closed_finds_the_call_again(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await held(world)
    await calls.answer(nadia, called.id, "globale", "4", "client")
    await owner.execute(EXPIRED)
    await owner.execute("UPDATE attempt SET state = 'planned', lease_until = NULL WHERE state = 'claimed'")
    assert await queue.pick(nadia, clock.now()) == called.id
    assert (await case_of(owner, called))["tries"] == 1
    assert (await attempt_of(owner, called.first))["state"] == "claimed"
    await calls.conclude(nadia, called.id, Code.answered)


async def test_a_dead_agent_s_call_goes_to_the_next_one_and_counts_once(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await held(world)
    await owner.execute(EXPIRED)
    karim = agent(world)
    assert await queue.pick(karim, clock.now()) == called.id
    assert await state_of(nadia, called.id) == Hold(False, "taken")
    attempt = await attempt_of(owner, called.first)
    assert (attempt["state"], attempt["claimed_by"]) == ("claimed", f"desk:{karim.account}")
    assert await owner.fetchval("SELECT count(*) FROM contact_event") == 1
    with pytest.raises(Conflict):
        await calls.conclude(nadia, called.id, Code.no_answer)


AGENT = """
import asyncio, sys
from datetime import timedelta
from uuid import UUID
from tortoise import Tortoise
from quality import app, clock, db
from quality.access.actor import Actor
from quality.settings import Settings
from surveys.desk.queueing import queue

async def main(url, platform, account, offset):
    house = app.compose(Settings(database_url=url, secret_key="of tests only, long enough to be accepted"))
    await Tortoise.init(config=db.tortoise_config(url, house.components), _enable_global_fallback=True)
    clock.set_offset(timedelta(seconds=float(offset)))
    actor = Actor(role="agent", platform=UUID(platform), account=UUID(account))
    print(await queue.pick(actor, clock.now()), flush=True)
    await asyncio.sleep(600)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_an_agent_killed_in_the_middle_of_a_call_keeps_nobody_waiting(
    world: World, owner: asyncpg.Connection
) -> None:
    called = await other_call(world)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        AGENT,
        world.house.settings.database_url,
        str(world.platform),
        str(uuid4()),
        str(clock.offset().total_seconds()),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[4],
        env={**os.environ},
    )
    assert process.stdout is not None
    picked = (await process.stdout.readline()).decode().strip()
    os.kill(process.pid, signal.SIGKILL)
    await process.wait()
    assert picked == str(called.id)
    left = await owner.fetchval("SELECT extract(epoch FROM lease_until - now()) FROM call_case")
    assert left <= 90
    assert await queue.pick(agent(world), clock.now()) is None
    await owner.execute(EXPIRED)
    assert await queue.pick(agent(world), clock.now()) == called.id


async def test_an_answer_on_the_web_is_seen_at_the_next_poll(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    await say_on_the_web(called.invitation, globale=2)
    assert await state_of(nadia, called.id) == Hold(False, "answered")
    assert await heartbeat(nadia, called.id) == Hold(False, "answered")
    with pytest.raises(Conflict):
        await calls.answer(nadia, called.id, "globale", "5", "client")
    assert await owner.fetchval("SELECT answers FROM response") == '{"globale": 2}'


async def test_a_client_who_goes_on_alone_takes_the_call_from_the_agent(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await held(world)
    await calls.answer(nadia, called.id, "globale", "5", "client")
    await say_on_the_web(called.invitation, ponctualite=2)
    assert await state_of(nadia, called.id) == Hold(False, "answered")
    with pytest.raises(Conflict):
        await calls.answer(nadia, called.id, "travail", "1", "client")
    assert await owner.fetchval("SELECT count(*) FROM response") == 1
    assert await owner.fetchval("SELECT answers FROM response") == '{"globale": 5, "ponctualite": 2}'


async def test_an_answer_typed_while_the_web_s_arrives_is_not_stored(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await held(world)
    await calls.answer(nadia, called.id, "globale", "5", "client")
    await asyncio.gather(
        say_on_the_web(called.invitation, globale=2),
        calls.answer(nadia, called.id, "globale", "4", "client"),
        return_exceptions=True,
    )
    assert await owner.fetchval("SELECT answers->>'globale' FROM response") == "2"
    assert await state_of(nadia, called.id) == Hold(False, "answered")


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("SELECT refuse(id, 'web', now()) FROM invitation", "refused"),
        ("UPDATE client SET status = 'deceased'", "deceased"),
        ("UPDATE person SET deceased_at = now()", "deceased"),
        (
            "UPDATE call_case SET state = 'done', outcome = 'cancelled', closed_at = now(), agent_id = NULL,"
            " lease_until = NULL",
            "closed",
        ),
    ],
)
async def test_the_page_is_told_why_the_call_is_withdrawn(
    world: World, owner: asyncpg.Connection, told: str, why: str
) -> None:
    called, nadia = await held(world)
    await owner.execute(told)
    assert await state_of(nadia, called.id) == Hold(False, why)


async def test_reading_the_state_of_a_call_writes_nothing(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    before = await owner.fetch("SELECT xmin, * FROM call_case")
    assert await state_of(nadia, called.id) == Hold(True)
    assert await owner.fetch("SELECT xmin, * FROM call_case") == before
    assert await survey_call(world, mobile="+33639980002") is not None
