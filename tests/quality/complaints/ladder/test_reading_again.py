"""The ladder reads what was written since and what may fall due now, and leaves the others alone."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import uuid4

import asyncpg
import pytest

from quality import clock
from quality.complaints.ladder.escalating import climb, take_one
from quality.complaints.ladder.facts import PLAIN, sift
from quality.complaints.resolving import closing, handling
from quality.db import transaction
from tests.live import PATIENCE_SECONDS
from tests.quality.complaints.ladder.test_escalating import paris
from tests.quality.complaints.mailed import at, new_letters, readers
from tests.quality.complaints.opened import Filed, filed
from tests.world import World

Owner = asyncpg.Connection
# The mediator is the platform's: it says which step is taken, not when.
ELSEWHERE = {"has_funder": "funders", "has_mediator": None}


async def read_again(owner: Owner) -> datetime | None:
    return await owner.fetchval("SELECT next_step_at FROM complaint")


async def is_to_read(owner: Owner) -> bool:
    at_once = await read_again(owner)
    return at_once is not None and at_once <= clock.now()


async def test_a_complaint_nobody_touches_is_not_read_before_its_next_instant(
    world: World, owner: Owner
) -> None:
    await readers(world)
    await at(world, paris("2026-11-27 17:00"))
    complaint = await filed(world)
    await at(world, paris("2026-11-27 17:01"))
    await owner.execute("UPDATE complaint SET next_step_at = $1", paris("2026-11-28 09:00"))
    await owner.execute("DELETE FROM complaint_notice")  # whoever reads the complaint writes a letter again
    await new_letters(owner)
    await at(world, paris("2026-11-28 08:59"))
    assert await new_letters(owner) == set()
    await at(world, paris("2026-11-28 09:00"))
    assert len(await new_letters(owner)) == 1
    await at(world, paris("2026-11-30 09:00"))
    await handling.countersign(world.provider, complaint.number)
    assert await is_to_read(owner)


async def test_each_fact_written_makes_the_ladder_read_the_complaint_again(
    world: World, owner: Owner
) -> None:
    await filed(world)
    for name in (ELSEWHERE.get(fact, fact) for fact in PLAIN):
        if name:
            await climb(world.house)
            assert not await is_to_read(owner)
            await owner.execute(f"UPDATE complaint SET {name} = {name}")
            assert await is_to_read(owner), name


async def a_message(complaint: Filed, _owner: Owner) -> None:
    async with transaction("answer") as db:
        await closing.write_message(db, complaint.id, "Et alors ?", clock.now())


async def a_promise(complaint: Filed, owner: Owner) -> None:
    await owner.execute(
        "INSERT INTO complaint_promise (id, platform_id, provider_id, complaint_id, remedy_code, authority, "
        "made_at, due_at) SELECT $2, platform_id, provider_id, id, 'replan', 'agent', $3, $3 FROM complaint "
        "WHERE id = $1", complaint.id, uuid4(), clock.now(),
    )  # fmt: skip


async def a_transmission(complaint: Filed, owner: Owner) -> None:
    await owner.execute(
        "INSERT INTO complaint_transmission (id, platform_id, complaint_id, funder_id, number, "
        "provider_name, kind, activity, departement, month, summary, asked, at) "
        "SELECT $2, platform_id, id, funders[1], "
        "number, 'Aide', kind, activity, departement, month, 'Un retard', 'Aidez-nous', $3 FROM complaint "
        "WHERE id = $1", complaint.id, uuid4(), clock.now(),
    )  # fmt: skip


@pytest.mark.parametrize("write", [a_message, a_promise, a_transmission])
async def test_what_is_written_beside_a_complaint_makes_the_ladder_read_it_again(
    world: World, owner: Owner, write: Callable[[Filed, Owner], Awaitable[None]]
) -> None:
    complaint = await filed(world)
    await climb(world.house)
    assert not await is_to_read(owner)
    await write(complaint, owner)
    assert await is_to_read(owner)
    await climb(world.house)
    assert not await is_to_read(owner)


async def test_an_answer_and_a_change_of_a_promise_make_the_ladder_read_again(
    world: World, owner: Owner
) -> None:
    complaint = await filed(world)
    await a_promise(complaint, owner)
    await a_transmission(complaint, owner)
    for change in (
        "UPDATE complaint_transmission SET answer = 'Oui.', answered_at = at",
        "UPDATE complaint_promise SET due_at = due_at + interval '1 day'",
        "UPDATE complaint_promise SET state = 'refused', refused_why = 'Non'",
    ):
        await climb(world.house)
        assert not await is_to_read(owner)
        await owner.execute(change)
        assert await is_to_read(owner), change


async def test_what_the_ladder_writes_itself_leaves_nothing_to_read(world: World, owner: Owner) -> None:
    await filed(world)
    for _ in range(2):
        await climb(world.house)
        async with transaction("work") as db:
            assert (await sift(db, clock.now())).moving == ()
        assert not await is_to_read(owner)


async def test_a_closed_complaint_with_nothing_to_come_is_read_no_more_until_its_client_writes(
    world: World, owner: Owner
) -> None:
    await readers(world)
    complaint = await filed(world)
    dates = "acknowledged_at = opened_at, remedied_at = opened_at, closed_at = opened_at"
    await owner.execute(
        f"UPDATE complaint SET state = 'closed', {dates}, cause = 'c', remedy = 'r', verdict = 'settled'"
    )
    await climb(world.house)
    assert await read_again(owner) is None
    await a_message(complaint, owner)
    await climb(world.house)
    assert len(await new_letters(owner)) == 1
    assert await read_again(owner) is None


async def test_a_promise_in_somebody_s_hand_is_not_waited_for(world: World, owner: Owner) -> None:
    """Whoever changes a promise then waits for its complaint: the ladder, which has it, lets both go."""
    complaint = await filed(world)
    await a_promise(complaint, owner)
    async with owner.transaction():
        await owner.execute("SELECT id FROM complaint_promise FOR UPDATE")
        assert await asyncio.wait_for(take_one(world.house, complaint.id), PATIENCE_SECONDS) is False
    assert await is_to_read(owner)
    assert await take_one(world.house, complaint.id) is True
