"""Calls that a person asks for: half-days to choose from, one open call per invitation, never a complaint."""

from datetime import date, datetime, timedelta
from uuid import UUID

from quality.db import Connection, execute, fetch_value
from quality.ids import uuid7
from surveys.priorities import PRIORITY
from surveys.protocol.calendar import Slot, Window, next_slot
from surveys.protocol.definition import Audience, Channel, load
from surveys.response import InvitedVisit

OFFERED = 6
NOTICE = timedelta(hours=1)
# A wished call that could not be made in its half-day is still owed for a week.
OWED_FOR = timedelta(days=7)
# Why a case waits for a supervisor, as a supervisor reads it: agents see nothing of a serious event.
SERIOUS = "Événement grave\u202f: l’appel est fait par un superviseur."


def calling_hours(audience: str, closed: frozenset[date]) -> Window:
    """Give the hours in which a client, or a relative, is called by a platform with its closing days."""
    return load("default").without_calls_on(closed).window(Channel.PHONE, Audience(audience))


def half_days(
    now: datetime,
    departement: str,
    audience: str = "client",
    count: int = OFFERED,
    *,
    closed: frozenset[date] = frozenset(),
) -> tuple[Slot, ...]:
    """List the next half-days that can be promised: whole ones, save the present one with an hour left.

    >>> from datetime import UTC
    >>> slots = half_days(datetime(2026, 11, 24, 9, 30, tzinfo=UTC), "34", count=2)
    >>> [slot.opens_at.strftime("%d %H:%M") for slot in slots]
    ['24 09:30', '24 13:00']
    """
    window = calling_hours(audience, closed)
    found: list[Slot] = []
    after = now
    while len(found) < count and (slot := next_slot(after, departement, window)):
        after = slot.closes_at
        if slot.closes_at - max(slot.opens_at, now) >= NOTICE:
            found.append(slot)
    return tuple(found)


async def ask(db: Connection, visit: InvitedVisit, slot: Slot, now: datetime) -> None:
    """Put the call of this invitation in the desk's queue, or move the one that waits there."""
    await execute(
        db,
        """
        INSERT INTO call_case (id, platform_id, kind, client_id, invitation_id, state, next_due_at, closes_at,
            created_at, priority, language)
        VALUES ($1, $2, 'callback', $3, $4, 'open', $5, $6, $7, $8, $9)
        ON CONFLICT (invitation_id) WHERE kind = 'callback' AND state <> 'done'
        DO UPDATE SET next_due_at = excluded.next_due_at, closes_at = excluded.closes_at
        """,
        uuid7(now),
        visit.platform_id,
        visit.client_id,
        visit.id,
        slot.opens_at,
        slot.closes_at + OWED_FOR,
        now,
        PRIORITY["callback"],
        visit.language,
    )


async def call_first(db: Connection, visit: InvitedVisit, complaint: UUID, slot: Slot, now: datetime) -> None:
    """Put the call that a complaint awaits in the queue; one taken back before is asked for again."""
    await execute(
        db,
        """
        INSERT INTO call_case (id, platform_id, kind, client_id, invitation_id, complaint_id, state,
            next_due_at, closes_at, created_at, priority, language)
        VALUES ($1, $2, 'complaint', $3, $4, $5, 'open', $6, $7, $8, $9, $10)
        ON CONFLICT (complaint_id) WHERE kind = 'complaint'
        DO UPDATE SET state = 'open', outcome = NULL, closed_at = NULL, next_due_at = excluded.next_due_at,
            closes_at = excluded.closes_at, invitation_id = excluded.invitation_id
        WHERE call_case.state = 'done'
        """,
        uuid7(now),
        visit.platform_id,
        visit.client_id,
        visit.id,
        complaint,
        slot.opens_at,
        slot.closes_at + OWED_FOR,
        now,
        PRIORITY["complaint"],
        visit.language,
    )


async def move(db: Connection, complaint: UUID, slot: Slot) -> bool:
    """Take the half-day chosen for the call that a complaint awaits; say whether one does."""
    moved = await fetch_value(
        db,
        """
        UPDATE call_case SET next_due_at = $2, closes_at = $3
        WHERE complaint_id = $1 AND kind = 'complaint' AND state <> 'done' RETURNING id
        """,
        complaint,
        slot.opens_at,
        slot.closes_at + OWED_FOR,
    )
    return moved is not None


async def withdraw(db: Connection, visit: InvitedVisit, now: datetime) -> None:
    """Take back the call of this invitation, unless somebody is making it."""
    await execute(db, f"{WITHDRAW} invitation_id = $1 AND kind = 'callback'", visit.id, now)


async def withdraw_first(db: Connection, complaint: UUID, now: datetime) -> None:
    """Take back the call that a complaint awaited, unless somebody is making it."""
    await execute(db, f"{WITHDRAW} complaint_id = $1 AND kind = 'complaint'", complaint, now)


# The instant from which the person is called, when a call is owed for an invitation or for its complaint.
OWED = """
SELECT least(
    (SELECT next_due_at FROM call_case
     WHERE invitation_id = {invitation} AND kind = 'callback' AND state <> 'done'),
    (SELECT next_due_at FROM call_case
     WHERE complaint_id = {complaint} AND kind = 'complaint' AND state <> 'done')
)
"""
WITHDRAW = """
UPDATE call_case SET state = 'done', outcome = 'withdrawn', closed_at = $2 WHERE state = 'open' AND
"""
