"""An answer taken back at the desk: what it stored, counted, noted and withdrew is as it was before.

That it was given stays in the history of the answers.

The first answer of all is the one that withdrew the messages still planned: taking it back plans them again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import structs

from quality.db import Connection, execute, fetch_one
from quality.measures import record
from quality.measures.record import Row, as_json, sums_of, taken
from surveys import callbacks
from surveys.collect import contributed
from surveys.questionnaire.logic import low_items, wants_callback
from surveys.response import RANKS, InvitedVisit, KnownResponse, by_id, facts_of, response_id


async def retract(db: Connection, invitation: UUID, alias: str, *, respondent: str, now: datetime) -> bool:
    """Take one answer back in a transaction of the work pool; False when it is not there any more."""
    await hold(db, invitation)
    visit = await by_id(db, invitation)
    known = visit.responses.get(respondent) if visit else None
    if visit is None or known is None or alias not in known.answers:
        return False
    left = {name: answer for name, answer in known.answers.items() if name != alias}
    after = _without(visit, known, left)
    await count_again(db, visit, after)
    await execute(db, WAS, known.id, alias, now)
    if left:
        await execute(db, LESS, known.id, alias, now)
    else:
        await _forget(db, visit, known.id)
    await execute(db, UNMARK, known.id, [alias, *_no_more_low(visit, known, left)])
    if wants_callback(visit.questionnaire, {alias: known.answers[alias]}):
        await callbacks.withdraw(db, visit, now)
    return True


async def hold(db: Connection, invitation: UUID) -> None:
    """Hold the invitation and its responses, so that nobody answers meanwhile."""
    await execute(db, "SELECT id FROM invitation WHERE id = $1 FOR NO KEY UPDATE", invitation)
    ids = [response_id(invitation, each) for each in RANKS]
    await execute(db, "SELECT id FROM response WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE", ids)


def _without(visit: InvitedVisit, known: KnownResponse, left: Mapping[str, Any]) -> InvitedVisit:
    others = {name: each for name, each in visit.responses.items() if name != known.respondent}
    if left:
        others[known.respondent] = structs.replace(known, answers=dict(left))
    return structs.replace(visit, responses=others)


async def count_again(db: Connection, before: InvitedVisit, after: InvitedVisit) -> None:
    """Take all that the responses of a visit added, and add what those left do."""
    gone = [
        taken(UUID(cell), sums) for each in before.responses.values() for cell, sums in each.cells.items()
    ]
    added: list[Row] = []
    for each in after.responses.values():
        rows = contributed(after, each.answers, each.respondent, each.admissible)
        await execute(db, KEEP, each.id, as_json(sums_of(rows)))
        added += rows
    await record.subtract(db, gone)
    await record.add(db, added)


def _no_more_low(visit: InvitedVisit, known: KnownResponse, left: Mapping[str, Any]) -> list[str]:
    """Name the low marks whose question is asked no more without the answer taken back."""
    facts = facts_of(visit, respondent=known.respondent)
    was, now = (low_items(visit.questionnaire, said, facts) for said in (known.answers, left))
    return [item.alias for item in was if item not in now]


async def _forget(db: Connection, visit: InvitedVisit, response: UUID) -> None:
    """Delete a response without any answer left, and plan again the messages that it had withdrawn."""
    gone = await fetch_one(db, DELETE, response)
    await execute(db, UNANSWERED, visit.id)
    if gone is not None:
        await execute(db, PLAN_AGAIN, visit.id, gone["created_at"])


KEEP = "UPDATE response SET cells = $2::jsonb WHERE id = $1"
WAS = """
INSERT INTO response_change (platform_id, invitation_id, response_id, version, item, was, channel, at)
SELECT platform_id, invitation_id, id, version, $2::text, answers -> $2::text, 'phone', $3 FROM response
WHERE id = $1
"""
LESS = (
    "UPDATE response SET answers = answers - $2::text, version = version + 1, updated_at = $3 WHERE id = $1"
)
DELETE = "DELETE FROM response WHERE id = $1 RETURNING created_at"
UNMARK = "UPDATE signal SET value = 0 WHERE source_id = $1 AND item = ANY ($2::text[])"
UNANSWERED = """
UPDATE invitation SET answered_at = (SELECT min(r.created_at) FROM response r WHERE r.invitation_id = $1)
WHERE id = $1
"""
PLAN_AGAIN = """
UPDATE attempt SET state = 'planned', reason = NULL, settled_at = NULL
WHERE invitation_id = $1 AND state = 'suppressed' AND reason = 'answered' AND settled_at = $2
"""
