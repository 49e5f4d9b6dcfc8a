"""A line sent again with what was missing is decided again; the draw, and what is over, stay as they were."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from quality.db import execute, fetch_one, fetch_value, pool
from surveys.protocol.deciding import decide_pending
from surveys.protocol.draw_commands import replay
from tests.quality.directory.intake.sending import csv, send, visit
from tests.surveys.dispatch.asking import set_clock
from tests.surveys.visits import how_many_wait
from tests.world import World

ENDED = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)  # a Friday, as the line says
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
CLOSED = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
NOBODY = {"mobile": "", "phone": "", "email": ""}
NUMBER = {"mobile": "06 39 98 00 01"}


@pytest.fixture(autouse=True)
def monday() -> None:
    set_clock(MONDAY)


async def receive(world: World, **cells: str | None) -> dict[str, object]:
    """Send the line, decide what waits, and give what the ledger says of it."""
    await send(world, csv(visit(**cells)))
    await decide_pending(world.house)
    return await said(str(cells.get("reference", "V-1")))


async def said(reference: str) -> dict[str, object]:
    found = await fetch_one(
        pool("work"),
        """
        SELECT o.decision, o.reason, o.told, o.draw, o.decided_at FROM occasion o
        JOIN intervention i USING (id) WHERE i.reference = $1
        """,
        reference,
    )
    assert found is not None
    return found


async def left_out(world: World, owner: asyncpg.Connection, **cells: str | None) -> dict[str, object]:
    """Receive a second visit of which the draw keeps nobody, the first being asked about."""
    await owner.execute("UPDATE platform SET interval_days = 0")
    await receive(world, reference="V-0", started_at="19/11/2026 09:00", ended_at="19/11/2026 10:30")
    await owner.execute("UPDATE stratum SET expected = 1000000000, target = 1")
    found = await receive(world, **cells)
    assert found["reason"] == "not_drawn"
    return found


async def requests() -> int:
    return int(await fetch_value(pool("work"), "SELECT count(*) FROM invitation"))


async def test_an_incident_told_after_the_draw_is_asked_about(
    world: World, owner: asyncpg.Connection
) -> None:
    await left_out(world, owner)
    found = await receive(world, incident="yes")
    assert (found["decision"], found["reason"]) == ("asked", "incident")
    assert await requests() == 2


async def test_the_worker_who_was_missing_makes_a_change_of_worker(
    world: World, owner: asyncpg.Connection
) -> None:
    await left_out(world, owner)
    await send(
        world,
        csv(
            visit(
                reference="V-0",
                started_at="19/11/2026 09:00",
                ended_at="19/11/2026 10:30",
                worker_reference="S-1",
            )
        ),
    )
    found = await receive(world, worker_reference="S-2")
    assert (found["decision"], found["reason"]) == ("asked", "worker_changed")


async def test_a_number_added_to_the_line_has_its_visit_asked_about(world: World) -> None:
    found = await receive(world, **NOBODY)
    assert (found["reason"], found["told"]) == ("no_channel", "no_channel")
    found = await receive(world, **NOBODY | NUMBER)
    assert (found["decision"], found["reason"], found["told"]) == ("asked", "first_intervention", "noted")
    assert await requests() == 1


async def test_sending_again_buys_no_draw(world: World, owner: asyncpg.Connection) -> None:
    before = await left_out(world, owner)
    for plan in ("P-1", "P-2"):
        again = await receive(world, plan_reference=plan)
        assert (again["reason"], again["draw"]) == ("not_drawn", before["draw"])
    assert (await replay(pool("work"), world.platform, "2026-Q4")).differences == ()


async def test_a_visit_asked_about_stays_so_and_is_asked_about_once(world: World) -> None:
    before = await receive(world)
    again = await receive(world, incident="yes")
    assert again == before
    assert await requests() == 1


async def test_the_same_line_again_is_decided_once(world: World) -> None:
    await receive(world, **NOBODY)
    await send(world, csv(visit(**NOBODY)))
    assert await how_many_wait() == 0


async def test_a_visit_not_done_at_a_reason_that_changes_takes_back_its_request(world: World) -> None:
    missed = {"status": "not_done", "planned_start": "20/11/2026 09:00", "planned_end": "20/11/2026 10:30"}
    found = await receive(world, status_reason="worker_absent", **missed)
    assert (found["decision"], found["reason"]) == ("asked", "not_done")
    found = await receive(world, status_reason="client_cancelled", **missed)
    assert (found["decision"], found["reason"], found["told"]) == ("not_asked", "cancelled", "cancelled")


# ---- once nobody can be asked any more ----


async def test_a_correction_after_the_closing_date_is_not_asked(
    world: World, owner: asyncpg.Connection
) -> None:
    await left_out(world, owner)
    set_clock(CLOSED)
    found = await receive(world, incident="yes")
    assert (found["decision"], found["reason"], found["told"]) == ("not_asked", "too_late", "noted")


async def test_a_number_that_comes_too_late_is_told_so(world: World) -> None:
    await receive(world, **NOBODY)
    set_clock(CLOSED)
    found = await receive(world, **NOBODY | NUMBER)
    assert (found["decision"], found["reason"], found["told"]) == ("not_asked", "too_late", "too_late")


async def test_a_line_that_came_too_late_stays_so_when_it_changes(world: World) -> None:
    set_clock(CLOSED)
    assert (await receive(world))["told"] == "too_late"
    again = await receive(world, worker_reference="S-1")
    assert (again["reason"], again["told"]) == ("too_late", "too_late")


@pytest.mark.parametrize("news", [{"client_status": "deceased"}, {"contact": "no"}, {"mobile": "0639980002"}])
async def test_news_of_the_client_leave_what_was_decided_of_past_visits(
    world: World, owner: asyncpg.Connection, news: dict[str, str]
) -> None:
    before = await left_out(world, owner)
    set_clock(CLOSED)
    assert await receive(world, **news) == before


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        ("UPDATE person SET refused_at = '2026-11-01'", "refused"),
        ("UPDATE person SET recent = array_fill('2026-11-20'::timestamptz, ARRAY[4])", "cap"),
    ],
)
async def test_what_no_line_lifts_stays_the_reason_once_it_is_over(
    world: World, cause: str, reason: str
) -> None:
    await send(world, csv(visit()))
    await execute(pool("work"), cause)
    await decide_pending(world.house)
    before = await said("V-1")
    assert before["reason"] == reason
    await execute(pool("work"), "UPDATE person SET refused_at = NULL, recent = '{}'")
    set_clock(CLOSED)
    assert await receive(world, worker_reference="S-1") == before


async def test_a_visit_that_is_over_is_said_cancelled_and_then_decided_as_it_took_place(
    world: World, owner: asyncpg.Connection
) -> None:
    await left_out(world, owner)
    set_clock(CLOSED)
    found = await receive(world, status="cancelled")
    assert (found["reason"], found["told"]) == ("cancelled", "cancelled")
    found = await receive(world, status="done")
    assert (found["reason"], found["told"]) == ("not_drawn", "too_late")


@pytest.mark.parametrize("is_asked", [True, False])
async def test_the_word_of_a_past_visit_never_tells_whether_somebody_was_asked(
    world: World, owner: asyncpg.Connection, *, is_asked: bool
) -> None:
    incident = {"incident": "yes"} if is_asked else {}
    await left_out(world, owner)
    assert (await receive(world, **incident))["decision"] == ("asked" if is_asked else "not_asked")
    set_clock(CLOSED + timedelta(days=1))
    changes = (
        {"client_status": "hospital"},
        {"client_status": "active"},
        {"mobile": "-", "phone": "-", "email": "-"},
        NUMBER,
        {"status": "not_done", "status_reason": "hospital"},
        {"status": "cancelled"},
        {"status": "done"},
    )
    told = [(await receive(world, **incident | NOBODY | change))["told"] for change in changes]
    assert told == ["noted", "noted", "noted", "noted", "spared", "cancelled", "too_late"]
