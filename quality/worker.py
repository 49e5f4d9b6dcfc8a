"""The worker process: ticks until told to stop."""

import asyncio
import logging
import signal

from tortoise import Tortoise

from quality import db
from quality.app import House
from quality.jobs import Ticks

log = logging.getLogger(__name__)


async def work(house: House) -> None:
    """Run every job of the house until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await Tortoise.init(config=db.tortoise_config(house.database_url, house.components))
    try:
        await db.refuse_owner()
        ticks = Ticks(house, tuple(house.jobs.values()))
        ticks.start()
        log.info("worker ready: %s", ", ".join(house.jobs))
        await stop.wait()
        await ticks.stop()
    finally:
        await Tortoise.close_connections()
