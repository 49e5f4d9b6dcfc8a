"""What waits in complaints: for the menu, the home page, and the desk that calls clients first."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from quality import clock
from quality.access.actor import STAFF, Actor, Role
from quality.access.home import Task
from quality.access.scope import scoped
from quality.complaints.words import due_words, heading
from quality.component import HomeSection, MenuEntry
from quality.db import Connection, fetch, fetch_value
from quality.directory.geography import zone_of
from quality.web.languages import gettext as _

HREF = "/reclamations"
READERS = STAFF | {Role.provider}
# What each side must act upon: a provider its open complaints, the staff the late ones and the calls to make.
WAITING = {
    "provider": "opened_at <= $1 AND provider_id = $2 AND disclosure <> 'call_first'",
    "staff": "(awaits_contact OR {due} < $1) AND $2::uuid IS NULL",
}
DUE = "CASE WHEN state = 'opened' THEN acknowledge_due_at ELSE solution_due_at END"
OPEN = "state IN ('opened', 'acknowledged')"
FEW = 3


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A client who asked to be called before anything is said to the provider."""

    complaint: UUID
    platform: UUID
    client: UUID
    departement: str
    since: datetime


async def awaiting_contact(db: Connection) -> list[Awaiting]:
    """List, over all platforms, the clients whom the desk must call first (pool `work`)."""
    rows = await fetch(
        db,
        """
        SELECT c.id, c.platform_id, s.client_id, c.departement, c.opened_at FROM complaint c
        JOIN complaint_subject s ON s.id = c.id
        WHERE c.awaits_contact AND c.state <> 'closed' ORDER BY c.opened_at, c.id
        """,
    )
    return [
        Awaiting(row["id"], row["platform_id"], row["client_id"], row["departement"], row["opened_at"])
        for row in rows
    ]


async def count_waiting(actor: Actor) -> int:
    async with scoped(actor) as db:
        count = await fetch_value(
            db,
            f"SELECT count(*) FROM complaint WHERE {OPEN} AND {_waiting(actor)} AND platform_id = $3",
            clock.now(),
            actor.organisation,
            actor.platform,
        )
    return int(count)


async def tasks(actor: Actor) -> tuple[Task, ...]:
    """Give the complaints that wait most, at most three."""
    async with scoped(actor) as db:
        rows = await fetch(
            db,
            f"""
            SELECT number, kind, departement, awaits_contact, {DUE} AS due_at FROM complaint
            WHERE {OPEN} AND {_waiting(actor)} AND platform_id = $3 ORDER BY due_at, number LIMIT {FEW}
            """,
            clock.now(),
            actor.organisation,
            actor.platform,
        )
    return tuple(
        Task(
            title=heading(row["number"], row["kind"]),
            sentence=_("La personne attend d’être appelée.")
            if row["awaits_contact"]
            else due_words(row["due_at"], clock.now(), zone_of(row["departement"])),
            href=f"{HREF}/{row['number']}",
            action=_("Ouvrir"),
            due_at=row["due_at"],
        )
        for row in rows
    )


def _waiting(actor: Actor) -> str:
    return WAITING["provider" if actor.role == Role.provider else "staff"].format(due=DUE)


MENU = (MenuEntry(HREF, "Réclamations", "complaint", frozenset(READERS), rank=20, count=count_waiting),)
HOME = (HomeSection(frozenset(READERS), tasks, rank=10),)
