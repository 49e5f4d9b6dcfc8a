"""Claiming people: the oldest visits first, however many wait."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from quality.app import House
from quality.db import fetch_value, pool, transaction
from quality.ids import uuid7
from surveys.protocol import ledger
from surveys.protocol.deciding import decide_pending
from tests.surveys.visits import MOBILE, MORNING, someone, visit
from tests.world import World

HOUR = timedelta(hours=1)


async def test_the_oldest_wait_is_decided_first_and_the_next_planner_takes_the_next(
    world: World, owner: asyncpg.Connection
) -> None:
    people = []
    for n in (2, 0, 1):
        client = await someone(world, mobile=MOBILE)
        await visit(client, MORNING - n * HOUR)
        people.append(client.person)
    assert await claimed(1) == [people[0]]
    async with held_elsewhere(owner, people[0]):
        assert await claimed(2) == [people[2], people[1]]


@asynccontextmanager
async def held_elsewhere(owner: asyncpg.Connection, person: UUID) -> AsyncIterator[None]:
    lock = (ledger.PERSON_LOCK, str(person))
    await owner.execute("SELECT pg_advisory_lock($1, hashtext($2))", *lock)
    yield
    await owner.execute("SELECT pg_advisory_unlock($1, hashtext($2))", *lock)


async def claimed(limit: int) -> list[object]:
    async with transaction("work") as db:
        return [row["person_id"] for row in await ledger.claim_people(db, limit)]


async def test_a_planner_looks_further_when_another_holds_whoever_waits_first(
    world: World, owner: asyncpg.Connection
) -> None:
    first, second = await someone(world, mobile=MOBILE), await someone(world, mobile="+33639980002")
    for n in range(ledger.VISITS_LOOKED_AT + 1):
        await visit(first, MORNING + timedelta(seconds=n))
    await visit(second, MORNING + HOUR)
    async with held_elsewhere(owner, first.person):
        assert await claimed(1) == [second.person]


async def test_a_quarter_that_ends_later_elsewhere_is_decided_first(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    midnight = datetime(2026, 9, 30, 22, 30, tzinfo=UTC)  # October in La Réunion, September in Martinique
    later = await someone(world, departement="974")
    for n in range(ledger.VISITS_LOOKED_AT + 1):
        await visit(later, midnight + timedelta(seconds=n))
    earlier = await visit(await someone(world, departement="972"), midnight + HOUR)
    assert await decide_pending(house, 1) == 1
    assert await owner.fetchval("SELECT id FROM occasion") == earlier


async def test_a_place_unknown_to_the_calendar_keeps_nobody_waiting(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await visit(await someone(world, departement="999"), MORNING - 30 * 24 * HOUR)
    known = await visit(await someone(world, mobile=MOBILE))
    for _person in range(2):
        await decide_pending(house, 1)
    assert await owner.fetch("SELECT id FROM occasion") == [(known,)]
    assert await owner.fetchval("SELECT array_agg(tries) FROM undecided_visit") == [1]


async def test_a_backlog_is_read_in_the_order_of_its_index(world: World, owner: asyncpg.Connection) -> None:
    trial = owner.transaction()
    await trial.start()
    try:
        await owner.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        plan = "\n".join(row[0] for row in await owner.fetch(f"EXPLAIN {ledger.CLAIM}", 200, 1_600))
    finally:
        await trial.rollback()
    assert plan.count("undecided_visit_oldest") == 2
    assert "Seq Scan on undecided_visit" not in plan
    assert "Sort Key: u.ended_at" not in plan  # the order of the index, sorted by nobody


async def test_a_quarter_of_a_stratum_is_counted_by_its_index(owner: asyncpg.Connection) -> None:
    """Thousands are counted in the first minutes of a quarter, each among months of decisions."""
    trial = owner.transaction()
    await trial.start()
    try:
        await owner.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        plan = [row[0].strip() for row in await owner.fetch(f"EXPLAIN {ledger.COUNTED}", "[]", [])]
    finally:
        await trial.rollback()
    read = [line for line in plan if " on occasion_" in line]
    assert read != []
    assert [line for line in read if "_stratum_id_decision_reason_idx" not in line] == []


async def test_visits_asked_about_are_looked_for_in_the_months_around_them(world: World) -> None:
    await fetch_value(pool("work"), "SELECT ensure_partitions($1, -2, 3)", MORNING)
    person = (await someone(world)).person
    since, until = MORNING - 7 * 24 * HOUR, MORNING + 7 * 24 * HOUR
    seen = [since, MORNING, until]
    unseen = [(since, since - 32 * 24 * HOUR), (until, until + 32 * 24 * HOUR)]
    rows = {uuid7(planned): end for end, planned in [*((at, at) for at in seen), *unseen]}
    await ledger.write(pool("work"), "occasion", [asked_row(world, person, *row) for row in rows.items()])
    found = await ledger.asked_of(pool("work"), [person], since, until)
    assert sorted(row["ended_at"] for row in found) == seen
    assert {row["id"] for row in found} == set(list(rows)[:3])


def asked_row(world: World, person: UUID, identity: UUID, ended_at: datetime) -> dict[str, object]:
    return {
        "id": identity,
        "platform_id": world.platform,
        "provider_id": world.aide34,
        "client_id": person,
        "person_id": person,
        "decision": "asked",
        "reason": "drawn",
        "told": "noted",
        "stratum_id": None,
        "draw": None,
        "ended_at": ended_at,
        "decided_at": ended_at,
    }


async def test_what_pages_look_up_has_its_index(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'")
    written = "\n".join(row["indexdef"].partition(" ON ")[2] for row in rows)
    for index in (
        "public.complaint_subject USING btree (client_id)",
        "public.inbound USING btree (invitation_id)",
        "public.intervention USING btree (import_batch_id)",
    ):
        assert index in written.replace("ONLY ", "")
