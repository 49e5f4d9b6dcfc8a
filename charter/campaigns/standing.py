"""How far all the providers of a campaign are: one query for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from charter.applicability import Establishment
from charter.campaigns.progress import Progress, progress
from charter.declaring import Kind, asked_by, establishment
from charter.definition import Edition
from charter.scoring.issuing import Issued
from quality.db import Connection, fetch

STANDING = r"""
SELECT o.code, o.name, o.activities, p.sent_at, p.issued, p.answered
FROM campaign_progress($1) p JOIN organisation o ON o.id = p.provider_id
ORDER BY lower(regexp_replace(normalize(o.name, NFD), '[\u0300-\u036f]', '', 'g')), o.code
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """One provider of a campaign; `result` is what was issued to it: per cent, or a mean of marks."""

    code: str
    name: str
    progress: Progress
    sent_at: datetime | None
    result: Decimal | None


async def standings(db: Connection, campaign: UUID, edition: Edition, kind: Kind) -> tuple[Standing, ...]:
    """List the providers of a campaign by name, each with its progress; inside a scope."""
    asked: dict[Establishment, Edition] = {}
    found = []
    for row in await fetch(db, STANDING, campaign):
        of = establishment(row["activities"])
        if of not in asked:
            asked[of] = asked_by(edition, kind, of)
        found.append(_standing(row, asked[of]))
    return tuple(found)


def _standing(row: Mapping[str, Any], asked: Edition) -> Standing:
    is_sent = row["sent_at"] is not None
    return Standing(
        row["code"],
        row["name"],
        progress(asked, row["answered"], is_sent=is_sent),
        row["sent_at"],
        _result(row["issued"]) if is_sent else None,
    )


def _result(issued: bytes) -> Decimal | None:
    value = msgspec.json.decode(issued, type=Issued).value
    return None if value is None else Decimal(value)
