"""What a funder reads of the complaints transmitted to it: copied facts, in the order in which it answers."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import fetch, fetch_value
from quality.web.paging import ROWS, Slice, first_row, placed

OWN = "platform_id = $1 AND funder_id = $2"


@dataclass(frozen=True, slots=True)
class Transmission:
    """A complaint as its funder may know it: no name, no hour, no word of the client."""

    id: UUID
    number: int
    provider_name: str
    kind: str
    activity: str
    departement: str
    month: date
    summary: str
    asked: str
    at: datetime
    answer: str
    answered_at: datetime | None


async def transmitted(actor: Actor, asked: str, address: str) -> Slice[Transmission]:
    """Give a page of a funder's complaints: those that await its answer first."""
    async with scoped(actor) as db:
        who = actor.platform, actor.organisation
        total = int(await fetch_value(db, f"SELECT count(*) FROM complaint_transmission WHERE {OWN}", *who))
        start = first_row(asked, total)
        rows = await fetch(
            db,
            f"""
            SELECT id, number, provider_name, kind, activity, departement, month, summary, asked, at, answer,
                   answered_at
            FROM complaint_transmission WHERE {OWN}
            ORDER BY answered_at IS NOT NULL, CASE WHEN answered_at IS NULL THEN at END, at DESC, id
            LIMIT $3 OFFSET $4
            """,
            *who,
            ROWS,
            start,
        )
    return placed([Transmission(**row) for row in rows], start, total, address)


async def count_unanswered(actor: Actor) -> int:
    """Count what awaits a funder's answer, for the menu."""
    async with scoped(actor) as db:
        sql = f"SELECT count(*) FROM complaint_transmission WHERE {OWN} AND answered_at IS NULL"
        return int(await fetch_value(db, sql, actor.platform, actor.organisation))
