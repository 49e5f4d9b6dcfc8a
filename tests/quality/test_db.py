"""The application's login owns nothing; an owner or a superuser is refused at start."""

import asyncio
import os
import subprocess
import sys
from datetime import timedelta

import asyncpg
import pytest
from tortoise.backends.asyncpg.client import TransactionWrapper

from quality import clock, db, postgres
from quality.app import House
from quality.component import Component
from surveys.dispatch.claims import LEASE
from tests.live import PATIENCE_SECONDS


def worker(server: postgres.Server, url: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "QUALITY_DATABASE_URL": url,
        "QUALITY_SECRET_KEY": "k" * 40,
        "QUALITY_HOME": str(server.home),
    }
    command = [sys.executable, "-m", "quality", "worker"]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )


@pytest.mark.parametrize(
    ("error", "is_passing"),
    [
        (ConnectionResetError(), True),
        (asyncpg.CannotConnectNowError("starting up"), True),
        (asyncpg.AdminShutdownError("restarting"), True),
        (asyncpg.DeadlockDetectedError("two at once"), True),
        (asyncpg.InterfaceError("connection is closed"), True),
        (asyncpg.IdleInTransactionSessionTimeoutError("stood idle"), True),
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

    before = clock.offset()
    clock.set_offset(timedelta(0))
    await clock.advance(db.pool("work"), timedelta(days=2))
    clock.set_offset(timedelta(0))
    await clock.refresh(db.pool("web"))
    assert clock.offset() == timedelta(days=2)
    clock.set_offset(before)


async def test_a_transaction_that_cannot_begin_leaves_nothing_behind(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server went away between two statements: the task goes on with another connection, none is lost."""

    async def gone(_wrapper: object) -> None:
        raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")

    for name in ("work", "web"):
        with monkeypatch.context() as broken:
            broken.setattr(TransactionWrapper, "begin", gone)
            for _ in range(db.POOL_SIZES[name] + 1):
                with pytest.raises(asyncpg.ConnectionDoesNotExistError):
                    async with db.within(db.pool(name)):
                        pass
            assert not isinstance(db.pool(name), TransactionWrapper)
        async with asyncio.timeout(10), db.within(db.pool(name)) as one:
            assert await db.fetch_value(one, "SELECT 1") == 1


@pytest.mark.parametrize("name", ["answer", "work", "send"])
async def test_a_stopped_worker_locks_nothing_for_longer_than_its_lease(house: House, name: str) -> None:
    patience = "SELECT current_setting('idle_in_transaction_session_timeout')::interval AS patience"
    assert timedelta() < await db.fetch_value(db.pool(name), patience) < LEASE
    whole = "SELECT current_setting('transaction_timeout')::interval AS whole"
    async with db.transaction(name) as computing:
        most = LEASE if name != "work" else timedelta(hours=1)
        assert timedelta() < await db.fetch_value(computing, whole) < most
        await db.may_compute(computing)
        assert await db.fetch_value(computing, patience) == timedelta()
        assert await db.fetch_value(computing, whole) == timedelta()


@pytest.mark.parametrize("setting", ["idle_in_transaction_session_timeout", "transaction_timeout"])
async def test_what_a_stopped_worker_locked_is_free_once_its_transaction_is_ended(
    house: House, setting: str
) -> None:
    """Idle, or between two messages of one statement: asyncpg ends none where it only prepares."""
    lock = "SELECT pg_advisory_xact_lock(20090)"

    async def stop_in_the_middle() -> None:
        async with db.transaction("send") as one:
            await db.execute(one, lock)
            await db.execute(one, "SELECT set_config($1, '50ms', true)", setting)
            if setting == "transaction_timeout":
                await db.raw(one).prepare("SELECT 20090")
            async with db.transaction("work") as other:
                await db.execute(other, lock)  # waits until PostgreSQL ends the first
            await db.execute(one, "SELECT 1")

    with pytest.raises(db.PASSING):
        await stop_in_the_middle()
    assert await db.fetch_value(db.pool("send"), "SELECT 1") == 1
