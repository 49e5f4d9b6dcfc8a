"""Ticks: APScheduler is the clock, the database says what is due.

A tick only wakes a job up. A singleton takes its slot once among all processes by the primary key of
`tick_run`; the others claim rows, so any number of workers may run them at once.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from quality import clock
from quality.component import Job
from quality.db import execute, fetch_one, fetch_value, pool

if TYPE_CHECKING:
    from quality.app import House

log = logging.getLogger(__name__)
# A run that outlasts its interval is no fault: what is due waits in the database for the next tick.
logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
STOP_SECONDS = 10.0
KEPT = "14 days"
_told_to_stop: ContextVar[asyncio.Event | None] = ContextVar("told_to_stop", default=None)
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def is_stopping() -> bool:
    """Tell a job that its worker was told to stop: it finishes what it began, and begins nothing more."""
    told = _told_to_stop.get()
    return told is not None and told.is_set()


class Ticks:
    """The scheduler of one worker process, and the runs under way."""

    def __init__(self, house: "House", jobs: Sequence[Job]) -> None:
        self._house = house
        self._running: dict[asyncio.Task[Any], Job] = {}
        self._told_to_stop = asyncio.Event()
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        for job in jobs:
            self._scheduler.add_job(
                self._tick,
                "interval",
                args=(job,),
                seconds=job.every.total_seconds(),
                id=job.name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
                next_run_time=datetime.now(UTC),  # noqa: TID251 - the scheduler lives in real time
            )

    def start(self) -> None:
        self._scheduler.start()

    async def stop(self) -> None:
        """Start nothing more, give what runs ten seconds to finish, and the rest the time to give back."""
        self._told_to_stop.set()
        self._scheduler.pause()
        for task, job in self._running.items():
            if job.is_cut_short:
                task.cancel()
        late = (await asyncio.wait(self._running, timeout=STOP_SECONDS))[1] if self._running else set()
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=STOP_SECONDS)
        self._scheduler.shutdown(wait=False)

    async def _tick(self, job: Job) -> None:
        task = asyncio.current_task()
        if task is None or self._told_to_stop.is_set():
            return
        _told_to_stop.set(self._told_to_stop)
        self._running[task] = job
        try:
            await run(self._house, job)
        except asyncio.CancelledError:  # by `stop` alone, which waits for no result
            log.info("job %s was stopped before its end", job.name)
        except Exception:
            log.exception("job %s failed", job.name)
        finally:
            del self._running[task]


async def run(house: "House", job: Job) -> bool:
    """Run a job once at the present tick; say whether this process had the slot."""
    db = pool("work")
    await clock.refresh(db)
    if not job.is_singleton:
        await job.run(house)
        return True
    run_id = await _take_slot(job)
    if run_id is None:
        return False
    try:
        await job.run(house)
    except Exception as error:
        await execute(
            db,
            "UPDATE tick_run SET finished_at = now(), error = $2 WHERE id = $1",
            run_id,
            repr(error)[:2000],
        )
        raise
    await execute(db, "UPDATE tick_run SET finished_at = now() WHERE id = $1", run_id)
    return True


async def run_now(house: "House", job: Job) -> None:
    """Run a job because somebody asks for it (`quality run-job`), whatever its slot."""
    await clock.refresh(pool("work"))
    await job.run(house)


async def _take_slot(job: Job) -> str | None:
    """Take the present slot; the database's clock decides which one it is."""
    now: datetime = await fetch_value(pool("work"), "SELECT now()")
    slot = EPOCH + (now - EPOCH) // job.every * job.every
    row = await fetch_one(
        pool("work"),
        """
        INSERT INTO tick_run (id, job, slot, started_at) VALUES ($1, $2, $3, now())
        ON CONFLICT (id) DO NOTHING RETURNING id
        """,
        f"{job.name}@{slot.isoformat()}",
        job.name,
        slot,
    )
    return row["id"] if row else None


async def _forget_old_runs(house: "House") -> None:  # noqa: ARG001 - a job's signature
    await execute(pool("work"), f"DELETE FROM tick_run WHERE started_at < now() - interval '{KEPT}'")


async def _make_partitions(house: "House") -> None:  # noqa: ARG001
    await fetch_value(pool("work"), "SELECT ensure_partitions($1, -1, 4)", clock.now())


JOBS = (
    Job("forget-old-runs", _forget_old_runs, timedelta(days=1)),
    Job("make-partitions", _make_partitions, timedelta(hours=1)),
)
