"""Who answers at the desk: the words of the answer pages, their place, and their effect on the figures."""

import html
import re

import asyncpg
import httpx
import pytest

from surveys.verification import verify
from tests.surveys.desk.test_call import question, taken
from tests.surveys.desk.waiting import survey_call
from tests.world import World

Owner = asyncpg.Connection


async def known(owner: Owner) -> list[tuple[str, ...]]:
    rows = await owner.fetch("SELECT respondent, relation, help, worker, admissible FROM response ORDER BY 1")
    return [tuple(row) for row in rows]


def checked(page: str) -> list[str]:
    return re.findall(r'name="(?:pour|comment)"[^>]*value="(\w+)" checked', page)


async def test_a_daughter_takes_the_call_and_a_worker_beside_her_sets_it_apart(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    panel = html.unescape((await client.get(f"{href}?panneau=proche")).text)
    leads = dict(re.findall(r'class="key" href="([^"]+)"[^>]*>([^<]+)', panel))
    with_her = next(each for each, words in leads.items() if words == "Un de ses enfants")
    page = await client.get(with_her)
    assert "Question 1 sur 7. Un de ses enfants répond." in page.text
    form = {**question("globale", 1, token, "5"), "repondant": "relative", "lien": "child"}
    answer = await client.post(f"{href}/reponse", data=form)
    assert await known(owner) == [("relative", "child", "", "", "yes")]
    assert "lien=child" in answer.headers["location"]
    over = html.unescape((await client.get(f"{href}?q=8&repondant=relative&lien=child")).text)
    assert checked(over) == ["child"]
    assert "qui vous êtes pour cette personne" not in over
    told = {"jeton": token, "repondant": "relative", "pour": "child", "comment": ["presence"], "fin": "oui"}
    end = await client.post(f"{href}/qui", data=told)
    assert end.headers["location"] == f"{href}?repondant=relative&panneau=fin"
    assert "Terminer l’appel" in (await client.get(end.headers["location"])).text
    assert await known(owner) == [("relative", "child", "", "present", "worker_present")]
    apart = "SELECT DISTINCT admissible FROM cell WHERE indicator = 'GLOB' AND n > 0"
    assert await owner.fetchval(apart) == "worker_present"
    await verify(world.house)


async def test_answers_noted_as_the_client_s_are_told_her_son_s_and_may_still_be_undone(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    assert "panneau=qui" not in (await client.get(href)).text
    for number, (alias, mark) in enumerate((("globale", "4"), ("ponctualite", "5")), 1):
        await client.post(f"{href}/reponse", data=question(alias, number, token, mark))
    assert "panneau=qui" in (await client.get(href)).text
    assert checked((await client.get(f"{href}?panneau=qui")).text) == ["self"]
    told = {"jeton": token, "repondant": "client", "q": "3", "pour": "child", "comment": ["aide"]}
    on = await client.post(f"{href}/qui", data=told)
    assert on.headers["location"] == f"{href}?q=3&repondant=relative"
    twice = await client.post(f"{href}/qui", data=told)
    assert twice.headers["location"] == on.headers["location"]
    assert await known(owner) == [("relative", "child", "helped", "", "yes")]
    back = await client.post(f"{href}/annuler", data={"jeton": token})
    assert back.headers["location"] == f"{href}?q=2&repondant=relative"
    assert await owner.fetchval("SELECT answers FROM response") == '{"globale": 4}'
    await verify(world.house)


async def test_what_is_missing_or_taken_is_said_and_changes_nothing(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    mine = {"jeton": token, "repondant": "client"}
    await client.post(f"{href}/reponse", data=question("globale", 1, token, "4"))
    await client.post(f"{href}/reponse", data={**question("globale", 1, token, "2"), "repondant": "relative"})
    nothing = await client.post(f"{href}/qui", data=mine)
    assert (nothing.status_code, "Choisissez qui a répondu" in nothing.text) == (422, True)
    taken_by = await client.post(f"{href}/qui", data={**mine, "pour": "spouse", "comment": ["aide"]})
    assert (taken_by.status_code, "Une autre personne a déjà répondu" in taken_by.text) == (422, True)
    assert checked(taken_by.text) == ["spouse", "aide"]
    nobody = await client.post(f"{href}/qui", data={**mine, "repondant": "guardian", "pour": "guardian"})
    assert nobody.status_code == 404
    assert [row[:2] for row in await known(owner)] == [("client", ""), ("relative", "")]


@pytest.mark.parametrize("relation", ["guardian", "other"])
async def test_whoever_answers_takes_nobody_s_place(
    client: httpx.AsyncClient, world: World, owner: Owner, relation: str
) -> None:
    await survey_call(world)
    href, token = await taken(client, world)
    await client.post(f"{href}/reponse", data={**question("globale", 1, token, "2"), "repondant": "relative"})
    form = {**question("globale", 1, token, "5"), "repondant": "relative", "lien": relation}
    await client.post(f"{href}/reponse", data=form)
    assert {row[:2] for row in await known(owner)} == {("relative", ""), (relation, relation)}
