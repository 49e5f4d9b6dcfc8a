"""The accounts that letters about complaints go to, and the letters as they stand in the outbox."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from quality import clock
from quality.access.scope import scoped
from quality.complaints.ladder.escalating import climb
from quality.db import execute
from quality.ids import uuid7
from tests.world import World

PROVIDER, SUPERVISOR, MANAGER, FUNDER = (
    f"{name}@demo.invalid" for name in ("organisme", "supervision", "plateforme", "herault")
)


@dataclass(frozen=True)
class Letter:
    to: str
    subject: str
    text: str


async def account(
    world: World, email: str, role: str, organisation: UUID | None = None, language: str = "fr"
) -> UUID:
    made = uuid7(clock.now())
    async with scoped(world.operator) as db:
        await execute(
            db,
            "INSERT INTO account (id, email, name, language, is_active, created_at) "
            "VALUES ($1, $2, 'Camille Essai', $3, true, now())",
            made,
            email,
            language,
        )
        await execute(
            db,
            "INSERT INTO membership (id, platform_id, account_id, organisation_id, role) "
            "VALUES (gen_random_uuid(), $1, $2, $3, $4)",
            world.platform,
            made,
            organisation,
            role,
        )
    return made


async def readers(world: World) -> None:
    """Open an account to each side."""
    await account(world, PROVIDER, "provider", world.aide34)
    await account(world, SUPERVISOR, "supervisor")
    await account(world, MANAGER, "platform")
    await account(world, FUNDER, "funder", world.herault)
    await account(world, "gironde@demo.invalid", "funder", world.gironde)
    await account(world, "cap@demo.invalid", "provider", world.cap)


async def outbox(owner: asyncpg.Connection) -> list[Letter]:
    """Give all letters by recipient and subject."""
    rows = await owner.fetch(
        "SELECT recipient, subject, text FROM mail_outbox ORDER BY recipient, subject, text"
    )
    return [Letter(*row) for row in rows]


async def new_letters(owner: asyncpg.Connection) -> set[tuple[str, str]]:
    """Give whom was written to and why, and forget it."""
    rows = await owner.fetch("DELETE FROM mail_outbox RETURNING recipient, subject")
    found = [(row["recipient"], row["subject"].split(" – ")[0]) for row in rows]
    assert len(found) == len(set(found)), found
    return set(found)


async def at(world: World, local: datetime) -> None:
    """Move the clock to an instant and let the ladder run, twice."""
    clock.set_offset(local.astimezone(UTC) - datetime.now(UTC) + timedelta(seconds=1))
    for _ in range(2):
        await climb(world.house)
