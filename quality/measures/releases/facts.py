"""Facts of providers, published with a release: what a component counts of them, and no person is behind.

They come from no cell: their unit is the provider, named in public registers, so that there is no client to
protect, no interval and nothing to hide. They are published like any figure all the same: once, at the end
of a period, for everybody and for each convention that names them, and a release never changes.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from quality import clock
from quality.db import Connection, execute, fetch
from quality.ids import uuid7
from quality.measures.releases.periods import Period, months_within

# As for cells, a convention counts what its whole months and its providers hold, unless it is a draft.
AGREED = """
SELECT id, funder_id, providers, indicators, starts_on, ends_on FROM convention
WHERE platform_id = $1 AND status <> 'draft' ORDER BY id
"""
INSERT = """
INSERT INTO release_fact (id, platform_id, release_id, funder_id, convention_id, provider_id, indicator,
    version, period, asked, held, is_whole, told)
SELECT r.id, $2, $3, r.funder, r.convention, r.provider, r.indicator, r.version, $4, r.asked, r.held,
    r.is_whole, r.told
FROM jsonb_to_recordset($1) AS r(id uuid, funder uuid, convention uuid, provider uuid, indicator text,
    version smallint, asked smallint, held smallint, is_whole boolean, told jsonb)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What is counted of one provider: `held` of `asked`, and whether nothing required is missed.

    `told` is what its component will read back; who reads the fact may read it.
    """

    provider: UUID
    indicator: str
    version: int
    asked: int
    held: int
    is_whole: bool
    told: Mapping[str, object]


Row = Mapping[str, Any]
Counting = Callable[[Connection, UUID, date], Awaitable[Sequence[Fact]]]
COUNTINGS: list[Counting] = []


def register(counting: Counting) -> None:
    """Let a component count providers of a platform as they were on a day, for the release that it ends."""
    if counting not in COUNTINGS:
        COUNTINGS.append(counting)


async def keep_facts(db: Connection, platform: UUID, of: Period, release: UUID) -> None:
    """Publish what the components count of providers on the last day of a period.

    For a convention that ended before, they count on its own last day.
    """
    agreed = [
        row
        for row in await fetch(db, AGREED, platform)
        if months_within(of.code, row["starts_on"], row["ends_on"])
    ]
    days = {of.ends_on, *(last_counted(of, row["ends_on"]) for row in agreed)}
    counted = {
        day: [fact for counting in COUNTINGS for fact in await counting(db, platform, day)]
        for day in sorted(days)
    }
    now = clock.now()
    rows = msgspec.json.encode(list(_rows(counted, of, agreed, now))).decode()
    await execute(db, INSERT, rows, platform, release, of.code)


def last_counted(of: Period, ends_on: date | None) -> date:
    """Give the day on which providers are counted: the last one of a period, or of a convention if sooner.

    >>> from quality.measures.releases.periods import period
    >>> last_counted(period("2026-Q4"), None), last_counted(period("2026-Q4"), date(2026, 11, 30))
    (datetime.date(2026, 12, 31), datetime.date(2026, 11, 30))
    """
    return of.ends_on if ends_on is None else min(of.ends_on, ends_on)


def _rows(
    counted: Mapping[date, Sequence[Fact]], of: Period, agreed: Sequence[Row], at: datetime
) -> Iterator[dict[str, object]]:
    """Write each fact for everybody, then for each convention that names it and its provider."""
    for fact in counted[of.ends_on]:
        yield _written(fact, None, None, at)
    for each in agreed:
        for fact in counted[last_counted(of, each["ends_on"])]:
            if fact.provider in each["providers"] and fact.indicator in each["indicators"]:
                yield _written(fact, each["funder_id"], each["id"], at)


def _written(fact: Fact, funder: UUID | None, convention: UUID | None, at: datetime) -> dict[str, object]:
    return {
        "id": uuid7(at),
        "funder": funder,
        "convention": convention,
        "provider": fact.provider,
        "indicator": fact.indicator,
        "version": fact.version,
        "asked": fact.asked,
        "held": fact.held,
        "is_whole": fact.is_whole,
        "told": fact.told,
    }
