"""Complaints as their readers may see them; each name read is written in the audit trail."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID

from quality.access import audit
from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.complaints.links import reference_of
from quality.complaints.pages.acts import Standing
from quality.db import Connection, fetch, fetch_one
from quality.errors import NotFound
from quality.keys import Keyring

# A provider's own, once its client agreed to speak to it and a serious event is shared; an agent reads no
# serious event. The policies of the database say the same.
SCOPE = """
c.platform_id = $1 AND (q_role() <> 'agent' OR NOT c.is_serious)
AND ($2::uuid IS NULL OR (c.provider_id = $2 AND c.disclosure <> 'call_first' AND c.is_shared))
"""
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
    reference: str


@dataclass(frozen=True, slots=True)
class Promise:
    """A remedy granted or promised, and what became of it."""

    id: UUID
    remedy_code: str
    detail: str
    amount_cents: int | None
    authority: str
    state: str
    made_at: datetime
    due_at: datetime
    confirmed_at: datetime | None
    confirmed_by: str
    done_at: datetime | None
    done_how: str | None
    refused_why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One complaint with its timeline, and its subject where the reader may know it."""

    id: UUID
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
    verdict: str | None
    verdict_due_at: datetime | None
    verdict_asked_at: datetime | None
    round: int
    owner_id: UUID | None
    is_serious: bool
    is_shared: bool
    handled_at: datetime | None
    unreached_at: datetime | None
    funder_consent: bool | None
    funders: tuple[UUID, ...]
    merged_into_id: UUID | None
    marks: tuple[Mark, ...]
    events: tuple[Event, ...]
    promises: tuple[Promise, ...]
    subject: Subject | None

    @property
    def is_nameless(self) -> bool:
        """Say whether the reader may not know who speaks: an hour would tell whose visit it was."""
        return self.subject is None

    @property
    def is_call_first(self) -> bool:
        return self.disclosure == "call_first" and self.state == "opened"

    @property
    def waiting_promise(self) -> Promise | None:
        """Give the nearest promise still to be kept."""
        waiting = [each for each in self.promises if each.state in {"promised", "confirmed"}]
        return min(waiting, key=lambda each: each.due_at, default=None)

    @property
    def due_at(self) -> datetime | None:
        """Give the next instant by which something is due: of the complaint, or of a promise."""
        own = {"opened": self.acknowledge_due_at, "acknowledged": self.solution_due_at}.get(self.state)
        first = None if self.is_call_first else own
        promise = self.waiting_promise
        return min((at for at in (first, promise and promise.due_at) if at), default=None)

    @property
    def standing(self) -> Standing:
        promise = self.waiting_promise
        return Standing(
            self.state,
            self.disclosure,
            self.holder,
            self.position,
            self.is_serious,
            self.handled_at,
            promise.state if promise else None,
            self.unreached_at,
        )


COLUMNS = ", ".join(
    f"c.{field.name}"
    for field in fields(Read)
    if field.name not in {"provider", "marks", "events", "promises", "subject"}
)
PROMISES = f"""
SELECT {", ".join(field.name for field in fields(Promise))} FROM complaint_promise
WHERE complaint_id = $1 ORDER BY made_at, id
"""


async def one(actor: Actor, keyring: Keyring, number: int) -> Read:
    """Give one complaint, or answer 404: another's and an unknown one look alike."""
    async with scoped(actor) as db:
        row = await fetch_one(
            db,
            f"""
            SELECT {COLUMNS}, o.name AS provider
            FROM complaint c JOIN organisation o ON o.id = c.provider_id
            WHERE {SCOPE} AND c.number = $3
            """,
            actor.platform,
            own_organisation(actor),
            number,
        )
        if row is None:
            raise NotFound
        complaint = row["id"]
        events = await fetch(
            db,
            "SELECT at, kind, audience, text FROM complaint_event WHERE complaint_id = $1 ORDER BY at, id",
            complaint,
        )
        subject = await _subject(db, keyring, complaint)
        marks = await fetch(db, MARKS, complaint) if subject else []
        promises = await fetch(db, PROMISES, complaint)
        if subject:
            await audit.record(db, actor, "complaint.name", str(number))
    return Read(
        **{**row, "funders": tuple(row["funders"])},
        marks=tuple(Mark(**mark) for mark in marks),
        events=tuple(Event(**event) for event in events),
        promises=tuple(Promise(**each) for each in promises),
        subject=subject,
    )


async def place_of(actor: Actor, number: int) -> str:
    """Give the département of a complaint, or answer 404."""
    async with scoped(actor) as db:
        sql = f"SELECT c.departement FROM complaint c WHERE {SCOPE} AND c.number = $3"
        row = await fetch_one(db, sql, actor.platform, own_organisation(actor), number)
    if row is None:
        raise NotFound
    return str(row["departement"])


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
        reference=reference_of(keyring, complaint),
    )


def own_organisation(actor: Actor) -> UUID | None:
    return actor.organisation if actor.role == Role.provider else None
