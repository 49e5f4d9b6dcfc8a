"""The SQL of /interventions: the visits of a month with the ruling on each, as their reader may know it.

A month is one range of identifiers, so a page reads a few rows of an index whatever the number of visits.
Two walls again: these statements name the platform and the provider, and the policies say the same.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch
from quality.directory.matching import alphabetical
from quality.errors import NotFound

PAGE_ROWS = 50
Row = dict[str, Any]


class Ruling(StrEnum):
    """What a reader is told of a visit; the staff reads the ledger's own reasons too."""

    ASKED = "asked"
    UPCOMING = "upcoming"
    UNDECIDED = "undecided"
    NOTED = "noted"
    SPARED = "spared"


PENDING = (Ruling.UNDECIDED.value, Ruling.UPCOMING.value)
WAITS = """
    WHEN i.status = 'planned' THEN 'upcoming'
    WHEN o.id IS NULL OR EXISTS (SELECT FROM undecided_visit u WHERE u.id = i.id) THEN 'undecided'
"""
RULING_FOR_STAFF = f"CASE WHEN o.decision = 'asked' THEN 'asked' {WAITS} ELSE o.reason END"
# A provider cannot read the ledger itself, only the word chosen for it. A line that waits to be decided again
# says so whether somebody was asked before or not.
RULING_FOR_PROVIDER = f"CASE {WAITS} ELSE o.ruling END"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which visits are read: a month as a range of identifiers, and a provider or all of them."""

    starts: UUID
    ends: UUID
    provider: UUID | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page starts: after a visit (older ones), or before it (the newer ones just above)."""

    visit: UUID
    is_back: bool = False


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What became of a request, for the staff only; channels are those used, else those planned.

    `held` is what stopped its messages and calls, when none left and none waits.
    """

    sent: frozenset[str]
    planned: frozenset[str]
    is_answered: bool
    is_refused: bool
    closed_reason: str | None
    held: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One visit with its ruling; `reason` and `follow_up` are None for a provider."""

    id: UUID
    reference: str
    activity: str
    departement: str
    status: str
    at: datetime
    provider: UUID
    ruling: str
    reason: str | None
    follow_up: FollowUp | None


@dataclass(frozen=True, slots=True)
class Lines:
    """One page of visits, the latest first, and whether others stand above and below."""

    rows: tuple[Line, ...]
    has_newer: bool
    has_older: bool


def is_staff(actor: Actor) -> bool:
    return actor.role != Role.provider


def choice_of(actor: Actor, starts: UUID, ends: UUID, provider: UUID | None) -> Choice:
    """Choose among all the providers of a platform for its staff; a provider has its own visits only."""
    if is_staff(actor):
        return Choice(starts, ends, provider)
    if provider not in {None, actor.organisation}:
        raise NotFound
    return Choice(starts, ends, actor.organisation)


FOR_STAFF = "LEFT JOIN occasion o ON o.id = i.id AND o.id >= $2 AND o.id < $3"
# OFFSET 0 looks each visit up by its id: the view, kept whole, would otherwise be read for every provider.
FOR_PROVIDER = """
LEFT JOIN LATERAL (
    SELECT v.id, v.ruling, NULL AS reason FROM provider_occasion v
    WHERE v.id = i.id AND v.id >= $2 AND v.id < $3 OFFSET 0
) o ON true
"""
WITHIN = "WHERE i.platform_id = $1 AND i.id >= $2 AND i.id < $3"
OF_PROVIDER = "AND i.provider_id = $4"
# The carrier may say of a message that it had been given that it did not take it.
HAS_LEFT = "a.sent_at IS NOT NULL AND a.reason IS DISTINCT FROM 'refused_by_carrier'"
# These say that another step came instead, or that time went: why that one did not leave tells more.
TELL_LESS = ("window_over", "late", "rerouted", "closed")
FOLLOW_UP = f"""
SELECT v.occasion_id, bool_or(v.answered_at IS NOT NULL) AS is_answered,
       bool_and(v.closed_at IS NOT NULL) AS is_closed,
       (array_agg(v.closed_reason ORDER BY v.id DESC))[1] AS closed_reason,
       bool_or(a.reason = 'refused') AS is_refused,
       bool_or(a.state IN ('planned', 'deferred', 'claimed', 'sending')) AS is_waiting,
       (array_agg(a.reason ORDER BY a.reason = ANY ($2::text[]), a.settled_at DESC NULLS LAST, a.id DESC)
           FILTER (WHERE a.reason IS NOT NULL))[1] AS held,
       array_agg(DISTINCT a.channel) FILTER (WHERE {HAS_LEFT}) AS sent,
       array_agg(DISTINCT a.channel) FILTER (WHERE a.channel IS NOT NULL) AS planned
FROM invitation v
LEFT JOIN attempt a ON a.invitation_id = v.id AND a.id >= child_id(v.id, 0) AND a.id <= child_id(v.id, 255)
WHERE v.occasion_id = ANY ($1::uuid[]) AND v.collector = 'platform' GROUP BY v.occasion_id
"""
PROVIDERS = """
SELECT id, name FROM organisation WHERE platform_id = $1 AND kind = 'provider' ORDER BY id
"""


async def providers(actor: Actor) -> Mapping[UUID, str]:
    """Name the providers whose visits the staff may choose; none for a provider."""
    if not is_staff(actor):
        return {}
    async with scoped(actor) as db:
        rows = await fetch(db, PROVIDERS, actor.platform)
    return {row["id"]: row["name"] for row in sorted(rows, key=lambda row: alphabetical(row["name"]))}


@asynccontextmanager
async def _planned(actor: Actor) -> AsyncIterator[Connection]:
    """Plan each statement for its own month: a plan for any month forgets that the index is in order."""
    async with scoped(actor) as db:
        await execute(db, "SET LOCAL plan_cache_mode = force_custom_plan")
        yield db


async def counts(actor: Actor, choice: Choice) -> Mapping[str, int]:
    """Count the visits of each ruling."""
    sql = f"SELECT {_ruling(actor)} AS ruling, count(*) AS n {_from(actor, choice)} GROUP BY 1"
    async with _planned(actor) as db:
        rows = await fetch(db, sql, *_values(actor, choice))
    return {row["ruling"]: row["n"] for row in rows}


async def lines(
    actor: Actor, choice: Choice, rulings: Sequence[str] = (), cursor: Cursor | None = None
) -> Lines:
    """Read one page of visits, the latest first; `rulings` keeps those visits only, none keeps all."""
    async with _planned(actor) as db:
        found = await fetch(db, *_page(actor, choice, rulings, cursor))
        asked = [row["id"] for row in found if row["ruling"] == Ruling.ASKED] if is_staff(actor) else []
        follow_ups = await _follow_ups(db, asked)
    goes_on, kept = len(found) > PAGE_ROWS, found[:PAGE_ROWS]
    is_back = cursor is not None and cursor.is_back
    rows = tuple(_line(actor, row, follow_ups) for row in (reversed(kept) if is_back else kept))
    return Lines(rows, goes_on if is_back else cursor is not None, is_back or goes_on)


def _page(
    actor: Actor, choice: Choice, rulings: Sequence[str], cursor: Cursor | None
) -> tuple[str, *tuple[object, ...]]:
    values = _values(actor, choice)
    kept, rest = "", ""
    if cursor is not None:
        values.append(cursor.visit)
        rest = f"AND i.id {'>' if cursor.is_back else '<'} ${len(values)}"
    if rulings:
        values.append(list(rulings))
        kept = f"WHERE ruling = ANY (${len(values)}::text[])"
    order = "ASC" if cursor is not None and cursor.is_back else "DESC"
    sql = f"""
    SELECT * FROM (
        SELECT i.id, i.reference, i.activity, i.departement, i.status, i.provider_id, o.reason,
               coalesce(i.started_at, i.planned_start) AS at, {_ruling(actor)} AS ruling
        {_from(actor, choice)} {rest}
    ) visit {kept} ORDER BY id {order} LIMIT {PAGE_ROWS + 1}
    """
    return (sql, *values)


def _values(actor: Actor, choice: Choice) -> list[object]:
    values: list[object] = [actor.platform, choice.starts, choice.ends]
    return [*values, choice.provider] if choice.provider else values


def _from(actor: Actor, choice: Choice) -> str:
    ledger, of = FOR_STAFF if is_staff(actor) else FOR_PROVIDER, OF_PROVIDER if choice.provider else ""
    return f"FROM intervention i {ledger} {WITHIN} {of}"


def _ruling(actor: Actor) -> str:
    return RULING_FOR_STAFF if is_staff(actor) else RULING_FOR_PROVIDER


async def _follow_ups(db: Connection, asked: Sequence[UUID]) -> Mapping[UUID, FollowUp]:
    rows = await fetch(db, FOLLOW_UP, list(asked), list(TELL_LESS)) if asked else []
    return {row["occasion_id"]: _follow_up(row) for row in rows}


def _follow_up(row: Row) -> FollowUp:
    return FollowUp(
        sent=frozenset(row["sent"] or ()),
        planned=frozenset(row["planned"] or ()),
        is_answered=row["is_answered"],
        is_refused=bool(row["is_refused"]),
        closed_reason=row["closed_reason"] if row["is_closed"] else None,
        held=None if row["sent"] or row["is_waiting"] else row["held"],
    )


def _line(actor: Actor, row: Row, follow_ups: Mapping[UUID, FollowUp]) -> Line:
    return Line(
        id=row["id"],
        reference=row["reference"],
        activity=row["activity"],
        departement=row["departement"],
        status=row["status"],
        at=row["at"],
        provider=row["provider_id"],
        ruling=row["ruling"],
        reason=row["reason"] if is_staff(actor) else None,
        follow_up=follow_ups.get(row["id"]),
    )
