"""Each visit is asked about with the questionnaire of its moment, or with that of any visit."""

from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
from hypothesis import given
from hypothesis import strategies as st

from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.app import House
from quality.db import fetch, pool
from surveys.protocol.choosing_questions import VISITS, Moment, moment_of, version_at
from surveys.protocol.deciding import decide_pending
from surveys.publishing import publish
from surveys.questionnaire.reading import library
from tests.surveys.visits import MOBILE, MORNING, someone, visit
from tests.world import World

DAY = timedelta(days=1)
VERSIONS = st.dictionaries(st.sampled_from([*Moment]), st.builds(uuid4))


@given(versions=VERSIONS, moment=st.sampled_from([*Moment]))
def test_a_moment_asks_its_own_questionnaire_else_that_of_a_visit_if_it_is_one(
    versions: dict[str, UUID], moment: Moment
) -> None:
    chosen = version_at(moment, versions)
    if moment in versions:
        assert chosen == versions[moment]
    else:
        assert chosen == (versions.get("visit") if moment in VISITS else None)


@given(is_done=st.booleans(), is_first=st.booleans())
def test_a_visit_is_asked_about_at_a_moment_of_visits(*, is_done: bool, is_first: bool) -> None:
    moment = moment_of(is_done=is_done, is_first=is_first)
    assert moment in VISITS
    assert (moment is Moment.NO_SHOW) == (not is_done)


async def asked() -> dict[UUID, str]:
    rows = await fetch(
        pool("work"),
        """
        SELECT i.occasion_id, v.code || ' ' || v.version AS asked
        FROM invitation i JOIN questionnaire_version v ON v.id = i.questionnaire_id
        """,
    )
    return {row["occasion_id"]: row["asked"] for row in rows}


async def a_life(world: World) -> list[UUID]:
    """Write a first visit, one that did not take place, and one by somebody else."""
    client = await someone(world, mobile=MOBILE)
    return [
        await visit(client, MORNING - 2 * DAY),
        await visit(client, MORNING - DAY, status="not_done", status_reason="worker_absent"),
        await visit(client, MORNING, worker_reference="W2"),
    ]


async def test_a_first_visit_a_missed_one_and_any_other_are_asked_about_in_their_own_words(
    world: World, house: House
) -> None:
    first, missed, other = await a_life(world)
    await decide_pending(house)
    assert await asked() == {first: "first 2", missed: "no_show 2", other: "default 2"}


async def test_the_first_visit_is_that_of_a_client_by_one_provider(world: World, house: House) -> None:
    client = await someone(world, mobile=MOBILE)
    await visit(client, MORNING - 2 * DAY)
    elsewhere = await someone(world, mobile="+33639980002", provider=world.cap, person=client.person)
    second = await visit(elsewhere)
    await decide_pending(house)
    assert (await asked())[second] == "first 2"


async def test_a_missed_visit_before_any_other_leaves_the_first_one_to_come(
    world: World, house: House
) -> None:
    client = await someone(world, mobile=MOBILE)
    missed = await visit(client, MORNING - DAY, status="not_done", status_reason="worker_absent")
    first = await visit(client)
    await decide_pending(house)
    assert await asked() == {missed: "no_show 2", first: "first 2"}


async def test_without_questions_of_their_own_all_are_asked_what_a_visit_is(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await owner.execute("DELETE FROM questionnaire_use WHERE moment <> 'visit'")
    await a_life(world)
    await decide_pending(house)
    assert set((await asked()).values()) == {"default 2"}


async def test_without_anything_to_ask_nobody_is_asked(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await owner.execute("DELETE FROM questionnaire_use")
    await a_life(world)
    await decide_pending(house)
    assert await asked() == {}
    reasons = {row["reason"] for row in await fetch(pool("work"), "SELECT reason FROM occasion")}
    assert reasons == {"not_configured"}


async def test_the_newest_version_is_asked(world: World, house: House) -> None:
    import msgspec

    second = msgspec.structs.replace(library("first"), version=3)
    async with scoped(Actor("platform", world.platform)) as db:
        await publish(db, world.platform, second)
    first, *_ = await a_life(world)
    await decide_pending(house)
    assert (await asked())[first] == "first 3"
