"""A platform reads the file of each of its providers, and no other reader does."""

from datetime import date

import asyncpg
import httpx
import pytest

from quality import clock
from quality.ids import uuid7
from tests.quality.directory.intake.sending import csv, send, visit
from tests.quality.measures.cells import convene
from tests.quality.measures.views.test_pages import seen
from tests.world import AIDE_34, World, sign_in

FILE = f"/prestataires/{AIDE_34}"


async def test_providers_are_listed_by_name_with_their_last_file(
    client: httpx.AsyncClient, world: World
) -> None:
    await send(world, csv(visit()))
    await sign_in(client, world, "platform")
    words = seen(await client.get("/prestataires"))
    assert "2 organismes." in words
    assert "Aide 34 Association Hérault Non référencé mardi 24 novembre 2026" in words
    assert "Cap Domicile Entreprise Hérault Non référencé aucun fichier" in words
    assert words.index("Aide 34") < words.index("Cap Domicile")


async def test_the_supervisor_reads_the_list_without_the_files(
    client: httpx.AsyncClient, world: World
) -> None:
    await sign_in(client, world, "supervisor")
    words = seen(await client.get("/prestataires"))
    assert "Aide 34 Association Hérault Non référencé" in words
    assert "fichier" not in words
    assert "Dernier fichier" not in seen(await client.get(FILE))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=cap", {"Cap Domicile"}),
        (f"q={AIDE_34}", {"Aide 34"}),
        ("departement=34", {"Aide 34", "Cap Domicile"}),
        ("departement=75", set()),
        ("q=personne", set()),
    ],
)
async def test_the_list_is_narrowed(
    client: httpx.AsyncClient, world: World, query: str, names: set[str]
) -> None:
    await sign_in(client, world, "platform")
    words = seen(await client.get(f"/prestataires?{query}"))
    assert {name for name in ("Aide 34", "Cap Domicile") if name in words} == names
    assert ("Aucun organisme ne correspond" in words) == (not names)


async def test_a_long_list_is_paged(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await owner.execute(
        """
        INSERT INTO organisation (id, platform_id, code, kind, name, short_name, legal_form, departement,
            email, phone, on_call_name, on_call_phone, activities, created_at)
        SELECT gen_random_uuid(), $1, 'P' || n, 'provider', 'Organisme ' || lpad(n::text, 3, '0')
            || repeat(' très long', 6), 'P' || n, 'entreprise', '30', '', '', '', '', '{}', now()
        FROM generate_series(1, 119) n
        """,
        world.platform,
    )
    await sign_in(client, world, "platform")
    first, last = seen(await client.get("/prestataires")), seen(await client.get("/prestataires?page=3"))
    assert "1 à 50 sur 121" in first
    assert "101 à 121 sur 121" in last
    assert "Organisme 119" in last
    assert "101 à 121 sur 121" in seen(await client.get("/prestataires?page=99999"))
    assert "1 à 50 sur 121" in seen(await client.get("/prestataires?page=x"))
    assert "data-sort" not in (await client.get("/prestataires")).text
    assert "data-sort" in (await client.get("/prestataires?departement=34")).text


async def test_accents_and_capitals_do_not_move_a_name(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await owner.execute("UPDATE organisation SET name = 'CIAS Pays Peyne' WHERE id = $1", world.aide34)
    await owner.execute("UPDATE organisation SET name = 'Étang d’Or' WHERE id = $1", world.cap)
    await sign_in(client, world, "platform")
    words = seen(await client.get("/prestataires"))
    assert words.index("CIAS Pays Peyne") < words.index("Étang d’Or")
    await owner.execute("UPDATE organisation SET name = 'Cap Domicile' WHERE id = $1", world.cap)
    words = seen(await client.get("/prestataires"))
    assert words.index("Cap Domicile") < words.index("CIAS Pays Peyne")


async def test_the_file_tells_rights_delays_conventions_and_pages(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await convene(world, world.herault)
    for kind, start, end in (
        ("autorisation", date(2020, 1, 1), None),
        ("declaration", date(2019, 1, 1), date(2024, 12, 31)),
        ("agrement", date(2027, 1, 1), None),
    ):
        await owner.execute(
            """
            INSERT INTO authorisation (id, platform_id, organisation_id, kind, number, authority, valid_from,
                valid_to, activities, departements)
            VALUES ($1, $2, $3, $4, 'N-1', '', $5, $6, '{I-3}', '{34}')
            """,
            uuid7(clock.now()),
            world.platform,
            world.aide34,
            kind,
            start,
            end,
        )
    await owner.execute(
        """
        INSERT INTO referencing (id, platform_id, provider_id, status, since, acknowledge_days, solution_days,
            alert_days, authority) VALUES ($1, $2, $3, 'referenced', '2025-10-01', 2, 15, 30, '{}')
        """,
        uuid7(clock.now()),
        world.platform,
        world.aide34,
    )
    await sign_in(client, world, "platform")
    page = await client.get(FILE)
    words = seen(page)
    for said in (
        *("Association, Hérault Référencé", f"SIRET {AIDE_34}", "Convention 2025-2027"),
        "Autorisation, N-1 depuis le mercredi 1er janvier 2020. 1 activité, Hérault. En cours",
        *("mardi 31 décembre 2024. 1 activité, Hérault. Expiré", "À venir"),
        *("Accusé de réception 2 jours ouvrés", "Assistance dans les actes quotidiens"),
    ):
        assert said in words
    assert f'href="/interventions?organisme={world.aide34}"' in page.text
    assert f'href="/avis/messages?organisme={AIDE_34}"' in page.text


async def test_each_link_of_a_file_opens(client: httpx.AsyncClient, world: World) -> None:
    await convene(world, world.herault)
    await sign_in(client, world, "supervisor")
    page = await client.get(FILE)
    links = [part.partition('"')[0] for part in page.text.partition('id="pages"')[2].split('href="')[1:]]
    links = [link for link in links if link.startswith("/") and "static" not in link][:3]
    assert [(await client.get(link)).status_code for link in links] == [200] * 3


async def test_a_bare_provider_says_what_is_missing(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "platform")
    words = seen(await client.get(FILE))
    assert "Aucun droit n’est enregistré" in words
    assert "Aucune convention ne cite cet organisme." in words
    assert "les délais de ses conventions s’appliquent" in words


@pytest.mark.parametrize("code", ["D34", "nope"])
async def test_what_is_no_provider_answers_404(client: httpx.AsyncClient, world: World, code: str) -> None:
    await sign_in(client, world, "platform")
    assert (await client.get(f"/prestataires/{code}")).status_code == 404


async def test_gironde_opens_neither_the_list_nor_a_file(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "funder", world.gironde)
    for path in ("/prestataires", FILE):
        page = await client.get(path)
        assert page.status_code == 403
        assert "Aide 34" not in page.text
