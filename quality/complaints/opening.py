"""From a signal to a complaint, when the client so wishes: opened once, with its delays and its first events.

Kinds of events written here: `opened` (everybody), `wish_named`, `wish_anonymous`, `wish_call_first`,
`wish_late`, `withdrawn` (the platform's staff).
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from quality.complaints.delays import Delays, Due, Terms, due, refined
from quality.complaints.events import Audience, tell
from quality.complaints.links import key_of
from quality.db import Connection, execute, fetch, fetch_one, fetch_value
from quality.directory.geography import zone_of
from quality.ids import uuid7
from quality.keys import Keyring

Complaint = tuple[UUID, UUID]  # its platform, then itself
UNKNOWN = "unknown"
WITHDRAWN_CAUSE = "Retirée par la personne"
WITHDRAWN_REMEDY = "Aucune suite demandée"


class Wish(StrEnum):
    """What the client wants after a low mark; the first three open a complaint."""

    NAMED = "named"
    ANONYMOUS = "anonymous"
    CALL_FIRST = "call_first"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Source:
    """What a complaint comes from, with the facts of the visit it keeps."""

    kind: str
    id: UUID
    platform_id: UUID
    provider_id: UUID
    client_id: UUID
    intervention_id: UUID | None
    activity: str
    mode: str
    departement: str
    month: date
    funders: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """A complaint as its client is told of it."""

    id: UUID
    number: int
    disclosure: Wish
    acknowledge_at: datetime
    solution_at: datetime


async def wish(
    db: Connection,
    keyring: Keyring,
    source: Source,
    wanted: Wish,
    *,
    now: datetime,
    kind: str = UNKNOWN,
) -> Opened | None:
    """Take what the client wishes, after a low mark or of a problem told, in an open transaction.

    The same wish twice changes nothing. Until somebody acted, another wish changes the one complaint, or
    withdraws it; afterwards it is written in the timeline for the staff: what was told cannot be untold.
    """
    await execute(db, ALONE, source.id)
    standing = await fetch_one(db, STANDING, source.id)
    if standing and standing["is_acted_on"]:
        if standing["disclosure"] != wanted:
            await tell(db, _named(standing), "wish_late", now, audience=Audience.staff, text=wanted.value)
        return _opened(standing)
    complaint = await _follow(db, keyring, source, standing, wanted, now=now, kind=kind)
    await execute(
        db,
        "UPDATE signal SET wish = $2, complaint_id = $3 WHERE source_id = $1 AND value BETWEEN 1 AND 2",
        source.id,
        wanted.value,
        complaint and complaint.id,
    )
    return complaint


# One wish of a source at a time: there may be nothing of it yet to lock.
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('wish ' || $1::uuid::text, 0))"
STANDING = f"""
SELECT c.*, c.cause = '{WITHDRAWN_CAUSE}' AS is_withdrawn,
       (c.state <> 'opened' AND c.cause <> '{WITHDRAWN_CAUSE}')
       OR EXISTS (SELECT 1 FROM complaint_event e WHERE e.complaint_id = c.id AND e.account_id IS NOT NULL)
       AS is_acted_on
FROM complaint c WHERE c.source_id = $1 ORDER BY c.number LIMIT 1 FOR UPDATE
"""


async def _follow(
    db: Connection,
    keyring: Keyring,
    source: Source,
    standing: dict[str, Any] | None,
    wanted: Wish,
    *,
    now: datetime,
    kind: str,
) -> Opened | None:
    """Open, change or withdraw the complaint of a source that nobody acted on yet."""
    if wanted is Wish.NOTHING:
        if standing and not standing["is_withdrawn"]:
            await _withdraw(db, standing, now)
        return None
    if standing is None:
        return await open_complaint(db, keyring, source, wanted, now=now, kind=kind)
    if kind != UNKNOWN:
        await execute(db, ABOUT, standing["id"], kind)
    if standing["disclosure"] != wanted or standing["is_withdrawn"]:
        await _change(db, standing, wanted, now)
        if standing["is_withdrawn"] or standing["disclosure"] == Wish.CALL_FIRST:
            standing = {**standing, **await _restart(db, source, standing["id"], now)}
    return _opened({**standing, "disclosure": wanted})


# What it is about may be told better, until somebody acts; a serious event stays one.
ABOUT = "UPDATE complaint SET kind = $2 WHERE id = $1 AND kind <> 'serious'"


async def _restart(db: Connection, source: Source, complaint: UUID, now: datetime) -> dict[str, datetime]:
    """Count the delays from now: the provider only learns of it now, or must take it up again."""
    dates = due(now, await delays_of(db, source, now), source.departement)
    await execute(db, RESTART, complaint, dates.acknowledge_at, dates.solution_at, dates.alert_at)
    return {"acknowledge_due_at": dates.acknowledge_at, "solution_due_at": dates.solution_at}


RESTART = """
UPDATE complaint SET acknowledge_due_at = $2, solution_due_at = $3, alert_due_at = $4, holder = 'provider'
WHERE id = $1
"""


async def open_complaint(
    db: Connection,
    keyring: Keyring,
    source: Source,
    disclosure: Wish,
    *,
    now: datetime,
    kind: str = UNKNOWN,
    complaint: UUID | None = None,
) -> Opened:
    """Open a complaint in an open transaction, whatever it comes from.

    A serious event is held by the platform, and its provider reads nothing of it until a supervisor says so.
    """
    delays = await delays_of(db, source, now)
    dates = due(now, delays, source.departement)
    complaint = complaint or uuid7(now)
    number = await _next_number(db, source.platform_id)
    await _write(
        db,
        source,
        complaint=complaint,
        token_key=key_of(keyring, complaint),
        number=number,
        disclosure=disclosure,
        dates=dates,
        opened_at=now,
        kind=kind,
    )
    await tell(db, (source.platform_id, complaint), "opened", now)
    # A provider cannot write what only the staff reads; what it opens itself it knows.
    readers = Audience.all if source.kind == "provider" else Audience.staff
    await tell(db, (source.platform_id, complaint), f"wish_{disclosure}", now, audience=readers)
    return Opened(complaint, number, disclosure, dates.acknowledge_at, dates.solution_at)


async def delays_of(db: Connection, source: Source, now: datetime) -> Delays:
    """Give the delays of a visit's complaint: its provider's, refined by the conventions of its funders."""
    base = await fetch_one(db, REFERENCING, source.platform_id, source.provider_id)
    terms = await fetch(
        db,
        CONVENTIONS,
        source.platform_id,
        list(source.funders),
        now.astimezone(zone_of(source.departement)).date(),
        source.provider_id,
        source.activity,
        source.departement,
        source.mode,
    )
    return refined(Delays(**base) if base else Delays(), [Terms(**row) for row in terms])


REFERENCING = """
SELECT acknowledge_days, solution_days, alert_days FROM referencing
WHERE platform_id = $1 AND provider_id = $2
"""
APPLYING = """
FROM convention
WHERE platform_id = $1 AND funder_id = ANY ($2::uuid[]) AND status IN ('experimental', 'in_force')
  AND starts_on <= $3 AND coalesce(ends_on >= $3, true) AND $4 = ANY (providers)
  AND (activities = '{}' OR $5::text = ANY (activities))
  AND (departements = '{}' OR $6::text = ANY (departements))
  AND NOT (excludes_mandataire AND $7::text = 'mandataire')
"""
CONVENTIONS = f"SELECT acknowledge_days, solution_days {APPLYING}"


async def _next_number(db: Connection, platform: UUID) -> int:
    number = await fetch_value(db, "SELECT next_complaint_number($1)", platform)
    return int(number)


async def _write(
    db: Connection,
    source: Source,
    *,
    complaint: UUID,
    token_key: bytes,
    number: int,
    disclosure: Wish,
    dates: Due,
    opened_at: datetime,
    kind: str,
) -> None:
    await execute(
        db,
        INSERT,
        complaint,
        source.platform_id,
        source.provider_id,
        number,
        source.kind,
        source.id,
        list(source.funders),
        kind,
        source.activity,
        source.departement,
        source.month,
        disclosure.value,
        opened_at,
        dates.acknowledge_at,
        dates.solution_at,
        dates.alert_at,
        token_key,
    )
    await execute(
        db,
        INSERT_SUBJECT,
        complaint,
        source.platform_id,
        source.provider_id,
        source.client_id,
        source.intervention_id,
        disclosure is Wish.NAMED,
    )


INSERT = """
INSERT INTO complaint (id, platform_id, provider_id, number, source_kind, source_id, funders, kind, activity,
    departement, month, disclosure, state, opened_at, acknowledge_due_at, solution_due_at, alert_due_at,
    token_key, awaits_contact, is_serious, is_shared, holder)
VALUES ($1, $2, $3, $4, $5, $6, $7::uuid[], $8::text, $9, $10, $11, $12::text, 'opened', $13, $14, $15, $16,
    $17, $12::text = 'call_first', $8::text = 'serious', $8::text <> 'serious',
    CASE WHEN $8::text = 'serious' THEN 'platform' ELSE 'provider' END)
"""
INSERT_SUBJECT = """
INSERT INTO complaint_subject (id, platform_id, provider_id, client_id, intervention_id, is_disclosed)
VALUES ($1, $2, $3, $4, $5, $6)
"""


async def _change(db: Connection, standing: dict[str, Any], wanted: Wish, now: datetime) -> None:
    await execute(
        db,
        """
        UPDATE complaint SET disclosure = $2::text, awaits_contact = $2::text = 'call_first',
            state = 'opened', acknowledged_at = NULL, remedied_at = NULL, closed_at = NULL, verdict = NULL,
            cause = '', remedy = ''
        WHERE id = $1
        """,
        standing["id"],
        wanted.value,
    )
    await execute(
        db,
        "UPDATE complaint_subject SET is_disclosed = $2 WHERE id = $1",
        standing["id"],
        wanted is Wish.NAMED,
    )
    await tell(db, _named(standing), f"wish_{wanted}", now, audience=Audience.staff)


async def _withdraw(db: Connection, standing: dict[str, Any], now: datetime) -> None:
    await execute(
        db,
        """
        UPDATE complaint SET state = 'closed', acknowledged_at = $2, remedied_at = $2, closed_at = $2,
            cause = $3, remedy = $4, verdict = 'no_answer', awaits_contact = false
        WHERE id = $1
        """,
        standing["id"],
        now,
        WITHDRAWN_CAUSE,
        WITHDRAWN_REMEDY,
    )
    await tell(db, _named(standing), "withdrawn", now, audience=Audience.staff)


def _named(row: dict[str, Any]) -> Complaint:
    return row["platform_id"], row["id"]


def _opened(row: dict[str, Any]) -> Opened:
    return Opened(
        row["id"],
        row["number"],
        Wish(row["disclosure"]),
        row["acknowledge_due_at"],
        row["solution_due_at"],
    )
