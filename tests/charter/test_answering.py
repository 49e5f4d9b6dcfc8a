"""Two people at one criterion, marks by element, the table of a chapter: nothing that was written is lost."""

import asyncpg
import httpx
import pytest

from charter.answering import AnswerChanged, Draft, checked, history, save
from charter.applicability import UNKNOWN
from charter.declaring import Kind, asked_by, review
from charter.editions import load
from quality.access.scope import scoped
from quality.errors import Invalid
from tests.charter.declared import declare, edition
from tests.quality.web.pages import Reading, read
from tests.world import World, sign_in

MARKS = "three-chapters-2026"
QUIETLY = {"prefer": "return=minimal"}


def hidden(page: Reading, name: str) -> str:
    return next(each.attributes["value"] for each in page.all("input") if each.attributes.get("name") == name)


async def said(world: World, edition_code: str = "") -> dict[str, str]:
    async with scoped(world.provider):
        return dict((await review(world.provider, "", edition_code)).said)


async def test_who_reads_an_old_page_loses_nothing_and_neither_does_the_other(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "provider", world.aide34)
    page = read((await client.get("/charte/1/4")).text)
    await declare(world, {"1.4": "no"})
    mine = {
        "jeton": token,
        "feuille": hidden(page, "feuille"),
        "version": hidden(page, "version"),
        "reponse": "yes",
        "commentaire": "Une remplaçante le jour même.",
    }
    answer = await client.post("/charte/1/4", data=mine)
    assert answer.status_code == 409
    assert await said(world) == {"1.4": "no"}
    for text in ("Une remplaçante le jour même.", "Ce que nous faisons, 1.4.", "Quelqu’un a répondu"):
        assert text in answer.text
    again = read(answer.text)
    chosen = await client.post("/charte/1/4", data={**mine, "version": hidden(again, "version")})
    assert chosen.status_code == 303
    assert await said(world) == {"1.4": "yes"}
    past = read((await client.get("/charte/1/4")).text).all("details")[-1].text
    assert "Ce que nous faisons, 1.4." in past
    assert "Oui Camille Essai" in past


async def test_what_one_page_saves_again_and_again_is_nobody_else_s(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "provider", world.aide34)
    page = read((await client.get("/charte/1/4")).text)
    form = {"jeton": token, "feuille": hidden(page, "feuille"), "version": "0"}
    for answer in ("no", "partly", "yes"):
        saved = await client.post("/charte/1/4", data={**form, "reponse": answer}, headers=QUIETLY)
        assert saved.status_code == 204
    other = await client.post("/charte/1/4", data={**form, "feuille": "autre", "reponse": "no"})
    assert other.status_code == 409
    assert await said(world) == {"1.4": "yes"}


async def test_sending_the_same_twice_is_no_conflict_and_writes_once(
    world: World, owner: asyncpg.Connection
) -> None:
    draft = Draft("yes", "Oui.", version=0)
    for sheet in ("a", "b"):
        await save(world.provider, edition(), {"1.4": draft}, sheet=sheet)
    assert await owner.fetchval("SELECT version FROM assessment_answer") == 1


async def test_everything_written_is_kept_with_who_and_when(world: World) -> None:
    for answer in ("no", "partly", "yes"):
        await declare(world, {"1.4": answer})
    async with scoped(world.provider) as db:
        run = (await review(world.provider, "")).run
        assert run is not None
        past = await history(db, run, ("1.4",), 2)
    assert [(each.version, each.answer) for each in past] == [(3, "yes"), (2, "partly")]


async def test_of_several_codes_one_that_changed_keeps_all_from_being_written(world: World) -> None:
    await declare(world, {"1.4": "no"})
    drafts = {"1.4": Draft("yes", version=0), "1.5": Draft("yes", version=0)}
    with pytest.raises(AnswerChanged) as change:
        await save(world.provider, edition(), drafts)
    assert set(change.value.theirs) == {"1.4"}
    assert await said(world) == {"1.4": "no"}


async def test_marks_are_given_element_by_element_and_may_wait(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "provider", world.aide34)
    address = f"/charte/1/1?edition={MARKS}"
    page = read((await client.get(address)).text)
    radios = {each.attributes["name"] for each in page.all("input") if each.attributes["type"] == "radio"}
    assert radios == {"reponse-1.1.1", "reponse-1.1.2", "reponse-1.1.3"}
    form = {"jeton": token, "reponse-1.1.1": "4", "reponse-1.1.2": "nc"}
    refused = await client.post(address, data=form)
    assert refused.status_code == 422
    assert "Écrivez pourquoi" in refused.text
    saved = await client.post(address, data={**form, "motif-1.1.2": "Personne n’est concerné."})
    assert saved.headers["location"].startswith("/charte/1/2?edition=")
    assert await said(world, MARKS) == {"1.1.1": "4", "1.1.2": "nc"}
    assert await said(world) == {}
    chapter = (await client.get(f"/charte/1?edition={MARKS}")).text
    assert "4, Non concerné" in chapter


def test_nc_is_refused_on_an_imperative_and_ri_outside_its_chapter() -> None:
    marks = load(MARKS)
    imperative = next(each for each in marks.criteria if each.imperative and not each.allows_not_concerned)
    closed = next(chapter for chapter in marks.chapters if not chapter.allows_ri).criteria[0]
    for code, answer in ((imperative.asked[0], "nc"), (closed.asked[0], "ri"), (closed.asked[0], "yes")):
        with pytest.raises(Invalid):
            checked(marks, {code: Draft(answer, reason="Aucun.")})


async def test_a_chapter_is_answered_in_one_table_where_empty_lines_wait(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "provider", world.aide34)
    assert (await client.get("/charte/1/tableau")).status_code == 200
    form = {"jeton": token, "reponse-1.1": "yes", "reponse-1.3": "not_concerned", "motif-1.3": "Aucun."}
    assert (await client.post("/charte/1/tableau", data=form)).status_code == 303
    assert await said(world) == {"1.1": "yes", "1.3": "not_concerned"}
    wrong = {"jeton": token, "reponse-1.2": "yes", "commentaire-1.4": "Sans réponse."}
    refused = await client.post("/charte/1/tableau", data=wrong)
    assert refused.status_code == 422
    assert 'href="#reponse-1.4-yes"' in refused.text
    assert "Sans réponse." in refused.text
    assert await said(world) == {"1.1": "yes", "1.3": "not_concerned"}
    nothing = await client.post("/charte/1/tableau", data={"jeton": token})
    assert nothing.status_code == 303


def test_a_compulsory_run_asks_what_is_compulsory() -> None:
    asked = asked_by(edition(), Kind.COMPULSORY, UNKNOWN)
    assert len(asked.criteria) == 28
    assert all(each.compulsory for each in asked.criteria)
