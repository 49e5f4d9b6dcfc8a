"""Who reads an answer with its name: the platform alone, unless whoever gave it says that its provider may.

A complaint told without the name, or a serious event, would be recognised beside an answer that has one: as
long as there is one, the answer has none. So it is of what its client says of its handling.
"""

from datetime import datetime
from uuid import UUID

from quality.db import Connection, execute, fetch_value
from surveys.response import InvitedVisit

PLATFORM, NAMED = "platform", "named"
RECALLED = "recalled"  # the platform alone again: what was read of it meanwhile stays read


def nameless(response: str) -> str:
    """Write the condition under which an answer, named by an SQL expression, is read without its name."""
    return f"""EXISTS (
        SELECT FROM complaint c
        WHERE (c.source_id = {response} OR c.id IN (
                   SELECT s.complaint_id FROM signal s WHERE s.source_id = {response})
               OR c.id = (SELECT a.complaint_id FROM response o JOIN invitation a ON a.id = o.invitation_id
                          WHERE o.id = {response}))
          AND (c.disclosure <> 'named' OR c.is_serious)
    )"""


WRITE = """
UPDATE response SET disclosure = CASE
    WHEN $2 = 'platform' AND disclosure <> 'platform' THEN 'recalled' ELSE $2 END
WHERE id = $1 AND EXISTS (
    SELECT FROM invitation i WHERE i.id = $3 AND i.closed_at IS NULL AND i.closes_at > $4)
"""
IS_NAMELESS = f"SELECT {nameless('$1::uuid')}"


async def disclose(db: Connection, visit: InvitedVisit, respondent: str, wanted: str, now: datetime) -> None:
    """Write who may read a respondent's answers, while the request is open."""
    await execute(db, WRITE, visit.identity(respondent), wanted, visit.id, now)


async def is_nameless(db: Connection, response: UUID) -> bool:
    return bool(await fetch_value(db, IS_NAMELESS, response))
