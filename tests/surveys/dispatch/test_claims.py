"""A claim counts, leases and fences; concurrent claimers never pass a cap nor take one attempt twice."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from quality.db import execute, fetch, fetch_one, fetch_value, pool
from surveys.dispatch import settling
from surveys.dispatch.claims import (
    CLAIM,
    CLAIM_GATE,
    LEASE,
    Claimed,
    claim,
    release,
    span,
    start,
    uncount,
)
from surveys.dispatch.gate import OF_ITS_COMPLAINT
from tests.kannel import until
from tests.live import PATIENCE_SECONDS
from tests.surveys.dispatch.asking import (
    MOBILE,
    NOON,
    asked,
    attempt_of,
    attempts,
    change,
    claim_at,
    first_attempt,
    follow_up,
    recent,
)
from tests.surveys.visits import someone
from tests.world import World


async def test_a_claim_leases_fences_and_counts_at_once(world: World) -> None:
    client = await asked(world)
    (claimed,) = await claim_at()
    row = await first_attempt()
    assert (row["state"], row["fence"], row["claims"], row["claimed_by"]) == ("claimed", 1, 1, "test")
    assert row["counted_at"] == NOON
    assert row["lease_until"] is not None
    assert (await recent("person", client.person), await recent("endpoint")) == ([NOON], [NOON])
    event = await fetch_one(pool("work"), "SELECT attempt_id, at, channel FROM contact_event")
    assert event == {"attempt_id": claimed.id, "at": NOON, "channel": "sms"}


async def test_a_lease_lives_in_the_database_s_time_whatever_the_business_clock_says(world: World) -> None:
    await asked(world)
    await claim_at()
    left = await fetch_value(pool("work"), "SELECT lease_until - now() FROM attempt WHERE step = 1")
    assert timedelta(seconds=50) < left <= timedelta(seconds=60)


async def test_of_two_contacts_at_one_instant_one_is_taken_back(world: World) -> None:
    client = await asked(world)
    await claim_at()
    attempt = await first_attempt()
    await change("person", "recent = ARRAY[$1, $1]::timestamptz[]", NOON)
    await change("attempt", "state = 'failed', reason = 'carrier_down', lease_until = NULL", where="step = 1")
    await uncount(pool("work"), [attempt["id"]])
    assert await recent("person", client.person) == [NOON]


async def test_what_is_claimed_is_not_claimed_again(world: World) -> None:
    await asked(world)
    assert len(await claim_at()) == 1
    assert await claim_at() == []


async def test_a_retry_is_a_contact_of_the_day_on_which_it_leaves(world: World) -> None:
    client = await asked(world)
    (first,) = await claim_at()
    await put_off(first)
    assert await recent("person", client.person) == []
    later = NOON + timedelta(minutes=5)
    (again,) = await claim_at(later)
    assert again.fence == first.fence + 1
    assert await recent("person", client.person) == [later]
    assert await fetch_value(pool("work"), "SELECT at FROM contact_event") == later


async def test_a_retry_waits_once_others_filled_the_cap(world: World) -> None:
    client = await asked(world)
    await change("person", "recent = $1", [NOON - timedelta(days=n) for n in (1, 2, 3)])
    (first,) = await claim_at()
    await put_off(first)
    assert len(await recent("person", client.person)) == 3
    await change("person", "recent = array_prepend($1::timestamptz, recent)", NOON)
    assert await claim_at(NOON + timedelta(minutes=5)) == []


async def test_what_may_have_left_passes_though_its_own_contact_filled_the_cap(world: World) -> None:
    client = await asked(world)
    await change("person", "recent = $1", [NOON - timedelta(days=n) for n in (1, 2, 3)])
    (first,) = await claim_at()
    await put_off(first, is_unsure=True)
    assert len(await recent("person", client.person)) == 4
    assert len(await claim_at(NOON + timedelta(minutes=5))) == 1
    assert await fetch_value(pool("work"), "SELECT count(*) FROM contact_event") == 1


async def put_off(claimed: Claimed, *, is_unsure: bool = False) -> None:
    """Start a message that its carrier cannot take now, or lost."""
    await start(pool("work"), [claimed], NOON)
    await settling.deferred(pool("work"), claimed, NOON, timedelta(minutes=1), is_unsure=is_unsure)


async def test_only_the_four_newest_contacts_are_kept(world: World) -> None:
    client = await asked(world)
    old = [NOON - timedelta(days=31 + n) for n in range(4)]
    await change("person", "recent = $1", old)
    await claim_at()
    assert await recent("person", client.person) == [NOON, *old[:3]]


async def test_an_attempt_that_never_left_counts_no_more(world: World) -> None:
    client = await asked(world)
    (claimed,) = await claim_at()
    await uncount(pool("work"), [claimed.id])
    assert await recent("person", client.person) == []
    assert await recent("endpoint") == []
    assert await fetch_value(pool("work"), "SELECT count(*) FROM contact_event") == 0
    assert (await first_attempt())["counted_at"] is None


async def test_what_is_given_back_is_planned_again_and_not_counted(world: World) -> None:
    client = await asked(world)
    claimed = await claim_at()
    await release(pool("work"), claimed)
    row = await first_attempt()
    assert (row["state"], row["claims"], row["lease_until"]) == ("planned", 0, None)
    assert await recent("person", client.person) == []


async def test_one_attempt_an_endpoint_leaves_in_a_batch(world: World) -> None:
    await asked(world)
    await asked(world, await someone(world, mobile=MOBILE))
    assert len(await claim_at()) == 1
    assert len(await claim_at()) == 1


async def test_one_attempt_a_person_leaves_in_a_batch(world: World) -> None:
    client = await asked(world)
    await change("platform", "interval_days = 0")
    elsewhere = await someone(world, provider=world.cap, person=client.person, mobile="+33639980009")
    await asked(world, elsewhere)
    assert len(await claim_at()) == 1


async def test_a_batch_is_never_larger_than_its_limit(world: World) -> None:
    for n in range(4):
        await asked(world, await someone(world, mobile=f"+3363998{n:04d}"))
    assert len(await claim_at(limit=3)) == 3


async def test_nothing_is_claimed_outside_a_span_that_was_read(world: World) -> None:
    assert await span(pool("work"), ["sms"], NOON) is None
    await asked(world)
    first, last = await span(pool("work"), ["sms"], NOON) or (None, None)
    later = UUID(int=last.int + 1), UUID(int=last.int + 256)
    assert await claim(pool("work"), ["sms"], "test", 9, NOON, within=later) == []
    assert len(await claim(pool("work"), ["sms"], "test", 9, NOON, within=(first, last))) == 1


async def test_only_the_channels_of_the_claimer_are_claimed(world: World) -> None:
    await asked(world)
    assert await claim_at(channels=("email", "phone")) == []


async def test_an_agent_claims_the_call_of_one_request_only(world: World) -> None:
    for n in range(2):
        await asked(world, await someone(world, phone=f"+3346700000{n}"))
    call = await attempt_of("channel = 'phone' AND try_number = 1")
    now = call["opens_at"] + timedelta(minutes=1)
    taken = await claim(pool("work"), ["phone"], "agent", 10, now, invitation=call["invitation_id"])
    assert [one.id for one in taken] == [call["id"]]
    assert await claim(pool("work"), ["phone"], "agent", 10, now, invitation=uuid4()) == []


async def test_the_address_is_the_one_of_the_counted_endpoint(world: World) -> None:
    client = await asked(world)
    (claimed,) = await claim_at()
    assert claimed.place == "client.mobile"
    keyring = world.house.keyring
    assert keyring.decrypt(claimed.cipher, claimed.place, client.id) == MOBILE


async def test_news_planned_before_a_number_changed_have_no_address(
    world: World, owner: asyncpg.Connection
) -> None:
    await asked(world)
    await follow_up(world, owner)
    await change("client", "mobile_key = '\\x01'")
    (claimed,) = await claim_at()
    assert (claimed.place, claimed.cipher) == (None, None)


async def test_a_start_needs_the_fence_and_the_lease(world: World) -> None:
    await asked(world)
    (claimed,) = await claim_at()
    await change("attempt", "fence = fence + 1")
    assert not await start(pool("work"), [claimed], NOON)
    await change("attempt", "fence = fence - 1, lease_until = now() - interval '1 second'", where="step = 1")
    assert not await start(pool("work"), [claimed], NOON)
    await change("attempt", "lease_until = now() + interval '1 minute'", where="step = 1")
    assert await start(pool("work"), [claimed], NOON)
    assert not await start(pool("work"), [claimed], NOON)


async def test_a_refusal_between_claim_and_call_stops_the_message(world: World) -> None:
    await asked(world)
    (claimed,) = await claim_at()
    await execute(pool("work"), "SELECT refuse($1, 'web', $2)", claimed.invitation_id, NOON)
    assert not await start(pool("work"), [claimed], NOON)
    assert (await first_attempt())["state"] == "suppressed"


async def test_a_death_between_claim_and_call_stops_the_message(world: World) -> None:
    await asked(world)
    (claimed,) = await claim_at()
    await change("client", "status = 'deceased'")
    assert not await start(pool("work"), [claimed], NOON)


async def claim_each_at_once(world: World) -> int:
    """Let one claimer a request try at the same time, each several times; return how many were claimed."""
    requests = [row["id"] for row in await fetch(pool("work"), "SELECT id FROM invitation")]

    async def claimer(request: object) -> int:
        tries = [
            len(await claim(pool("work"), ["sms"], "test", 10, NOON, invitation=request)) for _ in range(6)
        ]
        return sum(tries)

    return sum(await asyncio.gather(*(claimer(request) for request in requests)))


async def test_claimers_at_once_never_pass_an_endpoint_s_cap(world: World) -> None:
    """Ten clients on one phone: four messages leave, never five."""
    for _ in range(10):
        await asked(world, await someone(world, mobile=MOBILE))
    assert await claim_each_at_once(world) == 4
    assert len(await recent("endpoint")) == 4


async def test_claimers_at_once_never_pass_a_person_s_cap(world: World) -> None:
    """Eight phones of one person: four messages leave."""
    await change("platform", "interval_days = 0")
    person = uuid4()
    for n in range(8):
        await asked(world, await someone(world, person=person, mobile=f"+3363998{n:04d}"))
    assert await claim_each_at_once(world) == 4
    assert len(await recent("person", person)) == 4


async def news_of_one_complaint(world: World, owner: asyncpg.Connection) -> None:
    """Plan three pieces of news of one complaint, by as many requests, one contact before the cap."""
    for n in range(3):
        await asked(world, await someone(world, mobile=f"+3363998{n:04d}"))
    await follow_up(world, owner)
    await change("complaint", "contacts = 1")


async def test_claimers_at_once_never_pass_a_complaint_s_cap(world: World, owner: asyncpg.Connection) -> None:
    """One more piece of news may leave: of three planned for one complaint, one does."""
    await news_of_one_complaint(world, owner)
    assert await claim_each_at_once(world) == 1
    assert await fetch_value(pool("work"), "SELECT contacts FROM complaint") == 2


async def test_a_claimer_that_began_before_another_counted_sees_the_complaint_s_cap(
    world: World, owner: asyncpg.Connection, server: object
) -> None:
    await news_of_one_complaint(world, owner)
    other = await asyncpg.connect(**_work(server))
    try:
        await other.execute("SET ROLE quality_work")
        change_open = other.transaction()
        await change_open.start()
        await other.execute("UPDATE complaint SET contacts = 2")
        assert await asyncio.wait_for(claim_at(), PATIENCE_SECONDS) == []  # the row is locked: it is skipped
        await change_open.commit()
        assert await claim_at() == []  # and then the cap holds
    finally:
        await other.close()


# A claim that waits here has chosen by what was true before; what it writes is decided on the locked row.
LOOKS, WAITS = "SELECT complaint_id FROM chosen)", "SELECT complaint_id FROM chosen WHERE {} IS NOT NULL)"
LOCK = "pg_advisory_xact_lock(1)"
READ_AGAIN = " AND ".join(["true", *(CLAIM_GATE[name] for name in OF_ITS_COMPLAINT)])


REMEDIED = "state = 'remedied', acknowledged_at = now(), remedied_at = now(), cause = 'x', remedy = 'y'"


@pytest.mark.parametrize(
    ("before", "meanwhile"),
    [
        ("contacts = 1", "contacts = 2"),
        (REMEDIED, "state = 'acknowledged'"),
    ],
)
async def test_a_claim_reads_its_complaint_again_once_it_is_locked(
    world: World, owner: asyncpg.Connection, before: str, meanwhile: str
) -> None:
    await asked(world)
    await follow_up(world, owner)
    purpose = "verdict" if "state" in before else "news"
    for table in ("invitation", "attempt"):
        await change(table, f"purpose = '{purpose}'")
    assert READ_AGAIN in CLAIM
    for claiming, takes_it in ((CLAIM, False), (CLAIM.replace(READ_AGAIN, "true"), True)):
        await change("complaint", before)
        waiting = claiming.replace(LOOKS, WAITS.format(LOCK))
        given = (NOON, ["sms"], "test", 9, LEASE, None, *await span(pool("work"), ["sms"], NOON))
        async with owner.transaction():
            await owner.execute(f"SELECT {LOCK}")
            claimer = asyncio.create_task(fetch(pool("work"), waiting, *given))
            await until(lambda: is_waiting(owner), "the claim")
            await owner.execute(f"UPDATE complaint SET {meanwhile}")
        (found,) = await asyncio.gather(claimer, return_exceptions=True)
        assert (found != []) is takes_it


async def is_waiting(owner: asyncpg.Connection) -> bool:
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    return await owner.fetchval(waiting) > 0


async def test_a_follow_up_that_never_left_counts_no_more(world: World, owner: asyncpg.Connection) -> None:
    await asked(world)
    await follow_up(world, owner)
    (claimed,) = await claim_at()
    assert await fetch_value(pool("work"), "SELECT contacts FROM complaint") == 1
    for _ in range(2):
        await uncount(pool("work"), [claimed.id])
        assert await fetch_value(pool("work"), "SELECT contacts FROM complaint") == 0
    assert (await first_attempt())["counted_at"] is None


async def test_a_follow_up_tried_again_counts_once(world: World, owner: asyncpg.Connection) -> None:
    await asked(world)
    await follow_up(world, owner)
    for n in range(3):
        (claimed,) = await claim_at(NOON + timedelta(minutes=2 * n))
        assert await fetch_value(pool("work"), "SELECT contacts FROM complaint") == 1
        await put_off(claimed)
        assert await fetch_value(pool("work"), "SELECT contacts FROM complaint") == 0


async def test_a_claimer_that_waited_sees_what_the_one_before_it_counted(
    world: World, server: object, house: object
) -> None:
    """The counter is read on the row as it is once locked, not as it was when the statement began."""
    client = await asked(world)
    other = await asyncpg.connect(**_work(server))
    try:
        await other.execute("SET ROLE quality_work")
        change_open = other.transaction()
        await change_open.start()
        await other.execute(
            "UPDATE person SET recent = $2 WHERE id = $1",
            client.person,
            [NOON - timedelta(hours=n) for n in range(4)],
        )
        assert await asyncio.wait_for(claim_at(), PATIENCE_SECONDS) == []  # the row is locked: it is skipped
        await change_open.commit()
        assert await claim_at() == []  # and then the cap holds
    finally:
        await other.close()


def _work(server: object) -> dict[str, object]:
    from quality.db import credentials

    return credentials(server.application_url)


async def test_concurrent_claimers_share_the_work_without_taking_one_twice(world: World) -> None:
    for n in range(30):
        await asked(world, await someone(world, mobile=f"+3363998{n:04d}"))

    async def claimer(name: str) -> list[object]:
        taken: list[object] = []
        for _ in range(15):
            taken += [one.id for one in await claim(pool("work"), ["sms"], name, 5, NOON)]
        return taken

    taken = [one for each in await asyncio.gather(*(claimer(f"c{n}") for n in range(4))) for one in each]
    assert len(taken) == len(set(taken)) == 30
    states = await fetch(
        pool("work"), "SELECT count(*) AS n FROM attempt WHERE state = 'claimed' AND fence = 1"
    )
    assert states[0]["n"] == 30
    assert len(await attempts()) > 30
