"""A client to be called first whom no call reaches: the platform decides as soon as the calls are over."""

from datetime import timedelta

import asyncpg
import httpx
import pytest

from quality import clock
from quality.complaints.ladder.escalating import climb
from quality.complaints.pages.listing import count_waiting
from quality.complaints.resolving.handling import Decision
from surveys.desk import calls
from surveys.desk.ending.outcomes import Code
from surveys.desk.ending.undoing_end import OFFERED_FOR
from surveys.desk.queueing import queue
from surveys.desk.queueing.ticks import desk_complaints
from tests.quality.complaints.mailed import SUPERVISOR, new_letters, readers
from tests.quality.complaints.opened import filed
from tests.surveys.desk.waiting import agent, go_to
from tests.world import World, sign_in

Owner = asyncpg.Connection
UNREACHED = (SUPERVISOR, "Personne à joindre, sans réponse")


async def awaited(world: World) -> int:
    """Open a complaint whose client is called first, with its call; give its number."""
    await readers(world)
    complaint = await filed(world, "call_first")
    await desk_complaints(world.house)
    return complaint.number


async def minute(world: World) -> None:
    await desk_complaints(world.house)
    await climb(world.house)


async def end(world: World, code: Code) -> None:
    nadia = agent(world)
    case = await queue.pick(nadia, clock.now())
    assert case is not None
    await calls.conclude(nadia, case, code)


def later(span: timedelta = OFFERED_FOR) -> None:
    clock.set_offset(clock.offset() + span + timedelta(seconds=1))


async def test_when_the_tries_are_used_a_supervisor_decides(world: World, owner: Owner) -> None:
    await awaited(world)
    await end(world, Code.no_answer)
    await minute(world)
    assert await new_letters(owner) == set()  # one more try
    go_to(await owner.fetchval("SELECT next_due_at FROM call_case") + timedelta(seconds=1))
    await end(world, Code.no_answer)
    await minute(world)
    assert await new_letters(owner) == set()  # the end may still be undone
    later()
    await minute(world)
    await minute(world)
    assert await new_letters(owner) == {UNREACHED}
    assert await owner.fetchval("SELECT holder FROM complaint") == "platform"


@pytest.mark.parametrize("code", [Code.refusal, Code.wrong_number])
async def test_an_end_after_which_nobody_calls_is_told(world: World, owner: Owner, code: Code) -> None:
    await awaited(world)
    while await owner.fetchval("SELECT state FROM call_case") == "open":  # each number of the person
        go_to(await owner.fetchval("SELECT greatest(next_due_at, $1) FROM call_case", clock.now()))
        await end(world, code)
    later()
    await minute(world)
    assert UNREACHED in await new_letters(owner)


async def test_a_window_that_is_over_is_told(world: World, owner: Owner) -> None:
    await awaited(world)
    go_to(await owner.fetchval("SELECT closes_at FROM call_case") + timedelta(seconds=1))
    await minute(world)
    assert UNREACHED in await new_letters(owner)


async def test_who_decided_in_the_call_is_not_unreached(world: World, owner: Owner) -> None:
    await awaited(world)
    nadia = agent(world)
    case = await queue.pick(nadia, clock.now())
    assert case is not None
    await calls.decide(nadia, case, Decision.anonymous)
    later()
    await minute(world)
    assert UNREACHED not in await new_letters(owner)
    assert await owner.fetchval("SELECT unreached_at FROM complaint") is None


async def test_only_those_who_decide_read_the_card(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    number = await awaited(world)
    assert await count_waiting(world.agent) == 1
    await end(world, Code.refusal)
    later()
    await minute(world)
    assert await count_waiting(world.agent) == 0
    assert await count_waiting(world.actor("supervisor")) == 1
    await sign_in(client, world, "supervisor")
    for address in ("/reclamations", f"/reclamations/{number}"):
        assert "Personne à joindre autrement" in (await client.get(address)).text
    for role, organisation in (("provider", world.aide34), ("funder", world.gironde)):
        await sign_in(client, world, role, organisation)
        assert "Personne à joindre" not in (await client.get("/reclamations")).text
