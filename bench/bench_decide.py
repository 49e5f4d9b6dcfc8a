"""A million visits decided: `python bench/bench_decide.py [visits] [planners] [visits a client]`.

Clients of twenty providers, ten visits each over the last thirty days, the protocol `default` with its
thirty days. `decide_pending` runs as the worker runs it, by planners at once, each in a process of its own,
until nothing waits; visits are loaded, decided by the pure functions and written back in bulk. With
BENCH_PROFILE set, each planner tells where its time went. Prints one line of JSON: seconds, visits a second,
the reasons kept. It needs the processors for itself: two planners keep two of them busy.
Target: 1,000,000 visits in under 120 s.
"""

import asyncio
import cProfile
import json
import os
import pstats
import sys
import time
from typing import TYPE_CHECKING

import asyncpg

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from waiting import NOON, SECRET, alone

if TYPE_CHECKING:
    from quality.app import House
    from tests.world import World

VISITS, PLANNERS, EACH, PROVIDERS = 1_000_000, 2, 10, 20
FILL = """
CREATE TEMP TABLE provider AS SELECT n, gen_random_uuid() AS id FROM generate_series(0, {providers} - 1) AS n;
INSERT INTO organisation SELECT copied.*
FROM provider p CROSS JOIN organisation b CROSS JOIN LATERAL jsonb_populate_record(b, jsonb_build_object(
    'id', p.id, 'code', 'BENCH' || p.n, 'name', 'Organisme ' || p.n)) AS copied WHERE b.id = '{provider}';
CREATE TEMP TABLE made AS SELECT n, gen_random_uuid() AS person, gen_random_uuid() AS client,
    sha256(('k' || n)::bytea) AS key, n % {providers} AS provider FROM generate_series(1, {clients}) AS n;
INSERT INTO person SELECT copied.* FROM made m CROSS JOIN person b
CROSS JOIN LATERAL jsonb_populate_record(b, jsonb_build_object('id', m.person)) AS copied
WHERE b.id = '{person}';
INSERT INTO client SELECT copied.*
FROM made m JOIN provider p ON p.n = m.provider CROSS JOIN client b
CROSS JOIN LATERAL jsonb_populate_record(b, jsonb_build_object('id', m.client, 'person_id', m.person,
    'reference', 'bench ' || m.n, 'mobile_key', m.key, 'provider_id', p.id)) AS copied
WHERE b.id = '{client}';
INSERT INTO endpoint (id, platform_id, kind, key)
SELECT gen_random_uuid(), o.platform_id, 'phone', m.key
FROM made m CROSS JOIN organisation o WHERE o.id = '{provider}';
INSERT INTO intervention SELECT copied.*
FROM (SELECT m.client, p.id AS provider_id, at, (left(uuid7_floor(at - interval '1 hour')::text, 19)
             || substr(md5((m.n * 100 + k)::text), 1, 4) || '-'
             || lpad(to_hex(m.n::bigint * 100 + k), 12, '0'))::uuid AS id
      FROM made m JOIN provider p ON p.n = m.provider CROSS JOIN generate_series(0, {each} - 1) AS k,
      LATERAL (SELECT timestamptz '2026-11-24 09:00+00' - k * interval '{step} hours'
                      - m.n % 120 * interval '1 minute' AS at) t) v
CROSS JOIN intervention b
CROSS JOIN LATERAL jsonb_populate_record(b, jsonb_build_object('id', v.id,
    'client_id', v.client, 'provider_id', v.provider_id, 'reference', v.id,
    'planned_start', v.at - interval '1 hour',
    'planned_end', v.at, 'started_at', v.at - interval '1 hour', 'ended_at', v.at)) AS copied
WHERE b.id = '{visit}';
DELETE FROM intervention WHERE id = '{visit}';
DELETE FROM undecided_visit;
{wait}
"""


async def fill(world: "World", owner: asyncpg.Connection, visits: int, each: int) -> None:
    """Copy one client and one visit until as many wait."""
    from quality.directory import undecided
    from tests.surveys.visits import MOBILE, someone, visit

    client = await someone(world, mobile=MOBILE)
    first = await visit(client)
    text = FILL.format(
        providers=PROVIDERS,
        provider=world.aide34,
        clients=visits // each,
        person=client.person,
        client=client.id,
        visit=first,
        each=each,
        step=720 // each,
        wait=undecided.wait("intervention i WHERE true"),
    )
    await owner.execute("SET session_replication_role = replica")
    await owner.execute(text)
    await owner.execute("VACUUM ANALYZE")
    await owner.execute("CHECKPOINT")  # what filling wrote is on the disk: deciding does not pay for it


async def decide_all(url: str) -> None:
    """Decide until nothing waits: one planner."""
    from tortoise import Tortoise

    from quality import app, db
    from quality.settings import Settings
    from surveys.protocol.deciding import decide_pending
    from tests.surveys.dispatch.asking import set_clock

    house = app.compose(Settings(database_url=url, secret_key=SECRET))
    await Tortoise.init(config=db.tortoise_config(url, house.components), _enable_global_fallback=True)
    set_clock(NOON)
    while await decide_pending(house):
        pass
    await Tortoise.close_connections()


def planner(url: str) -> None:
    """Plan in this process; with BENCH_PROFILE, print where the time went."""
    if "BENCH_PROFILE" not in os.environ:
        asyncio.run(decide_all(url))
        return
    profile = cProfile.Profile()
    profile.runcall(asyncio.run, decide_all(url))
    pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(40)


async def measure(house: "House", world: "World", owner: asyncpg.Connection) -> dict[str, object]:
    given = [int(value) for value in sys.argv[1:]]
    visits, planners, each = (*given, *(VISITS, PLANNERS, EACH)[len(given) :])
    await fill(world, owner, visits, each)
    began = time.perf_counter()
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, __file__, "planner", house.database_url)
        for _ in range(planners)
    ]
    assert [await process.wait() for process in processes] == [0] * planners
    seconds = time.perf_counter() - began
    counts = await owner.fetch("SELECT reason, count(*) AS n FROM occasion GROUP BY 1 ORDER BY 2 DESC")
    assert sum(row["n"] for row in counts) == visits, dict(counts)
    return {
        "visits": visits,
        "planners": planners,
        "seconds": round(seconds, 1),
        "per_second": round(visits / seconds),
        "a_million_s": round(1_000_000 * seconds / visits),
        "reasons": {row["reason"]: row["n"] for row in counts},
        "attempts": await owner.fetchval("SELECT count(*) FROM attempt"),
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["planner"]:
        planner(sys.argv[2])
    else:
        print(json.dumps(alone(measure)))
