"""Five years after its closing, a complaint loses its words, its files and who is behind it.

Its course stays, from which its figures are recomputed: kinds, dates and codes, without a word of anybody.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from quality import clock
from quality.complaints.opening import WITHDRAWN_CAUSE
from quality.component import Term
from quality.db import Connection, execute, fetch
from quality.retention import in_batches, months_ago

if TYPE_CHECKING:
    from quality.app import House

MONTHS = 60
TOGETHER = 200
GONE = "\u2026"  # what stands for words that were there
# One that was joined to another leaves with it.
OVER = """
SELECT c.id FROM complaint c LEFT JOIN complaint m ON m.id = c.merged_into_id
WHERE c.erased_at IS NULL AND c.state IN ('closed', 'merged')
  AND coalesce(m.state, c.state) = 'closed' AND coalesce(m.closed_at, c.closed_at) < $1
ORDER BY c.id LIMIT $2 FOR UPDATE OF c SKIP LOCKED
"""
# A cause that says how the complaint ended is one of ours, and counts.
ERASE = f"""
UPDATE complaint SET erased_at = $2, token_key = NULL,
    cause = CASE WHEN cause IN ('', '{WITHDRAWN_CAUSE}') THEN cause ELSE '{GONE}' END,
    remedy = CASE remedy WHEN '' THEN '' ELSE '{GONE}' END,
    contested_why = CASE contested_why WHEN '' THEN '' ELSE '{GONE}' END WHERE id = ANY ($1::uuid[])
"""
ERASE_PARTS = (
    "DELETE FROM complaint_subject WHERE id = ANY ($1::uuid[])",
    "UPDATE complaint_event SET text = '' WHERE complaint_id = ANY ($1::uuid[]) AND text <> ''",
    f"""
    UPDATE complaint_promise SET detail = '',
        confirmed_by = CASE confirmed_by WHEN '' THEN '' ELSE '{GONE}' END,
        refused_why = CASE refused_why WHEN '' THEN '' ELSE '{GONE}' END WHERE complaint_id = ANY ($1::uuid[])
    """,
    f"""
    UPDATE complaint_transmission SET summary = '{GONE}', asked = '{GONE}',
        answer = CASE answer WHEN '' THEN '' ELSE '{GONE}' END WHERE complaint_id = ANY ($1::uuid[])
    """,
    """
    DELETE FROM file_chunk WHERE file_id IN (SELECT id FROM file WHERE complaint_id = ANY ($1::uuid[]))
    """,
    "DELETE FROM file WHERE complaint_id = ANY ($1::uuid[])",
)
NEEDED = """
SELECT DISTINCT s.client_id AS id FROM complaint_subject s JOIN complaint c ON c.id = s.id
WHERE s.client_id = ANY ($1::uuid[]) AND c.state NOT IN ('closed', 'merged')
"""


async def forget_complaints(_house: "House") -> int:
    """Erase what was said in the complaints that were closed five years ago."""
    before = await months_ago(MONTHS)

    async def step(db: Connection) -> int:
        over = [row["id"] for row in await fetch(db, OVER, before, TOGETHER)]
        if over:
            await execute(db, ERASE, over, clock.now())
            for part in ERASE_PARTS:
                await execute(db, part, over)
        return len(over)

    return await in_batches(step)


async def needs_names(db: Connection, clients: Sequence[UUID]) -> set[UUID]:
    """Give the clients behind a complaint that goes on."""
    return {row["id"] for row in await fetch(db, NEEDED, list(clients))}


TERMS = (Term("forget-complaints", "réclamations, 5 ans après leur clôture", forget_complaints),)
