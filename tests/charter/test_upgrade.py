"""A database of the first version, with a row in each of its tables, comes to the newest without loss."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping

import asyncpg
import pytest

from quality import db, postgres
from tests.live import PATIENCE_SECONDS
from tests.rows import NOW, Row, insert, valid_rows

NAME = "upgraded"
FIRST = """
import asyncio, sys
from tortoise import Tortoise
from tortoise.migrations.api.migrate import migrate
from quality import app, component, db

async def first(url):
    config = db.owner_config(url, component.load(app.COMPONENTS))
    for name in ("quality", "surveys", "charter"):
        await migrate(config=config, target=f"{name}.0001_initial")
    await Tortoise.close_connections()

asyncio.run(first(sys.argv[1]))
"""
GONE = {("campaign_session", "reminded_at")}  # said by each invitation since
OF_THEN: Mapping[str, Row] = {"campaign_session": {"reminded_at": NOW}}


async def run(url: str, *arguments: str) -> None:
    """Run Python aside: the library keeps one configuration in a process."""
    environment = {**os.environ, "QUALITY_OWNER_URL": url, "QUALITY_DATABASE_URL": url}
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, *arguments],
        env=environment | {"QUALITY_SECRET_KEY": "k" * 40},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
async def old(schema_ready: postgres.Server, owner: asyncpg.Connection) -> AsyncIterator[str]:
    """A database of the first version, empty; dropped afterwards."""
    await owner.execute(f"CREATE DATABASE {NAME}")
    try:
        url = schema_ready.url(postgres.OWNER, NAME)
        await run(url, "-c", FIRST, url)
        yield url
    finally:
        await owner.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


async def columns(connection: asyncpg.Connection) -> dict[str, set[str]]:
    rows = await connection.fetch(
        "SELECT table_name, array_agg(column_name::text) AS names FROM information_schema.columns "
        "WHERE table_schema = 'public' GROUP BY 1"
    )
    return {row["table_name"]: set(row["names"]) for row in rows}


async def fill(connection: asyncpg.Connection) -> dict[str, Row]:
    """Write one row in each table that there is; give them back as they read."""
    await connection.execute("SET session_replication_role = replica")
    await connection.execute("SELECT ensure_partitions(now(), -14, 4)")
    known = await columns(connection)
    found: dict[str, Row] = {}
    for table, valid in valid_rows().items():
        if table in known:
            row = {**valid, **OF_THEN.get(table, {})}
            await insert(connection, table, {name: row[name] for name in row if name in known[table]})
            found[table] = dict(await connection.fetchrow(f'SELECT * FROM "{table}"'))
    return found


async def test_an_upgrade_keeps_every_row(old: str) -> None:
    connection = await asyncpg.connect(**db.credentials(old))
    before = await fill(connection)
    assert {"adhesion", "assessment", "evidence", "release", "release_cell", "response"} <= set(before)
    await run(old, "-m", "quality", "migrate")
    known = await columns(connection)
    gone = {(table, name) for table, row in before.items() for name in row if name not in known[table]}
    assert gone == GONE
    for table, row in before.items():
        kept = {name: value for name, value in row.items() if name in known[table]}
        names = ", ".join(f'"{name}"' for name in kept)
        after = [dict(each) for each in await connection.fetch(f'SELECT {names} FROM "{table}"')]
        assert kept in after, table
    told = await connection.fetchval("SELECT sessions_told FROM campaign_invitation")
    assert told == [before["campaign_session"]["id"]]
    suspended = await connection.fetchval("SELECT suspended_at FROM adhesion")
    assert suspended == before["adhesion"]["changed_at"]
    await connection.close()
