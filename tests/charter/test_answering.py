"""Two people at one criterion, marks by element, the table of a chapter: nothing that was written is lost."""

import asyncio

import asyncpg
import httpx
import pytest

from charter.answering import AnswerChanged, Draft, checked, history, save
from charter.applicability import UNKNOWN
from charter.declaring import Kind, asked_by, review
from charter.editions import load
from charter.submitting import submit
from quality.access.scope import scoped
from quality.errors import Invalid
from tests.charter.declared import declare, declare_everything, edition
from tests.quality.web.pages import Reading, read
from tests.world import World, sign_in

MARKS = "three-chapters-2026"
QUIETLY = {"prefer": "return=minimal"}


def hidden(page: Reading, name: str) -> str:
    return next(each.attributes["value"] for each in page.all("input") if each.attributes.get("name") == name)


def filled(page: str, **written: str) -> dict[str, str]:
    """Give what a browser sends of the form of a page where some fields were written since."""
    reading = read(page)
    form: dict[str, str] = {}
    for each in reading.all("input"):
        if each.attributes.get("type") != "radio" or "checked" in each.attributes:
            form[each.attributes.get("name", "")] = each.attributes.get("value", "")
    for each in reading.all("textarea"):
        form[each.attributes["name"]] = "\r\n".join(each.text.splitlines())
    for each in reading.all("option"):
        select = next(parent for parent in each.parents if parent.tag == "select").attributes["name"]
        if "selected" in each.attributes or select not in form:
            form[select] = each.attributes["value"]
    return {**form, **written}


def kept_choice(page: str, name: str) -> str:
    """Give the value that keeps one's own answer on a page that shows two."""
    values = [each.attributes["value"] for each in read(page).all("input") if each.attributes["name"] == name]
    assert values[1:] == ["sienne"]
    return values[0]


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
    again = filled(answer.text)
    assert (await client.post("/charte/1/4", data=again)).status_code == 409, "nothing is chosen beforehand"
    assert await said(world) == {"1.4": "no"}
    chosen = await client.post("/charte/1/4", data={**again, "garder": kept_choice(answer.text, "garder")})
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


async def test_of_several_codes_the_one_that_changed_waits_and_the_others_are_kept(world: World) -> None:
    await declare(world, {"1.4": "no"})
    drafts = {"1.4": Draft("yes", version=0), "1.5": Draft("yes", version=0)}
    with pytest.raises(AnswerChanged) as change:
        await save(world.provider, edition(), drafts)
    assert set(change.value.theirs) == {"1.4"}
    assert await said(world) == {"1.4": "no", "1.5": "yes"}


TABLE = "/charte/1/tableau"


async def opened_table(client: httpx.AsyncClient, world: World) -> str:
    """Read the table of a chapter of which two criteria are answered, in lines."""
    for code in ("1.1", "1.2"):
        await save(world.provider, edition(), {code: Draft("no", "Le soir.\nLe matin.")})
    await sign_in(client, world, "provider", world.aide34)
    return (await client.get(TABLE)).text


async def test_a_table_puts_back_no_line_that_its_reader_left_alone(
    client: httpx.AsyncClient, world: World
) -> None:
    page = await opened_table(client, world)
    await declare(world, {"1.2": "yes", "1.4": "yes"})
    answer = await client.post(TABLE, data=filled(page, **{"reponse-1.1": "partly"}))
    assert answer.status_code == 303
    assert await said(world) == {"1.1": "partly", "1.2": "yes", "1.4": "yes"}


async def test_only_what_two_people_changed_is_shown_and_each_line_is_chosen(
    client: httpx.AsyncClient, world: World
) -> None:
    page = await opened_table(client, world)
    await declare(world, {"1.1": "yes", "1.2": "yes"})
    mine = {f"reponse-{code}": "partly" for code in ("1.1", "1.2", "1.3")}
    answer = await client.post(TABLE, data=filled(page, **mine))
    assert answer.status_code == 409
    assert await said(world) == {"1.1": "yes", "1.2": "yes", "1.3": "partly"}
    again = filled(answer.text)
    assert (again["reponse-1.1"], again["commentaire-1.1"]) == ("partly", "Le soir.\r\nLe matin.")
    assert "Ce que nous faisons, 1.1." in answer.text
    names = {each.attributes["name"] for each in read(answer.text).all("input")}
    assert {each for each in names if each.startswith("garder")} == {"garder-1.1", "garder-1.2"}
    assert (await client.post(TABLE, data=again)).status_code == 409
    choice = {"garder-1.1": kept_choice(answer.text, "garder-1.1"), "garder-1.2": "sienne"}
    assert (await client.post(TABLE, data={**again, **choice})).status_code == 303
    assert await said(world) == {"1.1": "partly", "1.2": "yes", "1.3": "partly"}


async def test_an_element_that_its_reader_left_alone_stays_as_somebody_else_wrote_it(
    client: httpx.AsyncClient, world: World
) -> None:
    for answer in ("1", "4"):
        if answer == "4":
            await sign_in(client, world, "provider", world.aide34)
            page = (await client.get(f"/charte/1/1?edition={MARKS}")).text
        await save(world.provider, load(MARKS), {"1.1.1": Draft(answer), "1.1.2": Draft("2")})
    saved = await client.post(f"/charte/1/1?edition={MARKS}", data=filled(page, **{"reponse-1.1.2": "3"}))
    assert saved.status_code == 303
    assert await said(world, MARKS) == {"1.1.1": "4", "1.1.2": "3"}


async def test_a_page_that_saves_by_itself_knows_what_it_wrote_and_leaves_what_others_wrote_since(
    client: httpx.AsyncClient, world: World
) -> None:
    page = await opened_table(client, world)
    form = filled(page)
    for answer in ("yes", "no"):  # and back to what the page had read
        form["reponse-1.1"] = answer
        assert (await client.post(TABLE, data=form, headers=QUIETLY)).status_code == 204
    assert (await said(world))["1.1"] == "no"
    await declare(world, {"1.1": "partly"})
    form["reponse-1.3"] = "yes"
    assert (await client.post(TABLE, data=form, headers=QUIETLY)).status_code == 204
    assert await said(world) == {"1.1": "partly", "1.2": "no", "1.3": "yes"}


async def blocked(owner: asyncpg.Connection, every: int) -> None:
    """Return once so many others wait for a lock."""
    counted = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"
    while await owner.fetchval(counted) < every:
        pass


async def test_of_two_who_answer_at_the_same_time_one_is_told_of_the_other(
    world: World, owner: asyncpg.Connection
) -> None:
    await declare(world, {"1.1": "yes"})  # the assessment is open: only its row makes one wait for the other

    async def answer(choice: str) -> str:
        try:
            await save(world.provider, edition(), {"1.4": Draft(choice, version=0)}, sheet=choice)
        except AnswerChanged as change:
            return change.theirs["1.4"].answer
        return choice

    async with owner.transaction():
        await owner.execute(
            "LOCK TABLE assessment_answer IN SHARE MODE"
        )  # who reads goes on, who writes waits
        both = asyncio.gather(answer("yes"), answer("no"))
        await blocked(owner, 2)
    first, second = await both
    assert first == second == (await said(world))["1.4"]


async def test_a_page_read_before_the_file_was_sent_still_saves(
    client: httpx.AsyncClient, world: World
) -> None:
    await declare_everything(world)
    await declare(world, {"1.1": "no"})
    await sign_in(client, world, "provider", world.aide34)
    page = (await client.get(TABLE)).text
    await submit(world.provider)
    assert (await client.post(TABLE, data=filled(page, **{"reponse-1.1": "yes"}))).status_code == 303
    assert (await said(world))["1.1"] == "yes"


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
