"""What came by a door is in none of the pages that speak of the draw's requests."""

from datetime import timedelta

import httpx

from quality import clock
from quality.db import pool
from quality.ids import uuid7_floor
from surveys.occasions import reading
from surveys.response import by_id
from surveys.reviews.reading import marks_by_month
from tests.surveys.door.visits import code_of
from tests.surveys.invited import invited
from tests.surveys.respond.browsing import Person
from tests.world import World


async def test_a_provider_reads_no_door_mark_among_its_reviews(at_door: Person, world: World) -> None:
    await at_door.open()
    await at_door.post("1", globale="5")
    assert await marks_by_month(world.provider, clock.now()) == {}


async def test_the_ledger_does_not_take_a_door_for_an_answer_to_its_request(
    world: World, client: httpx.AsyncClient
) -> None:
    _, invitation = await invited(world)
    asked = await by_id(pool("answer"), invitation)
    assert asked is not None
    door = Person(client, code_of(world, asked.client_id, asked.visit_on))
    await door.open()
    await door.post("1", globale="5")
    actor = world.actor("supervisor")
    now = clock.now()
    bounds = now - timedelta(days=40), now + timedelta(days=1)
    choice = reading.choice_of(actor, *map(uuid7_floor, bounds), None)
    (line,) = (await reading.lines(actor, choice, (), None)).rows
    assert line.follow_up is not None
    assert not line.follow_up.is_answered
