"""The import of 50,000 lines beside a bare COPY + upsert of the same file: `python bench/bench_import.py`.

Each round runs in a process of its own (so that its peak memory is its own), the two sides in turn, on one
server with fsync on. Prints one line of JSON. Targets: 10,000 lines/s, 300 MB, memory that does not grow.
"""

import asyncio
import csv
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import asyncpg

sys.path.insert(0, str(Path(__file__).parents[1]))

LINES, FEWER_LINES, ROUNDS, COMMITS = 50_000, 10_000, 5, 50
SECRET = "a secret for benchmarks only, long enough to be accepted"  # noqa: S105
Side = Callable[[str, Path, str], Awaitable[tuple[int, float]]]


async def bare(url: str, path: Path, _provider: str) -> tuple[int, float]:
    """Read the file, COPY its cells as they are, and upsert them into a table with one unique key."""
    from quality.db import credentials

    connection = await asyncpg.connect(**credentials(url))
    await connection.execute("TRUNCATE bare")
    began = time.perf_counter()
    with path.open(encoding="cp1252", newline="") as source:
        headings, *rows = csv.reader(source, delimiter=";")
    columns = [f"c{number}" for number in range(len(headings))]
    texts = ", ".join(f"{column} text" for column in columns)
    async with connection.transaction():
        await connection.execute(f"CREATE TEMPORARY TABLE arriving ({texts}) ON COMMIT DROP")
        await connection.copy_records_to_table("arriving", records=rows, columns=columns)
        changes = ", ".join(f"{column} = excluded.{column}" for column in columns[1:])
        await connection.execute(
            f"INSERT INTO bare SELECT * FROM arriving ON CONFLICT (c0) DO UPDATE SET {changes}"
        )
    seconds = time.perf_counter() - began
    await connection.close()
    return len(rows), seconds


async def ours(url: str, path: Path, provider: str) -> tuple[int, float]:
    """Import the file as `quality import interventions` does."""
    from quality.access.actor import operator
    from quality.access.scope import scoped
    from quality.app import compose
    from quality.commands import organisation_of, platform_of
    from quality.directory.intake.batch_rows import Delivery
    from quality.directory.intake.batches import load_file
    from quality.directory.intake.receiving import Source
    from quality.settings import Settings

    house = compose(Settings(database_url=url, secret_key=SECRET))
    await opened(url, house.components)
    async with scoped(operator()) as db:
        platform = await platform_of(db, None)
    async with scoped(operator(platform)) as db:
        identity = await organisation_of(db, platform, provider)
    source = Source(path, Delivery("cli", path.name), BytesIO())
    began = time.perf_counter()
    report = await load_file(operator(platform), house, identity, source)
    seconds = time.perf_counter() - began
    assert report.refused == 0
    await closed()
    return report.created, seconds


async def opened(url: str, components: object) -> None:
    from tortoise import Tortoise

    from quality import db

    await Tortoise.init(config=db.tortoise_config(url, components), _enable_global_fallback=True)  # type: ignore[arg-type]


async def closed() -> None:
    from tortoise import Tortoise

    await Tortoise.close_connections()


SIDES: dict[str, Side] = {"bare": bare, "ours": ours}


def child(side: str, url: str, path: str, provider: str) -> None:
    """Run one side once; print its seconds, its created lines and its peak memory."""
    created, seconds = asyncio.run(SIDES[side](url, Path(path), provider))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "created": created, "peak_mb": peak}))


def run(side: str, url: str, path: Path, provider: str) -> dict[str, float]:
    arguments = [sys.executable, __file__, side, url, str(path), provider]
    made = subprocess.run(arguments, capture_output=True, check=True, text=True)
    result: dict[str, float] = json.loads(made.stdout)
    return result


async def prepare(owner_url: str, providers: list[str]) -> float:
    """Make the schema, a platform and its providers; return the milliseconds of a bare commit."""
    from quality import app, component, db, postgres, schema
    from tests.files import HEADINGS

    await schema.migrate(owner_url, postgres.APPLICATION, component.load(app.COMPONENTS), creates_login=True)
    owner = await asyncpg.connect(**db.credentials(owner_url))
    columns = ", ".join(
        f"c{number} text" + (" PRIMARY KEY" if number == 0 else "") for number in range(len(HEADINGS))
    )
    await owner.execute(f"CREATE TABLE bare ({columns})")
    await owner.execute(
        """
        INSERT INTO platform (id, code, name, sms_name, phone, hours, closing_days, sender_email,
            data_contact, mediator, legal_notice, interval_days, stratum_target, protocol, created_at)
        VALUES (gen_random_uuid(), 'B', 'B', 'B', '+33467000000', '', '[]', '', '', '', '', 30, 40, 'default',
            now())
        """
    )
    await owner.execute(
        """
        INSERT INTO organisation (id, platform_id, code, kind, name, short_name, email, phone, on_call_name,
            on_call_phone, activities, created_at)
        SELECT gen_random_uuid(), p.id, made.code, made.kind, made.code, '', '', '', '', '', '{}', now()
        FROM platform p, unnest($1::text[], $2::text[]) AS made(code, kind)
        """,
        [*providers, "D34", "CNAV"],
        [*["provider"] * len(providers), "funder", "funder"],
    )
    began = time.perf_counter()
    for _ in range(COMMITS):
        await owner.execute("UPDATE platform SET name = name")
    await owner.close()
    return (time.perf_counter() - began) / COMMITS * 1_000


def measure(folder: Path) -> dict[str, object]:
    from quality import postgres
    from tests.files import visits_file

    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    file, shorter = folder / "visits.csv", folder / "fewer.csv"
    file.write_bytes(visits_file(LINES, 0, yesterday).content)
    shorter.write_bytes(visits_file(FEWER_LINES, 0, yesterday).content)
    server = postgres.start(folder / "home", ["max_wal_size=4GB"])
    try:
        providers = [f"P{number}" for number in range(ROUNDS + 1)]
        commit_ms = asyncio.run(prepare(server.owner_url, providers))
        run("ours", server.application_url, shorter, providers[-1])
        fewer = run("ours", server.application_url, shorter, providers[-1])
        rounds: dict[str, list[dict[str, float]]] = {"bare": [], "ours": []}
        for provider in providers[:ROUNDS]:
            rounds["bare"].append(run("bare", server.owner_url, file, provider))
            rounds["ours"].append(run("ours", server.application_url, file, provider))
        again = [run("ours", server.application_url, file, provider) for provider in providers[:3]]
    finally:
        server.stop()
    return told(rounds, again, fewer, commit_ms)


def told(
    rounds: dict[str, list[dict[str, float]]],
    again: list[dict[str, float]],
    fewer: dict[str, float],
    commit_ms: float,
) -> dict[str, object]:
    speed = {side: LINES / median(made, "seconds") for side, made in rounds.items()}
    assert all(made["created"] == LINES for made in rounds["ours"])
    assert all(made["created"] == 0 for made in again)
    return {
        "bench": "import",
        "lines": LINES,
        "lines_per_s": round(speed["ours"]),
        "bare_lines_per_s": round(speed["bare"]),
        "ratio": round(speed["ours"] / speed["bare"], 3),
        "sent_again_lines_per_s": round(LINES / median(again, "seconds")),
        "peak_mb": round(max(made["peak_mb"] for made in rounds["ours"])),
        f"peak_mb_{FEWER_LINES}_lines": round(fewer["peak_mb"]),
        "commit_ms": round(commit_ms, 2),
        "target": "10,000 lines/s, 300 MB",
    }


def median(made: list[dict[str, float]], name: str) -> float:
    return statistics.median(one[name] for one in made)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        child(*sys.argv[1:])
    else:
        with tempfile.TemporaryDirectory(prefix="quality-bench-") as place:
            print(json.dumps(measure(Path(place))))
