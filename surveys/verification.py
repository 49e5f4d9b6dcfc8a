"""Figures recomputed from what is stored: every cell that answers feed must be what the responses say."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from quality.component import Job
from quality.db import Connection, execute, fetch, transaction
from quality.errors import Refused
from quality.measures.record import ASKED, Row, cells, sums_of
from surveys.collect import contributed
from surveys.response import InvitedVisit, KnownResponse, after

PAGE = 2_000
SHOWN = 20
NOBODY = UUID(int=0)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Difference:
    """What is stored beside what the responses say; (0, 0) stands for no row."""

    place: str
    id: UUID
    stored: tuple[int, int]
    recomputed: tuple[int, int]


class CellsDiffer(Refused):
    title = "Des cellules ne correspondent pas aux réponses"


async def recomputed(db: Connection) -> list[Difference]:
    """Compare, inside one transaction that sees one instant, every cell with the sum of its responses."""
    expected: defaultdict[UUID, list[int]] = defaultdict(lambda: [0, 0])
    indicators = {series.partition(":")[0] for series in ASKED}
    found: list[Difference] = []
    last = NOBODY
    while visits := await after(db, last, PAGE):
        for visit in visits:
            indicators.update(indicator for indicator, _ in visit.questionnaire.feeds)
            found += _count(visit, expected)
        last = visits[-1].id
    return found + await _differing(db, expected, sorted(indicators))


def _count(visit: InvitedVisit, expected: defaultdict[UUID, list[int]]) -> list[Difference]:
    """Add what a visit feeds; tell which of its responses keeps something else of itself."""
    if visit.is_eligible:
        _add(expected, cells(visit.facts("").of_request, ASKED))
    found = []
    for response in visit.responses.values():
        rows = contributed(visit, response.answers, response.respondent, response.admissible)
        _add(expected, rows)
        found += _kept_otherwise(response, rows)
    return found


def _add(expected: defaultdict[UUID, list[int]], rows: Iterable[Row]) -> None:
    for row in rows:
        sums = expected[row["id"]]
        sums[0] += row["n"]
        sums[1] += row["x"]


def _kept_otherwise(response: KnownResponse, rows: list[Row]) -> list[Difference]:
    kept = response.cells
    said = {cell: (n, x) for cell, (n, x) in sums_of(rows).items()}
    return [
        Difference("response", UUID(cell), kept.get(cell, (0, 0)), said.get(cell, (0, 0)))
        for cell in sorted(kept.keys() | said.keys())
        if kept.get(cell) != said.get(cell)
    ]


async def _differing(
    db: Connection, expected: defaultdict[UUID, list[int]], indicators: list[str]
) -> list[Difference]:
    found: list[Difference] = []
    last = NOBODY
    while rows := await fetch(db, STORED, last, indicators, PAGE):
        for row in rows:
            n, x = expected.pop(row["id"], [0, 0])
            if (row["n"], row["x"]) != (n, x):
                found.append(Difference("cell", row["id"], (row["n"], row["x"]), (n, x)))
        last = rows[-1]["id"]
    absent = sorted((cell, n, x) for cell, (n, x) in expected.items() if (n, x) != (0, 0))
    return found + [Difference("cell", cell, (0, 0), (n, x)) for cell, n, x in absent]


STORED = """
SELECT id, n, x FROM cell WHERE id > $1 AND indicator = ANY ($2::text[]) ORDER BY id LIMIT $3
"""


async def verify(_house: object) -> None:
    """Recompute all cells; a difference is written in the log and refuses the run."""
    async with transaction("work") as db:
        await execute(db, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        found = await recomputed(db)
    for each in found[:SHOWN]:
        log.error("%s %s: stored %s, recomputed %s", each.place, each.id, each.stored, each.recomputed)
    if found:
        raise CellsDiffer("{count} cellules ne correspondent pas aux réponses.", count=len(found))


JOBS = (Job("verify-cells", verify, every=timedelta(days=1)),)
