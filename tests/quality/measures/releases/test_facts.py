"""Facts of providers are published once, for everybody and for the conventions that name them."""

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

import pytest

from quality.access.scope import scoped, visible
from quality.db import Connection, fetch, pool
from quality.measures.models import Convention, ReleaseFact
from quality.measures.releases import facts
from quality.measures.releases.facts import Fact
from quality.measures.releases.releasing import create
from quality.measures.views.facts import Reach, fact_words
from quality.measures.views.reading import Sight
from tests.quality.measures.cells import answers as said
from tests.quality.measures.cells import convene, herault_october, write
from tests.world import World

WHOSE = "SELECT funder_id, convention_id IS NULL AS is_everybodys, provider_id FROM release_fact"


def fact(provider: UUID, held: int = 3) -> Fact:
    return Fact(
        provider=provider,
        indicator="CHARTE",
        version=1,
        asked=4,
        held=held,
        is_whole=True,
        told={"edition": "national-2012"},
    )


@pytest.fixture
def counted(world: World) -> Iterator[list[date]]:
    """Count both providers at each release; give the days on which they were counted."""
    days: list[date] = []

    async def counting(_db: Connection, platform: UUID, day: date) -> Sequence[Fact]:
        assert platform == world.platform
        days.append(day)
        return [fact(world.aide34), fact(world.cap)]

    facts.register(counting)
    yield days
    facts.COUNTINGS.remove(counting)


async def test_what_a_component_counts_is_published_for_everybody_on_the_last_day(
    world: World, counted: list[date]
) -> None:
    await herault_october(world)
    await create(world.platform, "2026-10")
    assert counted == [date(2026, 10, 31)]
    rows = await fetch(
        pool("work"), "SELECT period, asked, held, is_whole, told->>'edition' AS edition FROM release_fact"
    )
    assert [tuple(row.values()) for row in rows] == [("2026-10", 4, 3, True, "national-2012")] * 2


async def test_only_a_convention_that_names_the_charter_reads_its_providers(
    world: World, counted: list[date]
) -> None:
    await convene(world, world.herault, providers=(world.aide34,), indicators=("GLOB", "CHARTE"), targets={})
    await convene(world, world.cnav, code="cnav", targets={})
    await write(world, said(world.aide34, [world.herault, world.cnav], 40, 30))
    await create(world.platform, "2026-10")
    rows = await fetch(pool("work"), f"{WHOSE} WHERE funder_id IS NOT NULL")
    assert [(row["funder_id"], row["provider_id"]) for row in rows] == [(world.herault, world.aide34)]


@pytest.mark.parametrize(
    "dates",
    [
        {"starts_on": date(2026, 11, 1)},
        {"ends_on": date(2026, 10, 30)},
    ],
    ids=["begins after", "ended before"],
)
async def test_a_convention_out_of_its_dates_reads_none(
    world: World, counted: list[date], dates: dict[str, date]
) -> None:
    await convene(world, world.herault, indicators=("GLOB", "CHARTE"), targets={}, **dates)
    await write(world, said(world.aide34, [world.herault], 40, 30))
    await create(world.platform, "2026-10")
    assert {row["is_everybodys"] for row in await fetch(pool("work"), WHOSE)} == {True}


async def test_for_a_convention_that_ended_in_the_period_providers_are_counted_on_its_last_day(
    world: World, counted: list[date]
) -> None:
    named = {"indicators": ("GLOB", "CHARTE"), "targets": {}}
    await convene(world, world.herault, ends_on=date(2026, 8, 31), **named)
    await convene(world, world.cnav, code="cnav", starts_on=date(2026, 9, 15), **named)  # no whole month
    await convene(world, world.gironde, code="gironde", starts_on=date(2026, 9, 1), **named)
    for month in (7, 8, 9):
        funders = [world.herault, world.cnav, world.gironde]
        await write(world, said(world.aide34, funders, 40, 30, month=date(2026, month, 1)))
    await create(world.platform, "2026-Q3")
    assert sorted(counted)[-2:] == [date(2026, 8, 31), date(2026, 9, 30)]
    rows = await fetch(pool("work"), f"{WHOSE} WHERE period = '2026-Q3' AND provider_id = $1", world.aide34)
    assert {row["funder_id"] for row in rows} == {None, world.herault, world.gironde}


def test_without_a_fact_a_convention_that_ended_says_so_and_no_more(world: World) -> None:
    of = Convention(
        starts_on=date(2025, 1, 1), ends_on=date(2026, 8, 31), indicators=["CHARTE"], providers=[]
    )
    sight = Sight("herault", "Hérault", of)
    (words,) = fact_words(sight, [], "2026-Q3", Reach(2))
    assert words.finding == "Charte\u00a0: aucun dossier compté"
    (sentence,) = words.sentences
    assert sentence.startswith("La convention a pris fin le lundi 31\u00a0août 2026")
    (words,) = fact_words(sight, [], "2026-08", Reach(2))
    assert words.finding == "Charte\u00a0: aucun dossier accepté"


async def test_gironde_reads_no_fact_and_a_provider_its_own(world: World, counted: list[date]) -> None:
    await convene(world, world.herault, indicators=("GLOB", "CHARTE"), targets={})
    await write(world, said(world.aide34, [world.herault], 40, 30))
    await create(world.platform, "2026-10")
    read = {
        "stranger": set(),
        "agent": set(),
        "funder": {world.aide34, world.cap},
        "provider": {world.aide34},
        "staff": {world.aide34, world.cap},
    }
    for who, expected in read.items():
        actor = getattr(world, who)
        async with scoped(actor) as db:
            assert {row["provider_id"] for row in await fetch(db, WHOSE)} == expected
            assert {row.provider_id for row in await visible(actor, ReleaseFact)} == expected
            funders = {row["funder_id"] for row in await fetch(db, WHOSE)}
            assert who != "funder" or funders == {world.herault}
