"""A real Kannel on loopback: bearerbox, smsbox and the fake SMSC of Debian's kannel and kannel-extras."""

import asyncio
import os
import re
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

import httpx
import pytest

from surveys.channels.gsm7 import is_gsm7

BEARERBOX = Path("/usr/sbin/bearerbox")
SMSBOX = Path("/usr/sbin/smsbox")
FAKESMSC = Path("/usr/lib/kannel/test/fakesmsc")
TRIES = 3
PATIENCE = 15.0
TICK = 0.05
USER, PASSWORD, SENDER = "suivi", "mot de passe & @", "38000"
REJECTED_PREFIX = "+336399899"
"""Numbers with no route: the gateway answers 403 and calls back with a report of rejection."""

CONFIGURATION = """
group = core
admin-port = {admin}
admin-password = unused
admin-interface = 127.0.0.1
smsbox-port = {box}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
box-deny-ip = *.*.*.*
dlr-storage = internal
log-level = 1

group = smsc
smsc = fake
smsc-id = fake
port = {smsc}
connect-allow-ip = 127.0.0.1
denied-prefix = "{rejected}"

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {box}
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1
http-request-retry = 2
http-queue-delay = 1
log-level = 1

group = sendsms-user
username = {user}
password = "{password}"
max-messages = 10
concatenation = true

group = sms-service
keyword = default
catch-all = true
max-messages = 0
omit-empty = true
get-url = "{get_url}"
"""

ARRIVED = re.compile(r"DEBUG: Got message \d+: <(.*)>$", re.MULTILINE)
MESSAGE = re.compile(r"(\S+) (\S+) (?:udh (\S+) )?(text|ucs-2|data) (.*)", re.DOTALL)


def missing_kannel() -> str:
    """Say which binary is absent, or nothing."""
    absent = [str(path) for path in (BEARERBOX, SMSBOX, FAKESMSC) if not path.exists()]
    return f"install kannel and kannel-extras: {', '.join(absent)} absent" if absent else ""


def require_kannel() -> None:
    """Skip the test without Kannel; fail instead where everything must run."""
    reason = missing_kannel()
    if reason and os.environ.get("QUALITY_TEST_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


@dataclass(frozen=True)
class Arrived:
    """One message as the SMSC received it, its segments put together."""

    sender: str
    to: str
    text: str
    segments: int = 1


@dataclass
class Kannel:
    """A running gateway; `url` is what QUALITY_SMS_URL takes."""

    url: str
    home: Path
    ports: dict[str, int]
    processes: list[subprocess.Popen] = field(default_factory=list)

    def received(self) -> list[Arrived]:
        """Return what reached the SMSC since the start, in order."""
        lines: list[str] = []
        for found in ARRIVED.finditer(self._log("fakesmsc")):
            if MESSAGE.fullmatch(found[1]):
                lines.append(found[1])
            else:  # the fake SMSC speaks by lines: a text of two lines arrives as two messages
                lines[-1] += f"\n{found[1]}"
        return _assembled(lines)

    async def wait_for(self, count: int, to: str) -> list[Arrived]:
        """Wait for `count` messages to one number."""
        await until(lambda: len(self._to(to)) >= count, f"{count} messages to {to}")
        return self._to(to)

    async def inject(self, sender: str, to: str, text: str) -> None:
        """Send a message from a phone, in UCS-2 where GSM-7 cannot write it."""
        sent = self._sent()
        kind, body = ("text", text) if is_gsm7(text) else ("ucs2", quote(text.encode("utf-16-be")))
        if "\n" in body:
            raise ValueError("the fake SMSC speaks by lines")
        stdin = self.processes[-1].stdin
        stdin.write(f"{sender} {to} {kind} {body}\n".encode())
        stdin.flush()
        # A second line written at once would wait in the fake SMSC's buffer for a third.
        await until(lambda: self._sent() > sent, "the fake SMSC to send the message")

    def _sent(self) -> int:
        return self._log("fakesmsc").count("fakesmsc: sent message")

    def _to(self, number: str) -> list[Arrived]:
        return [message for message in self.received() if message.to == number]

    def _log(self, name: str) -> str:
        return (self.home / f"{name}.log").read_text(errors="replace")

    def start(self, name: str, *command: object) -> None:
        with (self.home / f"{name}.log").open("wb") as log:
            self.processes.append(
                subprocess.Popen(
                    [str(part) for part in command],
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    cwd=self.home,
                )
            )

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.stdin.close()
            process.kill()  # nothing in its memory is worth the two seconds of a polite end
            process.wait()

    async def status(self) -> str:
        async with httpx.AsyncClient(trust_env=False) as client:
            try:
                return (await client.get(f"http://127.0.0.1:{self.ports['admin']}/status.txt")).text
            except httpx.TransportError:
                return ""

    def has_died(self) -> bool:
        return any(process.poll() is not None for process in self.processes)


@asynccontextmanager
async def running_kannel(get_url: str = "") -> AsyncIterator[Kannel]:
    """Run a gateway that gives incoming messages to `get_url`, which holds Kannel's own %-escapes."""
    with tempfile.TemporaryDirectory(prefix="kannel-") as home:
        kannel = await _started(Path(home), get_url)
        try:
            yield kannel
        finally:
            kannel.stop()


async def _started(home: Path, get_url: str) -> Kannel:
    for _ in range(TRIES):  # another process may take a free port before we do
        kannel = _prepared(home, get_url)
        try:
            await _start(kannel)
        except BaseException as error:
            kannel.stop()
            if not isinstance(error, PortTakenError):
                raise
        else:
            return kannel
    raise AssertionError(f"Kannel does not start: {kannel._log('bearerbox')[-2000:]}")


class PortTakenError(Exception):
    pass


def _prepared(home: Path, get_url: str) -> Kannel:
    ports = dict(zip(("admin", "box", "smsc", "sendsms"), free_ports(4), strict=True))
    url = f"kannel://{quote(USER)}:{quote(PASSWORD, safe='')}@127.0.0.1:{ports['sendsms']}/?from={SENDER}"
    text = CONFIGURATION.format(
        user=USER,
        password=PASSWORD,
        rejected=REJECTED_PREFIX,
        get_url=get_url or "http://127.0.0.1:9/",  # nobody listens
        **ports,
    )
    (home / "kannel.conf").write_text(text)
    return Kannel(url, home, ports)


async def _start(kannel: Kannel) -> None:
    async def reaches(pattern: str) -> None:
        async def reached() -> bool:
            if kannel.has_died():
                raise PortTakenError
            return re.search(pattern, await kannel.status()) is not None

        await until(reached, f"Kannel's status to show {pattern}")

    kannel.start("bearerbox", BEARERBOX, "kannel.conf")
    await reaches("Status: running")
    kannel.start("smsbox", SMSBOX, "kannel.conf")
    kannel.start("fakesmsc", FAKESMSC, "-H", "127.0.0.1", "-r", kannel.ports["smsc"], "-i", "0.01")
    await reaches(r"smsbox:[^\n]*on-line")
    await reaches(r"FAKE:\d+ \(online")


async def until(condition: object, what: str, patience: float = PATIENCE) -> None:
    """Poll until the condition, plain or asynchronous, holds."""
    loop = asyncio.get_running_loop()
    end = loop.time() + patience
    while True:
        answer = condition()
        if await answer if asyncio.iscoroutine(answer) else answer:
            return
        if loop.time() > end:
            raise AssertionError(f"waited {patience} s for {what}")
        await asyncio.sleep(TICK)


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for opened in sockets:
            opened.bind(("127.0.0.1", 0))
        return [opened.getsockname()[1] for opened in sockets]
    finally:
        for opened in sockets:
            opened.close()


def _assembled(lines: list[str]) -> list[Arrived]:
    """Put the segments of one long message together by the reference of their user data headers."""
    messages: dict[object, list[tuple[str, str, bytes]]] = {}
    for number, line in enumerate(lines):
        sender, to, header, kind, body = MESSAGE.fullmatch(line).groups()
        reference = unquote_to_bytes(header)[3] if header else f"line {number}"
        content = body.encode() if kind == "text" else unquote_to_bytes(body.replace("+", " "))
        messages.setdefault((to, reference), []).append((sender, kind, content))
    return [_arrived(to, parts) for (to, _), parts in messages.items()]


def _arrived(to: str, parts: list[tuple[str, str, bytes]]) -> Arrived:
    content = b"".join(part for _, _, part in parts)
    wide = parts[0][1] == "ucs-2" or (parts[0][1] == "data" and b"\0" in content)
    return Arrived(parts[0][0], to, content.decode("utf-16-be" if wide else "utf-8"), len(parts))


@dataclass
class Callbacks:
    """A tiny HTTP server that keeps the raw query of each GET, by path."""

    address: str
    calls: list[tuple[str, bytes]] = field(default_factory=list)

    def to(self, path: str) -> list[bytes]:
        return [query for called, query in self.calls if called == path]

    async def wait_for(self, path: str, count: int) -> list[bytes]:
        await until(lambda: len(self.to(path)) >= count, f"{count} calls of {path}")
        return self.to(path)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            path, _, query = head.split(b" ", 2)[1].partition(b"?")
            self.calls.append((path.decode(), query))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def running_callbacks() -> AsyncIterator[Callbacks]:
    """Run the HTTP server that Kannel calls."""
    callbacks = Callbacks("")
    server = await asyncio.start_server(callbacks.answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    callbacks.address = f"http://127.0.0.1:{port}"
    async with server:
        yield callbacks
