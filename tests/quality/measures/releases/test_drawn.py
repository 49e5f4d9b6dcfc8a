"""What is drawn of another series, everywhere it is counted: marks from 0 to 100, the best marks, delays."""

import random
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import asyncpg
import pytest

from quality.db import fetch, pool
from quality.measures.catalogue import indicator
from quality.measures.releases.figures import Folded, estimated, facts_of, said_by
from quality.measures.releases.periods import period
from quality.measures.releases.releasing import create, verify
from quality.measures.statistics import Moments
from quality.measures.statistics.remedies import counted, median_delay
from quality.measures.statistics.score import score
from tests.quality.directory.declared import declare
from tests.quality.measures.cells import Cell, convene, write
from tests.quality.measures.folded import crowds, fold, spreads
from tests.world import World

OCTOBER = period("2026-10")
DAY = timedelta(days=1)
BY_PLACE = """
SELECT indicator, scope_type, status, value, ci_low, ci_high, n_clients, unit FROM release_cell
WHERE activity = '' AND convention_id IS NULL ORDER BY indicator, scope_type
"""


def rated(provider: object, client: str, marks: Sequence[int], code: str = "QUAL", **facts: object) -> Cell:
    """Give the cell of one client's marks from 1 to 5."""
    kept = tuple(marks.count(each) for each in range(1, 6))
    good = sum(mark > 3 for mark in marks)
    return Cell(provider, client, len(marks), good, code, parts=kept, **facts)  # type: ignore[arg-type]


def complained(provider: object, client: str, days: Sequence[float | None], **facts: object) -> Cell:
    """Give the cell of one client's complaints, each remedied after some days or never, all seen for long."""
    counts = [counted(None if each is None else each * DAY, 90 * DAY) for each in days]
    in_time = sum(each is not None and each <= 15 for each in days)
    parts = tuple(map(sum, zip(*counts, strict=True)))
    return Cell(provider, client, len(days), in_time, "RECL_D", parts=parts, **facts)  # type: ignore[arg-type]


async def whole() -> dict[str, Folded]:
    (row,) = await fetch(pool("work"), "SELECT DISTINCT platform_id AS id FROM cell")
    return {
        each.key.indicator: each
        for each in await fold(pool("work"), row["id"], OCTOBER)
        if each.key.scope == "france" and not each.key.activity
    }


@pytest.mark.parametrize("seed", range(4))
async def test_a_folded_score_is_that_of_all_the_marks(world: World, seed: int) -> None:
    drawn = random.Random(seed)
    said = {f"c{place}": [drawn.randint(1, 5) for _ in range(drawn.randint(1, 4))] for place in range(60)}
    split = [(client, marks[:1]) for client, marks in said.items()]
    split += [(client, marks[1:]) for client, marks in said.items() if marks[1:]]
    await write(
        world,
        [
            rated(world.aide34 if place % 2 else world.cap, client, marks)
            for place, (client, marks) in enumerate(split)
        ],
    )
    found = await whole()
    steps = Moments.of((len(marks), sum(mark - 1 for mark in marks)) for marks in said.values())
    assert estimated(found["QUAL_100"]) == score(steps)
    assert found["QUAL_100"].moments == steps
    assert found["QUAL_TOP"].moments == Moments.of((len(m), m.count(5)) for m in said.values())
    assert facts_of(found["QUAL"]).clients == facts_of(found["QUAL_TOP"]).clients == 60


async def test_an_answer_that_kept_no_mark_counts_in_its_share_alone(world: World) -> None:
    old = [Cell(world.aide34, f"c{place}", 1, 1, "QUAL") for place in range(20)]
    new = [rated(world.aide34, f"c{place}", [5, 1]) for place in range(10, 40)]
    both = [Cell(world.aide34, "both", 3, 2, "QUAL", parts=(0, 0, 0, 0, 1))]
    await write(world, [*old, *new, *both])
    found = await whole()
    assert (found["QUAL"].moments.clients, found["QUAL"].moments.n) == (41, 83)
    assert (found["QUAL_100"].moments.clients, found["QUAL_100"].moments.n) == (31, 61)
    assert (found["QUAL_100"].moments.x, found["QUAL_TOP"].moments.x) == (124, 31)
    places = await crowds(pool("work"), world.platform, OCTOBER)
    (counted_once,) = places["QUAL_100", 1]["", "", ""]
    assert counted_once.clients == 31


async def test_where_no_mark_is_kept_there_is_no_score(world: World) -> None:
    await write(world, [Cell(world.aide34, f"c{place}", 1, 1, "GLOB") for place in range(20)])
    assert list(await whole()) == ["GLOB"]


async def test_a_folded_median_is_that_of_all_the_delays(world: World) -> None:
    drawn = random.Random(5)
    waited = {
        f"c{place}": [drawn.choice([None, drawn.expovariate(1 / 9)]) for _ in range(drawn.randint(1, 2))]
        for place in range(80)
    }
    await write(world, [complained(world.aide34, client, days) for client, days in waited.items()])
    found = await whole()
    cases = [each for days in waited.values() for each in days]
    counts = [counted(None if each is None else each * DAY, 90 * DAY) for each in cases]
    in_time = Moments.of(
        (len(days), sum(each is not None and each <= 15 for each in days)) for days in waited.values()
    )
    assert found["RECL_M"].moments == found["RECL_D"].moments == in_time
    assert estimated(found["RECL_M"]) == median_delay(
        [sum(each) for each in zip(*counts, strict=True)], in_time
    )


async def test_what_is_drawn_stands_in_territories_and_counts_its_own_clients_there(world: World) -> None:
    await declare(world, "lodeve", "34700")
    here = {"territory": "lodeve"}
    await write(world, [rated(world.aide34, f"c{n}", [5], **here) for n in range(12)])
    await write(world, [Cell(world.aide34, f"old{n}", 1, 1, "QUAL", **here) for n in range(5)])
    await write(world, [complained(world.cap, f"c{n}", [n + 1], **here) for n in range(11)])
    bases = {
        base.key.indicator: base
        for base in await fold(pool("work"), world.platform, OCTOBER)
        if base.key.code == "34-lodeve" and not base.key.activity
    }
    clients = {code: base.moments.clients for code, base in bases.items()}
    assert clients == {"QUAL": 17, "QUAL_TOP": 12, "QUAL_100": 12, "RECL_D": 11, "RECL_M": 11}
    assert estimated(bases["RECL_M"]) == median_delay(
        sums_of([counted((n + 1) * DAY, 90 * DAY) for n in range(11)]), Moments.of([(1, 1)] * 11)
    )
    found = await spreads(pool("work"), world.platform, OCTOBER)
    assert sum(each.clients for each in found["QUAL", 1][None, "34"]) == 17
    assert sum(each.clients for each in found["QUAL_100", 1][None, "34"]) == 12


def sums_of(counts: Sequence[Sequence[int]]) -> list[int]:
    return [sum(each) for each in zip(*counts, strict=True)]


async def published(world: World) -> None:
    """Publish a month of marks and complaints at Aide 34, and of few clients at Cap."""
    await convene(world, world.herault, indicators=("GLOB", "QUAL", "RECL_D"), targets={})
    facts = {"funders": (world.herault,)}
    marks = [5] * 44 + [4] * 28 + [3] * 8
    cells = [rated(world.aide34, f"c{n}", [mark], **facts) for n, mark in enumerate(marks)]
    cells += [rated(world.aide34, f"c{n}", [5], "GLOB", **facts) for n in range(20)]
    cells += [rated(world.cap, f"few{n}", [1], **facts) for n in range(7)]
    days = [2] * 10 + [3] * 10 + [20] * 10 + [None] * 5
    cells += [complained(world.aide34, f"c{n}", [each], **facts) for n, each in enumerate(days)]
    await write(world, cells)
    await create(world.platform, "2026-10")


async def test_what_is_drawn_is_published_with_its_interval_and_hidden_where_its_series_is(
    world: World,
) -> None:
    await published(world)
    rows = await fetch(pool("work"), BY_PLACE)
    france = {row["indicator"]: row for row in rows if row["scope_type"] == "france"}
    assert (france["QUAL_100"]["unit"], france["RECL_M"]["unit"]) == ("score", "days")
    assert (france["RECL_M"]["value"], france["RECL_M"]["ci_low"]) == (Decimal(3), Decimal(3))
    assert france["RECL_M"]["ci_low"] <= france["RECL_M"]["value"] < france["RECL_M"]["ci_high"]
    providers = [row for row in rows if row["scope_type"] == "provider_departement"]
    hidden = {code: [row["status"] for row in providers if row["indicator"] == code] for code in france}
    assert hidden["QUAL_100"] == hidden["QUAL_TOP"] == hidden["QUAL"]
    assert hidden["QUAL"].count("C") == 1


async def test_all_of_few_clients_who_give_the_best_mark_are_a_bound(world: World) -> None:
    await published(world)
    (row,) = [
        row
        for row in await fetch(pool("work"), BY_PLACE)
        if (row["indicator"], row["scope_type"]) == ("GLOB_100", "france")
    ]
    assert (row["status"], row["value"], row["ci_low"], row["ci_high"]) == ("L", None, 84, 100)


async def test_a_release_is_recomputed_with_its_scores_and_medians(
    world: World, owner: asyncpg.Connection
) -> None:
    await published(world)
    assert set(map(tuple, (await verify(world.platform)).values())) == {()}
    await owner.execute("ALTER TABLE release_base DISABLE TRIGGER release_base_is_final")
    later = "UPDATE release_base SET parts[3] = 0, parts[41] = 10 WHERE cardinality(parts) = 62"
    await owner.execute(later)
    await owner.execute("ALTER TABLE release_base ENABLE TRIGGER release_base_is_final")
    (flaws,) = (await verify(world.platform)).values()
    assert any("RECL_M" in flaw for flaw in flaws)


async def test_a_convention_that_follows_a_series_reads_what_is_drawn_of_it(world: World) -> None:
    await published(world)
    rows = await fetch(
        pool("work"), "SELECT DISTINCT indicator FROM release_cell WHERE funder_id = $1", world.herault
    )
    assert {"GLOB_100", "QUAL_100", "QUAL_TOP", "RECL_M"} <= {row["indicator"] for row in rows}


async def test_no_chart_nor_comparison_judges_what_is_drawn(world: World) -> None:
    await published(world)
    for table in ("release_chart", "release_weighted"):
        rows = await fetch(
            pool("work"), f"SELECT DISTINCT c.indicator FROM {table} JOIN release_cell c USING (id)"
        )
        assert not {row["indicator"] for row in rows} & {"GLOB_100", "QUAL_100", "QUAL_TOP", "RECL_M"}
    rows = await fetch(pool("work"), "SELECT DISTINCT indicator FROM release_funnel")
    assert not {row["indicator"] for row in rows} & {"GLOB_100", "QUAL_100", "QUAL_TOP", "RECL_M"}


def test_what_a_score_says_of_the_sum_of_a_hundred_marks_is_what_it_is() -> None:
    saying = said_by(indicator("QUAL_100", 1))
    assert saying is not None
    assert 100 * (Decimal(86) / Decimal(int(saying.per)) + saying.shift) == 344  # 86 = 25 · 344 ÷ 100
    assert said_by(indicator("RECL_M", 1)) is None
