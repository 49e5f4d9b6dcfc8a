"""« Transmettre un merci à l'équipe »: what five clients or more said together, as the provider puts it."""

import asyncpg
import httpx
import pytest

from tests.quality.measures.views.test_pages import seen
from tests.surveys.reviews.test_review_list import marked
from tests.world import World, sign_in

HREF = "/avis/merci"
PROPOSED = "En novembre 2026, 4 clients sur 5 ont dit que leur visite s’est bien ou très bien passée."


async def provider(client: httpx.AsyncClient, world: World) -> str:
    return await sign_in(client, world, "provider", world.aide34)


async def posted(client: httpx.AsyncClient, token: str, text: str, action: str) -> httpx.Response:
    data = {"jeton": token, "mois": "2026-11", "texte": text, "action": action}
    return await client.post(HREF, data=data)


async def test_good_marks_of_five_clients_make_a_message(client: httpx.AsyncClient, world: World) -> None:
    await marked(world, 5, 5, 4, 5, 1)
    await provider(client, world)
    assert PROPOSED in seen(await client.get(HREF))


@pytest.mark.parametrize("marks", [(5, 5, 5, 5), (1, 2, 3, 1, 2)])
async def test_fewer_than_five_clients_or_no_good_mark_make_none(
    client: httpx.AsyncClient, world: World, marks: tuple[int, ...]
) -> None:
    await marked(world, *marks)
    await provider(client, world)
    words = seen(await client.get(HREF))
    assert "Pas encore de quoi dire merci" in words
    assert "clients sur" not in words
    assert (await client.get(f"{HREF}?mois=2026-11")).status_code == 404


async def test_the_sixth_client_alone_is_not_counted(client: httpx.AsyncClient, world: World) -> None:
    await marked(world, 5, 5, 4, 5, 1, 5)
    await provider(client, world)
    assert PROPOSED in seen(await client.get(HREF))


async def test_the_message_is_the_provider_s_own_to_change_and_print(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await marked(world, 5, 5, 4, 5, 1)
    token = await provider(client, world)
    page = await posted(client, token, "Bravo à tous.", "apercu")
    assert page.status_code == 200
    assert "<p>Bravo à tous.</p>" in page.text
    assert await owner.fetchval("SELECT count(*) FROM mail_outbox") == 0


async def test_it_is_sent_once_to_whoever_asks_and_audited(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await marked(world, 5, 5, 4, 5, 1)
    token = await provider(client, world)
    page = await posted(client, token, "Bravo à tous.", "envoyer")
    (mail,) = await owner.fetch("SELECT recipient, subject, text FROM mail_outbox")
    assert mail["recipient"].endswith("@demo.invalid")
    assert mail["recipient"] in page.text
    assert (mail["subject"], mail["text"]) == ("Merci à toute l’équipe, novembre 2026", "Bravo à tous.")
    assert await owner.fetchval("SELECT subject FROM audit WHERE action = 'thanks.send'") == "2026-11"


@pytest.mark.parametrize("text", ["", "   ", "x" * 1_501])
async def test_an_empty_or_endless_message_is_refused(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, text: str
) -> None:
    await marked(world, 5, 5, 4, 5, 1)
    token = await provider(client, world)
    page = await posted(client, token, text, "envoyer")
    assert page.status_code == 422
    assert "Écrivez le message" in page.text
    assert await owner.fetchval("SELECT count(*) FROM mail_outbox") == 0


async def test_another_provider_s_marks_thank_nobody(client: httpx.AsyncClient, world: World) -> None:
    await marked(world, 5, 5, 5, 5, 5, provider=world.cap)
    await provider(client, world)
    assert "Pas encore de quoi dire merci" in seen(await client.get(HREF))


@pytest.mark.parametrize("role", ["funder", "platform", "agent"])
async def test_gironde_and_the_staff_thank_nobody(client: httpx.AsyncClient, world: World, role: str) -> None:
    token = await sign_in(client, world, role, world.gironde if role == "funder" else None)
    assert (await client.get(HREF)).status_code == 403
    assert (await posted(client, token, "Bravo", "envoyer")).status_code == 403
