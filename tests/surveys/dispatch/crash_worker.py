"""A worker process of its own, for tests that kill it: `python -m tests.surveys.dispatch.crash_worker 2`."""

import asyncio
import signal
import sys
from datetime import timedelta

from tortoise import Tortoise

from quality import db
from quality.app import compose
from quality.settings import from_environment
from surveys.dispatch.worker import run
from tests.surveys.dispatch import keyed


async def work(lease: timedelta) -> None:
    house, stop = compose(from_environment()), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await Tortoise.init(config=db.tortoise_config(house.database_url, house.components))
    try:
        await run(house, stop, lease=lease)
    finally:
        await Tortoise.close_connections()


if __name__ == "__main__":
    keyed.register()
    asyncio.run(work(timedelta(seconds=float(sys.argv[1]))))
