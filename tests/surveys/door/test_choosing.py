"""A supervisor reads several answers of one paper side by side, keeps one or none; cells follow exactly."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import httpx
import pytest

from quality import postgres
from quality.db import credentials
from quality.errors import Conflict, NotFound
from surveys.door import choosing
from surveys.door.entering import ALONE
from surveys.honesty.rules import SET_ASIDE, SEVERAL
from surveys.verification import verify
from tests.live import PATIENCE_SECONDS
from tests.quality.measures.views.test_pages import seen
from tests.surveys.door.visits import left_out, yesterday
from tests.surveys.respond.browsing import Person
from tests.surveys.visits import Someone
from tests.world import World, sign_in

HREF = "/interventions/plusieurs-reponses"
GLOBAL = "SELECT coalesce(sum(n), 0) FROM cell WHERE admissible = $1 AND indicator = 'GLOB'"
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
HELD = "SELECT invitation_id, admissible FROM response ORDER BY id"


@pytest.fixture
async def doubted(at_door: Person) -> Person:
    """Let three people answer by one paper: 1, 5 and 4."""
    for mark in ("1", "5", "4"):
        await Person(at_door.client, at_door.token).post("1", globale=mark)
    return at_door


async def choose(world: World, paper: object, kept: object) -> None:
    """Choose among the links that wait, as the page that was just opened does."""
    actor = world.actor("supervisor")
    links = (await choosing.read(actor, paper)).links
    await choosing.choose(actor, paper, kept, [link.id for link in links])


async def shown(owner: asyncpg.Connection) -> list[object]:
    """Give the links that a page opened now shows."""
    rows = await owner.fetch("SELECT invitation_id FROM response WHERE admissible = $1 ORDER BY id", SEVERAL)
    return [row["invitation_id"] for row in rows]


async def held(owner: asyncpg.Connection) -> list[str]:
    return [row["admissible"] for row in await owner.fetch(HELD)]


async def nth(owner: asyncpg.Connection, rank: int) -> object:
    return (await owner.fetch(HELD))[rank]["invitation_id"]


@pytest.mark.usefixtures("doubted")
async def test_the_one_that_is_kept_counts_and_the_others_count_apart(
    world: World, owner: asyncpg.Connection
) -> None:
    (paper,) = await choosing.doubted(world.actor("supervisor"))
    assert paper.answers == 3
    await choose(world, paper.id, await nth(owner, 1))
    assert await held(owner) == [SET_ASIDE, "yes", SET_ASIDE]
    assert [await owner.fetchval(GLOBAL, each) for each in ("yes", SEVERAL, SET_ASIDE)] == [1, 0, 2]
    assert await choosing.doubted(world.actor("supervisor")) == ()
    await verify(world.house)


@pytest.mark.usefixtures("doubted")
async def test_keeping_none_leaves_all_aside(world: World, owner: asyncpg.Connection) -> None:
    await choose(world, await nth(owner, 0), None)
    assert await held(owner) == [SET_ASIDE] * 3
    assert await owner.fetchval(GLOBAL, "yes") == 0
    await verify(world.house)


@pytest.mark.usefixtures("doubted")
async def test_a_choice_is_made_once_and_is_in_the_audit(world: World, owner: asyncpg.Connection) -> None:
    first = await nth(owner, 0)
    await choose(world, first, first)
    with pytest.raises(Conflict):
        await choose(world, first, None)
    rows = await owner.fetch("SELECT detail FROM audit WHERE action = 'answers.choose'")
    assert len(rows) == 1
    assert str(first) in rows[0]["detail"]


async def test_another_answer_by_the_same_paper_doubts_the_one_that_was_kept(
    doubted: Person, world: World, owner: asyncpg.Connection
) -> None:
    first = await nth(owner, 0)
    await choose(world, first, first)
    await Person(doubted.client, doubted.token).post("1", globale="3")
    assert await held(owner) == [SEVERAL, SET_ASIDE, SET_ASIDE, SEVERAL]
    (paper,) = await choosing.doubted(world.actor("supervisor"))
    assert paper.answers == 2
    assert len((await choosing.read(world.actor("supervisor"), first)).links) == 2
    await verify(world.house)


async def test_who_answers_later_by_a_link_left_aside_stays_aside(
    doubted: Person, world: World, owner: asyncpg.Connection
) -> None:
    from surveys.dispatch.links import token_of

    first = await nth(owner, 0)
    await choose(world, first, None)
    own = Person(doubted.client, token_of(world.house.keyring, first))
    await own.post("2", ponctualite="4")
    await own.open("1?proche=oui")
    await own.post("1", globale="3")
    assert await held(owner) == [SET_ASIDE] * 4
    await verify(world.house)


@pytest.mark.usefixtures("doubted")
async def test_papers_of_two_days_are_chosen_apart(
    world: World, visited: Someone, client: httpx.AsyncClient, owner: asyncpg.Connection
) -> None:
    from tests.surveys.door.visits import code_of

    before = yesterday() - timedelta(days=1)
    await left_out(visited, before)
    other = Person(client, code_of(world, visited.id, before.date()))
    for mark in ("2", "3"):
        await Person(client, other.token).post("1", globale=mark)
    assert [paper.answers for paper in await choosing.doubted(world.actor("supervisor"))] == [3, 2]
    await choose(world, await nth(owner, 0), None)
    assert await held(owner) == [SET_ASIDE] * 3 + [SEVERAL] * 2


@pytest.mark.usefixtures("doubted")
async def test_the_page_shows_answers_side_by_side_and_keeps_one(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await sign_in(client, world, "supervisor")
    board = (await client.get("/appels/pilotage")).text
    assert HREF in board
    listed = (await client.get(HREF)).text
    assert "Une visite a plusieurs réponses par un même code" in listed
    href = re.search(rf'href="({HREF}/[0-9a-f-]+)"', listed)
    assert href is not None
    page = await client.get(href[1])
    words = seen(page)
    assert "Réponse 1" in words
    assert "Réponse 3" in words
    assert "Très mal" in words
    assert "Très bien" in words
    refused = await client.post(href[1], data={"jeton": token})
    assert refused.status_code == 422
    assert f'<a href="#garder-{await nth(owner, 0)}">Choisissez une réponse, ou aucune.' in refused.text
    kept = await nth(owner, 1)
    read = re.findall(r'name="lue" value="([0-9a-f-]+)"', page.text)
    assert read == [str(link) for link in await shown(owner)]
    done = await client.post(href[1], data={"jeton": token, "garder": str(kept), "lue": read})
    assert done.headers["location"] == f"{HREF}?fait=gardee"
    after = seen(await client.get(done.headers["location"]))
    assert "La réponse gardée" in after
    assert "Aucune réponse à départager" in after
    again = await client.post(href[1], data={"jeton": token, "garder": "aucune", "lue": read})
    assert again.status_code == 409
    read = await owner.fetchval("SELECT count(*) FROM audit WHERE action = 'answers.read'")
    assert read >= 1


@pytest.mark.usefixtures("doubted")
async def test_another_platform_finds_neither_paper_nor_answers(
    world: World, owner: asyncpg.Connection
) -> None:
    first = await nth(owner, 0)
    stranger = world.actor("funder", world.gironde)
    assert await choosing.doubted(stranger) == ()
    with pytest.raises(NotFound):
        await choosing.read(stranger, first)
    with pytest.raises(NotFound):
        await choosing.choose(stranger, first, None, ())


@pytest.mark.usefixtures("doubted")
async def test_only_an_answer_of_the_paper_can_be_kept(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await sign_in(client, world, "supervisor")
    href = f"{HREF}/{await nth(owner, 0)}"
    for wrong in ("01a19467-e800-7000-8000-0000000000aa", "n-importe"):
        answer = await client.post(href, data={"jeton": token, "garder": wrong})
        assert answer.status_code in {404, 422}


async def test_an_answer_that_came_after_the_page_is_not_set_aside_unread(
    doubted: Person, client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token, href = await sign_in(client, world, "supervisor"), f"{HREF}/{await nth(owner, 0)}"
    read = [str(link) for link in await shown(owner)]
    await Person(doubted.client, doubted.token).post("1", globale="3")
    sent = {"jeton": token, "garder": read[0], "lue": read}
    refused = await client.post(href, data=sent)
    assert refused.status_code == 409
    assert "Les réponses ont changé depuis l’ouverture de cette page." in seen(refused)
    assert "Réponse 4" in seen(refused)
    assert "<title>Erreur" in refused.text
    assert await held(owner) == [SEVERAL] * 4
    read = re.findall(r'name="lue" value="([0-9a-f-]+)"', refused.text)
    assert (await client.post(href, data=sent | {"lue": read})).status_code == 303
    assert await held(owner) == ["yes", SET_ASIDE, SET_ASIDE, SET_ASIDE]


async def test_a_link_set_aside_before_is_not_kept_by_an_old_page(
    doubted: Person, world: World, owner: asyncpg.Connection
) -> None:
    first, second = await nth(owner, 0), await nth(owner, 1)
    old = await shown(owner)
    await choose(world, first, first)
    await Person(doubted.client, doubted.token).post("1", globale="3")
    for read in (old, await shown(owner)):
        with pytest.raises(Conflict):
            await choosing.choose(world.actor("supervisor"), first, second, read)
    assert await held(owner) == [SEVERAL, SET_ASIDE, SET_ASIDE, SEVERAL]
    await verify(world.house)


@pytest.mark.usefixtures("doubted")
async def test_two_who_choose_at_once_never_keep_two(
    world: World, owner: asyncpg.Connection, server: postgres.Server
) -> None:
    links = await shown(owner)
    async with alone(server, links[0]) as waiting:
        choices = [
            asyncio.create_task(choosing.choose(world.actor("supervisor"), links[0], kept, links))
            for kept in links
        ]
        await waiting(len(choices))
    refused = await asyncio.gather(*choices, return_exceptions=True)
    assert [type(each) for each in refused if each is not None] == [Conflict, Conflict]
    assert sorted(await held(owner)) == [SET_ASIDE, SET_ASIDE, "yes"]
    await verify(world.house)


async def test_an_answer_that_comes_while_somebody_chooses_is_read_under_the_same_lock(
    doubted: Person, world: World, owner: asyncpg.Connection, server: postgres.Server
) -> None:
    links = await shown(owner)
    async with alone(server, links[0]) as waiting:
        answering = asyncio.create_task(Person(doubted.client, doubted.token).post("1", globale="3"))
        await waiting(1)
        choice = asyncio.create_task(choosing.choose(world.actor("supervisor"), links[0], links[0], links))
        await waiting(2)
    assert (await answering).status_code == 200
    with pytest.raises(Conflict):
        await choice
    assert await held(owner) == [SEVERAL] * 4
    await verify(world.house)


@asynccontextmanager
async def alone(server: postgres.Server, link: object) -> AsyncIterator[Callable[[int], Awaitable[None]]]:
    """Hold a client's papers on another connection; give what waits until so many others want them."""

    async def waiting(number: int) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await connection.fetchval(WAITING) < number:
                pass  # each look is a turn of the loop

    connection = await asyncpg.connect(**credentials(server.owner_url))
    try:
        async with connection.transaction():
            client = await connection.fetchval("SELECT client_id FROM invitation WHERE id = $1", link)
            await connection.execute(ALONE, str(client))
            yield waiting
    finally:
        await connection.close()
