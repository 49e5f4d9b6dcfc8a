"""The last end of a call is undone for ten minutes, exactly, by the one who wrote it; or one is told why."""

import asyncio
import re
from datetime import timedelta

import asyncpg
import httpx
import pytest

from quality import clock
from quality.db import execute, fetch, transaction
from quality.errors import Conflict
from surveys.desk import calls
from surveys.desk.ending.outcomes import Code
from surveys.desk.ending.undoing_end import LAST, offered, undo_end
from surveys.desk.queueing import queue
from tests.surveys.desk.test_call import taken
from tests.surveys.desk.waiting import agent, case_of, go_to, survey_call
from tests.world import World

MOVED = """
SELECT id, state, reason, opens_at, closes_at, give_up_at, not_before, sent_at, settled_at
FROM attempt ORDER BY id
"""
SAME = (
    "state",
    "tries",
    "morning_tries",
    "afternoon_tries",
    "next_due_at",
    "outcome",
    "number_rank",
    "attempt_id",
)


@pytest.mark.parametrize("code", [Code.no_answer, Code.busy, Code.voicemail, Code.not_now, Code.appointment])
async def test_an_end_is_undone_exactly(world: World, owner: asyncpg.Connection, code: Code) -> None:
    called, nadia = await survey_call(world), agent(world)
    await queue.pick(nadia, clock.now())
    before, attempts = await case_of(owner, called), await owner.fetch(MOVED)
    at = clock.now() + timedelta(days=1) if code is Code.appointment else None
    await calls.conclude(nadia, called.id, code, at)
    assert await offered(nadia) == code
    assert await offered(agent(world)) == ""
    assert await undo_end(nadia) == called.id
    after = await case_of(owner, called)
    assert [after[name] for name in SAME] == [before[name] for name in SAME]
    assert await owner.fetch(MOVED) == attempts
    assert await owner.fetchval("SELECT count(*) FROM call_log") == 0
    await calls.conclude(nadia, called.id, Code.no_answer)


@pytest.mark.parametrize("code", [Code.refusal, Code.deceased, Code.hospital])
async def test_what_reaches_further_than_the_call_is_not_undone(world: World, code: Code) -> None:
    called, nadia = await survey_call(world), agent(world)
    await queue.pick(nadia, clock.now())
    await calls.conclude(nadia, called.id, code)
    assert await offered(nadia) == ""
    with pytest.raises(Conflict, match="ne s’annule plus"):
        await undo_end(nadia)


async def test_after_ten_minutes_or_when_something_followed_it_is_too_late(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await survey_call(world), agent(world)
    await queue.pick(nadia, clock.now())
    await calls.conclude(nadia, called.id, Code.no_answer)
    await owner.execute(
        "UPDATE attempt SET opens_at = opens_at + interval '1 minute' WHERE state = 'planned'"
    )
    with pytest.raises(Conflict, match="quelque chose a changé"):
        await undo_end(nadia)
    go_to(clock.now() + timedelta(minutes=11))
    assert await offered(nadia) == ""


async def test_a_note_is_kept_once(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await survey_call(world), agent(world)
    await owner.execute("UPDATE call_case SET note_cipher = 'secret' WHERE id = $1", called.id)
    await queue.pick(nadia, clock.now())
    await calls.conclude(nadia, called.id, Code.no_answer)
    undo = await owner.fetchval("SELECT undo::text FROM call_case WHERE id = $1", called.id)
    assert '"outcome"' in undo
    assert "note_cipher" not in undo
    await undo_end(nadia)
    assert await owner.fetchval("SELECT note_cipher FROM call_case WHERE id = $1", called.id) == b"secret"


async def test_nobody_has_two_calls_in_hand_whatever_is_pressed_at_once(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await survey_call(world), agent(world)
    await queue.pick(nadia, clock.now())
    await calls.conclude(nadia, called.id, Code.no_answer)
    other = await survey_call(world, name="M. Durand", mobile="+33612345602")
    pressed = await asyncio.gather(
        undo_end(nadia), undo_end(nadia), queue.pick(nadia, clock.now()), return_exceptions=True
    )
    assert [each for each in pressed if isinstance(each, Exception) and not isinstance(each, Conflict)] == []
    held = await owner.fetch("SELECT id FROM call_case WHERE state = 'held'")
    assert [each["id"] for each in held] in ([called.id], [other.id])


async def test_a_call_left_in_hand_comes_first(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await survey_call(world), agent(world)
    await queue.pick(nadia, clock.now())
    await calls.conclude(nadia, called.id, Code.no_answer)
    await survey_call(world, name="M. Durand", mobile="+33612345602")
    await queue.pick(nadia, clock.now())
    await owner.execute("UPDATE call_case SET lease_until = now() - interval '1 hour' WHERE state = 'held'")
    with pytest.raises(Conflict, match="Terminez d’abord"):
        await undo_end(nadia)


async def test_the_last_end_of_somebody_is_read_from_its_index(world: World) -> None:
    async with transaction("work") as db:
        await execute(db, "SET LOCAL enable_seqscan = off")
        since = (clock.now() - timedelta(minutes=10)).isoformat()
        plan = await fetch(db, f"EXPLAIN {LAST}", world.platform, "somebody", since)
    words = " ".join(str(row["QUERY PLAN"]) for row in plan)
    assert "call_case_ended" in words
    assert re.search(r"Index Cond: .*'agent'.*'at'", words)


async def test_the_queue_offers_it_in_one_key(client: httpx.AsyncClient, world: World) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    await client.post(f"{href}/issue", data={"jeton": token, "issue": "no_answer"})
    page = (await client.get("/appels")).text
    assert "Annuler «\u00a0Pas de réponse\u00a0» et reprendre l’appel" in page
    assert 'data-key="Z"' in page
    assert (await client.post("/appels/annuler", data={"jeton": token})).headers["location"] == href
    assert (await client.get(href)).status_code == 200
    assert (await client.post("/appels/annuler", data={"jeton": token})).status_code == 409
