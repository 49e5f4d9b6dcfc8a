"""The desk's call about a solution: shown, heard, and ended, for somebody who answered by telephone."""

import re
from datetime import timedelta

import asyncpg
import httpx

from quality import clock
from quality.complaints.resolving.closing import settle_by_client
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


def form_with(page: str, field: str) -> tuple[str, dict[str, str]]:
    """Take the form of a page that holds a field: where it goes, and what it sends by itself."""
    form = next(each for each in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'name="{field}"' in each)
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    return re.findall(r'action="([^"]+)"', form)[0], dict(hidden)


async def test_settled_is_heard_and_ends_the_call(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    href, _ = await calling(client, world)
    page = await client.get(href)
    assert page.status_code == 200
    assert "Avis sur la solution apportée" in page.text
    action, fields = form_with(page.text, "quoi")
    sent = await client.post(action, data={**fields, "quoi": "regle"})
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
    told = (await client.get(f"{href}/etat")).json()  # the next poll says it: no tick is waited for
    assert not told["is_mine"]
    assert "vient de répondre" in told["words"]
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


async def test_a_death_heard_then_is_read_by_the_team_and_nothing_more_is_asked(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    href, token = await calling(client, world)
    form = {"jeton": token, "issue": "deceased", "confirme": "oui", "prevenir": "non"}
    assert (await client.post(f"{href}/issue", data=form)).status_code == 303
    row = await owner.fetchrow(
        "SELECT audience, account_id FROM complaint_event WHERE kind = 'staff_deceased'"
    )
    assert tuple(row) == ("staff", None)
    assert "La personne est décédée" in (await client.get("/reclamations/1")).text
    await tick(world, AFTERNOON + timedelta(days=1))
    assert await owner.fetchval("SELECT count(*) FROM attempt WHERE state = 'planned'") == 0
    assert await owner.fetchval("SELECT count(*) FROM call_case WHERE state <> 'done'") == 0


async def test_a_call_that_cannot_be_opened_yet_is_opened_as_soon_as_it_can(
    world: World, owner: asyncpg.Connection
) -> None:
    await complained(world, answered_by="phone", at=NOON - WEEK)
    await owner.execute(
        """
        INSERT INTO call_case (id, platform_id, kind, client_id, complaint_id, state, priority, language,
            next_due_at, closes_at, created_at, agent_id, lease_until, picked_at)
        SELECT gen_random_uuid(), s.platform_id, 'verdict', s.client_id, s.id, 'held', 30, 'fr', $1,
            $1::timestamptz + interval '9 days', $1, gen_random_uuid(), now() + interval '1 minute', $1
        FROM complaint_subject s
        """,
        NOON,
    )
    await tick(world, NOON)
    kept = "SELECT (SELECT count(*) FROM complaint_notice WHERE kind = 'client_verdict'),"
    kept += " (SELECT count(*) FROM invitation WHERE purpose = 'verdict')"
    assert tuple(await owner.fetchrow(kept)) == (0, 0)
    await owner.execute(
        "UPDATE call_case SET state = 'done', outcome = 'cancelled', closed_at = $1, agent_id = NULL,"
        " lease_until = NULL",
        NOON,
    )
    await tick(world, NOON + timedelta(minutes=1))
    assert await owner.fetchval("SELECT count(*) FROM call_case WHERE state = 'open'") == 1
    assert tuple(await owner.fetchrow(kept)) == (1, 1)
