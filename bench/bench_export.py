"""Files of a large release: `python bench/bench_export.py [ROWS]`.

`quality export figures` writes the CSV of a release of 10,000 lines, then of 1,000,000 (or ROWS), each in a
process of its own whose peak memory the system tells. Then the PDF of a convention of 180 providers, four
indicators and the response rate, for a quarter, is read, said and drawn 60 times, each time other words,
through as many processes as that takes; beside it, one compilation of the same words in this process. Prints
one line of JSON: seconds, megabytes, and milliseconds. Targets: the memory of both files alike, a report
below 500 ms.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

SECRET = "a secret for benchmarks only, long enough to be accepted"  # noqa: S105
TODAY = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
FEW, MANY, PROVIDERS, REPORTS = 10_000, 1_000_000, 180, 60
FOLLOWED = ("GLOB", "PONCT", "QUAL", "RESP", "RR2")
RELEASE = """
INSERT INTO release (id, platform_id, period, starts_on, ends_on, method, seal, created_at)
VALUES (gen_random_uuid(), $1, $2, $3, $4, '3', sha256('x'), $5) RETURNING id
"""
LINES = """
INSERT INTO release_cell (id, platform_id, release_id, indicator, version, scope_type, scope_code, activity,
    period, status, n_clients, value, ci_low, ci_high, unit)
SELECT gen_random_uuid(), $1, $2, 'GLOB', 1, 'provider_departement', lpad(n::text, 14, '0') || '-34', '', $3,
    'A', 15 + n % 80 * 5, n % 100, greatest(n % 100 - 5, 0), least(n % 100 + 5, 100), 'percent'
FROM generate_series(1, $4::int) AS n
"""
CONVENED = """
INSERT INTO release_cell (id, platform_id, release_id, funder_id, convention_id, indicator, version,
    scope_type, scope_code, provider_id, activity, period, status, n_clients, value, ci_low, ci_high, unit)
SELECT gen_random_uuid(), $1, $2, $3, $4, i.code, i.version,
    CASE WHEN p.n = 0 THEN 'fund' ELSE 'provider_departement' END,
    CASE WHEN p.n = 0 THEN 'D34' ELSE lpad(p.n::text, 14, '0') || '-34' END,
    (SELECT id FROM organisation o WHERE o.code = 'p' || p.n), g, $5, 'A', 15 + p.n % 80 * 5,
    (7 * p.n + i.place) % 100, greatest((7 * p.n + i.place) % 100 - 5, 0),
    least((7 * p.n + i.place) % 100 + 5, 100), 'percent'
FROM unnest($6::text[], $7::int[]) WITH ORDINALITY AS i(code, version, place),
     generate_series(0, $8::int) AS p(n), unnest(ARRAY['', 'PA_PH']) AS g
"""


async def prepare(server: object, rows: int) -> dict[str, str]:
    """Make the schema, a release of few lines, one of many, and one of a convention of 180 providers."""
    from tortoise import Tortoise

    from bench.bench_release import CONVENE, FILL
    from quality import app, clock, component, db, postgres, schema
    from quality.measures.catalogue import CATALOGUE
    from quality.settings import Settings
    from tests.world import build

    assert isinstance(server, postgres.Server)
    clock.set_offset(TODAY - datetime.now(UTC))
    parts = component.load(app.COMPONENTS)
    await schema.migrate(server.owner_url, postgres.APPLICATION, parts, creates_login=True)
    house = app.compose(Settings(database_url=server.application_url, secret_key=SECRET))
    config = db.tortoise_config(server.application_url, house.components)
    await Tortoise.init(config=config, _enable_global_fallback=True)
    world = await build(house)
    owner = await asyncpg.connect(**db.credentials(server.owner_url))
    await owner.execute("SET session_replication_role = replica; SET row_security = off")
    await owner.execute(FILL, world.platform, PROVIDERS)
    await owner.execute(CONVENE, world.platform, world.herault, "herault", list(FOLLOWED[:4]))
    made = {}
    for name, month, lines in (("few", 8, FEW), ("many", 9, rows)):
        release = await _release(owner, world.platform, f"2026-{month:02}")
        await owner.execute(LINES, world.platform, release, f"2026-{month:02}", lines, timeout=600)
        made[name] = str(release)
    quarter = await _release(owner, world.platform, "2026-Q3")
    convention = await owner.fetchval("SELECT id FROM convention WHERE code = 'herault'")
    versions = [CATALOGUE[code].version for code in FOLLOWED]
    places = (world.platform, quarter, world.herault, convention, "2026-Q3")
    await owner.execute(CONVENED, *places, list(FOLLOWED), versions, PROVIDERS)
    await owner.execute("VACUUM ANALYZE")
    await owner.close()
    return {**made, "platform": str(world.platform), "funder": str(world.herault)}


async def _release(owner: asyncpg.Connection, platform: UUID, code: str) -> UUID:
    from quality.measures.releases.periods import period

    of = period(code)
    return UUID(str(await owner.fetchval(RELEASE, platform, code, of.starts_on, of.ends_on, TODAY)))


def export(server: object, release: str, folder: Path) -> dict[str, float]:
    """Run the command in a process of its own: seconds, megabytes at its peak, lines written."""
    from quality import postgres

    assert isinstance(server, postgres.Server)
    target = folder / f"{release}.csv"
    environment = {
        **os.environ,
        "QUALITY_DATABASE_URL": server.application_url,
        "QUALITY_SECRET_KEY": SECRET,
        "PYTHONPATH": str(ROOT),
    }
    command = [
        sys.executable,
        "-m",
        "quality",
        "export",
        "figures",
        "--release",
        release,
        "--out",
        str(target),
    ]
    began = time.perf_counter()
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _pid, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    with target.open("rb") as content:
        lines = sum(1 for _line in content) - 1
    return {"lines": lines, "s": round(time.perf_counter() - began, 1), "mb": round(used.ru_maxrss / 1024)}


async def report(made: dict[str, str]) -> dict[str, float]:
    """Make the report of a convention again and again, from other words each time."""
    import msgspec

    from quality import typesetter
    from quality.access.actor import Actor, Role
    from quality.access.scope import scoped
    from quality.measures.reports import document
    from quality.measures.reports.contents import contents
    from quality.measures.views.reading import sights
    from quality.web import languages

    actor = Actor(Role.funder, UUID(made["platform"]), UUID(made["funder"]))
    whole, length = [], 0
    with languages.using("fr"):
        for number in range(REPORTS):
            began = time.perf_counter()
            async with scoped(actor):
                found = await contents(actor, (await sights(actor))[0], "2026-Q3")
            assert found is not None
            said = document.words(found, f"Plateforme {number}")
            length = len(document.drawn(said))
            whole.append((time.perf_counter() - began) * 1_000)
        began = time.perf_counter()
        typesetter.compiled(document.SOURCE.read_bytes(), "report", msgspec.json.encode(said).decode())
    bare = (time.perf_counter() - began) * 1_000
    return {
        "pages_kb": round(length / 1024),
        "median_ms": round(statistics.median(whole)),
        "slowest_ms": round(max(whole)),
        "bare_cold_ms": round(bare),
    }


async def measure(server: object, rows: int, folder: Path) -> dict[str, object]:
    from tortoise import Tortoise

    made = await prepare(server, rows)
    few = await asyncio.to_thread(export, server, made["few"], folder)
    many = await asyncio.to_thread(export, server, made["many"], folder)
    found = {"few": few, "many": many, "report": await report(made)}
    await Tortoise.close_connections()
    return found


def main() -> None:
    from quality import postgres

    rows = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    with tempfile.TemporaryDirectory(prefix="quality-bench-") as home:
        server = postgres.start(Path(home) / "home")
        try:
            print(json.dumps(asyncio.run(measure(server, rows, Path(home)))))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
