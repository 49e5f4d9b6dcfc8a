"""What people wrote leaves after twelve months, with what their answers were before; marks and figures stay.

A text that was there stays known as one: what conditions make of it, hence the cells, is what it was.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from quality import clock
from quality.component import Job
from quality.db import Connection, execute, fetch, fetch_value, pool, transaction
from surveys.collect import contributed
from surveys.honesty.moving import TOUCH
from surveys.questionnaire.coding import ERASED
from surveys.questionnaire.definition import Kind, Questionnaire
from surveys.questionnaire.logic import Answer
from surveys.response import InvitedVisit, KnownResponse, by_ids, questionnaire_of
from surveys.retracting import hold

log = logging.getLogger(__name__)
TOGETHER = 200  # invitations held in one transaction
NOBODY = UUID(int=0)
BEFORE = "SELECT $1::timestamptz - interval '12 months'"  # decisions: identity and verbatims, a year
VERSIONS = "SELECT id FROM questionnaire_version ORDER BY id"
WRITTEN = """
SELECT DISTINCT r.invitation_id AS id FROM response r
WHERE r.questionnaire_id = $1 AND r.created_at < $2 AND r.invitation_id > $4
  AND EXISTS (SELECT FROM unnest($3::text[]) a WHERE coalesce(r.answers ->> a, '') NOT IN ('', $5))
ORDER BY 1 LIMIT $6
"""
ERASE = """
UPDATE response SET answers = answers || $2::jsonb, version = version + 1 WHERE id = $1 AND created_at < $3
"""
ERASE_FORMER = """
DELETE FROM response_change c USING response r WHERE r.id = c.response_id AND r.id = $1 AND r.created_at < $2
"""
FORGET_CHANGES = "DELETE FROM response_change WHERE at < $1"


async def forget_words(_house: object) -> None:
    """Erase the texts of answers of more than twelve months, and what any answer was before so long ago."""
    before: datetime = await fetch_value(pool("work"), BEFORE, clock.now())
    for row in await fetch(pool("work"), VERSIONS):
        await _forget_version(row["id"], before)
    await execute(pool("work"), FORGET_CHANGES, before)


async def _forget_version(version: UUID, before: datetime) -> None:
    texts = _texts(await questionnaire_of(pool("work"), version))
    last = NOBODY
    while texts:
        values = (version, before, texts, last, ERASED, TOGETHER)
        found = [row["id"] for row in await fetch(pool("work"), WRITTEN, *values)]
        if not found:
            return
        async with transaction("work") as db:
            await _erase(db, found, before)
        last = found[-1]


def _texts(questionnaire: Questionnaire) -> list[str]:
    return [item.alias for item in questionnaire.items if item.kind is Kind.TEXT]


async def _erase(db: Connection, invitations: Sequence[UUID], before: datetime) -> None:
    for each in invitations:
        await hold(db, each)
    for visit in await by_ids(db, invitations):
        for known, erased in _erasable(visit):
            await execute(db, ERASE, known.id, msgspec.json.encode(erased).decode(), before)
            await execute(db, ERASE_FORMER, known.id, before)
    await execute(db, TOUCH, list(invitations))


def _erasable(visit: InvitedVisit) -> Iterator[tuple[KnownResponse, dict[str, Answer]]]:
    """Give each response with its texts erased, where that leaves what it adds to the cells as it is."""
    for known in visit.responses.values():
        erased: dict[str, Answer] = {
            alias: ERASED for alias in _texts(visit.questionnaire) if known.answers.get(alias)
        }
        before, after = (
            contributed(visit, answers, known.respondent, known.admissible)
            for answers in (known.answers, {**known.answers, **erased})
        )
        if after == before:
            yield known, erased
        else:
            log.warning("response %s keeps its texts: a condition compares one of them", known.id)


JOBS = (Job("forget-words", forget_words, timedelta(days=1)),)
