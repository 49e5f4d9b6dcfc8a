"""Somebody who holds every file of every reader adds, subtracts and compares: nobody can be found.

The attack reads what is handed out, as written: counts of clients rounded to 5, in files of every kind, and
what pages say beside them of providers compared and of totals weighted. It knows neither the base nor the
truth.
"""

import csv
import io
import json
import zipfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations

import httpx
import pytest
from python_calamine import CalamineWorkbook

from quality.db import fetch, pool
from quality.measures.disclosure.knowledge import ROUNDING
from quality.measures.disclosure.lattice import TOP, TOPS, above
from quality.measures.disclosure.status import (
    FRAGILE_UNDER,
    HIDDEN_UNDER,
    LEAST_COUNT,
    WHOLE_PERCENT_UNDER,
    round_half_up,
)
from quality.measures.releases.comparing import SIZES, mean_of
from quality.measures.releases.periods import children
from quality.measures.statistics.funnel import JUDGED_FROM
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


BESIDE = """
SELECT coalesce(v.code, 'ensemble') AS population, c.indicator, c.scope_type, c.scope_code, c.activity,
       c.period, s.level, w.id IS NOT NULL AS is_weighted
FROM release_cell c LEFT JOIN convention v ON v.id = c.convention_id
LEFT JOIN release_standing s ON s.id = c.id LEFT JOIN release_weighted w ON w.id = c.id
WHERE s.id IS NOT NULL OR w.id IS NOT NULL
"""
Said = Mapping[tuple[str, Where], tuple[str | None, bool]]


async def said_beside() -> Said:
    """Read what pages say of a figure beside it: a word on a provider, that a total is weighted too."""
    rows = await fetch(pool("work"), BESIDE)
    return {(row["population"], where(row)): (row["level"], row["is_weighted"]) for row in rows}


def clients_of(row: Row, level: str | None = None, is_weighted: bool = False) -> tuple[float, float]:
    """Bound the clients behind a shown figure by all that is said of it.

    Its count is rounded to 5 and never under 15; it has a letter, a decimal from 400 clients, a word that
    says whether they are forty, and a weighted twin from forty.
    """
    count = float(row["n_clients"])
    low, high = count - ROUNDING, count + ROUNDING
    lows = [low, HIDDEN_UNDER if row["status"] == "L" else FRAGILE_UNDER]
    lows += [WHOLE_PERCENT_UNDER] if any(each and each % 1 for each in numbers(row)) else []
    lows += [JUDGED_FROM] if is_weighted or level not in {None, "few"} else []
    highs = [high, *([FRAGILE_UNDER - 1] if row["status"] == "L" else [])]
    highs += [JUDGED_FROM - 1] if level == "few" else []
    return (HIDDEN_UNDER if count == LEAST_COUNT else max(lows)), min(highs)


def most_left(population: str, total: Row, parts: Sequence[Row], said: Said) -> float:
    """Give the most that the hidden parts of a shown total can be together, as all that is said tells."""

    def bounds(row: Row) -> tuple[float, float]:
        return clients_of(row, *said.get((population, where(row)), (None, False)))

    shown = [row for row in parts if row["status"] not in HIDDEN]
    return bounds(total)[1] - sum(bounds(row)[0] for row in shown)


async def test_what_one_file_hides_no_file_of_anybody_shows(loot: Loot) -> None:
    statuses = set[str]()
    for population in list(loot.files):
        for row in loot.lines(population).values():
            statuses.add(row["status"])
            assert (row["status"] in HIDDEN) == (numbers(row) == (None,) * 4), row
    assert statuses >= {"A", "L", "C", "D"}


async def test_totals_minus_parts_never_prove_that_fewer_than_11_are_left(loot: Loot) -> None:
    attacked, said = 0, await said_beside()
    assert {level for level, _ in said.values()} > {"few", "ordinary"}
    assert any(is_weighted for _, is_weighted in said.values())
    for population in list(loot.files):
        for total, parts in sums(loot.lines(population)):
            hidden = [row for row in parts if row["status"] in HIDDEN]
            if total["status"] not in HIDDEN and hidden:
                attacked += 1
                assert len(hidden) > 1, (total, hidden)
                left = most_left(population, total, parts, said)
                assert left >= HIDDEN_UNDER, (population, total, hidden)
    assert attacked > 20


async def test_what_is_said_beside_figures_says_no_more_than_they_do(loot: Loot) -> None:
    await check_words(loot)
    await check_comparisons(loot)


async def check_comparisons(loot: Loot) -> None:
    """Whom a comparison counts, its mean and its sizes are of shown figures: a hidden one moves none."""
    funnels = await fetch(
        pool("work"),
        """
        SELECT f.id, f.indicator, f.activity, f.peers, f.centre, f.limits, r.period,
               coalesce(v.code, 'ensemble') AS population
        FROM release_funnel f JOIN release r ON r.id = f.release_id
        LEFT JOIN convention v ON v.id = f.convention_id
        """,
    )
    assert {each["population"] for each in funnels} == {WHOLE, "herault-2025"}
    hidden = 0
    for each in funnels:
        rows = [
            row
            for row in loot.lines(each["population"]).values()
            if all(row[name] == each[name] for name in ("indicator", "activity", "period"))
            and row["scope_type"] == "provider_departement"
        ]
        shown = [row for row in rows if row["status"] not in HIDDEN]
        hidden += len(rows) - len(shown)
        counts = [int(float(row["n_clients"])) for row in shown]
        values = [Decimal(str(worth(row))) for row in shown]
        digits = int(sum(counts) >= WHOLE_PERCENT_UNDER)
        assert each["peers"] == len(shown)
        assert each["centre"] == round_half_up(mean_of(zip(counts, values, strict=True)), digits)
        limits = each["limits"] if isinstance(each["limits"], list) else json.loads(each["limits"])
        assert [one["clients"] for one in limits] == [
            *(size for size in SIZES if size < max(counts)),
            max(counts),
        ]
    assert hidden > 0


def worth(row: Row) -> float:
    """Give the value of a shown line, or what its bound stands for: all, or nobody."""
    _count, value, _low, high = numbers(row)
    return value if value is not None else 100.0 if high == 100 else 0.0


async def check_words(loot: Loot) -> None:
    """A word on a provider needs forty clients, as a weighted total does, which is never one provider's."""
    for (population, key), (level, is_weighted) in (await said_beside()).items():
        row = loot.lines(population)[key]
        assert row["status"] not in HIDDEN
        assert level in {None, "few"} or float(row["n_clients"]) >= JUDGED_FROM
        if is_weighted:
            assert (population, row["activity"]) == (WHOLE, "")
            assert row["scope_type"] in {"france", "departement"}
            assert float(row["n_clients"]) >= JUDGED_FROM


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
