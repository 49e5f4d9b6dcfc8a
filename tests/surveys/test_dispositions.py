"""What became of each closed request is judged once, again when it changes, and counted exactly."""

from uuid import UUID

import pytest

from quality import clock
from quality.db import execute, fetch, fetch_value, pool, transaction
from surveys.collect import record
from surveys.dispositions import measure
from surveys.response import by_id
from surveys.verification import recomputed
from tests.surveys.invited import invited
from tests.world import World

CLOSE = "UPDATE invitation SET closed_at = now(), closed_reason = $2 WHERE id = $1"
CALLED = """
UPDATE call_case SET state = 'done', outcome = $2, closed_at = now() WHERE invitation_id = $1
RETURNING invitation_id
"""


async def counted() -> dict[str, tuple[int, int]]:
    """Judge, then read what the cells of dispositions add up to."""
    await measure(None)
    rows = await fetch(
        pool("work"),
        "SELECT indicator, sum(n)::int AS n, sum(x)::int AS x FROM cell"
        " WHERE indicator IN ('CON1', 'REF1') GROUP BY 1 HAVING sum(n) > 0",
    )
    async with transaction("work") as db:
        assert await recomputed(db) == []
    return {row["indicator"]: (row["n"], row["x"]) for row in rows}


async def answer(invitation: UUID) -> None:
    visit = await by_id(pool("answer"), invitation)
    assert visit is not None
    await record(pool("answer"), visit, {"globale": 4}, channel="phone", now=clock.now())


async def test_nothing_is_counted_of_a_request_that_is_open(world: World) -> None:
    await invited(world)
    assert await counted() == {}


async def test_a_request_that_nobody_answered_counts_once_closed(world: World) -> None:
    _, invitation = await invited(world)
    await execute(pool("work"), CLOSE, invitation, "expired")
    for _ in range(2):
        assert await counted() == {"CON1": (1, 0), "REF1": (1, 0)}


async def test_an_answer_that_comes_after_the_closing_moves_it(world: World) -> None:
    _, invitation = await invited(world)
    await execute(pool("work"), CLOSE, invitation, "expired")
    await counted()
    await answer(invitation)
    assert await counted() == {"CON1": (1, 1), "REF1": (1, 0)}


async def test_a_refusal_was_a_contact(world: World) -> None:
    _, invitation = await invited(world)
    await fetch_value(pool("work"), "SELECT refuse($1, 'sms', now())", invitation)
    await execute(pool("work"), CLOSE, invitation, "expired")
    assert await counted() == {"CON1": (1, 1), "REF1": (1, 1)}


@pytest.mark.parametrize(
    ("outcome", "reached"),
    [("unable", 1), ("hospital", 1), ("language", 1), ("no_answer", 0), ("voicemail", 0), ("expired", 0)],
)
async def test_a_call_tells_whether_somebody_was_reached(world: World, outcome: str, reached: int) -> None:
    _, invitation = await invited(world)
    assert await fetch_value(pool("work"), CALLED, invitation, outcome) == invitation
    await execute(pool("work"), CLOSE, invitation, "expired")
    assert await counted() == {"CON1": (1, reached), "REF1": (1, 0)}


async def test_a_death_told_by_a_file_is_one_told_by_a_call(world: World) -> None:
    _, invitation = await invited(world)
    await execute(pool("work"), CLOSE, invitation, "deceased")
    assert await counted() == {"CON1": (1, 1), "REF1": (1, 0)}


async def test_a_request_of_a_visit_cancelled_since_counts_for_nothing(world: World) -> None:
    _, invitation = await invited(world)
    await execute(pool("work"), CLOSE, invitation, "expired")
    assert await counted() != {}
    await execute(pool("work"), "UPDATE invitation SET closed_reason = 'cancelled' WHERE id = $1", invitation)
    await execute(pool("work"), "UPDATE cell SET n = 0 WHERE indicator = 'RR2'")  # withdrawing takes it back
    assert await counted() == {}


async def test_a_letter_that_was_touched_is_found(world: World) -> None:
    _, invitation = await invited(world)
    await execute(pool("work"), CLOSE, invitation, "expired")
    await counted()
    await execute(pool("work"), "UPDATE disposition SET letter = 'R'")
    async with transaction("work") as db:
        assert {each.stored for each in await recomputed(db)} == {(1, 0)}
