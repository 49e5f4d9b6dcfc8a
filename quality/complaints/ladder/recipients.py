"""To whom letters about complaints go: the accounts of a role, else the address that stands for it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from quality.db import Connection, fetch


class Who(StrEnum):
    """Whose letter it is; `platform` is its call supervisors, or its managers where it has none."""

    provider = "provider"
    platform = "platform"
    managers = "managers"
    funder = "funder"


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address, and the language its letters are written in."""

    email: str
    language: str


# Each choice in turn until one has somebody.
ROLES = {
    Who.provider: ("provider",),
    Who.funder: ("funder",),
    Who.platform: ("supervisor", "platform"),
    Who.managers: ("platform",),
}
ACCOUNTS = """
SELECT DISTINCT a.email, a.language FROM membership m JOIN account a ON a.id = m.account_id
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
