"""Every visit gets one decision with its reason, and who is asked gets every attempt planned."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest
from tortoise.context import TortoiseContext

from quality import clock
from quality.app import House
from quality.db import execute, fetch, fetch_one, fetch_value, pool, tortoise_config
from quality.directory.geography import activity
from surveys.protocol.deciding import decide_pending
from surveys.protocol.strata import previous_quarter, quarter_of
from tests.surveys.closing import shut
from tests.surveys.protocol.decided import attempts, crowd, ledger, open_complaint, reason
from tests.surveys.visits import MOBILE, MORNING, how_many_wait, someone, visit, wait
from tests.world import World

DAY = timedelta(days=1)


async def test_a_first_visit_is_asked_with_every_attempt_planned(world: World, house: House) -> None:
    client = await someone(world, mobile=MOBILE, language="en", age_band="75-84")
    done = await visit(client)
    assert await decide_pending(house) == 1
    assert await reason(done) == "first_intervention"
    invitation = await fetch_one(pool("work"), "SELECT * FROM invitation")
    assert invitation["occasion_id"] == done
    assert (invitation["pseudonym"], invitation["first_mode"]) == (client.person, "sms")
    assert (invitation["month"], invitation["visit_on"]) == (date(2026, 11, 1), date(2026, 11, 24))
    assert (invitation["language"], invitation["age_band"]) == ("en", "75-84")
    assert (invitation["provider_name"], invitation["funders"]) == ("Aide 34", [world.herault])
    planned = await attempts()
    assert [(a["channel"], a["template"]) for a in planned] == [
        ("sms", "opening"),
        ("sms", "reminder"),
        ("phone", "call"),
        ("phone", "call"),
    ]
    assert {a["state"] for a in planned} == {"planned"}
    assert planned[0]["opens_at"] == MORNING + timedelta(hours=4)


async def test_the_request_counts_in_the_response_rate_and_opens_a_call(world: World, house: House) -> None:
    await visit(await someone(world, mobile=MOBILE))
    await decide_pending(house)
    cell = await fetch_one(pool("work"), "SELECT * FROM cell")
    assert (cell["indicator"], cell["n"], cell["x"], cell["respondent"]) == ("RR2", 1, 0, "")
    case = await fetch_one(pool("work"), "SELECT * FROM call_case")
    first_call = next(a for a in await attempts() if a["channel"] == "phone")
    assert (case["kind"], case["state"], case["attempt_id"]) == ("survey", "open", first_call["id"])
    assert case["next_due_at"] == first_call["opens_at"]


async def test_a_weekly_file_six_days_late_still_asks(world: World, house: House) -> None:
    late = MORNING - 6 * DAY
    asked = await visit(await someone(world, mobile=MOBILE), late, received_at=clock.now())
    await decide_pending(house)
    assert await reason(asked) == "first_intervention"
    assert len(await attempts()) > 0


async def test_a_planned_visit_waits_without_a_line_in_the_ledger(world: World, house: House) -> None:
    client = await someone(world, mobile=MOBILE)
    planned = await visit(client, MORNING + DAY, status="planned")
    assert await decide_pending(house) == 0
    assert await ledger() == {}
    await execute(
        pool("work"),
        "UPDATE intervention SET status = 'done', ended_at = planned_end, updated_at = $2 WHERE id = $1",
        planned,
        clock.now(),
    )
    await wait()
    assert await decide_pending(house) == 1
    assert await reason(planned) == "first_intervention"


async def test_a_cancelled_visit_is_not_asked(world: World, house: House) -> None:
    cancelled = await visit(
        await someone(world, mobile=MOBILE), status="cancelled", status_reason="organisation"
    )
    await decide_pending(house)
    assert await reason(cancelled) == "cancelled"
    assert await attempts() == []


async def test_a_no_show_is_asked_from_its_planned_end(world: World, house: House) -> None:
    client = await someone(world, mobile=MOBILE)
    await visit(client, MORNING - 2 * DAY)
    missed = await visit(client, status="not_done", status_reason="worker_absent")
    await decide_pending(house)
    assert await reason(missed) == "not_done"
    assert (await ledger())[missed]["ended_at"] == MORNING


async def test_another_visit_within_the_interval_is_not_asked(world: World, house: House) -> None:
    client = await someone(world, mobile=MOBILE)
    visits = [await visit(client, MORNING - n * DAY) for n in (2, 1, 0)]
    await decide_pending(house)
    assert [await reason(v) for v in visits] == ["first_intervention", "interval", "interval"]


async def test_the_platform_chooses_the_interval(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await owner.execute("UPDATE platform SET interval_days = 0")
    client = await someone(world, mobile=MOBILE)
    await visit(client, MORNING - DAY)
    second = await visit(client)
    await decide_pending(house)
    assert await reason(second) == "quarter_full_ask"


async def test_an_interval_holds_across_batches_and_providers(world: World, house: House) -> None:
    first = await someone(world, mobile=MOBILE)
    await visit(first, MORNING - DAY)
    await decide_pending(house)
    elsewhere = await someone(world, provider=world.cap, person=first.person, mobile=MOBILE)
    await visit(elsewhere, MORNING - timedelta(hours=2))
    later = await visit(elsewhere, MORNING, worker_reference="W1")
    await decide_pending(house)
    assert await reason(later) == "interval"


async def test_a_change_of_worker_is_asked_within_the_interval(world: World, house: House) -> None:
    client = await someone(world, mobile=MOBILE)
    await visit(client, MORNING - DAY)
    changed = await visit(client, worker_reference="W2")
    await decide_pending(house)
    assert await reason(changed) == "worker_changed"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"contact": "no"}, "contact_no"),
        ({"status": "deceased"}, "deceased"),
        ({"status": "hospital"}, "hospital"),
        ({"status": "moved"}, "moved"),
        ({"status": "ended"}, "ended"),
    ],
)
async def test_a_client_who_must_not_be_asked_is_not(
    world: World, house: House, given: dict, expected: str
) -> None:
    excluded = await visit(await someone(world, mobile=MOBILE, **given))
    await decide_pending(house)
    assert await reason(excluded) == expected
    assert await attempts() == []


async def test_a_client_without_any_channel_is_said_so(world: World, house: House) -> None:
    unreachable = await visit(await someone(world))
    await decide_pending(house)
    assert await reason(unreachable) == "no_channel"


async def test_a_refusal_of_the_person_holds_at_every_provider(world: World, house: House) -> None:
    client = await someone(world, mobile=MOBILE)
    await execute(pool("work"), "UPDATE person SET refused_at = now() WHERE id = $1", client.person)
    elsewhere = await someone(world, provider=world.cap, person=client.person, mobile=MOBILE)
    refused = await visit(elsewhere)
    await decide_pending(house)
    assert await reason(refused) == "refused"


async def test_a_death_told_elsewhere_holds_at_every_provider(world: World, house: House) -> None:
    client = await someone(world, mobile=MOBILE)
    await execute(pool("work"), "UPDATE person SET deceased_at = now() WHERE id = $1", client.person)
    elsewhere = await someone(world, provider=world.cap, person=client.person, mobile=MOBILE)
    spared = await visit(elsewhere)
    await decide_pending(house)
    assert await reason(spared) == "deceased"
    assert await attempts() == []


async def test_an_unknown_protocol_gives_way_to_the_platform_s(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await owner.execute("UPDATE organisation SET protocol = 'inconnu'")
    done = await visit(await someone(world, mobile=MOBILE))
    await decide_pending(house)
    assert await reason(done) == "first_intervention"


@pytest.mark.parametrize("table", ["protocol_version", "questionnaire_version"])
async def test_a_platform_that_is_not_ready_asks_nobody_and_says_so(
    world: World, house: House, owner: asyncpg.Connection, table: str
) -> None:
    await owner.execute(f"DELETE FROM {table}")
    done = await visit(await someone(world, mobile=MOBILE))
    assert await decide_pending(house) == 1
    assert await reason(done) == "not_configured"
    assert await attempts() == []


async def test_a_refused_endpoint_is_not_used_and_alone_it_is_a_refusal(world: World, house: House) -> None:
    await execute(
        pool("work"),
        """INSERT INTO endpoint (id, platform_id, kind, key, refused_at)
           VALUES (gen_random_uuid(), $1, 'phone', $2, now())""",
        world.platform,
        house.keyring.lookup("phone", MOBILE),
    )
    with_email = await someone(world, mobile=MOBILE, email="martin@example.invalid")
    alone = await someone(world, mobile=MOBILE)
    asked, refused = await visit(with_email), await visit(alone)
    await decide_pending(house)
    assert await reason(asked) == "first_intervention"
    assert {a["channel"] for a in await attempts()} == {"email"}
    assert await reason(refused) == "refused"


async def test_a_relative_is_asked_where_the_client_has_no_channel(world: World, house: House) -> None:
    await visit(await someone(world, relative_phone=MOBILE, relative_phone_is_mobile=True))
    await decide_pending(house)
    assert {a["audience"] for a in await attempts()} == {"relative"}
    assert await fetch_value(pool("work"), "SELECT audience FROM invitation") == "relative"


async def test_four_contacts_in_thirty_days_are_the_cap_even_for_a_first_visit(
    world: World, house: House
) -> None:
    client = await someone(world, mobile=MOBILE)
    recent = [clock.now() - n * DAY for n in (1, 2, 3, 29)]
    await execute(pool("work"), "UPDATE person SET recent = $2 WHERE id = $1", client.person, recent)
    capped = await visit(client)
    await decide_pending(house)
    assert await reason(capped) == "cap"


async def test_an_endpoint_shared_by_a_couple_counts_for_both(world: World, house: House) -> None:
    await execute(
        pool("work"),
        "INSERT INTO endpoint (id, platform_id, kind, key, recent) "
        "VALUES (gen_random_uuid(), $1, 'phone', $2, $3)",
        world.platform,
        house.keyring.lookup("phone", MOBILE),
        [clock.now() - n * DAY for n in (1, 2, 3, 29)],
    )
    capped = await visit(await someone(world, mobile=MOBILE))
    await decide_pending(house)
    assert await reason(capped) == "cap"


async def test_an_open_complaint_of_the_client_holds_back_the_survey(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    client = await someone(world, mobile=MOBILE)
    await open_complaint(owner, world, client.id)
    held = await visit(client)
    await decide_pending(house)
    assert await reason(held) == "complaint_open"


async def test_the_protocol_of_the_provider_comes_before_the_platform_s(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await owner.execute("UPDATE organisation SET protocol = 'integral' WHERE id = $1", world.aide34)
    await visit(await someone(world, mobile=MOBILE))
    await decide_pending(house)
    assert {a["channel"] for a in await attempts()} == {"phone"}


async def test_each_visit_of_a_hundred_gets_one_line(world: World, house: House) -> None:
    for _ in range(20):
        client = await someone(world, mobile=f"+336399{_:05d}")
        for n in range(5):
            await visit(client, MORNING - n * DAY)
    while await decide_pending(house, 7):
        pass
    assert (await how_many_wait(), len(await ledger())) == (0, 100)


async def outcome() -> dict[object, tuple[object, ...]]:
    planned = await fetch(
        pool("work"),
        """
        SELECT i.occasion_id,
            array_agg(ROW(a.step, a.channel, date_trunc('hour', a.opens_at))::text ORDER BY a.id) AS steps
        FROM attempt a JOIN invitation i ON i.id = a.invitation_id GROUP BY i.occasion_id
        """,
    )
    steps = {row["occasion_id"]: tuple(row["steps"]) for row in planned}
    return {
        identity: (row["decision"], row["reason"], row["draw"], steps.get(identity))
        for identity, row in (await ledger()).items()
    }


@pytest.mark.parametrize("planners", [2, 10])
async def test_planners_at_once_give_what_one_gives(
    world: World, house: House, owner: asyncpg.Connection, planners: int
) -> None:
    await owner.execute("UPDATE platform SET interval_days = 0, stratum_target = 10")
    await crowd(world)
    while await decide_pending(house):
        pass
    alone = await outcome()
    assert {reason for _, reason, _, _ in alone.values()} >= {"drawn", "not_drawn", "too_late"}
    for table in ("call_case", "attempt", "invitation", "occasion", "cell", "stratum"):
        await owner.execute(f"DELETE FROM {table}")
    await wait()

    async def planner() -> None:
        while await how_many_wait():
            await decide_pending(house, 3)

    async with connected(house, planners):
        await asyncio.gather(*(planner() for _ in range(planners)))
    assert await outcome() == alone


@asynccontextmanager
async def connected(house: House, planners: int) -> AsyncIterator[None]:
    """Give each of some planners a connection of its own: inside, the pools are others."""
    config = tortoise_config(house.database_url, house.components)
    config["connections"]["work"]["credentials"]["maxsize"] = planners
    async with TortoiseContext() as context:
        await context.init(config=config)
        yield


async def test_a_stratum_foresees_its_quarter_by_the_one_before(world: World, house: House) -> None:
    client = await someone(world, mobile=MOBILE)
    for n in (70, 69, 68):
        await visit(client, MORNING - n * DAY)
    refused = await someone(world, contact="no", mobile=MOBILE)
    await visit(refused, MORNING - 68 * DAY)
    await visit(client)
    while await decide_pending(house):
        pass
    strata = {row["quarter"]: row for row in await fetch(pool("work"), "SELECT * FROM stratum")}
    assert strata["2026-Q3"]["expected"] is None
    assert (strata["2026-Q4"]["expected"], strata["2026-Q4"]["target"]) == (3, 40)
    assert strata["2026-Q4"]["activity_group"] == activity("I-3").public


def test_quarters_follow_each_other() -> None:
    assert [quarter_of(date(2026, month, 1)) for month in (3, 4, 9, 12)] == [
        "2026-Q1",
        "2026-Q2",
        "2026-Q3",
        "2026-Q4",
    ]
    assert previous_quarter("2026-Q4") == "2026-Q3"


async def test_a_line_that_changed_while_it_was_decided_is_decided_again(world: World, house: House) -> None:
    moving = await visit(await someone(world, mobile=MOBILE))
    from surveys.protocol import ledger as sql

    stale = {"id": moving, "changed_at": datetime(2026, 1, 1, tzinfo=UTC)}
    await sql.settle(pool("work"), [stale])
    assert await how_many_wait() == 1
    await sql.settle(pool("work"), [stale | {"changed_at": MORNING}])
    assert await how_many_wait() == 0


async def test_no_call_is_planned_on_a_day_the_platform_is_shut(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    client = await someone(world, mobile=MOBILE)
    await visit(client)
    await decide_pending(house)
    first = next(a for a in await attempts() if a["channel"] == "phone")
    await owner.execute("DELETE FROM call_case; DELETE FROM attempt")
    await shut(owner, f"{first['opens_at']:%Y-%m-%d}")
    await visit(await someone(world, mobile="+33639980007"))
    await decide_pending(house)
    moved = next(a for a in await attempts() if a["channel"] == "phone")
    assert moved["opens_at"].date() > first["opens_at"].date()


async def test_an_attempt_keeps_the_cap_of_its_protocol(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await owner.execute(
        """
        INSERT INTO protocol_version (id, platform_id, name, version, definition, published_at)
        SELECT gen_random_uuid(), platform_id, name, 2, definition || '{"contact_cap": 2}', now()
        FROM protocol_version WHERE name = 'default'
        """
    )
    await visit(await someone(world, mobile=MOBILE))
    await decide_pending(house)
    assert [a["contact_cap"] for a in await attempts()] == [2, 2]


async def said(identity: object) -> str:
    return (await ledger())[identity]["told"]


async def test_what_a_provider_is_told_is_written_with_the_decision(world: World, house: House) -> None:
    await execute(pool("work"), "UPDATE organisation SET protocol = 'integral' WHERE id = $1", world.aide34)
    asked = await visit(await someone(world, mobile=MOBILE))
    refusing = await someone(world, mobile="+33612345679")
    await execute(pool("work"), "UPDATE person SET refused_at = now() WHERE id = $1", refusing.person)
    refused = await visit(refusing)
    unknown = await visit(await someone(world))
    await decide_pending(house)
    assert await reason(asked) == "first_intervention"
    assert await reason(refused) == "refused"
    assert [await said(each) for each in (asked, refused, unknown)] == ["noted", "noted", "no_channel"]


async def test_a_line_changed_to_learn_more_says_the_same_of_one_asked_and_one_refused(
    world: World, house: House
) -> None:
    asked = await visit(await someone(world, mobile=MOBILE))
    refusing = await someone(world, mobile="+33612345679")
    await execute(pool("work"), "UPDATE person SET refused_at = now() WHERE id = $1", refusing.person)
    refused = await visit(refusing)
    await decide_pending(house)
    for status, word in (("cancelled", "cancelled"), ("done", "noted"), ("not_done", "noted")):
        await execute(pool("work"), "UPDATE intervention SET status = $1", status)
        await wait()
        await decide_pending(house)
        assert [await said(asked), await said(refused)] == [word, word]
    assert [(await ledger())[each]["decision"] for each in (asked, refused)] == ["asked", "not_asked"]
