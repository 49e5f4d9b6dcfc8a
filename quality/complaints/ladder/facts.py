"""What the ladder reads of complaints, in the worker's pool: the facts of one, and of all that may move."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from quality.complaints.ladder.steps import Facts, Promise, Transmission
from quality.db import Connection, fetch, fetch_one

# A closed complaint still hears its client and its funder for a while.
HEARD_FOR = timedelta(days=90)
COLUMNS = """
c.id, c.platform_id, c.provider_id, c.number, c.kind, c.funders, c.state, c.disclosure, c.holder, c.position,
c.departement, c.round, c.opened_at, c.acknowledge_due_at, c.solution_due_at, c.alert_due_at,
c.verdict_due_at, c.verdict_asked_at, c.is_serious, c.is_shared, c.handled_at,
coalesce(c.funder_consent, false) AS funder_consent, cardinality(c.funders) > 0 AS has_funder,
f.mediator <> '' AS has_mediator, f.mediator, f.name AS platform,
o.name AS provider, o.on_call_name, o.on_call_phone,
(SELECT jsonb_agg(jsonb_build_object('kind', n.kind, 'round', n.round, 'at', n.at))
 FROM complaint_notice n WHERE n.complaint_id = c.id) AS told,
(SELECT jsonb_agg(jsonb_build_object('id', p.id, 'state', p.state, 'made_at', p.made_at, 'due_at', p.due_at)
                  ORDER BY p.made_at, p.id)
 FROM complaint_promise p WHERE p.complaint_id = c.id) AS promises,
(SELECT jsonb_agg(e.id ORDER BY e.at, e.id)
 FROM complaint_event e WHERE e.complaint_id = c.id AND e.kind = 'message') AS messages,
(SELECT jsonb_agg(jsonb_build_object('id', t.id, 'is_answered', t.answered_at IS NOT NULL, 'at', t.at)
                  ORDER BY t.at, t.id)
 FROM complaint_transmission t WHERE t.complaint_id = c.id) AS transmissions
"""
FROM = """
FROM complaint c JOIN platform f ON f.id = c.platform_id JOIN organisation o ON o.id = c.provider_id
"""
MOVING = f"""
SELECT {COLUMNS} {FROM}
WHERE c.id > $1 AND (c.state IN ('opened', 'acknowledged', 'remedied')
   OR (c.state = 'closed' AND c.closed_at > $2)
   OR EXISTS (SELECT 1 FROM complaint_promise p
              WHERE p.complaint_id = c.id AND p.state IN ('promised', 'confirmed') AND p.due_at < $3))
ORDER BY c.id LIMIT $4
"""
ONE = f"SELECT {COLUMNS} {FROM} WHERE c.id = $1"
# A line written meanwhile only needs the complaint to be there: its key is not locked.
LOCK = "SELECT id FROM complaint WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED"
LOCK_PROMISES = "SELECT id FROM complaint_promise WHERE complaint_id = $1 ORDER BY id FOR NO KEY UPDATE"
PAGE = 500
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Held:
    """A complaint as the ladder holds it: its row, and the facts that decide."""

    row: dict[str, Any]
    facts: Facts


async def moving(db: Connection, now: datetime, after: UUID = NOBODY) -> list[Held]:
    """Read a page of the complaints to which something may still happen."""
    rows = await fetch(db, MOVING, after, now - HEARD_FOR, now, PAGE)
    return [_held(row) for row in rows]


async def held(db: Connection, complaint: UUID) -> Held | None:
    """Lock one complaint and read it; None when another worker has it."""
    if await fetch_one(db, LOCK, complaint) is None:
        return None
    await fetch(db, LOCK_PROMISES, complaint)
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
