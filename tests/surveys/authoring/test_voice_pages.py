"""The automatic voice tried key by key: what is said, what a key does, and nothing stored."""

import re
from urllib.parse import quote

import asyncpg
import httpx

from surveys.authoring.pages import HREF
from tests.surveys.authoring.test_questionnaire_pages import plain
from tests.world import World, sign_in

PAGE = f"{HREF}/default/versions/2/telephone"


async def tried(client: httpx.AsyncClient, keys: str = "", more: str = "") -> str:
    answer = await client.get(f"{PAGE}?parle=fr&touches={quote(keys)}{more}")
    assert answer.status_code == 200
    return plain(answer)


async def test_the_call_opens_without_telling_of_the_provider(
    client: httpx.AsyncClient, world: World
) -> None:
    await sign_in(client, world, "platform")
    page = await tried(client)
    assert "Pour ne plus recevoir d’appel, tapez 9." in page
    assert "Aide 34" not in page


async def test_keys_answer_and_a_low_mark_is_confirmed(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "platform")
    assert "Comment s’est passée la visite d’Aide 34" in await tried(client, "1")
    assert "Vous avez répondu : Très mal." in await tried(client, "11")
    assert "les réponses comptent comme celles des autres moyens" in await tried(client, "111")


async def test_each_key_is_a_link_that_goes_on(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "platform")
    page = await tried(client, "1")
    links = [each.replace("&amp;", "&") for each in re.findall(r'href="(/[^"]+touches=[^"]+)"', page)]
    assert len(links) == 13
    ends = [plain(await client.get(link.partition("#")[0])) for link in links]
    assert sum("L’appel est fini" in end for end in ends) == len("345#90")


async def test_a_relative_is_spoken_to_in_their_words_and_language(
    client: httpx.AsyncClient, world: World
) -> None:
    await sign_in(client, world, "platform")
    assert "chez votre proche" in await tried(client, "1", "&pour=relative")
    english = plain(await client.get(f"{PAGE}?parle=en&touches=1"))
    assert "Very badly: press 1." in english
    assert "&lt;Say language=&#34;en-GB&#34;&gt;" in english


async def test_silence_ends_in_another_try_and_stores_nothing(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await sign_in(client, world, "platform")
    assert "On rappelle à un autre moment du jour" in await tried(client, "sss")
    assert "Rien n’est tapé." in await tried(client, "s")
    assert await owner.fetchval("SELECT count(*) FROM response") == 0


async def test_what_is_no_key_is_left_out(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "platform")
    page = await tried(client, "<1>é" + "*" * 99, "&pour=inconnu")
    assert "Comment s’est passée la visite d’Aide 34" in page
