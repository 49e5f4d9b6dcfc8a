"""Each line of the gate holds something back, and dropping it would let it leave."""

from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from datetime import timedelta

import asyncpg
import pytest
from tortoise.exceptions import IntegrityError

from quality.db import execute, fetch, fetch_value, pool
from surveys.dispatch.claims import LEASE, statement
from surveys.dispatch.gate import GATE
from tests.surveys.dispatch.asking import NOON, asked, change, claim_at, follow_up
from tests.surveys.protocol.test_deciding import open_complaint
from tests.surveys.visits import MOBILE, someone
from tests.world import World

FOUR = [NOON - timedelta(days=n) for n in (1, 2, 3, 29)]
Scenario = Callable[[World, asyncpg.Connection], Awaitable[None]]


async def already_sent(world: World, owner: asyncpg.Connection) -> None:
    await change("attempt", "state = 'sent', sent_at = now()", where="step = 1")


async def too_early(world: World, owner: asyncpg.Connection) -> None:
    await change("attempt", "opens_at = $1", NOON + timedelta(minutes=1), where="step = 1")


async def too_late(world: World, owner: asyncpg.Connection) -> None:
    await change("attempt", "closes_at = $1", NOON, where="step = 1")


async def asked_to_wait(world: World, owner: asyncpg.Connection) -> None:
    await change("attempt", "not_before = $1", NOON + timedelta(minutes=1), where="step = 1")


async def restrained(column: str, value: object, owner: asyncpg.Connection) -> None:
    """Write what restrains the SMS of the platform."""
    why = "panne" if column == "held_at" else ""
    await owner.execute(
        f"""
        INSERT INTO channel_setting (id, platform_id, channel, held_why, {column})
        SELECT gen_random_uuid(), id, 'sms', $2, $1 FROM platform
        WHERE id IN (SELECT platform_id FROM attempt)
        """,
        value,
        why,
    )


async def held(world: World, owner: asyncpg.Connection) -> None:
    await restrained("held_at", NOON, owner)


async def spent(world: World, owner: asyncpg.Connection) -> None:
    await restrained("per_day", 0, owner)


async def closed(world: World, owner: asyncpg.Connection) -> None:
    await change("invitation", "closed_at = now(), closed_reason = 'cancelled'")


async def request_over(world: World, owner: asyncpg.Connection) -> None:
    await change("invitation", "closes_at = $1", NOON)


async def answered(world: World, owner: asyncpg.Connection) -> None:
    await answer_as("client")


async def answer_as(respondent: str) -> None:
    """Store an answer behind the back of what withdraws messages."""
    await change("invitation", "answered_at = now()")
    rank = {"client": 1, "relative": 2}[respondent]
    await execute(
        pool("work"),
        f"""
        INSERT INTO response (id, platform_id, invitation_id, provider_id, questionnaire_id, respondent,
            channel, answers, cells, version, created_at, updated_at)
        SELECT child_id(id, {rank}), platform_id, id, provider_id, questionnaire_id, '{respondent}', 'web',
            '{{}}', '{{}}', 1, now(), now() FROM invitation
        """,
    )


async def overtaken(world: World, owner: asyncpg.Connection) -> None:
    await change("attempt", "opens_at = $1", NOON - timedelta(minutes=1), where="step = 3")


async def asked_about_another(world: World) -> None:
    """A second visit of the same person, by another provider, whose message left at noon."""
    person = await fetch_value(pool("work"), "SELECT id FROM person")
    first = await fetch_value(pool("work"), "SELECT id FROM invitation")
    other = await someone(world, provider=world.cap, person=person, mobile=MOBILE)
    await asked(world, other)
    gone = await fetch_value(pool("work"), "SELECT id FROM invitation WHERE id <> $1", first)
    await change("person", "recent = $1", [NOON])
    await execute(
        pool("work"),
        """
        UPDATE attempt SET state = 'sent', sent_at = $2, counted_at = $2
        WHERE invitation_id = $1 AND step = 1
        """,
        gone,
        NOON,
    )


async def another_left(world: World, owner: asyncpg.Connection) -> None:
    await asked_about_another(world)


async def endpoint_refused(world: World, owner: asyncpg.Connection) -> None:
    await change("endpoint", "refused_at = now()")


async def endpoint_dead(world: World, owner: asyncpg.Connection) -> None:
    await change("endpoint", "failed_at = now()")


async def person_refused(world: World, owner: asyncpg.Connection) -> None:
    await change("person", "refused_at = now()")


async def bereaved(world: World, owner: asyncpg.Connection) -> None:
    await change("person", "deceased_at = now()")


async def in_hospital(world: World, owner: asyncpg.Connection) -> None:
    await change("client", "status = 'hospital'")


async def living_elsewhere(world: World, owner: asyncpg.Connection) -> None:
    await change("client", "departement = '974'")


async def not_to_be_asked(world: World, owner: asyncpg.Connection) -> None:
    await change("client", "contact = 'no'")


async def complaining(world: World, owner: asyncpg.Connection) -> None:
    client = await owner.fetchval("SELECT id FROM client")
    await open_complaint(owner, world, client)


async def endpoint_capped(world: World, owner: asyncpg.Connection) -> None:
    await change("endpoint", "recent = $1", FOUR)


async def person_capped(world: World, owner: asyncpg.Connection) -> None:
    await change("person", "recent = $1", FOUR)


async def complaint_capped(world: World, owner: asyncpg.Connection) -> None:
    await follow_up(world, owner)
    await change("complaint", "contacts = 2")


async def nobody_awaits_it(world: World, owner: asyncpg.Connection) -> None:
    await follow_up(world, owner)
    await change("invitation", "purpose = 'verdict'")
    await change("attempt", "purpose = 'verdict'")


SCENARIOS: dict[str, Scenario] = {
    "it waits": already_sent,
    "its window is open": too_early,
    "its window is not over": too_late,
    "the carrier's delay is over": asked_to_wait,
    "nobody holds its channel": held,
    "the budget of the day is not spent": spent,
    "the request is open": closed,
    "the request is not over": request_over,
    "this audience has not answered": answered,
    "no later step is due or gone": overtaken,
    "no message about another visit left with it": another_left,
    "the endpoint has not refused": endpoint_refused,
    "the endpoint works": endpoint_dead,
    "the person has not refused": person_refused,
    "the person is not deceased": bereaved,
    "the client is at home": in_hospital,
    "its place is still the client's": living_elsewhere,
    "the client may be asked": not_to_be_asked,
    "no complaint is open": complaining,
    "the endpoint is under the cap": endpoint_capped,
    "the person is under the cap": person_capped,
    "the complaint is under its cap": complaint_capped,
    "its complaint still awaits it": nobody_awaits_it,
}

HELD_BY_ITS_TABLE_TOO = ("the complaint is under its cap",)
# The claim ranks what is left of a budget too; the line keeps a spent one from hiding the others' messages.
RANKED_TOO = ("the budget of the day is not spent",)


async def claim_without(line: str) -> list[dict]:
    gate = {name: predicate for name, predicate in GATE.items() if name != line}
    return await fetch(pool("work"), statement(gate), NOON, ["sms"], "test", 50, LEASE, None)


def test_every_line_of_the_gate_has_its_scenario() -> None:
    assert set(SCENARIOS) == set(GATE)


async def test_what_is_due_passes_the_gate(world: World) -> None:
    await asked(world)
    assert [one.step for one in await claim_at()] == [1]


@pytest.mark.parametrize("line", list(GATE))
async def test_each_line_holds_back_what_nothing_else_would(
    world: World, owner: asyncpg.Connection, line: str
) -> None:
    await asked(world)
    await SCENARIOS[line](world, owner)
    assert [one for one in await claim_at() if one.step == 1] == []
    if line in RANKED_TOO:
        return
    with pytest.raises(IntegrityError) if line in HELD_BY_ITS_TABLE_TOO else nullcontext():
        assert [row["step"] for row in await claim_without(line) if row["step"] == 1] == [1]


async def test_a_relative_s_answer_does_not_silence_the_client(world: World) -> None:
    await asked(world)
    await answer_as("relative")
    assert len(await claim_at()) == 1


async def test_a_refusal_does_not_stop_the_news_of_one_s_own_complaint(
    world: World, owner: asyncpg.Connection
) -> None:
    await asked(world)
    await follow_up(world, owner)
    await change("person", "refused_at = now(), recent = $1", FOUR)
    await change("endpoint", "refused_at = now(), recent = $1", FOUR)
    claimed = await claim_at()
    assert len(claimed) == 1
    counted = await fetch(pool("work"), "SELECT recent FROM endpoint")
    assert [row["recent"] for row in counted] == [FOUR]


async def test_a_move_planned_for_later_does_not_hold_yet_but_a_death_does(world: World) -> None:
    await asked(world)
    later = (NOON + timedelta(days=9)).date()
    await change("client", "status = 'deceased', status_since = $1", later)
    assert await claim_at() == []
    await change("client", "status = 'moved'")
    assert len(await claim_at()) == 1


async def test_a_relative_is_asked_though_the_client_refused(world: World) -> None:
    await asked(world, mobile="+33639980002", relative_phone="+33639980003", relative_phone_is_mobile=True)
    await change("attempt", "audience = 'relative'")
    await change("person", "refused_at = now()")
    assert len(await claim_at()) == 1


async def test_a_step_overtaken_by_one_that_left_does_not_leave(world: World) -> None:
    await asked(world)
    await change("attempt", "state = 'sent', sent_at = now()", where="step = 3")
    assert await claim_at() == []


async def test_the_fifth_message_waits_for_the_thirty_days_of_the_first(world: World) -> None:
    await asked(world)
    await change("person", "recent = $1", [*FOUR[:3], NOON - timedelta(days=30)])
    assert len(await claim_at()) == 1


@pytest.mark.parametrize("table", ["endpoint", "person"])
async def test_an_attempt_keeps_the_smaller_cap_of_its_protocol(world: World, table: str) -> None:
    await asked(world)
    await change("attempt", "contact_cap = 2")
    await change(table, "recent = $1", FOUR[:2])
    assert await claim_at() == []
    await change(table, "recent = $1", [NOON - timedelta(days=1), NOON - timedelta(days=30)])
    assert len(await claim_at()) == 1


async def test_a_message_that_came_due_long_after_the_other_left_leaves(world: World) -> None:
    await asked(world)
    await asked_about_another(world)
    later = NOON + timedelta(hours=3)
    sets = "opens_at = $1, closes_at = $1::timestamptz + interval '1 hour'"
    await change("attempt", sets, later, where="state = 'planned' AND step = 1")
    assert len(await claim_at(later)) == 1
