"""What the client's own page reads of a complaint: never a name, and only the lines meant for the client."""

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from quality.complaints.opening import WITHDRAWN_CAUSE
from quality.db import Connection, fetch, fetch_one

OPEN_FOR = timedelta(days=90)  # how long the page of a closed complaint still opens
REOPENS_WITHIN = timedelta(days=30)
LINES_SHOWN = 12
# Lines of the staff and of the provider that the client reads too; of any other, those meant for the client.
KINDS = (
    *("opened", "told", "wish_named", "wish_anonymous", "wish_call_first", "wish_late", "withdrawn", "named"),
    *("anonymous", "acknowledged", "countersigned", "contested", "remedied", "settled", "reopened"),
    *("message", "client_file", "consented", "not_consented", "transmitted", "funder_late", "silence"),
    "merged_in",
)
# What is promised has its own place on the page.
APART = ("promised", "confirmed", "declined", "kept", "broken")
# Of a serious event the link says little: it may be opened by whoever is at home.
SERIOUS_KINDS = ("opened", "message", "client_file", "settled", "reopened")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline; `kind` without the staff's mark, `text` only where the client reads it."""

    at: datetime
    kind: str
    text: str
    is_staff: bool


@dataclass(frozen=True, slots=True)
class Mark:
    item: str
    value: int


@dataclass(frozen=True, slots=True)
class Promise:
    remedy_code: str
    detail: str
    amount_cents: int | None
    state: str
    due_at: datetime
    done_at: datetime | None
    refused_why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """One complaint as its client may read it."""

    id: UUID
    platform_id: UUID
    provider: str
    departement: str
    month: date
    kind: str
    state: str
    holder: str
    disclosure: str
    position: str | None
    is_serious: bool
    opened_at: datetime
    acknowledge_due_at: datetime
    solution_due_at: datetime
    remedied_at: datetime | None
    closed_at: datetime | None
    cause: str
    verdict: str | None
    verdict_due_at: datetime | None
    verdict_asked_at: datetime | None
    funder_consent: bool | None
    is_told: bool
    language: str
    funders: tuple[str, ...]
    marks: tuple[Mark, ...] = ()
    lines: tuple[Line, ...] = ()
    promises: tuple[Promise, ...] = ()

    @property
    def is_withdrawn(self) -> bool:
        return self.cause == WITHDRAWN_CAUSE

    def is_open(self, now: datetime) -> bool:
        """Tell whether the page opens: until three months after the end."""
        return self.closed_at is None or now < self.closed_at + OPEN_FOR

    def awaits_verdict(self, now: datetime) -> bool:
        """Tell whether « Ce n’est pas réglé » opens it again: a solution was brought, or it just closed."""
        if self.disclosure == "call_first" or self.is_withdrawn:
            return False
        if self.state == "remedied":
            return True
        return self.state == "closed" and self.closed_at is not None and now < self.closed_at + REOPENS_WITHIN

    @property
    def is_transmitted(self) -> bool:
        return any(line.kind == "transmitted" for line in self.lines)


COLUMNS = ", ".join(
    f"c.{field.name}"
    for field in fields(Followed)
    if field.name not in {"provider", "is_told", "language", "funders", "marks", "lines", "promises"}
)
# Once its letter is written the provider may have opened the page: what it may have read cannot be untold.
IS_TOLD = """
(c.acknowledged_at IS NOT NULL
 OR EXISTS (SELECT 1 FROM complaint_notice n WHERE n.complaint_id = c.id AND n.kind IN ('opened', 'reopened'))
 OR EXISTS (SELECT 1 FROM complaint_event e WHERE e.complaint_id = c.id AND e.account_id IS NOT NULL))
"""
# A complaint joined to another of the same client is followed there.
STANDING = """
WITH RECURSIVE joined AS (
    SELECT c.id, c.merged_into_id, s.client_id, 1 AS step FROM complaint c
    JOIN complaint_subject s ON s.id = c.id WHERE {found}
    UNION ALL
    SELECT c.id, c.merged_into_id, s.client_id, j.step + 1 FROM joined j
    JOIN complaint c ON c.id = j.merged_into_id
    JOIN complaint_subject s ON s.id = c.id AND s.client_id = j.client_id WHERE j.step < 9
)
SELECT id FROM joined WHERE merged_into_id IS NULL
"""
BY_KEY, BY_ID = STANDING.format(found="c.token_key = $1"), STANDING.format(found="c.id = $1")
ONE = f"""
SELECT {COLUMNS}, {IS_TOLD} AS is_told, o.name AS provider, coalesce(k.language, 'fr') AS language,
       ARRAY(SELECT f.name FROM organisation f WHERE f.id = ANY (c.funders) ORDER BY f.name) AS funders
FROM complaint c JOIN organisation o ON o.id = c.provider_id JOIN complaint_subject s ON s.id = c.id
LEFT JOIN client k ON k.id = s.client_id WHERE c.id = $1
"""
LINES = f"""
SELECT at, kind, is_staff, audience, text FROM (
    SELECT id, at, regexp_replace(kind, '^staff_', '') AS kind, starts_with(kind, 'staff_') AS is_staff,
           audience, text
    FROM complaint_event WHERE complaint_id = $1
) e WHERE audience <> 'serious' AND kind <> ALL ($3::text[])
  AND (audience = 'client' OR kind = ANY ($2::text[]))
ORDER BY at DESC, id DESC LIMIT {LINES_SHOWN}
"""
MARKS = """
SELECT item, value FROM signal WHERE complaint_id = $1 AND value BETWEEN 1 AND 2 ORDER BY created_at, item
"""
PROMISES = """
SELECT remedy_code, detail, amount_cents, state, due_at, done_at, refused_why FROM complaint_promise
WHERE complaint_id = $1 ORDER BY made_at, id
"""
# The lines whose own words the client reads; those of a note or of an answer only when meant for the client.
TOLD = frozenset({"call_wished", "told", "remedied", "message", "client_file", "wish_late"})
ADDRESSED = frozenset({"note", "funder_answered"})


async def by_key(db: Connection, token_key: bytes) -> Followed | None:
    """Find a complaint by the hash of its token (pool `answer`)."""
    found = await fetch_one(db, BY_KEY, token_key)
    return await _read(db, found["id"]) if found else None


async def _read(db: Connection, complaint: UUID) -> Followed | None:
    row = await fetch_one(db, ONE, complaint)
    if row is None:
        return None
    is_plain = not row["is_serious"]
    kinds = KINDS if is_plain else SERIOUS_KINDS
    lines = await fetch(db, LINES, complaint, list(kinds), list(APART))
    marks = await fetch(db, MARKS, complaint) if is_plain else []
    promises = await fetch(db, PROMISES, complaint) if is_plain else []
    return Followed(
        **{**row, "funders": tuple(row["funders"])},
        marks=tuple(Mark(**mark) for mark in marks),
        lines=tuple(_line(line) for line in reversed(lines)),
        promises=tuple(Promise(**promise) for promise in promises),
    )


def _line(row: dict[str, Any]) -> Line:
    is_told = row["kind"] in TOLD or (row["audience"] == "client" and row["kind"] in ADDRESSED)
    return Line(row["at"], row["kind"], row["text"] if is_told else "", row["is_staff"])
