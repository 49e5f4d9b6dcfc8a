"""Z at the desk: the last answer is as it was before, or the page says why nothing can be undone."""

import asyncpg
import pytest

from quality import clock
from quality.access.actor import Actor
from quality.complaints.opening import Wish
from quality.db import pool
from quality.errors import Conflict
from surveys import collect
from surveys.desk import calls
from surveys.desk.queueing import queue
from surveys.desk.screen.undoing import undo_answer
from surveys.response import by_id
from tests.surveys.desk.waiting import Called, agent, attempt_of, survey_call
from tests.surveys.test_collect import answers_of
from tests.world import World


async def in_hand(world: World) -> tuple[Actor, Called]:
    called, nadia = await survey_call(world), agent(world)
    assert await queue.pick(nadia, clock.now()) == called.id
    return nadia, called


async def test_the_last_answer_is_undone_and_the_call_stays_in_hand(
    world: World, owner: asyncpg.Connection
) -> None:
    nadia, called = await in_hand(world)
    await calls.answer(nadia, called.id, "globale", "4", "client")
    await calls.answer(nadia, called.id, "ponctualite", "2", "client")
    last = await undo_answer(nadia, called.id)
    assert (last.alias, last.number, last.respondent) == ("ponctualite", 2, "client")
    assert await answers_of(owner, called.invitation) == {"globale": 4}
    assert (await attempt_of(owner, called.first))["state"] == "claimed"
    with pytest.raises(Conflict, match="pas de réponse à annuler"):
        await undo_answer(nadia, called.id)


async def test_a_corrected_answer_gets_its_former_value_back(world: World, owner: asyncpg.Connection) -> None:
    nadia, called = await in_hand(world)
    await calls.answer(nadia, called.id, "globale", "5", "client")
    await calls.answer(nadia, called.id, "globale", "1", "client")
    await undo_answer(nadia, called.id)
    assert await answers_of(owner, called.invitation) == {"globale": 5}


async def test_the_only_answer_undone_leaves_the_person_unasked(
    world: World, owner: asyncpg.Connection
) -> None:
    nadia, called = await in_hand(world)
    await calls.answer(nadia, called.id, "globale", "5", "client")
    await undo_answer(nadia, called.id)
    assert await owner.fetchval("SELECT count(*) FROM response") == 0
    assert (await attempt_of(owner, called.second))["state"] == "planned"
    await calls.give_back(nadia, called.id)


async def test_once_a_wish_is_taken_its_mark_is_not_undone(world: World, owner: asyncpg.Connection) -> None:
    nadia, called = await in_hand(world)
    await calls.answer(nadia, called.id, "globale", "1", "client")
    await calls.take_wish(nadia, world.house.keyring, called.id, Wish.NAMED, "client")
    with pytest.raises(Conflict):
        await undo_answer(nadia, called.id)
    assert await owner.fetchval("SELECT value FROM signal") == 1


async def test_another_agent_undoes_nothing(world: World) -> None:
    nadia, called = await in_hand(world)
    await calls.answer(nadia, called.id, "globale", "5", "client")
    with pytest.raises(Conflict, match="plus à vous"):
        await undo_answer(agent(world), called.id)


async def test_what_the_person_wrote_on_the_web_since_is_not_undone(world: World) -> None:
    nadia, called = await in_hand(world)
    await calls.answer(nadia, called.id, "globale", "5", "client")
    visit = await by_id(pool("answer"), called.invitation)
    assert visit is not None
    await collect.record(pool("answer"), visit, {"globale": 1}, channel="web", now=clock.now())
    with pytest.raises(Conflict):
        await undo_answer(nadia, called.id)
