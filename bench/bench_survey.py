"""A response answered to its end, beside bare ones: `python bench/bench_survey.py`.

One person opens the link, answers five questions, each on its page, passes the page that asks who answered
and reads the thanks: seven GETs (five questions, who answered, the thanks) and five POSTs, each answered by
a redirect to the next page, over one connection, as a browser sends them. Every side goes through the same
twelve requests. Ours beside two bare Starlette applications, which know one table of answers by token:
`bare` joins the token into bytes held ready, those of our own pages, `jinja` renders the template of a
question with facts held ready. Both read the answers by one asyncpg statement before each page, and store
an answer by one statement, on asyncpg's pool as it comes, which sends a second message to reset a
connection that is given back; ours keeps connections for statements, which need none. All are served by
uvicorn on loopback, ours as `quality serve` sets it (an answer leaves in one packet), bare ones as it comes,
on one PostgreSQL, in interleaved rounds, with commits that wait for the disk (`durable`, as delivered) or do
not (`relaxed`).

Prints one line of JSON: medians in responses per second and medians of each round's ratios;
`cpu_ms`, the milliseconds of processor that a response takes in Python and in the connections of PostgreSQL
(Linux only, from /proc), and their ratios, which hold on a machine that others load too; the milliseconds of
a bare commit. Target: 50 % of bare.
"""

import asyncio
import json
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from quality import postgres

ROUNDS, CONNECTIONS, PEOPLE, COMMITS = 15, 8, 32, 50
SECRET = "a secret for benchmarks only, long enough to be accepted"  # noqa: S105
ANSWERS = ("globale=4", "ponctualite=5", "travail=4", "respect=5", "conseil=oui")
COMMITTING = {"durable": "on", "relaxed": "off"}
SIDES = {"bare": ("bare", "/s"), "jinja": ("bare", "/jinja"), "ours": ("ours", "/s")}
BARE_TABLE = "CREATE TABLE bare_answer (id text PRIMARY KEY, answers jsonb NOT NULL, at timestamptz NOT NULL)"
COMPLETE = """
SELECT (SELECT count(*) FROM response WHERE (SELECT count(*) FROM jsonb_object_keys(answers)) = $1),
       (SELECT count(*) FROM bare_answer WHERE (SELECT count(*) FROM jsonb_object_keys(answers)) = $1)
"""


# ---- the two applications, each in a process of its own ----


def serve(side: str, url: str, port: int, folder: str) -> None:
    """Serve one side until it is told to stop."""
    import uvicorn

    from bench.bare_answering import bare_app
    from quality.web.serving import GatheringProtocol

    is_ours = side == "ours"
    app = our_app(url) if is_ours else bare_app(url, Path(folder), len(ANSWERS))
    uvicorn.run(
        app,  # type: ignore[arg-type]
        http=GatheringProtocol if is_ours else "auto",
        host="127.0.0.1",
        port=port,
        log_level="warning",
        access_log=False,
    )


def our_app(url: str) -> object:
    from quality.app import compose, create_app
    from quality.settings import Settings

    return create_app(compose(Settings(database_url=url, secret_key=SECRET)))


# ---- the people ----


class Browser:
    """One browser on one connection that is kept."""

    def __init__(self, port: int) -> None:
        self._host = f"127.0.0.1:{port}"
        self._port = port
        self._at = ""

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    async def get(self, address: str) -> bytes:
        status, _, body = await self._send("GET", address, "")
        assert status == 200, (status, address)
        self._at = address
        return body

    async def post(self, address: str, form: str) -> str:
        """Send a form; give where it leads."""
        status, head, _ = await self._send("POST", address, form)
        found = re.search(r"\r\nlocation: (\S+)", head, re.IGNORECASE)
        assert status == 303, (status, address)
        assert found, address
        return found[1]

    async def respond(self, prefix: str, token: str) -> list[bytes]:
        """Answer a link to its end; give the pages that were shown."""
        shown = [await self.get(f"{prefix}/{token}")]
        for number, answer in enumerate(ANSWERS, start=1):
            shown.append(await self.get(await self.post(f"{prefix}/{token}/{number}", answer)))
        assert self._at.endswith("/qui"), self._at
        return [*shown, await self.get(f"{prefix}/{token}/merci")]

    async def leave(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def _send(self, method: str, address: str, body: str) -> tuple[int, str, bytes]:
        lines = [
            f"{method} {address} HTTP/1.1",
            f"Host: {self._host}",
            "User-Agent: Mozilla/5.0 (Android 14)",
        ]
        lines += ["Accept: text/html", "Accept-Language: fr-FR", "Accept-Encoding: gzip, deflate"]
        if self._at:
            lines.append(f"Referer: http://{self._host}{self._at}")
        if method == "POST":
            lines += [f"Origin: http://{self._host}", f"Content-Length: {len(body)}"]
            lines.append("Content-Type: application/x-www-form-urlencoded")
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
        content = await self._reader.readexactly(int(length[1])) if length else b""
        return int(head.split(" ", 2)[1]), head, content


async def answered(port: int, prefix: str, tokens: Sequence[str]) -> float:
    """Let several people at a time answer to the end; return responses per second."""
    waiting = iter(tokens)
    browsers = [Browser(port) for _ in range(CONNECTIONS)]
    for browser in browsers:
        await browser.open()
    began = time.perf_counter()
    await asyncio.gather(*(_each(browser, prefix, waiting) for browser in browsers))
    rate = len(tokens) / (time.perf_counter() - began)
    for browser in browsers:
        await browser.leave()
    return rate


async def _each(browser: Browser, prefix: str, tokens: Iterator[str]) -> None:
    for token in tokens:
        await browser.respond(prefix, token)


# ---- the rounds ----


async def prepare(server: "postgres.Server") -> list[str]:
    """Make the schema, the cast and the requests, each of five questions; return their tokens."""
    from tortoise import Tortoise

    from quality import app, component, db, postgres, schema
    from quality.settings import Settings
    from surveys.questionnaire.reading import library
    from tests.surveys.invited import invited
    from tests.surveys.respond.defined import second_version
    from tests.world import build

    await schema.migrate(
        server.owner_url, postgres.APPLICATION, component.load(app.COMPONENTS), creates_login=True
    )
    owner = await asyncpg.connect(**db.credentials(server.owner_url))
    await owner.execute(BARE_TABLE)
    await owner.execute(f'GRANT SELECT, INSERT, UPDATE ON bare_answer TO "{postgres.APPLICATION}"')
    house = app.compose(Settings(database_url=server.application_url, secret_key=SECRET))
    config = db.tortoise_config(server.application_url, house.components)
    await Tortoise.init(config=config, _enable_global_fallback=True)
    world = await build(house)
    whole = library("default")
    five = type(whole)(whole.code, 2, whole.title, whole.items[: len(ANSWERS)], whole.languages)
    version = await second_version(owner, world, five)
    count = 1 + len(COMMITTING) * (CONNECTIONS + ROUNDS * PEOPLE)
    tokens = [(await invited(world, mobile=f"+336399{number:05d}"))[0] for number in range(count)]
    await owner.execute("UPDATE invitation SET questionnaire_id = $1", version)
    await Tortoise.close_connections()
    await owner.execute("VACUUM ANALYZE")
    await owner.close()
    return tokens


async def commit_time(owner: asyncpg.Connection) -> float:
    from bench.bare_answering import UPSERT

    times = []
    for number in range(COMMITS):
        began = time.perf_counter()
        await owner.execute(UPSERT, f"commit {number}", "{}")
        times.append((time.perf_counter() - began) * 1_000)
    return statistics.median(times)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def ready(port: int) -> None:
    for _ in range(1_000):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        writer.close()
        return
    raise TimeoutError(f"nothing answers on {port}")


Running = tuple[subprocess.Popen[bytes], int]  # a server, and its port


def started(side: str, url: str, folder: Path) -> Running:
    port = free_port()
    return subprocess.Popen([sys.executable, __file__, side, url, str(port), str(folder)]), port


async def write_pages(port: int, token: str, folder: Path) -> dict[str, int]:
    """Keep the pages that somebody is shown, for the bare side to serve; give their sizes."""
    browser = Browser(port)
    await browser.open()
    shown = await browser.respond("/s", token)
    await browser.leave()
    names = [*(str(number) for number in range(1, len(shown) - 1)), "qui", "merci"]
    for name, page in zip(names, shown, strict=True):
        (folder / f"{name}.html").write_bytes(page.replace(token.encode(), b"TOKEN"))
    return dict(zip(names, map(len, shown), strict=True))


@dataclass(frozen=True, slots=True)
class Measured:
    """One round of one side: responses per second, and the milliseconds of processor of a response."""

    rate: float
    python: float
    postgres: float

    @property
    def cpu(self) -> float:
        return self.python + self.postgres


async def rounds(
    running: dict[str, Running], owner: asyncpg.Connection, tokens: Sequence[str]
) -> dict[str, list[Measured]]:
    """Measure each side in turn, in the other order every second round, after some responses of each."""
    found: dict[str, list[Measured]] = {}
    for side, prefix in SIDES.values():
        await answered(running[side][1], prefix, tokens[:CONNECTIONS])
    for place in range(ROUNDS):
        mine = tokens[CONNECTIONS + place * PEOPLE : CONNECTIONS + (place + 1) * PEOPLE]
        for name in list(SIDES)[:: 1 if place % 2 == 0 else -1]:
            side, prefix = SIDES[name]
            found.setdefault(name, []).append(await measured(running[side], prefix, owner, mine))
    return found


async def measured(side: Running, prefix: str, owner: asyncpg.Connection, tokens: Sequence[str]) -> Measured:
    process, port = side
    python, postgres = spent([process.pid]), spent(await connections(owner))
    rate = await answered(port, prefix, tokens)
    python, postgres = spent([process.pid]) - python, spent(await connections(owner)) - postgres
    return Measured(rate, python / len(tokens), postgres / len(tokens))


async def connections(owner: asyncpg.Connection) -> list[int]:
    rows = await owner.fetch(
        "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    return [row["pid"] for row in rows]


def spent(processes: Sequence[int]) -> float:
    """Give the milliseconds of processor that single-threaded processes took since they started."""
    files = (Path(f"/proc/{process}/schedstat") for process in processes)
    return sum(int(file.read_text().split()[0]) for file in files if file.exists()) / 1e6


def told(found: dict[str, list[Measured]]) -> dict[str, object]:
    """Sum up the rounds of each side; no figure of the processor where the system gives none."""
    rates = {name: round(statistics.median(each.rate for each in values)) for name, values in found.items()}
    cpu = {
        name: {part: _median(values, part) for part in ("python", "postgres")}
        for name, values in found.items()
    }
    ratios = {f"ours / {name}": _ratio(found[name], found["ours"], "rate") for name in ("bare", "jinja")}
    if not all(each.cpu for values in found.values() for each in values):
        return {**rates, **ratios}
    lighter = {f"{name} / ours": _ratio(found["ours"], found[name], "cpu") for name in ("bare", "jinja")}
    return {**rates, **ratios, "cpu_ms": {**cpu, **lighter}}


def _median(values: Sequence[Measured], part: str) -> float:
    return round(statistics.median(getattr(each, part) for each in values), 2)


def _ratio(below: Sequence[Measured], above: Sequence[Measured], part: str) -> float:
    pairs = zip(above, below, strict=True)
    return round(statistics.median(getattr(a, part) / getattr(b, part) for a, b in pairs), 2)


async def measure(server: "postgres.Server", folder: Path) -> dict[str, object]:
    from quality import db

    tokens = await prepare(server)
    owner = await asyncpg.connect(**db.credentials(server.owner_url))
    running = {}
    try:
        running["ours"] = started("ours", server.application_url, folder)
        await ready(running["ours"][1])
        sizes = await write_pages(running["ours"][1], tokens.pop(), folder)
        running["bare"] = started("bare", server.application_url, folder)
        await ready(running["bare"][1])
        results = {}
        half = len(tokens) // len(COMMITTING)
        for place, (name, setting) in enumerate(COMMITTING.items()):
            await owner.execute(f"ALTER SYSTEM SET synchronous_commit = {setting}")
            await owner.execute("SELECT pg_reload_conf()")
            commit = round(await commit_time(owner), 2)
            found = await rounds(running, owner, tokens[place * half : (place + 1) * half])
            results[name] = {**told(found), "commit_ms": commit}
        complete = await owner.fetchrow(COMPLETE, len(ANSWERS))
    finally:
        for process, _ in running.values():
            process.terminate()
            process.wait(timeout=15)
        await owner.close()
    assert tuple(complete) == (len(tokens) + 1, 2 * len(tokens)), complete
    return {**results, "page_bytes": sizes}


def main() -> None:
    from quality import postgres

    with tempfile.TemporaryDirectory(prefix="quality-bench-") as name:
        server = postgres.start(Path(name))
        try:
            print(json.dumps(asyncio.run(measure(server, Path(name)))))
        finally:
            server.stop()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
    else:
        main()
