"""What a later line changes: a visit that was not held after all, or was, and the request about it."""

from datetime import timedelta

import pytest

from quality import clock
from quality.app import House
from quality.db import execute, fetch, fetch_one, fetch_value, pool, transaction
from quality.directory import undecided
from surveys.dispatch.claims import claim
from surveys.protocol.deciding import decide_pending
from surveys.verification import recomputed
from tests.surveys.protocol.decided import attempts, ledger, reason
from tests.surveys.visits import MOBILE, MORNING, how_many_wait, someone, visit, wait
from tests.world import World

DAY = timedelta(days=1)


async def becomes(house: House, identity: object, status: str, why: str | None = None) -> None:
    """Send a visit's line again with another status, and decide it."""
    await execute(
        pool("work"),
        "UPDATE intervention SET status = $2, status_reason = $3, updated_at = $4 WHERE id = $1",
        identity,
        status,
        why,
        clock.now(),
    )
    await wait("i.id = $1", identity)
    assert await decide_pending(house) == 1


async def test_a_visit_cancelled_after_it_was_asked_withdraws_the_request(world: World, house: House) -> None:
    asked = await visit(await someone(world, mobile=MOBILE))
    await decide_pending(house)
    await becomes(house, asked, "cancelled")
    assert await fetch_value(pool("work"), "SELECT closed_reason FROM invitation") == "cancelled"
    assert {(a["state"], a["reason"]) for a in await attempts()} == {("suppressed", "cancelled")}
    assert await fetch_value(pool("work"), "SELECT outcome FROM call_case") == "cancelled"
    kept = (await ledger())[asked]
    assert (kept["decision"], kept["reason"], kept["told"]) == ("not_asked", "cancelled", "cancelled")
    assert (kept["stratum_id"], kept["draw"]) == (None, None)


async def is_planned_again(house: House, identity: object) -> None:
    """Send a visit's line again as planned after all, and decide it."""
    await execute(
        pool("work"),
        "UPDATE intervention SET status = 'planned', updated_at = $2 WHERE id = $1",
        identity,
        clock.now(),
    )
    await execute(pool("work"), undecided.wait("intervention i WHERE i.id = $1", even_planned=True), identity)
    assert await decide_pending(house) == 1
    assert await how_many_wait() == 0


async def test_a_visit_planned_again_after_it_was_asked_withdraws_the_request(
    world: World, house: House
) -> None:
    asked = await visit(await someone(world, mobile=MOBILE))
    await decide_pending(house)
    await is_planned_again(house, asked)
    assert await fetch_value(pool("work"), "SELECT closed_reason FROM invitation") == "cancelled"
    assert {(a["state"], a["reason"]) for a in await attempts()} == {("suppressed", "cancelled")}
    kept = (await ledger())[asked]
    assert (kept["decision"], kept["reason"], kept["told"]) == ("not_asked", "planned", "noted")
    assert await requests_counted() == 0
    await becomes(house, asked, "done")
    kept = (await ledger())[asked]
    assert (kept["decision"], kept["reason"]) == ("asked", "first_intervention")
    assert await requests_counted() == 1


async def test_a_request_about_a_visit_planned_again_goes_on_once_it_is_held(
    world: World, house: House
) -> None:
    asked = await visit(await someone(world, mobile=MOBILE))
    await decide_pending(house)
    await execute(pool("work"), "UPDATE attempt SET state = 'sent', sent_at = $1 WHERE step = 1", clock.now())
    await is_planned_again(house, asked)
    assert await fetch_value(pool("work"), "SELECT closed_reason FROM invitation") == "cancelled"
    await becomes(house, asked, "done")
    assert await fetch_value(pool("work"), "SELECT closed_reason FROM invitation") is None


async def test_what_was_decided_of_a_visit_that_nobody_was_asked_about_stays_while_it_is_planned_again(
    world: World, house: House
) -> None:
    left_out = await visit(await someone(world, mobile=MOBILE, contact="no"))
    await decide_pending(house)
    before = (await ledger())[left_out]
    await is_planned_again(house, left_out)
    assert (await ledger())[left_out] == before


@pytest.mark.parametrize(
    ("why", "reason", "told"),
    [("client_cancelled", "cancelled", "cancelled"), ("hospital", "hospital", "spared")],
)
async def test_a_visit_not_done_for_a_reason_the_client_knows_withdraws_the_request(
    world: World, house: House, why: str, reason: str, told: str
) -> None:
    asked = await visit(await someone(world, mobile=MOBILE))
    await decide_pending(house)
    await becomes(house, asked, "not_done", why)
    assert await fetch_value(pool("work"), "SELECT closed_reason FROM invitation") == "cancelled"
    assert {(a["state"], a["reason"]) for a in await attempts()} == {("suppressed", "cancelled")}
    assert await fetch_value(pool("work"), "SELECT state FROM call_case") == "done"
    kept = (await ledger())[asked]
    assert (kept["decision"], kept["reason"], kept["told"]) == ("not_asked", reason, told)
    assert await requests_counted() == 0


async def test_each_request_taken_back_keeps_the_reason_of_its_own_line(world: World, house: House) -> None:
    known = {"hospital": "hospital", "client_cancelled": "cancelled"}
    asked = {why: await visit(await someone(world, mobile=f"+3363998000{n}")) for n, why in enumerate(known)}
    await decide_pending(house)
    for why, identity in asked.items():
        await execute(
            pool("work"),
            "UPDATE intervention SET status = 'not_done', status_reason = $2 WHERE id = $1",
            identity,
            why,
        )
    await wait()
    await decide_pending(house)
    assert {why: await reason(identity) for why, identity in asked.items()} == known


@pytest.mark.parametrize("why", ["client_cancelled", "hospital"])
async def test_a_withdrawn_request_is_not_taken_up_by_a_visit_that_was_not_held(
    world: World, house: House, why: str
) -> None:
    asked = await visit(await someone(world, mobile=MOBILE))
    await decide_pending(house)
    await execute(pool("work"), "UPDATE attempt SET state = 'sent', sent_at = $1 WHERE step = 1", clock.now())
    await becomes(house, asked, "cancelled")
    await becomes(house, asked, "not_done", why)
    assert await fetch_value(pool("work"), "SELECT closed_reason FROM invitation") == "cancelled"
    assert [a["state"] for a in await attempts()] == ["sent", "suppressed", "suppressed", "suppressed"]
    assert await requests_counted() == 0


async def test_a_withdrawn_request_goes_on_when_nobody_came(world: World, house: House) -> None:
    asked = await visit(await someone(world, mobile=MOBILE))
    await decide_pending(house)
    await execute(pool("work"), "UPDATE attempt SET state = 'sent', sent_at = $1 WHERE step = 1", clock.now())
    await becomes(house, asked, "cancelled")
    await becomes(house, asked, "not_done", "worker_absent")
    assert await fetch_value(pool("work"), "SELECT closed_reason FROM invitation") is None
    assert [a["state"] for a in await attempts()] == ["sent", "planned", "planned", "planned"]


async def test_a_request_withdrawn_before_anything_left_is_made_anew(world: World, house: House) -> None:
    asked = await visit(await someone(world, mobile=MOBILE))
    await decide_pending(house)
    for status in ("cancelled", "done"):
        await becomes(house, asked, status)
    kept = (await ledger())[asked]
    assert (kept["decision"], kept["reason"]) == ("asked", "first_intervention")
    closed = await fetch(pool("work"), "SELECT closed_reason FROM invitation ORDER BY id")
    assert [row["closed_reason"] for row in closed] == ["cancelled", None]
    assert [a["state"] for a in await attempts()] == ["suppressed"] * 4 + ["planned"] * 4
    assert await requests_counted() == 1
    async with transaction("work") as db:
        assert await recomputed(db) == []


async def test_a_request_of_which_a_message_left_stays_asked_and_goes_on_where_it_was(
    world: World, house: House
) -> None:
    asked = await visit(await someone(world, mobile=MOBILE))
    await decide_pending(house)
    await execute(pool("work"), "UPDATE attempt SET state = 'sent', sent_at = $1 WHERE step = 1", clock.now())
    await becomes(house, asked, "cancelled")
    assert ((await ledger())[asked]["decision"], await requests_counted()) == ("asked", 0)
    await becomes(house, asked, "done")
    (request,) = await fetch(pool("work"), "SELECT closed_at, closed_reason FROM invitation")
    assert (request["closed_at"], request["closed_reason"]) == (None, None)
    assert [a["state"] for a in await attempts()] == ["sent", "planned", "planned", "planned"]
    case = await fetch_one(pool("work"), "SELECT state, outcome, closed_at FROM call_case")
    assert (case["state"], case["outcome"], case["closed_at"]) == ("open", None, None)
    assert await requests_counted() == 1


@pytest.mark.parametrize(
    "sets",
    [
        "state = 'sending', lease_until = now()",
        "state = 'uncertain'",
        "state = 'dead', reason = 'claims'",
        "state = 'failed', reason = 'carrier', sent_at = now()",
    ],
)
async def test_what_may_have_left_keeps_a_visit_asked(world: World, house: House, sets: str) -> None:
    asked = await visit(await someone(world, mobile=MOBILE))
    await decide_pending(house)
    await execute(pool("work"), f"UPDATE attempt SET {sets} WHERE step = 1")
    await becomes(house, asked, "cancelled")
    assert (await ledger())[asked]["decision"] == "asked"


async def test_a_call_that_an_agent_began_keeps_a_visit_asked(world: World, house: House) -> None:
    asked = await visit(await someone(world, mobile=MOBILE))
    await decide_pending(house)
    await execute(pool("work"), "UPDATE attempt SET counted_at = now() WHERE channel = 'phone'")
    await becomes(house, asked, "cancelled")
    assert (await ledger())[asked]["decision"] == "asked"


async def test_a_message_taken_by_a_worker_counts_no_more_once_its_visit_is_cancelled(
    world: World, house: House
) -> None:
    asked = await visit(await someone(world, mobile=MOBILE))
    await decide_pending(house)
    noon = MORNING + timedelta(hours=4, minutes=5)
    assert len(await claim(pool("work"), ("sms",), "test", 50, noon)) == 1
    await becomes(house, asked, "cancelled")
    assert (await ledger())[asked]["decision"] == "not_asked"
    for table in ("person", "endpoint"):
        assert [row["recent"] for row in await fetch(pool("work"), f"SELECT recent FROM {table}")] == [[]]
    assert {a["counted_at"] for a in await attempts()} == {None}


async def test_an_answer_given_before_the_visit_was_cancelled_keeps_it_asked(
    world: World, house: House
) -> None:
    asked = await visit(await someone(world, mobile=MOBILE))
    await decide_pending(house)
    await execute(pool("work"), "UPDATE invitation SET answered_at = now()")
    await becomes(house, asked, "cancelled")
    assert (await ledger())[asked]["decision"] == "asked"


async def test_a_visit_cancelled_twice_is_asked_by_its_last_request_only(world: World, house: House) -> None:
    asked = await visit(await someone(world, mobile=MOBILE))
    await decide_pending(house)
    for status in ("cancelled", "done"):
        await becomes(house, asked, status)
    await execute(
        pool("work"),
        "UPDATE attempt SET state = 'sent', sent_at = $1 WHERE step = 1 AND state = 'planned'",
        clock.now(),
    )
    for status in ("cancelled", "done"):
        await becomes(house, asked, status)
    closed = await fetch(pool("work"), "SELECT closed_reason FROM invitation ORDER BY id")
    assert [row["closed_reason"] for row in closed] == ["cancelled", None]
    assert await requests_counted() == 1


async def test_a_request_withdrawn_before_anything_left_holds_no_other_visit_back(
    world: World, house: House
) -> None:
    client = await someone(world, mobile=MOBILE)
    await visit(client, MORNING - 60 * DAY, is_undecided=False)
    first = await visit(client, MORNING - timedelta(hours=2))
    await decide_pending(house)
    assert await reason(first) == "quarter_full_ask"
    await execute(pool("work"), "UPDATE intervention SET status = 'cancelled' WHERE id = $1", first)
    await wait("i.id = $1", first)
    second = await visit(client, MORNING)
    await decide_pending(house)  # both lines came in one file
    assert (await reason(first), await reason(second)) == ("cancelled", "quarter_full_ask")


async def test_requests_of_visits_that_did_not_happen_do_not_count(world: World, house: House) -> None:
    client = await someone(world, mobile=MOBILE)
    both = [await visit(client, incident=True, ended_at=at) for at in (MORNING, MORNING + timedelta(hours=1))]
    kept = await visit(await someone(world, mobile="+33612345679"))
    await decide_pending(house)
    assert await requests_counted() == 3
    for gone in (both, [kept]):
        await execute(
            pool("work"),
            "UPDATE intervention SET status = 'cancelled' WHERE id = ANY ($1::uuid[])",
            gone,
        )
        await wait("i.id = ANY ($1::uuid[])", gone)
        await decide_pending(house)
        assert await requests_counted() == (1 if gone is both else 0)
        async with transaction("work") as db:
            assert await recomputed(db) == []


async def requests_counted() -> int:
    return int(await fetch_value(pool("work"), "SELECT sum(n) FROM cell WHERE indicator = 'RR2'"))


async def test_a_visit_that_takes_place_after_all_is_decided_again(world: World, house: House) -> None:
    back = await visit(await someone(world, mobile=MOBILE), status="cancelled")
    await decide_pending(house)
    await execute(
        pool("work"),
        "UPDATE intervention SET status = 'done', ended_at = planned_end WHERE id = $1",
        back,
    )
    await wait()
    await decide_pending(house)
    assert await reason(back) == "first_intervention"
