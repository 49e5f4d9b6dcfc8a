"""The survey's pages beside bare ones: `python bench/bench_survey.py`.

GET of question 1 against a bare Starlette application that renders the same template files with plain Jinja
and facts it holds ready (`bare`), and against the same page flattened into one template of eight facts
(`flat`); POST of an answer against a bare handler of one asyncpg statement. All are served by uvicorn on
loopback with the same settings, on one PostgreSQL with fsync on, in interleaved rounds. All visits are of one
provider and one day, so that our pages come from those kept; `alone` are pages never kept. As in life, an
answer follows a page just read. Prints one line of JSON: medians in requests per second, medians of each
round's ratios, the milliseconds of a bare commit. Targets: GET 60 % of bare, POST 50 %.
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
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import asyncpg

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

ROUNDS, CONNECTIONS, PAGES, INVITATIONS, COMMITS = 7, 8, 1_500, 120, 50
SECRET = "a secret for benchmarks only, long enough to be accepted"  # noqa: S105
ANSWERS = ("globale=4", "ponctualite=5", "travail=4", "respect=5", "conseil=oui")
BARE_TABLE = "CREATE TABLE bare_answer (id text PRIMARY KEY, answers jsonb NOT NULL, at timestamptz NOT NULL)"
UPSERT = """
INSERT INTO bare_answer (id, answers, at) VALUES ($1, $2::jsonb, now())
ON CONFLICT (id) DO UPDATE SET answers = bare_answer.answers || excluded.answers, at = excluded.at
"""
Request = tuple[str, str, str]  # method, address, body


# ---- the two applications, each in a process of its own ----


def serve(side: str, url: str, port: int, page: str) -> None:
    """Serve one side until it is told to stop."""
    import uvicorn

    app = our_app(url) if side == "ours" else bare_app(url, Path(page).read_text(encoding="utf-8"))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)  # type: ignore[arg-type]


def our_app(url: str) -> object:
    from quality.app import compose, create_app
    from quality.settings import Settings

    return create_app(compose(Settings(database_url=url, secret_key=SECRET)))


def bare_app(url: str, page: str) -> object:
    """Return an application with nothing around its handlers."""
    from jinja2 import Environment, FileSystemLoader
    from starlette.applications import Starlette
    from starlette.requests import Request as Asked
    from starlette.responses import HTMLResponse, RedirectResponse, Response
    from starlette.routing import Route

    from quality.db import credentials

    jinja = Environment(
        loader=FileSystemLoader(ROOT / "templates"), autoescape=True, extensions=["jinja2.ext.i18n"]
    )
    jinja.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    same, flat = jinja.get_template("surveys/answer_question.html"), jinja.from_string(page)
    facts = question_facts()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with asyncpg.create_pool(**credentials(url), min_size=1, max_size=8) as pool:
            app.state.pool = pool
            yield

    async def show(request: Asked) -> Response:
        return HTMLResponse(same.render(token=request.path_params["token"], **facts))

    async def show_flat(request: Asked) -> Response:
        return HTMLResponse(flat.render(token=request.path_params["token"], **FACTS))

    async def save(request: Asked) -> Response:
        form = await request.form()
        token = request.path_params["token"]
        async with request.app.state.pool.acquire() as connection:
            await connection.execute(UPSERT, token, json.dumps(dict(form)))
        return RedirectResponse(f"/s/{token}/2", 303)

    routes = [
        Route("/s/{token}", show),
        Route("/flat/{token}", show_flat),
        Route("/s/{token}/{number}", save, methods=["POST"]),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


FACTS = {
    "provider": "Aide 34",
    "platform": "Pléiades Services",
    "label": "Comment s’est passée la visite d’Aide\u00a034, lundi 23\u00a0novembre\u202f?",
    "words": ["Très mal", "Plutôt mal", "Moyen", "Plutôt bien", "Très bien"],
}


def question_facts() -> dict[str, object]:
    """Give what the template of a question asks for, ready beforehand."""
    words = FACTS["words"]
    choices = [
        SimpleNamespace(value=str(n), mark=str(n), words=word) for n, word in enumerate(words, start=1)
    ]
    shell = SimpleNamespace(
        lang="fr",
        demo=False,
        platform_name=FACTS["platform"],
        platform_phone="04\u00a067\u00a000\u00a000\u00a000",
        platform_phone_link="tel:+33467000000",
        platform_hours="Du lundi au vendredi, de 10\u00a0h à 12\u00a0h\u00a030 et de 14\u00a0h à 18\u00a0h.",
        csrf="",
        other_language=None,
        static=lambda name: f"/static/{name}?v=b64a41888c",
    )
    return {
        "shell": shell,
        "number": 1,
        "total": 7,
        "choices": choices,
        "label": FACTS["label"],
        "provider": FACTS["provider"],
        "name": "globale",
        "kind": "rating",
        "hint": "",
        "value": "",
        "back": None,
        "skip": None,
        "dont_know": True,
        "is_preset": False,
        "is_relative": False,
        "errors": (),
    }


def flattened(page: str, token: str) -> str:
    """Turn our page into one flat template of the same size, with its facts and its choices."""
    choice = re.compile(
        r'(<label class="opt">(?:(?!</label>).)*value=")1(".*?<b>)1(</b>.*?<span>).*?(</span></label>)'
    )
    loop = (
        r"{% for word in words %}\g<1>{{ loop.index }}\g<2>{{ loop.index }}\g<3>{{ word }}\g<4>{% endfor %}"
    )
    lines = [line for line in page.splitlines() if not re.search(r'value="[2-5]"', line)]
    text = choice.sub(loop, "\n".join(lines)).replace(token, "{{ token }}")
    text = re.sub(r"(<h1>).*?(</h1>)", r"\g<1>{{ label }}\g<2>", text)
    return text.replace("Aide 34", "{{ provider }}").replace(FACTS["platform"], "{{ platform }}")  # type: ignore[arg-type]


# ---- the load ----


async def load(port: int, requests: Sequence[Request]) -> float:
    """Send the requests over a few kept connections; return requests per second."""
    queue = iter(requests)
    began = time.perf_counter()
    await asyncio.gather(*(_send_all(port, queue) for _ in range(CONNECTIONS)))
    return len(requests) / (time.perf_counter() - began)


async def _send_all(port: int, queue: object) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for method, address, body in queue:  # type: ignore[attr-defined]
        kind = "Content-Type: application/x-www-form-urlencoded\r\n" if body else ""
        head = f"{method} {address} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{kind}Content-Length: {len(body)}"
        writer.write(f"{head}\r\n\r\n{body}".encode())
        status = await _answer(reader)
        assert status in {200, 303}, (status, method, address, body)
    writer.close()
    await writer.wait_closed()


async def _answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = re.search(r"content-length: (\d+)", head)
    if length:
        await reader.readexactly(int(length[1]))
    return int(head.split(" ", 2)[1])


# ---- the rounds ----


async def prepare(server: object) -> tuple[list[str], float]:
    """Make the schema, the cast and the invitations; return their tokens and the milliseconds of a commit."""
    from tortoise import Tortoise

    from quality import app, component, db, postgres, schema
    from quality.settings import Settings
    from tests.surveys.invited import invited
    from tests.world import build

    assert isinstance(server, postgres.Server)
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
    tokens = []
    for number in range(ROUNDS * INVITATIONS):
        token, _ = await invited(world, mobile=f"+336399{number:05d}")
        tokens.append(token)
    await Tortoise.close_connections()
    await owner.execute("VACUUM ANALYZE")
    milliseconds = await _commit_time(owner)
    await owner.close()
    return tokens, milliseconds


async def _commit_time(owner: asyncpg.Connection) -> float:
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
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        writer.close()
        return
    raise TimeoutError(f"nothing answers on {port}")


def started(side: str, url: str, page: Path) -> tuple[subprocess.Popen[bytes], int]:
    port = free_port()
    return subprocess.Popen([sys.executable, __file__, side, url, str(port), str(page)]), port


def answers(tokens: Sequence[str]) -> list[Request]:
    """List the posts of several people, each answering five questions in order, interleaved."""
    return [
        ("POST", f"/s/{token}/{number}", body)
        for number, body in enumerate(ANSWERS, start=1)
        for token in tokens
    ]


async def compare(ports: dict[str, int], tokens: Sequence[str]) -> dict[str, list[float]]:
    """Measure each load in turn, in the other order every second round."""
    found: dict[str, list[float]] = {}
    for place in range(ROUNDS):
        mine = tokens[place * INVITATIONS : (place + 1) * INVITATIONS]
        loads = [
            ("get_bare", "bare", pages("/s", mine)),
            ("get_ours", "ours", pages("/s", mine)),
            ("get_flat", "bare", pages("/flat", mine)),
            ("get_alone", "ours", pages("/s", mine, place)),
            ("post_bare", "bare", answers(mine)),
            ("post_ours", "ours", answers(mine)),
        ]
        for name, side, requests in loads if place % 2 == 0 else [*loads[3::-1], *loads[:3:-1]]:
            found.setdefault(name, []).append(await load(ports[side], requests))
    return found


def pages(folder: str, tokens: Sequence[str], never_kept: int | None = None) -> list[Request]:
    addresses = [f"{folder}/{tokens[number % len(tokens)]}" for number in range(PAGES)]
    if never_kept is not None:
        addresses = [f"{address}?n={never_kept}-{number}" for number, address in enumerate(addresses)]
    return [("GET", address, "") for address in addresses]


async def page_of(port: int, token: str) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /s/{token} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    return answer.partition(b"\r\n\r\n")[2].decode()


async def measure(server: object, folder: Path) -> dict[str, object]:
    from quality import postgres

    assert isinstance(server, postgres.Server)
    tokens, commit = await prepare(server)
    template = folder / "bare.html"
    running = {}
    try:
        running["ours"] = started("ours", server.application_url, template)
        await ready(running["ours"][1])
        page = await page_of(running["ours"][1], tokens[0])
        template.write_text(flattened(page, tokens[0]), encoding="utf-8")
        running["bare"] = started("bare", server.application_url, template)
        await ready(running["bare"][1])
        sizes = {"ours": len(page), "bare": len(await page_of(running["bare"][1], tokens[0]))}
        found = await compare({side: port for side, (_, port) in running.items()}, tokens)
    finally:
        for process, _ in running.values():
            process.terminate()
            process.wait(timeout=15)
    medians = {name: round(statistics.median(values)) for name, values in found.items()}
    ratios = {
        f"{ours} / {bare}": round(
            statistics.median(one / other for one, other in zip(found[ours], found[bare], strict=True)), 2
        )
        for ours, bare in (
            *(("get_ours", "get_bare"), ("get_alone", "get_bare")),
            *(("get_ours", "get_flat"), ("post_ours", "post_bare")),
        )
    }
    return {**medians, "ratio": ratios, "commit_ms": round(commit, 2), "page_characters": sizes}


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
