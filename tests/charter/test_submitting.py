"""Submitting: what is frozen, what goes on, and what is refused."""

import asyncpg
import msgspec
import pytest

from charter.scoring.issuing import Issued
from charter.submitting import submit
from quality.access.scope import scoped
from quality.db import fetch_value
from quality.errors import Conflict
from tests.charter.declared import declare, declare_everything
from tests.world import World


async def test_a_submitted_assessment_is_frozen_with_its_result_and_goes_on_as_a_copy(
    world: World, owner: asyncpg.Connection
) -> None:
    await declare_everything(world)
    submitted = await submit(world.provider)
    row = await owner.fetchrow("SELECT frozen_at, issued FROM assessment WHERE id = $1", submitted)
    issued = msgspec.json.decode(row["issued"], type=Issued)
    assert (row["frozen_at"] is not None, issued.answered) == (True, 45)
    await declare(world, {"1.4": "no"})
    kept = await owner.fetch(
        "SELECT a.frozen_at IS NULL AS is_open, count(*) AS every, min(g.answer) AS least FROM assessment a "
        "JOIN assessment_answer g ON g.assessment_id = a.id GROUP BY 1 ORDER BY 1"
    )
    assert [tuple(each) for each in kept] == [(False, 45, "yes"), (True, 45, "no")]


async def test_nothing_is_submitted_before_the_compulsory_criteria_are_answered(
    world: World, owner: asyncpg.Connection
) -> None:
    await declare(world, {"1.1": "yes"})
    with pytest.raises(Conflict, match=r"critère 1\.2"):
        await submit(world.provider)
    assert await owner.fetchval("SELECT count(*) FROM assessment WHERE frozen_at IS NOT NULL") == 0


async def test_the_audit_trail_says_who_submitted(world: World, owner: asyncpg.Connection) -> None:
    await declare_everything(world)
    await submit(world.provider)
    file = await owner.fetchval("SELECT id FROM review_file WHERE state = 'submitted'")
    assert await owner.fetchval("SELECT subject FROM audit WHERE action = 'file.submit'") == str(file)


async def test_a_second_file_waits_for_the_decision_on_the_first(
    world: World, owner: asyncpg.Connection
) -> None:
    await declare_everything(world)
    await submit(world.provider)
    with pytest.raises(Conflict, match="déjà à l’examen"):
        await submit(world.provider)
    assert await owner.fetchval("SELECT count(*) FROM assessment WHERE frozen_at IS NOT NULL") == 1


CHANGED = "UPDATE assessment SET issued = '' WHERE id = $1 RETURNING id"
ISSUED = "SELECT issued FROM assessment WHERE id = $1"


async def test_a_web_request_changes_an_open_assessment_and_none_that_was_submitted(
    world: World, owner: asyncpg.Connection
) -> None:
    await declare_everything(world)
    submitted = await submit(world.provider)
    issued = await owner.fetchval(ISSUED, submitted)
    following = await owner.fetchval("SELECT id FROM assessment WHERE frozen_at IS NULL")
    touched = "UPDATE assessment SET frozen_at = frozen_at WHERE id = $1 RETURNING id"
    async with scoped(world.provider) as db:
        assert await fetch_value(db, touched, following) == following, "nothing else stops this request"
        assert await fetch_value(db, touched, submitted) is None
        assert await fetch_value(db, CHANGED, submitted) is None
    assert await owner.fetchval(ISSUED, submitted) == issued


@pytest.mark.parametrize("role", ["none", "quality_work"])
async def test_what_was_issued_stays_byte_for_byte_even_for_the_owner_of_the_tables(
    world: World, owner: asyncpg.Connection, role: str
) -> None:
    await declare_everything(world)
    submitted = await submit(world.provider)
    issued = await owner.fetchval(ISSUED, submitted)
    assert msgspec.json.decode(issued, type=Issued).answered == 45
    refused = pytest.raises(asyncpg.InsufficientPrivilegeError, match="frozen does not change")
    async with owner.transaction():
        await owner.execute("SET LOCAL session_replication_role = origin")  # as anybody but these tests
        await owner.execute(f"SET LOCAL ROLE {role}")
        with refused:
            await owner.fetchval(CHANGED, submitted)
    assert await owner.fetchval(ISSUED, submitted) == issued
