"""What the crash tests share: a PostgreSQL of their own that may be stopped, and worker processes to kill."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tortoise.context import TortoiseContext

from quality import clock, db, postgres
from quality.app import House
from quality.db import pool
from surveys.protocol.deciding import decide_pending
from tests.conftest import SECRET
from tests.live import PATIENCE_SECONDS
from tests.surveys.dispatch.asking import NOON, set_clock
from tests.surveys.visits import someone, visit
from tests.world import World

LEASE = "2"


async def due(world: World, count: int) -> None:
    """Write requests whose first SMS is due now, on the clock that the worker's process reads too."""
    set_clock(NOON)
    await clock.advance(pool("work"), NOON - datetime.now(UTC))
    for n in range(count):
        await visit(await someone(world, mobile=f"+3363998{n:04d}"))
    while await decide_pending(world.house):
        pass


async def start_worker(
    database_url: str, sms_url: str, *, is_heard: bool = False
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.surveys.dispatch.crash_worker",
        LEASE,
        env={
            **os.environ,
            "QUALITY_DATABASE_URL": database_url,
            "QUALITY_SECRET_KEY": SECRET,
            "QUALITY_BASE_URL": "http://testserver",
            "QUALITY_SMS_URL": sms_url,
        },
        stderr=_said(is_heard),
    )


def _said(is_heard: bool) -> int | None:
    if is_heard:
        return asyncio.subprocess.PIPE
    return None if "QUALITY_TEST_LOUD" in os.environ else asyncio.subprocess.DEVNULL


async def end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()


@asynccontextmanager
async def worker(database_url: str, sms_url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await start_worker(database_url, sms_url)
    try:
        yield process
    finally:
        await end(process)


@dataclass
class OwnServer:
    """A copy of the tests' server, whose commits are kept when it is stopped at once."""

    server: postgres.Server
    options: tuple[str, ...] = ("fsync=off", "synchronous_commit=on", "transaction_timeout=20s")

    @property
    def url(self) -> str:
        return self.server.application_url

    def restart(self) -> None:
        """Stop at once, as a crash would, then start: PostgreSQL recovers from its log."""
        self.crash()
        self.start()

    def crash(self) -> None:
        process = self.server.process
        assert process is not None
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=PATIENCE_SECONDS)

    def start(self) -> None:
        self.server = postgres.start(self.server.home, self.options)


@asynccontextmanager
async def own_server(source: postgres.Server, house: House) -> AsyncIterator[OwnServer]:
    """Copy the running server with all it holds; inside, the pools are those of the copy."""
    with tempfile.TemporaryDirectory(prefix="quality-own-") as folder:
        home = Path(folder)
        _copy(source, home)
        own = OwnServer(postgres.start(home, OwnServer.options))
        try:
            async with TortoiseContext() as context:
                await context.init(config=db.tortoise_config(own.url, house.components))
                yield own
        finally:
            own.server.stop()


def _copy(source: postgres.Server, home: Path) -> None:
    account = (source.home / "pg").stat()
    os.chown(home, account.st_uid, account.st_gid)
    home.chmod(0o755)
    program = Path(source.process.args[0]).parent / "pg_basebackup"  # type: ignore[union-attr,index]
    subprocess.run(
        [program, "-D", home / "pg", "-c", "fast", "--no-sync", "-d", source.owner_url],
        check=True,
        capture_output=True,
        **({"user": account.st_uid, "group": account.st_gid, "cwd": "/"} if os.geteuid() == 0 else {}),
    )


@dataclass
class Crew:
    """Worker processes: some run, some are stopped in the middle and go on much later."""

    own: OwnServer
    sms_url: str
    running: list[asyncio.subprocess.Process] = field(default_factory=list)
    frozen: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def hire(self) -> None:
        self.running.append(await start_worker(self.own.url, self.sms_url))

    def stopped(self, index: int) -> asyncio.subprocess.Process:
        """Stop one where it stands; it may still be let go on, or be taken out of the crew."""
        process = self.running[index % len(self.running)]
        process.send_signal(signal.SIGSTOP)
        return process

    async def replace(self, index: int) -> asyncio.subprocess.Process:
        """Take one out of the crew and put a new one in its place."""
        taken = self.running.pop(index % len(self.running))
        await self.hire()
        return taken

    async def kill(self, index: int) -> None:
        await end(await self.replace(index))

    async def freeze(self, stopped: asyncio.subprocess.Process) -> None:
        """Take a stopped one out of the crew, and put a new one in its place."""
        self.frozen.append(await self.replace(self.running.index(stopped)))

    def thaw(self, process: asyncio.subprocess.Process) -> None:
        """Let a stopped worker go on: it knows nothing of what happened meanwhile."""
        self.frozen.remove(process)
        process.send_signal(signal.SIGCONT)
        self.running.append(process)


@asynccontextmanager
async def crew(own: OwnServer, sms_url: str, size: int) -> AsyncIterator[Crew]:
    made = Crew(own, sms_url)
    try:
        for _ in range(size):
            await made.hire()
        yield made
    finally:
        for process in (*made.running, *made.frozen):
            await end(process)
