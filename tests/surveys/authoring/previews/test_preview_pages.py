"""/questionnaires/{code}/versions/{version}/apercu: every channel side by side, nothing sent or stored."""

import asyncpg
import httpx
import pytest

from quality.db import fetch_value, pool
from surveys.questionnaire.reading import library
from tests.quality.measures.views.test_pages import seen
from tests.world import World, sign_in

PAGE = "/questionnaires/default/versions/2/apercu"


async def test_each_channel_says_the_questionnaire(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "platform")
    words = seen(await client.get(PAGE))
    for said in (
        "Qui lit votre réponse ?",  # the web page
        "1 Très mal : http://testserver/s/EXEMPLE12345?note=1",  # the e-mail
        "Pleiades : visite Aide 34",  # the SMS
        "Je ne vends rien et ne vous demanderai ni argent",  # the agent
        "Pour ne plus recevoir d’appel, tapez 9.",  # the voice
        "☐ 1 Très mal",  # the paper
    ):
        assert said in words


async def test_the_web_shows_every_question_by_its_template(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "platform")
    page = (await client.get(PAGE)).text
    for item in library("default").asked_on("web"):
        assert f'name="{item.alias}"' in page
    assert page.count('<template shadowrootmode="open">') == len(library("default").asked_on("web"))


async def test_nothing_in_a_preview_leads_to_an_answer(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "platform")
    page = (await client.get(PAGE)).text
    assert 'action="/s/' not in page
    assert 'href="/s/' not in page
    assert await fetch_value(pool("work"), "SELECT count(*) FROM response") == 0


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("pour=mandataire", "travail Aide 34"),
        ("pour=relative", "chez votre proche"),
        ("parle=en", "Pleiades: visit Aide 34"),
    ],
)
async def test_it_is_seen_as_another_person_and_in_another_language(
    client: httpx.AsyncClient, world: World, query: str, words: str
) -> None:
    await sign_in(client, world, "platform")
    assert words in seen(await client.get(f"{PAGE}?{query}"))


async def test_the_words_are_those_of_the_platform(client: httpx.AsyncClient, world: World) -> None:
    token = await sign_in(client, world, "platform")
    own = {
        "texte": "{plateforme}, {question} : {notes}, {lien} STOP",
        "action": "enregistrer",
        "jeton": token,
    }
    page = (await client.get("/protocoles/messages/opening/fr")).text
    own["lu"] = page.partition('name="lu" value="')[2].partition('"')[0]
    assert (await client.post("/protocoles/messages/opening/fr", data=own)).status_code == 303
    assert "Pleiades, visite Aide 34" in seen(await client.get(PAGE))


async def test_a_version_that_does_not_exist_answers_404(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "platform")
    assert (await client.get(PAGE.replace("/2/", "/9/"))).status_code == 404


async def test_gironde_sees_no_preview(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "funder", world.gironde)
    assert (await client.get(PAGE)).status_code == 403


async def test_a_draft_is_seen_before_it_is_published(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await sign_in(client, world, "platform")
    draft = "/questionnaires/default/brouillon"
    assert (await client.get(f"{draft}/apercu")).status_code == 404
    await client.post(f"{draft}/ouvrir", data={"jeton": token})
    assert "Pleiades : visite Aide 34" in seen(await client.get(f"{draft}/apercu"))
    wrong = (
        """UPDATE questionnaire_draft SET tree = jsonb_set(tree, '{items,1,relevant}', '"${inconnu} = 1"')"""
    )
    await owner.execute(wrong)
    assert (await client.get(f"{draft}/apercu")).headers["location"] == f"{draft}/relecture"
