"""What was answered before stays: how and when it was corrected, and the version that held it."""

import asyncio

import asyncpg
import msgspec
import pytest

from quality import clock
from quality.access.scope import scoped
from quality.db import fetch, transaction
from surveys.response import response_id
from surveys.retracting import retract
from tests.surveys.invited import invited
from tests.surveys.test_collect import say
from tests.world import World

Owner = asyncpg.Connection


async def history(owner: Owner) -> list[tuple[str, object, int, str]]:
    rows = await owner.fetch("SELECT item, was, version, channel FROM response_change ORDER BY version, item")
    return [(row["item"], msgspec.json.decode(row["was"]), row["version"], row["channel"]) for row in rows]


async def test_a_first_answer_and_the_same_one_again_leave_no_history(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=4)
    await say(invitation, globale=4, ponctualite=5)
    assert await history(owner) == []


async def test_each_answer_that_changes_is_kept_as_it_was(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=4, commentaire="Très bien", conseil="yes")
    await say(invitation, channel="phone", globale=2, commentaire="", conseil="yes")
    await say(invitation, globale="nsp")
    assert await history(owner) == [
        ("commentaire", "Très bien", 1, "phone"),
        ("globale", 4, 1, "phone"),
        ("globale", 2, 2, "web"),
    ]


async def test_the_history_is_that_of_whoever_answered(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=4)
    await say(invitation, respondent="relative", globale=5)
    await say(invitation, respondent="relative", globale=1)
    kept = await owner.fetchrow("SELECT response_id, invitation_id, at FROM response_change")
    assert tuple(kept)[:2] == (response_id(invitation, "relative"), invitation)
    assert abs((clock.now() - kept["at"]).total_seconds()) < 60


async def test_corrections_sent_at_once_are_each_kept(world: World, owner: Owner) -> None:
    """Whatever the order in which they arrive, each former value is there once, by its version."""
    _, invitation = await invited(world)
    await say(invitation, globale=5)
    await asyncio.gather(*(say(invitation, globale=mark) for mark in (1, 2, 3, 4)))
    kept = await history(owner)
    last = msgspec.json.decode(await owner.fetchval("SELECT answers FROM response"))["globale"]
    assert [version for _, _, version, _ in kept] == [1, 2, 3, 4]
    assert sorted([was for _, was, _, _ in kept] + [last]) == [1, 2, 3, 4, 5]  # type: ignore[type-var]


async def test_an_answer_taken_back_at_the_desk_leaves_its_trace(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, channel="phone", globale=1)
    async with transaction("work") as db:
        assert await retract(db, invitation, "globale", respondent="client", now=clock.now())
    assert await history(owner) == [("globale", 1, 1, "phone")]


@pytest.mark.parametrize(
    ("role", "seen"), [("platform", 1), ("supervisor", 1), ("agent", 0), ("provider", 0), ("funder", 0)]
)
async def test_the_platform_alone_reads_what_was_answered_before(world: World, role: str, seen: int) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=4)
    await say(invitation, globale=2)
    organisation = {"provider": world.aide34, "funder": world.herault}.get(role)
    async with scoped(world.actor(role, organisation)) as db:
        assert len(await fetch(db, "SELECT id FROM response_change")) == seen
