"""The platform's list: those that have begun first, a page at a time, whatever the number of providers."""

import asyncpg
import httpx

from charter.answering import Draft, save
from charter.applicability import UNKNOWN
from charter.declaring import EDITION, Kind, asked_by
from charter.editions import content
from charter.library import library
from charter.runs.opening import begin
from quality.access.scope import scoped
from quality.web.paging import ROWS
from tests.charter.declared import declare, declare_everything, edition
from tests.charter.owned import own
from tests.quality.web.pages import read
from tests.rows import NOW, insert, valid_rows
from tests.world import AIDE_34, World, sign_in


async def names(client: httpx.AsyncClient, path: str = "/charte") -> list[str]:
    page = await client.get(path)
    assert page.status_code == 200
    table = read(page.text)
    return [each.text for each in table.all("th") if each.attributes["scope"] == "row"]


async def add(owner: asyncpg.Connection, world: World, name: str, code: str, **facts: object) -> None:
    row = valid_rows()["organisation"]
    await insert(
        owner,
        "organisation",
        {
            **row,
            "id": await owner.fetchval("SELECT gen_random_uuid()"),
            "platform_id": world.platform,
            "name": name,
            "code": code,
            "created_at": NOW,
            **facts,
        },
    )


async def test_those_that_have_begun_come_first_then_by_name_without_its_accents(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await add(owner, world, "Étang Services", "E")
    await add(owner, world, "Zéphyr", "Z")
    await declare(world, {"1.1": "yes"}, world.cap)
    await sign_in(client, world, "platform")
    assert await names(client) == ["Cap Domicile", "Aide 34", "Étang Services", "Zéphyr"]


async def test_a_line_says_progress_share_and_what_is_to_settle(
    client: httpx.AsyncClient, world: World
) -> None:
    await declare_everything(world)
    await declare(world, {"1.1": "no", "1.2": "partly"})
    await declare(world, {"1.1": "yes"}, world.cap)
    await sign_in(client, world, "platform")
    rows = [row.text for row in read((await client.get("/charte")).text).all("tr")]
    aide = next(row for row in rows if row.startswith("Aide 34"))
    assert "Terminé" not in aide
    for words in ("Revu en entier", "45 critères sur 45", "97\u00a0%", "2 obligatoires non satisfaits"):
        assert words in aide
    cap = next(row for row in rows if row.startswith("Cap Domicile"))
    for words in ("En cours", "1 critère sur 45", "Rien à régler"):
        assert words in cap


async def test_a_compulsory_run_is_measured_by_what_it_asks_and_one_without_an_answer_is_not_begun(
    client: httpx.AsyncClient, world: World
) -> None:
    await begin(world.provider, EDITION, Kind.COMPULSORY)
    await begin(world.actor("provider", world.cap), EDITION, Kind.FULL)
    await sign_in(client, world, "platform")
    assert "0 organisme sur 2 a commencé" in " ".join((await client.get("/charte")).text.split())
    await declare(
        world, {each.code: "yes" for each in asked_by(edition(), Kind.COMPULSORY, UNKNOWN).criteria}
    )
    page = read((await client.get("/charte")).text)
    aide, cap = (row.text for row in page.all("tr")[1:])
    for words in ("Aide 34", "28 critères sur 28", "Terminé"):
        assert words in aide
    assert "0 critère sur 45" in cap
    assert "1 organisme sur 2 a commencé" in " ".join(page.all("h1")[0].text.split())


async def test_the_list_and_the_page_follow_the_same_version_of_several(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    text = content(EDITION).decode()
    for version in (1, 2):
        await own(owner, world, text.replace("version: 1\n", f"version: {version}\n", 1))
    async with scoped(world.provider) as db:
        first = (await library(db, world.platform)).find(EDITION, 1)
    await save(world.provider, first, {"1.1": Draft("yes")})
    newest = {"platform_id": world.platform, "provider_id": world.aide34, "edition_version": 2}
    await insert(owner, "assessment", {**valid_rows()["assessment"], **newest})
    await sign_in(client, world, "platform")
    page = read((await client.get(f"/charte?organisme={AIDE_34}")).text)
    assert "Il reste 45 critères" in " ".join(page.all("main")[0].text.split())
    listed = read((await client.get("/charte")).text)
    assert "0 organisme sur 2 a commencé" in " ".join(listed.all("h1")[0].text.split())
    (aide,) = [row.text for row in listed.all("tr") if row.text.startswith("Aide 34")]
    assert "0 critère sur 45" in aide


async def test_somebody_who_employs_their_own_carer_is_neither_listed_nor_read(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await add(owner, world, "Mme Martin", "PE-1", legal_form="particulier_employeur", siret=None)
    await sign_in(client, world, "platform")
    assert await names(client) == ["Aide 34", "Cap Domicile"]
    assert "sur 2 " in (await client.get("/charte")).text
    assert (await client.get("/charte", params={"organisme": "PE-1"})).status_code == 404


async def test_many_providers_are_read_a_page_at_a_time(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    for number in range(ROWS):
        await add(owner, world, f"Organisme {number:02}", f"O{number}")
    await sign_in(client, world, "platform")
    first, second = await names(client), await names(client, "/charte?page=2")
    assert (len(first), len(second)) == (ROWS, 2)
    assert not set(first) & set(second)
    assert "51 à 52 sur 52" in (await client.get("/charte?page=2")).text


async def test_a_page_number_that_is_none_gives_the_first(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "platform")
    for wrong in ("0", "-1", "x", "٣", "99999"):
        assert await names(client, f"/charte?page={wrong}") == ["Aide 34", "Cap Domicile"]


async def test_a_platform_without_provider_says_so(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await owner.execute("DELETE FROM organisation WHERE kind = 'provider'")
    await sign_in(client, world, "platform")
    assert "Aucun organisme ici" in (await client.get("/charte")).text
