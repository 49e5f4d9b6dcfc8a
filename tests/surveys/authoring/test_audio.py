"""Questions read aloud: kept by the platform, heard by whoever answers, and telling nothing of anybody."""

import io

import asyncpg
import httpx
import pytest

from quality.files.sounds import LARGEST_SOUND
from surveys.authoring.pages import HREF
from surveys.respond import listening
from tests.surveys.authoring.test_questionnaire_pages import plain
from tests.surveys.invited import invited
from tests.surveys.respond.browsing import Person
from tests.world import World, sign_in

HEADERS = {"origin": "http://testserver"}
PAGE = f"{HREF}/default/versions/2/voix"
SOUND = b"OggS" + bytes(range(256)) * 8


@pytest.fixture(autouse=True)
def unheard() -> None:
    """Forget the recordings of the other tests."""
    listening.forget()


async def send(client: httpx.AsyncClient, content: bytes = SOUND, **fields: str) -> httpx.Response:
    page = await client.get(PAGE)
    token = page.text.partition('name="jeton" value="')[2].partition('"')[0]
    given = {"jeton": token, "question": "globale", "pour": "", "parle": "fr", **fields}
    file = {"fichier": ("lecture.ogg", io.BytesIO(content), "text/plain")}
    return await client.post(PAGE, data=given, files=file, headers=HEADERS)


async def kept(owner: asyncpg.Connection) -> list[tuple[str, str, str]]:
    rows = await owner.fetch("SELECT alias, variant, language FROM questionnaire_audio ORDER BY 1, 2, 3")
    return [tuple(row) for row in rows]


async def heard_at(client: httpx.AsyncClient, token: str) -> str:
    page = (await Person(client, token).open()).text
    return page.partition('<audio controls preload="none" src="')[2].partition('"')[0]


async def test_a_recording_is_heard_on_the_page_of_its_question(
    world: World, client: httpx.AsyncClient, owner: asyncpg.Connection
) -> None:
    token, _ = await invited(world)
    assert await heard_at(client, token) == ""
    await sign_in(client, world, "platform")
    assert (await send(client)).status_code == 303
    assert await kept(owner) == [("globale", "", "fr")]
    address = await heard_at(client, token)
    assert address.startswith("/ecouter/")
    assert token not in address
    answer = await client.get(address)
    assert (answer.content, answer.headers["content-type"]) == (SOUND, "audio/ogg")
    part = await client.get(address, headers={"range": "bytes=0-3"})
    assert (part.status_code, part.content, part.headers["content-range"]) == (206, b"OggS", "bytes 0-3/2052")


async def test_another_language_or_the_words_of_a_relative_are_not_read_by_it(
    world: World, client: httpx.AsyncClient
) -> None:
    token, _ = await invited(world)
    await sign_in(client, world, "platform")
    await send(client)
    assert await heard_at(client, token)
    for choice in ("langue=en", "proche=oui"):
        page = await client.get(f"/s/{token}?{choice}")
        assert "<audio" not in page.text


async def test_a_variant_has_its_own_recording_and_the_others_share_one(
    world: World, client: httpx.AsyncClient, owner: asyncpg.Connection
) -> None:
    await sign_in(client, world, "platform")
    await send(client, pour="relative")
    await send(client, pour="relative", question="travail")
    assert await kept(owner) == [("globale", "relative", "fr"), ("travail", "", "fr")]


async def test_a_recording_is_replaced_then_removed_with_its_file(
    world: World, client: httpx.AsyncClient, owner: asyncpg.Connection
) -> None:
    token, _ = await invited(world)
    await sign_in(client, world, "platform")
    await send(client)
    first = await heard_at(client, token)
    await send(client, b"ID3" + SOUND)
    assert (await client.get(first)).status_code == 404
    assert (await client.get(await heard_at(client, token))).headers["content-type"] == "audio/mpeg"
    assert await owner.fetchval("SELECT count(*) FROM file") == 1
    await send(client, geste="retirer")
    assert await heard_at(client, token) == ""
    assert await owner.fetchval("SELECT count(*) FROM file_chunk") == 0
    actions = [row["action"] for row in await owner.fetch("SELECT action FROM audit ORDER BY at")]
    assert [each for each in actions if "record" in each] == ["questionnaire.record"] * 2 + [
        "questionnaire.unrecord"
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html>", "n’est pas un son"),
        (b"OggS" + bytes(LARGEST_SOUND), "plus de 2 Mo"),
        (b"", "n’est pas un son"),
    ],
)
async def test_what_is_no_sound_or_is_too_large_is_refused(
    world: World, client: httpx.AsyncClient, owner: asyncpg.Connection, content: bytes, words: str
) -> None:
    await sign_in(client, world, "platform")
    answer = await send(client, content)
    assert (answer.status_code, await kept(owner)) == (422, [])
    assert words in plain(answer)


async def test_only_recordings_are_heard_at_that_address(world: World, client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/ecouter/{world.platform}")).status_code == 404


async def test_gironde_and_an_agent_record_nothing(world: World, client: httpx.AsyncClient) -> None:
    for role, organisation in (("funder", world.gironde), ("agent", None), ("supervisor", None)):
        await sign_in(client, world, role, organisation)
        assert (await client.get(PAGE)).status_code == 403
