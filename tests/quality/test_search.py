"""One field finds what its reader may see, and nothing of anybody else's."""

import httpx
import pytest

from quality.complaints.links import reference_of
from quality.db import fetch, pool
from quality.directory.matching import folded, matches
from quality.measures.releases.releasing import create
from tests.quality.complaints.opened import filed
from tests.quality.directory.intake.sending import csv, send, visit
from tests.quality.measures.cells import herault_october
from tests.quality.measures.views.test_pages import seen
from tests.surveys.desk.waiting import survey_call
from tests.world import AIDE_34, World, sign_in

ORGANISATIONS = {"provider": "aide34", "funder": "herault", "observer": "observer"}


async def found(client: httpx.AsyncClient, world: World, role: str, query: str, reader: str = "") -> str:
    """Search as a role, and give the words of the page's main part."""
    name = reader or ORGANISATIONS.get(role, "")
    await sign_in(client, world, role, getattr(world, name) if name else None)
    page = await client.get("/recherche", params={"q": query})
    assert page.status_code == 200
    return seen(page).partition("ce que vous pouvez voir.")[2]


@pytest.mark.parametrize("query", ["aide", "AIDE 34", "aid", AIDE_34, "732 829 320 00074"])
async def test_a_provider_is_found_by_name_and_siret_and_leads_to_its_file(
    client: httpx.AsyncClient, world: World, query: str
) -> None:
    assert "Aide 34 Organisme, Hérault" in await found(client, world, "platform", query)
    page = await client.get("/recherche", params={"q": query})
    assert f'href="/prestataires/{AIDE_34}"' in page.text


async def test_a_funder_finds_the_providers_of_its_conventions_only(
    client: httpx.AsyncClient, world: World
) -> None:
    await herault_october(world)
    assert "Aide 34 Organisme" in await found(client, world, "funder", "aide")
    assert "Aide 34" not in await found(client, world, "funder", "aide", "cnav")


async def test_gironde_finds_nothing_of_herault(client: httpx.AsyncClient, world: World) -> None:
    await herault_october(world)
    await create(world.platform, "2026-10")
    await filed(world)
    await send(world, csv(visit()))
    for query in ("aide", "Hérault", "convention", "visite", "1", "martin", "V-1", AIDE_34, "GLOB"):
        words = await found(client, world, "funder", query, "gironde")
        assert "Rien à" not in words
        for stranger in ("Aide 34", "Cap Domicile", "Martin", "herault-2025", "Réclamation 1", "GLOB "):
            assert stranger not in words.replace(f"« {query} »", ""), (query, stranger)


@pytest.mark.parametrize("query", ["1", "réclamation 1", "n° 1"])
async def test_a_complaint_is_found_by_its_number(
    client: httpx.AsyncClient, world: World, query: str
) -> None:
    complaint = await filed(world)
    query = query.replace("1", str(complaint.number))
    for role in ("provider", "agent", "supervisor", "platform"):
        assert f"Réclamation {complaint.number}" in await found(client, world, role, query)
    assert "Travail" not in await found(client, world, "provider", query, "cap")


async def test_the_staff_finds_a_complaint_by_the_reference_that_its_client_says(
    client: httpx.AsyncClient, world: World
) -> None:
    complaint = await filed(world)
    said = reference_of(world.house.keyring, complaint.id)
    typed = (said, said.lower().replace("-", " "))
    for query in typed:
        assert f"Réclamation {complaint.number}" in await found(client, world, "agent", query)
    assert f"Réclamation {complaint.number}" not in await found(client, world, "provider", said)


async def test_a_complaint_that_awaits_a_call_is_not_its_provider_s_to_find(
    client: httpx.AsyncClient, world: World
) -> None:
    complaint = await filed(world, "call_first")
    words = await found(client, world, "provider", str(complaint.number))
    assert "Aucun résultat" in words


async def test_a_visit_is_found_by_its_whole_reference_in_its_own_organisation(
    client: httpx.AsyncClient, world: World
) -> None:
    await send(world, csv(visit()))
    assert "Visite V-1 Assistance dans les actes quotidiens" in await found(client, world, "platform", "V-1")
    assert "Visite V-1" in await found(client, world, "provider", "V-1")
    assert "Visite V-1" not in await found(client, world, "provider", "V-1", "cap")
    assert "Visite V-1" not in await found(client, world, "provider", "V-")


async def test_a_client_is_found_by_whole_words_of_the_name_by_those_who_call(
    client: httpx.AsyncClient, world: World
) -> None:
    await send(world, csv(visit()))
    for role in ("agent", "supervisor", "platform"):
        assert "Mme Martin Jeanne" in await found(client, world, role, "jeanne MARTIN")
    assert "Jeanne" not in await found(client, world, "agent", "mart")
    for role in ("provider", "admin", "observer"):
        assert "Mme Martin" not in await found(client, world, role, "martin")


async def test_a_name_read_by_searching_is_written_in_the_trail_without_the_name(
    client: httpx.AsyncClient, world: World
) -> None:
    await send(world, csv(visit()))
    await found(client, world, "agent", "inconnue")
    await found(client, world, "agent", "martin")
    rows = await fetch(pool("work"), "SELECT subject, detail::text FROM audit WHERE action = 'client.search'")
    assert len(rows) == 1
    assert "artin" not in str(rows)


async def test_a_client_who_waits_for_a_call_leads_to_the_queue(
    client: httpx.AsyncClient, world: World
) -> None:
    called = await survey_call(world)
    await fetch(
        pool("work"),
        "UPDATE client SET name_words = $2::bytea[], name_cipher = $3 WHERE id = $1 RETURNING id",
        called.client,
        [world.house.keyring.lookup("word", "martin")],
        world.house.keyring.encrypt("Mme Martin", "client.name", called.client),
    )
    assert "Aide 34, un appel l’attend" in await found(client, world, "agent", "martin")
    page = await client.get("/recherche?q=martin")
    assert '<a href="/appels">Mme Martin</a>' in page.text


async def test_conventions_indicators_and_pages_are_found(client: httpx.AsyncClient, world: World) -> None:
    await herault_october(world)
    await create(world.platform, "2026-10")
    assert "Convention 2025-2027 herault-2025" in await found(client, world, "funder", "convention")
    assert "Ponctualité ressentie Indicateur PONCT" in await found(client, world, "funder", "ponctualite")
    assert "Pages Mon compte" in await found(client, world, "funder", "compte")


@pytest.mark.parametrize("role", ["admin", "platform", "agent", "provider", "funder", "observer"])
async def test_nothing_found_says_what_may_be_searched(
    client: httpx.AsyncClient, world: World, role: str
) -> None:
    words = await found(client, world, role, "zzzz")
    assert "Aucun résultat Vous pouvez chercher :" in words
    assert ("Personnes suivies" in words) == (role in {"platform", "agent"})


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("", "Que cherchez-vous ?"),
        ("a", "Écrivez au moins deux lettres"),
        ("  ?! ", "Écrivez au moins deux lettres"),
    ],
)
async def test_too_short_a_query_says_so(
    client: httpx.AsyncClient, world: World, query: str, title: str
) -> None:
    assert title in await found(client, world, "platform", query)


async def test_a_long_list_is_cut_and_says_so(client: httpx.AsyncClient, world: World) -> None:
    rows = [
        visit(reference=f"V-{n}", client_reference=f"C-{n}", mobile=f"06 39 98 01 {n:02}") for n in range(12)
    ]
    await send(world, csv(*rows))
    await sign_in(client, world, "agent")
    page = await client.get("/recherche?q=martin")
    assert page.text.count("Mme Martin Jeanne") == 10
    assert "D’autres correspondent" in seen(page)


async def test_hostile_and_endless_queries_are_plain_text(client: httpx.AsyncClient, world: World) -> None:
    words = await found(client, world, "platform", "<script>' OR 1=1 --")
    assert "Aucun résultat" in words
    page = await client.get("/recherche", params={"q": "a" * 5000})
    assert page.status_code == 200
    assert "a" * 81 not in page.text.partition("<main")[2]


def test_words_are_matched_by_their_beginning() -> None:
    assert folded("Étang d’Or") == "etang d or"
    assert matches("etang", "Étang d’Or Services")
    assert not matches("tang", "Étang d’Or Services")
