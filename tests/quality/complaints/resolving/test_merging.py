"""Two complaints of one person become one, unless that would tell what was kept back."""

from datetime import timedelta

import asyncpg
import pytest

from quality import clock
from quality.complaints.ladder.escalating import climb
from quality.complaints.resolving import closing, handling, merging, promising
from quality.complaints.resolving.authority import Remedy
from quality.db import transaction
from quality.errors import Conflict, Forbidden, NotFound
from tests.quality.complaints.mailed import new_letters, readers
from tests.quality.complaints.opened import Filed, filed
from tests.world import World

Owner = asyncpg.Connection


async def same_person(owner: Owner, first: Filed, second: Filed) -> None:
    await owner.execute("UPDATE complaint_subject SET client_id = $2 WHERE id = $1", second.id, first.client)


async def test_a_complaint_is_joined_to_another_of_the_same_person(world: World, owner: Owner) -> None:
    first, second = await filed(world), await filed(world)
    await same_person(owner, first, second)
    made = await promising.grant(world.provider, second.number, Remedy.other)
    await merging.merge(world.agent, second.number, first.number)
    promised = "SELECT complaint_id FROM complaint_promise WHERE id = $1"
    assert await owner.fetchval(promised, made.id) == first.id
    row = await owner.fetchrow("SELECT state, merged_into_id FROM complaint WHERE id = $1", second.id)
    assert tuple(row) == ("merged", first.id)
    line = await owner.fetchrow(
        "SELECT text, audience FROM complaint_event WHERE complaint_id = $1 AND kind = 'staff_merged_in'",
        first.id,
    )
    assert tuple(line) == ("2", "all")
    with pytest.raises(Conflict):
        await handling.countersign(world.provider, second.number)
    with pytest.raises(Conflict):
        await merging.merge(world.agent, first.number, second.number)
    with pytest.raises(Conflict):
        async with transaction("answer") as db:
            await closing.write_message(db, second.id, "Et alors ?", clock.now())


async def test_two_people_s_complaints_stay_two(world: World) -> None:
    first, second = await filed(world), await filed(world, name="M. Durand")
    with pytest.raises(Conflict):
        await merging.merge(world.agent, second.number, first.number)


async def test_a_nameless_complaint_is_never_joined_to_a_named_one(world: World, owner: Owner) -> None:
    named, nameless = await filed(world), await filed(world, "anonymous")
    await same_person(owner, named, nameless)
    with pytest.raises(Conflict):
        await merging.merge(world.agent, nameless.number, named.number)


async def test_only_the_staff_joins_complaints_that_exist(world: World) -> None:
    first = await filed(world)
    with pytest.raises(Forbidden):
        await merging.merge(world.provider, first.number, first.number)
    with pytest.raises(NotFound):
        await merging.merge(world.agent, first.number, 99)
    with pytest.raises(NotFound):
        await merging.merge(world.agent, first.number, first.number)


async def test_what_was_told_of_a_promise_is_not_told_again_once_it_is_joined(
    world: World, owner: Owner
) -> None:
    await readers(world)
    first, second = await filed(world), await filed(world)
    await same_person(owner, first, second)
    day = clock.now() + timedelta(days=1)
    await promising.grant(world.agent, second.number, Remedy.call_back, due_at=day)
    await climb(world.house)
    await owner.execute("DELETE FROM mail_outbox")
    await merging.merge(world.agent, second.number, first.number)
    for _ in range(2):
        await climb(world.house)
    assert await new_letters(owner) == set()


async def test_a_complaint_that_a_funder_has_is_not_joined_before_it_answers(
    world: World, owner: Owner
) -> None:
    first, second = await filed(world), await filed(world)
    await same_person(owner, first, second)
    await owner.execute("UPDATE complaint SET holder = 'funder' WHERE id = $1", second.id)
    with pytest.raises(Conflict):
        await merging.merge(world.agent, second.number, first.number)
