"""Providers compared: judged once on unrounded sums, only among published peers of one activity and kind."""

from decimal import Decimal
from fractions import Fraction
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.access.scope import scoped, visible
from quality.db import fetch, pool
from quality.measures.models import ReleaseFunnel, ReleaseStanding
from quality.measures.releases.comparing import Comparison, Shown, Word, comparison, mean_of
from quality.measures.releases.releasing import create
from quality.measures.statistics import Moments
from tests.quality.measures.cells import answers, convene, write
from tests.quality.measures.network import providers
from tests.world import World


def shown(clients: int, good: int, provider: UUID | None = None) -> Shown:
    moments = Moments.of([(1, 1)] * good + [(1, 0)] * (clients - good))
    value = Decimal(100 * good // clients)
    return Shown(uuid4(), provider or uuid4(), clients, value, moments)


def words(kept: Comparison | None) -> list[Word]:
    assert kept is not None
    return [each.word for each in kept.standings]


def test_one_far_below_its_peers_is_an_alert_and_the_others_are_ordinary() -> None:
    kept = comparison([*(shown(100, 80 + place % 4) for place in range(14)), shown(100, 50)])
    assert words(kept) == [Word.ORDINARY] * 14 + [Word.ALERT]
    assert kept is not None
    assert not kept.standings[-1].is_high


def test_under_forty_clients_nothing_is_judged_however_far() -> None:
    kept = comparison([*(shown(100, 81) for _ in range(12)), shown(39, 5)])
    assert words(kept)[-1] is Word.FEW


def test_nine_peers_are_not_compared() -> None:
    assert comparison([shown(100, 80) for _ in range(9)]) is None
    assert comparison([shown(100, 80) for _ in range(10)]) is not None


def test_a_provider_of_several_departements_is_one_peer() -> None:
    large = uuid4()
    assert comparison([shown(100, 80, large) for _ in range(11)] + [shown(100, 80)]) is None
    kept = comparison([shown(100, 80, large) for _ in range(3)] + [shown(100, 80) for _ in range(9)])
    assert kept is not None
    assert [each.place for each in kept.standings] == [None] * 12


def test_a_place_is_said_from_eleven_others() -> None:
    ten, eleven = (comparison([shown(100, 80) for _ in range(count)]) for count in (11, 12))
    assert ten is not None
    assert eleven is not None
    assert {each.place for each in ten.standings} == {None}
    assert all(each.place and each.place.alike == 11 for each in eleven.standings)


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(11, 900), st.integers(0, 100)), min_size=10, max_size=20))
def test_the_mean_comes_from_published_figures_and_is_rounded_as_they_are(
    figures: list[tuple[int, int]],
) -> None:
    peers = [shown(clients, clients * part // 100) for clients, part in figures]
    kept = comparison(peers)
    assert kept is not None
    digits = int(sum(each.clients for each in peers) >= 400)
    for number in (kept.centre, *(bound for each in kept.limits for bound in (each.low, each.high))):
        assert number == round(number, digits)
        assert 0 <= number <= 100
    exact = mean_of((each.clients, each.value) for each in peers)
    assert abs(Fraction(kept.centre) - exact) <= Fraction(1, 2 * 10**digits)
    assert [each.clients for each in kept.limits] == sorted({each.clients for each in kept.limits})


async def compared_october(world: World, count: int = 14) -> list[UUID]:
    """Let so many providers of Hérault answer for; the last is far below, and one has too few clients."""
    known = await providers(world, count)
    await convene(world, world.herault, providers=tuple(known))
    for place, provider in enumerate(known):
        clients = 6 if place == 1 else 80 if place else 120
        good = 30 if place == count - 1 else min(clients, 66 + place % 3 + 33 * (not place))
        await write(world, answers(provider, [world.herault], clients, good, name=str(place)))
    await create(world.platform, "2026-10")
    return known


async def test_a_release_keeps_what_is_said_of_published_providers_only(world: World) -> None:
    known = await compared_october(world)
    rows = await fetch(
        pool("work"),
        """
        SELECT s.provider_id, s.level, c.status, f.convention_id IS NULL AS is_whole
        FROM release_standing s JOIN release_cell c USING (id) JOIN release_funnel f ON f.id = s.funnel_id
        WHERE c.indicator = 'GLOB'
        """,
    )
    assert {row["status"] for row in rows} == {"A"}
    assert known[1] not in {row["provider_id"] for row in rows}
    flagged = [row for row in rows if row["level"] in {"warning", "alert"}]
    assert {(row["provider_id"], row["level"]) for row in flagged} == {(known[-1], "alert")}
    assert {row["is_whole"] for row in rows} == {True, False}


async def test_a_period_with_too_few_published_providers_keeps_no_comparison(world: World) -> None:
    await compared_october(world, count=10)  # one of them has too few clients, another is hidden with it
    assert await fetch(pool("work"), "SELECT 1 FROM release_funnel") == []


async def test_an_activity_group_has_its_own_peers(world: World) -> None:
    known = await providers(world, 12)
    for place, provider in enumerate(known):
        for activity, good in (("I-3", 70), ("II-3", 40)):
            await write(world, answers(provider, [], 80, good, name=f"{activity}{place}", activity=activity))
    await create(world.platform, "2026-10")
    rows = await fetch(
        pool("work"), "SELECT activity, centre, peers FROM release_funnel WHERE indicator = 'GLOB'"
    )
    assert {(row["centre"], row["peers"]) for row in rows} == {(Decimal(88), 12), (Decimal(50), 12)}
    assert len({row["activity"] for row in rows}) == 2


@pytest.mark.parametrize("reader", ["stranger", "agent"])
async def test_gironde_and_the_desk_read_no_comparison(world: World, reader: str) -> None:
    await compared_october(world)
    actor = getattr(world, reader)
    async with scoped(actor) as db:
        for model in (ReleaseFunnel, ReleaseStanding):
            assert await fetch(db, f"SELECT 1 FROM {model.Meta.table}") == []
            assert await visible(actor, model) == []


async def test_a_provider_reads_what_is_said_of_itself_alone(world: World) -> None:
    await compared_october(world)
    async with scoped(world.provider) as db:
        rows = await fetch(db, "SELECT DISTINCT provider_id FROM release_standing")
        assert await fetch(db, "SELECT 1 FROM release_funnel") == []
    assert [row["provider_id"] for row in rows] == [world.aide34]


async def test_a_funder_reads_the_comparisons_of_its_own_population(world: World) -> None:
    await compared_october(world)
    async with scoped(world.funder) as db:
        for table in ("release_funnel", "release_standing"):
            rows = await fetch(db, f"SELECT DISTINCT funder_id FROM {table}")
            assert [row["funder_id"] for row in rows] == [world.herault]
