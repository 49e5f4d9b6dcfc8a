"""What no line adds up and a release must not tell: funders inside one another, rates of few answers."""

from dataclasses import replace

import pytest

from quality.db import pool
from quality.measures.disclosure.lattice import Key, Scope, place, provider_code
from quality.measures.disclosure.status import Status, primary
from quality.measures.releases.figures import Folded, facts_of
from quality.measures.releases.periods import period
from quality.measures.releases.releasing import create, verify
from quality.measures.releases.rows import listed, read
from quality.measures.statistics import Moments
from tests.quality.directory.declared import declare
from tests.quality.measures import folded
from tests.quality.measures.cells import Cell, answers, convene, write
from tests.world import AIDE_34, World


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


async def by_activity(world: World) -> None:
    """Publish nothing yet: Hérault pays for home help under one convention, for gardens under another.

    40 clients with 80 answers and 35 with 68, of whom 17 have both; 2 pay for their own 12.
    """
    for activity in ("I-3", "II-3"):
        await convene(world, world.herault, code=f"herault-{activity.lower()}", activities=(activity,))
    home = [Cell(world.aide34, f"{each}", n=2, x=1) for each in range(40)]
    gardens = [
        Cell(world.aide34, f"{each}", n=2 if each < 56 else 1, x=1, activity="II-3") for each in range(23, 58)
    ]
    paid = [replace(each, funders=(world.herault,)) for each in (*home, *gardens)]
    await write(world, [*paid, *(Cell(world.aide34, f"own {each}", n=6, x=3) for each in range(2))])


async def tops(world: World, indicator: str = "GLOB") -> dict[str, Status]:
    (release,) = await listed(pool("work"), world.platform)
    figures = (await read(pool("work"), release.id)).figures
    return {
        each.key.code: each.status
        for each in figures
        if each.key.indicator == indicator and place(each.key) == ("", "", "")
    }


async def test_clients_are_counted_in_each_place_by_the_conventions_that_count_their_answers(
    world: World,
) -> None:
    await october(world, 56, 4)
    found = (await folded.crowds(pool("work"), world.platform, period("2026-10")))["GLOB", 1]
    aide = provider_code(AIDE_34, "34")
    for where in (("", ""), (Scope.REGION, "76"), (Scope.DEPARTEMENT, "34"), (Scope.PROVIDER, aide)):
        for activity in ("", "PA_PH"):
            sizes = {tuple(sorted(map(len, crowd.paid))): crowd.clients for crowd in found[*where, activity]}
            assert sizes == {(2,): 56, (1,): 4, (0,): 90}


async def test_a_client_of_two_conventions_is_in_one_crowd_and_not_in_two(world: World) -> None:
    await by_activity(world)
    found = (await folded.crowds(pool("work"), world.platform, period("2026-10")))["GLOB", 1]
    assert sorted((len(crowd.paid), crowd.clients) for crowd in found["", "", ""]) == [
        *((1, 2), (1, 18), (1, 23)),
        (2, 17),
    ]


async def test_a_funder_inside_another_is_hidden_where_few_would_be_left(world: World) -> None:
    await october(world, 56, 4)
    await create(world.platform, "2026-10")
    assert (await tops(world))["CNAV"] is Status.D
    assert not any((await verify(world.platform)).values())


async def test_a_funder_inside_another_is_shown_where_many_are_left(world: World) -> None:
    await october(world, 56, 20)
    await create(world.platform, "2026-10")
    assert (await tops(world))["CNAV"] is Status.A


@pytest.mark.parametrize("alone", [1, 5])
async def test_two_funders_taken_off_the_whole_together_leave_nobody_alone(world: World, alone: int) -> None:
    """Of 51 clients, Hérault pays for 30 (27 good) and CNAV for 20 (18 good): the last one said no."""
    await convene(world, world.herault)
    await convene(world, world.cnav, code="cnav-2025")
    await write(
        world,
        [
            *answers(world.aide34, [world.herault], 30, 27, name="one"),
            *answers(world.aide34, [world.cnav], 20, 18, name="other"),
            *answers(world.aide34, [], alone, 0, name="alone"),
        ],
    )
    await create(world.platform, "2026-10")
    assert await tops(world) == {"FR": Status.D, "D34": Status.A, "CNAV": Status.L}
    assert not any((await verify(world.platform)).values())


async def test_two_conventions_of_one_funder_that_share_clients_leave_nobody_alone(world: World) -> None:
    await by_activity(world)
    await create(world.platform, "2026-10")
    assert (await tops(world))["FR"] is Status.D


def test_behind_a_rate_of_answers_stand_those_who_answered() -> None:
    rate, few = Key(None, None, "RR2", 1, Scope.FRANCE, "FR"), Moments.of([(1, 1)] * 10 + [(1, 0)] * 40)
    assert primary(facts_of(Folded(rate, None, few))) is Status.C
    assert primary(facts_of(Folded(rate, None, few), method="4")) is Status.A
    assert primary(facts_of(Folded(rate._replace(indicator="GLOB"), None, few))) is Status.A
    many = Moments.of([(1, 1)] * 30 + [(1, 0)] * 40)
    assert primary(facts_of(Folded(rate, None, many))) is Status.A


async def test_a_territory_less_the_provider_that_works_there_does_not_tell_of_the_few(world: World) -> None:
    """Of 50 clients of Lodève, Aide 34 has 45, all that it has: 5 of Cap Domicile would be left."""
    await declare(world, "lodeve", "34700")
    for clients, territory in ((5, "lodeve"), (60, "")):
        await write(world, answers(world.cap, [], clients, clients - 2, name=territory, territory=territory))
    await write(world, answers(world.aide34, [], 45, 40, territory="lodeve"))
    await create(world.platform, "2026-10")
    (release,) = await listed(pool("work"), world.platform)
    figures = (await read(pool("work"), release.id)).figures
    statuses = {
        each.key.code: each.status
        for each in figures
        if each.key.indicator == "GLOB" and not each.key.activity
    }
    assert statuses[provider_code(AIDE_34, "34")] is Status.A
    assert (statuses["34-lodeve"], statuses["34-hors-territoire"]) == (Status.D, Status.D)
    assert not any((await verify(world.platform)).values())
