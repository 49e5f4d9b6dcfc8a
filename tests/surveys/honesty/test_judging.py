"""Answers that rules set apart are kept, count apart with their reason, and cells follow exactly."""

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest

from quality import clock
from quality.db import fetch_value, pool, transaction
from quality.measures.releases.releasing import CALENDAR, create
from surveys.collect import record
from surveys.honesty.judging import forget_devices, judge, judge_answers
from surveys.honesty.rules import MANY_CLIENTS, QUICK, Reason
from surveys.response import by_id, response_id
from surveys.verification import verify
from tests.surveys.honesty.answers import CELLS, COUNTED, FIVE, answered
from tests.surveys.invited import invited
from tests.surveys.respond.browsing import Person
from tests.world import World

Owner = asyncpg.Connection
RELEASED = """
SELECT coalesce(sum(b.n), 0) FROM release_base b JOIN release_cell c ON c.id = b.id WHERE c.indicator = 'GLOB'
"""
DEVICE = b"one telephone...."[:16]


async def held(owner: Owner) -> list[tuple[str, list[str]]]:
    rows = await owner.fetch("SELECT admissible, doubts FROM response ORDER BY id")
    return [(row["admissible"], row["doubts"]) for row in rows]


async def from_one_device(world: World, clients: int, **others: object) -> list[UUID]:
    return [await answered(world, device=DEVICE, mobile=f"+3363998{n:04d}", **others) for n in range(clients)]


async def test_many_clients_of_one_device_count_apart_those_of_before_too(world: World, owner: Owner) -> None:
    await from_one_device(world, MANY_CLIENTS - 1)
    await judge_answers(world.house)
    assert await owner.fetchval(COUNTED, "yes") == MANY_CLIENTS - 1
    await answered(world, device=DEVICE, mobile="+33639990001")
    await judge_answers(world.house)
    assert await held(owner) == [("one_device", ["one_device"])] * MANY_CLIENTS
    assert await owner.fetchval(COUNTED, "yes") == 0
    assert await owner.fetchval(COUNTED, "one_device") == MANY_CLIENTS
    await verify(world.house)


async def test_devices_are_counted_by_provider_and_within_a_week(world: World, owner: Owner) -> None:
    await from_one_device(world, MANY_CLIENTS - 2)
    await answered(world, device=DEVICE, mobile="+33639990001", provider=world.cap)
    await answered(world, device=DEVICE, mobile="+33639990002", ago=timedelta(days=8))
    await answered(world, device=b"another one.....", mobile="+33639990003")
    await answered(world, device=None, mobile="+33639990004")
    await judge_answers(world.house)
    assert {admissible for admissible, _ in await held(owner)} == {"yes"}


async def test_one_client_who_answers_often_from_one_device_is_nobody_else(
    world: World, owner: Owner
) -> None:
    await answered(world, device=DEVICE)
    client = await fetch_value(pool("work"), "SELECT id FROM client")
    for days in range(MANY_CLIENTS):
        await answered(world, device=DEVICE, client=client, days_ago=days + 2)
    await judge_answers(world.house)
    assert {admissible for admissible, _ in await held(owner)} == {"yes"}


async def test_a_number_that_many_clients_have_sets_their_answers_apart(world: World, owner: Owner) -> None:
    for _ in range(MANY_CLIENTS):
        await answered(world, mobile="+33639990099")
    await answered(world, mobile="+33639990100")
    await judge_answers(world.house)
    assert sorted(await held(owner)) == [*[("one_number", ["one_number"])] * MANY_CLIENTS, ("yes", [])]
    await verify(world.house)


@pytest.mark.parametrize(("lasts", "expected"), [(QUICK - timedelta(seconds=1), "too_fast"), (QUICK, "yes")])
async def test_a_whole_questionnaire_in_less_than_five_seconds_counts_apart(
    world: World, owner: Owner, lasts: timedelta, expected: str
) -> None:
    await answered(world, lasts=lasts)
    await judge_answers(world.house)
    assert [admissible for admissible, _ in await held(owner)] == [expected]
    await verify(world.house)


async def test_the_word_on_the_worker_is_heard_and_can_be_taken_back(world: World, owner: Owner) -> None:
    await answered(world)
    before = await owner.fetch(CELLS)
    await owner.execute("UPDATE response SET worker = 'present'")
    await judge_answers(world.house)
    assert await held(owner) == [("worker_present", ["worker_present"])]
    assert await owner.fetchval(COUNTED, "worker_present") == 1
    await verify(world.house)
    await owner.execute("UPDATE response SET worker = ''")
    await judge_answers(world.house)
    assert await held(owner) == [("yes", [])]
    assert await owner.fetch(CELLS) == before


async def test_later_answers_of_a_response_set_apart_stay_apart(world: World, owner: Owner) -> None:
    asked = await answered(world)
    async with transaction("work") as db:
        await judge(db, [asked], {response_id(asked, "client"): [Reason.ONE_DEVICE]})
    visit = await by_id(pool("answer"), asked)
    assert visit is not None
    saved = await record(pool("answer"), visit, {"globale": 1}, channel="web", now=clock.now())
    assert saved.visit is not None
    assert saved.visit.responses["client"].doubts == ("one_device",)
    assert await owner.fetchval(COUNTED, "one_device") == 1
    assert await owner.fetchval(COUNTED, "yes") == 0
    await verify(world.house)


async def test_what_one_person_said_of_the_worker_says_nothing_of_another_who_answers(
    world: World, owner: Owner
) -> None:
    asked = await answered(world)
    async with transaction("work") as db:
        await judge(db, [asked], {response_id(asked, "client"): [Reason.WORKER_PRESENT]})
    visit = await by_id(pool("answer"), asked)
    assert visit is not None
    await record(pool("answer"), visit, {"globale": 4}, channel="web", respondent="relative", now=clock.now())
    assert [admissible for admissible, _ in await held(owner)] == ["worker_present", "yes"]
    await verify(world.house)


@pytest.mark.parametrize("days", [45, 100])
async def test_no_answer_is_published_before_it_is_judged(world: World, owner: Owner, days: int) -> None:
    """The job may have been stopped since: a release judges first all the answers of its period."""
    await from_one_device(world, MANY_CLIENTS, days_ago=days + 1, ago=timedelta(days=days))
    month = (clock.now() - timedelta(days=days + 1)).astimezone(CALENDAR)
    await create(world.platform, f"{month:%Y-%m}")
    assert await held(owner) == [("one_device", ["one_device"])] * MANY_CLIENTS
    assert await owner.fetchval(RELEASED) == 0
    await verify(world.house)


async def test_judging_twice_changes_nothing(world: World, owner: Owner) -> None:
    await from_one_device(world, MANY_CLIENTS)
    await judge_answers(world.house)
    rows = await owner.fetch("SELECT * FROM response ORDER BY id")
    await judge_answers(world.house)
    assert await owner.fetch("SELECT * FROM response ORDER BY id") == rows


async def test_a_device_is_noted_with_the_answer_and_forgotten_after_thirty_days(
    person: Person, world: World, owner: Owner
) -> None:
    await person.open()
    assert await owner.fetchval("SELECT count(*) FROM response") == 0
    await person.post("1", globale="5")
    key = await owner.fetchval("SELECT device_key FROM response")
    assert len(key) == 16
    await owner.execute("UPDATE response SET created_at = created_at - interval '28 days'")
    await forget_devices(world.house)
    assert await owner.fetchval("SELECT device_key FROM response") == key
    await owner.execute("UPDATE response SET created_at = created_at - interval '1 day 1 minute'")
    await forget_devices(world.house)
    assert await owner.fetchval("SELECT device_key FROM response") is None


async def test_the_other_people_of_one_browser_have_its_key(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    for n in range(2):
        token, _ = await invited(world, mobile=f"+3363998000{n}")
        somebody = Person(client, token)
        await somebody.open()
        await somebody.post("1", globale="4")
    assert await owner.fetchval("SELECT count(DISTINCT device_key) FROM response") == 1


async def test_people_who_answer_while_answers_are_judged_lose_nothing(world: World, owner: Owner) -> None:
    await from_one_device(world, MANY_CLIENTS)
    client = await fetch_value(pool("work"), "SELECT id FROM client LIMIT 1")
    waiting = [(await invited(world, client=client, days_ago=days + 2))[1] for days in range(6)]
    first = await owner.fetchval("SELECT invitation_id FROM response ORDER BY id LIMIT 1")

    async def say(asked: UUID, mark: int) -> None:
        visit = await by_id(pool("answer"), asked)
        assert visit is not None
        await record(pool("answer"), visit, {**FIVE, "globale": mark}, channel="web", now=clock.now())

    await asyncio.gather(
        judge_answers(world.house),
        *(say(each, 2) for each in (*waiting, first, first)),
        judge_answers(world.house),
    )
    await judge_answers(world.house)
    rows = await owner.fetch("SELECT answers ->> 'globale' AS mark FROM response")
    assert sorted(row["mark"] for row in rows) == ["2"] * 7 + ["5"] * (MANY_CLIENTS - 1)
    await verify(world.house)
