"""What was issued, read: the provider's own last result, and those of its peers without their names.

What leaves: for each principle, the median of the others and the quarter where one's own issued result
stands. Why nobody is told: the others are at least 11, oneself not counted, so that no median is that of a
known establishment; their number and any rank stay inside; only results of months that are over count, so
that one sending moves nothing the day it is made; and only issued results are placed, so that changing
one's answers asks nothing of the others' values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec

from charter.benchmark.placing import window
from charter.declaring import Kind, Review
from charter.scoring.issuing import Issued
from charter.scoring.outcome import Level
from quality.db import Connection, fetch, fetch_one

Values = Mapping[int, Decimal]  # by number of principle, with two decimals
LAST = """
SELECT issued, frozen_at FROM assessment
WHERE provider_id = $1 AND edition = $2 AND edition_version = $3 AND kind = $4 AND frozen_at IS NOT NULL
ORDER BY frozen_at DESC LIMIT 1
"""
# charter_peers() gives nothing under 11 others, and no row of theirs (charter/migrations/rules.sql).
PEERS = "SELECT chapter, worth FROM charter_peers($1, $2, $3, $4, $5)"


@dataclass(frozen=True, slots=True)
class Last:
    """The last result that a provider was issued: when it was sent, its values by principle."""

    on: date
    values: Values


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What a result is set beside: the last one, and what the others were issued, by principle."""

    last: Last | None = None
    others: Mapping[int, tuple[Decimal, ...]] = field(default_factory=dict)


async def benchmark(db: Connection, of: Review, today: date, zone: ZoneInfo) -> Benchmark:
    """Read what an assessment is set beside; inside a scope. Only whole ones have peers."""
    last = await _last(db, of, zone)
    if of.kind is not Kind.FULL:
        return Benchmark(last)
    since, until = (datetime.combine(each, time(), zone) for each in window(today))
    rows = await fetch(db, PEERS, of.provider, of.edition.code, of.edition.version, since, until)
    return Benchmark(last, {int(row["chapter"]): tuple(row["worth"]) for row in rows})


async def _last(db: Connection, of: Review, zone: ZoneInfo) -> Last | None:
    row = await fetch_one(db, LAST, of.provider, of.edition.code, of.edition.version, of.kind)
    if row is None:
        return None
    issued = msgspec.json.decode(row["issued"], type=Issued)
    values = {
        int(part.code): Decimal(part.value)
        for part in issued.parts
        if part.level == Level.CHAPTER and part.value is not None
    }
    return Last(row["frozen_at"].astimezone(zone).date(), values)
