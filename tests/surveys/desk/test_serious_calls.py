"""A serious event is called about by supervisors: no agent meets it, in the queue or with its client."""

from dataclasses import replace
from uuid import UUID, uuid4

import asyncpg
import pytest

from quality import clock
from quality.access.scope import scoped
from quality.complaints.resolving import serious
from quality.db import fetch_value
from quality.errors import NotFound
from surveys.callbacks import SERIOUS
from surveys.desk.caller import search, take_incoming
from surveys.desk.queueing import queue
from surveys.desk.queueing.home import calls
from surveys.desk.queueing.ticks import desk_complaints
from surveys.desk.screen import panels
from surveys.news.ticks import tell_clients
from tests.surveys.desk.waiting import agent
from tests.surveys.dispatch.asking import set_clock
from tests.surveys.news.complaining import NOON, WEEK, Complained, complained
from tests.world import World

Owner = asyncpg.Connection
SECOND = """
INSERT INTO call_case (id, platform_id, kind, client_id, complaint_id, state, next_due_at, closes_at,
    created_at, priority)
SELECT gen_random_uuid(), c.platform_id, 'callback', s.client_id, c.id, 'open', $2::timestamptz,
    $2::timestamptz + interval '9 days', $2, 20
FROM complaint c JOIN complaint_subject s ON s.id = c.id WHERE c.id = $1 RETURNING id
"""


async def two_complaints(world: World, owner: Owner) -> tuple[Complained, UUID]:
    """Write an ordinary complaint and a serious event of one client, both remedied a week ago."""
    ordinary = await complained(world, answered_by="phone", at=NOON - WEEK)
    await owner.execute(
        "UPDATE client SET name_words = ARRAY[$1::bytea]", world.house.keyring.lookup("word", "martin")
    )
    await owner.execute("DELETE FROM call_case")
    made = await serious.report(
        replace(world.agent, account=None),
        world.house.keyring,
        client=ordinary.client,
        intervention=None,
        text="Peur.",
    )
    await owner.execute(
        "UPDATE complaint SET state = 'remedied', acknowledged_at = opened_at, cause = 'c', remedy = 'r',"
        " remedied_at = opened_at, verdict_due_at = opened_at + interval '6 days' WHERE id = $1",
        made.id,
    )
    return ordinary, made.id


async def test_the_verdict_of_a_serious_event_waits_for_a_supervisor(world: World, owner: Owner) -> None:
    ordinary, event = await two_complaints(world, owner)
    set_clock(NOON)
    await tell_clients(world.house)
    rows = {
        row["complaint_id"]: row
        for row in await owner.fetch("SELECT * FROM call_case WHERE kind = 'verdict'")
    }
    assert rows[ordinary.id]["referred_at"] is None
    assert (rows[event]["referred_why"], rows[event]["referred_at"] is None) == (SERIOUS, False)


async def test_an_agent_neither_reads_nor_picks_a_call_about_a_serious_event(
    world: World, owner: Owner
) -> None:
    _ordinary, event = await two_complaints(world, owner)
    set_clock(NOON)
    case = await owner.fetchval(SECOND, event, NOON)
    caller = agent(world)
    found = await queue.read(caller, clock.now())
    assert (found.due, found.callbacks, found.rows) == (0, 0, ())
    assert await queue.count_due(caller, clock.now()) == 0
    assert (await calls(caller)).situations == ()
    async with scoped(caller) as db:
        assert await fetch_value(db, "SELECT count(*) FROM call_case WHERE id = $1", case) == 0
    assert await queue.pick(caller, clock.now()) is None
    boss = agent(world, "supervisor")
    assert await queue.count_due(boss, clock.now()) == 1
    assert await queue.pick(boss, clock.now()) == case


async def test_a_caller_with_a_serious_event_is_found_without_it(world: World, owner: Owner) -> None:
    ordinary, event = await two_complaints(world, owner)
    set_clock(NOON)
    case = await owner.fetchval(SECOND, event, NOON)
    caller = agent(world)
    assert [each.waits for each in await search(caller, world.house.keyring, "Martin")] == [""]
    assert await take_incoming(caller, ordinary.client) != case


async def test_a_call_about_one_complaint_never_shows_another(world: World, owner: Owner) -> None:
    ordinary, event = await two_complaints(world, owner)
    about_event = await owner.fetchval(SECOND, event, NOON)
    about_ordinary = await owner.fetchval(SECOND, ordinary.id, NOON)
    number = await owner.fetchval("SELECT number FROM complaint WHERE id = $1", ordinary.id)
    caller = agent(world)
    assert (await panels.followed(caller, about_ordinary, None)).number == number
    for case in (about_event, uuid4()):
        with pytest.raises(NotFound):
            await panels.followed(caller, case, None)


async def test_who_must_be_called_first_about_a_serious_event_waits_for_a_supervisor(
    world: World, owner: Owner
) -> None:
    _ordinary, event = await two_complaints(world, owner)
    await owner.execute(
        "UPDATE complaint SET state = 'opened', awaits_contact = true, disclosure = 'call_first'"
        " WHERE id = $1",
        event,
    )
    set_clock(NOON)
    await desk_complaints(world.house)
    assert await owner.fetchval("SELECT referred_why FROM call_case WHERE kind = 'complaint'") == SERIOUS
