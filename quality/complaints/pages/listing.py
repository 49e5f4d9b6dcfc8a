"""Lists of complaints as their readers may see them: chosen by filters, what waits for the reader first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from quality import clock
from quality.access import audit
from quality.access.actor import STAFF, Actor, Role
from quality.access.scope import scoped
from quality.complaints.pages.acts import Standing
from quality.complaints.pages.filters import STATES, Filters
from quality.complaints.reading import DUE, SCOPE, Mark, own_organisation
from quality.db import Connection, fetch, fetch_value
from quality.keys import Keyring
from quality.web.paging import ROWS, Slice, first_row, placed

QUEUE_ROWS = 10
SEES_SERIOUS = frozenset({Role.platform, Role.supervisor})
# The nearest promise still to be kept: its own day may come before that of the complaint.
PROMISE = """
LEFT JOIN LATERAL (SELECT p.state, p.due_at FROM complaint_promise p
    WHERE p.complaint_id = c.id AND p.state IN ('promised', 'confirmed') ORDER BY p.due_at LIMIT 1) w ON true
"""
NEXT_DUE = f"LEAST({DUE}, w.due_at)"
OPEN = "c.state IN ('opened', 'acknowledged')"
OWN = f"(({OPEN} AND c.holder = 'provider') OR (c.state = 'remedied' AND w.state IS NOT NULL))"
MINE = "(c.state NOT IN ('closed', 'merged') AND c.owner_id = $5::uuid)"
TO_CALL = "(c.awaits_contact AND c.state = 'opened' AND c.unreached_at IS NULL)"
TO_REACH = "(c.awaits_contact AND c.state = 'opened' AND c.unreached_at IS NOT NULL)"
TO_HEAR = "(c.state = 'remedied' AND c.verdict_due_at <= $4)"
TO_DECIDE = f"(c.holder = 'platform' AND {OPEN})"
TO_PROTECT = "(c.is_serious AND c.handled_at IS NULL AND c.state <> 'closed')"
LATE = f"({NEXT_DUE} < $4)"
STAFF_S = f"({TO_PROTECT} OR {TO_CALL} OR {TO_REACH} OR {TO_DECIDE} OR {TO_HEAR} OR {LATE} OR {MINE})"
WAITS = {
    Role.provider: OWN,
    Role.agent: f"({TO_CALL} OR {TO_HEAR} OR {MINE})",
    Role.platform: STAFF_S,
    Role.supervisor: STAFF_S,
}
CHOSEN = f"""
{SCOPE} AND c.state = ANY ($3::text[]) AND ($6::text = '' OR c.kind = $6) AND ($7::text = '' OR o.code = $7)
AND ($8::text = '' OR c.holder = $8) AND (NOT $9::boolean OR {NEXT_DUE} < $4)
AND (NOT $10::boolean OR c.owner_id = $5::uuid) AND (NOT $11::boolean OR c.is_serious)
"""
TABLES = f"""
FROM complaint c JOIN organisation o ON o.id = c.provider_id {PROMISE}
LEFT JOIN complaint_subject s ON s.id = c.id AND s.is_disclosed
LEFT JOIN client k ON k.id = s.client_id
"""
COLUMNS = f"""
c.id, c.number, c.kind, c.state, c.disclosure, c.activity, c.departement, c.month, c.holder, c.position,
c.is_serious, c.handled_at, c.unreached_at, c.owner_id, o.name AS provider, {NEXT_DUE} AS due_at,
w.state AS promise, k.id AS client, k.name_cipher
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One complaint of a list; `name` is None when the client does not wish to be named."""

    id: UUID
    number: int
    kind: str
    state: str
    disclosure: str
    activity: str
    departement: str
    month: date
    holder: str
    position: str | None
    is_serious: bool
    handled_at: datetime | None
    unreached_at: datetime | None
    owner_id: UUID | None
    provider: str
    due_at: datetime | None
    promise: str | None
    is_waiting: bool
    name: str | None

    @property
    def standing(self) -> Standing:
        return Standing(
            self.state,
            self.disclosure,
            self.holder,
            self.position,
            self.is_serious,
            self.handled_at,
            self.promise,
            self.unreached_at,
        )


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for the reader most, the marks and the words they may read, and how many wait in all."""

    rows: tuple[Listed, ...]
    marks: dict[UUID, tuple[Mark, ...]]
    words: dict[UUID, str]
    total: int


async def listed(actor: Actor, keyring: Keyring, chosen: Filters, asked: str, address: str) -> Slice[Listed]:
    """Give a page of complaints: what waits for the reader first, then the nearest due."""
    async with scoped(actor) as db:
        values = _values(actor, chosen)
        total = int(await fetch_value(db, f"SELECT count(*) {TABLES} WHERE {CHOSEN}", *values))
        start = first_row(asked, total)
        rows = await _rows(db, actor, keyring, (*values, ROWS, start))
        await _names_read(db, actor, rows)
    return placed(rows, start, total, address)


async def queue(actor: Actor, rows: Sequence[Listed]) -> Queue:
    """Give what waits for the reader among the first rows of the usual list, and how many wait in all."""
    waiting = tuple(row for row in rows[:QUEUE_ROWS] if row.is_waiting)
    async with scoped(actor) as db:
        marks, words = await _marks(db, waiting), await _words(db, waiting)
    return Queue(waiting, marks, words, await count_waiting(actor))


async def count_waiting(actor: Actor) -> int:
    """Count what waits for an actor, for the menu and the head of the list."""
    async with scoped(actor) as db:
        sql = f"SELECT count(*) {TABLES} WHERE {CHOSEN} AND {WAITS[Role(actor.role)]}"
        return int(await fetch_value(db, sql, *_values(actor, Filters())))


async def providers(actor: Actor) -> dict[str, str]:
    """Name the organisations that have a complaint, by code."""
    if actor.role not in STAFF:
        return {}
    async with scoped(actor) as db:
        rows = await fetch(
            db,
            """
            SELECT o.code, o.name FROM organisation o WHERE o.platform_id = $1 AND o.kind = 'provider'
            AND EXISTS (SELECT 1 FROM complaint c WHERE c.provider_id = o.id) ORDER BY o.name, o.code
            LIMIT 1000
            """,
            actor.platform,
        )
    return {row["code"]: row["name"] for row in rows}


def _values(actor: Actor, chosen: Filters) -> tuple[object, ...]:
    return (
        actor.platform,
        own_organisation(actor),
        list(STATES[chosen.etat]),
        clock.now(),
        actor.account,
        chosen.motif,
        chosen.organisme,
        chosen.main,
        bool(chosen.retard),
        bool(chosen.suivi),
        bool(chosen.gravite),
    )


async def _rows(
    db: Connection, actor: Actor, keyring: Keyring, values: Sequence[object]
) -> tuple[Listed, ...]:
    rows = await fetch(
        db,
        f"""
        SELECT {COLUMNS}, {WAITS[Role(actor.role)]} IS TRUE AS is_waiting {TABLES} WHERE {CHOSEN}
        ORDER BY is_waiting DESC, {TO_PROTECT} DESC, {TO_CALL} DESC, {TO_REACH} DESC,
                 due_at NULLS LAST, c.number DESC LIMIT $12 OFFSET $13
        """,
        *values,
    )
    return tuple(_listed(row, keyring) for row in rows)


def _listed(row: dict[str, Any], keyring: Keyring) -> Listed:
    client, cipher = row.pop("client"), row.pop("name_cipher")
    return Listed(**row, name=keyring.decrypt(cipher, "client.name", client) if client else None)


async def _marks(db: Connection, rows: Sequence[Listed]) -> dict[UUID, tuple[Mark, ...]]:
    """Read the low marks behind the complaints whose client the reader may name."""
    named = [row.id for row in rows if row.name]
    found: dict[UUID, tuple[Mark, ...]] = {}
    for mark in await fetch(
        db,
        """
        SELECT complaint_id, item, value, created_at AS at FROM signal
        WHERE complaint_id = ANY ($1::uuid[]) AND value BETWEEN 1 AND 2 ORDER BY created_at, item
        """,
        named,
    ):
        complaint = mark.pop("complaint_id")
        found[complaint] = (*found.get(complaint, ()), Mark(**mark))
    return found


async def _words(db: Connection, rows: Sequence[Listed]) -> dict[UUID, str]:
    """Read what was last said by the clients whom the reader may name."""
    named = [row.id for row in rows if row.name]
    last = await fetch(
        db,
        """
        SELECT DISTINCT ON (complaint_id) complaint_id, text FROM complaint_event
        WHERE complaint_id = ANY ($1::uuid[]) AND kind IN ('told', 'message')
          AND audience IN ('client', 'all')
        ORDER BY complaint_id, at DESC, id DESC
        """,
        named,
    )
    return {row["complaint_id"]: row["text"] for row in last}


async def _names_read(db: Connection, actor: Actor, rows: Sequence[Listed]) -> None:
    named = [each.number for each in rows if each.name]
    if named:
        await audit.record(db, actor, "complaint.names", "list", {"numbers": named})
