"""The open sessions of one account, as its holder sees them."""

from dataclasses import dataclass
from datetime import datetime

from quality.access import audit, signing
from quality.access.actor import GATE, Actor
from quality.access.scope import scoped
from quality.access.signing import Space
from quality.db import fetch
from quality.web.session import IDLE


@dataclass(frozen=True, slots=True)
class OpenSession:
    opened_at: datetime
    seen_at: datetime
    organisation_name: str
    is_current: bool


async def open_sessions(actor: Actor) -> list[OpenSession]:
    """Return the sessions that would still be accepted, the last seen first."""
    async with scoped(GATE) as db:
        rows = await fetch(
            db,
            f"""
            SELECT s.created_at AS opened_at, s.seen_at, coalesce(o.name, p.name) AS organisation_name,
                   s.id = $2 AS is_current
            FROM session s JOIN membership m ON m.id = s.membership_id JOIN platform p ON p.id = m.platform_id
            LEFT JOIN organisation o ON o.id = m.organisation_id
            WHERE m.account_id = $1 AND s.revoked_at IS NULL AND s.expires_at > now()
              AND s.seen_at > now() - interval '{IDLE}'
            ORDER BY s.seen_at DESC
            """,
            actor.account,
            actor.session,
        )
    return [OpenSession(**row) for row in rows]


async def end_others(actor: Actor) -> None:
    """End every session of the account but this one."""
    async with scoped(GATE) as db:
        await signing.end_sessions(db, actor, kept=actor.session)
        await audit.record(db, actor, "session.end_others", str(actor.account))


async def spaces(actor: Actor) -> list[Space]:
    """Return where the account works."""
    if actor.account is None:
        return []
    async with scoped(GATE) as db:
        return await signing.spaces_of(db, actor.account)
