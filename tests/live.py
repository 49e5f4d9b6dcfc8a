"""A demonstration on a real port, in its own folder: started, asked and stopped as a person does."""

import asyncio
import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from quality import component, postgres
from quality.app import COMPONENTS
from quality.db import credentials

ROOT = Path(__file__).parent.parent
PATIENCE_SECONDS = 600
TELLING_SECONDS = 900  # on a machine busy with everybody's tests; a quiet one takes a minute
SHARED = "TOLD_STORY_FOLDER"  # shared by the processes of one run (tests/conftest.py)
SPARING = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_wal_size": "'128MB'",
    "min_wal_size": "'32MB'",
    "wal_recycle": "off",  # a copy holds no old log
}
NOT_GIVEN = ("QUALITY_", "PYTHONDONTWRITEBYTECODE")  # a program that is started often is compiled once
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(NOT_GIVEN)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(holds: Callable[[], bool], otherwise: str, patience: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.1)


@dataclass
class Demo:
    """A demonstration; its commands find it by QUALITY_HOME, as the README says."""

    home: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "quality", *arguments],
            cwd=ROOT,
            env={**ENVIRONMENT, "QUALITY_HOME": str(self.home), "COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    def start(self, patience: float = PATIENCE_SECONDS) -> None:
        with (self.home / "output.log").open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "quality", "demo", "--port", str(self.port)],
                cwd=ROOT,
                env={**ENVIRONMENT, "QUALITY_HOME": str(self.home)},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            until(self._is_ready, f"the demonstration does not start: {self.home}", patience)
        except AssertionError as error:
            self.stop(signal.SIGKILL)
            raise AssertionError(self.said()[-2000:]) from error

    def stop(self, number: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        code = self.process.wait(timeout=40)
        self.process = None
        return code

    def said(self) -> str:
        return (self.home / "output.log").read_text(encoding="utf-8")

    def processes(self) -> list[str]:
        """List the command lines that name this folder: web, worker, PostgreSQL."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if str(self.home) in line:
                found.append(line)
        return found

    def browser(self, **options: object) -> httpx.Client:
        # Without TLS there is nothing to verify: reading the certificates takes 30 ms each time.
        return httpx.Client(base_url=self.url, timeout=PATIENCE_SECONDS, verify=False, **options)  # type: ignore[arg-type]  # noqa: S501

    def messages(self) -> list[dict[str, Any]]:
        with self.browser() as browser:
            found: list[dict[str, Any]] = browser.get("/demo/messages?format=json").json()
        return found

    def clock(self) -> str:
        with self.browser() as browser:
            found = re.search(r'<time datetime="([^"]+)"', browser.get("/connexion").text)
        assert found
        return found[1]

    def advance(self, step: str, times: int) -> None:
        with self.browser() as browser:
            for _ in range(times):
                assert browser.post("/demo/horloge", data={"avance": step}).status_code == 303

    async def owner(self, database: str = postgres.DATABASE) -> asyncpg.Connection:
        """Look behind every policy, as the owner of the database."""
        return await asyncpg.connect(**credentials(postgres.find(self.home).url(postgres.OWNER, database)))

    def has_gone_round(self) -> bool:
        """Say whether the worker has run each of its jobs once: no copy has to begin with the daily ones."""
        parts = component.load(COMPONENTS)
        jobs = {job.name for part in parts for job in (*part.jobs, *part.demo_jobs) if job.is_singleton}
        return jobs <= set(asyncio.run(self._ended()))

    async def _ended(self) -> list[str]:
        owner = await self.owner()
        try:
            rows = await owner.fetch("SELECT DISTINCT job FROM tick_run WHERE finished_at IS NOT NULL")
        finally:
            await owner.close()
        return [row["job"] for row in rows]

    def _is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.said()[-2000:]
        try:
            with self.browser() as browser:
                return browser.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False


def told_home() -> Path:
    """Return the folder of a demonstration told once for the whole run, and stopped since; copy it."""
    shared = Path(os.environ[SHARED])
    home = shared / "home"
    with (shared / "lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            making = Demo(Path(tempfile.mkdtemp(dir=shared)), free_port())
            asyncio.run(_spare_the_disk(making.home))
            making.start(TELLING_SECONDS)
            until(making.has_gone_round, f"the worker does not go round: {making.home}", TELLING_SECONDS)
            asyncio.run(_leave_tables_alone(making))
            making.stop()
            making.home.rename(home)
    return home


async def _spare_the_disk(home: Path) -> None:
    """Make the cluster beforehand: its server, and those of its copies, wait for no disk."""
    server = postgres.start(home)
    try:
        owner = await asyncpg.connect(**credentials(server.owner_url))
        for setting, value in SPARING.items():
            await owner.execute(f"ALTER SYSTEM SET {setting} = {value}")
        await owner.close()
    finally:
        server.stop()


async def _leave_tables_alone(making: Demo) -> None:
    """Let no copy count and clean again all the tables that it was given."""
    owner = await making.owner()
    await owner.execute("ALTER SYSTEM SET autovacuum = off")
    await owner.close()


@contextmanager
def serving() -> Iterator[Demo]:
    """Serve a demonstration of one's own, already told, until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="quality-demo-") as folder:
        running = Demo(Path(folder).resolve() / "home", free_port())
        subprocess.run(["cp", "-a", str(told_home()), str(running.home)], check=True)
        running.start()
        try:
            yield running
        finally:
            if running.process is not None:
                running.stop()


async def business_day(owner: asyncpg.Connection) -> date:
    """Give the day of the virtual clock in Paris, where months are released."""
    found: date = await owner.fetchval(
        "SELECT ((now() + make_interval(secs => clock_offset_seconds())) AT TIME ZONE 'Europe/Paris')::date"
    )
    return found
