"""Answers leave after five years; the cells that they fed stay, and their months are sealed.

A figure is recomputed from its answers as long as they are there, and is as it was written afterwards.
"""

from datetime import date, datetime
from uuid import UUID

from quality.component import Term
from quality.db import Connection, execute, fetch, fetch_value, transaction
from quality.retention import in_batches, months_ago

MONTHS = 60
TOGETHER = 1_000
NOBODY = UUID(int=0)
OLD = f"""
SELECT r.id FROM response r
WHERE r.id > $2 AND r.id < uuid7_floor($1) AND r.created_at < $1
  AND NOT EXISTS (SELECT FROM complaint c WHERE c.source_id = r.id AND c.state NOT IN ('closed', 'merged'))
ORDER BY r.id LIMIT {TOGETHER} FOR UPDATE OF r SKIP LOCKED
"""
FORGET = (
    "DELETE FROM response_change WHERE response_id = ANY ($1::uuid[])",
    "DELETE FROM response_judgement WHERE response_id = ANY ($1::uuid[])",
)
FORGET_RESPONSES = "DELETE FROM response WHERE id = ANY ($1::uuid[]) AND id BETWEEN $2 AND $3"
# What was written to somebody about a complaint leaves with who was behind it.
FORGET_NEWS = f"""
DELETE FROM invitation WHERE id IN (
    SELECT i.id FROM invitation i JOIN complaint c ON c.id = i.complaint_id
    WHERE c.erased_at IS NOT NULL
      AND NOT EXISTS (SELECT FROM attempt a WHERE a.id BETWEEN child_id(i.id, 0) AND child_id(i.id, 255))
      AND NOT EXISTS (SELECT FROM response r WHERE r.id BETWEEN child_id(i.id, 0) AND child_id(i.id, 255))
    LIMIT {TOGETHER} FOR UPDATE OF i SKIP LOCKED)
RETURNING id
"""
SEALED = """
SELECT date_trunc('month', ($1::timestamptz - make_interval(months => $2::integer) + interval '1 day')
    AT TIME ZONE 'UTC')::date
"""  # a month begins up to a day earlier in the east


async def forget_answers(_house: object) -> int:
    """Erase the responses of more than five years, but those of a complaint that goes on; tell how many."""
    before = await months_ago(MONTHS)
    gone, last = 0, NOBODY
    while True:
        async with transaction("work") as db:
            old = [row["id"] for row in await fetch(db, OLD, before, last)]
            if not old:
                break
            for sql in FORGET:
                await execute(db, sql, old)
            await execute(db, FORGET_RESPONSES, old, old[0], old[-1])
        gone, last = gone + len(old), old[-1]
    return gone + await in_batches(_forget_news)


async def _forget_news(db: Connection) -> int:
    return len(await fetch(db, FORGET_NEWS))


async def sealed_month(db: Connection, now: datetime) -> date:
    """Give the last month of which an answer may have left: its cells are what they were written."""
    found: date = await fetch_value(db, SEALED, now, MONTHS)
    return found


TERMS = (Term("forget-answers", "réponses, 5 ans ; les chiffres restent", forget_answers),)
