"""One real PostgreSQL for the whole run, one migrated schema, and DELETE between tests."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as drawing
from starlette.applications import Starlette
from tortoise import Tortoise

from quality import app as composition
from quality import clock, component, db, postgres, schema
from quality.settings import Settings, is_ci
from quality.web import platform
from tests.live import SHARED
from tests.scheduling import ByFile
from tests.world import World, build

# No test measures time: a busy machine draws its examples slowly.
drawing.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
drawing.load_profile("untimed")

SECRET = "a secret for tests only, long enough to be accepted"
TUESDAY = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)  # 10:30 in Paris, a working day


def need(present: bool, what: str) -> None:
    """Skip a test whose real part is absent from this machine, and say so; in CI it is an error."""
    if present:
        return
    if is_ci(os.environ):
        pytest.fail(f"{what} is absent and QUALITY_TEST_REQUIRE_ALL=1")
    pytest.skip(f"{what} is absent from this machine")


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    with tempfile.TemporaryDirectory(prefix="quality-tests-") as folder:
        running = postgres.start(
            Path(folder), ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        )
        try:
            yield running
        finally:
            running.stop()


@pytest.fixture(scope="session")
async def schema_ready(server: postgres.Server) -> postgres.Server:
    parts = component.load(composition.COMPONENTS)
    await schema.migrate(server.owner_url, postgres.APPLICATION, parts, creates_login=True)
    return server


@pytest.fixture(scope="session")
def settings(server: postgres.Server) -> Settings:
    return Settings(
        database_url=server.application_url,
        home=server.home,
        secret_key=SECRET,
        base_url="http://testserver",
        sms_url="memory://",
        email_url="memory://",
    )


@pytest.fixture(scope="session")
async def house(schema_ready: postgres.Server, settings: Settings) -> AsyncIterator[composition.House]:
    """The composed house with its pools open: what verbs need without the web."""
    made = composition.compose(settings)
    await Tortoise.init(
        config=db.tortoise_config(settings.database_url, made.components), _enable_global_fallback=True
    )
    yield made
    await Tortoise.close_connections()


@pytest.fixture(scope="session")
def web(house: composition.House) -> Starlette:
    """The web application over the same pools (the lifespan is tested by the live server)."""
    return composition.create_app(house)


@pytest.fixture(scope="session")
async def owner(schema_ready: postgres.Server) -> AsyncIterator[asyncpg.Connection]:
    """The owner's connection: looks behind every policy, empties tables."""
    connection = await asyncpg.connect(**db.credentials(schema_ready.owner_url))
    await connection.execute("SET session_replication_role = replica")
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
async def tables(owner: asyncpg.Connection) -> list[str]:
    rows = await owner.fetch(
        """
        SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND relname <> 'tortoise_migrations'
        """
    )
    return [row["relname"] for row in rows]


@pytest.fixture
async def empty(
    owner: asyncpg.Connection, tables: list[str], house: composition.House
) -> AsyncIterator[None]:
    """An empty database and the clock on a Tuesday at 10:30 in Paris; emptied again afterwards."""
    clock.set_offset(TUESDAY - datetime.now(UTC))
    platform.forget()
    yield
    written = await owner.fetchval(_written(tables))
    if written:
        await owner.execute(written)
    clock.set_offset(timedelta(0))


@pytest.fixture
async def same_clock(empty: None, owner: asyncpg.Connection) -> None:
    """Give the virtual clock of the tests to what reads it from the database: other processes, jobs."""
    seconds = str(clock.offset().total_seconds())
    await owner.execute("INSERT INTO installation (name, value) VALUES ('clock_offset', $1)", seconds)


def _written(tables: list[str]) -> str:
    """Ask which tables hold something: to look is five times quicker than to delete nothing."""
    found = " UNION ALL ".join(
        f'SELECT \'DELETE FROM "{table}"\' AS cleared WHERE EXISTS (SELECT FROM "{table}")'
        for table in tables
    )
    return f"SELECT string_agg(cleared, ';') FROM ({found}) AS found"


@pytest.fixture
async def world(empty: None, house: composition.House) -> World:
    """The fixed cast of tests/world.py."""
    return await build(house)


@pytest.fixture
async def client(web: Starlette, empty: None) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without a session."""
    transport = httpx.ASGITransport(app=web)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as browser:
        yield browser


def pytest_configure(config: pytest.Config) -> None:
    """Give the processes of a run one folder, in which a demonstration is told once.

    A folder that the environment already names is kept for the next run. The programs that tests start, more
    than a hundred, are compiled once.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if SHARED not in os.environ:
        folder = os.environ[SHARED] = tempfile.mkdtemp(prefix="quality-told-")
        config.add_cleanup(lambda: _forget(folder))


def _forget(folder: str) -> None:
    del os.environ[SHARED]
    shutil.rmtree(folder, ignore_errors=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-policies", action="store_true", help="write tests/quality/policies.txt again")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)
