"""The experiment on first contacts in a release: found where there is one, hidden where few were drawn."""

from decimal import Decimal
from random import Random

import msgspec
import pytest

from quality.access.scope import scoped, visible
from quality.db import fetch, pool
from quality.measures.catalogue import CATALOGUE
from quality.measures.models import ReleaseMode
from quality.measures.releases.releasing import create, verify
from quality.measures.releases.trying import Kept, is_tried, kept
from quality.measures.statistics import Moments
from quality.measures.statistics.modes import Verdict, mode_effects
from tests.quality.measures.cells import Cell, write
from tests.world import World

SMS, CALL = "sms/phone", "phone/sms"


def drawn(world: World, arm: str, asked: int, answered: int, good: int) -> list[Cell]:
    """Draw so many people into an arm; some answer, some of these are satisfied."""
    shared = {"arm": arm, "first_mode": arm.partition("/")[0], "funders": (world.herault,)}
    requests = [
        Cell(world.aide34, f"{arm}{n}", 1, int(n < answered), "RR2", respondent="", **shared)  # type: ignore[arg-type]
        for n in range(asked)
    ]
    marks = [
        Cell(world.aide34, f"{arm}{n}", 1, int(n < good), **shared)  # type: ignore[arg-type]
        for n in range(answered)
    ]
    return [*requests, *marks]


async def said() -> dict[tuple[str, str], Kept]:
    rows = await fetch(pool("work"), "SELECT compared, indicator, arms, gaps FROM release_mode")
    return {
        (row["compared"], row["indicator"]): msgspec.convert(
            {"arms": msgspec.json.decode(row["arms"]), "gaps": msgspec.json.decode(row["gaps"])}, Kept
        )
        for row in rows
    }


def people(random: Random, clients: int, share: float) -> Moments:
    """Simulate clients who answer one to three times, each with a mind of their own around a share."""
    pairs = []
    for _ in range(clients):
        n, own = random.randint(1, 3), min(1.0, max(0.0, random.gauss(share, 0.1)))
        pairs.append((n, sum(random.random() < own for _ in range(n))))
    return Moments.of(pairs)


def of(clients: int, good: int) -> Moments:
    return Moments.of([(1, 1)] * good + [(1, 0)] * (clients - good))


# ---- a known effect ----


def test_an_effect_that_is_there_is_found() -> None:
    random = Random(5)
    found = kept({"sms": people(random, 2500, 0.78), "phone": people(random, 2500, 0.9)}, 2)
    [gap] = found.gaps
    assert (gap.one, gap.other, gap.verdict) == ("phone", "sms", Verdict.DIFFERENT)
    assert gap.low <= 12 <= gap.high
    assert gap.low > 0


def test_where_there_is_none_none_is_found() -> None:
    """Each of twenty experiments has one chance in twenty of being called different: three would be rare."""
    random, called = Random(11), 0
    for _ in range(20):
        arms = {"sms": people(random, 1500, 0.85), "phone": people(random, 1500, 0.85)}
        [gap] = kept(arms, 1).gaps
        assert gap.verdict is not Verdict.TOO_FEW
        called += gap.verdict is Verdict.DIFFERENT
    assert called <= 3


def test_few_answers_conclude_nothing_however_wide_the_gap() -> None:
    arms = {"sms": of(60, 30), "phone": of(60, 58)}
    [gap] = kept(arms, 1).gaps
    assert gap.low > 0
    assert gap.verdict is Verdict.TOO_FEW


def test_a_way_of_which_a_bound_alone_is_shown_is_compared_with_none() -> None:
    """The gap beside the other way's value would give what the bound hides."""
    found = kept({"sms": of(20, 20), "phone": of(25, 20)}, 1)
    assert [(arm.way, arm.value) for arm in found.arms] == [("sms", None), ("phone", Decimal(80))]
    assert found.gaps == ()


def test_more_outcomes_read_together_ask_for_more() -> None:
    arms = {"sms": of(1000, 700), "phone": of(1000, 740)}
    [alone], [among] = mode_effects(arms), mode_effects(arms, 5)
    assert alone.needed < among.needed
    assert among.gap.low < alone.gap.low < alone.gap.high < among.gap.high


# ---- in a release ----


async def test_a_release_keeps_what_each_way_drawn_gave(world: World) -> None:
    await write(world, drawn(world, SMS, 100, 40, 30) + drawn(world, CALL, 100, 60, 54))
    await create(world.platform, "2026-10")
    found = await said()
    assert set(found) == {("sms/phone", "RR2"), ("sms/phone", "GLOB")}
    sms, call = found["sms/phone", "RR2"].arms
    assert (sms.way, sms.clients, sms.n, sms.x, sms.value) == ("sms", 100, 100, 40, Decimal(40))
    assert (call.way, call.value) == ("phone", Decimal(60))
    [gap] = found["sms/phone", "GLOB"].gaps
    assert (gap.one, gap.other, gap.gap) == ("phone", "sms", Decimal(15))
    assert gap.verdict is Verdict.TOO_FEW


async def test_people_outside_the_experiment_enter_neither_way(world: World) -> None:
    usual = [Cell(world.aide34, f"usual{n}", 1, 0, first_mode="phone") for n in range(50)]
    await write(world, usual + drawn(world, SMS, 40, 20, 18) + drawn(world, CALL, 40, 20, 18))
    await create(world.platform, "2026-10")
    values = {arm.way: arm.value for arm in (await said())["sms/phone", "GLOB"].arms}
    assert values == {"sms": Decimal(90), "phone": Decimal(90)}


async def test_answers_left_out_of_the_figures_are_left_out_here(world: World) -> None:
    doubted = [Cell(world.aide34, f"{SMS}{n}", 1, 0, admissible="device", arm=SMS) for n in range(20)]
    await write(world, doubted + drawn(world, SMS, 40, 20, 20) + drawn(world, CALL, 40, 20, 18))
    await create(world.platform, "2026-10")
    sms, _ = (await said())["sms/phone", "GLOB"].arms
    assert (sms.clients, sms.value, sms.high) == (20, None, Decimal(100))  # all of twenty: a bound


async def test_a_way_with_under_eleven_people_is_hidden_and_so_is_what_compares_it(world: World) -> None:
    await write(world, drawn(world, SMS, 40, 20, 15) + drawn(world, CALL, 10, 8, 7))
    await create(world.platform, "2026-10")
    found = (await said())["sms/phone", "RR2"]
    assert [(arm.way, arm.status, arm.clients, arm.n, arm.value) for arm in found.arms][1] == (
        "phone", "C", None, None, None,
    )  # fmt: skip
    assert found.gaps == ()


async def test_where_only_a_bound_is_shown_the_count_is_not_given(world: World) -> None:
    await write(world, drawn(world, SMS, 20, 20, 15) + drawn(world, CALL, 41, 22, 15))
    await create(world.platform, "2026-10")
    sms, call = (await said())["sms/phone", "RR2"].arms
    assert (sms.n, sms.x, sms.value, sms.high) == (20, None, None, Decimal(100))
    assert (call.clients, call.n, call.x) == (40, 40, 20)  # rounded to 5


async def test_two_sets_of_ways_are_two_experiments(world: World) -> None:
    mail = drawn(world, "email/sms", 30, 15, 12) + drawn(world, "sms/email", 30, 15, 12)
    await write(world, mail + drawn(world, SMS, 40, 20, 15) + drawn(world, CALL, 40, 20, 15))
    await create(world.platform, "2026-10")
    assert {compared for compared, _ in await said()} == {"sms/email", "sms/phone"}


async def test_a_month_that_drew_nobody_keeps_nothing(world: World) -> None:
    await write(world, [Cell(world.aide34, f"usual{n}") for n in range(50)])
    await create(world.platform, "2026-10")
    assert await said() == {}


async def test_arms_change_no_published_figure(world: World) -> None:
    """A person's answers in an arm and outside are one person's: the base is the same."""
    people = [Cell(world.aide34, f"one{n}", 1, 1) for n in range(40)]
    tried = [Cell(world.aide34, f"one{n}", 1, 0, arm=SMS) for n in range(40)]
    await write(world, people + tried)
    await create(world.platform, "2026-10")
    base = await fetch(
        pool("work"),
        "SELECT b.clients, b.n, b.x FROM release_base b JOIN release_cell c USING (id) "
        "WHERE c.indicator = 'GLOB' AND c.scope_type = 'france' AND c.activity = '' AND c.funder_id IS NULL",
    )
    assert [(row["clients"], row["n"], row["x"]) for row in base] == [(40, 80, 40)]
    assert list((await verify(world.platform)).values()) == [[]]


@pytest.mark.parametrize("reader", ["stranger", "agent", "funder", "provider"])
async def test_nobody_but_the_platform_reads_it(world: World, reader: str) -> None:
    await write(world, drawn(world, SMS, 100, 40, 30) + drawn(world, CALL, 100, 60, 54))
    await create(world.platform, "2026-10")
    actor = getattr(world, reader)
    async with scoped(actor) as db:
        assert await fetch(db, "SELECT 1 FROM release_mode") == []
        assert await visible(actor, ReleaseMode) == []
    async with scoped(world.staff):
        assert len(await visible(world.staff, ReleaseMode)) == 2


@pytest.mark.parametrize(
    ("code", "is_read"), [("RR2", True), ("GLOB", True), ("CON1", False), ("NPS", False)]
)
def test_what_is_read_side_by_side_is_the_response_and_the_shares(code: str, is_read: int) -> None:
    assert is_tried(CATALOGUE[code]) == is_read
