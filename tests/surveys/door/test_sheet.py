"""The sheets of codes: a provider's own clients of a day, a code for each, on paper that is accessible."""

import re
from datetime import date, timedelta
from html import unescape
from uuid import UUID

import asyncpg
import httpx
import pytest

from quality import clock
from quality.db import execute, fetch_value, pool
from quality.web.format import day_text
from quality.web.platform import card_of
from surveys.door import sheet as sheets
from surveys.door.codes import in_quarters
from surveys.door.finding import day_in_id
from surveys.door.sheet_pages import HREF
from tests.surveys.door.visits import code_of
from tests.surveys.visits import Someone, none_waits, someone, visit
from tests.world import World, sign_in


async def named(world: World, name: str, **given: object) -> Someone:
    client = await someone(world, status="active", **given)
    cipher = world.house.keyring.encrypt(name, "client.name", client.id)
    await execute(pool("work"), "UPDATE client SET name_cipher = $2 WHERE id = $1", client.id, cipher)
    return client


async def today(client: Someone) -> UUID:
    return await visit(client, clock.now().replace(hour=10, minute=0))


async def read(client: httpx.AsyncClient, day: str = "") -> str:
    page = await client.get(f"{HREF}?jour={day}")
    assert page.status_code == 200, page.text
    return re.sub("[\u00a0\u202f]", " ", unescape(page.text))


async def printed(world: World, day: date) -> list[dict[str, str]]:
    """Give the words of the half pages that Aide 34 prints."""
    actor, house = world.provider, world.house
    card = await card_of(world.platform)
    return await sheets.halves_of(actor, house.keyring, "https://avis.example", day, card)


async def test_a_provider_prints_a_code_for_each_client_of_the_day(
    world: World, client: httpx.AsyncClient
) -> None:
    martin, other = await named(world, "Jeanne Martin"), await named(world, "Ali Benali", language="en")
    for each in (martin, martin, other):
        await today(each)
    await named(world, "Personne")
    await sign_in(client, world, "provider", world.aide34)
    assert "2 clients, un code à laisser à chacun" in await read(client)
    day = clock.now().date()
    halves = await printed(world, day)
    answer = await client.get(f"{HREF}.pdf?jour={day}")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.content.startswith(b"%PDF")
    code = in_quarters(code_of(world, martin.id, day))
    assert {half["name"]: half["lang"] for half in halves} == {"Jeanne Martin": "fr", "Ali Benali": "en"}
    assert f"avis.example/s/{code}" in {half["link"] for half in halves}


async def test_the_paper_says_who_reads_and_that_it_is_free(world: World) -> None:
    for language in ("fr", "en"):
        await today(await named(world, "Jeanne Martin", language=language))
    halves = {half["lang"]: half for half in await printed(world, clock.now().date())}
    provider = await fetch_value(pool("work"), "SELECT name FROM organisation WHERE id = $1", world.aide34)
    assert halves["fr"]["private"] == f"{provider} ne voit pas votre nom sans votre accord."
    assert halves["en"]["private"] == f"{provider} does not see your name unless you agree."
    free = "C’est gratuit. Nous ne demandons jamais d’argent ni de numéro\u00a0de\u00a0carte."
    assert halves["fr"]["free"] == free
    assert halves["en"]["free"] == "It is free. We never ask for money or for a card number."


async def test_a_long_day_is_printed_in_several_files_and_nobody_is_left_out(
    world: World, client: httpx.AsyncClient, owner: asyncpg.Connection
) -> None:
    await today(await named(world, "Jeanne Martin"))
    people = sheets.A_FILE
    await owner.execute(
        """
        INSERT INTO client SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(),
            'reference', 'copie ' || n, 'name_cipher', NULL))).* FROM client c, generate_series(1, $1) AS n
        """,
        people,
    )
    await owner.execute(
        """
        INSERT INTO intervention SELECT (jsonb_populate_record(i, jsonb_build_object('id', overlay(i.id::text
            placing lpad(to_hex(row_number() OVER ()), 12, '0') from 25)::uuid, 'client_id', c.id))).*
        FROM intervention i, client c WHERE c.id <> i.client_id
        """
    )
    await sign_in(client, world, "provider", world.aide34)
    day = clock.now().date()
    assert f"{people + 1} clients, un code à laisser à chacun" in await read(client)
    assert f'href="{HREF}.pdf?jour={day}&fichier=2"' in await read(client)
    card, house = await card_of(world.platform), world.house
    files = [
        await sheets.halves_of(
            world.provider, house.keyring, "https://avis.example", day, card, number=number
        )
        for number in (1, 2)
    ]
    assert [len(each) for each in files] == [people, 1]
    assert len({half["name"] for each in files for half in each}) == people + 1
    for number in ("3", "0", "-1", "x"):
        assert (await client.get(f"{HREF}.pdf?jour={day}&fichier={number}")).status_code == 404


async def test_the_printed_code_opens_the_visit(world: World, client: httpx.AsyncClient) -> None:
    martin = await named(world, "Jeanne Martin")
    identity = await today(martin)
    halves = await printed(world, day_in_id(identity, "34"))
    code = halves[0]["link"].rpartition("/")[2]
    assert (await client.get(f"/s/{code}")).status_code == 404  # no decision yet
    await execute(
        pool("work"),
        """
        INSERT INTO occasion (id, platform_id, provider_id, client_id, person_id, decision, reason,
            decided_at)
        SELECT id, platform_id, provider_id, client_id, $1, 'not_asked', 'cap', updated_at FROM intervention
        """,
        martin.person,
    )
    await none_waits()
    assert (await client.get(f"/s/{code.lower()}")).status_code == 200


async def test_a_day_not_sent_yet_has_the_clients_of_the_weeks_before(
    world: World, client: httpx.AsyncClient
) -> None:
    await today(await named(world, "Jeanne Martin"))
    tomorrow = clock.now().date() + timedelta(days=1)
    await sign_in(client, world, "provider", world.aide34)
    said = await read(client, f"{tomorrow}")
    assert "1 client, un code à laisser" in said
    assert (
        f"Les visites du {day_text(tomorrow, 'fr')} ne sont pas encore transmises".replace("\u00a0", " ")
        in said
    )


async def test_the_trail_says_who_printed_names(
    world: World, client: httpx.AsyncClient, owner: asyncpg.Connection
) -> None:
    await today(await named(world, "Jeanne Martin"))
    await sign_in(client, world, "provider", world.aide34)
    await client.get(f"{HREF}.pdf?jour={clock.now().date()}")
    assert await owner.fetchval("SELECT detail ->> 'clients' FROM audit WHERE action = 'door.sheet'") == "1"


async def test_another_provider_prints_none_of_them(world: World, client: httpx.AsyncClient) -> None:
    await today(await named(world, "Jeanne Martin"))
    await sign_in(client, world, "provider", world.cap)
    assert "Aucun code à imprimer ce jour-là" in await read(client)
    assert (await client.get(f"{HREF}.pdf?jour={clock.now().date()}")).status_code == 404


@pytest.mark.parametrize("day", ["", "demain", "2026-02-30", "2031-01-01"])
async def test_a_day_that_is_not_offered_prints_nothing(
    world: World, client: httpx.AsyncClient, day: str
) -> None:
    await sign_in(client, world, "provider", world.aide34)
    assert (await client.get(f"{HREF}.pdf?jour={day}")).status_code == 404


async def test_gironde_prints_nothing(world: World, client: httpx.AsyncClient) -> None:
    await sign_in(client, world, "funder", world.gironde)
    for address in (HREF, f"{HREF}.pdf?jour={clock.now().date()}"):
        assert (await client.get(address)).status_code in {403, 404}


def test_a_square_is_drawn_for_any_link() -> None:
    assert sheets.square("https://avis.example/s/K7M4-2Q9D-X3PV").startswith("<svg")
