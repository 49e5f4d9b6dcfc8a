"""What somebody is not content with: their low marks, the wish given, and the complaint that it opened."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from quality.complaints.opening import UNKNOWN, WITHDRAWN_CAUSE
from quality.db import Connection, fetch, fetch_one
from surveys.callbacks import OWED
from surveys.questionnaire.definition import Questionnaire
from surveys.response import InvitedVisit

# What a low mark is about, where one indicator alone says it.
KINDS = {"PONCT": "late", "RESP": "behaviour"}


@dataclass(frozen=True, slots=True)
class LowMark:
    """One signal, the wish that it has, and the complaint that this opened."""

    item: str
    value: int
    wish: str | None
    complaint_id: UUID | None


async def low_marks(db: Connection, source: UUID) -> list[LowMark]:
    """List the low marks of one respondent's answers, the last one first."""
    return [LowMark(**row) for row in await fetch(db, LOW_MARKS, source)]


LOW_MARKS = """
SELECT item, value, wish, complaint_id FROM signal WHERE source_id = $1 AND value BETWEEN 1 AND 2
ORDER BY created_at DESC, item
"""


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
    """What they said was wrong: low marks, the last one first, and the complaint, if one stands.

    `called_from` is the instant from which they are called, when a call is owed.
    """

    source_id: UUID
    lows: tuple[LowMark, ...]
    complaint: OpenedComplaint | None
    called_from: datetime | None = None

    def __bool__(self) -> bool:
        return bool(self.lows or self.complaint)

    @property
    def wish(self) -> str:
        """Give the wish that stands."""
        given = next((low.wish for low in self.lows if low.wish), None)
        return self.complaint.disclosure if self.complaint else given or ""


async def discontent(db: Connection, visit: InvitedVisit, respondent: str) -> Discontent:
    """Read what a respondent said was wrong; a complaint may be opened without any low mark."""
    source = visit.identity(respondent)
    row = await fetch_one(db, TOLD, source, WITHDRAWN_CAUSE, visit.id) or {"lows": [], "id": None}
    lows, called_from = tuple(map(_low.decode, row.pop("lows"))), row.pop("called_from", None)
    return Discontent(source, lows, OpenedComplaint(**row) if row["id"] else None, called_from)


_low = msgspec.json.Decoder(LowMark)
# The complaint that the last low mark joined, else that of the answers themselves, beside all low marks.
TOLD = f"""
WITH low AS MATERIALIZED ({LOW_MARKS}), joined AS MATERIALIZED (SELECT complaint_id FROM low LIMIT 1)
SELECT ARRAY(SELECT to_json(low) FROM low) AS lows, c.*,
    ({OWED.format(invitation="$3", complaint="c.id")}) AS called_from
FROM (SELECT) AS always LEFT JOIN (
    SELECT id, kind, disclosure, acknowledge_due_at, solution_due_at FROM complaint
    WHERE (source_id = $1 OR id = (SELECT complaint_id FROM joined)) AND cause <> $2
    ORDER BY id = (SELECT complaint_id FROM joined) DESC NULLS LAST, number LIMIT 1
) AS c ON true
"""


def kinds_of(questionnaire: Questionnaire, lows: Iterable[LowMark]) -> frozenset[str]:
    """Name all that low marks are about, where it is known."""
    feeds = (feed.indicator for low in lows for feed in questionnaire.item(low.item).measures)
    return frozenset(KINDS[indicator] for indicator in feeds if indicator in KINDS)


def kind_of(questionnaire: Questionnaire, lows: Iterable[LowMark]) -> str:
    """Name what the low marks are about when they agree."""
    kinds = kinds_of(questionnaire, lows)
    return min(kinds) if len(kinds) == 1 else UNKNOWN
