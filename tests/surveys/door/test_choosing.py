"""A supervisor reads several answers of one paper side by side, keeps one or none; cells follow exactly."""

import re
from datetime import timedelta

import asyncpg
import httpx
import pytest

from quality.errors import Conflict, NotFound
from surveys.door import choosing
from surveys.response import SET_ASIDE, SEVERAL
from surveys.verification import verify
from tests.quality.measures.test_pages import seen
from tests.surveys.door.visits import left_out, yesterday
from tests.surveys.respond.browsing import Person
from tests.surveys.visits import Someone
from tests.world import World, sign_in

HREF = "/interventions/plusieurs-reponses"
GLOBAL = "SELECT coalesce(sum(n), 0) FROM cell WHERE admissible = $1 AND indicator = 'GLOB'"
HELD = "SELECT invitation_id, admissible FROM response ORDER BY id"


@pytest.fixture
async def doubted(at_door: Person) -> Person:
    """Let three people answer by one paper: 1, 5 and 4."""
    for mark in ("1", "5", "4"):
        await Person(at_door.client, at_door.token).post("1", globale=mark)
    return at_door


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
    await choosing.choose(world.actor("supervisor"), paper.id, await nth(owner, 1))
    assert await held(owner) == [SET_ASIDE, "yes", SET_ASIDE]
    assert [await owner.fetchval(GLOBAL, each) for each in ("yes", SEVERAL, SET_ASIDE)] == [1, 0, 2]
    assert await choosing.doubted(world.actor("supervisor")) == ()
    await verify(world.house)


@pytest.mark.usefixtures("doubted")
async def test_keeping_none_leaves_all_aside(world: World, owner: asyncpg.Connection) -> None:
    await choosing.choose(world.actor("supervisor"), await nth(owner, 0), None)
    assert await held(owner) == [SET_ASIDE] * 3
    assert await owner.fetchval(GLOBAL, "yes") == 0
    await verify(world.house)


@pytest.mark.usefixtures("doubted")
async def test_a_choice_is_made_once_and_is_in_the_audit(world: World, owner: asyncpg.Connection) -> None:
    first = await nth(owner, 0)
    await choosing.choose(world.actor("supervisor"), first, first)
    with pytest.raises(Conflict):
        await choosing.choose(world.actor("supervisor"), first, None)
    rows = await owner.fetch("SELECT detail FROM audit WHERE action = 'answers.choose'")
    assert len(rows) == 1
    assert str(first) in rows[0]["detail"]


async def test_another_answer_by_the_same_paper_doubts_the_one_that_was_kept(
    doubted: Person, world: World, owner: asyncpg.Connection
) -> None:
    first = await nth(owner, 0)
    await choosing.choose(world.actor("supervisor"), first, first)
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
    await choosing.choose(world.actor("supervisor"), first, None)
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
    await choosing.choose(world.actor("supervisor"), await nth(owner, 0), None)
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
    assert "Choisissez une réponse, ou aucune." in refused.text
    kept = await nth(owner, 1)
    done = await client.post(href[1], data={"jeton": token, "garder": str(kept)})
    assert done.headers["location"] == f"{HREF}?fait=gardee"
    after = seen(await client.get(done.headers["location"]))
    assert "La réponse gardée" in after
    assert "Aucune réponse à départager" in after
    again = await client.post(href[1], data={"jeton": token, "garder": "aucune"})
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
        await choosing.choose(stranger, first, None)


@pytest.mark.usefixtures("doubted")
async def test_only_an_answer_of_the_paper_can_be_kept(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await sign_in(client, world, "supervisor")
    href = f"{HREF}/{await nth(owner, 0)}"
    for wrong in ("01a19467-e800-7000-8000-0000000000aa", "n-importe"):
        answer = await client.post(href, data={"jeton": token, "garder": wrong})
        assert answer.status_code in {404, 422}
