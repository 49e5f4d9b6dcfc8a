"""Database: four pools of one login (web, answer, work, send), and the transaction scoped to an actor.

The application's login is NOINHERIT and owns nothing; each pool sets its role at connect, and row-level
security keys on the role. `quality_web` also reads `q.platform`, `q.org`, `q.role` and `q.account`, set in
each transaction.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
from tortoise.backends.base.client import BaseDBAsyncClient, TransactionContext
from tortoise.connection import get_connection, get_connections
from tortoise.exceptions import DBConnectionError

from quality.component import Component
from quality.errors import Refused

Connection = BaseDBAsyncClient
POOLS = ("web", "answer", "work", "send")
POOL_SIZES = {"web": 8, "answer": 8, "work": 6, "send": 6}
POOL_ROLES = {"send": "quality_work"}  # a worker's connections whose few statements are planned once


async def _nothing(_connection: object) -> None:
    """Give a connection back as it is, without a round trip: nothing of a pool outlives its transaction."""


async def _end_in_time(name: str, connection: asyncpg.Connection) -> None:
    """Give a new connection an end for its transactions, unless its server has one."""
    if name in TRANSACTION_ENDS:
        await connection.execute(SET_END, TRANSACTION_ENDS[name])


# Answers are a few statements, each run for one key: planned once a connection (bench/bench_survey.py: the
# answer's statement takes 2.5 times less).
PLANNED_ONCE = {"plan_cache_mode": "force_generic_plan"}
# So is the claim of dispatch: its planning over twenty months costs ten times its work (bench_claims.py).
# The statistics of a queue are of another hour, when it was empty or full, and those of a month of answers of
# its first day: both are read by their indexes, always.
BY_INDEX = {f"enable_{way}": "off" for way in ("seqscan", "sort", "hashjoin", "mergejoin")}
# A worker that is stopped in the middle of a transaction keeps its locks, and whoever would take back what it
# held waits for them: PostgreSQL ends such a transaction, before the leases of the worker end.
ENDED_WHEN_IDLE = {"idle_in_transaction_session_timeout": "15s"}
# A worker that is stopped between two messages of one statement is not idle: only the length of its whole
# transaction tells, to a PostgreSQL that has this setting (17). Those of the pool `work` may be long.
TRANSACTION_ENDS = {"answer": "30s", "send": "45s", "work": "30min"}
SET_END = """
    SELECT set_config(name, $1, false) FROM pg_settings WHERE name = 'transaction_timeout' AND setting = '0'
"""
POOL_SETTINGS: dict[str, dict[str, str]] = {
    "answer": PLANNED_ONCE | BY_INDEX | ENDED_WHEN_IDLE,
    "work": ENDED_WHEN_IDLE,
    "send": PLANNED_ONCE | BY_INDEX | ENDED_WHEN_IDLE,
}
ENGINE = "tortoise.backends.asyncpg"
# Most of what answers ask is one statement a page.
POOL_ENGINES = {"answer": "quality.statements"}


def credentials(url: str) -> dict[str, Any]:
    """Read a PostgreSQL address into the credentials of a pool; `?host=/folder` names a socket's folder.

    >>> credentials("postgresql://app:s%40cret@db:5433/quality")["password"]
    's@cret'
    >>> credentials("postgresql://app@/quality?host=/run/pg")["host"]
    '/run/pg'
    """
    parts = urlsplit(url)
    options = parse_qs(parts.query)
    return {
        "host": options.get("host", [parts.hostname or "127.0.0.1"])[0],
        "port": int(options.get("port", [parts.port or 5432])[0]),
        "user": unquote(parts.username or "postgres"),
        "password": unquote(parts.password) if parts.password else None,
        "database": unquote(parts.path.lstrip("/")) or "postgres",
    }


def tortoise_config(
    url: str, components: Sequence[Component], *, pools: Iterable[str] = POOLS
) -> dict[str, Any]:
    """Return Tortoise's configuration: a connection a pool, an app a component, models on `web`."""
    return {
        "connections": {name: _pool(url, name) for name in pools},
        "apps": apps(components, "web"),
        "use_tz": True,
        "timezone": "UTC",
    }


def owner_config(url: str, components: Sequence[Component]) -> dict[str, Any]:
    """Return the configuration of the owner's connection, for migrations only."""
    connection = {
        "engine": ENGINE,
        "credentials": {**credentials(url), "minsize": 1, "maxsize": 2},
    }
    return {
        "connections": {"owner": connection},
        "apps": apps(components, "owner"),
        "use_tz": True,
        "timezone": "UTC",
    }


def apps(components: Sequence[Component], connection: str) -> dict[str, Any]:
    return {
        component.name: {
            "models": list(component.models),
            "default_connection": connection,
            "migrations": component.migrations,
        }
        for component in components
        if component.models
    }


def _pool(url: str, name: str) -> dict[str, Any]:
    settings = {
        "role": POOL_ROLES.get(name, f"quality_{name}"),
        "application_name": f"quality-{name}",
        "jit": "off",
    }
    settings |= POOL_SETTINGS.get(name, {})
    sizes = {
        "minsize": 1,
        "maxsize": POOL_SIZES[name],
        "reset": _nothing,
        "init": partial(_end_in_time, name),
    }
    return {
        "engine": POOL_ENGINES.get(name, ENGINE),
        "credentials": {**credentials(url), **sizes, "server_settings": settings},
    }


def pool(name: str) -> Connection:
    """Return a pool by name, for one statement outside a transaction."""
    return get_connection(name)


@asynccontextmanager
async def transaction(name: str) -> AsyncIterator[Connection]:
    """Open a transaction of the `answer` or `work` pool."""
    async with within(pool(name)) as db:
        yield db


@asynccontextmanager
async def within(db: Connection) -> AsyncIterator[Connection]:
    """Make several statements one: a transaction of a pool, or part of one that is open.

    Nothing of it is left behind when the server goes away: where BEGIN fails, Tortoise would keep the
    connection taken, and the task would go on in a transaction that never was.
    """
    opening = db._in_transaction()  # noqa: SLF001 - Tortoise opens one by the pool's name only
    async with AsyncExitStack() as ending:
        ending.push_async_callback(_forget, opening)
        yield await ending.enter_async_context(opening)


@asynccontextmanager
async def seeing_one_instant(name: str, lock: str) -> AsyncIterator[Connection]:
    """Open a transaction that sees one instant: the one at which it got `lock`, which it keeps to its end.

    The first statement of a REPEATABLE READ transaction fixes what it sees, and would do so before it waits
    for a lock. So the session waits for it, in a transaction before; then the second one takes it over.
    """
    async with within(pool(name)) as db:
        try:
            await execute(db, "SELECT pg_advisory_lock(hashtextextended($1, 0))", lock)
            await _begin_again(db)
            await execute(db, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            await execute(db, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", lock)
            await execute(db, "SELECT pg_advisory_unlock(hashtextextended($1, 0))", lock)
        except BaseException:
            raw(db).terminate()  # a session that goes back to its pool holds no lock
            raise
        yield db


async def _begin_again(db: Any) -> None:
    """End the transaction of a connection and begin another one on it."""
    await db.commit()
    db._finalized = False  # noqa: SLF001 - Tortoise begins one transaction a connection taken
    await db.begin()


async def _forget(opening: TransactionContext) -> None:
    token = getattr(opening, "token", None)
    if token is None or token._used:  # noqa: SLF001 - not begun, or given back already
        return
    get_connections().reset(token)
    wrapper: Any = opening.client
    await wrapper._parent._pool.release(wrapper._connection)  # noqa: SLF001


async def may_compute(db: Connection) -> None:
    """Let an open transaction stand idle while Python computes for long, until it ends."""
    await execute(
        db,
        """
        SELECT set_config(name, '0', true) FROM pg_settings
        WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')
        """,
    )


async def fetch(db: Connection, sql: str, *values: object) -> list[dict[str, Any]]:
    return await db.execute_query_dict(sql, list(values))


async def fetch_records(db: Connection, sql: str, *values: object) -> Sequence[asyncpg.Record]:
    """Return rows as the driver gives them, which is cheaper where many are."""
    _count, rows = await db.execute_query(sql, list(values))
    records: Sequence[Any] = rows
    return records


async def fetch_one(db: Connection, sql: str, *values: object) -> dict[str, Any] | None:
    rows = await fetch(db, sql, *values)
    return rows[0] if rows else None


async def fetch_value(db: Connection, sql: str, *values: object) -> Any:
    """Return the first column of the first row, or None."""
    row = await fetch_one(db, sql, *values)
    return next(iter(row.values())) if row else None


async def execute(db: Connection, sql: str, *values: object) -> None:
    """Run a statement whose rows nobody reads."""
    await db.execute_query_dict(sql, list(values))


def raw(db: Connection) -> asyncpg.Connection:
    """Return the driver's connection of an open transaction, for COPY and cursors."""
    return db._connection  # noqa: SLF001 - Tortoise has no COPY


def is_passing(error: BaseException) -> bool:
    """Tell a fault that may be over a moment later: a server that is away, restarting, busy or full."""
    return isinstance(error, PASSING) and not isinstance(error, ValueError)


# What the driver says of a connection that is gone; its own refusal of a value is a ValueError too.
PASSING = (
    OSError,
    DBConnectionError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)


class OwnerRefused(Refused):
    title = "L’application refuse de démarrer avec un compte propriétaire ou superutilisateur"


async def refuse_owner() -> None:
    """Refuse a login that row-level security would not bind: superuser, BYPASSRLS, or an owner of tables."""
    row = await fetch_one(
        pool("web"),
        """
        SELECT session_user::text AS login,
               r.rolsuper OR r.rolbypassrls
               OR EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                          WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
                            AND c.relowner = r.oid) AS is_owner
        FROM pg_roles r WHERE r.rolname = session_user
        """,
    )
    if row is None or row["is_owner"]:
        login = row["login"] if row else "?"
        raise OwnerRefused(
            "Le compte {login} est propriétaire ou superutilisateur. "
            "Donnez à QUALITY_DATABASE_URL un compte NOINHERIT sans droit de propriété.",
            login=login,
        )
