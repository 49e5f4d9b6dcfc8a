"""The desk's call about a solution: shown, heard, and ended, for somebody who answered by telephone."""

from datetime import timedelta

import asyncpg
import httpx

from quality import clock
from quality.complaints.closing import settle_by_client
from quality.db import transaction
from tests.surveys.desk.test_call import taken
from tests.surveys.dispatch.asking import set_clock
from tests.surveys.news.complaining import NOON, WEEK, complained, tick
from tests.world import World

AFTERNOON = NOON + timedelta(hours=3)  # 15:05 in Paris


async def calling(client: httpx.AsyncClient, world: World) -> tuple[str, str]:
    await complained(world, answered_by="phone", at=NOON - WEEK)
    await tick(world, NOON)
    set_clock(AFTERNOON)
    return await taken(client, world)


async def test_settled_is_heard_and_ends_the_call(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    href, token = await calling(client, world)
    page = await client.get(href)
    assert page.status_code == 200
    assert "Avis sur la solution apportée" in page.text
    sent = await client.post(f"{href}/avis", data={"jeton": token, "quoi": "regle", "numero": "1"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/appels")
    assert await owner.fetchval("SELECT verdict FROM complaint") == "settled"
    assert await owner.fetchval("SELECT outcome FROM call_case WHERE kind = 'verdict'") == "answered"


async def test_what_the_client_says_on_the_page_meanwhile_takes_the_call_from_the_agent(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    href, _ = await calling(client, world)
    complaint = await owner.fetchval("SELECT id FROM complaint")
    async with transaction("answer") as db:
        await settle_by_client(db, complaint, clock.now())
    await tick(world, AFTERNOON + timedelta(minutes=1))
    row = await owner.fetchrow("SELECT state, outcome FROM call_case WHERE kind = 'verdict'")
    assert tuple(row) == ("done", "answered")
    assert (await client.get(f"{href}/etat")).status_code == 200


async def test_not_settled_opens_it_again_and_the_agent_goes_on(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    href, token = await calling(client, world)
    await client.post(f"{href}/avis", data={"jeton": token, "quoi": "pas-regle", "numero": "1"})
    assert await owner.fetchval("SELECT state FROM complaint") == "acknowledged"
    await tick(world, AFTERNOON + timedelta(minutes=1))
    assert await owner.fetchval("SELECT state FROM call_case WHERE kind = 'verdict'") == "held"
