"""/appels/entrant: whoever calls is found by what they say, and their open case is in the agent's hand."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest

from quality import clock
from quality.complaints import links
from quality.errors import Conflict, NotFound
from surveys.desk import caller, calls
from surveys.desk.ending.outcomes import Code
from surveys.desk.queueing import queue
from surveys.dispatch.links import LABEL
from surveys.dispatch.token import spoken_reference
from tests.quality.complaints.opened import filed
from tests.surveys.desk.waiting import agent, attempt_of, case_of, go_to, other_call, survey_call
from tests.world import World, sign_in


async def named(world: World, owner: asyncpg.Connection, client: object, *words: str) -> None:
    """Keep the words of a name as intake does."""
    keys = [world.house.keyring.lookup("word", word) for word in words]
    await owner.execute("UPDATE client SET name_words = $2 WHERE id = $1", client, keys)


@pytest.mark.parametrize("typed", ["06 39 98 00 01", "+33639980001", "Martin", "madame MARTIN"])
async def test_a_caller_is_found_by_number_or_by_name(
    world: World, owner: asyncpg.Connection, typed: str
) -> None:
    called = await survey_call(world)
    await named(world, owner, called.client, "martin")
    other = await survey_call(world, mobile="+33639980002", name="M. Bernard")
    await named(world, owner, other.client, "bernard")
    found = await caller.search(agent(world), world.house.keyring, typed)
    assert [(each.client, each.name, each.waits) for each in found] == [
        (called.client, "Mme Martin", "survey")
    ]


async def test_a_caller_is_found_by_each_reference(world: World, owner: asyncpg.Connection) -> None:
    called, keyring = await survey_call(world), world.house.keyring
    await owner.execute("UPDATE invitation SET answered_at = now()")
    complaint = await filed(world, "named")
    subject = await owner.fetchval("SELECT client_id FROM complaint_subject WHERE id = $1", complaint.id)
    visit = await owner.fetchval("SELECT occasion_id FROM invitation WHERE id = $1", called.invitation)
    await owner.execute(
        """
        INSERT INTO intervention_key (id, platform_id, provider_id, reference)
        SELECT id, platform_id, provider_id, 'V-2026-77' FROM intervention WHERE id = $1
        ON CONFLICT (id) DO UPDATE SET reference = excluded.reference
        """,
        visit,
    )
    for typed, client in (
        ("V-2026-77", called.client),
        (await owner.fetchval("SELECT reference FROM client WHERE id = $1", called.client), called.client),
        (spoken_reference(keyring.subkey(LABEL), called.invitation), called.client),
        (links.reference_of(keyring, complaint.id), subject),
        (str(complaint.number), subject),
    ):
        found = await caller.search(agent(world), keyring, typed)
        assert [each.client for each in found] == [client], typed


async def test_each_look_up_is_in_the_audit_without_what_was_typed(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await survey_call(world), agent(world)
    await named(world, owner, called.client, "martin")
    await caller.search(nadia, world.house.keyring, "Martin")
    await caller.search(nadia, world.house.keyring, "Durand")
    await caller.take_incoming(nadia, called.client)
    rows = await owner.fetch("SELECT action, detail FROM audit ORDER BY id")
    assert [row["action"] for row in rows] == ["call.search", "call.search", "call.incoming"]
    first, second, taken = (json.loads(row["detail"]) for row in rows)
    assert (first["by"], first["clients"]) == ("name", [str(called.client)])
    assert second["clients"] == []
    assert taken == {"client": str(called.client)}
    assert "artin" not in str([row["detail"] for row in rows])


async def test_two_callers_taken_at_once_leave_one_call_in_hand(
    world: World, owner: asyncpg.Connection
) -> None:
    first = await survey_call(world)
    second = await survey_call(world, mobile="+33639980002")
    nadia = agent(world)
    taken = await asyncio.gather(
        *(caller.take_incoming(nadia, each.client) for each in (first, second)), return_exceptions=True
    )
    assert all(isinstance(each, UUID | Conflict) for each in taken), taken
    assert await owner.fetchval("SELECT count(*) FROM call_case WHERE state = 'held'") == 1


async def test_a_funder_who_must_see_nothing_finds_nobody(world: World) -> None:
    called = await survey_call(world)
    gironde = world.actor("funder", world.gironde)
    assert await caller.search(gironde, world.house.keyring, "Martin") == ()
    with pytest.raises(NotFound):
        await caller.take_incoming(gironde, called.client)


async def test_the_open_case_of_a_caller_is_taken_at_any_hour(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await survey_call(world), agent(world)
    go_to(clock.now().replace(hour=6))
    assert await queue.pick(nadia, clock.now()) is None
    assert await caller.take_incoming(nadia, called.client) == called.id
    case = await case_of(owner, called)
    assert (case["state"], case["is_incoming"], case["tries"]) == ("held", True, 1)
    assert await owner.fetchval("SELECT count(*) FROM contact_event") == 0
    await calls.answer(nadia, called.id, "globale", "5", "client")
    await calls.conclude(nadia, called.id, Code.answered)
    assert (await attempt_of(owner, called.first))["state"] == "sent"
    row = await owner.fetchrow("SELECT number_kind, outcome FROM call_log")
    assert tuple(row) == ("incoming", "answered")


async def test_a_caller_for_whom_nothing_waits_has_a_case_at_once(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await survey_call(world), agent(world)
    await owner.execute("UPDATE call_case SET state = 'done', outcome = 'answered', closed_at = now()")
    opened = await caller.take_incoming(nadia, called.client)
    row = await owner.fetchrow("SELECT kind, priority, state, agent_id FROM call_case WHERE id = $1", opened)
    assert tuple(row) == ("inbound", 15, "held", nadia.account)
    assert await caller.take_incoming(nadia, called.client) == opened
    await calls.give_back(nadia, opened)
    assert await owner.fetchval("SELECT outcome FROM call_case WHERE id = $1", opened) == "withdrawn"


async def test_a_call_in_hand_gives_way_unless_answers_are_given(
    world: World, owner: asyncpg.Connection
) -> None:
    first, nadia = await survey_call(world), agent(world)
    second = await survey_call(world, mobile="+33639980002")
    third = await survey_call(world, mobile="+33639980003")
    await queue.pick(nadia, clock.now())
    await caller.take_incoming(nadia, second.client)
    assert (await case_of(owner, first))["state"] == "open"
    await calls.answer(nadia, second.id, "globale", "5", "client")
    with pytest.raises(Conflict):
        await caller.take_incoming(nadia, third.client)


async def test_a_case_that_somebody_else_is_making_is_not_taken_from_them(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await other_call(world), agent(world)
    await queue.pick(nadia, clock.now())
    karim = replace(agent(world), name="Karim")
    opened = await caller.take_incoming(karim, called.client)
    assert opened != called.id
    assert (await case_of(owner, called))["agent_id"] == nadia.account


async def test_the_page_finds_a_caller_and_opens_the_call(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    called = await survey_call(world)
    await named(world, owner, called.client, "martin")
    token = await sign_in(client, world, "agent")
    assert "Qui est au téléphone" in (await client.get("/appels/entrant")).text
    found = await client.post("/appels/entrant", data={"jeton": token, "recherche": "Martin"})
    assert "Mme Martin" in found.text
    assert "Avis à recueillir" in found.text
    data = {"jeton": token, "personne": str(called.client)}
    taken = await client.post("/appels/entrant/prendre", data=data)
    assert (taken.status_code, taken.headers["location"]) == (303, f"/appels/{called.id}")


async def test_the_page_says_when_nobody_is_found_and_what_to_write(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "agent")
    none = await client.post("/appels/entrant", data={"jeton": token, "recherche": "Personne"})
    assert "Personne ne correspond" in none.text
    empty = await client.post("/appels/entrant", data={"jeton": token, "recherche": " "})
    assert (empty.status_code, "Écrivez un numéro" in empty.text) == (422, True)
    unknown = await client.post("/appels/entrant/prendre", data={"jeton": token, "personne": "x"})
    assert unknown.status_code == 404


async def test_an_hour_agreed_with_a_caller_is_kept_after_a_call_in_vain(
    world: World, owner: asyncpg.Connection
) -> None:
    called, nadia = await survey_call(world), agent(world)
    await queue.pick(nadia, clock.now())
    await calls.conclude(nadia, called.id, Code.no_answer)
    await caller.take_incoming(nadia, called.client)
    at = datetime(2026, 11, 26, 13, 30, tzinfo=UTC)
    await calls.conclude(nadia, called.id, Code.appointment, at)
    assert (await attempt_of(owner, called.second))["opens_at"] == at
    go_to(at + timedelta(minutes=5))
    assert await queue.pick(nadia, clock.now()) == called.id
