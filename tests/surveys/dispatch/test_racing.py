"""A claim that began before another counted a contact does not believe what it read of the attempts."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from quality.db import fetch, fetch_value, pool
from surveys.dispatch.claims import CLAIM_GATE, LEASE, OF_ONE, ONE, statement
from surveys.dispatch.gate import lines_of
from tests.kannel import until
from tests.surveys.dispatch.asking import MOBILE, NOON, asked, change, claim_at
from tests.surveys.dispatch.test_claims import is_waiting
from tests.surveys.dispatch.test_gate import EVER
from tests.surveys.visits import someone
from tests.world import World

KEY = 7
# Waits for the owner's lock once it has read what is due, and before it locks it.
WAITS = {"waits": f"pg_advisory_xact_lock_shared({KEY})::text = ''"}
ANY_S, ONE_S = "any request's", "one request's"


async def claim_that_began_before_another(
    owner: asyncpg.Connection, now: datetime, request: UUID | None, first: int = 9
) -> tuple[int, list[UUID]]:
    """Let a claim of noon commit while one of `now` has read and locked nothing; tell what each took."""
    if request is None:
        claiming, span = statement(CLAIM_GATE | WAITS), EVER
    else:
        claiming, span = statement(lines_of(ONE) | WAITS, OF_ONE), ()
    await owner.execute(f"SELECT pg_advisory_lock({KEY})")
    try:
        late = asyncio.create_task(
            fetch(pool("work"), claiming, now, ["sms"], "late", 9, LEASE, request, *span)
        )
        await until(lambda: is_waiting(owner), "the claim that began first")
        claimed = await claim_at(limit=first)
    finally:
        await owner.execute(f"SELECT pg_advisory_unlock({KEY})")
    return len(claimed), [row["id"] for row in await late]


async def two_visits(world: World) -> UUID:
    """Two visits of one person by two providers, due together; give the request that is due last."""
    await change("platform", "interval_days = 0")
    client = await asked(world)
    elsewhere = await someone(world, provider=world.cap, person=client.person, mobile=MOBILE)
    await asked(world, elsewhere)
    opens_at = f"$1::timestamptz - (client_id <> '{elsewhere.id}')::integer * interval '1 minute'"
    await change("attempt", f"opens_at = {opens_at}", NOON, where="step = 1")
    request = await fetch_value(pool("work"), "SELECT id FROM invitation WHERE client_id = $1", elsewhere.id)
    return UUID(str(request))


@pytest.mark.parametrize("whose", [ANY_S, ONE_S])
async def test_two_visits_of_one_person_do_not_both_leave_by_two_workers(
    world: World, owner: asyncpg.Connection, whose: str
) -> None:
    second = await two_visits(world)
    request = second if whose == ONE_S else None
    assert await claim_that_began_before_another(owner, NOON, request) == (1, [])
    assert await claim_at() == []


@pytest.mark.parametrize("whose", [ANY_S, ONE_S])
async def test_two_steps_of_one_request_do_not_both_leave_by_two_workers(
    world: World, owner: asyncpg.Connection, whose: str
) -> None:
    await asked(world)
    await change("attempt", "opens_at = $1", NOON + timedelta(minutes=1), where="step = 3")
    later = NOON + timedelta(minutes=2)
    request = await fetch_value(pool("work"), "SELECT id FROM invitation") if whose == ONE_S else None
    assert await claim_that_began_before_another(owner, later, request) == (1, [])
    assert await claim_at(later) == []


async def test_another_person_s_message_leaves_by_the_claim_that_began_first(
    world: World, owner: asyncpg.Connection
) -> None:
    await asked(world)
    await asked(world, mobile="+33639980009")
    first, taken = await claim_that_began_before_another(owner, NOON, None, first=1)
    assert (first, len(taken)) == (1, 1)
