"""« C’est réglé », « Ce n’est pas réglé »: said on the page, confirmed, once."""

from datetime import timedelta

import asyncpg
import httpx

from quality import clock
from tests.quality.complaints.followed.guest import guest, heading, words
from tests.quality.complaints.followed.stages import remedied
from tests.world import World


async def test_nothing_is_to_be_judged_before_a_solution(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world)
    assert "pas-regle" not in (await mine.open()).text
    for path in ("/regle", "/pas-regle"):
        page = await client.get(f"/suivi/{mine.token}{path}")
        assert (page.status_code, page.headers["location"]) == (303, f"/suivi/{mine.token}")
    assert (await mine.post("/pas-regle")).status_code == 200
    assert await owner.fetchval("SELECT round FROM complaint") == 1


async def test_settled_closes_after_a_confirmation_and_twice_changes_nothing(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world)
    await remedied(world, mine.complaint.number)
    asked = await mine.open("/regle")
    assert heading(asked) == "C’est réglé ?"
    assert await owner.fetchval("SELECT state FROM complaint") == "remedied"
    done = await mine.post("/regle")
    assert "Merci. Votre demande est terminée." in words(done)
    assert heading(await mine.open()) == "Votre demande est terminée"
    assert (await mine.post("/regle")).status_code == 200
    row = await owner.fetchrow("SELECT state, verdict FROM complaint")
    assert tuple(row) == ("closed", "settled")
    assert await owner.fetchval("SELECT count(*) FROM complaint_event WHERE kind = 'settled'") == 1


async def test_not_settled_opens_it_again_with_what_is_left_to_settle(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world)
    await remedied(world, mine.complaint.number)
    done = await mine.post("/pas-regle", message="Personne n’est venu.")
    assert "Nous reprenons votre demande." in words(done)
    assert "« Personne n’est venu. »" in words(done)
    row = await owner.fetchrow("SELECT state, round, contacts FROM complaint")
    assert tuple(row) == ("acknowledged", 2, 0)


async def test_a_closed_complaint_opens_again_for_thirty_days(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world)
    await remedied(world, mine.complaint.number)
    await mine.post("/regle")
    close = "UPDATE complaint SET closed_at = $1"
    await owner.execute(close, clock.now() - timedelta(days=31))
    page = await mine.open()
    assert page.status_code == 200
    assert "pas-regle" not in page.text
    await mine.post("/pas-regle")
    assert await owner.fetchval("SELECT state FROM complaint") == "closed"
    await owner.execute(close, clock.now() - timedelta(days=29))
    assert "pas-regle" in (await mine.open()).text
    await mine.post("/pas-regle")
    assert await owner.fetchval("SELECT state FROM complaint") == "acknowledged"


async def test_too_long_a_message_is_refused_and_given_back(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world)
    await remedied(world, mine.complaint.number)
    page = await mine.post("/pas-regle", message="a" * 1_001)
    assert page.status_code == 422
    assert "Erreur" in page.text.partition("</title>")[0]
    assert "a" * 1_001 in page.text
    assert await owner.fetchval("SELECT state FROM complaint") == "remedied"
