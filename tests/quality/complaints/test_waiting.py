"""What waits on the home page is said as a thing to do, for whom and until when; the others in one line."""

from datetime import timedelta

import asyncpg
import httpx
import pytest

from quality import clock
from quality.complaints.resolving import handling
from quality.complaints.waiting import tasks
from tests.quality.complaints.opened import filed
from tests.quality.measures.views.test_pages import seen
from tests.world import World, sign_in


async def titles(world: World, role: str = "provider") -> list[str]:
    actor = world.provider if role == "provider" else world.staff
    return [task.title.replace("\xa0", " ") for task in await tasks(actor, world.house.keyring)]


async def test_a_provider_reads_what_to_do_for_whom_and_until_when(
    world: World, owner: asyncpg.Connection
) -> None:
    named = await filed(world, "named")
    await filed(world, "anonymous", name="Mme Lefèvre")
    await filed(world, "call_first", name="M. Durand")
    assert await titles(world) == [
        "Répondre à Mme Martin, avant jeudi 26 novembre, 18 h",
        "Répondre à une personne sans nom, cette semaine",
    ]
    reads = await owner.fetch("SELECT action, subject, detail->'numbers' AS numbers FROM audit")
    assert [tuple(row) for row in reads] == [("complaint.names", "home", "[1]")]
    await handling.acknowledge(world.provider, named.number)
    assert await titles(world) == [
        "Répondre à une personne sans nom, cette semaine",
        "Trouver une solution avec Mme Martin, avant mercredi 9 décembre, 18 h",
    ]


async def test_the_staff_reads_which_provider_is_late(world: World) -> None:
    await filed(world, "named")
    await filed(world, "call_first", name="M. Durand")
    assert await titles(world, "platform") == []
    clock.set_offset(clock.offset() + timedelta(days=4))
    assert await titles(world, "platform") == ["Relancer Aide 34, en retard de 2 jours"]


async def test_what_goes_beyond_three_is_counted_and_never_lost(
    client: httpx.AsyncClient, world: World
) -> None:
    for _ in range(6):
        await filed(world, "named")
    assert (await titles(world))[3:] == ["3 autres réclamations attendent"]
    await sign_in(client, world, "provider", world.aide34)
    assert "Ensuite 3 autres réclamations attendent" in seen(await client.get("/accueil"))


@pytest.mark.parametrize(("days", "waits"), [(0, True), (2, False), (9, False)])
async def test_the_rest_waits_until_tomorrow_only_when_nothing_of_it_is_due(
    client: httpx.AsyncClient, world: World, days: int, waits: bool
) -> None:
    for _ in range(4):
        await filed(world, "named")
    clock.set_offset(clock.offset() + timedelta(days=days))
    await sign_in(client, world, "provider", world.aide34)
    assert ("Le reste peut attendre demain" in seen(await client.get("/accueil"))) is waits


async def test_an_agent_has_calls_and_no_provider_to_chase(client: httpx.AsyncClient, world: World) -> None:
    await filed(world, "named")
    clock.set_offset(clock.offset() + timedelta(days=9))
    await sign_in(client, world, "agent")
    assert "/reclamations/1" not in (await client.get("/accueil")).text


async def test_gironde_has_nothing_of_complaints_on_its_home_page(
    client: httpx.AsyncClient, world: World
) -> None:
    await filed(world, "named")
    await sign_in(client, world, "funder", world.gironde)
    shown = (await client.get("/accueil")).text
    assert "Martin" not in shown
    assert 'href="/reclamations"' not in shown
