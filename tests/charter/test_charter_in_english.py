"""The charter's pages with something in each, in English and without a French sentence left."""

import httpx

from tests.charter.declared import declare, declare_everything, edition, punctuality
from tests.quality.web.test_english_pages import french_in
from tests.world import AIDE_34, World, sign_in

COMMENT = "Ce que nous faisons"


async def french_of(client: httpx.AsyncClient, path: str) -> list[str]:
    """List the French of a page but for what the provider wrote."""
    page = await client.get(path)
    assert page.status_code == 200
    assert '<html lang="en">' in page.text
    return [text for text in french_in(page) if COMMENT not in text and text != "Aucun client fragile."]


async def test_a_provider_reads_its_charter_in_english(client: httpx.AsyncClient, world: World) -> None:
    await punctuality(world, 95, 59)
    await declare(world, {"2.8": "yes", "1.2": "partly", "1.3": "not_concerned", "3.2": "no"})
    await sign_in(client, world, "provider", world.aide34)
    client.cookies.set("langue", "en")
    paths = ["/charte", *(f"/charte/{number}" for number in range(1, 7))]
    paths += [f"/charte/{each.code.replace('.', '/')}" for each in edition().criteria]
    assert {path: found for path in paths if (found := await french_of(client, path))} == {}
    page = await client.get("/charte")
    assert "One contrary hint, to check" in page.text


async def test_a_refused_answer_says_why_in_english(client: httpx.AsyncClient, world: World) -> None:
    token = await sign_in(client, world, "provider", world.aide34)
    client.cookies.set("langue", "en")
    for form in ({}, {"reponse": "not_concerned"}, {"reponse": "no", "commentaire": "x" * 2001}):
        page = await client.post("/charte/1/3", data={"jeton": token, **form})
        assert page.status_code == 422
        assert "<title>Error:" in page.text
        assert french_in(page) == []


async def test_the_platform_reads_the_list_and_a_provider_in_english(
    client: httpx.AsyncClient, world: World
) -> None:
    await declare_everything(world)
    await sign_in(client, world, "platform")
    client.cookies.set("langue", "en")
    for path in ("/charte", f"/charte?organisme={AIDE_34}", f"/charte/1/1?organisme={AIDE_34}"):
        assert await french_of(client, path) == []
