"""What the ladder reads of complaints, in the worker's pool: the facts of one, and which to read now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from quality.complaints.ladder.steps import Facts, Promise, Transmission, due_steps, next_step_at
from quality.db import Connection, execute, fetch, fetch_one

# What no trigger sees (another calendar of holidays in a new version of this code) is seen within a day.
READ_AGAIN = timedelta(days=1)
COLUMNS = """
c.id, c.platform_id, c.provider_id, c.number, c.kind, c.funders, c.state, c.disclosure, c.holder, c.position,
c.departement, c.round, c.opened_at, c.acknowledge_due_at, c.solution_due_at, c.alert_due_at,
c.verdict_due_at, c.verdict_asked_at, c.is_serious, c.is_shared, c.handled_at, c.unreached_at,
coalesce(c.funder_consent, false) AS funder_consent, cardinality(c.funders) > 0 AS has_funder,
f.mediator <> '' AS has_mediator, f.mediator, f.name AS platform,
o.name AS provider, o.on_call_name, o.on_call_phone,
(SELECT jsonb_agg(jsonb_build_object('kind', n.kind, 'round', n.round, 'at', n.at))
 FROM complaint_notice n WHERE n.complaint_id = c.id) AS told,
(SELECT jsonb_agg(jsonb_build_object('id', p.id, 'state', p.state, 'made_at', p.made_at, 'due_at', p.due_at)
                  ORDER BY p.made_at, p.id)
 FROM complaint_promise p WHERE p.complaint_id = c.id) AS promises,
(SELECT jsonb_agg(e.id ORDER BY e.at, e.id)
 FROM complaint_event e WHERE e.complaint_id = c.id AND e.kind IN ('message', 'client_file')) AS messages,
(SELECT jsonb_agg(jsonb_build_object('id', t.id, 'is_answered', t.answered_at IS NOT NULL, 'at', t.at)
                  ORDER BY t.at, t.id)
 FROM complaint_transmission t WHERE t.complaint_id = c.id) AS transmissions
"""
FROM = """
FROM complaint c JOIN platform f ON f.id = c.platform_id JOIN organisation o ON o.id = c.provider_id
"""
# Those that were written since, and those of which the instant has come (the trigger and `read_again_at`).
DUE = """
SELECT c.id, c.next_step_at FROM complaint c WHERE (c.next_step_at, c.id) > ($2, $3) AND c.next_step_at <= $1
ORDER BY c.next_step_at, c.id LIMIT $4 FOR NO KEY UPDATE SKIP LOCKED
"""
MANY = f"SELECT {COLUMNS} {FROM} WHERE c.id = ANY ($1::uuid[])"
ONE = f"SELECT {COLUMNS} {FROM} WHERE c.id = $1"
# A line written meanwhile only needs the complaint to be there: its key is not locked.
LOCK = "SELECT id FROM complaint WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED"
# Whoever changes a promise locks it, then its complaint: to wait for it here would be to wait for each other.
LOCK_PROMISES = """
SELECT id FROM complaint_promise WHERE complaint_id = $1 ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""
PROMISES = "SELECT id FROM complaint_promise WHERE complaint_id = $1"
WAIT = """
UPDATE complaint c SET next_step_at = w.at FROM unnest($1::uuid[], $2::timestamptz[]) AS w (id, at)
WHERE c.id = w.id
"""
PAGE = 500
Place = tuple[datetime, UUID]  # of a complaint, in the order in which they are read
START: Place = (datetime.min.replace(tzinfo=UTC), UUID(int=0))


@dataclass(frozen=True, slots=True)
class Held:
    """A complaint as the ladder holds it: its row, and the facts that decide."""

    row: dict[str, Any]
    facts: Facts


@dataclass(frozen=True, slots=True)
class Page:
    """What was read at once: the complaints that have a step to take, and where the next page starts."""

    moving: tuple[UUID, ...]
    end: Place | None


async def sift(db: Connection, now: datetime, after: Place = START) -> Page:
    """Read a page of the complaints due to be read, in an open transaction; those with no step wait again."""
    due = await fetch(db, DUE, now, *after, PAGE)
    found = [_held(row) for row in await fetch(db, MANY, [row["id"] for row in due])] if due else []
    idle = [each for each in found if not due_steps(each.facts, now)]
    await wait(db, idle, now)
    stay = {each.row["id"] for each in idle}
    end = (due[-1]["next_step_at"], due[-1]["id"]) if len(due) == PAGE else None
    return Page(tuple(row["id"] for row in due if row["id"] not in stay), end)


async def wait(db: Connection, idle: Iterable[Held], now: datetime) -> None:
    """Write when each complaint, locked meanwhile, is read again."""
    when = {each.row["id"]: read_again_at(each.facts, now) for each in idle}
    await execute(db, WAIT, list(when), list(when.values()))


def read_again_at(facts: Facts, now: datetime) -> datetime | None:
    """Give the next instant of a complaint, at most a day away while it is alive."""
    at = next_step_at(facts, now)
    if not facts.is_alive:
        return at
    return min(at or now + READ_AGAIN, now + READ_AGAIN)


async def held(db: Connection, complaint: UUID) -> Held | None:
    """Lock one complaint and read it; None when somebody else has it, or one of its promises."""
    if await fetch_one(db, LOCK, complaint) is None:
        return None
    locked = await fetch(db, LOCK_PROMISES, complaint)
    if len(locked) < len(await fetch(db, PROMISES, complaint)):
        return None
    row = await fetch_one(db, ONE, complaint)
    return _held(row) if row else None


class _Notice(msgspec.Struct):
    kind: str
    round: int
    at: datetime


class _Promise(msgspec.Struct):
    id: UUID
    state: str
    made_at: datetime
    due_at: datetime


class _Transmission(msgspec.Struct):
    id: UUID
    is_answered: bool
    at: datetime


_notices = msgspec.json.Decoder(list[_Notice])
_promises = msgspec.json.Decoder(list[_Promise])
_messages = msgspec.json.Decoder(tuple[UUID, ...])
_transmissions = msgspec.json.Decoder(list[_Transmission])
PLAIN = (
    *("state", "disclosure", "holder", "position", "departement", "round", "opened_at", "acknowledge_due_at"),
    *(
        "solution_due_at",
        "alert_due_at",
        "verdict_due_at",
        "verdict_asked_at",
        "is_serious",
        "is_shared",
        "handled_at",
        "unreached_at",
    ),
    *("funder_consent", "has_funder", "has_mediator"),
)


def _held(row: dict[str, Any]) -> Held:
    told = _notices.decode(row["told"] or "[]")
    facts = Facts(
        **{name: row[name] for name in PLAIN},
        told={(each.kind, each.round): each.at for each in told},
        promises=tuple(
            Promise(each.id, each.state, each.made_at, each.due_at)
            for each in _promises.decode(row["promises"] or "[]")
        ),
        messages=_messages.decode(row["messages"] or "[]"),
        transmissions=tuple(
            Transmission(each.id, each.is_answered, each.at)
            for each in _transmissions.decode(row["transmissions"] or "[]")
        ),
    )
    return Held(row, facts)
