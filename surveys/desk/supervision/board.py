"""The live board of the desk: who waits and since when, what is going on, what was settled today."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import fetch, fetch_one
from quality.web.platform import card_of
from surveys.desk.queueing.queue import DUE

LATE_AFTER = timedelta(hours=4)
SHOWN = 30


@dataclass(frozen=True, slots=True)
class Kind:
    """The calls of one reason: due now, late, and to come today in each part of the day."""

    kind: str
    due: int
    late: int
    morning: int
    afternoon: int


@dataclass(frozen=True, slots=True)
class Going:
    """A call going on: who makes it, why, since when. They are in the order of their start, never ranked."""

    agent: str
    kind: str
    since: datetime | None
    is_incoming: bool


@dataclass(frozen=True, slots=True)
class Agreed:
    at: datetime
    kind: str
    departement: str
    provider: str


@dataclass(frozen=True, slots=True)
class Referred:
    """A case that waits for a supervisor."""

    case: UUID
    kind: str
    why: str
    since: datetime
    departement: str
    provider: str


@dataclass(frozen=True, slots=True)
class Board:
    kinds: tuple[Kind, ...]
    going: tuple[Going, ...]
    agreed: tuple[Agreed, ...]
    referred: tuple[Referred, ...]
    calls_today: int
    situations_today: int
    to_review: int
    lines: int


async def read(actor: Actor, now: datetime) -> Board:
    zone = (await card_of(actor.platform)).zone
    midnight = _midnight(now, zone)
    tomorrow = _midnight(midnight + timedelta(hours=36), zone)
    async with scoped(actor) as db:
        kinds = await fetch(db, KINDS, actor.platform, now, now - LATE_AFTER, tomorrow, str(zone))
        going = await fetch(db, GOING, actor.platform, SHOWN)
        agreed = await fetch(db, AGREED, actor.platform, now - timedelta(hours=2), tomorrow, SHOWN)
        referred = await fetch(db, REFERRED, actor.platform, SHOWN)
        counts: dict[str, Any] = await fetch_one(db, COUNTS, actor.platform, midnight) or {}
    return Board(
        kinds=tuple(Kind(**row) for row in kinds),
        going=tuple(Going(**row) for row in going),
        agreed=tuple(Agreed(**row) for row in agreed),
        referred=tuple(Referred(**row) for row in referred),
        **counts,
    )


def _midnight(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


HOUR = "(c.next_due_at AT TIME ZONE $5)::time"
KINDS = f"""
SELECT c.kind, count(*) FILTER (WHERE {DUE}) AS due,
       count(*) FILTER (WHERE {DUE} AND c.next_due_at <= $3) AS late,
       count(*) FILTER (WHERE c.next_due_at > $2 AND {HOUR} < '13:00') AS morning,
       count(*) FILTER (WHERE c.next_due_at > $2 AND {HOUR} >= '13:00') AS afternoon
FROM call_case c
WHERE c.platform_id = $1 AND c.state = 'open' AND c.referred_at IS NULL AND c.closes_at > $2
  AND c.next_due_at < $4
GROUP BY c.kind ORDER BY min(c.priority), c.kind
"""
GOING = """
SELECT coalesce(a.name, '') AS agent, c.kind, c.picked_at AS since, c.is_incoming
FROM call_case c LEFT JOIN account a ON a.id = c.agent_id
WHERE c.platform_id = $1 AND c.state = 'held' AND c.lease_until > now() ORDER BY c.picked_at, c.id LIMIT $2
"""
AGREED = """
SELECT c.next_due_at AS at, c.kind, k.departement, o.name AS provider
FROM call_case c JOIN client k ON k.id = c.client_id JOIN organisation o ON o.id = k.provider_id
WHERE c.platform_id = $1 AND c.state = 'open' AND c.outcome = 'appointment' AND c.next_due_at >= $2
  AND c.next_due_at < $3 ORDER BY c.next_due_at, c.id LIMIT $4
"""
REFERRED = """
SELECT c.id AS "case", c.kind, c.referred_why AS why, c.referred_at AS since, k.departement,
       o.name AS provider
FROM call_case c JOIN client k ON k.id = c.client_id JOIN organisation o ON o.id = k.provider_id
WHERE c.platform_id = $1 AND c.state = 'open' AND c.referred_at IS NOT NULL
ORDER BY c.referred_at, c.id LIMIT $2
"""
COUNTS = """
SELECT count(*) FILTER (WHERE ended_at >= $2) AS calls_today,
       count(*) FILTER (WHERE ended_at >= $2 AND is_situation) AS situations_today,
       count(*) FILTER (WHERE is_sampled AND reviewed_at IS NULL) AS to_review,
       (SELECT call_lines FROM platform WHERE id = $1) AS lines
FROM call_log WHERE platform_id = $1
"""
