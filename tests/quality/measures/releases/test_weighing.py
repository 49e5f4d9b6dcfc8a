"""Totals also weighted: as if those who answered were made up like those who were asked."""

from decimal import Decimal

import asyncpg
import pytest

from quality.access.scope import scoped, visible
from quality.db import fetch, pool
from quality.measures.models import ReleaseWeighted
from quality.measures.releases.releasing import create
from quality.measures.releases.weighing import Counted, weighing
from quality.measures.statistics.raking import WeightedSums, weighted_of, weighted_share
from tests.quality.measures.cells import Cell, pseudonym, write
from tests.world import World


def people(name: str, activity: str, asked: int, answered: int, good: int, world: World) -> list[Cell]:
    """Ask so many clients of an activity; some answer, some of these are satisfied."""
    shared = {"activity": activity, "funders": (world.herault,)}
    requests = [
        Cell(world.aide34, f"{name}{i}", 1, int(i < answered), "RR2", respondent="", **shared)  # type: ignore[arg-type]
        for i in range(asked)
    ]
    marks = [
        Cell(world.aide34, f"{name}{i}", 1, int(i < good), **shared)  # type: ignore[arg-type]
        for i in range(answered)
    ]
    return [*requests, *marks]


async def weighted_october(world: World) -> None:
    """Half of those asked have care, but they are a third of those who answered, and less satisfied."""
    await write(world, people("care", "I-3", 200, 50, 25, world))
    await write(world, people("home", "II-3", 200, 100, 90, world))
    await create(world.platform, "2026-10")


async def rows(world: World) -> list[dict[str, object]]:
    return await fetch(
        pool("work"),
        """
        SELECT w.*, c.scope_code, c.value AS raw, c.indicator
        FROM release_weighted w JOIN release_cell c USING (id) ORDER BY c.scope_code
        """,
    )


async def test_a_total_is_weighted_to_those_who_were_asked_and_both_are_kept(world: World) -> None:
    await weighted_october(world)
    found = await rows(world)
    assert [(row["scope_code"], row["indicator"]) for row in found] == [("34", "GLOB"), ("FR", "GLOB")]
    for row in found:
        assert (row["raw"], row["value"]) == (Decimal(77), Decimal(70))  # 115/150; (50 % + 90 %)/2
        assert row["margins"] == ["activity"]
        assert row["ci_low"] < row["value"] < row["ci_high"]


async def test_a_total_of_one_make_up_is_not_weighted(world: World) -> None:
    await write(world, people("care", "I-3", 200, 100, 80, world))
    await create(world.platform, "2026-10")
    assert await rows(world) == []


async def test_under_forty_clients_and_hidden_totals_are_not_weighted(world: World) -> None:
    await write(world, people("care", "I-3", 60, 18, 9, world))
    await write(world, people("home", "II-3", 60, 20, 15, world))
    await create(world.platform, "2026-10")
    assert await rows(world) == []


async def test_what_is_weighted_in_the_database_is_what_the_formula_says(world: World) -> None:
    await weighted_october(world)
    (row, _) = await rows(world)
    kept = weighing(
        Counted.of({("PA_PH", "", "f"): 50, ("tous", "", "f"): 100}),
        Counted.of({("PA_PH", "", "f"): 200, ("tous", "", "f"): 200}),
    )
    assert kept is not None
    care, home = kept.raked.weights["PA_PH", "", "f"], kept.raked.weights["tous", "", "f"]
    clients = [[(care, 1, int(i < 25))] for i in range(50)] + [[(home, 1, int(i < 90))] for i in range(100)]
    estimate = weighted_share(clients)
    assert estimate is not None
    assert (row["ci_low"], row["ci_high"]) == (round(100 * estimate.low), round(100 * estimate.high))


async def test_what_eight_clients_said_is_not_what_the_weights_move(world: World) -> None:
    """Care is hidden, of eight: raw and weighted would be two equations for what they said."""
    await write(world, people("care", "I-3", 200, 8, 2, world))
    await write(world, people("home", "II-3", 200, 100, 90, world))
    await create(world.platform, "2026-10")
    assert await rows(world) == []


async def test_clients_of_two_activities_do_not_make_eight_of_one_age_eleven(
    world: World, owner: asyncpg.Connection
) -> None:
    """Eight clients under 75 have care and help at home: they count once in their age."""
    for activity in ("I-3", "II-3"):
        await write(world, people("both", activity, 40, 8, 2, world))
        await write(world, people(activity, activity, 60, 50, 40, world))
    young = [pseudonym(f"both{each}") for each in range(40)]
    await owner.execute(
        "UPDATE cell SET age_band = CASE WHEN pseudonym = ANY ($1) THEN '60-74' ELSE '85+' END", young
    )
    await create(world.platform, "2026-10")
    assert [row["margins"] for row in await rows(world)] == [["activity"], ["activity"]]


def test_a_few_weigh_as_others_do_in_each_margin() -> None:
    answered = {("care", "85+", "a"): 40, ("care", "75-84", "a"): 20, ("home", "60-74", "b"): 6}
    asked = dict.fromkeys(answered, 100)
    found = weighing(Counted.of(answered), Counted.of(asked))
    assert found
    assert found.margins == ("age",)
    weights = found.raked.weights
    assert weights["home", "60-74", "b"] == weights["care", "75-84", "a"] != weights["care", "85+", "a"]


def test_sums_give_what_the_clients_give() -> None:
    clients = [[(2.0, 1, 1), (0.5, 2, 1)]] * 20 + [[(0.5, 2, 0)]] * 15 + [[(0.7, 3, 3)]] * 9
    own = [
        (sum(w * n for w, n, _ in each), sum(w * x for w, _, x in each), sum(n for _, n, _ in each))
        for each in clients
    ]
    sums = WeightedSums(
        clients=len(own),
        answers=sum(n for _, _, n in own),
        a=sum(a for a, _, _ in own),
        b=sum(b for _, b, _ in own),
        aa=sum(a * a for a, _, _ in own),
        ab=sum(a * b for a, b, _ in own),
        bb=sum(b * b for _, b, _ in own),
        squares=sum(w * w * n for each in clients for w, n, _ in each),
        own=sum(a / n for a, _, n in own),
        owns=sum((a / n) ** 2 for a, _, n in own),
    )
    one, other = weighted_of(sums), weighted_share(clients)
    assert one is not None
    assert other is not None
    assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high))


@pytest.mark.parametrize("reader", ["stranger", "agent", "funder", "provider"])
async def test_totals_of_everybody_are_for_those_who_read_them(world: World, reader: str) -> None:
    await weighted_october(world)
    actor = getattr(world, reader)
    async with scoped(actor) as db:
        assert await fetch(db, "SELECT 1 FROM release_weighted") == []
        assert await visible(actor, ReleaseWeighted) == []
