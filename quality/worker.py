"""The worker process: ticks until told to stop."""

import asyncio
import logging
import signal
from collections.abc import Sequence

from tortoise import Tortoise

from quality import db
from quality.app import House
from quality.component import Job
from quality.jobs import Ticks

log = logging.getLogger(__name__)


async def work(house: House, jobs: Sequence[Job] | None = None) -> None:
    """Run every job of the house, or some of them, until SIGTERM or SIGINT."""
    jobs = tuple(house.jobs.values()) if jobs is None else jobs
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await Tortoise.init(config=db.tortoise_config(house.database_url, house.components))
    try:
        await db.refuse_owner()
        ticks = Ticks(house, jobs)
        ticks.start()
        log.info("worker ready: %s", ", ".join(job.name for job in jobs))
        await stop.wait()
        await ticks.stop()
    finally:
        await Tortoise.close_connections()
