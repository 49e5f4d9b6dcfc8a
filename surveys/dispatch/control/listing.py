"""The messages and calls of a platform, the latest first: by state, channel, reason or reference.

A page is a few rows of the newest months: an attempt lives a month at most after its visit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from quality import clock
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch
from quality.ids import uuid7_floor
from quality.keys import Keyring
from surveys.dispatch.home import OLDEST, REASONS
from surveys.dispatch.saying import request_said

A_PAGE = 50
STOPPED = frozenset({"uncertain", "dead"})


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page starts: after a message (older ones), or before it (the newer ones just above)."""

    attempt: UUID
    is_back: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages are read; no `states` are all of them, empty words choose nothing."""

    states: tuple[str, ...] = ()
    channel: str = ""
    reason: str = ""
    reference: str = ""
    cursor: Cursor | None = None

    @property
    def reasons(self) -> list[str]:
        """List the reasons that are said by the same words."""
        words = REASONS.get(self.reason)
        return [code for code, said in REASONS.items() if said == words]


@dataclass(frozen=True, slots=True)
class Message:
    """One message or call; `visit` is None about a complaint."""

    id: UUID
    channel: str
    state: str
    reason: str | None
    opens_at: datetime
    sent_at: datetime | None
    settled_at: datetime | None
    provider: str
    reference: str
    visit: UUID | None


@dataclass(frozen=True, slots=True)
class Messages:
    """One page, and whether others stand above and below."""

    rows: tuple[Message, ...]
    has_newer: bool
    has_older: bool


async def read(actor: Actor, keyring: Keyring, wanted: Wanted) -> Messages:
    """Read one page of the messages wanted."""
    async with scoped(actor) as db:
        await execute(db, "SET LOCAL plan_cache_mode = force_custom_plan")
        requests = await _requests(db, actor, keyring, wanted.reference) if wanted.reference else None
        sql, values = _statement(actor, wanted, requests)
        rows = await fetch(db, sql, *values)
    goes_on, kept, cursor = len(rows) > A_PAGE, rows[:A_PAGE], wanted.cursor
    is_back = cursor is not None and cursor.is_back
    found = tuple(Message(**row) for row in (reversed(kept) if is_back else kept))
    return Messages(found, goes_on if is_back else cursor is not None, is_back or goes_on)


async def _requests(db: Connection, actor: Actor, keyring: Keyring, reference: str) -> Sequence[UUID]:
    """Find the requests about a visit, by its own reference or by the one said after an answer."""
    rows = await fetch(db, BY_REFERENCE, actor.platform, reference)
    said = None if rows else await request_said(db, keyring, actor.platform, reference)
    return [said] if said else [row["id"] for row in rows]


# A reference is unique within a provider: each is looked for in the index of its own.
BY_REFERENCE = """
SELECT r.id FROM intervention_key k JOIN invitation r ON r.occasion_id = k.id
WHERE k.platform_id = $1 AND k.reference = $2
  AND k.provider_id = ANY (ARRAY (SELECT p.id FROM organisation p
      WHERE p.platform_id = $1 AND p.kind = 'provider'))
"""
# The page is cut before its rows are completed, each looked up by its id (OFFSET 0): joined first, all the
# clients of the platform would be read.
PAGE = """
SELECT a.id, a.invitation_id, a.client_id, a.channel, a.state, a.reason, a.opens_at, a.sent_at, a.settled_at
FROM attempt a WHERE a.platform_id = $1
"""
COMPLETED = """
SELECT a.id, a.channel, a.state, a.reason, a.opens_at, a.sent_at, a.settled_at,
       i.provider_name AS provider, c.reference, i.occasion_id AS visit
FROM page a
CROSS JOIN LATERAL (SELECT i.provider_name, i.occasion_id FROM invitation i
                    WHERE i.id = a.invitation_id OFFSET 0) i
CROSS JOIN LATERAL (SELECT c.reference FROM client c WHERE c.id = a.client_id OFFSET 0) c
"""


def _statement(actor: Actor, wanted: Wanted, requests: Sequence[UUID] | None) -> tuple[str, Sequence[object]]:
    cursor = wanted.cursor
    chosen: list[tuple[str, object]] = [("a.id >= {}", uuid7_floor(clock.now() - OLDEST))]
    if requests is not None or (wanted.states and {*wanted.states} <= STOPPED):
        chosen = []  # few, whatever their age
    if wanted.states:
        chosen.append(("a.state = ANY ({}::text[])", list(wanted.states)))
    if wanted.channel:
        chosen.append(("a.channel = {}", wanted.channel))
    if wanted.reason:
        chosen.append(("a.reason = ANY ({}::text[])", wanted.reasons))
    if requests is not None:
        chosen.append(("a.invitation_id = ANY ({}::uuid[])", list(requests)))
    if cursor is not None:
        chosen.append((f"a.id {'>' if cursor.is_back else '<'} {{}}", cursor.attempt))
    kept = "".join(f" AND {line.format(f'${n}')}" for n, (line, _) in enumerate(chosen, start=2))
    order = "ASC" if cursor is not None and cursor.is_back else "DESC"
    values = [actor.platform, *(value for _, value in chosen)]
    page = f"{PAGE}{kept} ORDER BY a.id {order} LIMIT {A_PAGE + 1}"
    return f"WITH page AS MATERIALIZED ({page}) {COMPLETED} ORDER BY a.id {order}", values
