"""The worker process: ticks until told to stop."""

import asyncio
import logging
import signal
from collections.abc import Sequence

from tortoise import Tortoise

from quality import db
from quality.app import House
from quality.component import Job
from quality.cycles import keep_what_stands
from quality.jobs import Ticks

log = logging.getLogger(__name__)
PATIENCE_SECONDS = 30  # PostgreSQL recovers from its log before it lets anybody in


async def work(house: House, jobs: Sequence[Job] | None = None) -> None:
    """Run every job of the house, or some of them, until SIGTERM or SIGINT."""
    jobs = tuple(house.jobs.values()) if jobs is None else jobs
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await Tortoise.init(config=db.tortoise_config(house.database_url, house.components))
    try:
        await _until_the_database_answers()
        ticks = Ticks(house, jobs)
        keep_what_stands()
        ticks.start()
        log.info("worker ready: %s", ", ".join(job.name for job in jobs))
        await stop.wait()
        await ticks.stop()
    finally:
        await Tortoise.close_connections()


async def _until_the_database_answers() -> None:
    """Wait for a database that restarts, as a worker already at work does; give up after half a minute."""
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE_SECONDS
    while True:
        try:
            return await db.refuse_owner()
        except Exception as error:
            if not db.is_passing(error) or loop.time() >= end:
                raise
            log.warning("the database does not answer yet: %s", error)
        await asyncio.sleep(1)
