"""Once a year each client still visited is asked about the year, under the caps of any request."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from quality import clock
from quality.app import House
from quality.db import execute, fetch, fetch_one, fetch_value, pool, transaction
from surveys.collect import record
from surveys.dispatch import rerouting
from surveys.dispatch.links import token_of
from surveys.response import by_id
from surveys.verification import recomputed
from surveys.yearly.asking import ask_due
from surveys.yearly.days import day_of
from tests.surveys.dispatch.asking import set_clock
from tests.surveys.visits import MOBILE, Someone, someone, visit
from tests.world import World

DAY = timedelta(days=1)
TODAY = date(2026, 11, 24)  # a Tuesday
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def born_for(day: date) -> UUID:
    """Draw a client who is asked about the year on that day."""
    while day_of(drawn := uuid4()) != day.timetuple().tm_yday - 1:
        pass
    return drawn


async def regular(world: World, day: date = TODAY, **given) -> Someone:
    """Write a client visited for nine months, until last week, whose day this is."""
    client = await someone(world, id=born_for(day), **{"mobile": MOBILE, **given})
    for back in (270, 7):
        await visit(client, NOON - back * DAY, is_undecided=False)
    return client


async def years() -> list[dict[str, object]]:
    return await fetch(pool("work"), "SELECT * FROM invitation WHERE purpose = 'yearly' ORDER BY id")


async def asked() -> set[object]:
    return {row["client_id"] for row in await years()}


async def test_whoever_has_their_day_is_asked_the_questions_of_the_year(world: World, house: House) -> None:
    client = await regular(world, language="en", age_band="75-84")
    await regular(world, TODAY + DAY, mobile="+33639980002")
    set_clock(NOON)
    assert await ask_due(house) == 1
    (request,) = await years()
    code = "SELECT code FROM questionnaire_version WHERE id = $1"
    assert await fetch_value(pool("work"), code, request["questionnaire_id"]) == "yearly"
    assert (request["client_id"], request["occasion_id"]) == (client.id, None)
    assert (request["month"], request["visit_on"]) == (date(2026, 11, 1), TODAY)
    assert (request["language"], request["provider_name"]) == ("en", "Aide 34")
    attempts = await fetch(pool("work"), "SELECT channel, purpose, opens_at FROM attempt ORDER BY id")
    assert [each["channel"] for each in attempts] == ["sms", "sms", "phone", "phone"]
    assert attempts[0]["opens_at"] - NOON - timedelta(hours=4) < timedelta(minutes=1)
    assert {each["purpose"] for each in attempts} == {"survey"}  # the gate counts it as any other
    assert await fetch_value(pool("work"), "SELECT count(*) FROM cell") == 0


async def test_late_twice_or_by_two_workers_one_request_is_made(world: World, house: House) -> None:
    await regular(world)
    set_clock(NOON + 9 * DAY)
    await asyncio.gather(ask_due(house), ask_due(house), ask_due(house))
    await ask_due(house)
    assert len(await years()) == 1


async def test_a_day_at_the_end_of_a_year_asked_late_is_of_that_year(world: World, house: House) -> None:
    client = await regular(world, date(2026, 12, 30))
    await visit(client, NOON + 40 * DAY, is_undecided=False)
    set_clock(datetime(2027, 1, 4, 11, 0, tzinfo=UTC))
    assert await ask_due(house) == 1
    assert [row["month"] for row in await years()] == [date(2026, 12, 1)]
    assert await ask_due(house) == 0


async def test_the_year_after_they_are_asked_again(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await regular(world)
    set_clock(NOON)
    await ask_due(house)
    await owner.execute(
        "UPDATE invitation SET month = '2025-11-01', closed_at = now(), closed_reason = 'expired'"
    )
    assert await ask_due(house) == 1


async def test_after_thirty_days_nobody_is_asked_any_more(world: World, house: House) -> None:
    await regular(world, TODAY - 30 * DAY)
    kept = await regular(world, TODAY - 29 * DAY, mobile="+33639980002")
    set_clock(NOON)
    await ask_due(house)
    assert await asked() == {kept.id}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE client SET contact = 'no'",
        "UPDATE client SET status = 'hospital', status_since = '2026-11-01'",
        "UPDATE person SET deceased_at = now()",
        "UPDATE person SET refused_at = now()",
        "UPDATE person SET recent = array_fill('2026-11-20 09:00+00'::timestamptz, ARRAY[4])",
        "UPDATE client SET mobile_key = NULL",
        "UPDATE questionnaire_use SET code = '' WHERE moment = 'yearly'",
    ],
)
async def test_whoever_may_not_be_asked_is_not(
    world: World, house: House, owner: asyncpg.Connection, change: str
) -> None:
    await regular(world)
    await owner.execute(change)
    set_clock(NOON)
    assert await ask_due(house) == 0


async def test_somebody_visited_since_a_short_time_or_no_more_is_not_asked(
    world: World, house: House
) -> None:
    new = await someone(world, id=born_for(TODAY), mobile=MOBILE)
    await visit(new, NOON - 30 * DAY, is_undecided=False)
    gone = await someone(world, id=born_for(TODAY), mobile="+33639980002")
    await visit(gone, NOON - 270 * DAY, is_undecided=False)
    await visit(gone, NOON - 90 * DAY, is_undecided=False)
    set_clock(NOON)
    assert await ask_due(house) == 0


async def test_whoever_still_has_a_question_to_answer_waits(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    client = await regular(world)
    other = await someone(world, person=client.person, provider=world.cap, id=born_for(TODAY), mobile=MOBILE)
    for back in (270, 7):
        await visit(other, NOON - back * DAY, is_undecided=False)
    set_clock(NOON)
    assert await ask_due(house) == 1  # one of her two providers
    set_clock(NOON + DAY)
    assert await ask_due(house) == 0
    await owner.execute("UPDATE invitation SET closed_at = now(), closed_reason = 'expired'")
    assert await ask_due(house) == 1
    assert await asked() == {client.id, other.id}


async def test_those_who_waited_are_asked_at_twice_the_pace_the_oldest_first(
    world: World, house: House
) -> None:
    late = [await regular(world, TODAY - n * DAY, mobile=f"+3363998{n:04}") for n in (1, 8, 3, 2, 9)]
    set_clock(NOON)
    assert await ask_due(house) == 2
    assert await ask_due(house) == 0
    assert await asked() == {late[1].id, late[4].id}
    set_clock(NOON + DAY)
    assert await ask_due(house) == 2
    assert await asked() == {late[1].id, late[4].id, late[2].id, late[3].id}


async def test_the_answers_of_a_year_count_for_what_a_year_asks_and_for_no_visit(
    world: World, house: House
) -> None:
    await regular(world)
    set_clock(NOON)
    await ask_due(house)
    (request,) = await years()
    found = await by_id(pool("answer"), UUID(str(request["id"])))
    assert found is not None
    answers = {"annee": 1, "appels": 2, "prix": "no"}
    said = await record(pool("answer"), found, answers, channel="web", now=clock.now())
    assert (said.is_first, said.low) == (True, ())
    assert await fetch(pool("work"), "SELECT indicator FROM cell") == [{"indicator": "INFO"}]
    async with transaction("work") as db:
        assert await recomputed(db) == []
    states = await fetch(pool("work"), "SELECT DISTINCT state, reason FROM attempt")
    assert states == [{"state": "suppressed", "reason": "answered"}]


async def test_a_page_asks_of_the_year(world: World, house: House, client: httpx.AsyncClient) -> None:
    await regular(world)
    set_clock(NOON)
    await ask_due(house)
    (request,) = await years()
    page = await client.get(f"/s/{token_of(house.keyring, UUID(str(request['id'])))}")
    assert page.status_code == 200
    assert "Comment s’est passée cette année avec Aide 34" in page.text


async def test_a_number_that_dies_is_gone_round_for_a_year_too(world: World, house: House) -> None:
    await regular(world, email="odile@example.org")
    set_clock(NOON)
    await ask_due(house)
    await execute(
        pool("work"), "UPDATE endpoint SET failed_at = $1 WHERE kind = 'phone'", NOON + timedelta(hours=1)
    )
    set_clock(NOON + timedelta(hours=1))
    await rerouting.reroute(clock.now())
    found = await fetch_one(pool("work"), "SELECT count(*) AS n FROM attempt WHERE channel = 'email'")
    assert found == {"n": 2}
