"""The jobs of dispatch do one tick each, and the loop ends when told to."""

from datetime import timedelta

from quality.app import House
from quality.db import fetch_value, pool
from quality.jobs import run_now
from surveys.dispatch import worker
from tests.surveys.dispatch.asking import NOON, first_attempt, messages, set_clock
from tests.surveys.visits import MOBILE, someone, visit
from tests.world import World


async def hold_clock(house: House) -> None:
    """Store the clock where every tick reads it again."""
    from datetime import UTC, datetime

    from quality import clock

    await clock.advance(pool("work"), NOON - datetime.now(UTC))


async def test_the_jobs_take_a_visit_from_the_file_to_the_message(world: World, house: House) -> None:
    await hold_clock(house)
    await visit(await someone(world, mobile=MOBILE))
    for job in worker.JOBS:
        await run_now(house, job)
    assert [message["recipient"] for message in await messages(house)] == [MOBILE]
    assert (await first_attempt())["state"] == "sent"


async def test_the_recovery_job_closes_what_is_over(world: World, house: House) -> None:
    await visit(await someone(world, mobile=MOBILE))
    await worker.decide(house)
    set_clock(NOON + timedelta(days=30))
    await worker.recover(house)
    assert await fetch_value(pool("work"), "SELECT closed_reason FROM invitation") == "expired"
    assert await fetch_value(pool("work"), "SELECT count(*) FROM attempt WHERE state <> 'expired'") == 0
