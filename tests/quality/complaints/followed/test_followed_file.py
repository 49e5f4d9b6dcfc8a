"""A photo or a document sent by a client: kept whole, few, of known content, and read by those who may."""

import asyncio
from datetime import timedelta

import asyncpg
import httpx
import pytest

from quality import clock
from quality.complaints.pages import attachments
from tests.quality.complaints.followed.guest import Guest, guest, words
from tests.world import World, sign_in

Owner = asyncpg.Connection
PHOTO = b"\xff\xd8\xff\xe0 une photo de la salle de bains"
NAME = "Mme Martin, 3 rue des Lilas.jpg"


async def sent(
    mine: Guest, content: bytes = PHOTO, *, name: str = NAME, origin: str = "http://testserver"
) -> httpx.Response:
    answer = await mine.client.post(
        f"/suivi/{mine.token}/photo",
        files={"fichier": (name, content, "text/html")},
        headers={"origin": origin},
    )
    if answer.status_code != 303:
        return answer
    return await mine.client.get(answer.headers["location"])


async def files(owner: Owner) -> list[tuple[str, str, str]]:
    rows = await owner.fetch("SELECT name, media_type, audience FROM file ORDER BY name")
    return [tuple(row) for row in rows]


async def test_a_photo_is_kept_whole_under_a_name_that_tells_nobody(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    mine = await guest(client, world)
    assert "Envoyer une photo ou un document" in words(await mine.open())
    assert 'enctype="multipart/form-data"' in (await mine.open("/photo")).text
    said = words(await sent(mine))
    assert "Votre fichier est envoyé." in said
    assert "Vous avez envoyé un fichier : « photo-1.jpg »" in said
    assert await files(owner) == [("photo-1.jpg", "image/jpeg", "client")]
    file = await owner.fetchval("SELECT id FROM file")
    found = await attachments.opened(world.agent, world.house.keyring, mine.complaint.number, file)
    assert found.content == PHOTO


@pytest.mark.parametrize(
    ("disclosure", "is_seen"), [("named", True), ("anonymous", False), ("call_first", False)]
)
async def test_the_provider_opens_it_only_with_the_name(
    client: httpx.AsyncClient, world: World, owner: Owner, disclosure: str, is_seen: bool
) -> None:
    mine = await guest(client, world, disclosure)
    assert ("et Aide 34 verront ce fichier" in words(await mine.open("/photo"))) is is_seen
    await sent(mine)
    path = f"/reclamations/1/fichier/{await owner.fetchval('SELECT id FROM file')}"
    await sign_in(client, world, "agent")
    assert (await client.get(path)).content == PHOTO
    assert "La personne envoie un fichier" in (await client.get("/reclamations/1")).text
    await sign_in(client, world, "provider", world.aide34)
    assert ((await client.get(path)).status_code == 200) is is_seen
    assert ("photo-1" in (await client.get("/reclamations/1")).text) is is_seen
    await sign_in(client, world, "funder", world.gironde)
    assert (await client.get(path)).status_code == 403


async def test_a_name_taken_back_takes_back_what_was_written_and_sent_with_it(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    mine = await guest(client, world)
    await sent(mine)
    await mine.post("/message", message="Ici Mme Martin.")
    await mine.post("/nom", nom="sans")
    assert await files(owner) == [("photo-1.jpg", "image/jpeg", "staff")]
    path = f"/reclamations/1/fichier/{await owner.fetchval('SELECT id FROM file')}"
    said = words(await mine.open())
    assert "photo-1.jpg" in said
    assert "Ici Mme Martin." in said
    await sign_in(client, world, "provider", world.aide34)
    page = (await client.get("/reclamations/1")).text
    assert "Martin" not in page
    assert "photo-1" not in page
    assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize(
    "content", [b"<html><script>alert(1)</script>", b"MZ\x90 programme", b"", b"PK\x03\x04 archive"]
)
async def test_anything_but_a_photo_or_a_pdf_is_refused_whatever_its_name(
    client: httpx.AsyncClient, world: World, owner: Owner, content: bytes
) -> None:
    mine = await guest(client, world)
    page = await sent(mine, content)
    assert page.status_code == 422
    assert 'href="#fichier"' in page.text
    assert await files(owner) == []


async def test_no_file_is_said(client: httpx.AsyncClient, world: World) -> None:
    mine = await guest(client, world)
    page = await mine.post("/photo")
    assert page.status_code == 422
    assert "Choisissez une photo ou un document" in words(page)


async def test_a_file_too_heavy_is_refused(client: httpx.AsyncClient, world: World, owner: Owner) -> None:
    mine = await guest(client, world)
    heavy = await sent(mine, PHOTO + b"x" * (10 * 1024 * 1024))
    assert heavy.status_code == 422
    assert "10 Mo au plus" in words(heavy)
    assert (await sent(mine, PHOTO + b"x" * (11 * 1024 * 1024))).status_code == 413
    assert await files(owner) == []


async def test_the_same_file_twice_is_one_and_a_day_takes_five(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    mine = await guest(client, world)
    for number in (0, 0, 1, 2, 3, 4):
        assert "Votre fichier est envoyé." in words(await sent(mine, b"%PDF-1.7 " + bytes([48 + number])))
    refused = await sent(mine, b"%PDF-1.7 de trop")
    assert refused.status_code == 429
    assert "appelez le" in words(refused)
    assert len(await files(owner)) == 5
    clock.set_offset(clock.offset() + timedelta(days=1))
    assert "Votre fichier est envoyé." in words(await sent(mine, b"%PDF-1.7 demain"))
    assert len(await files(owner)) == 6


async def test_ten_sent_at_once_are_still_five(client: httpx.AsyncClient, world: World, owner: Owner) -> None:
    mine = await guest(client, world)
    await asyncio.gather(*(sent(mine, b"%PDF-1.7 " + bytes([48 + number])) for number in range(10)))
    assert len(await files(owner)) == 5


async def test_a_file_from_another_site_is_refused(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    mine = await guest(client, world)
    assert (await sent(mine, origin="https://ailleurs.example")).status_code == 403
    assert await files(owner) == []
