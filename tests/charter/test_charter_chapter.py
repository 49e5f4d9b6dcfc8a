"""/charte/{chapter}: the criteria of one principle, with what is declared and measured of each."""

import httpx

from tests.charter.declared import declare, edition, punctuality
from tests.quality.web.pages import Reading, read
from tests.world import AIDE_34, World, sign_in


async def opened(client: httpx.AsyncClient, path: str) -> Reading:
    page = await client.get(path)
    assert page.status_code == 200
    return read(page.text)


def row(page: Reading, code: str) -> str:
    return next(each.text for each in page.all("tr") if each.text.startswith(f"{code} "))


async def test_a_chapter_lists_its_criteria_with_what_is_declared_of_each(
    client: httpx.AsyncClient, world: World
) -> None:
    await declare(world, {"1.2": "partly", "1.3": "not_concerned"})
    await sign_in(client, world, "provider", world.aide34)
    page = await opened(client, "/charte/1")
    assert page.all("h1")[0].text == "1. Disponibilité, réactivité"
    assert "2 critères sur 7 revus." in page.all("main")[0].text
    assert "En cours" in page.all("main")[0].text
    codes = [each.text.partition(" ")[0] for each in page.all("th") if each.attributes["scope"] == "row"]
    assert codes == [each.code for each in edition().chapters[0].criteria]
    assert "En partie" in row(page, "1.2")
    assert "Ce que nous faisons, 1.2." in row(page, "1.2")
    assert "Obligatoire" in row(page, "1.2")
    assert "Aucun client fragile." in row(page, "1.3")
    assert "Obligatoire" not in row(page, "1.3")
    assert "À revoir" in row(page, "1.4")


async def test_a_measured_criterion_shows_what_clients_say(client: httpx.AsyncClient, world: World) -> None:
    await punctuality(world, 95, 59)
    await declare(world, {"2.8": "yes"})
    await sign_in(client, world, "provider", world.aide34)
    page = await opened(client, "/charte/2")
    for words in ("62\u00a0%", "de 52 à 71\u00a0%", "95 clients", "Indice contraire\u00a0: à vérifier"):
        assert words in row(page, "2.8")
    assert "Pas encore mesuré" in row(page, "2.7")
    assert "Non mesuré" in row(page, "2.1")


async def test_chapters_follow_one_another(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "provider", world.aide34)
    links = [
        {e.attributes["rel"]: e.attributes["href"] for e in page.all("a") if "rel" in e.attributes}
        for page in [await opened(client, f"/charte/{number}") for number in (1, 3, 6)]
    ]
    assert links == [{"next": "/charte/2"}, {"prev": "/charte/2", "next": "/charte/4"}, {"prev": "/charte/5"}]


async def test_the_platform_stays_on_its_provider_from_link_to_link(
    client: httpx.AsyncClient, world: World
) -> None:
    await sign_in(client, world, "platform")
    page = await opened(client, f"/charte/2?organisme={AIDE_34}")
    inside = [each.attributes["href"] for each in page.all("a") if "/charte/" in each.attributes["href"]]
    assert len(inside) > 10
    assert all(link.endswith(f"?organisme={AIDE_34}") for link in inside)
