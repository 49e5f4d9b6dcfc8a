"""A draft tried as a client: the pages of answers, nothing stored, the end tells what would have been."""

import re
from html import unescape

import httpx
from msgspec import structs

from quality.db import fetch_value, pool
from surveys.authoring.specimen import visit_of
from surveys.questionnaire.definition import Item, Kind, Words
from surveys.questionnaire.paths import allows
from surveys.questionnaire.reading import library
from tests.sent import sent_by
from tests.surveys.authoring.editing.test_draft_pages import DRAFT, opened
from tests.surveys.authoring.test_questionnaire_pages import plain
from tests.world import World, sign_in

TRIAL = f"{DRAFT}/essai"


def action_of(page: httpx.Response) -> str:
    found = re.search(r'<form method="post" action="([^"]+)"', page.text)
    assert found
    return unescape(found[1])


async def answer(client: httpx.AsyncClient, page: httpx.Response, **fields: object) -> httpx.Response:
    """Post an answer as the form of the page would, and follow."""
    data = {"jeton": sent_by(page.text)["jeton"], **fields}
    posted = await client.post(action_of(page), data=data)
    return await client.get(posted.headers["location"]) if posted.status_code == 303 else posted


async def test_a_draft_is_answered_to_its_end_and_nothing_is_stored(
    client: httpx.AsyncClient, world: World
) -> None:
    await opened(client, world)
    page = await client.get(TRIAL)
    assert "Comment s’est passée la visite d’Aide 34" in page.text
    assert "Ceci est un essai" in page.text
    assert f'href="{TRIAL}/fin?' in page.text
    assert "/s/" not in page.text
    missing = await answer(client, page)
    assert missing.status_code == 422
    assert missing.text.index("Il manque") < missing.text.index("Ceci est un essai"), (
        "what is missing comes first"
    )
    page = await answer(client, page, globale="2")
    assert "Que souhaitez-vous" in page.text
    assert (await answer(client, page)).status_code == 422
    page = await answer(client, page, souhait="appel")
    assert "Quand pouvons-nous vous appeler" in page.text
    assert (await answer(client, page, creneau="hier")).status_code == 422
    slot = re.search(r'name="creneau"[^>]*value="(\d+)"', page.text)
    assert slot
    page = await answer(client, page, creneau=slot[1])
    assert "Merci, nous allons vous appeler" in page.text
    assert "/s/" not in page.text
    page = await client.get(link_of(page, "Y répondre maintenant"))
    assert "La personne est-elle arrivée" in page.text
    for alias, value in (("ponctualite", "4"), ("travail", "nsp"), ("respect", "5"), ("conseil", "yes")):
        page = await answer(client, page, **{alias: value})
    page = await answer(client, page, commentaire="Rien <à> dire")
    page = await answer(client, page, rappel="no")
    assert "Qui a répondu" in page.text
    assert (await answer(client, page, comment="aide")).status_code == 422
    page = await answer(client, page, pour="child", comment="presence")
    assert "pour mon père ou ma mère" in page.text
    assert "Ceci est un essai" in page.text
    end = plain(await client.get(link_of(page, "Fin de l’essai")))
    assert "Un de ses enfants, la personne qui intervient était présente" in end
    assert "Être appelée d’abord" in end
    assert "2 Plutôt mal" in end
    assert "Rien &lt;à&gt; dire" in end
    assert "Une mauvaise note ouvrirait un signal" in end
    for table in ("response", "invitation", "signal", "complaint", "call_case"):
        assert await fetch_value(pool("work"), f"SELECT count(*) FROM {table}") == 0


def link_of(page: httpx.Response, words: str) -> str:
    found = re.search(rf'<a[^>]* href="([^"]+)">{words}</a>', page.text)
    assert found, words
    return unescape(found[1])


async def test_a_trial_ends_as_its_choices_would_and_no_step_is_invented(
    client: httpx.AsyncClient, world: World
) -> None:
    await opened(client, world)
    low = await answer(client, await client.get(TRIAL), globale="1")
    named = await answer(client, low, souhait="nom")
    assert "transmet votre demande à Aide 34, avec votre nom" in named.text
    assert "Votre réponse compte dans les résultats" in (await answer(client, low, souhait="rien")).text
    assert (await client.get(f"{TRIAL}/ailleurs")).status_code == 404
    called = await client.get(TRIAL + "?n=7")
    assert "Quand pouvons-nous vous appeler" in (await answer(client, called, rappel="yes")).text


def test_a_day_is_checked_against_today_as_it_is_for_a_client():
    since = Item(alias="depuis", kind=Kind.DATE, label=Words("Depuis quand ?"), constraint=". <= ${today}")
    asking = structs.replace(library("default"), items=(*library("default").items, since))
    assert allows(asking, since, "2026-01-01", {}, visit_of(""))
    assert not allows(asking, since, "2999-01-01", {}, visit_of(""))


async def test_a_trial_speaks_to_whom_one_says_in_the_language_one_says(
    client: httpx.AsyncClient, world: World
) -> None:
    await opened(client, world)
    relative = await client.get(f"{TRIAL}?qui=relative&parle=en")
    assert "to your relative go" in relative.text
    wrong = await client.get(f"{TRIAL}?qui=personne&parle=xx&r=%F0%9F&n=2")
    assert wrong.status_code == 200
    assert (await client.get(f"{TRIAL}?n=99")).status_code == 404


async def test_a_draft_with_faults_is_not_tried(client: httpx.AsyncClient, world: World) -> None:
    await opened(client, world)
    question = f"{DRAFT}/questions/commentaire"
    fields = sent_by((await client.get(question)).text) | {"flags": ["signal"]}
    await client.post(question, data=fields)
    for address in (TRIAL, f"{TRIAL}/fin", f"{TRIAL}/merci"):
        refused = await client.get(address)
        assert refused.status_code == 409
        assert "Ce brouillon ne peut pas encore être essayé" in plain(refused)
        assert "Question 6, Signal" in plain(refused)
        assert f'href="{question}#flags-signal"' in refused.text
        assert f'href="{DRAFT}"' in refused.text
    await sign_in(client, world, "supervisor")
    assert f'href="{question}' not in (await client.get(TRIAL)).text


async def test_a_last_page_opened_before_any_answer_leads_to_the_first(
    client: httpx.AsyncClient, world: World
) -> None:
    await opened(client, world)
    for step in ("souhait", "rappel", "qui", "merci"):
        led = await client.get(f"{TRIAL}/{step}?qui=relative&parle=en")
        assert led.status_code == 303
        first = await client.get(led.headers["location"])
        assert "to your relative go" in first.text


async def test_a_supervisor_tries_and_gironde_does_not(client: httpx.AsyncClient, world: World) -> None:
    await opened(client, world)
    await sign_in(client, world, "supervisor")
    page = await answer(client, await client.get(TRIAL), globale="4")
    assert page.status_code == 200
    await sign_in(client, world, "funder", world.gironde)
    assert (await client.get(TRIAL)).status_code == 403
