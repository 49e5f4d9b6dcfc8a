"""The library of a platform: what ships and its own editions, each row keeping the version that it names."""

import asyncpg
import httpx
import pytest

from charter.answering import Draft, EditionClosed, save
from charter.declaring import review
from charter.editions import EditionUnknown, Library, joined, reference, shipped
from charter.library import library
from charter.runs.sharing import share_out
from charter.submitting import submit
from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.db import pool
from tests.charter.grids import words
from tests.charter.owned import SECOND, own, withdrawn
from tests.charter.reviewed import an_account
from tests.quality.web.pages import read
from tests.rows import OTHER_PLATFORM
from tests.world import World, sign_in

REASON = {"not_concerned": "Aucun client fragile."}


async def known_to(actor: Actor) -> Library:
    async with scoped(actor) as db:
        return await library(db, actor.platform)


async def answer(world: World, code: str, said: str, version: int = 1) -> None:
    edition = (await known_to(world.provider)).find("words", version)
    await save(world.provider, edition, {code: Draft(said, "", REASON.get(said, ""))})


async def test_what_ships_is_beside_what_the_platform_wrote(world: World, owner: asyncpg.Connection) -> None:
    await own(owner, world)
    known = await known_to(world.provider)
    assert known.find("words", 1) == words()
    assert {each.code for each in known.offered} == {each.code for each in shipped().every} | {"words"}
    assert known.own == {"words"}


async def test_another_platform_sees_none_of_it(world: World, owner: asyncpg.Connection) -> None:
    await own(owner, world)
    for role in (Role.platform, Role.supervisor, Role.provider, Role.funder):
        elsewhere = Actor(role, platform=OTHER_PLATFORM, organisation=world.aide34)
        async with scoped(elsewhere) as db:
            assert (await library(db, world.platform)).every == shipped().every
            assert (await library(db, OTHER_PLATFORM)).every == shipped().every
    with pytest.raises(EditionUnknown):
        (await known_to(Actor(Role.platform, platform=OTHER_PLATFORM))).called("words")


async def test_the_register_sees_only_what_an_adhesion_names(
    world: World, owner: asyncpg.Connection, client: httpx.AsyncClient
) -> None:
    await own(owner, world)
    await own(owner, world, SECOND.replace("fr: Petite charte", "fr: Nouvelle charte"))
    assert (await library(pool("answer"), world.platform)).every == shipped().every
    adhesion = await owner.fetchval(
        "INSERT INTO adhesion (id, platform_id, provider_id, certificate, edition, edition_version, state, "
        "changed_at, starts_on, ends_on) "
        "VALUES (gen_random_uuid(), $1, $2, 'Certificat', 'words', 1, 'valid', "
        "'2026-11-01', '2026-11-01', '2027-10-31') RETURNING id",
        world.platform,
        world.aide34,
    )
    assert [
        each.version for each in (await library(pool("answer"), world.platform)).every if each.code == "words"
    ] == [1]
    page = (await client.get(f"/registre/{adhesion}")).text
    assert "Petite charte" in page
    assert "Nouvelle charte" not in page


async def test_a_run_goes_on_with_its_version_when_a_newer_one_is_published(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await own(owner, world)
    await answer(world, "1.1", "yes")
    await own(owner, world, SECOND)
    async with scoped(world.provider):
        of = await review(world.provider, "", "words")
    assert (of.edition.version, of.said) == (1, {"1.1": "yes"})
    await sign_in(client, world, "provider", world.aide34)
    page = read((await client.get("/charte/1?edition=words")).text)
    assert "Vous suivez" in page.all("main")[0].text
    assert "chaque mois" not in page.all("main")[0].text
    assert "/charte/1/1?edition=words.1" in {each.attributes["href"] for each in page.all("a")}
    runs = read((await client.get("/charte/evaluations")).text).all("tbody")[0].text
    assert "Petite charte, version 1" in runs


async def test_an_answer_never_opens_a_version_beside_the_one_that_is_followed(
    world: World, owner: asyncpg.Connection
) -> None:
    await own(owner, world)
    await answer(world, "1.1", "yes")
    await own(owner, world, SECOND)
    with pytest.raises(EditionClosed):
        await answer(world, "1.1", "no", version=2)
    assert await owner.fetchval("SELECT count(*) FROM assessment") == 1


async def test_what_is_withdrawn_opens_no_run_and_goes_on_where_it_is_followed(
    world: World, owner: asyncpg.Connection
) -> None:
    await own(owner, world)
    await answer(world, "1.1", "yes")
    await share_out(world.provider, "words", {1: (str(await an_account(world, world.aide34)),)})
    assert await owner.fetchval("SELECT count(*) FROM assessment_part") == 1
    await withdrawn(owner, "words", 1)
    await answer(world, "1.2", "yes")
    other = world.actor("provider", world.cap)
    with pytest.raises(EditionClosed):
        await save(other, words(), {"1.1": Draft("yes")})
    assert "words" not in {each.code for each in (await known_to(world.provider)).offered}
    await submit(world.provider, "words")
    assert await owner.fetchval("SELECT count(*) FROM assessment WHERE frozen_at IS NULL") == 0
    assert await owner.fetchval("SELECT count(*) FROM assessment_answer") == 2


async def test_before_a_newer_version_is_withdrawn_the_one_before_is_offered_again(
    world: World, owner: asyncpg.Connection
) -> None:
    await own(owner, world)
    await own(owner, world, SECOND)
    assert (await known_to(world.provider)).current("words").version == 2
    await withdrawn(owner, "words", 2)
    assert (await known_to(world.provider)).current("words").version == 1


async def test_an_edition_is_offered_from_the_day_of_its_date(
    world: World, owner: asyncpg.Connection
) -> None:
    await own(owner, world)
    await own(owner, world, SECOND.replace("2026-11-01", "2027-01-01"))
    assert (await known_to(world.provider)).current("words").version == 1


async def test_a_campaign_and_a_run_offer_what_the_platform_wrote(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await own(owner, world)
    token = await sign_in(client, world, "platform")
    offered = read((await client.get("/charte/campagnes/nouvelle")).text)
    assert "words" in {each.attributes["value"] for each in offered.all("option")}
    form = {"jeton": token, "nom": "Cohorte", "edition": "words", "etendue": "full", "relance": "7"}
    dates = {"debut": "2026-11-20", "fin": "2027-03-01", "invites": "all"}
    made = await client.post("/charte/campagnes/nouvelle", data=form | dates)
    assert made.status_code == 303, made.text
    await own(owner, world, SECOND.replace("fr: Petite charte", "fr: Nouvelle charte"))
    page = (await client.get(made.headers["location"])).text
    assert "Petite charte, version 1" in page
    assert "edition=words.1" in page
    token = await sign_in(client, world, "provider", world.aide34)
    offered = read((await client.get("/charte/evaluations")).text)
    assert "words.2" in {each.attributes["value"] for each in offered.all("option")}
    begun = await client.post(
        "/charte/evaluations", data={"jeton": token, "edition": "words.2", "etendue": "full"}
    )
    assert begun.headers["location"] == "/charte?edition=words.2"


async def test_evidence_and_actions_keep_the_version_that_they_are_about(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await own(owner, world)
    await answer(world, "1.2", "no")
    token = await sign_in(client, world, "provider", world.aide34)
    place = {"jeton": token, "edition": "words", "critere": "1.2"}
    proof = {"titre": "Tableau de bord", "adresse": "https://aide34.invalid/suivi"}
    assert (await client.post("/charte/preuves", data=place | proof)).status_code == 303
    planned = {"jeton": token, "titre": "Suivre", "echeance": "2027-01-31"}
    made = await client.post("/charte/actions/nouvelle?critere=1.2&edition=words", data=planned)
    assert made.status_code == 303
    await own(owner, world, SECOND)
    for table in ("evidence", "charter_action"):
        row = await owner.fetchrow(f"SELECT edition, edition_version FROM {table}")
        assert tuple(row) == ("words", 1)
    page = (await client.get(made.headers["location"])).text
    assert "1.2 Vous suivez" in page
    assert "chaque mois" not in page
    assert "Tableau de bord" in (await client.get("/charte/1/2?edition=words.1")).text
    assert "Tableau de bord" not in (await client.get("/charte/1/2?edition=words.2")).text


async def test_a_plan_links_to_the_version_that_is_answered(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await own(owner, world)
    await answer(world, "1.1", "no")
    await own(owner, world, SECOND)
    token = await sign_in(client, world, "provider", world.aide34)
    page = read((await client.get("/charte/actions?edition=words")).text)
    links = [each.attributes["href"] for each in page.all("a")]
    address = "/charte/actions/nouvelle?critere=1.1&edition=words.1"
    assert address in links
    assert {"/charte/actions", "/charte/actions.csv?edition=words.1"} <= set(links)
    assert not [each for each in links if "words.2" in each]
    planned = {"jeton": token, "titre": "Noter", "echeance": "2027-01-31"}
    made = await client.post(address, data=planned)
    assert made.headers["location"].endswith("?edition=words.1")
    assert "/charte/1/1?edition=words.1" in (await client.get(made.headers["location"])).text
    assert address not in (await client.get("/charte/actions?edition=words")).text.replace("&amp;", "&")


@pytest.mark.parametrize("name", ["words.", "words.0", "words.x", "words.1.1", "words.٣", "words.99999"])
def test_a_name_that_is_none_is_unknown(name: str) -> None:
    with pytest.raises(EditionUnknown):
        reference(name)


def test_a_code_of_its_own_hides_what_ships() -> None:
    (charter,) = (each for each in shipped().every if each.code == "national-2012")
    known = joined(shipped().every, [charter])
    assert [each.code for each in known.every].count("national-2012") == 1
