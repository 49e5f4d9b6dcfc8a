"""The client's verdict by a message sent back: taken as the page and the telephone take it."""

from datetime import datetime
from uuid import UUID

from quality.complaints.followed.reading import REOPENS_WITHIN
from quality.complaints.resolving.closing import reopen_by_client, settle_by_client
from quality.db import Connection, fetch_value, transaction
from quality.errors import Conflict
from surveys.respond.verdict_reply import read_verdict

MAY_REOPEN = """
SELECT id FROM complaint
WHERE id = $1 AND (state = 'remedied' OR (state = 'closed' AND closed_at > $2)) FOR UPDATE
"""


async def hear(complaint: UUID, text: str, now: datetime) -> str:
    """Take a verdict; return the kind under which the message is kept."""
    verdict = read_verdict(text)
    if verdict is None:
        return "other"
    try:
        async with transaction("answer") as db:
            return await _take(db, complaint, now, is_settled=verdict)
    except Conflict:
        return "late"


async def _take(db: Connection, complaint: UUID, now: datetime, *, is_settled: bool) -> str:
    if is_settled:
        await settle_by_client(db, complaint, now)
    elif await fetch_value(db, MAY_REOPEN, complaint, now - REOPENS_WITHIN) is None:
        return "late"
    else:
        await reopen_by_client(db, complaint, "", now)
    return "verdict"
