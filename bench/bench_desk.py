"""Agents who pick calls, beside a bare queue: `python bench/bench_desk.py [cases]`.

100,000 open cases wait, nearly all of them surveys that pass the gate of dispatch, and 20 agents pick. `ours`
is `queue.pick` as a page calls it, through the worker's pool of six connections: the case in hand, the lines,
the first cases of each language, priority and team, the gate, the claim, the lease, the audit. `bare` is one
SELECT … FOR UPDATE SKIP LOCKED and one UPDATE on a table of as many rows, by asyncpg and as many connections.
Both are measured in interleaved rounds on one PostgreSQL with fsync on: `working`, where each agent picks,
calls for two seconds (a hundred times as busy as in life) and picks again; `at_once`, where all twenty press
the button at the same instant. Prints one line of JSON: milliseconds (p50, p95), the ratio of the medians,
and how many cases were given twice. Target: p95 under 10 ms while 20 agents work, no case twice.
"""

import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import asyncpg

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

CASES, AGENTS, ROUNDS, PICKS = 100_000, 20, 5, 5
SECRET = "a secret for benchmarks only, long enough to be accepted"  # noqa: S105
CALL_SECONDS = 2.0
Pick = Callable[[int], Awaitable[object]]

# ---- the cases ----

COPIES = """
CREATE TEMP TABLE made AS SELECT n, gen_random_uuid() AS person, gen_random_uuid() AS client,
    gen_random_uuid() AS endpoint, sha256(('k' || n)::bytea) AS key,
    (left($1::text, 15) || substr(md5(n::text), 1, 3) || '-a' || substr(md5(n::text), 4, 3) || '-'
     || lpad(to_hex(n), 10, '0') || '00')::uuid AS invitation
FROM generate_series(1, $2::integer) AS n
"""
COPY = """
INSERT INTO {table} SELECT (jsonb_populate_record(b, jsonb_build_object({given}))).*
FROM made m CROSS JOIN {table} b WHERE b.id = '{first}'
"""
TABLES = {
    "person": "'id', m.person",
    "endpoint": "'id', m.endpoint, 'key', m.key",
    "client": "'id', m.client, 'person_id', m.person, 'reference', 'copy ' || m.n, 'mobile_key', m.key",
    "invitation": "'id', m.invitation, 'client_id', m.client, 'occasion_id', m.invitation, "
    "'token_key', m.key",
    "attempt": "'id', child_id(m.invitation, 33), 'invitation_id', m.invitation, 'client_id', m.client, "
    "'person_id', m.person, 'endpoint_id', m.endpoint",
    "call_case": "'id', gen_random_uuid(), 'client_id', m.client, 'invitation_id', m.invitation, "
    "'attempt_id', child_id(m.invitation, 33), 'next_due_at', b.next_due_at + m.n * interval '0.01 s', "
    "'kind', CASE WHEN m.n % 250 = 0 THEN 'callback' ELSE 'survey' END, "
    "'priority', CASE WHEN m.n % 250 = 0 THEN 20 ELSE 50 END, "
    "'language', CASE WHEN m.n % 50 = 7 THEN 'en' ELSE 'fr' END",
}
BARE = """
CREATE TABLE bare_case (id uuid PRIMARY KEY, state text NOT NULL, priority smallint NOT NULL,
    next_due_at timestamptz NOT NULL, agent_id uuid, lease_until timestamptz);
INSERT INTO bare_case SELECT id, state, priority, next_due_at FROM call_case;
CREATE INDEX bare_case_next ON bare_case (priority, next_due_at, id) WHERE state = 'open'
"""
BARE_PICK = """
SELECT id FROM bare_case WHERE state = 'open' AND next_due_at <= $1
ORDER BY priority, next_due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
BARE_HOLD = """
UPDATE bare_case SET state = 'held', agent_id = gen_random_uuid(), lease_until = now() + interval '90 s'
WHERE id = $1
"""
LET_GO = """
UPDATE call_case SET state = 'done', outcome = 'answered', closed_at = now(), agent_id = NULL,
    lease_until = NULL WHERE id = $1
"""


async def fill(owner: asyncpg.Connection, cases: int) -> None:
    """Copy one visit with its call until as many wait."""
    seed = await owner.fetchval("SELECT id FROM invitation")
    await owner.execute(COPIES.replace("$1", f"'{seed}'").replace("$2", str(cases)))
    for table, given in TABLES.items():
        first = await owner.fetchval(f"SELECT id FROM {table}")
        await owner.execute(COPY.format(table=table, given=given, first=first))
    await owner.execute("UPDATE platform SET call_lines = 500")
    await owner.execute(BARE)
    await owner.execute("SELECT pg_stat_force_next_flush()")  # else autovacuum comes back for the filling
    await owner.execute("VACUUM ANALYZE")


# ---- the rounds ----


async def working(pick: Pick, end: Pick) -> tuple[list[float], list[object]]:
    """Let each agent pick, call for a moment, and pick again."""
    times: list[float] = []
    given: list[object] = []

    async def work(agent: int) -> None:
        drawn = random.Random(agent)
        await asyncio.sleep(drawn.random() * CALL_SECONDS)
        for _ in range(PICKS):
            began = time.perf_counter()
            case = await pick(agent)
            times.append(1000 * (time.perf_counter() - began))
            given.append(case)
            await asyncio.sleep(drawn.uniform(0.5, 1.5) * CALL_SECONDS)
            await end(case)  # type: ignore[arg-type]

    await asyncio.gather(*(work(agent) for agent in range(AGENTS)))
    return times, given


async def at_once(pick: Pick, end: Pick) -> tuple[list[float], list[object]]:
    """Let all agents press the button at the same instant."""
    times: list[float] = []
    given: list[object] = []

    async def press(agent: int, began: float) -> None:
        given.append(await pick(agent))
        times.append(1000 * (time.perf_counter() - began))

    for _ in range(PICKS):
        began = time.perf_counter()
        await asyncio.gather(*(press(agent, began) for agent in range(AGENTS)))
        for case in given[-AGENTS:]:
            await end(case)  # type: ignore[arg-type]
    return times, given


async def compare(url: str, owner: asyncpg.Connection, world: object) -> dict[str, object]:
    from dataclasses import replace
    from uuid import uuid4

    from quality import clock, db
    from surveys.desk.queueing import queue

    actors = [replace(world.actor("agent"), account=uuid4()) for _ in range(AGENTS)]  # type: ignore[attr-defined]
    size = db.POOL_SIZES["work"]
    bare_pool = await asyncpg.create_pool(**db.credentials(url), min_size=size, max_size=size)

    async def ours(agent: int) -> object:
        return await queue.pick(actors[agent], clock.now())

    async def bare(_agent: int) -> object:
        async with bare_pool.acquire() as connection, connection.transaction():
            case = await connection.fetchval(BARE_PICK, clock.now())
            await connection.execute(BARE_HOLD, case)
        return case

    async def let_go(case: object) -> None:
        await lock_and(owner, case)

    async def nothing(_case: object) -> None:
        return None

    sides = {"ours": (ours, let_go), "bare": (bare, nothing)}
    await at_once(*sides["ours"])  # the first plans and connections
    times: dict[str, list[float]] = {}
    given: dict[str, list[object]] = {"ours": [], "bare": []}
    for place in range(ROUNDS):
        for name in sides if place % 2 == 0 else list(sides)[::-1]:
            for load in (working, at_once):
                spent, cases = await load(*sides[name])
                times.setdefault(f"{load.__name__}_{name}", []).extend(spent)
                given[name] += cases
    await bare_pool.close()
    return summary(times, given)


_letting_go = asyncio.Lock()


async def lock_and(owner: asyncpg.Connection, case: object) -> None:
    """End a call: one connection does it for all, outside what is measured."""
    async with _letting_go:
        await owner.execute(LET_GO, case)


def summary(times: dict[str, list[float]], given: dict[str, list[object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, spent in times.items():
        found[f"{name}_ms"] = {
            "p50": round(statistics.median(spent), 2),
            "p95": round(percentile(spent, 95), 2),
        }
    found["ratio"] = {
        load: round(statistics.median(times[f"{load}_ours"]) / statistics.median(times[f"{load}_bare"]), 1)
        for load in ("working", "at_once")
    }
    found["picked"] = {name: len(cases) for name, cases in given.items()}
    found["given_twice"] = {name: len(cases) - len(set(cases)) for name, cases in given.items()}
    found["none"] = sum(case is None for case in given["ours"])
    return found


def percentile(values: Sequence[float], rank: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * rank // 100)]


async def measure(server: object, cases: int) -> dict[str, object]:
    from tortoise import Tortoise

    from quality import app, clock, component, db, postgres, schema
    from quality.settings import Settings
    from tests.surveys.desk.waiting import FIRST, go_to, survey_call
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
    go_to(FIRST[0])
    world = await build(house)
    await survey_call(world, calls=1)
    await fill(owner, cases)
    go_to(FIRST[0].replace(hour=10))
    try:
        return {"cases": cases, "agents": AGENTS, **await compare(server.owner_url, owner, world)}
    finally:
        clock.set_offset(clock.offset() * 0)
        await Tortoise.close_connections()
        await owner.close()


def main() -> None:
    from quality import postgres

    cases = int(sys.argv[1]) if len(sys.argv) > 1 else CASES
    with tempfile.TemporaryDirectory(prefix="quality-bench-") as name:
        server = postgres.start(Path(name))
        try:
            print(json.dumps(asyncio.run(measure(server, cases))))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
