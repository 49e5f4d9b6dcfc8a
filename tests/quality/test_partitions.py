"""Months of the partitioned tables: made ahead, also for rows that came before their month."""

from datetime import UTC, datetime

import asyncpg
import pytest

from quality import postgres
from quality.db import credentials
from tests.rows import insert, valid_rows
from tests.world import World

FAR = datetime(2031, 3, 15, tzinfo=UTC)  # no month stands so far ahead


async def months_of(owner: asyncpg.Connection, parent: str) -> list[str]:
    rows = await owner.fetch(
        "SELECT inhrelid::regclass::text AS part FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1",
        parent,
    )
    return [row["part"].removeprefix(f"{parent}_") for row in rows]


async def planned_far_ahead(owner: asyncpg.Connection) -> None:
    identity = await owner.fetchval("SELECT uuid7_floor($1)", FAR)
    when = {"id": identity, "planned_start": FAR, "planned_end": None}
    await insert(owner, "intervention", {**valid_rows()["intervention"], **when})


async def part(owner: asyncpg.Connection) -> str:
    return str(await owner.fetchval("SELECT tableoid::regclass::text FROM intervention"))


async def test_a_visit_that_came_before_its_month_moves_into_it(
    empty: None, owner: asyncpg.Connection
) -> None:
    await planned_far_ahead(owner)
    for table in ("platform", "organisation", "person", "client"):
        await insert(owner, table, valid_rows()[table])
    assert await part(owner) == "intervention_default"
    trial = owner.transaction()
    await trial.start()
    try:
        assert await owner.fetchval("SELECT ensure_partitions($1, 0, 0)", FAR) > 1
        assert await part(owner) == "intervention_203103"
        assert await owner.fetchval("SELECT ensure_partitions($1, 0, 0)", FAR) == 0
        with pytest.raises(asyncpg.UniqueViolationError):
            await planned_far_ahead(owner)
    finally:
        await trial.rollback()


async def test_a_month_made_beside_its_table_is_made_like_the_others(
    world: World, owner: asyncpg.Connection
) -> None:
    described = """
    SELECT (SELECT count(*) FROM pg_index WHERE indrelid = $1::regclass),
           (SELECT array_agg(conname ORDER BY conname) FROM pg_constraint
            WHERE conrelid = $1::regclass AND contype = 'c'),
           (SELECT count(*) FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'f')
    """
    trial = owner.transaction()
    await trial.start()
    try:
        await owner.fetchval("SELECT ensure_partitions($1, 0, 0)", FAR)
        for table in ("intervention", "attempt"):
            month, default = [await owner.fetchrow(described, f"{table}_{n}") for n in ("203103", "default")]
            assert tuple(month) == tuple(default)
    finally:
        await trial.rollback()


async def test_the_months_a_file_may_speak_of_stand_ready(owner: asyncpg.Connection) -> None:
    now = await owner.fetchval("SELECT date_trunc('month', now() AT TIME ZONE 'UTC')")
    wanted = await owner.fetch(
        "SELECT to_char($1::timestamp + make_interval(months => n), 'YYYYMM') AS month "
        "FROM generate_series(-36, 25) AS n",
        now,
    )
    assert {row["month"] for row in wanted} <= set(await months_of(owner, "intervention"))


async def test_a_month_whose_table_somebody_holds_is_left_for_the_next_time(
    empty: None, schema_ready: postgres.Server, owner: asyncpg.Connection
) -> None:
    other = await asyncpg.connect(**credentials(schema_ready.owner_url))
    trial = owner.transaction()
    await trial.start()
    try:
        async with other.transaction():
            await other.execute("LOCK TABLE attempt IN ROW EXCLUSIVE MODE")
            await owner.fetchval("SELECT ensure_partitions($1, 0, 0)", FAR)
            assert "203103" in await months_of(owner, "intervention")
            assert "203103" not in await months_of(owner, "attempt")
        assert await owner.fetchval("SELECT ensure_partitions($1, 0, 0)", FAR) == 1
        assert "203103" in await months_of(owner, "attempt")
    finally:
        await trial.rollback()
        await other.close()
