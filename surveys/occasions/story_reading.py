"""The SQL of one visit's story: the visit, the decision with its draw, each message and call, and the end.

A provider reads what its own lines say: the ruling that the database chose for it, and nothing of messages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, fetch, fetch_one
from quality.errors import NotFound
from surveys.occasions.reading import RULING_FOR_PROVIDER, RULING_FOR_STAFF, is_staff


@dataclass(frozen=True, slots=True)
class Occasion:
    """One visit with its ruling; `reason` and what follows it are None for a provider."""

    id: UUID
    reference: str
    activity: str
    departement: str
    status: str
    at: datetime
    received_at: datetime
    provider: str
    ruling: str
    reason: str | None
    decided_at: datetime | None
    draw: float | None
    stratum: UUID | None
    quarter: str | None
    target: int | None
    expected: int | None


@dataclass(frozen=True, slots=True)
class Message:
    """One message or call of a request, as it stands."""

    channel: str
    template: str
    audience: str
    state: str
    reason: str | None
    opens_at: datetime
    closes_at: datetime
    sent_at: datetime | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class ToldInvitation:
    """What was asked of somebody about the visit: until when, and how it ended."""

    audience: str
    closes_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    closed_reason: str | None
    arm: str
    messages: tuple[Message, ...]


async def occasion(actor: Actor, visit: UUID) -> tuple[Occasion, tuple[ToldInvitation, ...]]:
    """Read a visit that the actor may see, with its requests for the staff; another's does not exist."""
    async with scoped(actor) as db:
        row = await fetch_one(db, FOR_STAFF if is_staff(actor) else FOR_PROVIDER, *_values(actor, visit))
        if row is None:
            raise NotFound
        requests = await _requests(db, visit) if is_staff(actor) else ()
    return Occasion(**row), requests


def _values(actor: Actor, visit: UUID) -> tuple[UUID | None, ...]:
    return (visit, actor.platform) if is_staff(actor) else (visit, actor.platform, actor.organisation)


COLUMNS = """
SELECT i.id, i.reference, i.activity, i.departement, i.status, coalesce(i.started_at, i.planned_start) AS at,
       greatest(i.received_at, i.updated_at) AS received_at, p.name AS provider
"""
FOR_STAFF = f"""
{COLUMNS}, {RULING_FOR_STAFF} AS ruling, o.reason, o.decided_at, o.draw, s.id AS stratum, s.quarter, s.target,
       s.expected
FROM intervention i JOIN organisation p ON p.id = i.provider_id LEFT JOIN occasion o ON o.id = i.id
LEFT JOIN stratum s ON s.id = o.stratum_id WHERE i.id = $1 AND i.platform_id = $2
"""
FOR_PROVIDER = f"""
{COLUMNS}, {RULING_FOR_PROVIDER} AS ruling, NULL AS reason, NULL::timestamptz AS decided_at,
       NULL::float8 AS draw, NULL::uuid AS stratum, NULL AS quarter, NULL::integer AS target,
       NULL::integer AS expected
FROM intervention i JOIN organisation p ON p.id = i.provider_id LEFT JOIN provider_occasion o ON o.id = i.id
WHERE i.id = $1 AND i.platform_id = $2 AND i.provider_id = $3
"""
REQUESTS = """
SELECT id, audience, closes_at, answered_at, closed_at, closed_reason, arm FROM invitation
WHERE occasion_id = $1 AND collector = 'platform' ORDER BY id
"""
MESSAGES = """
SELECT a.invitation_id, a.channel, a.template, a.audience, a.state, a.reason, a.opens_at, a.closes_at,
       a.sent_at, a.settled_at
FROM attempt a WHERE a.invitation_id = ANY ($1::uuid[]) ORDER BY a.id
"""


async def _requests(db: Connection, visit: UUID) -> tuple[ToldInvitation, ...]:
    rows = await fetch(db, REQUESTS, visit)
    messages = await fetch(db, MESSAGES, [row["id"] for row in rows])
    return tuple(_request(row, messages) for row in rows)


def _request(row: dict[str, Any], messages: Sequence[dict[str, Any]]) -> ToldInvitation:
    identity = row.pop("id")
    own = [dict(each) for each in messages if each["invitation_id"] == identity]
    for each in own:
        del each["invitation_id"]
    return ToldInvitation(**row, messages=tuple(Message(**each) for each in own))
