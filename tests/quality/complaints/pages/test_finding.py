"""The client of whom a complaint is opened is found by name, reference or number; each look-up is written."""

import asyncpg
import httpx
import pytest

from quality.db import fetch_value, pool
from quality.directory.names import search_words
from tests.quality.measures.views.test_pages import seen
from tests.surveys.visits import Someone, someone
from tests.world import AIDE_34, World, sign_in

PATH = "/reclamations/nouvelle"


async def known(world: World, name: str = "Mme Jeanne Martin", **given: object) -> Someone:
    client = await someone(world, mobile="+33639980001", **given)
    keyring = world.house.keyring
    await fetch_value(
        pool("work"),
        "UPDATE client SET name_cipher = $2, name_words = $3, commune = 'Lodève' WHERE id = $1 RETURNING id",
        client.id,
        keyring.encrypt(name, "client.name", client.id),
        [keyring.lookup("word", word) for word in search_words(name)],
    )
    return client


@pytest.mark.parametrize("sought", ["martin", "Jeanne MARTIN", "06 39 98 00 01", "its reference"])
async def test_a_person_is_found_and_fills_the_form_in(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, sought: str
) -> None:
    person = await known(world)
    await sign_in(client, world, "agent")
    typed = person.id.hex if sought == "its reference" else sought
    page = await client.get(PATH, params={"qui": typed})
    assert "Mme Jeanne Martin, Lodève, Aide 34" in seen(page)
    link = f"{PATH}?organisme={AIDE_34}&amp;reference={person.id.hex}#nouvelle"
    assert f'href="{link}"' in page.text
    filled = await client.get(link.replace("&amp;", "&").partition("#")[0])
    assert f'value="{person.id.hex}"' in filled.text
    written = await owner.fetchrow("SELECT action, subject, detail->'found' AS found FROM audit")
    assert tuple(written) == ("client.search", "", "1")


async def test_nobody_of_that_name_is_said(client: httpx.AsyncClient, world: World) -> None:
    await known(world)
    await sign_in(client, world, "agent")
    assert "Personne de ce nom ni de ce numéro." in seen(await client.get(PATH, params={"qui": "Durand"}))


async def test_a_provider_finds_its_own_clients_only(client: httpx.AsyncClient, world: World) -> None:
    await known(world, provider=world.cap)
    await known(world, "M. Jean Serre")
    await sign_in(client, world, "provider", world.aide34)
    assert "Martin" not in seen(await client.get(PATH, params={"qui": "Jeanne"}))
    assert "M. Jean Serre, Lodève" in seen(await client.get(PATH, params={"qui": "serre"}))


async def test_gironde_searches_nobody(client: httpx.AsyncClient, world: World) -> None:
    await known(world)
    await sign_in(client, world, "funder", world.gironde)
    page = await client.get(PATH, params={"qui": "martin"})
    assert page.status_code == 403
    assert "Jeanne" not in page.text
