"""Complaints as their readers may see them; each name read is written in the audit trail."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID

from quality.access import audit
from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.db import Connection, fetch, fetch_one
from quality.errors import NotFound
from quality.keys import Keyring

# A provider's own, once its client agreed to speak to it; the policies of the database say the same.
SCOPE = "c.platform_id = $1 AND ($2::uuid IS NULL OR (c.provider_id = $2 AND c.disclosure <> 'call_first'))"
# Nothing is due from a provider before its client has been called, and has chosen.
DUE = """
CASE WHEN c.state = 'opened' AND c.disclosure <> 'call_first' THEN c.acknowledge_due_at
     WHEN c.state = 'acknowledged' THEN c.solution_due_at END
"""
MARKS = """
SELECT item, value, created_at AS at FROM signal WHERE complaint_id = $1 AND value BETWEEN 1 AND 2
ORDER BY created_at, item
"""


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    kind: str
    audience: str
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A low mark from which the complaint comes, for those who may know its client."""

    item: str
    value: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is behind a complaint, for those who may know it."""

    name: str
    phone: str
    visit_at: datetime | None
    is_disclosed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One complaint with its timeline, and its subject where the reader may know it."""

    number: int
    provider: str
    kind: str
    state: str
    disclosure: str
    holder: str
    position: str | None
    cause_code: str
    remedy_code: str
    activity: str
    departement: str
    month: date
    acknowledge_due_at: datetime
    solution_due_at: datetime
    acknowledged_at: datetime | None
    remedied_at: datetime | None
    closed_at: datetime | None
    cause: str
    remedy: str
    marks: tuple[Mark, ...]
    events: tuple[Event, ...]
    subject: Subject | None

    @property
    def is_nameless(self) -> bool:
        """Say whether the reader may not know who speaks: an hour would tell whose visit it was."""
        return self.subject is None

    @property
    def is_call_first(self) -> bool:
        return self.disclosure == "call_first" and self.state == "opened"


COLUMNS = ", ".join(
    f"c.{field.name}"
    for field in fields(Read)
    if field.name not in {"provider", "marks", "events", "subject"}
)


async def one(actor: Actor, keyring: Keyring, number: int) -> Read:
    """Give one complaint, or answer 404: another's and an unknown one look alike."""
    async with scoped(actor) as db:
        row = await fetch_one(
            db,
            f"""
            SELECT c.id, {COLUMNS}, o.name AS provider
            FROM complaint c JOIN organisation o ON o.id = c.provider_id
            WHERE {SCOPE} AND c.number = $3
            """,
            actor.platform,
            own_organisation(actor),
            number,
        )
        if row is None:
            raise NotFound
        complaint = row.pop("id")
        events = await fetch(
            db,
            "SELECT at, kind, audience, text FROM complaint_event WHERE complaint_id = $1 ORDER BY at, id",
            complaint,
        )
        subject = await _subject(db, keyring, complaint)
        marks = await fetch(db, MARKS, complaint) if subject else []
        if subject:
            await audit.record(db, actor, "complaint.name", str(number))
    return Read(
        **row,
        marks=tuple(Mark(**mark) for mark in marks),
        events=tuple(Event(**event) for event in events),
        subject=subject,
    )


async def _subject(db: Connection, keyring: Keyring, complaint: UUID) -> Subject | None:
    """Read who is behind a complaint; the policy shows the row only to those who may know."""
    row = await fetch_one(
        db,
        """
        SELECT k.id, k.name_cipher, k.phone_cipher, k.mobile_cipher, s.is_disclosed,
               coalesce(v.started_at, v.planned_start) AS visit_at
        FROM complaint_subject s JOIN client k ON k.id = s.client_id
        LEFT JOIN intervention v ON v.id = s.intervention_id
        WHERE s.id = $1
        """,
        complaint,
    )
    if row is None:
        return None
    mobile = keyring.decrypt(row["mobile_cipher"], "client.mobile", row["id"])
    return Subject(
        name=keyring.decrypt(row["name_cipher"], "client.name", row["id"]) or "",
        phone=mobile or keyring.decrypt(row["phone_cipher"], "client.phone", row["id"]) or "",
        visit_at=row["visit_at"],
        is_disclosed=row["is_disclosed"],
    )


def own_organisation(actor: Actor) -> UUID | None:
    return actor.organisation if actor.role == Role.provider else None
