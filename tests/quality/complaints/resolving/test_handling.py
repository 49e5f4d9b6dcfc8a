"""What is done about a complaint: each verb from its states only, each with its line of the timeline."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import uuid4

import asyncpg
import pytest

from quality.access.actor import Actor
from quality.complaints.events import Audience
from quality.complaints.milestones import TRANSITIONS, State
from quality.complaints.resolving import closing, handling
from quality.complaints.resolving.closing import Verdict
from quality.complaints.resolving.handling import Decision
from quality.complaints.waiting import awaiting_contact, count_waiting
from quality.db import pool
from quality.errors import Conflict, Forbidden, Invalid, NotFound
from tests.quality.complaints.mailed import account
from tests.quality.complaints.opened import Filed, filed
from tests.world import World

Verb = Callable[[Actor, int], Awaitable[None]]


SOLUTION = {
    "cause_code": "staffing",
    "cause": "Un oubli.",
    "remedy_code": "replan",
    "solution": "Repassage fait.",
}


async def solve(actor: Actor, number: int) -> None:
    await handling.remedy(actor, number, "not_done", **SOLUTION)


async def settle(actor: Actor, number: int) -> None:
    await closing.hear_verdict(actor, number, Verdict.settled)


async def reopen(actor: Actor, number: int) -> None:
    await closing.hear_verdict(actor, number, Verdict.not_settled)


VERBS: dict[tuple[State, State], Verb] = {
    (State.opened, State.acknowledged): handling.acknowledge,
    (State.acknowledged, State.remedied): solve,
    (State.remedied, State.closed): settle,
    (State.remedied, State.acknowledged): reopen,
}
# A provider takes in charge and remedies; the platform's staff hears the client.
HEARS = {settle, reopen}
PATH = {
    State.opened: (),
    State.acknowledged: (handling.acknowledge,),
    State.remedied: (handling.acknowledge, solve),
    State.closed: (handling.acknowledge, solve, settle),
}
STARTS = {verb: {start} for (start, _), verb in VERBS.items()} | {
    handling.acknowledge: {State.opened, State.acknowledged},
    reopen: {State.remedied, State.closed},
}


def by(world: World, verb: Verb) -> Actor:
    return world.agent if verb in HEARS else world.provider


async def state_of(owner: asyncpg.Connection, complaint: Filed) -> str:
    state: str = await owner.fetchval("SELECT state FROM complaint WHERE id = $1", complaint.id)
    return state


async def events_of(owner: asyncpg.Connection, complaint: Filed) -> list[str]:
    rows = await owner.fetch(
        "SELECT kind FROM complaint_event WHERE complaint_id = $1 ORDER BY at, id", complaint.id
    )
    return [row["kind"] for row in rows]


@pytest.mark.parametrize(("start", "end"), VERBS, ids=str)
async def test_each_verb_makes_its_change_and_writes_its_line(
    world: World, owner: asyncpg.Connection, start: State, end: State
) -> None:
    complaint = await filed(world)
    for verb in PATH[start]:
        await verb(by(world, verb), complaint.number)
    before = len(await events_of(owner, complaint))
    verb = VERBS[start, end]
    await verb(by(world, verb), complaint.number)
    assert await state_of(owner, complaint) == end
    assert len(await events_of(owner, complaint)) == before + 1


@pytest.mark.parametrize("start", list(PATH), ids=str)
@pytest.mark.parametrize("verb", STARTS, ids=lambda verb: verb.__name__)
async def test_a_verb_from_any_other_state_is_refused_and_writes_nothing(
    world: World, owner: asyncpg.Connection, start: State, verb: Verb
) -> None:
    if start in STARTS[verb]:
        return
    complaint = await filed(world)
    for step in PATH[start]:
        await step(by(world, step), complaint.number)
    before = await events_of(owner, complaint)
    with pytest.raises(Conflict):
        await verb(by(world, verb), complaint.number)
    assert await state_of(owner, complaint) == start
    assert await events_of(owner, complaint) == before


def test_every_change_written_is_a_transition_of_the_table() -> None:
    assert all(end in TRANSITIONS[start] for start, end in VERBS)


async def test_a_provider_acknowledges_and_remedies_its_own(world: World, owner: asyncpg.Connection) -> None:
    complaint = await filed(world, "anonymous")
    await handling.acknowledge(world.provider, complaint.number)
    await solve(world.provider, complaint.number)
    assert await state_of(owner, complaint) == "remedied"
    assert (await events_of(owner, complaint))[-2:] == ["countersigned", "remedied"]


@pytest.mark.parametrize("verb", [handling.acknowledge, solve], ids=lambda verb: verb.__name__)
async def test_another_provider_finds_nothing(world: World, verb: Verb) -> None:
    complaint = await filed(world)
    with pytest.raises(NotFound):
        await verb(world.actor("provider", world.cap), complaint.number)


@pytest.mark.parametrize("verb", [settle, reopen], ids=lambda verb: verb.__name__)
async def test_a_provider_does_not_speak_for_the_client(world: World, verb: Verb) -> None:
    complaint = await filed(world)
    with pytest.raises(Forbidden):
        await verb(world.provider, complaint.number)


async def test_gironde_can_do_nothing(world: World) -> None:
    complaint = await filed(world)
    with pytest.raises(Forbidden):
        await handling.acknowledge(world.stranger, complaint.number)


async def test_a_remedy_without_its_cause_says_what_is_missing(
    world: World, owner: asyncpg.Connection
) -> None:
    complaint = await filed(world)
    await handling.acknowledge(world.provider, complaint.number)
    with pytest.raises(Invalid) as refusal:
        await handling.remedy(
            world.provider, complaint.number, "unknown", **SOLUTION | {"cause_code": "", "cause": " "}
        )
    assert [error.field for error in refusal.value.errors] == ["motif", "cause-type", "cause"]
    assert await state_of(owner, complaint) == "acknowledged"


async def test_a_staff_note_is_for_the_staff(world: World, owner: asyncpg.Connection) -> None:
    complaint = await filed(world)
    await handling.note(world.agent, complaint.number, " Rappeler le matin. ", Audience.staff)
    row = await owner.fetchrow(
        "SELECT kind, audience, text FROM complaint_event WHERE audience = 'staff' AND text <> ''"
    )
    assert tuple(row) == ("staff_note", "staff", "Rappeler le matin.")
    with pytest.raises(Forbidden):
        await handling.note(world.provider, complaint.number, "Entre nous", Audience.staff)


@pytest.mark.parametrize("text", ["", "  \n", "x" * 2_001])
async def test_a_note_has_words_and_an_end(world: World, text: str) -> None:
    complaint = await filed(world)
    with pytest.raises(Invalid):
        await handling.note(world.staff, complaint.number, text)


@pytest.mark.parametrize("decision", [Decision.named, Decision.anonymous])
async def test_a_client_called_first_decides_what_the_provider_learns(
    world: World, owner: asyncpg.Connection, decision: Decision
) -> None:
    complaint = await filed(world, "call_first")
    await handling.disclose(world.agent, complaint.number, decision)
    row = await owner.fetchrow(
        """
        SELECT c.disclosure, c.awaits_contact, c.state, s.is_disclosed
        FROM complaint c JOIN complaint_subject s ON s.id = c.id WHERE c.id = $1
        """,
        complaint.id,
    )
    assert tuple(row) == (decision, False, "opened", decision is Decision.named)
    await handling.acknowledge(world.provider, complaint.number)


async def test_a_client_called_first_may_want_nothing(world: World, owner: asyncpg.Connection) -> None:
    complaint = await filed(world, "call_first")
    await handling.disclose(world.agent, complaint.number, Decision.nothing)
    row = await owner.fetchrow(
        "SELECT state, disclosure, awaits_contact FROM complaint WHERE id = $1", complaint.id
    )
    assert tuple(row) == ("closed", "call_first", False)
    with pytest.raises(NotFound):
        await handling.note(world.provider, complaint.number, "Qui est-ce ?")


@pytest.mark.parametrize("disclosure", ["named", "anonymous"])
async def test_what_was_disclosed_is_not_decided_again(
    world: World, owner: asyncpg.Connection, disclosure: str
) -> None:
    complaint = await filed(world, disclosure)
    before = await owner.fetch("SELECT * FROM complaint_subject")
    for decision in Decision:
        with pytest.raises(Conflict):
            await handling.disclose(world.agent, complaint.number, decision)
    assert await owner.fetch("SELECT * FROM complaint_subject") == before


async def test_nothing_moves_before_the_client_was_called(world: World) -> None:
    complaint = await filed(world, "call_first")
    with pytest.raises(NotFound):
        await handling.acknowledge(world.provider, complaint.number)
    with pytest.raises(Conflict):
        await handling.acknowledge(world.staff, complaint.number)


async def test_the_desk_learns_whom_to_call_first(world: World) -> None:
    await filed(world, "named")
    complaint = await filed(world, "call_first", name="M. Durand")
    assert [each.complaint for each in await awaiting_contact(pool("work"))] == [complaint.id]
    await handling.disclose(world.agent, complaint.number, Decision.anonymous)
    assert await awaiting_contact(pool("work")) == []


async def test_each_side_counts_what_waits_for_it(world: World) -> None:
    await filed(world, "named")
    await filed(world, "call_first", name="M. Durand")
    assert await count_waiting(world.provider) == 1
    assert await count_waiting(world.staff) == 1
    assert await count_waiting(world.actor("provider", world.cap)) == 0


async def test_every_verb_is_in_the_audit_trail(world: World, owner: asyncpg.Connection) -> None:
    complaint = await filed(world)
    await handling.acknowledge(world.provider, complaint.number)
    actions = await owner.fetch("SELECT action, subject FROM audit")
    assert [tuple(row) for row in actions] == [("complaint.countersigned", "1")]


async def test_a_complaint_is_followed_by_oneself_or_by_whom_a_manager_names(
    world: World, owner: asyncpg.Connection
) -> None:
    complaint = await filed(world)
    agent, stranger = await account(world, "a@demo.invalid", "agent"), uuid4()
    followed = "SELECT owner_id FROM complaint WHERE id = $1"
    me = replace(world.provider, account=uuid4())
    await handling.assign(me, complaint.number, me.account or stranger)
    assert await owner.fetchval(followed, complaint.id) == me.account
    await handling.assign(world.actor("supervisor"), complaint.number, agent)
    assert await owner.fetchval(followed, complaint.id) == agent
    for actor in (world.agent, world.provider):
        with pytest.raises(Forbidden):
            await handling.assign(actor, complaint.number, agent)
    with pytest.raises(NotFound):
        await handling.assign(world.staff, complaint.number, stranger)


async def test_a_provider_contests_with_its_reasons_and_the_platform_may_acknowledge_for_it_only_late(
    world: World, owner: asyncpg.Connection
) -> None:
    complaint = await filed(world)
    with pytest.raises(Conflict):
        await handling.acknowledge(world.staff, complaint.number)
    with pytest.raises(Invalid):
        await handling.contest(world.provider, complaint.number, " ")
    with pytest.raises(Forbidden):
        await handling.contest(world.staff, complaint.number, "Non")
    await owner.execute("UPDATE complaint SET holder = 'platform'")
    await handling.acknowledge(world.staff, complaint.number)
    row = await owner.fetchrow("SELECT state, position, holder FROM complaint")
    assert tuple(row) == ("acknowledged", None, "platform")
    await handling.countersign(world.provider, complaint.number)
    assert await owner.fetchval("SELECT holder FROM complaint") == "provider"


async def test_only_managers_write_what_is_read_of_a_serious_event(world: World) -> None:
    complaint = await filed(world)
    with pytest.raises(Forbidden):
        await handling.note(world.agent, complaint.number, "Entre nous", Audience.serious)
    await handling.note(world.actor("supervisor"), complaint.number, "Entre nous", Audience.serious)
