"""A message added to a complaint by its client: kept, and read by those who may."""

import asyncpg
import httpx
import pytest

from quality.complaints import reading
from tests.quality.complaints.followed.guest import guest, words
from tests.world import World


@pytest.mark.parametrize(("disclosure", "is_read"), [("named", True), ("anonymous", False)])
async def test_a_message_is_kept_and_the_provider_reads_it_only_with_the_name(
    client: httpx.AsyncClient, world: World, disclosure: str, is_read: bool
) -> None:
    mine = await guest(client, world, disclosure)
    form = words(await mine.open("/message"))
    assert ("et Aide 34 lisent votre message" in form) is is_read
    done = await mine.post("/message", message="La clé est chez la voisine.")
    assert "Votre message est enregistré." in words(done)
    assert "« La clé est chez la voisine. »" in words(done)
    theirs = await reading.one(world.provider, world.house.keyring, mine.complaint.number)
    assert any("voisine" in event.text for event in theirs.events) is is_read
    staff = await reading.one(world.agent, world.house.keyring, mine.complaint.number)
    assert any("voisine" in event.text for event in staff.events)


async def test_a_form_sent_twice_is_one_message(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world)
    for message in ("Bonjour.", "Bonjour.", "Encore moi."):
        assert "Votre message est enregistré." in words(await mine.post("/message", message=message))
    assert await owner.fetchval("SELECT count(*) FROM complaint_event WHERE kind = 'message'") == 2


@pytest.mark.parametrize("message", ["", "   ", "a" * 1_001])
async def test_an_empty_or_endless_message_is_refused(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, message: str
) -> None:
    mine = await guest(client, world)
    page = await mine.post("/message", message=message)
    assert page.status_code == 422
    assert 'href="#message"' in page.text
    assert 'aria-invalid="true"' in page.text
    assert await owner.fetchval("SELECT count(*) FROM complaint_event WHERE kind = 'message'") == 0


async def test_a_form_from_another_site_is_refused(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world)
    sent = await client.post(
        f"/suivi/{mine.token}/message", data={"message": "x"}, headers={"origin": "https://ailleurs.example"}
    )
    assert sent.status_code == 403
    assert await owner.fetchval("SELECT count(*) FROM complaint_event WHERE kind = 'message'") == 0


async def test_a_form_that_is_too_heavy_is_refused(client: httpx.AsyncClient, world: World) -> None:
    mine = await guest(client, world)
    assert (await mine.post("/message", message="a" * 70_000)).status_code == 413
