"""What tests of decisions share: the ledger as it stands, a crowd of visits, a complaint that is open."""

from datetime import timedelta

import asyncpg

from quality import clock
from quality.db import fetch, pool
from tests.surveys.visits import MORNING, someone, visit
from tests.world import World

DAY = timedelta(days=1)


async def ledger() -> dict[object, dict[str, object]]:
    return {row["id"]: row for row in await fetch(pool("work"), "SELECT * FROM occasion")}


async def attempts() -> list[dict[str, object]]:
    return await fetch(pool("work"), "SELECT * FROM attempt ORDER BY id")


async def reason(identity: object) -> str:
    return (await ledger())[identity]["reason"]


async def open_complaint(owner: asyncpg.Connection, world: World, client: object) -> None:
    at = clock.now()
    identity = await owner.fetchval(
        """
        INSERT INTO complaint (id, platform_id, provider_id, number, source_kind, activity, departement,
            month, disclosure, state, opened_at, acknowledge_due_at, solution_due_at, alert_due_at)
        VALUES (gen_random_uuid(), $1, $2, 1, 'page', 'I-3', '34', '2026-11-01', 'named', 'opened',
            $3, $3, $3, $3)
        RETURNING id
        """,
        world.platform,
        world.aide34,
        at,
    )
    await owner.execute(
        "INSERT INTO complaint_subject (id, platform_id, provider_id, client_id, is_disclosed) "
        "VALUES ($1, $2, $3, $4, true)",
        identity,
        world.platform,
        world.aide34,
        client,
    )


async def crowd(world: World) -> None:
    """Forty people, couples among them, with visits over two quarters."""
    for n in range(20):
        for person in range(2):
            client = await someone(world, mobile=f"+336399{n:05d}", provider=(world.aide34, world.cap)[n % 2])
            for ended_at in (MORNING - 70 * DAY, MORNING - 69 * DAY, MORNING - 2 * DAY, MORNING - DAY):
                await visit(client, ended_at + timedelta(minutes=2 * n + person))
