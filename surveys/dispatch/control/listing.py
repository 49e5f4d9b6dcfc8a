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
from surveys.dispatch.control.counting import BLOCKED
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
class Choice:
    """Messages of some states, for some reasons `only`, or for any `but` some; no state is all of them."""

    states: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    but: tuple[str, ...] = ()

    def holds(self, state: str, reason: str) -> bool:
        """Tell whether a message is of this choice.

        >>> Choice(("failed",), but=("unsure",)).holds("failed", "unsure")
        False
        """
        is_its_reason = reason in self.only if self.only else reason not in self.but
        return is_its_reason and (not self.states or state in self.states)


EVERY = Choice()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages are read; empty words choose nothing; `blocked_since` keeps what has not left since."""

    choice: Choice = EVERY
    channel: str = ""
    reason: str = ""
    reference: str = ""
    blocked_since: datetime | None = None
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
    """One page, and whether others stand above and below; `unasked` is a visit wanted that has no message."""

    rows: tuple[Message, ...]
    has_newer: bool
    has_older: bool
    unasked: UUID | None = None


async def read(actor: Actor, keyring: Keyring, wanted: Wanted) -> Messages:
    """Read one page of the messages wanted."""
    async with scoped(actor) as db:
        await execute(db, "SET LOCAL plan_cache_mode = force_custom_plan")
        requests = await _requests(db, actor, keyring, wanted.reference) if wanted.reference else None
        sql, values = _statement(actor, wanted, requests)
        rows = await fetch(db, sql, *values)
        unasked = await _unasked(db, actor, wanted.reference) if requests == [] else None
    goes_on, kept, cursor = len(rows) > A_PAGE, rows[:A_PAGE], wanted.cursor
    is_back = cursor is not None and cursor.is_back
    found = tuple(Message(**row) for row in (reversed(kept) if is_back else kept))
    return Messages(found, goes_on if is_back else cursor is not None, is_back or goes_on, unasked)


async def _requests(db: Connection, actor: Actor, keyring: Keyring, reference: str) -> Sequence[UUID]:
    """Find the requests about a visit, by its own reference or by the one said after an answer."""
    rows = await fetch(db, BY_REFERENCE, actor.platform, reference)
    said = None if rows else await request_said(db, keyring, actor.platform, reference)
    return [said] if said else [row["id"] for row in rows]


async def _unasked(db: Connection, actor: Actor, reference: str) -> UUID | None:
    """Find a visit that nobody was asked about."""
    rows = await fetch(db, VISITS, actor.platform, reference)
    return rows[0]["id"] if rows else None


# A reference is unique within a provider: each is looked for in the index of its own.
OF_REFERENCE = """
WHERE k.platform_id = $1 AND k.reference = $2
  AND k.provider_id = ANY (ARRAY (SELECT p.id FROM organisation p
      WHERE p.platform_id = $1 AND p.kind = 'provider'))
"""
BY_REFERENCE = f"SELECT r.id FROM intervention_key k JOIN invitation r ON r.occasion_id = k.id {OF_REFERENCE}"
VISITS = f"SELECT k.id FROM intervention_key k {OF_REFERENCE} ORDER BY k.id DESC LIMIT 1"
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


def _chosen(choice: Choice) -> list[tuple[str, object]]:
    """Write what `Choice.holds` says."""
    reason = "coalesce(a.reason, '')"
    lines = (
        ("a.state = ANY ({}::text[])", choice.states),
        (f"{reason} = ANY ({{}}::text[])", choice.only),
        (f"{reason} <> ALL ({{}}::text[])", choice.but),
    )
    return [(line, list(kept)) for line, kept in lines if kept]


def _statement(actor: Actor, wanted: Wanted, requests: Sequence[UUID] | None) -> tuple[str, Sequence[object]]:
    cursor, choice = wanted.cursor, wanted.choice
    chosen: list[tuple[str, object]] = [("a.id >= {}", uuid7_floor(clock.now() - OLDEST))]
    if requests is not None or (choice.states and {*choice.states} <= STOPPED):
        chosen = []  # few, whatever their age
    chosen += _chosen(choice)
    if wanted.blocked_since is not None:
        chosen.append(("a.settled_at >= {}", wanted.blocked_since))
        chosen.append(("a.state = ANY ({}::text[])", list(BLOCKED)))
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
