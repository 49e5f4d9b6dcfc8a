"""`quality worker`, as it is started in production, sends what is due."""

import asyncio
import os
import sys

from quality import postgres
from quality.app import House
from tests.conftest import SECRET
from tests.surveys.dispatch.counting import running_carrier
from tests.surveys.dispatch.rig import due, end
from tests.surveys.dispatch.test_stopping import reach
from tests.world import World


async def test_the_worker_of_the_command_line_sends_what_is_due(
    world: World, house: House, server: postgres.Server
) -> None:
    await due(world, 3)
    async with running_carrier() as carrier:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "quality",
            "worker",
            env={
                **os.environ,
                "QUALITY_DATABASE_URL": server.application_url,
                "QUALITY_SECRET_KEY": SECRET,
                "QUALITY_BASE_URL": "http://testserver",
                "QUALITY_SMS_URL": carrier.url,
            },
        )
        try:
            await reach(carrier, 3, process)
        finally:
            await end(process)
    assert carrier.total == 3
