"""A minute of the ladder, beside one that reads every complaint: `python bench/bench_ladder.py [open]`.

20,000 complaints are open, each read once already. `idle` is `climb` as the worker runs it each minute;
`all` is the same after every complaint was written to, which is what each minute would cost if nothing said
when to read again. Medians of interleaved runs on one PostgreSQL with fsync on. Prints one line of JSON:
seconds, and the ratio. Target: idle under 0.05 s.
"""

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

OPEN, ROUNDS = 20_000, 3
SECRET = "a secret for benchmarks only, long enough to be accepted"  # noqa: S105
COPY = """
INSERT INTO complaint SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(),
    'number', c.number + n, 'token_key', sha256(('k' || n)::bytea)))).*
FROM complaint c, generate_series(1, $1::integer) AS n
"""
TOLD = """
INSERT INTO complaint_notice (id, platform_id, complaint_id, kind, round, at)
SELECT gen_random_uuid(), platform_id, id, 'opened', 1, opened_at FROM complaint
"""


async def compare(owner: asyncpg.Connection, climb: Callable[[], Awaitable[None]]) -> dict[str, float]:
    times: dict[str, list[float]] = {"all": [], "idle": []}
    await climb()
    for _ in range(ROUNDS):
        await owner.execute("UPDATE complaint SET next_step_at = 'epoch'")
        await owner.execute("VACUUM ANALYZE complaint")
        for spent in times.values():
            began = time.perf_counter()
            await climb()
            spent.append(time.perf_counter() - began)
    found = {name: statistics.median(spent) for name, spent in times.items()}
    return {
        **{f"{name}_s": round(value, 4) for name, value in found.items()},
        "ratio": round(found["all"] / found["idle"]),
    }


async def measure(server: object, count: int) -> dict[str, object]:
    from tortoise import Tortoise

    from quality import app, component, db, postgres, schema
    from quality.complaints.ladder.escalating import climb
    from quality.settings import Settings
    from tests.quality.complaints.opened import filed
    from tests.world import build

    assert isinstance(server, postgres.Server)
    await schema.migrate(
        server.owner_url, postgres.APPLICATION, component.load(app.COMPONENTS), creates_login=True
    )
    owner = await asyncpg.connect(**db.credentials(server.owner_url))
    house = app.compose(Settings(database_url=server.application_url, secret_key=SECRET))
    await Tortoise.init(
        config=db.tortoise_config(server.application_url, house.components), _enable_global_fallback=True
    )
    await filed(await build(house))
    await owner.execute(COPY, count - 1)
    await owner.execute(TOLD)
    await owner.execute("VACUUM ANALYZE")
    try:
        return {"open": count, **await compare(owner, lambda: climb(house))}
    finally:
        await Tortoise.close_connections()
        await owner.close()


def main() -> None:
    from quality import postgres

    count = int(sys.argv[1]) if len(sys.argv) > 1 else OPEN
    with tempfile.TemporaryDirectory(prefix="quality-bench-") as name:
        server = postgres.start(Path(name))
        try:
            print(json.dumps(asyncio.run(measure(server, count))))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
