"""What is decided and written obeys the strictest cap that concerns a visit or its person."""

from datetime import timedelta
from uuid import UUID

import asyncpg

from quality.app import House
from quality.db import execute, fetch, pool
from surveys.protocol.caps import Cap, Public
from surveys.protocol.deciding import decide_pending
from tests.surveys.protocol.capped import publish
from tests.surveys.visits import MOBILE, MORNING, someone, visit
from tests.world import World


async def attempts_of(identity: UUID) -> list[int]:
    rows = await fetch(
        pool("work"),
        """
        SELECT a.contact_cap FROM attempt a JOIN invitation i ON i.id = a.invitation_id
        WHERE i.occasion_id = $1 ORDER BY a.id
        """,
        identity,
    )
    return [row["contact_cap"] for row in rows]


async def test_attempts_are_written_with_the_cap_of_the_age_or_of_the_funder(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await publish(owner, Cap(contacts=2, age_from=85), Cap(contacts=3, funder="CNAV"))
    old = await visit(await someone(world, mobile=MOBILE, age_band="85+"))
    paid = await visit(await someone(world, mobile="+33639980002"), funders=[world.herault, world.cnav])
    both = await visit(
        await someone(world, mobile="+33639980003", age_band="85+"), funders=[world.cnav], activity="II-1"
    )
    usual = await visit(await someone(world, mobile="+33639980004", age_band="75-84"))
    await decide_pending(house)
    assert await attempts_of(old) == [2, 2]
    assert await attempts_of(paid) == [3, 3, 3]
    assert await attempts_of(both) == [2, 2]
    assert await attempts_of(usual) == [4, 4, 4, 4]


async def test_an_age_told_by_another_provider_is_the_same_persons(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await publish(owner, Cap(contacts=1, age_from=85))
    known = await someone(world, provider=world.cap, mobile=MOBILE, age_band="85+")
    same = await visit(await someone(world, person=known.person, mobile=MOBILE))
    await decide_pending(house)
    assert await attempts_of(same) == [1]


async def test_a_capped_person_is_not_asked_and_the_ledger_says_by_what(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await publish(owner, Cap(contacts=2, public=Public.FRAIL))
    client = await someone(world, mobile=MOBILE)
    recent = [MORNING - timedelta(days=1), MORNING - timedelta(days=2)]
    await execute(pool("work"), "UPDATE person SET recent = $2 WHERE id = $1", client.person, recent)
    helped, garden = await visit(client), await visit(client, activity="II-1")
    await decide_pending(house)
    rows = await fetch(pool("work"), "SELECT id, reason FROM occasion")
    found = {row["id"]: row["reason"] for row in rows}
    assert found[helped] == "own_cap"
    assert found[garden] in {"first_intervention", "quarter_full_ask"}
