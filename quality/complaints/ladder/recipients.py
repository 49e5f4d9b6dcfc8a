"""To whom letters about complaints go: the accounts of a role, else the address that stands for it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from quality.db import Connection, fetch, fetch_value


class Who(StrEnum):
    """Whose letter it is; `platform` is its call supervisors, or its managers where it has none."""

    provider = "provider"
    platform = "platform"
    managers = "managers"
    funder = "funder"


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address, the language of its letters, and its account, None for an address that opens no page."""

    email: str
    language: str
    account: UUID | None = None


# Each choice in turn until one has somebody.
ROLES = {
    Who.provider: ("provider",),
    Who.funder: ("funder",),
    Who.platform: ("supervisor", "platform"),
    Who.managers: ("platform",),
}
ACCOUNTS = """
SELECT DISTINCT a.email, a.language, a.id AS account FROM membership m JOIN account a ON a.id = m.account_id
WHERE m.platform_id = $1 AND m.role = $2 AND m.organisation_id IS NOT DISTINCT FROM $3::uuid AND a.is_active
ORDER BY a.email
"""
OWN_ADDRESS = "SELECT email, 'fr' AS language FROM organisation WHERE id = $1 AND email <> ''"


async def recipients(
    db: Connection, platform: UUID, who: Who, organisation: UUID | None = None
) -> tuple[Recipient, ...]:
    """List those to whom a letter goes (pool `work`); `organisation` is the provider or the funder."""
    for role in ROLES[who]:
        rows = await fetch(db, ACCOUNTS, platform, role, organisation)
        if rows:
            return tuple(Recipient(**row) for row in rows)
    rows = await fetch(db, OWN_ADDRESS, organisation) if organisation else []
    return tuple(Recipient(**row) for row in rows)


async def read_at(db: Connection, platform: UUID, number: int, account: UUID) -> datetime | None:
    """Give when an account last opened the page of a complaint, by the names it read (pool `work`)."""
    return await fetch_value(db, READ_AT, platform, str(number), account)  # type: ignore[no-any-return]


READ_AT = """
SELECT max(at) FROM audit
WHERE platform_id = $1 AND action = 'complaint.name' AND subject = $2 AND account_id = $3
"""
