"""What measures a criterion: published figures of the provider, its newest quarter, and its kept days."""

from datetime import date
from decimal import Decimal

import asyncpg

from charter.assessment import Bounds
from charter.measuring import Measure, bounds_of, measures
from quality import clock
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.complaints.learning.keeping import Kept
from quality.measures.disclosure.status import Status
from quality.measures.releases.releasing import create
from tests.charter.declared import edition, punctuality
from tests.quality.complaints.learning.test_keeping import DAY, DUE_ON
from tests.quality.complaints.opened import filed
from tests.quality.measures.cells import answers, write
from tests.world import World

OCTOBER = date(2026, 10, 1)


async def measured(world: World, actor: Actor) -> dict[str, Measure]:
    async with scoped(actor) as db:
        return await measures(db, actor, world.aide34, edition())


async def test_a_published_share_measures_its_criterion_with_period_and_place(world: World) -> None:
    await punctuality(world, 95, 59)
    found = (await measured(world, world.provider))["2.8"]
    assert found.bounds == Bounds(Decimal("52.00"), Decimal("71.00"), 95)
    assert (found.value, found.period, found.place) == (Decimal("62.00"), "2026-Q3", "Hérault")


async def test_a_quarter_is_preferred_to_a_later_month(world: World) -> None:
    await punctuality(world, 95, 59)
    later = {"indicator": "PONCT", "month": OCTOBER}
    await write(
        world,
        [
            *answers(world.aide34, [world.herault], 50, 50, name="a", **later),
            *answers(world.cap, [world.herault], 50, 50, name="b", **later),
        ],
    )
    await create(world.platform, "2026-10")
    assert (await measured(world, world.provider))["2.8"].period == "2026-Q3"


async def test_without_a_quarter_the_newest_month_measures(world: World) -> None:
    await punctuality(world, 60, 40, OCTOBER)
    assert (await measured(world, world.provider))["2.8"].period == "2026-10"


async def test_a_hidden_figure_measures_nothing_and_says_why(world: World) -> None:
    await punctuality(world, 8, 8)
    found = (await measured(world, world.provider))["2.8"]
    assert found.figure is not None
    assert (found.figure.status, found.bounds) == (Status.C, None)
    assert bounds_of({"2.8": found}) == {}


async def test_a_few_clients_who_all_say_the_same_measure_a_bound_without_a_value(world: World) -> None:
    await punctuality(world, 20, 20)
    found = (await measured(world, world.provider))["2.8"]
    assert found.value is None
    assert found.bounds is not None
    assert found.bounds.high == 100


async def test_kept_days_measure_the_criterion_of_complaints(world: World, owner: asyncpg.Connection) -> None:
    made = await filed(world)
    await owner.execute(DUE_ON, made.id, clock.now() - DAY)
    found = (await measured(world, world.provider))["3.8"]
    assert (found.value, found.kept) == (Decimal(0), Kept(due=1, kept=0))
    assert found.bounds is not None
    assert (found.bounds.low, found.bounds.count) == (0, 1)


async def test_before_any_release_nothing_is_measured(world: World) -> None:
    assert await measured(world, world.provider) == {}


async def test_the_platform_reads_the_same_measures_as_the_provider(world: World) -> None:
    await punctuality(world, 95, 59)
    own = await measured(world, world.provider)
    for role in ("platform", "supervisor"):
        assert await measured(world, world.actor(role)) == own


async def test_another_provider_and_gironde_measure_nothing_of_aide_34(world: World) -> None:
    await punctuality(world, 95, 59)
    for stranger in (world.actor("provider", world.cap), world.stranger):
        assert await measured(world, stranger) == {}
