"""What waits in complaints: for the menu, the home page, and the desk that calls clients first."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from quality import clock
from quality.access import audit
from quality.access.actor import STAFF, Actor, Role
from quality.access.home import Task
from quality.access.scope import scoped
from quality.complaints.events import Audience, tell
from quality.complaints.pages.listing import count_waiting
from quality.complaints.pages.pending import Pending, chase_words, others_words, reply_words
from quality.complaints.reading import DUE
from quality.component import HomeSection, MenuEntry
from quality.db import Connection, execute, fetch, fetch_one, fetch_value
from quality.ids import uuid7
from quality.keys import Keyring
from quality.web.languages import gettext as _

HREF = "/reclamations"
READERS = STAFF | {Role.provider}
# What the home page says: to a provider the complaints of which it has the hand, to the staff the late ones.
OWN = """
c.opened_at <= $1 AND c.provider_id = $2 AND c.disclosure <> 'call_first' AND c.is_shared
AND c.holder = 'provider'
"""
LATE = f"{DUE} < $1 AND $2::uuid IS NULL"
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


@dataclass(frozen=True, slots=True)
class Expecting:
    """A client who must hear of their complaint, or be asked whether it is settled, in one of its rounds."""

    complaint: UUID
    platform: UUID
    provider: UUID
    client: UUID
    round: int
    activity: str
    month: date
    funders: tuple[UUID, ...]
    is_serious: bool
    is_remedied: bool


EXPECTING = """
SELECT c.id AS complaint, c.platform_id AS platform, c.provider_id AS provider, s.client_id AS client,
       c.round, c.activity, c.month, c.funders, c.is_serious, c.state = 'remedied' AS is_remedied
FROM complaint c JOIN complaint_subject s ON s.id = c.id
"""
# Whoever has no contact left in this round is tried again at each tick: never before the others.
UNTOLD = """
AND NOT EXISTS (SELECT 1 FROM complaint_notice n
                WHERE n.complaint_id = c.id AND n.kind = $2 AND n.round = c.round)
ORDER BY c.contacts, c.opened_at, c.id LIMIT 200
"""
# One piece of news a round: the solution, or before there is one that another has taken the hand.
NEWS = f"""
{EXPECTING} WHERE c.disclosure <> 'call_first' AND NOT c.is_serious
  AND ((c.state = 'remedied' AND c.remedied_at > $1::timestamptz - interval '3 days')
       OR (c.state IN ('opened', 'acknowledged') AND c.round = 1 AND c.holder <> 'provider'
           AND c.alert_due_at > $1::timestamptz - interval '30 days'
           AND NOT EXISTS (SELECT 1 FROM complaint_notice t
                           WHERE t.complaint_id = c.id AND t.kind = 'client_taken'))) {UNTOLD}
"""
VERDICT = f"""
{EXPECTING} WHERE c.state = 'remedied' AND c.verdict_asked_at IS NULL
  AND coalesce(c.verdict_due_at, c.remedied_at + interval '7 days') <= $1 {UNTOLD}
"""


async def awaiting_news(db: Connection, now: datetime) -> list[Expecting]:
    """List, over all platforms, the clients who must hear that something happened (pool `work`)."""
    return [_expecting(row) for row in await fetch(db, NEWS, now, "client_news")]


async def awaiting_verdict(db: Connection, now: datetime) -> list[Expecting]:
    """List the clients to ask whether it is settled, seven days after the solution (pool `work`)."""
    return [_expecting(row) for row in await fetch(db, VERDICT, now, "client_verdict")]


async def expecting_of(db: Connection, complaint: UUID) -> Expecting | None:
    row = await fetch_one(db, f"{EXPECTING} WHERE c.id = $1", complaint)
    return _expecting(row) if row else None


def _expecting(row: dict[str, Any]) -> Expecting:
    return Expecting(**{**row, "funders": tuple(row["funders"])})


async def take(db: Connection, expecting: Expecting, kind: str, now: datetime) -> bool:
    """Take what a client expects, once a round among all workers, in an open transaction."""
    taken = await fetch_value(
        db,
        """
        INSERT INTO complaint_notice (id, platform_id, complaint_id, kind, round, at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (complaint_id, kind, round) DO NOTHING RETURNING id
        """,
        uuid7(now),
        expecting.platform,
        expecting.complaint,
        kind,
        expecting.round,
        now,
    )
    return taken is not None


async def note_unreachable(db: Connection, expecting: Expecting, now: datetime) -> None:
    """Tell the staff that somebody has no telephone and no e-mail: only a letter reaches them."""
    named = expecting.platform, expecting.complaint
    await tell(db, named, "unreachable", now, audience=Audience.staff)


async def note_asked(db: Connection, complaint: UUID, now: datetime) -> None:
    """Count the silence of somebody whom no message and no call can ask, from now."""
    await execute(
        db,
        """
        UPDATE complaint SET verdict_asked_at = $2, verdict_due_at = coalesce(verdict_due_at, $2)
        WHERE id = $1 AND state = 'remedied' AND verdict_asked_at IS NULL
        """,
        complaint,
        now,
    )


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
