"""Invitations that ask about something else than one visit."""

import asyncpg
import httpx
import pytest

from quality import clock
from quality.db import pool
from quality.ids import uuid7
from surveys.collect import record
from surveys.response import by_id
from tests.surveys.invited import invited
from tests.surveys.respond.browsing import Person
from tests.world import World

Owner = asyncpg.Connection


async def asked_about_a_year(world: World, owner: Owner) -> tuple[str, object]:
    token, invitation = await invited(world)
    await owner.execute(
        "UPDATE invitation SET purpose = 'yearly', occasion_id = NULL WHERE id = $1", invitation
    )
    await owner.execute("UPDATE attempt SET purpose = 'yearly' WHERE invitation_id = $1", invitation)
    await owner.execute("DELETE FROM cell")
    return token, invitation


@pytest.mark.parametrize("purpose", ["yearly", "complaint"])
async def test_what_is_asked_beside_visits_is_no_part_of_the_response_rate(
    world: World, owner: Owner, purpose: str
) -> None:
    _, invitation = await asked_about_a_year(world, owner)
    await owner.execute(
        """
        UPDATE invitation SET purpose = $1::text, complaint_id = $2,
            first_mode = CASE WHEN $1::text = 'complaint' THEN 'web' ELSE first_mode END
        """,
        purpose,
        uuid7(clock.now()),
    )
    visit = await by_id(pool("answer"), invitation)
    assert visit is not None
    assert (visit.purpose, visit.occasion_id) == (purpose, None)
    assert (visit.is_invited, visit.is_request, visit.is_eligible) == (True, False, False)
    await record(pool("answer"), visit, {"globale": 4}, channel="web", now=clock.now())
    assert await owner.fetch("SELECT indicator FROM cell WHERE n <> 0") == [("GLOB",)]


async def test_whoever_is_asked_about_a_year_may_refuse_all_that_was_still_planned(
    world: World, owner: Owner, client: httpx.AsyncClient
) -> None:
    token, _ = await asked_about_a_year(world, owner)
    person = Person(client, token)
    assert "/stop" in (await person.open()).text
    await person.open("stop")
    await person.post("stop")
    left = await owner.fetchval("SELECT count(*) FROM attempt WHERE state = 'planned'")
    assert left == 0
    refused = await owner.fetchval("SELECT count(*) FROM attempt WHERE reason = 'refused'")
    assert refused == 3
