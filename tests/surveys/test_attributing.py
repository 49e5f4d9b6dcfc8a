"""Whose answers they are may be said after them: figures, marks and history follow, and nobody's are lost."""

import asyncio
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quality import clock
from quality.db import fetch, pool, transaction
from quality.errors import Conflict, NotFound
from surveys.attributing import attribute
from surveys.collect import record
from surveys.respondents import RELATIONS, Who
from surveys.response import RANKS, by_id
from tests.surveys.invited import invited
from tests.surveys.test_collect import cells_of, differences, say
from tests.world import World

Owner = asyncpg.Connection


async def said(invitation: UUID, respondent: str, relation: str, help: str = "", worker: str = "") -> str:  # noqa: A002
    async with transaction("answer") as db:
        return await attribute(db, invitation, respondent, Who(relation, help, worker))


async def responses(owner: Owner) -> list[tuple[str, str, str, str]]:
    rows = await owner.fetch(
        "SELECT respondent, relation, help, worker FROM response ORDER BY respondent, relation"
    )
    return [tuple(row) for row in rows]


async def test_the_figures_move_to_whoever_answered(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=4)
    assert await said(invitation, "client", "child", "helped") == "relative"
    assert await responses(owner) == [("relative", "child", "helped", "")]
    assert await cells_of(owner) == {("GLOB", "relative"): (1, 1), ("RR2", ""): (1, 1)}
    assert await differences() == []


async def test_the_marks_and_the_history_stay_those_of_the_answers(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=4)
    await say(invitation, globale=1)
    await said(invitation, "client", "guardian")
    joined = """
    SELECT r.respondent FROM response r JOIN signal s ON s.source_id = r.id
    JOIN response_change c ON c.response_id = r.id
    """
    assert await owner.fetchval(joined) == "guardian"


async def test_who_said_it_goes_on_as_themselves(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=4)
    await said(invitation, "client", "child")
    await say(invitation, respondent="relative", globale=2, ponctualite=5)
    assert await responses(owner) == [("relative", "child", "", "")]
    assert await owner.fetchval("SELECT was FROM response_change") == "4"
    assert await differences() == []


async def test_the_client_answers_beside_a_relative_whose_place_is_theirs(world: World, owner: Owner) -> None:
    """The answers given first keep their place in the table: the client's take another one, and count."""
    _, invitation = await invited(world)
    await say(invitation, globale=4)
    await said(invitation, "client", "child")
    await say(invitation, globale=1)
    assert [row[0] for row in await responses(owner)] == ["client", "relative"]
    assert await cells_of(owner) == {("GLOB", "client"): (1, 0), ("RR2", ""): (1, 1)}
    assert await differences() == []


async def test_nobody_takes_the_place_of_another_s_answers(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=4)
    await say(invitation, respondent="relative", globale=2)
    with pytest.raises(Conflict):
        await said(invitation, "client", "spouse")
    assert [row[0] for row in await responses(owner)] == ["client", "relative"]


async def test_what_the_care_worker_filled_in_counts_apart(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=4)
    await said(invitation, "client", "self", "helped", "filled_in")
    query = "SELECT admissible FROM cell WHERE indicator = 'GLOB' AND n > 0"
    assert await owner.fetchval(query) == "worker_filled_in"
    await said(invitation, "client", "self", "helped")
    assert await owner.fetchval(query) == "yes"
    assert await differences() == []


async def test_a_worker_is_told_of_where_nobody_says_who_answered(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, respondent="relative", globale=4)
    assert await said(invitation, "relative", "", worker="present") == "relative"
    assert await responses(owner) == [("relative", "", "", "present")]
    assert await owner.fetchval("SELECT admissible FROM response") == "worker_present"


async def test_it_may_be_corrected_and_taken_back(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=4)
    await said(invitation, "client", "other", "helped", "filled_in")
    await said(invitation, "other", "self")
    assert await responses(owner) == [("client", "self", "", "")]
    assert await cells_of(owner) == {("GLOB", "client"): (1, 1), ("RR2", ""): (1, 1)}


async def test_said_twice_by_the_same_form_it_is_said_once(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=4)
    for _press in range(2):
        assert await said(invitation, "client", "child", "helped") == "relative"
    with pytest.raises(NotFound):
        await said(invitation, "client", "child", worker="present")
    assert await responses(owner) == [("relative", "child", "helped", "")]


async def test_there_must_be_answers(world: World) -> None:
    _, invitation = await invited(world)
    with pytest.raises(NotFound):
        await said(invitation, "client", "child")


async def test_an_answer_read_before_it_was_said_goes_to_whoever_it_is_now(
    world: World, owner: Owner
) -> None:
    """A page opened before, on another device, corrects the same answers and opens no others."""
    _, invitation = await invited(world)
    await say(invitation, globale=4, ponctualite=5)
    stale = await by_id(pool("answer"), invitation)
    assert stale is not None
    await said(invitation, "client", "child")
    await record(pool("answer"), stale, {"globale": 2}, channel="web", respondent="client", now=clock.now())
    assert [row[0] for row in await responses(owner)] == ["relative"]
    assert await differences() == []


@pytest.mark.parametrize("respondent", ["client", "relative"])
async def test_said_while_somebody_else_begins_the_figures_are_exact(
    world: World, owner: Owner, respondent: str
) -> None:
    _, invitation = await invited(world)
    await say(invitation, respondent="other", globale=4)

    async def tell() -> None:
        try:
            await said(invitation, "other", "child" if respondent == "client" else "guardian")
        except Conflict:
            assert respondent == "relative"

    await asyncio.gather(
        tell(), *(say(invitation, respondent=respondent, globale=mark) for mark in (1, 5, 3))
    )
    assert await differences() == []
    assert len({row[0] for row in await responses(owner)}) == len(await responses(owner)) == 2


SOMEBODY = st.sampled_from(list(RANKS))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), SOMEBODY, st.integers(1, 5)),
        st.tuples(st.just("tell"), SOMEBODY, st.sampled_from(sorted(RELATIONS))),
    ),
    min_size=1,
    max_size=8,
)


@given(steps=STEPS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_is_said_in_whatever_order_the_figures_are_those_of_the_answers(
    world: World, owner: Owner, steps: list[tuple[str, str, object]]
) -> None:
    _, invitation = await invited(world)
    for what, respondent, value in steps:
        try:
            if what == "say":
                await say(invitation, respondent=respondent, globale=value)
            else:
                await said(invitation, respondent, str(value))
        except (Conflict, NotFound):
            continue
    rows = await fetch(pool("answer"), "SELECT respondent FROM response WHERE invitation_id = $1", invitation)
    assert len({row["respondent"] for row in rows}) == len(rows)
    assert await differences() == []
