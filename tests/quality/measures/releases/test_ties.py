"""What no line adds up and a release must not tell: funders inside one another, rates of few answers."""

from dataclasses import replace

from quality.db import pool
from quality.measures.disclosure.lattice import Key, Scope, place
from quality.measures.disclosure.status import Status, primary
from quality.measures.releases import folding
from quality.measures.releases.figures import Folded, facts_of
from quality.measures.releases.periods import period
from quality.measures.releases.releasing import create, verify
from quality.measures.releases.rows import listed, read
from quality.measures.statistics import Moments
from tests.quality.measures.cells import answers, convene, write
from tests.world import World


async def october(world: World, both: int, herault: int) -> None:
    """Publish October: CNAV pays for `both` clients of Aide 34, Hérault for these and some more."""
    await convene(world, world.herault)
    await convene(world, world.cnav, code="cnav-2025", providers=(world.aide34,))
    await write(
        world,
        [
            *answers(world.aide34, [world.herault, world.cnav], both, both - 6, name="both"),
            *answers(world.aide34, [world.herault], herault, 0, name="one"),
            *answers(world.aide34, [], 90, 80, name="none"),
        ],
    )


async def tops(world: World, indicator: str = "GLOB") -> dict[str, Status]:
    (release,) = await listed(pool("work"), world.platform)
    figures = (await read(pool("work"), release.id)).figures
    return {
        each.key.code: each.status
        for each in figures
        if each.key.indicator == indicator and place(each.key) == ("", "", "")
    }


async def test_answers_that_two_funders_pay_for_are_counted_in_each_place(world: World) -> None:
    await october(world, 56, 4)
    found = await folding.shared(pool("work"), world.platform, period("2026-10"))
    codes = {
        (one.code, other.code): n
        for (one, other), n in found.items()
        if one.indicator == "GLOB" and not one.activity
    }
    assert set(codes.values()) == {56}
    assert {len(set(pair)) for pair in codes if "34" in pair} == {1}
    assert len(codes) == len([Scope.FUND, Scope.REGION, Scope.DEPARTEMENT, Scope.PROVIDER])


async def test_a_funder_inside_another_is_hidden_where_few_would_be_left(world: World) -> None:
    await october(world, 56, 4)
    await create(world.platform, "2026-10")
    assert (await tops(world))["CNAV"] is Status.D
    assert not any((await verify(world.platform)).values())


async def test_a_funder_inside_another_is_shown_where_many_are_left(world: World) -> None:
    await october(world, 56, 20)
    await create(world.platform, "2026-10")
    assert (await tops(world))["CNAV"] is Status.A


def test_behind_a_rate_of_answers_stand_those_who_answered() -> None:
    rate, few = Key(None, None, "RR2", 1, Scope.FRANCE, "FR"), Moments.of([(1, 1)] * 10 + [(1, 0)] * 40)
    assert primary(facts_of(Folded(rate, None, few))) is Status.C
    assert primary(facts_of(Folded(rate, None, few), method="4")) is Status.A
    assert primary(facts_of(Folded(replace(rate, indicator="GLOB"), None, few))) is Status.A
    many = Moments.of([(1, 1)] * 30 + [(1, 0)] * 40)
    assert primary(facts_of(Folded(rate, None, many))) is Status.A
