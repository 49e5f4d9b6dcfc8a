"""Each line of the gate holds something back, and dropping it would let it leave."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
from tortoise.exceptions import IntegrityError

from quality.db import execute, fetch, fetch_value, pool
from surveys.dispatch.claims import CLAIM, CLAIM_GATE, CLAIM_ONE, LEASE, OF_ONE, ONE, statement
from surveys.dispatch.gate import GATE, lines_of
from tests.surveys.dispatch.asking import NOON, asked, change, claim_at, follow_up
from tests.surveys.protocol.decided import open_complaint
from tests.surveys.visits import MOBILE, someone
from tests.world import World

EVER = (UUID(int=0), UUID(int=2**128 - 1))
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
    sets = "opens_at = $1, not_before = $1::timestamptz + interval '1 hour'"
    await change("attempt", sets, NOON - timedelta(minutes=1), where="step = 3")


async def asked_late(world: World, owner: asyncpg.Connection) -> None:
    """The first message missed its window and left this morning; the next step is due already."""
    morning = NOON - timedelta(hours=5)
    await change("person", "recent = $1", [morning])
    await change("attempt", "state = 'sent', sent_at = $1, counted_at = $1", morning, where="step = 1")
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


async def renumbered(world: World, owner: asyncpg.Connection) -> None:
    await change("client", "mobile_key = '\\x01'")


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
    "the step before left long enough ago": asked_late,
    "no message about another visit left with it": another_left,
    "the endpoint has not refused": endpoint_refused,
    "the endpoint works": endpoint_dead,
    "its endpoint is still the client's": renumbered,
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

# The step that a scenario holds back: the first, or one that follows it.
HELD_STEP = {"the step before left long enough ago": 3}
HELD_BY_ITS_TABLE_TOO = ("the complaint is under its cap",)
# The claim ranks what is left of a budget too: the line alone is tried where it hides others' messages.
BUDGET = "the budget of the day is not spent"
# What the statement ranks, once no line of the gate holds it.
RANKED = "WHERE s.per_day IS NULL OR r.counted_at IS NOT NULL OR r.spending <= b.remains"


def without(line: str, gate: Mapping[str, str] = CLAIM_GATE) -> dict[str, str]:
    return {name: predicate for name, predicate in gate.items() if name != line}


async def claim_by(claiming: str, limit: int = 50, invitation: UUID | None = None) -> list[int]:
    """Give the steps that a claim takes."""
    rows = await fetch(
        pool("work"), claiming, NOON, ["sms"], "test", limit, LEASE, invitation, *(() if invitation else EVER)
    )
    return [row["step"] for row in rows]


def test_every_line_of_the_gate_has_its_scenario() -> None:
    assert set(SCENARIOS) == set(GATE)
    assert statement() == CLAIM
    assert statement(lines_of(ONE), OF_ONE) == CLAIM_ONE
    for claiming, gate in ((CLAIM, CLAIM_GATE), (CLAIM_ONE, lines_of(ONE))):
        assert set(gate) == set(GATE)
        assert [line for line, predicate in gate.items() if f"AND {predicate}" not in claiming] == []


async def test_what_is_due_passes_the_gate(world: World) -> None:
    await asked(world)
    assert [one.step for one in await claim_at()] == [1]


@pytest.mark.parametrize("line", [line for line in GATE if line != BUDGET])
async def test_each_line_holds_back_what_nothing_else_would(
    world: World, owner: asyncpg.Connection, line: str
) -> None:
    await asked(world)
    await SCENARIOS[line](world, owner)
    step = HELD_STEP.get(line, 1)
    assert step not in await claim_by(statement())
    with pytest.raises(IntegrityError) if line in HELD_BY_ITS_TABLE_TOO else nullcontext():
        assert step in await claim_by(statement(without(line)))


@pytest.mark.parametrize("line", [line for line in GATE if line != BUDGET])
async def test_each_line_holds_back_the_call_of_one_request_too(
    world: World, owner: asyncpg.Connection, line: str
) -> None:
    await asked(world)
    one = await fetch_value(pool("work"), "SELECT id FROM invitation")
    await SCENARIOS[line](world, owner)
    step = HELD_STEP.get(line, 1)
    assert step not in await claim_by(statement(lines_of(ONE), OF_ONE), invitation=one)
    with pytest.raises(IntegrityError) if line in HELD_BY_ITS_TABLE_TOO else nullcontext():
        gate = without(line, lines_of(ONE))
        assert step in await claim_by(statement(gate, OF_ONE), invitation=one)


async def test_the_line_of_a_spent_budget_hides_no_other_platform_s_message(
    world: World, owner: asyncpg.Connection
) -> None:
    for n in range(4):
        await asked(world, mobile=f"+3363998{n:04}")
    await spent(world, owner)
    await owner.execute(
        """
        INSERT INTO platform SELECT (jsonb_populate_record(p, '{"code": "AUTRE"}'
            || jsonb_build_object('id', gen_random_uuid()))).* FROM platform p LIMIT 1;
        UPDATE attempt SET platform_id = (SELECT id FROM platform WHERE code = 'AUTRE')
        WHERE invitation_id = (SELECT max(invitation_id::text)::uuid FROM attempt)
        """
    )
    assert await claim_by(statement(without(BUDGET)), limit=1) == []
    assert await claim_by(statement(), limit=1) == [1]


async def test_what_is_ranked_beyond_a_budget_waits_and_nothing_else_holds_it(
    world: World, owner: asyncpg.Connection
) -> None:
    for n in range(3):
        await asked(world, mobile=f"+3363998{n:04}")
    await restrained("per_day", 2, owner)
    assert RANKED in statement()
    assert len(await claim_by(statement())) == 2
    assert await claim_by(statement()) == []
    await owner.execute("""UPDATE channel_setting SET spent = '{"2026-11-24": 1}'""")
    await asked(world, mobile="+33639980009")
    assert len(await claim_by(statement().replace(RANKED, ""))) == 2


async def test_a_telephone_that_takes_no_message_is_called_and_a_wrong_number_is_not(world: World) -> None:
    await asked(world, await someone(world, phone="+33467000001"))
    due = await fetch_value(pool("work"), "SELECT min(opens_at) FROM attempt WHERE channel = 'phone'")
    await change("endpoint", "failed_at = $1, wrong_at = $1", NOON)
    assert await claim_at(due, ("phone",)) == []
    await change("endpoint", "wrong_at = NULL")
    assert len(await claim_at(due, ("phone",))) == 1


async def test_a_message_does_not_go_to_a_number_that_is_another_s(world: World) -> None:
    await asked(world)
    await change("endpoint", "wrong_at = $1", NOON)
    assert await claim_at() == []


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
    await asked(world, await someone(world, relative_phone=MOBILE, relative_phone_is_mobile=True))
    assert await fetch_value(pool("work"), "SELECT DISTINCT audience FROM attempt") == "relative"
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
