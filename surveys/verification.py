"""Figures recomputed from what is stored: every cell that answers feed must be what the responses say."""

from datetime import timedelta

from quality import clock
from quality.component import Job
from quality.db import Connection, execute, transaction
from quality.measures.record import ASKED, cells, sums_of
from quality.measures.recounting import (
    NOBODY,
    PAGE,
    Difference,
    Expected,
    add,
    differing,
    kept_otherwise,
    nothing_expected,
    refuse,
)
from surveys import dispositions
from surveys.collect import contributed
from surveys.response import InvitedVisit, after
from surveys.retention.answers import sealed_month


async def recomputed(db: Connection) -> list[Difference]:
    """Compare, inside one transaction that sees one instant, the cells with the sums of their responses.

    Those of a month whose answers leave are sealed: they are what they were written.
    """
    expected = nothing_expected()
    sealed = await sealed_month(db, clock.now())
    indicators = {series.partition(":")[0] for series in ASKED}
    found: list[Difference] = []
    last = NOBODY
    while visits := await after(db, last, PAGE):
        for visit in visits:
            indicators.update(indicator for indicator, _ in visit.questionnaire.feeds)
            if visit.month > sealed:
                found += _count(visit, expected)
        last = visits[-1].id
    indicators.update(await dispositions.count(db, expected, sealed))
    return found + await differing(db, expected, sorted(indicators), sealed)


def _count(visit: InvitedVisit, expected: Expected) -> list[Difference]:
    """Add what a visit feeds; tell which of its responses keeps something else of itself."""
    if visit.is_eligible:
        add(expected, cells(visit.facts("").of_request, ASKED))
    found = []
    for response in visit.responses.values():
        rows = contributed(visit, response.answers, response.respondent, response.admissible)
        add(expected, rows)
        found += kept_otherwise("response", response.cells, sums_of(rows))
    return found


async def verify(_house: object) -> None:
    """Recompute all cells; a difference is written in the log and refuses the run."""
    async with transaction("work") as db:
        await execute(db, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        found = await recomputed(db)
    refuse(found)


JOBS = (Job("verify-cells", verify, every=timedelta(days=1)),)
