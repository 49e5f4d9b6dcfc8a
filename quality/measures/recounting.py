"""Cells recomputed from what is stored: what they hold beside what the facts say, and the refusal."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from quality.db import Connection, fetch
from quality.errors import Refused
from quality.measures.record import Row

PAGE = 2_000
SHOWN = 20
NOBODY = UUID(int=0)
Expected = defaultdict[UUID, list[int]]
log = logging.getLogger(__name__)
STORED = """
SELECT id, n, x FROM cell WHERE id > $1 AND indicator = ANY ($2::text[]) ORDER BY id LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """What is stored beside what the facts say; (0, 0) stands for no row."""

    place: str
    id: UUID
    stored: tuple[int, int]
    recomputed: tuple[int, int]


class CellsDiffer(Refused):
    title = "Des cellules ne correspondent pas aux réponses"


def nothing_expected() -> Expected:
    return defaultdict(lambda: [0, 0])


def add(expected: Expected, rows: Iterable[Row]) -> None:
    """Add what rows contribute to the sums expected of their cells."""
    for row in rows:
        sums = expected[row["id"]]
        sums[0] += row["n"]
        sums[1] += row["x"]


def kept_otherwise(
    place: str, kept: Mapping[str, Sequence[int]], said: Mapping[str, Sequence[int]]
) -> list[Difference]:
    """Tell which cells a source keeps otherwise than its facts say."""
    return [
        Difference(place, UUID(cell), _pair(kept.get(cell)), _pair(said.get(cell)))
        for cell in sorted(kept.keys() | said.keys())
        if _pair(kept.get(cell)) != _pair(said.get(cell))
    ]


def _pair(sums: Sequence[int] | None) -> tuple[int, int]:
    return (sums[0], sums[1]) if sums else (0, 0)


async def differing(db: Connection, expected: Expected, indicators: list[str]) -> list[Difference]:
    """Compare every stored cell of some indicators with the sums expected of it; `expected` is emptied."""
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


def refuse(found: Sequence[Difference]) -> None:
    """Write differences in the log and refuse the run, if there are any."""
    for each in found[:SHOWN]:
        log.error("%s %s: stored %s, recomputed %s", each.place, each.id, each.stored, each.recomputed)
    if found:
        raise CellsDiffer("{count} cellules ne correspondent pas aux réponses.", count=len(found))
