"""The calls that a supervisor reviews: one in ten, with what was answered and how the case went."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import fetch, fetch_one, fetch_value, pool
from quality.errors import FieldError, Invalid, NotFound
from quality.french import french
from quality.web import languages
from surveys.questionnaire.wording import asked, words_of
from surveys.response import by_id, facts_of

LONGEST = 2000
WRITE = french("Écrivez votre relecture, en 2000 caractères au plus.")
SHOWN = 30
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One call of the log; `agent` is who made it."""

    id: UUID
    kind: str
    agent: str
    outcome: str
    number_kind: str
    started_at: datetime
    ended_at: datetime
    departement: str
    provider: str
    is_situation: bool
    is_sampled: bool
    review: str
    reviewed_at: datetime | None
    recoded_from: str | None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A call, the others of its case, and what was answered in it."""

    line: Line
    others: tuple[Line, ...]
    answers: Pairs


async def to_review(actor: Actor) -> tuple[Line, ...]:
    """List the calls of the sample that nobody reviewed, the oldest first."""
    return await _lines(actor, "l.is_sampled AND l.reviewed_at IS NULL ORDER BY l.ended_at, l.id")


async def latest(actor: Actor) -> tuple[Line, ...]:
    """List the last calls, whose outcome may have to be corrected."""
    return await _lines(actor, "true ORDER BY l.ended_at DESC, l.id")


async def _lines(actor: Actor, which: str) -> tuple[Line, ...]:
    async with scoped(actor) as db:
        rows = await fetch(db, f"{LINES} WHERE l.platform_id = $1 AND {which} LIMIT {SHOWN}", actor.platform)
    return tuple(Line(**row) for row in rows)


async def read(actor: Actor, log: UUID) -> Reviewed:
    """Read one call with its case; that it was read is in the audit, for its answers are personal."""
    async with scoped(actor) as db:
        row = await fetch_one(db, f"{LINES} WHERE l.platform_id = $1 AND l.id = $2", actor.platform, log)
        if row is None:
            raise NotFound
        others = await fetch(
            db,
            f"""
            {LINES} WHERE l.platform_id = $1 AND l.id <> $2
              AND l.case_id = (SELECT case_id FROM call_log WHERE id = $2)
            ORDER BY l.ended_at, l.id LIMIT {SHOWN}
            """,
            actor.platform,
            log,
        )
        said = await fetch_value(db, SAID, log)
        await audit.record(db, actor, "call.read", str(log))
    answers = await _answers(said) if said else ()
    return Reviewed(Line(**row), tuple(Line(**each) for each in others), answers)


async def review(actor: Actor, log: UUID, text: str) -> None:
    """Write what a supervisor says of a call; read again, it replaces what was written."""
    words = text.strip()
    if not 0 < len(words) <= LONGEST:
        raise Invalid(errors=(FieldError("relecture", WRITE),))
    async with scoped(actor) as db:
        done = await fetch_value(db, REVIEW, log, actor.platform, clock.now(), actor.account, words)
        if done is None:
            raise NotFound
        await audit.record(db, actor, "call.review", str(log))


LINES = """
SELECT l.id, coalesce(c.kind, 'inbound') AS kind, coalesce(a.name, '') AS agent, l.outcome, l.number_kind,
       l.started_at, l.ended_at, k.departement, o.name AS provider, l.is_situation,
       coalesce(l.is_sampled, false) AS is_sampled, l.review, l.reviewed_at, l.recoded_from
FROM call_log l JOIN client k ON k.id = l.client_id JOIN organisation o ON o.id = k.provider_id
LEFT JOIN call_case c ON c.id = l.case_id LEFT JOIN account a ON a.id = l.agent_id
"""
SAID = """
SELECT c.invitation_id FROM call_log l JOIN call_case c ON c.id = l.case_id AND c.kind = 'survey'
WHERE l.id = $1 AND l.outcome = 'answered'
"""
REVIEW = """
UPDATE call_log SET review = $5, reviewed_at = $3, reviewed_by = $4
WHERE id = $1 AND platform_id = $2 RETURNING id
"""


async def _answers(invitation: UUID) -> Pairs:
    """Give what was asked and answered about the visit, whoever answered last."""
    visit = await by_id(pool("answer"), invitation)
    if visit is None or not visit.responses:
        return ()
    lang = languages.current()
    said = list(visit.responses.values())[-1].answers
    facts = facts_of(visit)
    return tuple(
        (asked(item, facts, channel="phone", language=lang).label, words_of(item, said[item.alias], lang))
        for item in visit.questionnaire.items
        if item.alias in said
    )
