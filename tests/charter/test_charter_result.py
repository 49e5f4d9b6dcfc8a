"""/charte: what a provider's assessment found, what to check first, and how the platform reads it."""

import re
from dataclasses import replace
from uuid import UUID

import httpx
import pytest

from charter.declaring import Review
from charter.definition import Answer
from charter.result import result
from tests.charter.declared import declare, declare_everything, punctuality
from tests.charter.grids import words
from tests.charter.samples import declared
from tests.quality.web.pages import Reading, read
from tests.world import AIDE_34, CAP_DOMICILE, World, sign_in


async def opened(client: httpx.AsyncClient, path: str = "/charte") -> Reading:
    page = await client.get(path)
    assert page.status_code == 200, page.text
    return read(page.text)


def text_of(page: Reading) -> str:
    return re.sub("[ \n]+", " ", page.all("main")[0].text)


def headings(page: Reading) -> list[str]:
    return [each.text for each in page.all("h2")]


@pytest.fixture
async def provider(client: httpx.AsyncClient, world: World) -> httpx.AsyncClient:
    await sign_in(client, world, "provider", world.aide34)
    return client


async def test_before_the_first_answer_the_page_says_how_it_goes_and_where_to_begin(
    provider: httpx.AsyncClient,
) -> None:
    page = await opened(provider)
    assert page.all("h1")[0].text == "La charte qualité, en six principes"
    links = {each.attributes["href"]: each.text for each in page.all("a")}
    assert links["/charte/1/1"] == "Commencer\u00a0: critère 1.1"
    assert "Comment cela se passe" in headings(page)
    assert page.all("svg") != []
    assert not any("radar" in each.attributes.get("class", "") for each in page.all("svg"))
    assert text_of(page).count("À commencer") == 6


async def test_half_way_the_page_counts_what_is_reviewed_and_leads_to_the_next(
    provider: httpx.AsyncClient, world: World
) -> None:
    await declare(world, {"1.1": "yes", "1.2": "partly", "1.3": "not_concerned"})
    page = await opened(provider)
    assert page.all("h1")[0].text == "3 critères revus sur 45"
    assert "Il reste 42 critères à revoir." in text_of(page)
    assert "Continuer\u00a0: critère 1.4" in text_of(page)
    assert "Un critère obligatoire n’est pas satisfait" in headings(page)
    assert "75\u00a0% des critères revus sont satisfaits" in headings(page)
    assert "1 critère non concerné." in text_of(page)


async def test_the_radar_is_named_by_its_finding_and_the_table_says_the_same_figures(
    provider: httpx.AsyncClient, world: World
) -> None:
    await declare(world, {"1.1": "yes", "1.2": "yes", "2.1": "yes", "2.2": "no", "3.1": "partly"})
    page = await opened(provider)
    picture = next(each for each in page.all("svg") if "radar" in each.attributes.get("class", ""))
    title, desc = (page.all(tag)[-1].text for tag in ("title", "desc"))
    assert picture.attributes["role"] == "img"
    assert title == "2 principes à renforcer\u00a0: Clarté, rigueur, transparence\u202f; Écoute, suivi"
    drawn = dict(re.findall(r"Principe (\d)\u00a0: (\d+\u00a0%|pas encore revu)", desc))
    rows = [row.text for row in page.all("tr")]
    assert set(drawn) == {"1", "2", "3", "4", "5", "6"}
    for number, value in drawn.items():
        assert any(row.startswith(f"{number}. ") and value in row for row in rows), number


async def test_everything_reviewed_asks_for_nothing_more(provider: httpx.AsyncClient, world: World) -> None:
    await declare_everything(world)
    page = await opened(provider)
    assert page.all("h1")[0].text == "Aucun principe revu n’est à renforcer"
    assert "Tous les critères sont revus." in text_of(page)
    assert "Continuer" not in text_of(page)
    assert text_of(page).count("Terminé") == 6


async def test_a_contrary_hint_comes_first_with_both_sides_and_what_is_compared(
    provider: httpx.AsyncClient, world: World
) -> None:
    await punctuality(world, 95, 59)
    await declare(world, {"2.8": "yes", "1.1": "no"})
    page = await opened(provider)
    assert page.all("h1")[0].text == "Un indice contraire, à vérifier"
    assert headings(page)[0] == "À vérifier"
    measured = "62\u00a0%, de 52 à 71\u00a0%, 95 clients, Hérault, 3ᵉ\u00a0trimestre 2026."
    assert f"Déclaré\u00a0: Oui. Mesuré\u00a0: {measured}" in text_of(page)
    assert "la part des clients pour qui la personne qui intervient est arrivée à l’heure prévue" in text_of(
        page
    )
    assert "Contredit" not in text_of(page)


async def test_an_interval_that_holds_the_threshold_goes_against_nobody(
    provider: httpx.AsyncClient, world: World
) -> None:
    await punctuality(world, 95, 74)
    await declare(world, {"2.8": "yes"})
    page = await opened(provider)
    assert "Indice contraire" not in text_of(page)
    assert "On ne peut pas conclure" in text_of(page)


async def test_eight_criteria_say_what_measures_them_and_what_is_not_measured_yet(
    provider: httpx.AsyncClient, world: World
) -> None:
    await punctuality(world, 95, 59)
    page = await opened(provider)
    assert "Déclaré et mesuré, sur 8 critères" in headings(page)
    rows = {
        row.text[:3]: row.text
        for row in page.all("tr")
        if re.match(r"\d\.\d Vous", row.text) and "seuil" in row.text
    }
    assert sorted(rows) == ["2.7", "2.8", "3.6", "3.8", "4.3", "5.6", "6.2", "6.3"]
    assert "62\u00a0%" in rows["2.8"]
    assert "95 clients" in rows["2.8"]
    assert "Pas encore mesuré" in rows["5.6"]


async def test_the_platform_lists_providers_and_reads_one_without_answering(
    client: httpx.AsyncClient, world: World
) -> None:
    await declare(world, {"1.1": "yes", "1.2": "partly"})
    for role in ("platform", "supervisor"):
        await sign_in(client, world, role)
        page = await opened(client)
        assert page.all("h1")[0].text == "1 organisme sur 2 a commencé son auto-évaluation"
        links = {each.text: each.attributes["href"] for each in page.all("a")}
        one = await opened(client, links["Aide 34"])
        assert "Aide 34. Charte nationale" in text_of(one)
        assert "Continuer" not in text_of(one)
        assert f'href="/charte/1?organisme={AIDE_34}"' in (await client.get(links["Aide 34"])).text


async def test_a_provider_does_not_read_another_by_its_code(
    provider: httpx.AsyncClient, world: World
) -> None:
    await declare(world, {"1.1": "yes"}, world.cap)
    assert (await provider.get("/charte", params={"organisme": CAP_DOMICILE})).status_code == 404
    assert (await provider.get("/charte", params={"organisme": AIDE_34})).status_code == 200


async def test_gironde_opens_no_charter(client: httpx.AsyncClient, world: World) -> None:
    await declare(world, {"1.1": "yes"})
    await sign_in(client, world, "funder", world.gironde)
    for path in ("/charte", f"/charte?organisme={AIDE_34}", "/charte/1", "/charte/1/1"):
        page = await client.get(path)
        assert page.status_code == 403
        assert "Aide 34" not in page.text


def test_an_edition_of_two_chapters_has_its_own_title_and_no_radar() -> None:
    said = {"1.1": declared(Answer.YES)}
    begun = Review(words(), UUID(int=1), "73282932000074", "Aide 34", True, said)
    page = result(begun, {})
    assert (page.principles_title, page.radar) == ("Les principes", "")
    assert result(replace(begun, declared={}), {}).title == "Petite charte"
