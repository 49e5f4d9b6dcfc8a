"""Scores of marks from 0 to 10 and means of three questions are published as their formulas say."""

import random
from collections.abc import Sequence
from decimal import Decimal

import asyncpg
import httpx
import pytest

from quality.db import fetch, pool
from quality.measures.catalogue import indicator
from quality.measures.releases.figures import estimated, said_by, seal
from quality.measures.releases.periods import period
from quality.measures.releases.releasing import create, verify
from quality.measures.releases.rows import read
from quality.measures.statistics import Moments
from quality.measures.statistics.composite import composite
from quality.measures.statistics.promoters import MARKS, Sides, net_promoter
from tests.quality.measures.cells import Cell, convene, write
from tests.quality.measures.folded import fold
from tests.world import World, sign_in

OCTOBER = period("2026-10")


def marked(provider: object, client: str, marks: Sequence[int], **facts: object) -> Cell:
    """Give the cell of one client's marks from 0 to 10."""
    histogram = tuple(marks.count(each) for each in range(MARKS))
    score = sum(2 * (mark > 8) + (mark in {7, 8}) for mark in marks)
    return Cell(provider, client, len(marks), score, "NPS", parts=histogram, **facts)  # type: ignore[arg-type]


def informed(provider: object, client: str, said: Sequence[int | None], **facts: object) -> Cell:
    """Give the cell of one client's answers to three questions: yes, no, or none."""
    parts = tuple(each for answer in said for each in (int(answer is not None), answer or 0))
    favourable = sum(answer or 0 for answer in said)
    n = int(any(answer is not None for answer in said))
    return Cell(provider, client, n, favourable, "INFO", parts=parts, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(4))
async def test_a_folded_score_is_that_of_all_the_marks(world: World, seed: int) -> None:
    drawn = random.Random(seed)
    said = {f"c{place}": [drawn.randrange(MARKS) for _ in range(drawn.randint(1, 4))] for place in range(60)}
    split = [(client, marks[:1]) for client, marks in said.items()]
    split += [(client, marks[1:]) for client, marks in said.items() if marks[1:]]
    await write(
        world,
        [
            marked(world.aide34 if place % 2 else world.cap, client, marks)
            for place, (client, marks) in enumerate(split)
        ],
    )
    (whole,) = [
        each
        for each in await fold(pool("work"), world.platform, OCTOBER)
        if each.key.scope == "france" and not each.key.activity and each.key.indicator == "NPS"
    ]
    histograms = [[marks.count(each) for each in range(MARKS)] for marks in said.values()]
    assert estimated(whole) == net_promoter(Sides.of(histograms))


@pytest.mark.parametrize("seed", range(4))
async def test_a_folded_composite_is_that_of_all_the_answers(world: World, seed: int) -> None:
    drawn = random.Random(seed)
    said = {f"c{place}": [drawn.choice([0, 1, 1, None]) for _ in range(3)] for place in range(60)}
    await write(world, [informed(world.aide34, client, each) for client, each in said.items()])
    (whole,) = [
        each
        for each in await fold(pool("work"), world.platform, OCTOBER)
        if each.key.scope == "france" and not each.key.activity
    ]
    answers = [[(int(each is not None), each or 0) for each in three] for three in said.values()]
    assert estimated(whole) == composite(answers)


@pytest.mark.parametrize("seed", range(2))
async def test_high_and_low_marks_are_folded_from_the_same_marks(world: World, seed: int) -> None:
    drawn = random.Random(seed)
    said = {f"c{place}": [drawn.randrange(MARKS) for _ in range(drawn.randint(1, 3))] for place in range(40)}
    await write(world, [marked(world.aide34, client, marks) for client, marks in said.items()])
    folded = {
        each.key.indicator: each.moments
        for each in await fold(pool("work"), world.platform, OCTOBER)
        if each.key.scope == "france" and not each.key.activity
    }
    assert folded["NPS_HIGH"] == Moments.of((len(m), sum(each > 8 for each in m)) for m in said.values())
    assert folded["NPS_LOW"] == Moments.of((len(m), sum(each < 7 for each in m)) for m in said.values())


async def published(world: World) -> None:
    """Publish a month: at Aide 34, 50 promoters, 30 in between, 20 detractors; prices clear to 90."""
    await convene(world, world.herault, indicators=("GLOB", "NPS", "INFO"), targets={})
    facts = {"funders": (world.herault,)}
    marks = [10] * 50 + [8] * 30 + [0] * 20
    await write(world, [marked(world.aide34, f"c{n}", [mark], **facts) for n, mark in enumerate(marks)])
    said = [(int(n >= 10), int(n >= 40), int(n >= 25)) for n in range(100)]
    await write(world, [informed(world.aide34, f"c{n}", each, **facts) for n, each in enumerate(said)])
    await write(world, [marked(world.cap, f"few{n}", [3], **facts) for n in range(7)])
    await create(world.platform, "2026-10")


async def test_a_score_is_published_with_its_interval_and_hidden_where_clients_are_few(world: World) -> None:
    await published(world)
    rows = await fetch(
        pool("work"),
        "SELECT * FROM release_cell WHERE indicator = 'NPS' AND scope_type LIKE 'prov%' AND activity = ''"
        " AND convention_id IS NULL ORDER BY scope_code",
    )
    assert {row["status"] for row in rows} <= {"A", "C", "D"}
    small = next(row for row in rows if row["provider_id"] == world.cap)
    assert (small["status"], small["value"], small["ci_low"]) == ("C", None, None)
    assert {row["unit"] for row in rows} == {"points"}
    (whole,) = await fetch(
        pool("work"),
        "SELECT * FROM release_cell WHERE indicator = 'INFO' AND scope_type = 'france' AND activity = ''",
    )
    assert (whole["status"], whole["value"], whole["unit"]) == ("A", Decimal(75), "percent")
    assert whole["ci_low"] < 75 < whole["ci_high"]


async def test_a_release_with_scores_is_recomputed_from_its_bases(
    world: World, owner: asyncpg.Connection
) -> None:
    await published(world)
    assert set(map(tuple, (await verify(world.platform)).values())) == {()}
    await owner.execute("ALTER TABLE release_base DISABLE TRIGGER release_base_is_final")
    changed = "UPDATE release_base SET parts[1] = parts[1] - 5 WHERE parts IS NOT NULL AND clients > 50"
    await owner.execute(changed)
    await owner.execute("ALTER TABLE release_base ENABLE TRIGGER release_base_is_final")
    (flaws,) = (await verify(world.platform)).values()
    assert any("NPS" in flaw for flaw in flaws)


async def test_what_the_method_before_published_is_recomputed_alike(
    world: World, owner: asyncpg.Connection
) -> None:
    facts = {"funders": (world.herault,)}
    await write(world, [Cell(world.aide34, f"c{n}", 1, int(n > 9), **facts) for n in range(60)])
    (made,) = await create(world.platform, "2026-10")
    figures = (await read(pool("work"), made.id)).figures
    for method, is_known in (("3", True), ("2", False)):
        sealed = seal("2026-10", method, figures)
        await owner.execute("UPDATE release SET method = $1, seal = $2", method, sealed)
        (flaws,) = (await verify(world.platform)).values()
        assert (flaws == []) is is_known


async def test_no_chart_judges_a_score(world: World) -> None:
    await published(world)
    kept = "SELECT DISTINCT c.indicator FROM release_chart k JOIN release_cell c USING (id)"
    assert {row["indicator"] for row in await fetch(pool("work"), kept)} <= {"GLOB", "RR2"}


async def test_the_page_of_a_score_shows_it_with_its_card_and_no_verdict(
    client: httpx.AsyncClient, world: World
) -> None:
    await published(world)
    await sign_in(client, world, "platform")
    page = await client.get("/indicateurs/NPS?periode=2026-10")
    text = " ".join(page.text.split())
    assert page.status_code == 200
    assert "Comment c’est calculé" in text
    assert "50 − 20 = 30" in text
    assert "MOVER" in text
    client.cookies.set("langue", "en")
    english = await client.get("/indicateurs/NPS?periode=2026-10")
    assert "MOVER at 95%" in english.text


async def test_gironde_reads_no_score(client: httpx.AsyncClient, world: World) -> None:
    await published(world)
    await sign_in(client, world, "funder", world.gironde)
    assert (await client.get("/indicateurs/NPS?periode=2026-10")).status_code in {403, 404}


@pytest.mark.parametrize(("code", "value", "x"), [("GLOB", 84, 84), ("NPS", 30, 130), ("INFO", 75, 225)])
def test_what_a_value_says_of_the_sums_of_a_hundred_is_what_they_are(code: str, value: int, x: int) -> None:
    saying = said_by(indicator(code, 1))
    assert 100 * (value / saying.per + saying.shift) == x
