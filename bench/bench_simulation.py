"""A platform's month simulated: `python bench/bench_simulation.py [visits]`.

75,000 visits of November 2026 are written for 8,000 clients of ten providers, each arrived the morning
after. `read` is the bulk reading of the visits and of what came before; `replay` goes through the protocol
« default » with nobody answering, `answered` with a fifth of messages and calls answered; `decide` is
`decide_all` alone on what the replay gave it, visit for visit.
Prints one line of JSON: seconds (the best of the rounds), what was found, and the ratio of a whole simulation
(read and replayed) to `decide`. Target: a whole one under 60 s.
"""

import asyncio
import json
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

VISITS, CLIENTS, PROVIDERS, ROUNDS = 75_000, 8_000, 10, 3
SECRET = "a secret for benchmarks only, long enough to be accepted"  # noqa: S105
PARIS = ZoneInfo("Europe/Paris")
START, END = datetime(2026, 11, 1, tzinfo=PARIS), datetime(2026, 12, 1, tzinfo=PARIS)

PEOPLE = f"""
INSERT INTO organisation (id, platform_id, code, kind, name, short_name, email, phone, on_call_name,
    on_call_phone, activities, created_at)
SELECT gen_random_uuid(), $1, 'P' || n, 'provider', 'P' || n, 'P' || n, '', '', '', '', '{{}}', now()
FROM generate_series(1, {PROVIDERS}) n;
CREATE TEMP TABLE made AS SELECT n, gen_random_uuid() AS client, gen_random_uuid() AS person,
    sha256(('m' || n)::bytea) AS mobile, sha256(('f' || n)::bytea) AS phone,
    sha256(('e' || n)::bytea) AS email,
    (SELECT id FROM organisation WHERE platform_id = $1 AND code = 'P' || (n % {PROVIDERS} + 1)) AS provider
FROM generate_series(1, {CLIENTS}) n;
INSERT INTO person (id, platform_id) SELECT person, $1 FROM made;
INSERT INTO endpoint (id, platform_id, kind, key)
SELECT gen_random_uuid(), $1, k.kind, k.key FROM made,
    LATERAL (VALUES ('phone', mobile), ('phone', phone), ('email', email)) AS k (kind, key);
INSERT INTO client (id, platform_id, provider_id, person_id, reference, departement, digest, created_at,
    mobile_key, phone_key, email_key)
SELECT client, $1, provider, person, 'C' || n, CASE WHEN n % 20 = 0 THEN '974' ELSE '34' END, '', now(),
    CASE WHEN n % 3 > 0 THEN mobile END, CASE WHEN n % 4 > 0 THEN phone END,
    CASE WHEN n % 5 > 2 THEN email END
FROM made;
"""
MONTH = """
INSERT INTO intervention (id, platform_id, provider_id, client_id, reference, activity, mode, departement,
    planned_start, planned_end, started_at, ended_at, worker_reference, funders, status, incident, digest,
    received_at, updated_at)
SELECT uuid_of(v.at, v.n), $1, m.provider, m.client, 'V' || v.n,
    CASE v.n % 2 WHEN 0 THEN 'I-3' ELSE 'II-1' END,
    'prestataire', CASE WHEN m.n % 20 = 0 THEN '974' ELSE '34' END, v.at, v.at + interval '1 hour', v.at,
    v.at + interval '1 hour', 'W' || (m.n % 40 + (v.n % 30 = 0)::int), '{}', 'done', v.n % 200 = 0, '',
    v.arrives, v.arrives
FROM (SELECT n, at, (date_trunc('day', at) + interval '1 day 5 hours') AS arrives FROM (
        SELECT n, timestamptz '2026-11-01 07:00+00' + n % 30 * interval '1 day'
            + (n / 30) % 600 * interval '1 minute' AS at FROM generate_series(1, $2::integer) n) each) v
JOIN made m ON m.n = v.n * 7919 % (SELECT count(*) FROM made) + 1
"""
UUID_OF = """
CREATE FUNCTION pg_temp.uuid_of(at timestamptz, n bigint) RETURNS uuid LANGUAGE sql AS
$$ SELECT (left(uuid7_floor(at)::text, 15) || substr(md5(n::text), 1, 3) || '-a' || substr(md5(n::text), 4, 3)
    || '-' || substr(md5(n::text), 7, 12))::uuid $$
"""


async def fill(owner: asyncpg.Connection, platform: object, visits: int) -> None:
    """Write the clients and the visits of a month."""
    await owner.execute(UUID_OF)
    for statement in PEOPLE.replace("$1", f"'{platform}'").split(";\n"):
        if statement.strip():
            await owner.execute(statement)
    await owner.execute(MONTH.replace("uuid_of(", "pg_temp.uuid_of("), platform, visits)
    await owner.execute("VACUUM ANALYZE")


def batches_of(source: Any, trial: Any) -> list[Any]:
    """Keep what each `decide_all` of a replay was given."""
    from surveys.simulation import replay as replaying

    batches: list[Any] = []
    decide_all = replaying.decide_all

    def kept(told: Any, known: Any) -> Any:
        batches.append((told, known))
        return decide_all(told, known)

    replaying.decide_all = kept
    try:
        replaying.replay(source, trial)
    finally:
        replaying.decide_all = decide_all
    return batches


def decided_alone(batches: list[Any]) -> float:
    """Time `decide_all` on what a replay gave it, with nothing around it."""
    from surveys.protocol.deciding import decide_all

    began = time.perf_counter()
    for told, known in batches:
        decide_all(told, known)
    return time.perf_counter() - began


async def measure(house: Any, platform: Any) -> dict[str, object]:
    from quality.db import transaction
    from surveys.protocol.definition import Channel, load
    from surveys.simulation.figures import figures_of
    from surveys.simulation.reading import source_of, visits_of
    from surveys.simulation.replay import Trial, replay

    start, end = START.astimezone(UTC), END.astimezone(UTC)
    found: dict[str, list[float]] = {"read": [], "replay": [], "answered": [], "decide": []}
    figures = None
    for _ in range(ROUNDS):
        began = time.perf_counter()
        async with transaction("work") as db:
            visits = await visits_of(db, platform, start, end, None)
            source = await source_of(db, house.keyring, platform, visits, start)
        found["read"].append(time.perf_counter() - began)
        for name, rates in (("replay", {}), ("answered", dict.fromkeys(Channel, 0.2))):
            began = time.perf_counter()
            figures = figures_of(replay(source, Trial(load("default"), rates)), PARIS, 8, {})
            found[name].append(time.perf_counter() - began)
        found["decide"].append(decided_alone(batches_of(source, Trial(load("default")))))
    best = {name: round(min(seconds), 2) for name, seconds in found.items()}
    assert figures is not None
    return best | {
        "visits": figures.visits,
        "asked": figures.asked,
        "messages": figures.messages,
        "calls": figures.calls,
        "whole": round(best["read"] + best["replay"], 2),
        "ratio": round((best["read"] + best["replay"]) / best["decide"], 2),
    }


async def run(server: Any, visits: int) -> dict[str, object]:
    from tortoise import Tortoise

    from quality import app, component, db, postgres, schema
    from quality.settings import Settings
    from tests.world import build

    parts = component.load(app.COMPONENTS)
    await schema.migrate(server.owner_url, postgres.APPLICATION, parts, creates_login=True)
    owner = await asyncpg.connect(**db.credentials(server.owner_url))
    house = app.compose(Settings(database_url=server.application_url, secret_key=SECRET))
    config = db.tortoise_config(server.application_url, house.components)
    await Tortoise.init(config=config, _enable_global_fallback=True)
    try:
        world = await build(house)
        await fill(owner, world.platform, visits)
        return await measure(house, world.platform)
    finally:
        await Tortoise.close_connections()
        await owner.close()


def main() -> None:
    from quality import postgres

    visits = int(sys.argv[1]) if len(sys.argv) > 1 else VISITS
    with tempfile.TemporaryDirectory(prefix="quality-bench-") as name:
        server = postgres.start(Path(name))
        try:
            print(json.dumps(asyncio.run(run(server, visits))))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
