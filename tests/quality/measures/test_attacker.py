"""Somebody who holds every file of every reader adds, subtracts and compares: nobody can be found.

The attack reads what is handed out, as written: counts of clients rounded to 5, in files of every kind. It
knows neither the base nor the truth.
"""

import csv
import io
import json
import zipfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import httpx
import pytest
from python_calamine import CalamineWorkbook

from quality.measures.disclosure.knowledge import ROUNDING
from quality.measures.disclosure.lattice import TOP, TOPS, above
from quality.measures.disclosure.status import HIDDEN_UNDER
from quality.measures.releases.periods import children
from tests.quality.measures.published_year import MONTHS, publish
from tests.quality.measures.test_same_figures import answers_of
from tests.world import World, sign_in

HIDDEN = {"C", "D"}
NUMBERS = ("n_clients", "value", "ci_low", "ci_high")
PLACE = ("indicator", "scope_type", "scope_code", "activity", "period")
WHOLE = "ensemble"
Row = Mapping[str, str]
Where = tuple[str, ...]  # indicator, scope, code, activity, period


def where(row: Row) -> Where:
    return tuple(row[name] for name in PLACE)


def numbers(row: Row) -> tuple[float | None, ...]:
    return tuple(None if row[name] in {"", None} else float(row[name]) for name in NUMBERS)


@dataclass
class Loot:
    """What was read: by population, the lines of each file, under the name of the file."""

    files: dict[str, dict[str, Sequence[Row]]] = field(default_factory=lambda: defaultdict(dict))

    def lines(self, population: str) -> dict[Where, Row]:
        """Give the lines of a population, which every file of it must say alike."""
        found: dict[Where, Row] = {}
        for name, rows in self.files[population].items():
            for row in rows:
                known = found.setdefault(where(row), row)
                same = (row["status"], numbers(row)) == (known["status"], numbers(known))
                assert same, f"{name} says {row}, another file {known}"
        return found


@pytest.fixture
async def season(world: World) -> World:
    """Two months of a quarter, the quarter, and the month after it."""
    await publish(world, MONTHS[-4:])
    return world


@pytest.fixture
async def loot(client: httpx.AsyncClient, season: World) -> Loot:
    found = Loot()
    readers = (
        ("funder", season.herault, ("herault-2025",)),
        ("funder", season.cnav, ("cnav-2025",)),
        ("platform", None, (WHOLE, "herault-2025", "cnav-2025")),
        ("provider", season.aide34, ("herault-2025~34", "cnav-2025~34")),
    )
    for role, organisation, populations in readers:
        await sign_in(client, season, role, organisation)
        for population in populations:
            code = population.partition("~")[0]
            async for name, rows in files_of(client, population):
                found.files[code][f"{role} {population} {name}"] = rows
    found.files[WHOLE]["observer's API"] = await answers_of(client, season, season.observer)
    found.files["herault-2025"]["API"] = await answers_of(client, season, season.herault)
    found.files["cnav-2025"]["API"] = await answers_of(client, season, season.cnav)
    return found


async def files_of(client: httpx.AsyncClient, population: str) -> AsyncIterator[tuple[str, Sequence[Row]]]:
    """Take every file of all periods."""

    async def take(ending: str) -> bytes:
        response = await client.get(f"/rapports/{population}/toutes.{ending}")
        assert response.status_code == 200, (population, ending)
        return response.content

    yield "RFC 4180", list(csv.DictReader(io.StringIO((await take("rfc4180.csv")).decode(), newline="")))
    french = csv.DictReader(io.StringIO((await take("csv")).decode("utf-8-sig"), newline=""), delimiter=";")
    yield "CSV", [row | {name: row[name].replace(",", ".") for name in NUMBERS} for row in french]
    yield "JSON", json.loads(await take("json"))["figures"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(await take("xlsx")))
    head, *cells = book.get_sheet_by_name("Données").to_python()
    yield "XLSX", [dict(zip(head, row, strict=True)) for row in cells]
    with zipfile.ZipFile(io.BytesIO(await take("zip"))) as archive:
        packed = archive.read("figures.csv").decode()
    yield "package", list(csv.DictReader(io.StringIO(packed, newline="")))


def spot_of(row: Row) -> tuple[str, str]:
    return TOP if row["scope_type"] in TOPS else (row["scope_type"], row["scope_code"])


def sums(lines: Mapping[Where, Row]) -> Iterator[tuple[Row, list[Row]]]:
    """Give each total with its parts: over space, over activities, over time."""
    by_place = {
        (spot_of(row), row["indicator"], row["activity"], row["period"]): row for row in lines.values()
    }
    parts: dict[int, list[list[Row]]] = defaultdict(lambda: [[], [], []])
    for (spot, indicator, activity, period), row in by_place.items():
        over = above(*spot) if spot != TOP else None
        if over is not None and (total := by_place.get((over, indicator, activity, period))):
            parts[id(total)][0].append(row)
        if activity and (total := by_place.get((spot, indicator, "", period))):
            parts[id(total)][1].append(row)
        inside = [by_place.get((spot, indicator, activity, each)) for each in children(period)]
        if inside and all(inside):
            parts[id(row)][2] += [each for each in inside if each]
    for row in by_place.values():
        yield from ((row, each) for each in parts[id(row)] if each)


def most_left(total: Row, parts: Sequence[Row]) -> float:
    """Give the most that the hidden parts of a shown total can be together, as the rounded counts say."""
    shown = [row for row in parts if row["status"] not in HIDDEN]
    return float(total["n_clients"]) + ROUNDING - sum(float(row["n_clients"]) - ROUNDING for row in shown)


async def test_what_one_file_hides_no_file_of_anybody_shows(loot: Loot) -> None:
    statuses = set[str]()
    for population in list(loot.files):
        for row in loot.lines(population).values():
            statuses.add(row["status"])
            assert (row["status"] in HIDDEN) == (numbers(row) == (None,) * 4), row
    assert statuses >= {"A", "L", "C", "D"}


async def test_totals_minus_parts_never_prove_that_fewer_than_11_are_left(loot: Loot) -> None:
    attacked = 0
    for population in list(loot.files):
        for total, parts in sums(loot.lines(population)):
            hidden = [row for row in parts if row["status"] in HIDDEN]
            if total["status"] not in HIDDEN and hidden:
                attacked += 1
                assert len(hidden) > 1, (total, hidden)
                assert most_left(total, parts) >= HIDDEN_UNDER, (population, total, hidden)
    assert attacked > 20


async def test_funder_minus_funder_never_leaves_a_few_clients(loot: Loot) -> None:
    """The whole less one convention, and what two conventions show of one place."""
    tables = {name: loot.lines(name) for name in (WHOLE, "herault-2025", "cnav-2025")}
    pairs = 0
    for one, other in combinations(tables, 2):
        seen = {(spot_of(row), *where(row)[::2]): row for row in tables[other].values()}
        for row in tables[one].values():
            twin = seen.get((spot_of(row), *where(row)[::2]))
            if twin and not HIDDEN & {row["status"], twin["status"]}:
                pairs += 1
                left = abs(float(row["n_clients"]) - float(twin["n_clients"]))
                assert left == 0 or left + 2 * ROUNDING >= HIDDEN_UNDER, (row, twin)
    assert pairs > 20


async def test_the_order_of_lines_is_that_of_names(loot: Loot) -> None:
    """Neither a hidden value nor a shown one decides where a line stands; the API's is that of random ids."""
    for population, files in loot.files.items():
        for name, rows in files.items():
            if not name.endswith("API"):
                assert list(map(named, rows)) == sorted(map(named, rows)), (population, name)


def named(row: Row) -> tuple[str, ...]:
    """Give the words by which a file is sorted: its period, then the names of a line."""
    return tuple(row[name] for name in ("period", "indicator", "scope_type", "scope_code", "activity"))
