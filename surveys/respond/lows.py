"""The low marks of a visit, with the wish given and the complaint it opened."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from quality.db import Connection, fetch
from surveys.questionnaire.definition import Questionnaire
from surveys.response import InvitedVisit

# What a low mark is about, where one indicator alone says it.
KINDS = {"PONCT": "late", "RESP": "behaviour"}


@dataclass(frozen=True, slots=True)
class LowMark:
    """One signal, its complaint's disclosure and dates when there is one."""

    source_id: UUID
    item: str
    value: int
    wish: str | None
    complaint_id: UUID | None
    disclosure: str | None
    acknowledge_due_at: datetime | None
    solution_due_at: datetime | None


async def low_marks(db: Connection, visit: InvitedVisit) -> list[LowMark]:
    """List the low marks of the respondent who gave the last one, the last one first."""
    rows = await fetch(
        db,
        """
        SELECT s.source_id, s.item, s.value, s.wish, s.complaint_id, c.disclosure, c.acknowledge_due_at,
               c.solution_due_at
        FROM signal s LEFT JOIN complaint c ON c.id = s.complaint_id
        WHERE s.source_id = ANY ($1::uuid[]) AND s.value BETWEEN 1 AND 2
        ORDER BY s.created_at DESC, s.item
        """,
        [each.id for each in visit.responses.values()],
    )
    return [LowMark(**row) for row in rows if row["source_id"] == rows[0]["source_id"]]


def kind_of(questionnaire: Questionnaire, lows: list[LowMark]) -> str:
    """Name what the low marks are about when they agree."""
    feeds = (feed.indicator for low in lows for feed in questionnaire.item(low.item).measures)
    kinds = {KINDS[indicator] for indicator in feeds if indicator in KINDS}
    return kinds.pop() if len(kinds) == 1 else "unknown"
