"""The same answer sent by fifty connections at once, over HTTP and a real database: it counts once."""

import asyncio

import asyncpg
import httpx
import msgspec
import pytest
from starlette.applications import Starlette

from surveys.verification import verify
from tests.live import PATIENCE_SECONDS
from tests.served import served
from tests.surveys.invited import invited
from tests.world import World

TIMES = 50


@pytest.mark.parametrize("is_page_read", [True, False])
async def test_fifty_posts_of_one_answer_at_once_are_one_response(
    world: World, web: Starlette, owner: asyncpg.Connection, is_page_read: bool
) -> None:
    token, invitation = await invited(world)
    limits = httpx.Limits(max_connections=TIMES)
    async with (
        served(web) as url,
        httpx.AsyncClient(base_url=url, limits=limits, timeout=PATIENCE_SECONDS) as people,
    ):
        if is_page_read:
            assert (await people.get(f"/s/{token}")).status_code == 200
        posts = [people.post(f"/s/{token}/1", data={"globale": "4"}) for _ in range(TIMES)]
        answers = await asyncio.gather(*posts)
    assert {(each.status_code, each.headers["location"]) for each in answers} == {(303, f"/s/{token}/2")}
    (kept,) = await owner.fetch(
        "SELECT answers, cells, respondent FROM response WHERE invitation_id = $1", invitation
    )
    assert (msgspec.json.decode(kept["answers"]), kept["respondent"]) == ({"globale": 4}, "client")
    sums = await owner.fetch("SELECT indicator, n, x FROM cell ORDER BY indicator")
    assert [tuple(row) for row in sums] == [("GLOB", 1, 1), ("RR2", 1, 1)]
    await verify(world.house)


async def test_a_low_mark_sent_fifty_times_is_one_signal(
    world: World, web: Starlette, owner: asyncpg.Connection
) -> None:
    token, _ = await invited(world)
    async with served(web) as url, httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as people:
        posts = [people.post(f"/s/{token}/1", data={"globale": "1"}) for _ in range(TIMES)]
        answers = await asyncio.gather(*posts)
    assert {each.headers["location"] for each in answers} == {f"/s/{token}/souhait"}
    assert await owner.fetchval("SELECT count(*) FROM signal") == 1
    assert await owner.fetchval("SELECT count(*) FROM complaint") == 0
    sums = await owner.fetch("SELECT indicator, n, x FROM cell ORDER BY indicator")
    assert [tuple(row) for row in sums] == [("GLOB", 1, 0), ("RR2", 1, 1)]
