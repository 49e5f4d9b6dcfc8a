"""« Appelez-moi » from the page of a complaint: a half-day chosen, one call, seen on the page."""

import asyncpg
import httpx

from surveys.callbacks import SERIOUS
from surveys.desk.queueing.ticks import desk_complaints
from tests.quality.complaints.followed.guest import guest, words
from tests.world import World, sign_in

WEDNESDAY, THURSDAY = "202611251130", "202611261700"


async def calls(owner: asyncpg.Connection) -> list[tuple[str, str, str, int]]:
    rows = await owner.fetch("SELECT kind, state, next_due_at, priority FROM call_case")
    return [(row["kind"], row["state"], f"{row['next_due_at']:%d %H:%M}", row["priority"]) for row in rows]


async def test_a_half_day_is_chosen_and_the_page_says_when(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world)
    assert "Je préfère être appelé au téléphone" in words(await mine.open())
    assert "mercredi 25 novembre de 10 h à 12 h 30" in words(await mine.open("/rappel"))
    done = words(await mine.post("/rappel", creneau=WEDNESDAY))
    assert "Votre demande d’appel est enregistrée." in done
    assert "Vous demandez un appel : « mercredi 25 novembre, de 10 h à 12 h 30 »" in done
    assert await calls(owner) == [("callback", "open", "25 09:00", 20)]


async def test_another_choice_moves_the_one_call(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world)
    await mine.post("/rappel", creneau=WEDNESDAY)
    await mine.post("/rappel", creneau=THURSDAY)
    assert await calls(owner) == [("callback", "open", "26 13:00", 20)]


async def test_a_call_that_an_agent_is_making_is_not_asked_for_twice(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world, "call_first")
    await desk_complaints(world.house)
    await owner.execute(
        "UPDATE call_case SET state = 'held', agent_id = gen_random_uuid(),"
        " lease_until = now() + interval '1 minute'"
    )
    await mine.post("/rappel", creneau=WEDNESDAY)
    assert [kind for kind, *_ in await calls(owner)] == ["complaint"]


async def test_a_call_about_a_serious_event_waits_for_a_supervisor(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world)
    await owner.execute("UPDATE complaint SET is_serious = true")
    await mine.post("/rappel", creneau=WEDNESDAY)
    assert await owner.fetchval("SELECT referred_why FROM call_case") == SERIOUS


async def test_hours_are_those_of_the_place(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world)
    await owner.execute("UPDATE complaint SET departement = '972'")
    await mine.post("/rappel", creneau="202611251630")
    assert await calls(owner) == [("callback", "open", "25 14:00", 20)]


async def test_a_moment_is_asked_for(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world)
    for creneau in ("", "202001011130"):
        page = await mine.post("/rappel", creneau=creneau)
        assert page.status_code == 422
        assert 'href="#creneau-' in page.text
    assert await calls(owner) == []


async def test_gironde_reads_there_what_anybody_reads(client: httpx.AsyncClient, world: World) -> None:
    mine = await guest(client, world)
    before = await mine.open("/rappel")
    await sign_in(client, world, "funder", world.gironde)
    assert (await mine.open("/rappel")).text == before.text
