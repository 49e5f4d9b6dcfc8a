"""Files joined to a complaint: read by those they are for, saved under their name, never shown in a page."""

import asyncpg
import httpx
import pytest

from tests.quality.complaints.opened import filed
from tests.quality.measures.views.test_pages import seen
from tests.world import World, sign_in

Owner = asyncpg.Connection
CONTENT = b"%PDF-1.7 une facture de Mme Martin"


async def joined(
    client: httpx.AsyncClient,
    token: str,
    readers: str = "tous",
    *,
    name: str = "facture évier.pdf",
    content: bytes = CONTENT,
) -> httpx.Response:
    return await client.post(
        "/reclamations/1/fichier",
        data={"jeton": token, "fichier-lecteurs": readers},
        files={"fichier": (name, content, "application/pdf")},
    )


async def address(owner: Owner) -> str:
    return f"/reclamations/1/fichier/{await owner.fetchval('SELECT id FROM file')}"


async def test_a_joined_file_comes_back_as_it_was_to_be_saved(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await filed(world)
    token = await sign_in(client, world, "provider", world.aide34)
    assert (await joined(client, token)).status_code == 303
    page = await client.get("/reclamations/1")
    assert "facture évier.pdf" in page.text
    assert "Fichier joint" in page.text
    file = await client.get(await address(owner))
    assert file.content == CONTENT
    assert file.headers["content-type"] == "application/pdf"
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.headers["cache-control"] == "no-store"
    said = "attachment; filename=\"fichier.pdf\"; filename*=UTF-8''facture%20%C3%A9vier.pdf"
    assert file.headers["content-disposition"] == said
    actions = {row["action"] for row in await owner.fetch("SELECT action FROM audit")}
    assert {"complaint.file", "complaint.file_read"} <= actions


async def test_a_type_that_a_browser_could_run_is_bytes(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await filed(world)
    token = await sign_in(client, world, "agent")
    await client.post(
        "/reclamations/1/fichier",
        data={"jeton": token},
        files={"fichier": ("../page.html", b"<script>alert(1)</script>", "text/html")},
    )
    file = await client.get(await address(owner))
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["content-disposition"].endswith("UTF-8''page.html")


@pytest.mark.parametrize(
    ("readers", "seen_by_the_provider"), [("personne", True), ("tous", True), ("equipe", False)]
)
async def test_a_file_is_read_by_those_it_is_for(
    client: httpx.AsyncClient, world: World, owner: Owner, readers: str, seen_by_the_provider: bool
) -> None:
    await filed(world)
    token = await sign_in(client, world, "agent")
    await joined(client, token, readers)
    path = await address(owner)
    assert (await client.get(path)).status_code == 200
    await sign_in(client, world, "provider", world.aide34)
    assert ("facture" in (await client.get("/reclamations/1")).text) is seen_by_the_provider
    assert ((await client.get(path)).status_code == 200) is seen_by_the_provider


async def test_a_file_is_found_under_its_own_complaint_only(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await filed(world)
    await filed(world)
    await filed(world, provider=world.cap)
    token = await sign_in(client, world, "provider", world.aide34)
    await joined(client, token)
    path = await address(owner)
    assert (await client.get(path.replace("/1/", "/2/"))).status_code == 404
    await sign_in(client, world, "provider", world.cap)
    for number in (1, 3):
        assert (await client.get(path.replace("/1/", f"/{number}/"))).status_code == 404


async def test_gironde_opens_no_file(client: httpx.AsyncClient, world: World, owner: Owner) -> None:
    await filed(world)
    token = await sign_in(client, world, "agent")
    await joined(client, token)
    await sign_in(client, world, "funder", world.gironde)
    assert (await client.get(await address(owner))).status_code == 403


async def test_no_file_and_a_file_too_large_are_said_and_nothing_is_kept(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await filed(world)
    token = await sign_in(client, world, "provider", world.aide34)
    missing = await client.post("/reclamations/1/fichier", data={"jeton": token})
    assert missing.status_code == 422
    assert 'href="#fichier"' in missing.text
    large = await joined(client, token, content=b"x" * (20 * 1024 * 1024 + 1))
    assert large.status_code == 413
    assert "plus de 20 Mo" in seen(large)
    assert await owner.fetchval("SELECT count(*) FROM file") == 0


@pytest.mark.parametrize(("role", "readers"), [("provider", "equipe"), ("agent", "encadrement")])
async def test_nobody_writes_for_readers_above_themselves(
    client: httpx.AsyncClient, world: World, owner: Owner, role: str, readers: str
) -> None:
    await filed(world)
    token = await sign_in(client, world, role, world.aide34 if role == "provider" else None)
    assert (await joined(client, token, readers)).status_code == 403
    assert await owner.fetchval("SELECT count(*) FROM file") == 0
