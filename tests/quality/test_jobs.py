"""Ticks: a singleton's slot is taken once, a failure is kept, and a stop lets the run finish."""

import asyncio
from datetime import timedelta

import pytest

from quality import jobs
from quality.app import House
from quality.component import Job
from quality.db import execute, fetch, fetch_value, pool
from tests.live import PATIENCE_SECONDS

HOUR = timedelta(hours=1)


class Counter:
    """A job that counts its runs."""

    def __init__(self) -> None:
        self.runs = 0

    async def __call__(self, house: House) -> None:
        self.runs += 1


async def broken(house: House) -> None:
    raise ValueError("it broke")


async def test_a_singleton_runs_once_a_slot_among_all_processes(empty: None, house: House) -> None:
    counter = Counter()
    job = Job("count", counter, HOUR)
    taken = await asyncio.gather(*(jobs.run(house, job) for _ in range(5)))
    assert sorted(taken) == [False, False, False, False, True]
    assert counter.runs == 1


async def test_a_job_that_claims_rows_runs_everywhere(empty: None, house: House) -> None:
    counter = Counter()
    job = Job("count", counter, HOUR, is_singleton=False)
    await jobs.run(house, job)
    await jobs.run(house, job)
    assert counter.runs == 2


async def test_a_failure_is_kept_with_its_run(empty: None, house: House) -> None:
    with pytest.raises(ValueError, match="it broke"):
        await jobs.run(house, Job("break", broken, HOUR))
    rows = await fetch(pool("work"), "SELECT error, finished_at IS NOT NULL AS is_finished FROM tick_run")
    assert rows == [{"error": "ValueError('it broke')", "is_finished": True}]


async def test_somebody_may_run_a_job_whatever_its_slot(empty: None, house: House) -> None:
    counter = Counter()
    job = Job("count", counter, HOUR)
    await jobs.run(house, job)
    await jobs.run_now(house, job)
    assert counter.runs == 2


async def test_a_stop_lets_what_runs_finish(empty: None, house: House) -> None:
    started, finish, done = asyncio.Event(), asyncio.Event(), []

    async def slow(house: House) -> None:
        started.set()
        await finish.wait()
        done.append("finished")

    ticks = jobs.Ticks(house, [Job("slow", slow, HOUR)])
    ticks.start()
    await asyncio.wait_for(started.wait(), PATIENCE_SECONDS)
    stopping = asyncio.create_task(ticks.stop())
    finish.set()
    await stopping
    assert done == ["finished"]


async def test_what_a_stop_cuts_short_has_given_back_when_it_returns(
    empty: None, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, given_back = asyncio.Event(), []

    async def endless(_: House) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            given_back.append(await fetch_value(pool("work"), "SELECT 1"))

    monkeypatch.setattr(jobs, "STOP_SECONDS", 0.2)
    ticks = jobs.Ticks(house, [Job("endless", endless, timedelta(days=1), is_singleton=False)])
    ticks.start()
    await begun.wait()
    await ticks.stop()
    assert given_back == [1]


async def test_what_begins_again_elsewhere_is_stopped_without_waiting(empty: None, house: House) -> None:
    begun, over = asyncio.Event(), []

    async def endless(_: House) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            over.append("given back")

    begins_again = Job("endless", endless, timedelta(days=1), is_singleton=False, is_cut_short=True)
    ticks = jobs.Ticks(house, [begins_again])
    ticks.start()
    await begun.wait()
    async with asyncio.timeout(jobs.STOP_SECONDS / 2):
        await ticks.stop()
    assert over == ["given back"]


async def test_old_runs_are_forgotten_and_months_made_ahead(empty: None, house: House) -> None:
    await execute(
        pool("work"),
        "INSERT INTO tick_run (id, job, slot, started_at) "
        "VALUES ('old', 'x', now(), now() - interval '15 days')",
    )
    await jobs.run_now(house, house.jobs["forget-old-runs"])
    await jobs.run_now(house, house.jobs["make-partitions"])
    assert await fetch_value(pool("work"), "SELECT count(*) FROM tick_run WHERE id = 'old'") == 0
    ahead = "SELECT to_regclass('attempt_' || to_char(now() + interval '4 months', 'YYYYMM')) IS NOT NULL"
    assert await fetch_value(pool("work"), ahead)


async def test_a_job_cut_short_by_the_end_raises_no_alarm(
    empty: None, house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, over = asyncio.Event(), asyncio.Event()

    async def endless(_: House) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            over.set()

    monkeypatch.setattr(jobs, "STOP_SECONDS", 0.01)
    ticks = jobs.Ticks(house, [Job("endless", endless, timedelta(days=1), is_singleton=False)])
    ticks.start()
    await begun.wait()
    await ticks.stop()
    await over.wait()
    for _ in range(5):
        await asyncio.sleep(0)
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
