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

# What is kept of a complaint's message: it was asked, sent, answered; then somebody called.
ASKED = """
INSERT INTO invitation (id, platform_id, purpose, provider_id, client_id, complaint_id, audience, token_key,
    language, pseudonym, month, visit_on, activity, mode, departement, first_mode, provider_name,
    provider_short_name, created_at, closes_at)
SELECT uuid7_floor(i.created_at + c.number * interval '1 second'), i.platform_id, 'verdict', i.provider_id,
    i.client_id, c.id, 'client', decode(md5(c.id::text), 'hex'), 'fr', i.pseudonym, i.month, i.visit_on,
    i.activity, i.mode, i.departement, 'sms', i.provider_name, i.provider_short_name, i.created_at,
    i.closes_at
FROM invitation i, complaint c WHERE i.purpose = 'survey' AND c.id = $1
"""
SENT = """
INSERT INTO attempt (id, platform_id, invitation_id, client_id, person_id, endpoint_id, purpose, audience,
    channel, template, step, try_number, departement, state, opens_at, closes_at, give_up_at, sent_at)
SELECT child_id(i.id, 1), i.platform_id, i.id, i.client_id, a.person_id, a.endpoint_id, 'verdict', 'client',
    'sms', 'verdict', 0, 1, '34', 'sent', a.opens_at, a.closes_at, a.give_up_at, a.opens_at
FROM invitation i, (SELECT * FROM attempt WHERE purpose = 'survey' ORDER BY id LIMIT 1) a
WHERE i.complaint_id = $1
"""
WROTE = """
INSERT INTO inbound (id, platform_id, channel, sender_key, text_cipher, kind, invitation_id, received_at)
SELECT gen_random_uuid(), platform_id, 'sms', 'x', 'x', 'verdict', id, $2 FROM invitation
WHERE complaint_id = $1
"""
CALLED = """
INSERT INTO call_log (id, platform_id, case_id, client_id, complaint_id, part, started_at, ended_at, outcome,
    aapor) SELECT gen_random_uuid(), platform_id, gen_random_uuid(), client_id, complaint_id, 'morning',
    $2::timestamptz, $2::timestamptz, 'answered', '1.1'
FROM invitation WHERE complaint_id = $1
"""
OF_COMPLAINT = {
    "invitation": "SELECT count(*) FROM invitation WHERE complaint_id IS NOT NULL",
    "attempt": "SELECT count(*) FROM attempt WHERE purpose = 'verdict'",
    "inbound": "SELECT count(*) FROM inbound",
    "call_log": "SELECT count(*) FROM call_log",
}


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


async def test_an_agent_reads_no_message_and_no_past_call_about_a_serious_event(
    world: World, owner: Owner
) -> None:
    ordinary, event = await two_complaints(world, owner)
    set_clock(NOON)
    for complaint in (ordinary.id, event):
        await owner.execute(ASKED, complaint)
        await owner.execute(SENT, complaint)
        await owner.execute(WROTE, complaint, NOON)
        await owner.execute(CALLED, complaint, NOON)
    for reader, seen in ((agent(world), 1), (agent(world, "supervisor"), 2)):
        async with scoped(reader) as db:
            found = {table: await fetch_value(db, sql) for table, sql in OF_COMPLAINT.items()}
        assert found == dict.fromkeys(OF_COMPLAINT, seen), reader.role


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
