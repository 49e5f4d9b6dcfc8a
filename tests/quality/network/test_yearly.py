"""The yearly report of an establishment: facts, published figures, and its own words marked as its own."""

import io
import subprocess
from datetime import date

import asyncpg
import httpx
import pytest
from python_calamine import CalamineWorkbook

from quality.measures.releases.releasing import create
from tests.quality.measures.cells import answers, convene, write
from tests.quality.measures.views.test_pages import seen
from tests.world import AIDE_34, World, sign_in

PAGE = "/rapports/annuel"
TEXT = "Deux référents qualité ont été nommés.\n\nLes équipes se réunissent chaque mois."
QUARTER = [date(2026, month, 1) for month in (7, 8, 9)]


async def publish(world: World, of_cap: int) -> None:
    """Publish a quarter: 60 clients of Aide 34 answer, and so many of Cap Domicile."""
    await convene(world, world.herault)
    for month in QUARTER:
        await write(world, answers(world.aide34, [world.herault], 60, 50, month=month))
        await write(world, answers(world.cap, [world.herault], of_cap, of_cap - 1, month=month))
    await create(world.platform, "2026-Q3")


@pytest.fixture
async def quarter(world: World) -> World:
    await publish(world, 50)
    return world


async def saved(
    client: httpx.AsyncClient, world: World, text: str = TEXT, year: str = "2026"
) -> httpx.Response:
    token = await sign_in(client, world, "provider", world.aide34)
    return await client.post(PAGE, data={"jeton": token, "annee": year, "quality": text})


def printed(content: bytes) -> str:
    found = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return " ".join(found.stdout.decode().replace("\u00a0", " ").replace("\u202f", " ").split())


async def test_the_page_and_both_files_say_the_same(client: httpx.AsyncClient, quarter: World) -> None:
    assert (await saved(client, quarter)).status_code == 303
    words = seen(await client.get(PAGE, params={"annee": "2026"}))
    drawn = printed((await client.get(f"{PAGE}/2026.pdf")).content)
    book = CalamineWorkbook.from_filelike(io.BytesIO((await client.get(f"{PAGE}/2026.xlsx")).content))
    read, data, place, own = (book.get_sheet_by_index(n).to_python() for n in range(4))
    (row,) = [each for each in read if each[0] == "Visite bien passée"]
    plain = [str(each).replace("\u00a0", " ").replace("\u202f", " ") for each in row]
    assert plain[1:] == ["Hérault (34)", "3ᵉ trimestre 2026", "83 %", "de 72 à 91 %, 60 clients"]
    assert " ".join(plain) in words
    for part in plain:
        assert part.replace("ᵉ", "") in drawn.replace("ᵉ", ""), part
    (line,) = [each for each in data if each[0] == "GLOB"]
    assert line[data[0].index("value")] == 83
    assert [each[1] for each in place if each[0] == "SIRET"] == [AIDE_34]
    written = {each[0]: each[1] for each in own}
    assert written["La démarche qualité, les labels et les certifications"] == TEXT


async def test_each_departement_is_named_and_read_together(client: httpx.AsyncClient, world: World) -> None:
    for place, good in {"34": 50, "30": 40}.items():
        for month in QUARTER:
            people = answers(world.aide34, [], 60, good, month=month, name=place, departement=place)
            await write(world, people)
    await create(world.platform, "2026-Q3")
    await sign_in(client, world, "provider", world.aide34)
    query = {"annee": "2026"}
    words = seen(await client.get(PAGE, params=query))
    assert "Visite bien passée Gard (30) 3ᵉ trimestre 2026 67 %" in words
    assert "Visite bien passée Hérault (34) 3ᵉ trimestre 2026 83 %" in words
    book = CalamineWorkbook.from_filelike(io.BytesIO((await client.get(f"{PAGE}/2026.xlsx")).content))
    places = [row[1] for row in book.get_sheet_by_index(0).to_python()]
    assert places == ["Département", *sorted(places[1:])]
    assert {"Gard (30)", "Hérault (34)"} == set(places[1:])
    drawn = printed((await client.get(f"{PAGE}/2026.pdf")).content)
    assert "Gard (30)" in drawn


async def test_what_the_provider_writes_is_marked_and_what_it_does_not_says_so(
    client: httpx.AsyncClient, quarter: World
) -> None:
    await saved(client, quarter)
    drawn = printed((await client.get(f"{PAGE}/2026.pdf")).content)
    before, _title, after = drawn.partition("Écrit par l’organisme")
    assert "Deux référents" not in before
    assert "La plateforme ne les a ni écrits ni vérifiés." in after
    assert "Deux référents qualité ont été nommés." in after
    assert after.count("À compléter par l’organisme.") == 4
    assert "ce document n’en est pas le formulaire" in before


async def test_a_hidden_figure_is_hidden_and_a_year_without_any_says_so(
    client: httpx.AsyncClient, world: World
) -> None:
    await publish(world, 4)
    await sign_in(client, world, "provider", world.cap)
    words = seen(await client.get(PAGE, params={"annee": "2026"}))
    assert "Visite bien passée Hérault (34) 3ᵉ trimestre 2026 moins de 11 clients" in words
    assert "75 %" not in words
    assert "Aucun résultat de 2025 n’est publié" in seen(await client.get(PAGE))
    assert (await client.get(f"{PAGE}/2025.pdf")).status_code == 200
    assert (await client.get(f"{PAGE}/2025.xlsx")).status_code == 200


async def test_the_platform_reads_it_and_writes_nothing(
    client: httpx.AsyncClient, quarter: World, owner: asyncpg.Connection
) -> None:
    await saved(client, quarter)
    token = await sign_in(client, quarter, "platform")
    query = {"annee": "2026", "organisme": AIDE_34}
    words = seen(await client.get(PAGE, params=query))
    assert "Deux référents qualité ont été nommés." in words
    assert "Pas encore écrit" in words
    assert (await client.get(f"{PAGE}/2026.pdf", params=query)).status_code == 200
    assert (
        await client.post(PAGE, data={"jeton": token, "annee": "2026", "quality": "x"})
    ).status_code == 403
    assert await owner.fetchval("SELECT texts->>'quality' FROM yearly_text") == TEXT


async def test_another_provider_reads_nothing_of_it(client: httpx.AsyncClient, quarter: World) -> None:
    await saved(client, quarter)
    await sign_in(client, quarter, "provider", quarter.cap)
    query = {"annee": "2026", "organisme": AIDE_34}
    assert "Deux référents" not in (await client.get(PAGE, params=query)).text
    assert "Cap Domicile" in printed((await client.get(f"{PAGE}/2026.pdf", params=query)).content)


async def test_gironde_has_no_such_page(client: httpx.AsyncClient, quarter: World) -> None:
    await sign_in(client, quarter, "funder", quarter.gironde)
    for path in (PAGE, f"{PAGE}/2026.pdf"):
        assert (await client.get(path)).status_code == 403
    assert PAGE not in (await client.get("/rapports")).text


async def test_too_long_a_text_comes_back_and_nothing_is_kept(
    client: httpx.AsyncClient, quarter: World, owner: asyncpg.Connection
) -> None:
    refused = await saved(client, quarter, "m" * 6_001)
    assert refused.status_code == 422
    assert "Erreur : Rapport annuel 2026, Aide 34" in seen(refused)
    assert "Écrivez 6 000 caractères au plus." in seen(refused)
    assert "m" * 6_001 in refused.text
    assert await owner.fetchval("SELECT count(*) FROM yearly_text") == 0


@pytest.mark.parametrize("path", ["1789.pdf", "2026.doc", "2026", "2026.pdf.exe", "٢٠٢٦.pdf"])
async def test_a_file_that_does_not_exist_is_not_found(
    client: httpx.AsyncClient, quarter: World, path: str
) -> None:
    await sign_in(client, quarter, "provider", quarter.aide34)
    assert (await client.get(f"{PAGE}/{path}")).status_code == 404
    assert (await client.get(PAGE, params={"annee": f"{path}x"})).status_code == 404


async def test_a_text_is_no_formula(client: httpx.AsyncClient, quarter: World) -> None:
    await saved(client, quarter, "=1+1")
    content = (await client.get(f"{PAGE}/2026.xlsx")).content
    own = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(3).to_python()
    assert "=1+1" in {each[1] for each in own}
