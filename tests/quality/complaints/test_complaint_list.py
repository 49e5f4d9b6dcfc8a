"""/reclamations: due dates first, late ones in words, no name without an agreement."""

import re
from datetime import timedelta

import asyncpg
import httpx
import pytest

from quality import clock
from quality.complaints import handling
from tests.quality.complaints.opened import filed
from tests.world import World, sign_in


async def test_a_provider_reads_its_complaints_with_the_names_given(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await filed(world, "named", name="Mme Martin")
    await filed(world, "anonymous", name="Mme Lefèvre")
    await filed(world, "call_first", name="M. Durand")
    await filed(world, "named", provider=world.cap, name="Mme Petit")
    await sign_in(client, world, "provider", world.aide34)
    page = await client.get("/reclamations")
    assert page.status_code == 200
    assert "Mme Martin" in page.text
    assert "Sans nom" in page.text
    for hidden in ("Lefèvre", "Durand", "Petit", "Réclamation 3", "Réclamation 4"):
        assert hidden not in page.text
    reads = await owner.fetch("SELECT action, detail->'numbers' AS numbers FROM audit")
    assert [tuple(row) for row in reads] == [("complaint.names", "[1]")]


@pytest.mark.parametrize("role", ["platform", "supervisor", "agent"])
async def test_the_staff_reads_all_with_their_providers(
    client: httpx.AsyncClient, world: World, role: str
) -> None:
    await filed(world, "call_first", name="M. Durand")
    await filed(world, "named", provider=world.cap)
    await sign_in(client, world, role)
    page = await client.get("/reclamations")
    assert "Cap Domicile" in page.text
    assert "Personne à appeler d’abord" in page.text
    assert "Durand" not in page.text


async def test_the_nearest_due_comes_first_and_a_late_one_says_so(
    client: httpx.AsyncClient, world: World
) -> None:
    await filed(world, "named")
    clock.set_offset(clock.offset() + timedelta(days=7))
    await filed(world, "named")
    await sign_in(client, world, "provider", world.aide34)
    page = await client.get("/reclamations")
    assert "En retard de 5 jours" in page.text
    assert page.text.index("/reclamations/1") < page.text.index("/reclamations/2")


async def test_without_a_name_a_provider_reads_no_day_from_which_the_visit_could_be_told(
    client: httpx.AsyncClient, world: World
) -> None:
    await filed(world, "anonymous")
    await sign_in(client, world, "provider", world.aide34)
    for days, words in ((0, "Cette semaine"), (3, "En retard")):
        clock.set_offset(clock.offset() + timedelta(days=days))
        for path in ("/reclamations", "/reclamations/1"):
            shown = (await client.get(path)).text
            assert words.casefold() in shown.casefold(), path
            assert not re.search(r"26\xa0novembre|décembre|En retard de|jeudi", shown), path


async def test_nothing_is_due_from_a_provider_before_its_client_was_called(
    client: httpx.AsyncClient, world: World
) -> None:
    await filed(world, "named")
    await filed(world, "call_first")
    clock.set_offset(clock.offset() + timedelta(days=7))
    await sign_in(client, world, "platform")
    listed = (await client.get("/reclamations")).text
    assert listed.count("En retard de 5 jours") == 1
    assert listed.index("/reclamations/2") < listed.index("/reclamations/1")
    page = (await client.get("/reclamations/2")).text
    assert page.count("Après le choix de la personne") == 2
    assert "En retard" not in page


async def test_the_address_chooses_the_states(client: httpx.AsyncClient, world: World) -> None:
    first = await filed(world, "named")
    await filed(world, "named")
    await handling.acknowledge(world.staff, first.number)
    await sign_in(client, world, "provider", world.aide34)
    page = await client.get("/reclamations?etat=solution")
    assert "/reclamations/1" in page.text
    assert "/reclamations/2" not in page.text
    assert "Aucune réclamation ici" in (await client.get("/reclamations?etat=closes")).text
    assert "/reclamations/2" in (await client.get("/reclamations?etat=<script>&page=-4")).text


async def test_gironde_and_the_other_funders_are_refused(client: httpx.AsyncClient, world: World) -> None:
    await filed(world)
    for funder in (world.gironde, world.herault):
        await sign_in(client, world, "funder", funder)
        page = await client.get("/reclamations")
        assert page.status_code == 403
        assert "Martin" not in page.text
