"""What somebody is not content with: their low marks, the wish given, and the complaint that it opened."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from quality.complaints.opening import WITHDRAWN_CAUSE
from quality.db import Connection, fetch, fetch_one
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


@dataclass(frozen=True, slots=True)
class OpenedComplaint:
    """The complaint of whoever answers, as they are told of it."""

    id: UUID
    kind: str
    disclosure: str
    acknowledge_due_at: datetime
    solution_due_at: datetime


@dataclass(frozen=True, slots=True)
class Discontent:
    """What they said was wrong: low marks, the last one first, and the complaint, if one stands."""

    source_id: UUID
    lows: tuple[LowMark, ...]
    complaint: OpenedComplaint | None

    def __bool__(self) -> bool:
        return bool(self.lows or self.complaint)

    @property
    def wish(self) -> str:
        """Give the wish that stands."""
        given = next((low.wish for low in self.lows if low.wish), None)
        return self.complaint.disclosure if self.complaint else given or ""


async def discontent(db: Connection, visit: InvitedVisit, respondent: str) -> Discontent:
    """Read what a respondent said was wrong; a complaint may be opened without any low mark."""
    lows = tuple(await low_marks(db, visit))
    source = lows[0].source_id if lows else visit.identity(respondent)
    joined = lows[0].complaint_id if lows else None
    row = await fetch_one(db, COMPLAINT, source, joined, WITHDRAWN_CAUSE)
    return Discontent(source, lows, OpenedComplaint(**row) if row else None)


COMPLAINT = """
SELECT id, kind, disclosure, acknowledge_due_at, solution_due_at FROM complaint
WHERE (source_id = $1 OR id = $2::uuid) AND cause <> $3 ORDER BY id = $2::uuid DESC NULLS LAST, number LIMIT 1
"""


def kind_of(questionnaire: Questionnaire, lows: list[LowMark]) -> str:
    """Name what the low marks are about when they agree."""
    feeds = (feed.indicator for low in lows for feed in questionnaire.item(low.item).measures)
    kinds = {KINDS[indicator] for indicator in feeds if indicator in KINDS}
    return kinds.pop() if len(kinds) == 1 else "unknown"
