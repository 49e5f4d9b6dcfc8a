"""The one door of every answer, whatever its channel: one statement stores it with all that follows from it.

The statement merges the answers into the response, replaces exactly what the response adds to the cells,
notes low marks and, at the first answer, withdraws what was still going to be sent. It holds only for the
versions that were read before; when somebody answered meanwhile it changes nothing, and the answer is taken
again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tortoise.backends.base.client import TransactionalDBClient

from quality.complaints.signals import correcting, noting
from quality.db import Connection, execute, fetch_one, transaction
from quality.errors import Conflict, NotFound
from quality.measures.record import ANSWERED, Row, adding, as_json, cells, difference, subtracting, sums_of
from surveys import callbacks
from surveys.questionnaire.definition import Item
from surveys.questionnaire.logic import Answer, completeness, contributions, is_low, wants_callback
from surveys.response import RANKS, InvitedVisit, by_id, response_id

OPTIMISTIC_TRIES = 2


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of the answers: `low` names the items just marked low; version 0 means nothing was said."""

    version: int
    is_first: bool
    low: tuple[str, ...]
    asks_wish: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What one set of answers does to one response, computed from what was read."""

    merged: Mapping[str, Answer]
    kept: dict[str, list[int]]
    more: list[Row]
    fewer: list[Row]
    replaced: list[str]
    is_first: bool


async def record(
    db: Connection,
    invitation: InvitedVisit,
    answers: Mapping[str, Answer],
    *,
    channel: str,
    respondent: str = "client",
    now: datetime,
) -> Recorded:
    """Store answers already parsed, in the answer pool or in one of its transactions."""
    if not isinstance(db, TransactionalDBClient) and _touches_callback(invitation, answers):
        async with transaction("answer") as opened:
            return await record(opened, invitation, answers, channel=channel, respondent=respondent, now=now)
    visit: InvitedVisit = invitation
    for _ in range(OPTIMISTIC_TRIES):
        saved = await _store(db, visit, answers, channel=channel, respondent=respondent, now=now)
        if saved is not None:
            await _follow_callback(db, visit, answers, respondent, now)
            return saved
        visit = await _again(db, invitation)
    return await _record_locked(db, invitation, answers, channel=channel, respondent=respondent, now=now)


async def _record_locked(
    db: Connection,
    invitation: InvitedVisit,
    answers: Mapping[str, Answer],
    *,
    channel: str,
    respondent: str,
    now: datetime,
) -> Recorded:
    """Take the answers once more with the invitation and its responses held, so that nobody comes before."""
    if not isinstance(db, TransactionalDBClient):
        async with transaction("answer") as opened:
            return await _record_locked(
                opened, invitation, answers, channel=channel, respondent=respondent, now=now
            )
    await execute(db, "SELECT id FROM invitation WHERE id = $1 FOR NO KEY UPDATE", invitation.id)
    ids = [response_id(invitation.id, each) for each in RANKS]
    await execute(
        db, "SELECT id FROM response WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE", ids
    )
    visit = await _again(db, invitation)
    saved = await _store(db, visit, answers, channel=channel, respondent=respondent, now=now)
    if saved is None:
        raise Conflict("Votre réponse n’a pas pu être enregistrée. Envoyez-la une nouvelle fois.")
    await _follow_callback(db, visit, answers, respondent, now)
    return saved


async def _again(db: Connection, invitation: InvitedVisit) -> InvitedVisit:
    visit = await by_id(db, invitation.id)
    if visit is None:
        raise NotFound
    return visit


async def _store(
    db: Connection,
    visit: InvitedVisit,
    answers: Mapping[str, Answer],
    *,
    channel: str,
    respondent: str,
    now: datetime,
) -> Recorded | None:
    """Run the statement; None when what was read is no longer true."""
    change = _change(visit, answers, respondent)
    if change.is_first and completeness(visit.questionnaire, change.merged) == "none":
        return Recorded(0, False, (), False)
    marks = [_mark(item, answers[item.alias]) for item in _flagged(visit, answers)]
    known = visit.responses.get(respondent)
    shared = (
        response_id(visit.id, respondent),
        known.version if known else 0,
        as_json(answers),
        as_json(change.kept),
        now,
        as_json(change.more),
        as_json(change.fewer),
        as_json(marks),
    )
    if known and respondent == "client":
        row = await fetch_one(db, LATER, *shared)
    else:
        audience = "client" if respondent == "client" else "relative"
        first = (visit.id, visit.seen, respondent, channel, audience, change.replaced)
        row = await fetch_one(db, FIRST, *shared, *first)
    low = tuple(str(mark["item"]) for mark in marks if mark["is_low"])
    return Recorded(row["version"], change.is_first, low, bool(row["asks_wish"])) if row else None


def _change(visit: InvitedVisit, answers: Mapping[str, Answer], respondent: str) -> Change:
    """Compute what the response will add, and what must go: its own former part and those it replaces."""
    known = visit.responses.get(respondent)
    merged = {**(known.answers if known else {}), **answers}
    rows = contributed(visit, merged, respondent, known.admissible if known else "yes")
    old: dict[str, tuple[int, int]] = dict(known.cells) if known else {}
    replaced = [
        each for each in visit.responses.values() if each.cells and _yields(each.respondent, respondent)
    ]
    for other in replaced:
        for cell, (n, x) in other.cells.items():
            before_n, before_x = old.get(cell, (0, 0))
            old[cell] = before_n + n, before_x + x
    more, fewer = difference(old, rows)
    return Change(merged, sums_of(rows), more, fewer, [str(each.id) for each in replaced], known is None)


def contributed(
    visit: InvitedVisit, answers: Mapping[str, Answer], respondent: str, admissible: str
) -> list[Row]:
    """Give the cells that a response feeds: none while somebody who comes first answered too."""
    if any(_yields(respondent, other) for other in visit.responses):
        return []
    if completeness(visit.questionnaire, answers) == "none":
        return []
    facts = visit.facts(respondent, admissible)
    return cells(facts, contributions(visit.questionnaire, answers)) + cells(facts.of_request, ANSWERED)


def _yields(one: str, other: str) -> bool:
    """Tell whether one respondent's answers count for nothing beside another's: the client comes first."""
    return RANKS[one] > RANKS[other]


def _flagged(visit: InvitedVisit, answers: Mapping[str, Answer]) -> list[Item]:
    return [item for item in visit.questionnaire.items if item.signal and item.alias in answers]


def _mark(item: Item, answer: Answer) -> Row:
    value = answer if isinstance(answer, int) else 0
    return {"item": item.alias, "value": value, "is_low": is_low(item, answer)}


def _touches_callback(visit: InvitedVisit, answers: Mapping[str, Answer]) -> bool:
    return any(item.callback and item.alias in answers for item in visit.questionnaire.items)


async def _follow_callback(
    db: Connection, visit: InvitedVisit, answers: Mapping[str, Answer], respondent: str, now: datetime
) -> None:
    """Put the call in the queue at once when it is wished; take it back when the wish is."""
    if not _touches_callback(visit, answers):
        return
    wished_before = wants_callback(visit.questionnaire, visit.answers_of(respondent))
    if wants_callback(visit.questionnaire, answers):
        audience = "client" if respondent == "client" else "relative"
        slots = callbacks.half_days(now, visit.departement, audience, count=1)
        if slots and not wished_before:
            await callbacks.ask(db, visit, slots[0], now)
    elif wished_before:
        await callbacks.withdraw(db, visit, now)


# Parameters of both: $1 response, $2 its version read, $3 answers, $4 cells kept, $5 now, $6 cells to add,
# $7 cells to subtract, $8 marks. Of FIRST only: $9 invitation, $10 the version of its row, $11 respondent,
# $12 channel, $13 audience, $14 responses replaced.
IF_KEPT = "EXISTS (SELECT FROM kept)"
FOLLOW = f"""
more AS ({adding("$6", IF_KEPT)}),
fewer AS ({subtracting("$7", IF_KEPT)}),
noted AS ({noting("$8", "$1", "kept", "$5")}),
corrected AS ({correcting("$8", "$1", "kept")})
SELECT k.version, (SELECT bool_or(n.wish IS NULL) FROM noted n) AS asks_wish FROM kept k
"""
LATER = f"""
WITH kept AS (
    UPDATE response SET answers = answers || $3::jsonb, cells = $4::jsonb, version = version + 1,
        updated_at = $5
    WHERE id = $1 AND version = $2
    RETURNING platform_id, provider_id, version
),
{FOLLOW}
"""
# An agent who types the answers keeps the call in hand until its outcome is said.
FIRST = f"""
WITH seen AS (
    UPDATE invitation SET answered_at = coalesce(answered_at, $5) WHERE id = $9 AND xmin::text = $10
    RETURNING id, platform_id, provider_id, questionnaire_id
), kept AS (
    INSERT INTO response (id, platform_id, invitation_id, provider_id, questionnaire_id, respondent, channel,
        answers, cells, version, created_at, updated_at)
    SELECT $1, platform_id, id, provider_id, questionnaire_id, $11, $12, $3::jsonb, $4::jsonb, 1, $5, $5
    FROM seen
    ON CONFLICT (id) DO UPDATE SET answers = response.answers || excluded.answers, cells = excluded.cells,
        version = response.version + 1, updated_at = excluded.updated_at
    WHERE response.version = $2
    RETURNING platform_id, provider_id, version
), replaced AS (
    UPDATE response SET cells = '{{}}', version = version + 1
    WHERE id = ANY ($14::uuid[]) AND {IF_KEPT}
), suppressed AS (
    UPDATE attempt a SET state = 'suppressed', reason = 'answered', lease_until = NULL, settled_at = $5
    WHERE a.invitation_id = $9 AND a.id BETWEEN child_id($9, 0) AND child_id($9, 255) AND a.audience = $13
      AND a.state IN ('planned', 'deferred', 'claimed') AND {IF_KEPT}
      AND NOT ($12 = 'phone' AND EXISTS (SELECT FROM call_case c WHERE c.invitation_id = $9
                                          AND c.kind = 'survey' AND c.attempt_id = a.id AND c.state = 'held'))
), withdrawn AS (
    UPDATE call_case c
    SET state = 'done', outcome = 'answered', closed_at = $5, agent_id = NULL, lease_until = NULL
    FROM invitation i
    WHERE c.invitation_id = $9 AND i.id = $9 AND i.audience = $13 AND c.kind = 'survey'
      AND c.state <> 'done' AND NOT ($12 = 'phone' AND c.state = 'held') AND {IF_KEPT}
),
{FOLLOW}
"""
