"""Kept replies: an organisation's own, the platform's for all, put into a form without a script."""

import re

import asyncpg
import httpx
import pytest

from tests.quality.complaints.opened import filed
from tests.quality.measures.views.test_pages import seen
from tests.world import World, sign_in

PATH = "/reclamations/reponses"
WORDS = {"titre": "Excuses", "texte": "Nous vous présentons nos excuses.\nNous revenons vers vous."}


async def kept(client: httpx.AsyncClient, world: World, role: str, **words: str) -> None:
    organisation = world.aide34 if role == "provider" else None
    token = await sign_in(client, world, role, organisation)
    answer = await client.post(PATH, data={"jeton": token, **WORDS, **words})
    assert answer.status_code == 303


async def test_a_provider_keeps_changes_and_deletes_its_own_reply(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await sign_in(client, world, "provider", world.aide34)
    assert "Aucune réponse gardée pour l’instant." in seen(await client.get(PATH))
    await client.post(PATH, data={"jeton": token, **WORDS})
    page = await client.get(PATH)
    assert "<p>Nous vous présentons nos excuses.</p><p>Nous revenons vers vous.</p>" in page.text
    one = re.search(rf'{PATH}/([-0-9a-f]{{36}})"', page.text.replace("#titre", ""))
    assert one
    form = await client.get(f"{PATH}/{one[1]}")
    assert 'value="Excuses"' in form.text
    await client.post(f"{PATH}/{one[1]}", data={"jeton": token, "titre": "Pardon", "texte": "Pardon."})
    assert "Pardon." in seen(await client.get(PATH))
    await client.post(f"{PATH}/{one[1]}/supprimer", data={"jeton": token})
    assert await owner.fetchval("SELECT count(*) FROM reply_template") == 0


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"titre": "", "texte": "Mots"}, "titre"), ({"titre": "Mots", "texte": ""}, "texte")],
)
async def test_a_reply_that_lacks_something_comes_back(
    client: httpx.AsyncClient, world: World, fields: dict[str, str], field: str
) -> None:
    token = await sign_in(client, world, "platform")
    page = await client.post(PATH, data={"jeton": token, **fields})
    assert page.status_code == 422
    assert f'href="#{field}"' in page.text
    assert "Mots" in page.text


async def test_the_platform_s_replies_are_for_all_and_its_alone_to_change(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await kept(client, world, "platform", titre="Pour tous")
    shared = await owner.fetchval("SELECT id FROM reply_template")
    token = await sign_in(client, world, "provider", world.aide34)
    page = await client.get(PATH)
    assert "Pour tous De la plateforme, pour tous" in seen(page)
    assert f"{PATH}/{shared}" not in page.text
    for action in ("", "/supprimer"):
        answer = await client.post(f"{PATH}/{shared}{action}", data={"jeton": token, **WORDS})
        assert answer.status_code == 404
    assert await owner.fetchval("SELECT title FROM reply_template") == "Pour tous"


async def test_no_provider_reads_the_reply_of_another(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await kept(client, world, "provider", titre="Secret de fabrique")
    own = await owner.fetchval("SELECT id FROM reply_template")
    for role, organisation in (("provider", world.cap), ("platform", None)):
        await sign_in(client, world, role, organisation)
        assert "Secret de fabrique" not in (await client.get(PATH)).text
        assert (await client.get(f"{PATH}/{own}")).status_code == 404


async def test_gironde_has_no_library(client: httpx.AsyncClient, world: World) -> None:
    await kept(client, world, "platform")
    token = await sign_in(client, world, "funder", world.gironde)
    assert (await client.get(PATH)).status_code == 403
    assert (await client.post(PATH, data={"jeton": token, **WORDS})).status_code == 403


@pytest.mark.parametrize("field", ["note", "solution"])
async def test_a_reply_fills_a_form_by_a_link(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, field: str
) -> None:
    await filed(world)
    await kept(client, world, "platform")
    token = await sign_in(client, world, "provider", world.aide34)
    await client.post("/reclamations/1/accuse", data={"jeton": token})
    reply = await owner.fetchval("SELECT id FROM reply_template")
    page = await client.get("/reclamations/1")
    link = f"/reclamations/1?reponse={reply}&amp;dans={field}#{field}"
    assert f'href="{link}"' in page.text
    filled = await client.get(link.replace("&amp;", "&").partition("#")[0])
    written = filled.text.partition(f'<textarea id="{field}"')[2].partition("</textarea>")[0]
    assert "Nous vous présentons nos excuses." in written
    if field == "note":  # the client is the one who reads it
        assert '<option value="personne" selected>' in filled.text


async def test_a_link_to_no_reply_fills_nothing(client: httpx.AsyncClient, world: World) -> None:
    await filed(world)
    await sign_in(client, world, "agent")
    for query in ("reponse=x", "reponse=0190aaaa-0000-7000-8000-00000000dead&dans=motif"):
        assert (await client.get(f"/reclamations/1?{query}")).status_code == 200
