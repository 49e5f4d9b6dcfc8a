"""The tick: the unknown mends nothing, what a person did meanwhile stands, and one row stops no other."""

from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from charter.adhesion.life import IGNORED_COMPLAINTS, MENDING, State
from charter.adhesion.moving import today
from charter.adhesion.ticking import LIVING, advance
from charter.review.deciding import Judgement, accept, judge
from charter.review.life import ANSWER_DELAY
from charter.submitting import submit
from quality.db import fetch, pool
from tests.charter.declared import criterion, declare, edition
from tests.charter.reviewed import BASE, a_file, after, an_account, failing_complaints, subjects
from tests.rows import insert, valid_rows
from tests.world import World, sign_in


async def state_of(owner: asyncpg.Connection) -> str:
    return str(await owner.fetchval("SELECT state FROM adhesion"))


async def test_a_warning_stays_when_what_it_was_measured_by_is_gone(
    world: World, owner: asyncpg.Connection
) -> None:
    await accept(world.staff, await a_file(world, owner))
    await failing_complaints(owner, world)
    await after(world, 1)
    await owner.execute("DELETE FROM complaint")
    await after(world, MENDING.days + 1)
    assert await state_of(owner) == State.warned


async def test_what_nobody_was_warned_of_is_warned_of_before_it_suspends(
    world: World, owner: asyncpg.Connection
) -> None:
    await an_account(world, world.aide34)
    await accept(world.staff, await a_file(world, owner))
    await failing_complaints(owner, world)
    await after(world, 1)
    await owner.execute("DELETE FROM complaint")
    await after(world, MENDING.days)
    assert await owner.fetchval("SELECT cause FROM adhesion") == "measured:3.8"
    await failing_complaints(owner, world, IGNORED_COMPLAINTS, is_heard=False)
    await after(world, 1)
    row = await owner.fetchrow("SELECT state, cause, warned_at FROM adhesion")
    assert tuple(row)[:2] == (State.warned, "ignored")
    assert row["warned_at"].date() == today()
    letters = [each for each in await subjects(owner) if "n’est pas tenu" in each]
    assert len(letters) == 2
    await after(world, MENDING.days - 1)
    assert await state_of(owner) == State.warned
    await after(world, 1)
    row = await owner.fetchrow("SELECT state, cause FROM adhesion")
    assert tuple(row) == (State.suspended, "ignored")


async def test_a_suspension_stays_when_what_it_was_measured_by_is_gone_or_comes_from_too_few(
    world: World, owner: asyncpg.Connection
) -> None:
    await accept(world.staff, await a_file(world, owner))
    await failing_complaints(owner, world)
    await after(world, 1)
    await after(world, MENDING.days)
    assert await state_of(owner) == State.suspended
    await owner.execute("DELETE FROM complaint WHERE number > 103")
    await owner.execute(
        "UPDATE complaint SET state = 'remedied', remedied_at = solution_due_at - interval '1 day'"
    )
    await after(world, 1)
    assert await state_of(owner) == State.suspended


async def test_a_suspension_is_lifted_once_its_own_cause_is_wholly_kept(
    world: World, owner: asyncpg.Connection
) -> None:
    await accept(world.staff, await a_file(world, owner))
    await failing_complaints(owner, world, count=40)
    await after(world, 1)
    await after(world, MENDING.days)
    assert await owner.fetchval("SELECT cause FROM adhesion") == "measured:3.8"
    await owner.execute(
        "UPDATE complaint SET state = 'remedied', remedied_at = solution_due_at - interval '1 day'"
    )
    await after(world, 1)
    row = await owner.fetchrow("SELECT state, cause, suspended_at FROM adhesion")
    assert tuple(row) == (State.valid, "", None)


async def test_what_a_machine_found_is_said_in_the_language_of_whoever_reads(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await accept(world.staff, await a_file(world, owner))
    await failing_complaints(owner, world)
    await after(world, 1)
    await sign_in(client, world, "provider", world.aide34)
    french = (await client.get("/charte/adhesion")).text
    assert "Critère 3.8, obligatoire" in french
    assert f"{criterion('3.8').label.fr} Ce que nous mesurons dit le contraire." in french
    client.cookies.set("langue", "en")
    english = (await client.get("/charte/adhesion")).text
    assert (
        f"Criterion 3.8, compulsory: {criterion('3.8').label.en} What we measure says otherwise." in english
    )
    assert "Ce que nous mesurons" not in english


async def test_a_renewal_made_since_the_adhesion_was_listed_stands(
    world: World, owner: asyncpg.Connection
) -> None:
    await accept(world.staff, await a_file(world, owner))
    await owner.execute(
        "UPDATE adhesion SET starts_on = $1::date - 730, ends_on = $1, reminded_at = now()", today()
    )
    (listed,) = await fetch(pool("work"), LIVING)
    await accept(world.staff, await a_file(world, owner))
    later = await owner.fetchval("SELECT ends_on FROM adhesion")
    await advance(listed, today() + timedelta(days=1))
    row = await owner.fetchrow("SELECT state, ends_on FROM adhesion")
    assert tuple(row) == (State.valid, later)
    assert later > today() + timedelta(days=700)


async def of_cap(world: World, owner: asyncpg.Connection) -> UUID:
    """Add an adhesion of Cap that ended yesterday, listed first."""
    row = {
        **valid_rows()["adhesion"],
        "id": UUID(int=1),
        "platform_id": world.platform,
        "provider_id": world.cap,
        "rank": 900,
        "file_id": uuid4(),
        "state": "valid",
        "ends_on": today() - timedelta(days=1),
    }
    await insert(owner, "adhesion", row)
    return UUID(int=1)


async def test_an_adhesion_that_cannot_be_moved_stops_no_other(
    world: World, owner: asyncpg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    broken = await of_cap(world, owner)
    await owner.execute("UPDATE adhesion SET edition = 'disparue' WHERE id = $1", broken)
    await accept(world.staff, await a_file(world, owner))
    await failing_complaints(owner, world)
    await after(world, 1)
    states = dict(await owner.fetch("SELECT provider_id, state FROM adhesion"))
    assert states == {world.cap: State.valid, world.aide34: State.warned}
    assert f"adhesion {broken} was not moved" in caplog.text


async def test_a_file_that_cannot_be_settled_stops_no_other_and_no_adhesion(
    world: World, owner: asyncpg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    ended = await of_cap(world, owner)
    for provider in (world.aide34, world.cap):
        await declare(world, {each.code: "yes" for each in edition().criteria}, provider)
        await submit(world.actor("provider", provider))
    files = [row["id"] for row in await owner.fetch("SELECT id FROM review_file ORDER BY id")]
    for file in files:
        await judge(world.staff, file, "1.2", Judgement("contester", "partly", "La preuve manque."), BASE)
    await owner.execute(
        "ALTER TABLE review_point ADD CONSTRAINT stuck "
        f"CHECK (file_id <> '{files[0]}' OR state = 'contested')"
    )
    try:
        await after(world, ANSWER_DELAY.days)
    finally:
        await owner.execute("ALTER TABLE review_point DROP CONSTRAINT stuck")
    states = dict(await owner.fetch("SELECT id, state FROM review_file"))
    assert states == {files[0]: "contested", files[1]: "under_review"}
    assert await owner.fetchval("SELECT state FROM adhesion WHERE id = $1", ended) == State.ended
    assert f"file {files[0]} was not settled" in caplog.text
