"""An answer taken back is as if it had never been given: answers, figures, signals, messages."""

from uuid import UUID

import asyncpg

from quality import clock
from quality.db import pool, transaction
from surveys.response import by_id, response_id
from surveys.retracting import retract
from surveys.verification import recomputed
from tests.surveys.invited import invited
from tests.surveys.respond.defined import MARK, published
from tests.surveys.test_collect import answers_of, cells_of, say
from tests.world import World

Owner = asyncpg.Connection


async def take_back(invitation: object, alias: str, respondent: str = "client") -> bool:
    async with transaction("work") as db:
        return await retract(db, UUID(str(invitation)), alias, respondent=respondent, now=clock.now())


async def differences() -> list[object]:
    async with transaction("work") as db:
        return list(await recomputed(db))


async def state_of(owner: Owner) -> tuple[object, ...]:
    """Everything that a first answer moves."""
    return (
        await owner.fetch("SELECT id, state, reason, settled_at FROM attempt ORDER BY id"),
        await owner.fetch("SELECT id, answered_at FROM invitation"),
        await owner.fetch("SELECT id FROM response"),
        await cells_of(owner),
    )


async def test_the_first_answer_taken_back_leaves_nothing(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    before = await state_of(owner)
    await say(invitation, channel="phone", globale=4)
    assert await state_of(owner) != before
    assert await take_back(invitation, "globale")
    assert await state_of(owner) == before
    assert await differences() == []


async def test_a_later_answer_taken_back_keeps_the_others(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=4)
    before = await cells_of(owner)
    await say(invitation, ponctualite=2)
    assert await take_back(invitation, "ponctualite")
    assert await answers_of(owner, invitation) == {"globale": 4}
    assert await cells_of(owner) == before
    assert await owner.fetchval("SELECT value FROM signal") == 0, "a mark taken back asks for nothing"
    assert await differences() == []


async def test_an_answer_comes_again_after_all_was_taken_back(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, channel="phone", globale=1)
    await take_back(invitation, "globale")
    assert (await say(invitation, channel="web", globale=5)).version == 1
    assert await owner.fetchval("SELECT channel FROM response") == "web"
    assert await cells_of(owner) == {("GLOB", "client"): (1, 1), ("RR2", ""): (1, 1)}
    assert await differences() == []


async def test_the_relative_counts_again_when_the_client_takes_all_back(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, "relative", globale=2)
    before = await cells_of(owner)
    await say(invitation, globale=5)
    await take_back(invitation, "globale")
    assert await cells_of(owner) == before
    visit = await by_id(pool("answer"), UUID(str(invitation)))
    assert visit is not None
    assert list(visit.responses) == ["relative"]
    assert await differences() == []


async def test_a_wished_call_is_taken_back_with_the_answer_that_asked_for_it(
    world: World, owner: Owner
) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=5)
    await say(invitation, channel="phone", rappel="yes")
    await take_back(invitation, "rappel")
    assert await owner.fetchval("SELECT outcome FROM call_case WHERE kind = 'callback'") == "withdrawn"


async def test_nothing_is_taken_back_twice(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=4)
    assert await take_back(invitation, "globale")
    assert not await take_back(invitation, "globale")
    assert not await take_back(invitation, "travail", "relative")
    assert (
        await owner.fetchval("SELECT count(*) FROM response WHERE id = $1", response_id(invitation, "client"))
        == 0
    )


async def test_a_low_mark_that_is_asked_no_more_asks_for_nothing(world: World, owner: Owner) -> None:
    """Its question depended on the answer that was taken back."""
    late = {**MARK, "alias": "retard", "relevant": "${globale} <= 2"}
    version = await published(owner, world, MARK, late)
    _, invitation = await invited(world)
    await owner.execute("UPDATE invitation SET questionnaire_id = $1", version)
    await say(invitation, globale=2)
    await say(invitation, retard=1)
    await take_back(invitation, "globale")
    assert {row["item"]: row["value"] for row in await owner.fetch("SELECT item, value FROM signal")} == {
        "globale": 0,
        "retard": 0,
    }
