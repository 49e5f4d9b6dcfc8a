"""Cells: what one person's answers add to the figures, exactly, in the statement that stores the answer.

A cell's id is the first 16 bytes of SHA-256 over its whole key: who computes the key finds the row, and two
writers of one cell meet on it. The pure part decides what to add and what to subtract; the SQL part is made
of fragments that a caller puts in its own statement.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from quality.db import Connection, execute
from quality.measures.sums import Sums, minus, plus

Row = dict[str, Any]

# Requests and their answers (AAPOR RR2): planning adds the request, the first answer adds the answer.
ASKED: Mapping[str, Sums] = {"RR2:1": (1, 0)}
ANSWERED: Mapping[str, Sums] = {"RR2:1": (0, 1)}


class CellFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The key of a cell without its indicator; `respondent` is empty for what counts requests.

    `arm` is the way of a first contact that chance chose, then those it was chosen against (`phone/sms`);
    empty where nobody drew, which leaves the id of such a cell what it was before there were arms.
    """

    platform_id: UUID
    pseudonym: UUID
    month: date
    provider_id: UUID
    activity: str
    mode: str
    departement: str
    territory: str
    funders: tuple[UUID, ...]
    first_mode: str
    respondent: str
    collector: str
    admissible: str
    age_band: str
    arm: str = ""

    @property
    def of_request(self) -> "CellFacts":
        """Give the facts of the request itself, whoever answers it."""
        return msgspec.structs.replace(self, respondent="", admissible="yes")


def cell_id(facts: CellFacts, indicator: str, version: int) -> UUID:
    """Give the id of a cell; the order in which its funders are named does not matter.

    >>> a, b = UUID(int=1), UUID(int=2)
    >>> facts = CellFacts(platform_id=a, pseudonym=a, month=date(2026, 11, 1), provider_id=a, activity="II-1",
    ...     mode="prestataire", departement="34", territory="", funders=(a, b), first_mode="sms",
    ...     respondent="client", collector="platform", admissible="yes", age_band="75-84")
    >>> cell_id(facts, "GLOB", 1)
    UUID('ab0b8e72-3928-a11f-7b73-f47a5b4134ea')
    >>> cell_id(msgspec.structs.replace(facts, funders=(b, a)), "GLOB", 1) == cell_id(facts, "GLOB", 1)
    True
    """
    return _identity(_stem(facts), indicator, version)


def _identity(stem: str, indicator: str, version: int) -> UUID:
    return UUID(bytes=hashlib.sha256(f"{stem}\x1f{indicator}\x1f{version}".encode()).digest()[:16])


def _stem(facts: CellFacts) -> str:
    return "\x1f".join(
        (
            facts.platform_id.hex,
            facts.pseudonym.hex,
            facts.month.isoformat(),
            facts.provider_id.hex,
            facts.activity,
            facts.mode,
            facts.departement,
            facts.territory,
            ",".join(sorted(funder.hex for funder in facts.funders)),
            facts.first_mode,
            facts.respondent,
            facts.collector,
            facts.admissible,
            facts.age_band,
            *((facts.arm,) if facts.arm else ()),
        )
    )


def cells(facts: CellFacts, contributions: Mapping[str, Sums]) -> list[Row]:
    """Give the rows of contributions named by series (`"GLOB:1": (n, x)`), ready for JSON."""
    if not contributions:
        return []
    columns, stem = {**msgspec.structs.asdict(facts), "funders": sorted(facts.funders)}, _stem(facts)
    return [_row(stem, columns, series, sums) for series, sums in contributions.items()]


def _row(stem: str, columns: Row, series: str, sums: Sums) -> Row:
    indicator, _, number = series.partition(":")
    version = int(number)
    identity = _identity(stem, indicator, version)
    return {**columns, "indicator": indicator, "version": version, **taken(identity, sums)}


def taken(identity: UUID | str, sums: Sequence[int]) -> Row:
    """Write the sums of a cell as a row without its key: what is taken from it, or compared.

    >>> taken(UUID(int=1), (1, 0))
    {'id': UUID('00000000-0000-0000-0000-000000000001'), 'n': 1, 'x': 0}
    """
    n, x, *parts = sums
    row = {"id": identity, "n": n, "x": x}
    return {**row, "parts": parts} if parts else row


def of(row: Mapping[str, Any]) -> Sums:
    """Read the sums of a row.

    >>> of({"n": 2, "x": 1}), of({"n": 1, "x": 2, "parts": [0, 1]})
    ((2, 1), (1, 2, 0, 1))
    """
    return row["n"], row["x"], *(row.get("parts") or ())


def sums_of(rows: Iterable[Row]) -> dict[str, list[int]]:
    """Give what rows contribute, by the id of the cell: what a response keeps of itself."""
    return {str(row["id"]): list(of(row)) for row in rows}


def difference(old: Mapping[str, Sequence[int]], rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Compare what was contributed with what is: rows to add, and rows to subtract from cells that exist.

    Where one sum falls, all go to the second list whatever the others do, since the row to insert must be
    a valid cell by itself. Both lists are in the order of the ids, which `adding` and
    `subtracting` keep.

    >>> cell = {"id": "a", "n": 1, "x": 0}
    >>> difference({"a": [1, 1], "b": [1, 0]}, [cell, {"id": "c", "n": 1, "x": 1}])
    ([{'id': 'c', 'n': 1, 'x': 1}], [{'id': 'a', 'n': 0, 'x': 1}, {'id': 'b', 'n': 1, 'x': 0}])
    """
    more, fewer, left = [], [], dict(old)
    for row in rows:
        before, now = left.pop(str(row["id"]), ()), of(row)
        change = minus(now, before)
        if min(change) < 0:
            fewer.append(taken(row["id"], minus(before, now)))
        elif any(change):
            more.append({**row, **taken(row["id"], change)})
    fewer += [taken(identity, sums) for identity, sums in left.items()]
    return sorted(more, key=_place), sorted(fewer, key=_place)


def _place(row: Row) -> str:
    return str(row["id"])


_KEY = {
    "id": "uuid",
    "platform_id": "uuid",
    "indicator": "text",
    "version": "smallint",
    "pseudonym": "uuid",
    "month": "date",
    "provider_id": "uuid",
    "activity": "text",
    "mode": "text",
    "departement": "text",
    "territory": "text",
    "funders": "uuid[]",
    "first_mode": "text",
    "respondent": "text",
    "collector": "text",
    "admissible": "text",
    "age_band": "text",
    "arm": "text",
}
_NAMES = ", ".join(_KEY)
_TYPES = ", ".join(f"{name} {kind}" for name, kind in _KEY.items())


def adding(rows: str, only_if: str = "true") -> str:
    """Write the INSERT that adds the rows of a jsonb parameter (`$7`), when a condition of the caller holds.

    A cell has one row, and the rows come in the order of the ids, so that two statements that share cells
    lock them in one order: neither is left to the statement, which is run for each answer.
    """
    return f"""
        INSERT INTO cell ({_NAMES}, n, x, parts)
        SELECT {_NAMES}, n, x, parts
        FROM jsonb_to_recordset({rows}::jsonb) AS k({_TYPES}, n integer, x bigint, parts integer[])
        WHERE {only_if}
        ON CONFLICT (id) DO UPDATE SET n = cell.n + excluded.n, x = cell.x + excluded.x,
            parts = coalesce(add_parts(cell.parts, excluded.parts), cell.parts)
    """


def subtracting(rows: str, only_if: str = "true") -> str:
    """Write the UPDATE that takes the rows of a jsonb parameter (id, n, x, parts) from their cells."""
    return f"""
        UPDATE cell SET n = cell.n - k.n, x = cell.x - k.x,
            parts = coalesce(subtract_parts(cell.parts, k.parts), cell.parts)
        FROM jsonb_to_recordset({rows}::jsonb) AS k(id uuid, n integer, x bigint, parts integer[])
        WHERE cell.id = k.id AND {only_if}
    """


async def add(db: Connection, rows: Sequence[Row]) -> None:
    """Add rows to their cells, as planning does for the requests it makes; those of one cell as one."""
    if rows:
        sums: dict[UUID, Row] = {}
        for row in rows:
            known = sums.get(row["id"])
            sums[row["id"]] = {**row, **taken(row["id"], plus(of(known), of(row)))} if known else row
        await execute(db, adding("$1"), as_json(sorted(sums.values(), key=_place)))


async def subtract(db: Connection, rows: Sequence[Row]) -> None:
    """Take rows from their cells; two rows of one cell are taken as one."""
    if rows:
        sums: defaultdict[UUID, Sums] = defaultdict(tuple)
        for row in rows:
            sums[row["id"]] = plus(sums[row["id"]], of(row))
        await execute(db, subtracting("$1"), as_json([taken(cell, each) for cell, each in sums.items()]))


def as_json(value: object) -> str:
    return msgspec.json.encode(value).decode()
