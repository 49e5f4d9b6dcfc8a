"""A message added to a complaint by its client: kept, and read by those who may."""

import asyncio
from datetime import timedelta

import asyncpg
import httpx
import pytest

from quality import clock
from quality.complaints import reading
from quality.db import execute, pool
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


async def test_five_messages_a_day_and_the_sixth_stays_in_its_field(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world)
    await execute(pool("work"), "UPDATE platform SET phone = '04 67 00 00 10'")
    for count in range(5):
        assert "Votre message est enregistré." in words(await mine.post("/message", message=f"Mot {count}."))
    sixth = await mine.post("/message", message="La clé est chez la voisine.")
    said = words(sixth)
    assert sixth.status_code == 429
    assert "Vous avez déjà envoyé 5 messages aujourd’hui" in said
    assert "La clé est chez la voisine." in said
    assert 'href="tel:' in sixth.text
    assert await owner.fetchval("SELECT count(*) FROM complaint_event WHERE kind = 'message'") == 5
    clock.set_offset(clock.offset() + timedelta(days=1))
    assert "Votre message est enregistré." in words(await mine.post("/message", message="La clé."))


async def test_eight_messages_sent_at_once_are_five(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world)
    pages = await asyncio.gather(*(mine.post("/message", message=f"Mot {count}.") for count in range(8)))
    assert sorted(page.status_code for page in pages) == [200] * 5 + [429] * 3
    assert await owner.fetchval("SELECT count(*) FROM complaint_event WHERE kind = 'message'") == 5


async def test_each_complaint_has_its_own_five_messages(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine, other = await guest(client, world), await guest(client, world)
    for count in range(6):
        await mine.post("/message", message=f"Mot {count}.")
    assert "Votre message est enregistré." in words(await other.post("/message", message="Bonjour."))
    assert await owner.fetchval("SELECT count(*) FROM complaint_event WHERE kind = 'message'") == 6


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
