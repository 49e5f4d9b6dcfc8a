"""Instructions to the desk: written by supervisors, read by whoever comes back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import execute, fetch, fetch_value
from quality.errors import FieldError, Invalid, NotFound
from quality.french import french
from quality.ids import uuid7

LONGEST_TITLE, LONGEST_TEXT, SHOWN = 120, 2000, 30
TITLE = french("Écrivez un titre, en 120 caractères au plus.")
TEXT = french("Écrivez la consigne, en 2000 caractères au plus.")


@dataclass(frozen=True, slots=True)
class Notice:
    id: UUID
    title: str
    text: str
    at: datetime


async def read(actor: Actor) -> tuple[Notice, ...]:
    """List the instructions of the platform, the newest first."""
    async with scoped(actor) as db:
        rows = await fetch(
            db,
            READ,
            actor.platform,
            SHOWN,
        )
    return tuple(Notice(**row) for row in rows)


READ = "SELECT id, title, text, at FROM desk_notice WHERE platform_id = $1 ORDER BY at DESC, id LIMIT $2"


async def write(actor: Actor, title: str, text: str) -> None:
    words, body = " ".join(title.split()), text.strip()
    errors = []
    if not 0 < len(words) <= LONGEST_TITLE:
        errors.append(FieldError("titre", TITLE))
    if not 0 < len(body) <= LONGEST_TEXT:
        errors.append(FieldError("texte", TEXT))
    if errors:
        raise Invalid(errors=tuple(errors))
    now = clock.now()
    async with scoped(actor) as db:
        await execute(
            db,
            WRITE,
            uuid7(now),
            actor.platform,
            words,
            body,
            actor.account,
            now,
        )
        await audit.record(db, actor, "desk.notice")


WRITE = """
INSERT INTO desk_notice (id, platform_id, title, text, account_id, at) VALUES ($1, $2, $3, $4, $5, $6)
"""


async def remove(actor: Actor, notice: UUID) -> None:
    async with scoped(actor) as db:
        gone = await fetch_value(
            db,
            "DELETE FROM desk_notice WHERE id = $1 AND platform_id = $2 RETURNING id",
            notice,
            actor.platform,
        )
        if gone is None:
            raise NotFound
        await audit.record(db, actor, "desk.notice_remove", str(notice))
