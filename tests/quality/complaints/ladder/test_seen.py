"""A promise is done when the next file shows it: the visit took place in time, or another worker came."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality import clock
from quality.complaints.ladder.escalating import climb
from quality.complaints.ladder.seen import Visit, Wanted, done_at
from quality.complaints.resolving import promising
from quality.complaints.resolving.authority import Remedy
from tests.quality.complaints.opened import Filed, filed
from tests.surveys.visits import Someone, visit
from tests.world import World

Owner = asyncpg.Connection
MADE = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
DUE = MADE + timedelta(hours=48)
HOUR = timedelta(hours=1)


def seen(hours: float, worker: str | None = "W2") -> Visit:
    return Visit(MADE + hours * HOUR, MADE + (hours + 2) * HOUR, worker)


@pytest.mark.parametrize(
    ("remedy", "visits", "expected"),
    [
        ("replan", [], None),
        ("replan", [seen(5)], MADE + 7 * HOUR),
        ("replan", [seen(30), seen(5)], MADE + 7 * HOUR),
        ("replan", [seen(-1)], None),
        ("replan", [seen(49)], None),
        ("replan", [seen(5, None)], MADE + 7 * HOUR),
        ("replan", [seen(-h) for h in range(24, 24 * 15)] + [seen(5)], None),
        ("replan", [seen(-24), seen(5)], MADE + 7 * HOUR),
        ("replace_worker", [seen(5, "W1")], None),
        ("replace_worker", [seen(5, "W1"), seen(20, "W2")], MADE + 22 * HOUR),
        ("replace_worker", [seen(5, None)], None),
    ],
)
def test_a_visit_keeps_a_promise_in_its_time_only(
    remedy: str, visits: list[Visit], expected: datetime | None
) -> None:
    assert done_at(Wanted(remedy, MADE, DUE, "W1"), visits) == expected


def test_without_the_worker_complained_of_no_file_tells_who_replaced_them() -> None:
    assert done_at(Wanted("replace_worker", MADE, DUE, None), [seen(5, "W2")]) is None


@given(st.lists(st.tuples(st.floats(-50, 99), st.sampled_from(["W1", "W2", None]))))
def test_a_promise_is_never_seen_done_before_it_was_made(drawn: list[tuple[float, str | None]]) -> None:
    visits = [seen(hours, worker) for hours, worker in drawn]
    for remedy in ("replan", "replace_worker"):
        found = done_at(Wanted(remedy, MADE, DUE, "W1"), visits)
        assert found is None or found > MADE


async def promised(world: World, owner: Owner, remedy: Remedy) -> tuple[Filed, Someone]:
    complaint = await filed(world)
    due_at = clock.now() + timedelta(hours=48)
    await promising.grant(world.provider, complaint.number, remedy, due_at=due_at)
    return complaint, Someone(world, world.aide34, id=complaint.client, person=complaint.person)


async def came(client: Someone, hours: float, worker: str) -> None:
    """Write a visit done so many hours after now, as a file brings it."""
    await visit(client, clock.now() + (hours + 1) * HOUR, worker_reference=worker)


async def test_the_next_file_marks_a_promise_done_even_after_its_day(world: World, owner: Owner) -> None:
    complaint, client = await promised(world, owner, Remedy.replan)
    start = clock.now()
    clock.set_offset(clock.offset() + timedelta(days=3))
    await climb(world.house)
    assert await owner.fetchval("SELECT state FROM complaint_promise") == "broken"
    await came(client, -48, "W1")
    await climb(world.house)
    row = await owner.fetchrow("SELECT state, done_how, done_at, due_at FROM complaint_promise")
    assert (row["state"], row["done_how"]) == ("done", "file")
    assert start < row["done_at"] < row["due_at"]
    kinds = await owner.fetch("SELECT kind FROM complaint_event WHERE complaint_id = $1", complaint.id)
    assert {row["kind"] for row in kinds} >= {"broken", "kept"}
    await climb(world.house)
    assert await owner.fetchval("SELECT count(*) FROM complaint_event WHERE kind = 'kept'") == 1


async def test_another_worker_in_the_file_keeps_the_promise_and_the_same_one_does_not(
    world: World, owner: Owner
) -> None:
    _complaint, client = await promised(world, owner, Remedy.replace_worker)
    await came(client, 5, "W1")
    clock.set_offset(clock.offset() + timedelta(hours=10))
    await climb(world.house)
    assert await owner.fetchval("SELECT state FROM complaint_promise") == "confirmed"
    await came(client, -2, "W2")
    await climb(world.house)
    assert await owner.fetchval("SELECT done_how FROM complaint_promise") == "file"
