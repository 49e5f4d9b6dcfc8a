"""What waits in complaints: for the menu, the home page, and the desk that calls clients first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from quality import clock
from quality.access import audit
from quality.access.actor import STAFF, Actor, Role
from quality.access.home import Task
from quality.access.scope import scoped
from quality.complaints.pending import Pending, chase_words, others_words, reply_words
from quality.complaints.reading import DUE
from quality.component import HomeSection, MenuEntry
from quality.db import Connection, fetch, fetch_value
from quality.keys import Keyring
from quality.web.languages import gettext as _

HREF = "/reclamations"
READERS = STAFF | {Role.provider}
# What each side must act upon: a provider its open complaints, agents the calls, others the late ones too.
OWN = "c.opened_at <= $1 AND c.provider_id = $2 AND c.disclosure <> 'call_first'"
TO_CALL = "c.opened_at <= $1 AND c.awaits_contact AND $2::uuid IS NULL"
LATE = f"{DUE} < $1 AND $2::uuid IS NULL"
STAFF_S = f"({TO_CALL} OR {LATE})"
WAITING = {Role.provider: OWN, Role.agent: TO_CALL, Role.platform: STAFF_S, Role.supervisor: STAFF_S}
OPEN = "c.platform_id = $3 AND c.state IN ('opened', 'acknowledged')"
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
            f"SELECT count(*) FROM complaint c WHERE {OPEN} AND {WAITING[Role(actor.role)]}",
            clock.now(),
            actor.organisation,
            actor.platform,
        )
    return int(count)


async def tasks(actor: Actor, keyring: Keyring) -> tuple[Task, ...]:
    """Give the three complaints that wait most, each in its own words, and the others in one."""
    async with scoped(actor) as db:
        rows = await fetch(
            db,
            f"""
            SELECT c.number, c.kind, c.state, c.departement, o.name AS provider, {DUE} AS due_at,
                   k.id AS client, k.name_cipher, count(*) OVER () AS total
            FROM complaint c JOIN organisation o ON o.id = c.provider_id
            LEFT JOIN complaint_subject s ON s.id = c.id AND s.is_disclosed
            LEFT JOIN client k ON k.id = s.client_id
            WHERE {OPEN} AND {OWN if actor.role == Role.provider else LATE}
            ORDER BY due_at, c.number LIMIT {FEW + 1}
            """,
            clock.now(),
            actor.organisation,
            actor.platform,
        )
        first = [_pending(row, keyring) for row in rows[:FEW]]
        named = [each.number for each in first if each.name]
        if named:
            await audit.record(db, actor, "complaint.names", "home", {"numbers": named})
    shown = tuple(_task(each, actor) for each in first)
    if len(rows) <= FEW:
        return shown
    others = others_words(rows[0]["total"] - FEW)
    return *shown, Task(others, "", HREF, _("Ouvrir la liste"), rows[FEW]["due_at"])


def _pending(row: dict[str, Any], keyring: Keyring) -> Pending:
    client, cipher = row.pop("client"), row.pop("name_cipher")
    facts = {name: value for name, value in row.items() if name != "total"}
    return Pending(**facts, name=keyring.decrypt(cipher, "client.name", client) if client else None)


def _task(each: Pending, actor: Actor) -> Task:
    now = clock.now()
    words = reply_words if actor.role == Role.provider else chase_words
    title, sentence = words(each, now)
    return Task(title, sentence, f"{HREF}/{each.number}", _("Ouvrir"), each.due_at)


MENU = (MenuEntry(HREF, "Réclamations", "complaint", frozenset(READERS), rank=20, count=count_waiting),)
# The queue of calls says whom to call, and when: here the staff reads which providers are late.
HOME = (HomeSection(frozenset(READERS - {Role.agent}), tasks, rank=10, reads_names=True),)
