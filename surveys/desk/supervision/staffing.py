"""The calls planned for the next working days, read for the forecast of agents."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, fetch, fetch_one
from quality.directory.geography import place_in
from quality.web.platform import PlatformCard, card_of
from surveys.callbacks import calling_hours
from surveys.desk.supervision.forecast import Load, Need, Shift, needs, working_days
from surveys.protocol.calendar import next_slot

DAYS = 5
AT_LEAST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Staffing:
    """The next working days of the desk; `waiting` are the calls already due, which come on top."""

    days: tuple[date, ...]
    needs: tuple[Need, ...]
    calls_per_hour: int
    waiting: int
    has_shifts: bool


async def read(actor: Actor, now: datetime) -> Staffing:
    """Read what the engine planned: each phone attempt in its window, each wished call in its half-day."""
    card = await card_of(actor.platform)
    today = now.astimezone(card.zone).date()
    window = calling_hours("client", card.closing_days)
    days = working_days(today, place_in(card.zone), window, DAYS)
    async with scoped(actor) as db:
        settings = await fetch_one(db, SETTINGS, actor.platform, now)
        loads = await _loads(db, actor, days, card)
        rows = await fetch(db, SHIFTS, actor.platform)
    shifts = [Shift(**row) for row in rows]
    per_hour = settings["calls_per_hour"] if settings else 1
    return Staffing(
        days=days,
        needs=needs(loads, days, card.zone, per_hour, shifts),
        calls_per_hour=per_hour,
        waiting=settings["waiting"] if settings else 0,
        has_shifts=bool(shifts),
    )


async def _loads(db: Connection, actor: Actor, days: tuple[date, ...], card: PlatformCard) -> list[Load]:
    if not days:
        return []
    start, end = _midnight(days[0], card.zone), _midnight(days[-1] + timedelta(days=1), card.zone)
    planned = [Load(**row) for row in await fetch(db, PLANNED, actor.platform, start, end)]
    hours = calling_hours("client", card.closing_days)
    for row in await fetch(db, WISHED, actor.platform, start, end):
        slot = next_slot(row["due_at"], row["departement"], hours)
        if slot is not None and slot.closes_at - slot.opens_at >= AT_LEAST:
            planned.append(Load(slot.opens_at, slot.closes_at, row["calls"]))
    return planned


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


SETTINGS = """
SELECT p.calls_per_hour, (SELECT count(*) FROM call_case c WHERE c.platform_id = p.id AND c.state = 'open'
    AND c.referred_at IS NULL AND c.next_due_at <= $2 AND c.closes_at > $2) AS waiting
FROM platform p WHERE p.id = $1
"""
SHIFTS = """
SELECT starts_minute, ends_minute FROM desk_agent
WHERE platform_id = $1 AND starts_minute IS NOT NULL AND ends_minute IS NOT NULL
"""
PLANNED = """
SELECT a.opens_at, a.closes_at, count(*)::integer AS calls FROM attempt a
JOIN call_case c ON c.invitation_id = a.invitation_id AND c.kind = 'survey' AND c.state = 'open'
WHERE a.platform_id = $1 AND a.channel = 'phone' AND a.state IN ('planned', 'deferred')
  AND a.opens_at >= $2 AND a.opens_at < $3
GROUP BY a.opens_at, a.closes_at
"""
WISHED = """
SELECT c.next_due_at AS due_at, k.departement, count(*)::integer AS calls FROM call_case c
JOIN client k ON k.id = c.client_id
WHERE c.platform_id = $1 AND c.kind <> 'survey' AND c.state = 'open' AND c.referred_at IS NULL
  AND c.next_due_at >= $2 AND c.next_due_at < $3
GROUP BY c.next_due_at, k.departement
"""
