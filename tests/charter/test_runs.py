"""/charte/evaluations: several runs, all of an edition or what is compulsory, their chapters shared out."""

import asyncpg
import httpx
import pytest

from charter.declaring import Kind, review
from charter.editions import load
from charter.submitting import submit
from quality.access.scope import scoped
from tests.charter.declared import declare, declare_everything
from tests.quality.web.pages import read
from tests.world import AIDE_34, World, sign_in

GRID = "three-chapters-2026"


@pytest.fixture
async def token(client: httpx.AsyncClient, world: World) -> str:
    return await sign_in(client, world, "provider", world.aide34)


async def test_a_provider_chooses_an_edition_and_how_much_of_it(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    form = {"jeton": token, "edition": GRID, "etendue": "compulsory"}
    begun = await client.post("/charte/evaluations", data=form)
    assert begun.headers["location"] == f"/charte?edition={GRID}"
    async with scoped(world.provider):
        of = await review(world.provider, "", GRID)
    assert of.kind is Kind.COMPULSORY
    assert all(each.compulsory or each.imperative for each in of.edition.criteria)
    again = await client.post("/charte/evaluations", data=form)
    assert again.status_code == 409
    assert "Les obligatoires seulement" in (await client.get("/charte/evaluations")).text


async def test_an_edition_that_does_not_exist_is_refused(client: httpx.AsyncClient, token: str) -> None:
    answer = await client.post("/charte/evaluations", data={"jeton": token, "edition": "x", "etendue": "y"})
    assert answer.status_code == 422


async def test_chapters_are_given_to_accounts_of_the_organisation_alone(
    client: httpx.AsyncClient, world: World, token: str, owner: asyncpg.Connection
) -> None:
    me = str(await owner.fetchval("SELECT id FROM account"))
    await sign_in(client, world, "provider", world.cap)
    other = str(await owner.fetchval("SELECT id FROM account WHERE id <> $1", me))
    token = await sign_in(client, world, "provider", world.aide34)
    form = {"jeton": token, "edition": "national-2012", "chapitre-1": [me, other], "chapitre-9": [me]}
    assert (await client.post("/charte/evaluations/equipe", data=form)).status_code == 303
    rows = await owner.fetch("SELECT chapter, account_id FROM assessment_part")
    assert [(row["chapter"], str(row["account_id"])) for row in rows] == [(1, me)]
    page = read((await client.get("/charte/evaluations")).text)
    boxes = [each for each in page.all("input") if "checked" in each.attributes]
    assert me in {each.attributes.get("value") for each in boxes}


async def test_a_chapter_that_is_given_waits_on_the_home_page_and_is_said_on_its_own(
    client: httpx.AsyncClient, world: World, token: str, owner: asyncpg.Connection
) -> None:
    me = str(await owner.fetchval("SELECT id FROM account"))
    form = {"jeton": token, "edition": "national-2012", "chapitre-3": [me]}
    await client.post("/charte/evaluations/equipe", data=form)
    home = read((await client.get("/accueil")).text)
    assert "Chapitre à remplir\u00a0: 8 critères restent" in home.all("main")[0].text
    assert "/charte/3/1" in [each.attributes["href"] for each in home.all("a")]
    assert "Confié à Camille Essai." in (await client.get("/charte/3")).text
    assert "Confié à" not in (await client.get("/charte/2")).text
    await declare(world, {each.code: "yes" for each in load("national-2012").chapters[2].criteria})
    assert "Chapitre à remplir" not in (await client.get("/accueil")).text


async def test_chapters_stay_with_whom_they_were_given_once_the_file_is_sent(
    client: httpx.AsyncClient, world: World, token: str, owner: asyncpg.Connection
) -> None:
    me = str(await owner.fetchval("SELECT id FROM account"))
    form = {"jeton": token, "edition": "national-2012", "chapitre-1": [me], "chapitre-3": [me]}
    await client.post("/charte/evaluations/equipe", data=form)
    await declare_everything(world)
    await submit(world.provider)
    page = read((await client.get("/charte/evaluations")).text)
    given = [each.attributes["name"] for each in page.all("input") if "checked" in each.attributes]
    assert [each for each in given if each.startswith("chapitre")] == ["chapitre-1", "chapitre-3"]
    assert "Confié à Camille Essai." in (await client.get("/charte/3")).text


async def test_what_is_sent_stays_in_the_list_with_its_result(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    assert token
    await declare_everything(world)
    await submit(world.provider)
    text = read((await client.get("/charte/evaluations")).text).all("tbody")[0].text
    assert "Envoyée" in text
    assert "En cours" in text
    await sign_in(client, world, "platform")
    assert (await client.get(f"/charte/evaluations?organisme={AIDE_34}")).status_code == 200
    await sign_in(client, world, "funder", world.gironde)
    assert (await client.get("/charte/evaluations")).status_code == 403
