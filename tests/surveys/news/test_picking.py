"""A call about a solution is made as long as the client's word is awaited."""

from datetime import timedelta

from quality.db import fetch_value, pool
from surveys.desk.queueing import queue
from tests.surveys.desk.waiting import agent
from tests.surveys.dispatch.asking import change, set_clock
from tests.surveys.news.complaining import NOON, WEEK, complained, tick
from tests.world import World

AFTERNOON = NOON + timedelta(hours=3)  # 15:05 in Paris


async def test_a_client_who_answered_by_telephone_is_called_about_the_solution(world: World) -> None:
    await complained(world, answered_by="phone", at=NOON - WEEK)
    await tick(world, NOON)
    set_clock(AFTERNOON)
    picked = await queue.pick(agent(world), AFTERNOON)
    assert picked == await fetch_value(pool("work"), "SELECT id FROM call_case WHERE kind = 'verdict'")


async def test_a_verdict_said_elsewhere_is_not_called(world: World) -> None:
    await complained(world, answered_by="phone", at=NOON - WEEK)
    await tick(world, NOON)
    await change("complaint", "state = 'closed', closed_at = $1, verdict = 'settled'", AFTERNOON)
    set_clock(AFTERNOON)
    assert await queue.pick(agent(world), AFTERNOON) is None
    outcome = "SELECT outcome FROM call_case WHERE kind = 'verdict'"
    assert await fetch_value(pool("work"), outcome) == "withdrawn"
