"""Whether a funder may read what happened: the client's own yes or no."""

import asyncpg
import httpx
import pytest

from tests.quality.complaints.followed.guest import guest, words
from tests.world import World


@pytest.mark.parametrize(("answer", "stored"), [("oui", True), ("non", False)])
async def test_consent_is_the_client_s_and_names_the_funder(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, answer: str, stored: bool
) -> None:
    mine = await guest(client, world)
    asked = words(await mine.open("/financeur"))
    assert "Votre aide est financée par : Département de l’Hérault." in asked
    assert "Ni votre nom ni votre numéro ne sont transmis." in asked
    for _ in range(2):
        await mine.post("/financeur", accord=answer)
    assert await owner.fetchval("SELECT funder_consent FROM complaint") is stored
    kind = "consented" if stored else "not_consented"
    assert await owner.fetchval("SELECT count(*) FROM complaint_event WHERE kind = $1", kind) == 1
    assert f'value="{answer}" checked' in (await mine.open("/financeur")).text


async def test_what_was_transmitted_cannot_be_taken_back(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world)
    await owner.execute(
        """
        INSERT INTO complaint_event (id, platform_id, complaint_id, at, kind, audience, text)
        SELECT gen_random_uuid(), platform_id, id, now(), 'staff_transmitted', 'client', '' FROM complaint
        """
    )
    assert "nous ne pouvons pas le reprendre" in words(await mine.open("/financeur"))


async def test_a_client_without_a_funder_is_not_asked(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world)
    await owner.execute("UPDATE complaint SET funders = '{}'")
    assert "financeur" not in (await mine.open()).text
    assert (await client.get(f"/suivi/{mine.token}/financeur")).status_code == 303
    await mine.post("/financeur", accord="oui")
    assert await owner.fetchval("SELECT funder_consent FROM complaint") is None


async def test_a_choice_is_asked_for(client: httpx.AsyncClient, world: World) -> None:
    mine = await guest(client, world)
    assert (await mine.post("/financeur")).status_code == 422
