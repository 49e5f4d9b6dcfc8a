"""What the benches of the contact engine start from: many clients with a message due, a database alone."""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import asyncpg

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from quality.app import House
    from tests.world import World

SECRET = "a secret for benchmarks only, long enough to be accepted"  # noqa: S105
NOON = datetime(2026, 11, 24, 11, 5, tzinfo=UTC)
T = TypeVar("T")
Bench = Callable[["House", "World", asyncpg.Connection], Awaitable[T]]

COPIES = """
CREATE TEMP TABLE made AS SELECT n, gen_random_uuid() AS person, gen_random_uuid() AS client,
    gen_random_uuid() AS endpoint, sha256(('k' || n)::bytea) AS key,
    (left('{seed}', 15) || substr(md5(n::text), 1, 3) || '-a' || substr(md5(n::text), 4, 3) || '-'
     || lpad(to_hex(n), 10, '0') || '00')::uuid AS invitation
FROM generate_series(1, {count}) AS n
"""
COPY = """
INSERT INTO {table} SELECT copied.* FROM made m CROSS JOIN {table} b
CROSS JOIN LATERAL jsonb_populate_record(b, jsonb_build_object({given})) AS copied WHERE b.id = '{first}'
"""
TABLES = {
    "person": "'id', m.person",
    "endpoint": "'id', m.endpoint, 'key', m.key",
    "client": "'id', m.client, 'person_id', m.person, 'reference', 'copy ' || m.n, 'mobile_key', m.key",
    "invitation": "'id', m.invitation, 'client_id', m.client, 'occasion_id', m.invitation, "
    "'token_key', sha256(m.key)",
    "attempt": "'id', child_id(m.invitation, 17), 'invitation_id', m.invitation, 'client_id', m.client, "
    "'person_id', m.person, 'endpoint_id', m.endpoint",
}


async def fill(owner: asyncpg.Connection, count: int) -> None:
    """Copy one request with its first message until as many wait."""
    first_attempt = await owner.fetchval("SELECT id FROM attempt WHERE step = 1")
    await owner.execute("DELETE FROM call_case; DELETE FROM attempt WHERE step > 1")
    seed = await owner.fetchval("SELECT id FROM invitation")
    await owner.execute(COPIES.format(seed=seed, count=count))
    for table, given in TABLES.items():
        first = first_attempt if table == "attempt" else await owner.fetchval(f"SELECT id FROM {table}")
        await owner.execute(COPY.format(table=table, given=given, first=first))
    await owner.execute("DELETE FROM attempt WHERE id = $1", first_attempt)


async def give_addresses(owner: asyncpg.Connection, world: "World") -> None:
    """Give each client a number of its own that can be deciphered."""
    keyring = world.house.keyring
    rows = await owner.fetch("SELECT id FROM client WHERE reference LIKE 'copy %'")
    ciphers = [keyring.encrypt(f"+336{n:08d}", "client.mobile", row["id"]) for n, row in enumerate(rows)]
    await owner.execute(
        "UPDATE client c SET mobile_cipher = k.cipher FROM unnest($1::uuid[], $2::bytea[]) AS k (id, cipher) "
        "WHERE c.id = k.id",
        [row["id"] for row in rows],
        ciphers,
    )


async def _run(server: object, bench: "Bench[T]", options: dict[str, object]) -> T:
    from tortoise import Tortoise

    from quality import app, clock, component, cycles, db, postgres, schema
    from quality.settings import Settings
    from tests.surveys.dispatch.asking import set_clock
    from tests.world import build

    assert isinstance(server, postgres.Server)
    await schema.migrate(
        server.owner_url, postgres.APPLICATION, component.load(app.COMPONENTS), creates_login=True
    )
    owner = await asyncpg.connect(**db.credentials(server.owner_url))
    settings = Settings(database_url=server.application_url, secret_key=SECRET, **options)  # type: ignore[arg-type]
    house = app.compose(settings)
    await Tortoise.init(
        config=db.tortoise_config(server.application_url, house.components), _enable_global_fallback=True
    )
    set_clock(NOON)
    world = await build(house)
    cycles.keep_what_stands()  # as a worker does
    try:
        return await bench(house, world, owner)
    finally:
        clock.set_offset(clock.offset() * 0)
        await Tortoise.close_connections()
        await owner.close()


# What a server of its own is given; the embedded one starts with 128 MB of memory and 1 GB of log.
SERVER = ("shared_buffers=1GB", "max_wal_size=8GB")


def alone(bench: "Bench[T]", **options: object) -> T:
    """Run a bench on a PostgreSQL of its own, with fsync on and the memory of a server."""
    from quality import postgres

    with tempfile.TemporaryDirectory(prefix="quality-bench-") as name:
        server = postgres.start(Path(name), SERVER)
        try:
            return asyncio.run(_run(server, bench, options))
        finally:
            server.stop()
