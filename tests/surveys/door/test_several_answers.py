"""A code looks the same before and after an answer; several answers through one are kept, and marked."""

import asyncio
import re
from datetime import timedelta

import asyncpg
import httpx

from quality import clock
from quality.db import fetch_value, pool
from surveys.dispatch.links import token_of
from surveys.door.entering import MOST_AN_HOUR
from surveys.honesty.rules import SEVERAL
from surveys.response import by_id
from surveys.verification import verify
from tests.surveys.door.visits import code_of, left_out, yesterday
from tests.surveys.invited import invited
from tests.surveys.respond.browsing import Person
from tests.surveys.visits import Someone
from tests.world import World

ADDRESSES = (
    *("", "/1", "/1?proche=oui", "?langue=en", "/1?note=5"),
    *("/2", "/merci", "/souhait", "/rappel", "/stop"),
)
SEAL = re.compile(r'name="feuille" value="(\w+)"')
MARKED = "SELECT admissible, count(*) FROM response GROUP BY 1"


async def test_a_code_looks_the_same_before_and_after_an_answer(
    at_door: Person, client: httpx.AsyncClient
) -> None:
    before = await _looks(client, at_door.token)
    await at_door.open()
    await at_door.post("1", globale="2")
    assert await _looks(client, at_door.token) == before
    await _second(at_door).post("1", globale="5")
    assert await _looks(client, at_door.token) == before
    assert [status for status, *_ in before[:5]] == [200] * 5


async def _looks(client: httpx.AsyncClient, code: str) -> list[tuple[object, ...]]:
    """Give all that the addresses of a code answer, but for the seal that each page draws."""
    return [
        (answer.status_code, sorted(answer.headers.items()), SEAL.sub("", answer.text))
        for method in ("GET", "HEAD")
        for address in ADDRESSES
        for answer in [await client.request(method, f"/s/{code}{address}")]
    ]


async def test_every_page_of_a_code_has_the_same_length(at_door: Person) -> None:
    assert len({len((await at_door.open()).content) for _ in range(60)}) == 1


async def test_a_second_answer_is_stored_and_both_are_marked(
    at_door: Person, owner: asyncpg.Connection, world: World
) -> None:
    await at_door.open()
    await at_door.post("1", globale="1")
    assert await _marked(owner) == {"yes": 1}
    await _second(at_door).post("1", globale="5")
    assert await _marked(owner) == {SEVERAL: 2}
    assert await _said(owner) == ["1", "5"]
    await _second(at_door).post("1", globale="4")
    assert await _marked(owner) == {SEVERAL: 3}
    await verify(world.house)


async def test_marked_answers_leave_the_cells_of_the_others(
    at_door: Person, owner: asyncpg.Connection
) -> None:
    await at_door.open()
    await at_door.post("1", globale="1")
    await _second(at_door).post("1", globale="5")
    sums = "SELECT sum(n) FROM cell WHERE admissible = $1 AND collector = 'self' AND indicator = 'GLOB'"
    assert await owner.fetchval(sums, "yes") == 0
    assert await owner.fetchval(sums, SEVERAL) == 2


async def test_whoever_answers_first_closes_nothing_and_reads_nothing(
    at_door: Person, owner: asyncpg.Connection
) -> None:
    await at_door.open()
    await at_door.post("1", globale="5")
    other = _second(at_door)
    assert (await other.open()).status_code == 200
    assert other.checked() == []
    assert (await other.post("1", globale="1")).status_code == 200
    assert other.at.split("/")[2] != at_door.at.split("/")[2]
    assert await _said(owner) == ["1", "5"]


async def test_what_is_answered_later_by_either_link_stays_marked(
    at_door: Person, owner: asyncpg.Connection, world: World
) -> None:
    await at_door.open()
    await at_door.post("1", globale="5")
    await _second(at_door).post("1", globale="1")
    first = await owner.fetchval("SELECT id FROM invitation ORDER BY id LIMIT 1")
    own = Person(at_door.client, token_of(world.house.keyring, first))
    await own.open("2")
    await own.post("2", ponctualite="4")
    await own.open("1?proche=oui")
    await own.post("1", globale="3")
    visit = await by_id(pool("answer"), first)
    assert visit is not None
    assert {name: each.admissible for name, each in visit.responses.items()} == {
        "client": SEVERAL,
        "relative": SEVERAL,
    }
    assert len(visit.answers_of("client")) == 2
    await verify(world.house)


async def test_the_answer_to_a_request_of_the_draw_is_not_marked(
    world: World, client: httpx.AsyncClient, owner: asyncpg.Connection
) -> None:
    token, invitation = await invited(world)
    await Person(client, token).post("1", globale="1")
    asked = await by_id(pool("answer"), invitation)
    assert asked is not None
    door = Person(client, code_of(world, asked.client_id, asked.visit_on))
    for _ in range(2):
        await _second(door).post("1", globale="5")
    assert await _marked(owner) == {"yes": 1, SEVERAL: 2}
    await verify(world.house)


async def test_answers_about_two_visits_of_one_paper_are_marked(
    at_door: Person, visited: Someone, owner: asyncpg.Connection
) -> None:
    await at_door.open()
    await at_door.post("1", globale="5")
    await left_out(visited, yesterday() + timedelta(hours=3))
    await _second(at_door).post("1", globale="4")
    assert await owner.fetchval("SELECT count(DISTINCT occasion_id) FROM invitation") == 2
    assert await _marked(owner) == {SEVERAL: 2}


async def test_the_same_page_sent_fifty_times_at_once_is_one_answer(
    at_door: Person, client: httpx.AsyncClient, owner: asyncpg.Connection
) -> None:
    await at_door.open()
    sent = _sent(at_door)
    people = [Person(client, at_door.token) for _ in range(50)]
    answers = await asyncio.gather(*(each.post("1", **sent) for each in people))
    assert {answer.status_code for answer in answers} == {200}
    assert len({each.at for each in people}) == 1
    assert await _marked(owner) == {"yes": 1}


async def test_the_same_page_sent_again_beside_another_answer_is_no_third(
    at_door: Person, owner: asyncpg.Connection
) -> None:
    await at_door.open()
    sent = _sent(at_door)
    await at_door.post("1", globale="4")
    await _second(at_door).post("1", globale="5")
    again = Person(at_door.client, at_door.token)
    await again.post("1", **sent)
    assert again.at == at_door.at
    assert await _said(owner) == ["4", "5"]


async def test_a_mark_changed_on_the_same_page_replaces_the_first(
    at_door: Person, owner: asyncpg.Connection, world: World
) -> None:
    await at_door.open()
    sent = _sent(at_door)
    await at_door.post("1", globale="3")
    await Person(at_door.client, at_door.token).post("1", **{**sent, "globale": "5"})
    assert await _said(owner) == ["5"]
    await verify(world.house)


async def test_eight_people_who_answer_at_once_are_all_kept_and_marked(
    at_door: Person, owner: asyncpg.Connection, world: World
) -> None:
    people = [_second(at_door) for _ in range(8)]
    for each in people:
        await each.open()
    await asyncio.gather(*(each.post("1", globale=str(1 + n % 5)) for n, each in enumerate(people)))
    assert await _marked(owner) == {SEVERAL: 8}
    await verify(world.house)


async def test_a_code_takes_so_many_answers_an_hour_and_shows_no_sign_of_it(
    at_door: Person, client: httpx.AsyncClient, owner: asyncpg.Connection
) -> None:
    before = await _looks(client, at_door.token)
    said = [(await _second(at_door).post("1", globale="5")).status_code for _ in range(MOST_AN_HOUR + 1)]
    assert said == [200] * MOST_AN_HOUR + [429]
    assert await _looks(client, at_door.token) == before
    assert await owner.fetchval("SELECT count(*) FROM response") == MOST_AN_HOUR


async def test_a_code_closes_by_its_date_answered_or_not(
    world: World, client: httpx.AsyncClient, visited: Someone
) -> None:
    at = clock.now() - timedelta(days=12)
    await left_out(visited, at)
    code = code_of(world, visited.id, at.date())
    answer = await client.post(f"/s/{code}/1", data={"globale": "5"}, headers={"origin": "http://testserver"})
    assert answer.status_code == 404
    assert await fetch_value(pool("work"), "SELECT count(*) FROM invitation") == 0


def _second(door: Person) -> Person:
    """Give somebody else who has the same paper, on another device."""
    return Person(door.client, door.token)


def _sent(person: Person) -> dict[str, str]:
    found = SEAL.search(person.text())
    assert found
    return {"feuille": found[1], "globale": "4"}


async def _marked(owner: asyncpg.Connection) -> dict[str, int]:
    return {row["admissible"]: row["count"] for row in await owner.fetch(MARKED)}


async def _said(owner: asyncpg.Connection) -> list[str]:
    return [row[0] for row in await owner.fetch("SELECT answers ->> 'globale' FROM response ORDER BY 1")]
