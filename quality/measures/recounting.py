"""Cells recomputed from what is stored: what they hold beside what the facts say, and the refusal."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from quality.db import Connection, fetch
from quality.errors import Refused
from quality.measures.record import Row, of
from quality.measures.sums import Sums, minus, plus

PAGE = 2_000
SHOWN = 20
NOBODY = UUID(int=0)
NOTHING: Sums = (0, 0)
Expected = defaultdict[UUID, Sums]
log = logging.getLogger(__name__)
STORED = """
SELECT id, n, x, parts FROM cell
WHERE id > $1 AND indicator = ANY ($2::text[]) AND month > $4 AND NOT (indicator = $5 AND respondent = $6)
ORDER BY id LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """What is stored beside what the facts say; (0, 0) stands for no row."""

    place: str
    id: UUID
    stored: Sums
    recomputed: Sums


class CellsDiffer(Refused):
    title = "Des cellules ne correspondent pas aux réponses"


def nothing_expected() -> Expected:
    return defaultdict(lambda: NOTHING)


def add(expected: Expected, rows: Iterable[Row]) -> None:
    """Add what rows contribute to the sums expected of their cells."""
    for row in rows:
        expected[row["id"]] = plus(expected[row["id"]], of(row))


def kept_otherwise(
    place: str, kept: Mapping[str, Sequence[int]], said: Mapping[str, Sequence[int]]
) -> list[Difference]:
    """Tell which cells a source keeps otherwise than its facts say."""
    return [
        Difference(place, UUID(cell), tuple(kept.get(cell, NOTHING)), tuple(said.get(cell, NOTHING)))
        for cell in sorted(kept.keys() | said.keys())
        if any(minus(kept.get(cell, NOTHING), said.get(cell, NOTHING)))
    ]


async def differing(
    db: Connection,
    expected: Expected,
    indicators: list[str],
    sealed: date = date.min,
    but: tuple[str, str] = ("", ""),
) -> list[Difference]:
    """Compare the cells of some indicators, after a month, with the sums expected; `expected` is emptied.

    `but` names an indicator and the respondent of its cells that are somebody else's to count.
    """
    found: list[Difference] = []
    last = NOBODY
    while rows := await fetch(db, STORED, last, indicators, PAGE, sealed, *but):
        for row in rows:
            stored, sums = of(row), expected.pop(row["id"], NOTHING)
            if any(minus(stored, sums)):
                found.append(Difference("cell", row["id"], stored, sums))
        last = rows[-1]["id"]
    absent = sorted((cell, sums) for cell, sums in expected.items() if any(sums))
    return found + [Difference("cell", cell, NOTHING, sums) for cell, sums in absent]


def refuse(found: Sequence[Difference]) -> None:
    """Write differences in the log and refuse the run, if there are any."""
    for each in found[:SHOWN]:
        log.error("%s %s: stored %s, recomputed %s", each.place, each.id, each.stored, each.recomputed)
    if found:
        raise CellsDiffer("{count} cellules ne correspondent pas aux réponses.", count=len(found))
