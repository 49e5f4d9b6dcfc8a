"""A convention is written once its terms make sense, by the platform, between its own organisations."""

from datetime import date
from typing import Any

import pytest

from quality.access.scope import scoped
from quality.db import fetch, pool
from quality.errors import Forbidden, Invalid, NotFound
from quality.measures.agreements.drafting import create_convention
from quality.measures.agreements.terms import Terms
from quality.measures.views.conventions import convention, conventions, target_of
from tests.quality.measures.cells import convene
from tests.world import World


def terms(world: World, **facts: Any) -> Terms:
    given: dict[str, Any] = {
        "code": "herault-2025",
        "title": "Convention",
        "funder": world.herault,
        "providers": (world.aide34,),
        "starts_on": date(2025, 1, 1),
        "indicators": ("GLOB",),
    }
    return Terms(**{**given, **facts})


async def test_what_was_agreed_is_read_back(world: World) -> None:
    await create_convention(world.staff, terms(world, targets={"GLOB": 82.5}, solution_days=10))
    async with scoped(world.funder):
        found = await convention(world.funder, "herault-2025")
    assert (found.solution_days, found.acknowledge_days, found.status) == (10, None, "in_force")
    assert (target_of(found, "GLOB"), target_of(found, "PONCT")) == (82.5, None)


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("code", {"code": "Hérault 2025"}),
        ("providers", {"providers": ()}),
        ("ends_on", {"ends_on": date(2024, 12, 31)}),
        ("ends_on", {"starts_on": date(2026, 11, 15), "ends_on": date(2026, 12, 14)}),
        ("starts_on", {"ends_on": date(9999, 12, 31)}),
        ("starts_on", {"starts_on": date(202, 1, 1)}),
        ("indicators", {"indicators": ("GLOB", "XXX")}),
        ("activities", {"activities": ("I-99",)}),
        ("departements", {"departements": ("99",)}),
        ("targets", {"targets": {"PONCT": 80}}),
    ],
)
async def test_terms_that_make_no_sense_are_refused_by_field(
    world: World, field: str, facts: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refused:
        await create_convention(world.staff, terms(world, **facts))
    assert [error.field for error in refused.value.errors] == [field]
    assert await fetch(pool("work"), "SELECT 1 FROM convention") == []


async def test_a_funder_or_a_provider_signs_nothing_alone(world: World) -> None:
    for actor in (world.funder, world.provider, world.agent):
        with pytest.raises(Forbidden):
            await create_convention(actor, terms(world))


async def test_each_party_is_what_it_is_said_to_be(world: World) -> None:
    for facts in (
        {"funder": world.cap},
        {"providers": (world.aide34, world.cnav)},
        {"providers": (world.platform,)},
    ):
        with pytest.raises(Invalid):
            await create_convention(world.staff, terms(world, **facts))


async def test_each_reads_its_own_conventions_only(world: World) -> None:
    await convene(world, world.herault, providers=(world.aide34,))
    await convene(world, world.cnav, code="cnav-2026", providers=(world.cap,))
    expected = {
        world.funder: ["herault-2025"],
        world.provider: ["herault-2025"],
        world.stranger: [],
        world.staff: ["cnav-2026", "herault-2025"],
    }
    for actor, codes in expected.items():
        async with scoped(actor):
            assert [row.code for row in await conventions(actor)] == codes
    async with scoped(world.stranger):
        with pytest.raises(NotFound):
            await convention(world.stranger, "herault-2025")


OVERLAPS: list[dict[str, Any]] = [
    {},
    {"starts_on": date(2026, 12, 31)},
    {"starts_on": date(2024, 1, 1), "ends_on": None},
    {"activities": ("I-3",)},
    {"departements": ("34",)},
    {"status": "ended"},
]
APART: list[dict[str, Any]] = [
    {"starts_on": date(2027, 1, 1)},
    {"ends_on": date(2025, 3, 31), "starts_on": date(2024, 1, 1)},
    {"activities": ("II-1",)},
    {"departements": ("30",)},
    {"status": "draft"},
]


async def first_signed(world: World) -> None:
    signed = terms(
        world,
        starts_on=date(2025, 4, 1),
        ends_on=date(2026, 12, 31),
        activities=("I-3", "I-4"),
        departements=("34",),
    )
    await create_convention(world.staff, signed)


@pytest.mark.parametrize("facts", OVERLAPS)
async def test_two_conventions_of_a_funder_never_count_the_same_visits(
    world: World, facts: dict[str, Any]
) -> None:
    await first_signed(world)
    with pytest.raises(Invalid) as refused:
        await create_convention(world.staff, terms(world, code="herault-2", **facts))
    assert "herault-2025" in refused.value.errors[0].message
    assert len(await fetch(pool("work"), "SELECT 1 FROM convention")) == 1


@pytest.mark.parametrize("facts", APART)
async def test_conventions_that_share_no_visit_stand_side_by_side(
    world: World, facts: dict[str, Any]
) -> None:
    await first_signed(world)
    await create_convention(world.staff, terms(world, code="herault-2", **facts))
    assert len(await fetch(pool("work"), "SELECT 1 FROM convention")) == 2


async def test_another_provider_or_another_funder_is_another_population(world: World) -> None:
    await first_signed(world)
    await create_convention(world.staff, terms(world, code="herault-2", providers=(world.cap,)))
    await create_convention(world.staff, terms(world, code="cnav-2", funder=world.cnav))
    assert len(await fetch(pool("work"), "SELECT 1 FROM convention")) == 3


async def test_a_draft_holds_no_place(world: World) -> None:
    await create_convention(world.staff, terms(world, status="draft"))
    await create_convention(world.staff, terms(world, code="herault-2"))
