"""A provider with an account, a file that it sent, and what the tests read of the letters and the trail."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg

from charter.adhesion.ticking import tick
from charter.submitting import submit
from quality import clock
from quality.access.scope import scoped
from quality.db import execute
from tests.charter.declared import declare_everything
from tests.rows import insert, valid_rows
from tests.world import World

BASE = "https://suivi.invalid"


async def an_account(world: World, organisation: UUID | None, role: str = "provider") -> UUID:
    """Give an organisation, or the platform itself, somebody who reads its letters; return the account."""
    account = uuid4()
    async with scoped(world.operator) as db:
        await execute(
            db,
            "INSERT INTO account (id, email, name, language, is_active, created_at) "
            "VALUES ($1, $2, 'Camille Essai', 'fr', true, now())",
            account,
            f"{account.hex[:8]}@demo.invalid",
        )
        await execute(
            db,
            "INSERT INTO membership (id, platform_id, account_id, organisation_id, role) "
            "VALUES ($1, $2, $3, $4, $5)",
            uuid4(),
            world.platform,
            account,
            organisation,
            role,
        )
    return account


async def address_of(owner: asyncpg.Connection, account: UUID) -> str:
    """Give where an account reads its letters."""
    found: str = await owner.fetchval("SELECT email FROM account WHERE id = $1", account)
    return found


@asynccontextmanager
async def refused(owner: asyncpg.Connection, address: str) -> AsyncIterator[None]:
    """Let the database refuse every letter to an address."""
    rule = f"CHECK (recipient <> '{address}') NOT VALID"
    await owner.execute(f"ALTER TABLE mail_outbox ADD CONSTRAINT refused {rule}")
    try:
        yield
    finally:
        await owner.execute("ALTER TABLE mail_outbox DROP CONSTRAINT refused")


async def a_file(world: World, owner: asyncpg.Connection) -> UUID:
    """Send everything declared « oui » to review; return the file."""
    await declare_everything(world)
    await submit(world.provider)
    file: UUID = await owner.fetchval("SELECT id FROM review_file WHERE decided_at IS NULL")
    return file


async def the_adhesion(owner: asyncpg.Connection) -> UUID:
    """Give the only adhesion that there is."""
    found: UUID = await owner.fetchval("SELECT id FROM adhesion")
    return found


async def suspend(owner: asyncpg.Connection) -> UUID:
    """Suspend the only adhesion for a reason, as if a person had written it; return it."""
    await owner.execute(
        "UPDATE adhesion SET state = 'suspended', reason = 'Critère 3.8.', suspended_at = $1", clock.now()
    )
    return await the_adhesion(owner)


async def after(world: World, days: float) -> None:
    """Let days pass, then the tick of the charter run."""
    clock.set_offset(clock.now() + timedelta(days=days) - datetime.now(UTC))
    await tick(world.house)


async def subjects(owner: asyncpg.Connection) -> list[str]:
    """List the subjects of the letters written, in their order."""
    rows = await owner.fetch("SELECT subject FROM mail_outbox ORDER BY id")
    return [row["subject"].replace("\u00a0", " ") for row in rows]


async def trail(owner: asyncpg.Connection) -> list[tuple[str, str]]:
    """List what the audit trail says of files, points and adhesions: the action and the reason."""
    rows = await owner.fetch(
        "SELECT action, detail ->> 'why' AS why FROM audit "
        "WHERE action ~ '^(file|point|adhesion)\\.' ORDER BY id"
    )
    return [(row["action"], row["why"] or "") for row in rows]


async def doers(owner: asyncpg.Connection) -> list[tuple[str, str]]:
    """List what the audit trail says of files, points and adhesions: the action and the role of its account.

    What time or silence did has no account: its role is "".
    """
    rows = await owner.fetch(
        "SELECT a.action, coalesce(m.role, '') AS role FROM audit a "
        "LEFT JOIN membership m ON m.account_id = a.account_id "
        "WHERE a.action ~ '^(file|point|adhesion)\\.' ORDER BY a.id"
    )
    return [(row["action"], row["role"]) for row in rows]


async def failing_complaints(
    owner: asyncpg.Connection, world: World, count: int = 12, *, is_heard: bool = True
) -> None:
    """Add complaints whose day has passed without a remedy: criterion 3.8, measured directly, fails."""
    now = clock.now()
    first = 100 + await owner.fetchval("SELECT count(*) FROM complaint")
    for number in range(count):
        row = {
            **valid_rows()["complaint"],
            "id": uuid4(),
            "number": first + number,
            "token_key": uuid4().bytes,
            "platform_id": world.platform,
            "provider_id": world.aide34,
            "is_shared": True,
            "state": "acknowledged" if is_heard else "opened",
            "remedied_at": None,
            "closed_at": None,
            "verdict": None,
            "opened_at": now - timedelta(days=40),
            "acknowledge_due_at": now - timedelta(days=38),
            "acknowledged_at": now - timedelta(days=39) if is_heard else None,
            "solution_due_at": now - timedelta(days=25),
            "alert_due_at": now - timedelta(days=10),
        }
        await insert(owner, "complaint", row)


async def remedied_complaints(owner: asyncpg.Connection) -> None:
    """Find that each complaint had its remedy before its day: what was written down was late."""
    await owner.execute(
        "UPDATE complaint SET state = 'remedied', remedied_at = solution_due_at - interval '1 day'"
    )
