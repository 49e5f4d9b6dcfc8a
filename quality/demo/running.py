"""Running the demonstration: one command keeps PostgreSQL, the web and the worker, on this machine only.

The settings of the worker travel as arguments of its own command (`python -m quality.demo.worker HOME PORT`):
nothing of the environment is believed, and no public setting turns a real installation into a demonstration.
"""

import asyncio
import fcntl
import logging
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from types import FrameType

import asyncpg
import uvicorn
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from tortoise import Tortoise

from quality import app as composition
from quality import postgres, schema
from quality.app import House
from quality.db import credentials, tortoise_config
from quality.demo import clockwork, keeping, seeding
from quality.demo.clockwork import StartingAgain
from quality.errors import Refused
from quality.keys import read_or_create_secret
from quality.settings import LOOPBACK, Settings
from quality.web.serving import GatheringProtocol

HOST = "127.0.0.1"
STOP_SECONDS = 15
CARRIER = "memory://?rate=1000"
out = Console()


def serve_demo(settings: Settings, port: int, host: str = HOST) -> None:
    """Serve the demonstration until a signal; on leaving, stop all that was started, by its own process."""
    if host not in LOOPBACK:
        raise Refused(
            "La démonstration n’écoute que sur cette machine (127.0.0.1), jamais sur {host}.", host=host
        )
    logging.getLogger("tortoise").setLevel(logging.WARNING)
    home = settings.home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    with _leaving_cleanly(), _alone(home, address(port)), _listening(host, port) as listener:
        server = postgres.start(home)
        try:
            house = composition.compose(demo_settings(home, server, port, settings.log_level))
            asyncio.run(_prepare(house, server))
            while _serve(house, listener):
                asyncio.run(_start_again(house, server))
        finally:
            with suppress(OSError, asyncpg.PostgresError):
                asyncio.run(_leave(server))
            server.stop()


def address(port: int) -> str:
    return f"http://{HOST}:{port}"


def demo_settings(home: Path, server: postgres.Server, port: int, log_level: str) -> Settings:
    """Return the settings of the demonstration, whatever the environment says."""
    return Settings(
        database_url=server.application_url,
        home=home,
        secret_key=read_or_create_secret(home),
        base_url=address(port),
        sms_url=CARRIER,
        email_url=CARRIER,
        log_level=log_level,
        demo=True,
    )


@contextmanager
def _leaving_cleanly() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into a way out that still closes everything."""

    def leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a handler
        raise SystemExit(0)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    with suppress(KeyboardInterrupt):
        yield


@contextmanager
def _alone(home: Path, url: str) -> Iterator[None]:
    """Hold the folder: a second start finds the address of the first."""
    with (home / "demo.lock").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Refused(
                "La démonstration est déjà en marche : {address}. Ouvrez cette adresse, ou arrêtez l’autre.",
                address=lock.read().strip(),
            ) from None
        lock.truncate(0)
        lock.write(url)
        lock.flush()
        yield


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """Take the port before anything else starts."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError:
            raise Refused(
                "Le port {port} est déjà pris par un autre programme. "
                "Arrêtez-le, ou choisissez un autre port : quality demo --port {other}.",
                port=port,
                other=port + 1,
            ) from None
        yield listener


async def _prepare(house: House, server: postgres.Server) -> None:
    """Bring the schema up to date; tell the story once, or go on where it stopped."""
    await _migrate(house, server)
    async with _owner(server) as owner:
        if await seeding.is_seeded(owner):
            await clockwork.resume(owner)
            return
    if await keeping.is_kept(server):
        await _start_again(house, server)
        return
    async with _owner(server) as owner:
        await _seed(house, server, owner)
    await keeping.keep(server)


async def _start_again(house: House, server: postgres.Server) -> None:
    """Bring back the story as it was told, and its first instant; one kept nowhere is told again."""
    if not await keeping.is_kept(server):
        async with _owner(server) as owner:
            await _seed(house, server, owner)
        await keeping.keep(server)
        return
    await keeping.bring_back(server)
    await _migrate(house, server)
    async with _owner(server) as owner:
        await clockwork.set_to(owner, await clockwork.start_of(owner))


async def _migrate(house: House, server: postgres.Server) -> None:
    await schema.migrate(server.owner_url, postgres.APPLICATION, house.components, creates_login=True)


@asynccontextmanager
async def _owner(server: postgres.Server) -> AsyncIterator[asyncpg.Connection]:
    owner = await asyncpg.connect(**credentials(server.owner_url))
    try:
        yield owner
    finally:
        await owner.close()


async def _seed(house: House, server: postgres.Server, owner: asyncpg.Connection) -> None:
    await seeding.begin(owner)
    await Tortoise.init(
        config=tortoise_config(house.database_url, house.components), _enable_global_fallback=True
    )
    try:
        with _progress() as told:
            start = await seeding.tell(house, server.owner_url, told)
    finally:
        await Tortoise.close_connections()
    await seeding.end(owner, start)


@contextmanager
def _progress() -> Iterator[seeding.Told]:
    out.print("Création des données fictives, une fois pour toutes.")
    if not out.is_terminal:
        yield by_line(lambda line: out.print(line, highlight=False))
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, TimeElapsedColumn(), console=out) as progress:
        task = progress.add_task("", total=1.0)
        yield lambda what, done: progress.update(task, description=what, completed=done)


def by_line(say: Callable[[str], None]) -> seeding.Told:
    """Say each stage as it begins, and each further tenth of the whole: for a journal, not a terminal."""
    last = ("", 0)

    def told(what: str, done: float) -> None:
        nonlocal last
        tenth = int(done * 10)
        if (what, tenth) != last:
            last = (what, tenth)
            say(f"{what}\u00a0: {done * 100:.0f}\u00a0%")

    return told


@contextmanager
def _worker(home: Path, port: int) -> Iterator[None]:
    """Keep the worker beside: it stops by itself when its standard input closes, whatever happens here."""
    command = [sys.executable, "-m", "quality.demo.worker", str(home), str(port)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603 - ours
    try:
        yield
    finally:
        child.terminate()
        try:
            child.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


class _Announced(uvicorn.Server):
    """A server that says where it answers, once it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            where = self.config.app.state.house.settings.base_url  # type: ignore[union-attr]
            out.print(f"Démonstration prête : {where}", highlight=False)
            out.print("Données fictives. Pour arrêter : Ctrl+C.", highlight=False)

    def leave(self) -> None:
        """Answer what has been asked, and let what comes from now on wait for the next server."""
        self.should_exit = True
        for listening in self.servers:
            listening.close()


def _serve(house: House, listener: socket.socket) -> bool:
    """Serve with a worker beside; return whether a visitor asked to start again, and not a signal to stop.

    The port stays held meanwhile: a browser that comes too early waits for its page.
    """
    app = composition.create_app(house)
    app.state.starting_again = again = StartingAgain()
    config = uvicorn.Config(
        app,
        http=GatheringProtocol,
        log_level="warning",
        access_log=False,
        server_header=False,
        forwarded_allow_ips=HOST,
        timeout_graceful_shutdown=5,
    )
    server = _Announced(config)
    again.stop_serving = server.leave
    with _worker(house.settings.home, int(house.settings.base_url.rpartition(":")[2])):
        server.run(sockets=[listener.dup()])
    return again.is_wanted


async def _leave(server: postgres.Server) -> None:
    async with _owner(server) as owner:
        await clockwork.remember(owner)
