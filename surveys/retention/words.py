"""What people wrote leaves after twelve months, with what their answers were before; marks and figures stay.

A text that was there stays known as one: what conditions make of it, hence the cells, is what it was.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from quality.component import Term
from quality.db import Connection, execute, fetch, fetch_value, pool, transaction
from quality.ids import uuid7_floor
from quality.retention import in_batches, months_ago
from surveys.collect import contributed
from surveys.honesty.moving import TOUCH
from surveys.questionnaire.coding import ERASED
from surveys.questionnaire.definition import Kind, Questionnaire
from surveys.questionnaire.logic import Answer
from surveys.response import RANKS, InvitedVisit, KnownResponse, by_ids, questionnaire_of, response_id

log = logging.getLogger(__name__)
TOGETHER = 200  # invitations held in one transaction
NOBODY = UUID(int=0)
MONTHS = 12
# Where the last run came to: of what is older only some months are looked through again, as an answer comes
# some weeks after its request, of which its id is.
ONCE_DONE = "SELECT value::timestamptz - interval '6 months' FROM installation WHERE name = 'words_erased'"
NOTE_DONE = """
INSERT INTO installation (name, value) VALUES ('words_erased', $1::timestamptz::text)
ON CONFLICT (name) DO UPDATE SET value = greatest(installation.value::timestamptz, $1)::text
"""
VERSIONS = "SELECT id FROM questionnaire_version ORDER BY id"
WRITTEN = f"""
SELECT r.id, r.invitation_id FROM response r
WHERE r.id > $3 AND r.id < uuid7_floor($1) AND r.created_at < $1
  AND EXISTS (SELECT FROM jsonb_array_elements_text($2::jsonb -> r.questionnaire_id::text) a
              WHERE coalesce(r.answers ->> a, '') NOT IN ('', '{ERASED}'))
ORDER BY r.id LIMIT {TOGETHER}
"""
HOLD = """
SELECT id FROM invitation WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE
"""
HOLD_RESPONSES = "SELECT id FROM response WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE"
ERASE = """
UPDATE response r SET answers = r.answers || k.answers, version = r.version + 1
FROM jsonb_to_recordset($1::jsonb) AS k(id uuid, answers jsonb)
WHERE r.id = k.id AND r.created_at < $2 AND r.id BETWEEN $3 AND $4
RETURNING r.id
"""
ERASE_FORMER = "DELETE FROM response_change WHERE response_id = ANY ($1::uuid[])"
FORGET_CHANGES = f"""
DELETE FROM response_change WHERE id IN (
    SELECT id FROM response_change WHERE at < $1 LIMIT {TOGETHER})
RETURNING id
"""


async def forget_words(_house: object) -> int:
    """Erase the texts of answers of more than twelve months, and what any answer was before so long ago."""
    before = await months_ago(MONTHS)
    gone = await _forget_texts(before)
    await execute(pool("work"), NOTE_DONE, before)

    async def step(db: Connection) -> int:
        return len(await fetch(db, FORGET_CHANGES, before))

    return gone + await in_batches(step)


async def _forget_texts(before: datetime) -> int:
    since: datetime | None = await fetch_value(pool("work"), ONCE_DONE)
    last = uuid7_floor(since) if since else NOBODY
    texts = msgspec.json.encode(await _texts_of_versions()).decode()
    gone = 0
    while found := await fetch(pool("work"), WRITTEN, before, texts, last):
        async with transaction("work") as db:
            gone += await _erase(db, sorted({row["invitation_id"] for row in found}), before)
        last = found[-1]["id"]
    return gone


async def _texts_of_versions() -> dict[str, list[str]]:
    """Give the aliases of the questions of every version that are answered in one's own words."""
    db = pool("work")
    versions = [row["id"] for row in await fetch(db, VERSIONS)]
    return {str(version): _texts(await questionnaire_of(db, version)) for version in versions}


def _texts(questionnaire: Questionnaire) -> list[str]:
    return [item.alias for item in questionnaire.items if item.kind is Kind.TEXT]


async def _erase(db: Connection, invitations: Sequence[UUID], before: datetime) -> int:
    """Erase the texts of some invitations, held so that nobody answers meanwhile; tell how many answers."""
    await execute(db, HOLD, list(invitations))
    places = [response_id(each, rank) for each in invitations for rank in RANKS]
    await execute(db, HOLD_RESPONSES, places)
    erasable = [each for visit in await by_ids(db, invitations) for each in _erasable(visit)]
    if not erasable:
        return 0
    written = msgspec.json.encode(
        [{"id": known.id, "answers": answers} for known, answers in erasable]
    ).decode()
    gone = [row["id"] for row in await fetch(db, ERASE, written, before, min(places), max(places))]
    await execute(db, ERASE_FORMER, gone)
    await execute(db, TOUCH, list(invitations))
    return len(gone)


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


TERMS = (Term("forget-words", "commentaires et réponses d’avant, 12 mois", forget_words),)
