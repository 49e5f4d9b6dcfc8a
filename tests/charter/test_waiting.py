"""The charter on a provider's home page and in the menu."""

import httpx

from charter.waiting import panel, tasks
from tests.charter.declared import declare, declare_everything, punctuality
from tests.quality.web.pages import read
from tests.world import World, sign_in


async def test_a_provider_is_asked_to_begin_then_to_go_on_then_nothing(world: World) -> None:
    (begin,) = await tasks(world.provider)
    assert (begin.title, begin.href) == ("Commencer l’auto-évaluation de la charte", "/charte/1/1")
    await declare(world, {"1.1": "yes"})
    (on,) = await tasks(world.provider)
    assert (on.title, on.href) == ("Poursuivre l’auto-évaluation\u00a0: 44 critères restent", "/charte/1/2")
    assert "Critère 1.2" in on.sentence
    await declare_everything(world)
    assert await tasks(world.provider) == ()


async def test_the_card_of_the_home_page_counts_each_principle(world: World) -> None:
    await declare(world, {"1.1": "yes", "2.1": "no"})
    shown = await panel(world.provider)
    assert shown.title == "Charte\u00a0: 2 critères revus sur 45"
    assert [row.reviewed for row in shown.principles][:3] == [
        "1 critère sur 7",
        "1 critère sur 10",
        "0 critère sur 8",
    ]


async def test_the_card_says_that_a_hint_goes_against_an_answer(world: World) -> None:
    await punctuality(world, 95, 59)
    await declare(world, {"2.8": "partly"})
    assert (await panel(world.provider)).contrary == ""
    await declare(world, {"2.8": "yes"})
    assert (await panel(world.provider)).contrary == "Un indice contraire, à vérifier"


async def test_the_home_page_of_a_provider_holds_the_card_and_the_menu_the_line(
    client: httpx.AsyncClient, world: World
) -> None:
    await declare(world, {"1.1": "yes"})
    await sign_in(client, world, "provider", world.aide34)
    page = read((await client.get("/accueil")).text)
    assert "Charte\u00a0: 1 critère revu sur 45" in [each.text for each in page.all("h2")]
    links = [each.attributes["href"] for each in page.all("a")]
    assert {"/charte", "/charte/1", "/charte/6", "/charte/1/2"} <= set(links)


async def test_a_funder_s_home_page_says_nothing_of_the_charter(
    client: httpx.AsyncClient, world: World
) -> None:
    await declare(world, {"1.1": "yes"})
    await sign_in(client, world, "funder", world.gironde)
    page = await client.get("/accueil")
    assert "/charte" not in page.text.partition("<main")[2]
    assert 'href="/charte"' not in page.text
