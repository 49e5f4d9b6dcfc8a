"""/charte/evaluations/reprise: what is shown is what is written, and what was written before stays."""

from typing import Any

import asyncpg
import httpx
import pytest

from charter.answering import Draft, save
from charter.library import library
from charter.runs.sharing import share_out
from charter.submitting import submit
from quality.access.scope import scoped
from tests.charter.owned import SECOND, fields_of, own, withdrawn
from tests.charter.reviewed import an_account
from tests.quality.web.pages import read
from tests.world import AIDE_34, World, sign_in

CARRY = "/charte/evaluations/reprise?edition=words.2"
SAID = {"1.1": "yes", "1.2": "no", "1.3": "not_concerned", "2.1": "partly"}
RUN = "SELECT id FROM assessment WHERE edition = 'words' AND edition_version = $1 AND frozen_at IS NULL"


async def answer(world: World, said: dict[str, str], version: int = 1) -> None:
    async with scoped(world.provider) as db:
        edition = (await library(db, world.platform)).find("words", version)
    drafts = {
        code: Draft(each, f"Fait, {code}.", "Aucun." if each == "not_concerned" else "")
        for code, each in said.items()
    }
    await save(world.provider, edition, drafts)


@pytest.fixture
async def token(client: httpx.AsyncClient, world: World, owner: asyncpg.Connection) -> str:
    """Sign in as Aide 34, which has answered the first version wholly; a second one is published."""
    await own(owner, world)
    await answer(world, SAID)
    await own(owner, world, SECOND)
    return await sign_in(client, world, "provider", world.aide34)


async def form_of(client: httpx.AsyncClient, path: str = CARRY) -> dict[str, str]:
    return fields_of(read((await client.get(path)).text), "/charte/evaluations/reprise")


async def lines(client: httpx.AsyncClient) -> dict[str, list[str]]:
    """Read the codes that the preview lists in each of its cards."""
    found: dict[str, list[str]] = {}
    for each in read((await client.get(CARRY)).text).all("li"):
        for card in (parent for parent in each.parents if parent.tag == "section"):
            found.setdefault(card.attributes.get("aria-labelledby", ""), []).append(each.text.split()[0])
    return found


async def everything(owner: asyncpg.Connection, version: int) -> list[Any]:
    """Take all that is kept of the runs on a version, byte for byte."""
    runs = await owner.fetch("SELECT * FROM assessment WHERE edition_version = $1 ORDER BY id", version)
    ids = [row["id"] for row in runs]
    found = [*map(tuple, runs)]
    for table in ("assessment_answer", "answer_revision", "assessment_part"):
        rows = await owner.fetch(f"SELECT * FROM {table} WHERE assessment_id = ANY($1) ORDER BY id", ids)
        found.extend(map(tuple, rows))
    return found


async def written(owner: asyncpg.Connection) -> dict[str, tuple[str, str, str]]:
    rows = await owner.fetch(
        "SELECT g.criterion, g.answer, g.comment, g.reason FROM assessment_answer g "
        "JOIN assessment a ON a.id = g.assessment_id WHERE a.edition_version = 2 ORDER BY 1"
    )
    return {row["criterion"]: (row["answer"], row["comment"], row["reason"]) for row in rows}


async def test_what_is_shown_is_what_is_written(
    client: httpx.AsyncClient, token: str, owner: asyncpg.Connection
) -> None:
    assert token
    shown = await lines(client)
    assert shown["encore"] == ["1.2"]
    assert shown["repris"] == ["1.1", "1.3", "2.2"]
    assert "Reformulés" in (await client.get(CARRY)).text
    assert await owner.fetchval("SELECT count(*) FROM assessment") == 1
    begun = await client.post("/charte/evaluations/reprise", data=await form_of(client))
    assert begun.headers["location"] == "/charte?edition=words.2"
    kept = await written(owner)
    assert sorted(kept) == shown["repris"]
    assert kept == {
        "1.1": ("yes", "Fait, 1.1.", ""),
        "1.3": ("not_concerned", "Fait, 1.3.", "Aucun."),
        "2.2": ("partly", "Fait, 2.1.", ""),
    }
    detail = await owner.fetchval("SELECT detail::text FROM audit WHERE action = 'assessment.carry'")
    for part in ('"from": 1', '"to": 2', '"kept": 3', '"again": 1', '"gone": 0'):
        assert part in detail


async def test_the_run_of_before_and_what_was_issued_stay_byte_for_byte(
    client: httpx.AsyncClient, world: World, token: str, owner: asyncpg.Connection
) -> None:
    assert token
    await submit(world.provider, "words")
    before = await everything(owner, 1)
    file = [tuple(row) for row in await owner.fetch("SELECT * FROM review_file")]
    assert any(
        b'"edition":"words","version":1' in value
        for row in before
        for value in row
        if isinstance(value, bytes)
    )
    assert (await client.post("/charte/evaluations/reprise", data=await form_of(client))).status_code == 303
    await answer(world, {"1.2": "yes", "1.1": "no"}, version=2)
    await client.get("/charte?edition=words.2")
    assert await everything(owner, 1) == before
    assert [tuple(row) for row in await owner.fetch("SELECT * FROM review_file")] == file
    runs = read((await client.get("/charte/evaluations")).text).all("tbody")[0].text
    assert "version 1" in runs
    assert "version 2" in runs


async def test_evidence_of_a_criterion_goes_on_where_its_words_do(
    client: httpx.AsyncClient, token: str
) -> None:
    for code in ("2.1", "1.2"):
        place = {"jeton": token, "edition": "words.1", "critere": code}
        proof = {"titre": f"Preuve du {code}", "adresse": "https://aide34.invalid/preuve"}
        assert (await client.post("/charte/preuves", data=place | proof)).status_code == 303
    facts = read((await client.get(CARRY)).text).all("dl")[0].text
    assert "Déjà prouvés1 critère" in facts.replace("\n", "").replace("  ", "")
    await client.post("/charte/evaluations/reprise", data=await form_of(client))
    assert "Preuve du 2.1" in (await client.get("/charte/2/2?edition=words.2")).text
    assert "Preuve du 1.2" not in (await client.get("/charte/1/2?edition=words.2")).text
    assert "Preuve du 1.2" in (await client.get("/charte/1/2?edition=words.1")).text


async def test_an_answer_that_changed_since_the_preview_is_shown_again_first(
    client: httpx.AsyncClient, world: World, token: str, owner: asyncpg.Connection
) -> None:
    assert token
    form = await form_of(client)
    await answer(world, {"1.1": "partly"})
    moved = await client.post("/charte/evaluations/reprise", data=form)
    assert (moved.status_code, "Une réponse a changé" in moved.text) == (409, True)
    assert await owner.fetchval(RUN, 2) is None
    assert (await client.post("/charte/evaluations/reprise", data=await form_of(client))).status_code == 303
    again = await client.post("/charte/evaluations/reprise", data=form)
    assert again.status_code == 404
    assert await owner.fetchval("SELECT count(*) FROM assessment WHERE edition_version = 2") == 1


async def test_every_way_to_a_newer_version_goes_through_its_preview(
    client: httpx.AsyncClient, token: str, owner: asyncpg.Connection
) -> None:
    form = {"jeton": token, "edition": "words.2", "etendue": "compulsory"}
    begun = await client.post("/charte/evaluations", data=form)
    assert begun.headers["location"] == f"{CARRY}&etendue=compulsory"
    assert (await client.get("/charte?edition=words.2")).headers["location"] == CARRY
    page = read((await client.get("/charte/evaluations")).text)
    assert f"{CARRY}&etendue=full" in {each.attributes["href"] for each in page.all("a")}
    refused = await client.post(
        "/charte/1/1?edition=words.2", data={"jeton": token, "version": "0", "reponse": "yes"}
    )
    assert refused.status_code == 409
    assert await owner.fetchval("SELECT count(*) FROM assessment") == 1


async def test_a_compulsory_run_takes_over_what_it_asks_and_tells_the_rest(
    client: httpx.AsyncClient, token: str, owner: asyncpg.Connection
) -> None:
    assert token
    form = await form_of(client, f"{CARRY}&etendue=compulsory")
    assert (await client.post("/charte/evaluations/reprise", data=form)).status_code == 303
    assert sorted(await written(owner)) == ["1.1"]
    assert await owner.fetchval("SELECT kind FROM assessment WHERE edition_version = 2") == "compulsory"


async def test_after_its_last_sending_a_withdrawn_version_is_carried_over_all_the_same(
    client: httpx.AsyncClient, world: World, token: str, owner: asyncpg.Connection
) -> None:
    assert token
    await withdrawn(owner, "words", 1)
    await submit(world.provider, "words")
    assert await owner.fetchval(RUN, 1) is None
    assert (await client.get("/charte?edition=words")).headers["location"] == CARRY
    await client.post("/charte/evaluations/reprise", data=await form_of(client))
    assert sorted(await written(owner)) == ["1.1", "1.3", "2.2"]


async def test_nothing_is_carried_where_there_is_nothing_to_follow(
    client: httpx.AsyncClient, world: World, token: str, owner: asyncpg.Connection
) -> None:
    assert token
    for name in ("words.1", "words.3", "national-2012", ""):
        assert (await client.get(f"/charte/evaluations/reprise?edition={name}")).status_code == 404
    await withdrawn(owner, "words", 2)
    assert (await client.get(CARRY)).status_code == 404
    await sign_in(client, world, "provider", world.cap)
    assert (await client.get(CARRY)).status_code == 404


async def test_a_file_of_a_newer_version_renews_the_adhesion_under_it(
    client: httpx.AsyncClient, world: World, token: str, owner: asyncpg.Connection
) -> None:
    judge = await sign_in(client, world, "platform")
    await answer(world, {"1.2": "yes"})
    adhesions = []
    for name in ("words.1", "words.2"):
        if name == "words.2":
            await sign_in(client, world, "provider", world.aide34)
            await client.post("/charte/evaluations/reprise", data=await form_of(client))
            await answer(world, {"1.2": "yes"}, version=2)
            judge = await sign_in(client, world, "platform")
        await submit(world.provider, name)
        file = await owner.fetchval("SELECT id FROM review_file WHERE decided_at IS NULL")
        page = await client.get(f"/charte/dossiers/{file}")
        assert ("chaque mois" in page.text) == (name == "words.2")
        accepted = await client.post(f"/charte/dossiers/{file}", data={"jeton": judge, "geste": "adherer"})
        assert accepted.status_code == 303
        row = await owner.fetchrow("SELECT edition, edition_version FROM adhesion WHERE state = 'valid'")
        adhesions.append(tuple(row))
    assert adhesions == [("words", 1), ("words", 2)]
    assert (await client.get(f"/charte?organisme={AIDE_34}&edition=words.1")).status_code == 200


async def given(owner: asyncpg.Connection, version: int) -> list[tuple[int, str]]:
    """List who answers which chapters of a version, by name."""
    rows = await owner.fetch(
        "SELECT p.chapter, c.name FROM assessment_part p JOIN assessment a ON a.id = p.assessment_id "
        "JOIN account c ON c.id = p.account_id WHERE a.edition_version = $1 ORDER BY 1, 2",
        version,
    )
    return [(row["chapter"], row["name"]) for row in rows]


async def named(world: World, owner: asyncpg.Connection, name: str) -> str:
    """Add somebody of this name to Aide 34."""
    account = await an_account(world, world.aide34)
    await owner.execute("UPDATE account SET name = $2 WHERE id = $1", account, name)
    return str(account)


async def test_chapters_stay_with_those_who_had_them_and_are_still_there(
    client: httpx.AsyncClient, world: World, token: str, owner: asyncpg.Connection
) -> None:
    assert token
    people = {name: await named(world, owner, name) for name in ("Alix", "Basile", "Carole", "Dany")}
    everybody = tuple(people.values())
    await share_out(world.provider, "words.1", {1: everybody, 2: (people["Alix"],)})
    await owner.execute("UPDATE account SET is_active = false WHERE name = 'Basile'")
    await owner.execute("DELETE FROM membership WHERE account_id = $1::uuid", people["Carole"])
    shown = read((await client.get(CARRY)).text)
    card = next(each for each in shown.all("section") if each.attributes.get("aria-labelledby") == "confies")
    assert "Alix, Dany" in card.text
    assert not {"Basile", "Carole"} & set(card.text.replace(",", " ").split())
    form = await form_of(client)
    assert (await client.post("/charte/evaluations/reprise", data=form)).status_code == 303
    assert await given(owner, 2) == [(1, "Alix"), (1, "Dany"), (2, "Alix")]
    assert len(await given(owner, 1)) == 5


async def test_a_chapter_given_to_somebody_since_the_preview_is_shown_again_first(
    client: httpx.AsyncClient, world: World, token: str, owner: asyncpg.Connection
) -> None:
    assert token
    form = await form_of(client)
    await share_out(world.provider, "words.1", {2: (await named(world, owner, "Alix"),)})
    assert (await client.post("/charte/evaluations/reprise", data=form)).status_code == 409
    assert await given(owner, 2) == []


# ---- from one edition to another ----

OTHER = "service-commitments-2026"
ACROSS = f"/charte/evaluations/reprise?edition={OTHER}"


async def answer_national(world: World) -> None:
    async with scoped(world.provider) as db:
        edition = (await library(db, world.platform)).current("national-2012")
    await save(world.provider, edition, {"3.7": Draft("yes", "Un registre."), "1.1": Draft("partly", "")})


async def test_a_first_run_takes_over_what_another_edition_answers_already(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await sign_in(client, world, "provider", world.aide34)
    await answer_national(world)
    first = await client.get(f"/charte?edition={OTHER}")
    assert (first.status_code, first.headers["location"]) == (303, ACROSS)
    preview = read((await client.get(ACROSS)).text)
    assert "Nouvelle édition" in preview.all("h1")[0].text
    assert "donnée au 3.7" in preview.all("main")[0].text
    assert "Plus demandé0" in preview.all("dl")[0].text.replace("\n", "").replace("  ", "")
    form = await form_of(client, ACROSS)
    assert (await client.post("/charte/evaluations/reprise", data=form)).status_code == 303
    rows = await owner.fetch(
        "SELECT g.criterion, g.answer, g.comment FROM assessment_answer g "
        "JOIN assessment a ON a.id = g.assessment_id WHERE a.edition = $1",
        OTHER,
    )
    assert [tuple(row) for row in rows] == [("4.1", "yes", "Un registre.")]
    assert (await client.get(f"/charte?edition={OTHER}")).status_code == 200


async def test_where_no_answer_serves_an_edition_begins_without_a_preview(
    client: httpx.AsyncClient, world: World
) -> None:
    await sign_in(client, world, "provider", world.aide34)
    await answer_national(world)
    assert (await client.get("/charte?edition=three-chapters-2026")).status_code == 200
    assert (await client.get("/charte/evaluations/reprise?edition=three-chapters-2026")).status_code == 404
