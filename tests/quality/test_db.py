"""The application's login owns nothing; an owner or a superuser is refused at start."""

import asyncio
import os
import subprocess
import sys

import asyncpg
import pytest

from quality import clock, db, postgres
from quality.app import House
from quality.component import Component


def worker(server: postgres.Server, url: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "QUALITY_DATABASE_URL": url,
        "QUALITY_SECRET_KEY": "k" * 40,
        "QUALITY_HOME": str(server.home),
    }
    command = [sys.executable, "-m", "quality", "worker"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("error", "is_passing"),
    [
        (ConnectionResetError(), True),
        (asyncpg.CannotConnectNowError("starting up"), True),
        (asyncpg.AdminShutdownError("restarting"), True),
        (asyncpg.DeadlockDetectedError("two at once"), True),
        (asyncpg.InterfaceError("connection is closed"), True),
        (asyncpg.UniqueViolationError("twice"), False),
        (ZeroDivisionError(), False),
    ],
)
def test_a_fault_of_the_server_may_pass_and_a_mistake_stays(error: Exception, is_passing: bool) -> None:
    assert db.is_passing(error) is is_passing


async def test_a_superuser_is_refused_at_start(house: House, schema_ready: postgres.Server) -> None:
    refused = await asyncio.to_thread(worker, schema_ready, schema_ready.owner_url)
    assert refused.returncode == 1
    assert "quality_owner" in refused.stderr
    assert "NOINHERIT" in refused.stderr


async def test_the_owner_of_a_table_is_refused_even_without_power(
    house: House, schema_ready: postgres.Server, owner: asyncpg.Connection
) -> None:
    await owner.execute("CREATE ROLE quality_small LOGIN NOINHERIT")
    try:
        for role in ("quality_web", "quality_answer", "quality_work"):
            await owner.execute(f"GRANT {role} TO quality_small")
        await owner.execute("CREATE TABLE small (id integer)")
        await owner.execute("ALTER TABLE small OWNER TO quality_small")
        refused = await asyncio.to_thread(worker, schema_ready, schema_ready.url("quality_small"))
    finally:
        await owner.execute("DROP TABLE IF EXISTS small")
        await owner.execute("DROP ROLE quality_small")
    assert refused.returncode == 1
    assert "quality_small" in refused.stderr


async def test_each_pool_has_its_role_and_inherits_nothing(house: House) -> None:
    for name in db.POOLS:
        row = await db.fetch_one(
            db.pool(name), "SELECT current_user::text AS role, session_user::text AS login"
        )
        role = {"send": "quality_work"}.get(name, f"quality_{name}")
        assert row == {"role": role, "login": postgres.APPLICATION}


async def test_without_a_role_the_login_may_read_nothing(house: House, schema_ready: postgres.Server) -> None:
    connection = await asyncpg.connect(**db.credentials(schema_ready.application_url))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT * FROM client")
    finally:
        await connection.close()


def test_a_component_without_models_adds_no_application() -> None:
    assert db.apps([Component(name="charter")], "web") == {}


async def test_the_stored_clock_moves_every_process(empty: None, house: House) -> None:
    from datetime import timedelta

    before = clock.offset()
    clock.set_offset(timedelta(0))
    await clock.advance(db.pool("work"), timedelta(days=2))
    clock.set_offset(timedelta(0))
    await clock.refresh(db.pool("web"))
    assert clock.offset() == timedelta(days=2)
    clock.set_offset(before)
