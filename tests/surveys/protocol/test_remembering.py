"""Who worked the visit before, and which visit is the first: told as a plain count tells it."""

from datetime import timedelta
from random import Random
from uuid import UUID

import pytest

from quality.app import House
from quality.db import fetch, pool, transaction
from quality.ids import uuid7
from surveys.protocol import ledger
from surveys.protocol.deciding import decide_pending
from surveys.protocol.remembering import completed
from tests.surveys.visits import MOBILE, MORNING, none_waits, someone, visit
from tests.world import World

DAY = timedelta(days=1)


async def reason(identity: UUID) -> str:
    (row,) = await fetch(pool("work"), "SELECT reason FROM occasion WHERE id = $1", identity)
    return str(row["reason"])


@pytest.mark.parametrize("days", [1, 59, 61, 400])
async def test_the_worker_of_the_visit_before_is_known_however_long_ago(
    world: World, house: House, days: int
) -> None:
    client = await someone(world, mobile=MOBILE)
    await visit(client, MORNING - days * DAY, worker_reference="W1")
    await none_waits()
    changed = await visit(client, worker_reference="W2")
    await decide_pending(house)
    assert await reason(changed) == "worker_changed"


async def test_a_visit_that_was_moved_by_three_months_is_still_the_one_before(
    world: World, house: House
) -> None:
    client = await someone(world, mobile=MOBILE)
    planned = uuid7(MORNING - 100 * DAY)
    await visit(client, MORNING - 400 * DAY, worker_reference="W1")
    await visit(client, MORNING - 2 * DAY, id=planned, worker_reference="W2")
    await none_waits()
    changed = await visit(client, worker_reference="W1")
    await decide_pending(house)
    assert await reason(changed) == "worker_changed"


@pytest.mark.parametrize("seed", range(4))
async def test_a_batch_knows_of_each_visit_what_a_plain_count_says(world: World, seed: int) -> None:
    drawn = Random(seed)
    clients = [await someone(world, mobile=f"+3363998{n:04d}") for n in range(5)]
    for client in clients:
        for _ in range(drawn.randrange(1, 9)):
            ended_at = MORNING - DAY * drawn.choice((0, 0, 1, 2, 5, 30, 58, 61, 90, 300)) * drawn.random()
            worker = drawn.choice(("W1", "W2", None))
            status = drawn.choice(("done", "done", "done", "not_done"))
            decided = drawn.random() < 0.5
            await visit(client, ended_at, worker_reference=worker, status=status, is_undecided=not decided)
    every = await fetch(
        pool("work"),
        """
        SELECT i.*, EXISTS (SELECT FROM undecided_visit u WHERE u.id = i.id) AS waits FROM intervention i
        WHERE i.status = 'done'
        """,
    )
    async with transaction("work") as db:
        visits = await ledger.visits_of(db, await ledger.claim_people(db, 100))
        told = await completed(db, visits)
    assert len(told) == len(visits) > 0
    for row in told:
        theirs = [v for v in every if v["client_id"] == row["client_id"]]
        before = [v for v in theirs if (v["ended_at"], v["id"]) < (row["ended_at"], row["id"])]
        last = max(before, key=lambda v: (v["ended_at"], v["id"]), default=None)
        seen = any(not v["waits"] for v in theirs)
        assert row["last_worker"] == (last and last["worker_reference"])
        assert row["is_first"] == (last is None and not seen)
