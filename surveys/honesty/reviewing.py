"""Answers set apart, read by a supervisor, who takes one in or leaves it out and writes why.

What is decided moves the cells by exactly what the answer adds; each decision stays, and is in the audit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import structs

from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch, fetch_one, fetch_value, pool, transaction
from quality.errors import Conflict, FieldError, Invalid, NotFound
from quality.french import french
from quality.web.paging import ROWS, first_row
from surveys.honesty.moving import move
from surveys.honesty.rules import OF_PAPER, Verdict, admissible
from surveys.response import InvitedVisit, KnownResponse, by_id
from surveys.retracting import hold

CHOOSE = french("Choisissez de la reprendre, ou de la laisser à part.")
WRITE = french("Écrivez pourquoi, en 1 000 caractères au plus.")
DECIDED = french("Quelqu’un d’autre vient de décider. Relisez, puis décidez de nouveau si besoin.")
OF_CODE = french("Le code de cette réponse a servi plusieurs fois. Départagez d’abord ces réponses.")
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Choice:
    """Which answers are listed: of a reason, a provider, a verdict (`None` for all, '' to be read)."""

    reason: str = ""
    provider: UUID | None = None
    verdict: str | None = None


@dataclass(frozen=True, slots=True)
class Apart:
    """One answer set apart; `day` is that of the visit, `at` its last change."""

    id: UUID
    invitation: UUID
    occasion: UUID | None
    day: date
    reference: str
    provider: str
    departement: str
    doubts: tuple[str, ...]
    admissible: str
    verdict: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of answers set apart, from row `start`, among `total`; `waiting` are to be read."""

    rows: tuple[Apart, ...]
    start: int
    total: int
    waiting: int
    providers: Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One decision, by whom and why."""

    verdict: str
    why: str
    account: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer set apart, with what was answered and what was decided, the latest first."""

    apart: Apart
    visit: InvitedVisit
    known: KnownResponse
    judgements: tuple[Judgement, ...]


COLUMNS = """
r.id, r.invitation_id AS invitation, i.occasion_id AS occasion, i.visit_on AS day, c.reference,
i.provider_name AS provider, i.departement, r.doubts, r.admissible, r.verdict, r.updated_at AS at
"""
APART = """
FROM response r JOIN invitation i ON i.id = r.invitation_id JOIN client c ON c.id = i.client_id
WHERE r.platform_id = $1 AND r.doubts <> '{}'
"""
CHOSEN = f"""
{APART} AND ($2 = '' OR $2 = ANY (r.doubts)) AND ($3::uuid IS NULL OR r.provider_id = $3)
  AND ($4::text IS NULL OR r.verdict = $4)
"""
PROVIDERS = """
SELECT o.id, o.name FROM organisation o WHERE o.id IN (
    SELECT r.provider_id FROM response r WHERE r.platform_id = $1 AND r.doubts <> '{}')
ORDER BY o.name
"""


async def listed(actor: Actor, choice: Choice, page: str) -> Listed:
    """List the answers set apart, the latest first."""
    values = (actor.platform, choice.reason, choice.provider, choice.verdict)
    async with scoped(actor) as db:
        total = await fetch_value(db, f"SELECT count(*) {CHOSEN}", *values)
        start = first_row(page, total)
        rows = await fetch(
            db,
            f"SELECT {COLUMNS} {CHOSEN} ORDER BY r.updated_at DESC, r.id LIMIT {ROWS} OFFSET $5",
            *values,
            start,
        )
        waiting = await _waiting(db, actor)
        providers = await fetch(db, PROVIDERS, actor.platform)
    return Listed(
        tuple(_apart(row) for row in rows),
        start,
        total,
        waiting,
        {row["id"]: row["name"] for row in providers},
    )


async def count_waiting(actor: Actor) -> int:
    """Count the answers set apart that nobody decided about."""
    async with scoped(actor) as db:
        return await _waiting(db, actor)


async def _waiting(db: Connection, actor: Actor) -> int:
    waiting: int = await fetch_value(db, f"SELECT count(*) {CHOSEN}", actor.platform, "", None, "")
    return waiting


def _apart(row: dict[str, Any]) -> Apart:
    return Apart(**{**row, "doubts": tuple(row["doubts"])})


async def read(actor: Actor, response: UUID) -> Reading:
    """Read one answer with what was decided of it; that it was read is in the audit."""
    async with scoped(actor) as db:
        row = await fetch_one(db, f"SELECT {COLUMNS} {APART} AND r.id = $2", actor.platform, response)
        if row is None:
            raise NotFound
        judgements = await fetch(db, JUDGEMENTS, response)
        await audit.record(db, actor, "answers.read", str(response))
    apart = _apart(row)
    visit = await by_id(pool("answer"), apart.invitation)
    known = next((each for each in visit.responses.values() if each.id == response), None) if visit else None
    if visit is None or known is None:
        raise NotFound
    return Reading(apart, visit, known, tuple(Judgement(**each) for each in judgements))


JUDGEMENTS = """
SELECT j.verdict, j.why, coalesce(a.name, '') AS account, j.at
FROM response_judgement j LEFT JOIN account a ON a.id = j.account_id
WHERE j.response_id = $1 ORDER BY j.at DESC, j.id DESC
"""


async def decide(actor: Actor, response: UUID, verdict: str, why: str, *, seen: int) -> Verdict:
    """Take an answer in, or leave it out; `seen` is how many decisions the page showed.

    Raise Conflict when another was made since, or when the paper of the answer is not settled.
    """
    chosen, words = _checked(verdict, why)
    async with scoped(actor) as db:
        row = await fetch_one(db, f"SELECT {COLUMNS} {APART} AND r.id = $2", actor.platform, response)
    if row is None:
        raise NotFound

    def decided(_visit: InvitedVisit, known: KnownResponse) -> KnownResponse:
        if known.id != response:
            return known
        counted = admissible(known.admissible, known.doubts, chosen)
        return structs.replace(known, verdict=chosen.value, admissible=counted)

    async with transaction("work") as db:
        await hold(db, row["invitation"])
        await _refuse(db, response, seen)
        await move(db, [row["invitation"]], decided)
        now = clock.now()
        await execute(db, WRITTEN, actor.platform, response, chosen.value, words, actor.account, now)
        await audit.record(db, actor, "answers.judge", str(response), {"verdict": chosen.value})
    return chosen


def _checked(verdict: str, why: str) -> tuple[Verdict, str]:
    words, errors = why.strip(), []
    if verdict not in {Verdict.IN, Verdict.OUT}:
        errors.append(FieldError("choix", CHOOSE))
    if not 0 < len(words) <= LONGEST:
        errors.append(FieldError("pourquoi", WRITE))
    if errors:
        raise Invalid(errors=tuple(errors))
    return Verdict(verdict), words


async def _refuse(db: Connection, response: UUID, seen: int) -> None:
    row = await fetch_one(db, STANDS, response)
    if row is None:
        raise NotFound
    if row["admissible"] in OF_PAPER:
        raise Conflict(OF_CODE)
    if row["judgements"] != seen:
        raise Conflict(DECIDED)


STANDS = """
SELECT r.admissible, (SELECT count(*) FROM response_judgement j WHERE j.response_id = r.id) AS judgements
FROM response r WHERE r.id = $1
"""
WRITTEN = """
INSERT INTO response_judgement (platform_id, response_id, verdict, why, account_id, at)
VALUES ($1, $2, $3, $4, $5, $6)
"""
