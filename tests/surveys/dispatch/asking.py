"""Requests whose first message is due at noon of the tests' Tuesday, and a carrier that obeys the test."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from quality import clock
from quality.app import House
from quality.db import execute, fetch, fetch_one, pool
from surveys.channels.message import Outgoing, Receipt
from surveys.dispatch.carriers import Carrier, Pace
from surveys.dispatch.claims import Claimed, claim
from surveys.protocol.deciding import decide_pending
from tests.surveys.visits import MOBILE, Someone, someone, visit
from tests.world import World

NOON = datetime(2026, 11, 24, 11, 5, tzinfo=UTC)  # Tuesday 12:05 in Paris: the first SMS may leave
FAST = 100_000.0


def set_clock(instant: datetime) -> None:
    """Put the business clock of this process at an instant."""
    clock.set_offset(instant - clock.host_now())


async def asked(world: World, client: Someone | None = None, **given) -> Someone:
    """Write a client with a mobile and a visit this morning, and decide it."""
    given.setdefault("mobile", MOBILE)
    client = client or await someone(world, **given)
    await visit(client)
    assert await decide_pending(world.house) > 0
    return client


async def claim_at(
    now: datetime = NOON, channels: tuple[str, ...] = ("sms",), limit: int = 50
) -> list[Claimed]:
    return await claim(pool("work"), channels, "test", limit, now)


async def change(table: str, sets: str, *values: object, where: str = "true") -> None:
    await execute(pool("work"), f"UPDATE {table} SET {sets} WHERE {where}", *values)


async def follow_up(world: World, owner: asyncpg.Connection) -> None:
    """Turn the requests into news of one complaint."""
    from tests.surveys.protocol.decided import open_complaint

    await open_complaint(owner, world, await owner.fetchval("SELECT client_id FROM invitation LIMIT 1"))
    await owner.execute(
        """
        UPDATE invitation SET purpose = 'news', occasion_id = NULL, complaint_id = (SELECT id FROM complaint);
        UPDATE attempt SET purpose = 'news'
        """
    )


async def serves_others(now: datetime, channel: str = "sms") -> None:
    """Say that the carrier of a channel took other messages just now, and where it says so delivered some."""
    await execute(
        pool("work"),
        """
        INSERT INTO carrier_pace (channel, free_at, accepted_at, delivered_at)
        VALUES ($2::text, now(), $1, CASE WHEN $2::text = 'sms' THEN $1::timestamptz END)
        ON CONFLICT (channel) DO UPDATE SET accepted_at = $1, delivered_at = excluded.delivered_at
        """,
        now,
        channel,
    )


async def attempts() -> list[dict]:
    return await fetch(pool("work"), "SELECT * FROM attempt ORDER BY invitation_id, id")


async def first_attempt() -> dict:
    return await attempt_of("step = 1")


async def attempt_of(condition: str) -> dict:
    row = await fetch_one(pool("work"), f"SELECT * FROM attempt WHERE {condition} ORDER BY id")
    assert row is not None
    return row


async def recent(table: str, identity: UUID | None = None) -> list[datetime]:
    rows = await fetch(
        pool("work"), f"SELECT id, recent FROM {table} WHERE $1::uuid IS NULL OR id = $1", identity
    )
    return [at for row in rows for at in row["recent"]]


@dataclass
class Phone:
    """A carrier that keeps what it is given, or raises what the test wants."""

    channel: str = "sms"
    name: str = "kannel"
    repeats: bool = False
    fails: Callable[[Outgoing], Exception | None] = lambda _: None
    received: list[Outgoing] = field(default_factory=list)

    async def send(self, message: Outgoing) -> Receipt:
        error = self.fails(message)
        if error is not None:
            raise error
        self.received.append(message)
        return Receipt(reference=f"R-{message.id}")

    async def close(self) -> None: ...


def carried_by(*drivers: object) -> dict[str, Carrier]:
    return {driver.channel: Carrier(driver, Pace(FAST)) for driver in drivers}


async def messages(house: House) -> list[dict]:
    return await fetch(pool("work"), "SELECT * FROM memory_message ORDER BY sent_at")
