"""What clients answer about their year is read by the platform, and by their provider when they say so."""

from uuid import UUID

import asyncpg
import httpx
import pytest

from quality import clock
from quality.app import House
from quality.db import pool, transaction
from surveys.collect import record
from surveys.disclosing import disclose
from surveys.response import by_id
from surveys.retracting import retract
from surveys.verification import recomputed
from surveys.yearly.asking import ask_due
from tests.surveys.dispatch.asking import set_clock
from tests.surveys.occasions.test_occasion_story import story
from tests.surveys.yearly.test_asking import NOON, regular
from tests.world import World, sign_in

PAGE = "/interventions/bilans"
WORDS = "Une année sans histoires"
CELLS = "SELECT indicator, n, x, parts FROM cell WHERE n > 0 ORDER BY indicator"
ROLES = ["agent", "provider", "funder", "observer", "admin"]


async def answered(world: World, house: House, owner: asyncpg.Connection) -> UUID:
    """Let a client answer about the year; give their last visit."""
    client = await regular(world)
    set_clock(NOON)
    await ask_due(house)
    visit = await by_id(pool("answer"), await owner.fetchval("SELECT id FROM invitation"))
    assert visit is not None
    said = {"annee": 4, "prix": "no", "commentaire": WORDS}
    await record(pool("answer"), visit, said, channel="web", now=clock.now())
    last = "SELECT id FROM intervention WHERE client_id = $1 ORDER BY ended_at DESC LIMIT 1"
    return UUID(str(await owner.fetchval(last, client.id)))


async def test_the_list_leads_to_the_story_that_tells_the_whole_answer(
    client: httpx.AsyncClient, world: World, house: House, owner: asyncpg.Connection
) -> None:
    visit = await answered(world, house, owner)
    await sign_in(client, world, "supervisor")
    page = (await client.get(f"{PAGE}?annee=2026&organisme={world.aide34}")).text
    assert f'href="/interventions/{visit}"' in page
    assert "4 Plutôt bien" in page
    told = await story(client, visit)
    assert "Bilan de l’année 2026 : La personne elle-même" in told
    assert WORDS in told
    assert "1 bilan de l’année" in (await client.get(f"{PAGE}?annee=2025&organisme={world.cap}&page=9")).text


async def test_what_is_said_of_the_year_counts_in_the_figures_of_the_year(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await answered(world, house, owner)
    visit = await by_id(pool("answer"), await owner.fetchval("SELECT id FROM invitation"))
    assert visit is not None
    said = {"meme_personne": "yes", "prevention": "no", "besoins": "yes", "recommandation": 3}
    await record(pool("answer"), visit, said, channel="web", now=clock.now())
    again = await by_id(pool("answer"), visit.id)
    assert again is not None
    corrected = {"recommandation": 10, "besoins": "no"}
    await record(pool("answer"), again, corrected, channel="web", now=clock.now())
    counted = "SELECT indicator, n, x, parts FROM cell WHERE n > 0 ORDER BY indicator"
    assert [tuple(row) for row in await owner.fetch(counted)] == [
        ("CONT", 1, 1, None),
        ("INFO", 1, 0, [1, 0, 0, 0, 1, 0]),
        ("NPS", 1, 2, [*[0] * 10, 1]),
        ("PREV", 1, 0, None),
    ]
    async with transaction("work") as db:
        assert await recomputed(db) == []
    await owner.execute("UPDATE cell SET parts = array_fill(1, ARRAY[11]) WHERE indicator = 'NPS'")
    async with transaction("work") as db:
        assert [each.place for each in await recomputed(db)] == ["cell"]


async def test_an_answer_of_the_year_taken_back_leaves_its_cells_as_before(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await answered(world, house, owner)
    visit = await by_id(pool("answer"), await owner.fetchval("SELECT id FROM invitation"))
    assert visit is not None
    before = await owner.fetch(CELLS)
    await record(pool("answer"), visit, {"recommandation": 9}, channel="web", now=clock.now())
    assert await owner.fetch(CELLS) != before
    async with transaction("work") as db:
        assert await retract(db, visit.id, "recommandation", respondent="client", now=clock.now())
        assert await recomputed(db) == []
    assert await owner.fetch(CELLS) == before


async def test_a_provider_reads_it_with_the_name_only_when_its_client_says_so(
    client: httpx.AsyncClient, world: World, house: House, owner: asyncpg.Connection
) -> None:
    visit = await answered(world, house, owner)
    await sign_in(client, world, "provider", world.aide34)
    assert WORDS not in await story(client, visit)
    assert WORDS not in (await client.get("/avis")).text
    found = await by_id(pool("answer"), await owner.fetchval("SELECT id FROM invitation"))
    assert found is not None
    await disclose(pool("answer"), found, "client", "named", clock.now())
    page = (await client.get("/avis")).text
    assert WORDS in page
    assert "Bilan de l’année 2026." in page


@pytest.mark.parametrize("role", ROLES)
async def test_gironde_and_whoever_is_not_the_platform_open_no_list(
    client: httpx.AsyncClient, world: World, role: str
) -> None:
    own = {"provider": world.aide34, "funder": world.gironde, "observer": world.observer}
    await sign_in(client, world, role, own.get(role))
    assert (await client.get(PAGE)).status_code == 403
