"""The claim with its gate beside a bare queue: `python bench/bench_claims.py [messages] [old rows]`.

`ours` is `claims.claim` as a worker calls it: the window, the refusals, the caps, the budget, the counters,
the lease, within the span of what is due, which a worker reads once a minute (`span_ms`, apart). All sides
claim as many at a time as a worker: 20 for a carrier that takes four messages at once, 240 for the one of
`bench_sending`, which takes sixty. `ungated` is a bare claim on the same queue: one UPDATE … WHERE id IN
(SELECT … FOR UPDATE SKIP LOCKED) on the house's own attempts, their months and all their indexes, through
the same pool; the ratio to it is what the gate costs. `bare` is that same UPDATE on a table that nothing else
uses, of as many rows and the same columns, with the index of the queue alone: what the house's other reads of
its attempts cost as well. One worker, interleaved rounds, one PostgreSQL with fsync on. Then a million rows
of the past are added (sent months ago), and claims of twenty are timed again. Prints one line of JSON: for
each size of a claim its messages a second and the ratio to each side, and the milliseconds of a claim on the
old queue (`least`: the one that a busy machine held up least). Targets: 40 % of `ungated`, a claim under
20 ms.
"""

import json
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import asyncpg

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from waiting import NOON, alone, fill

if TYPE_CHECKING:
    from quality.app import House
    from tests.world import World

MESSAGES, OLD, ROUNDS = 80_000, 1_000_000, 10
SHARE = 6  # two sizes of a claim by each of two sides on the same messages, and some left for the old queue
LINES = 60  # of the carrier of bench_sending
NOW = NOON + timedelta(minutes=2)
BARE = """
CREATE TABLE bare_attempt (LIKE attempt INCLUDING DEFAULTS);
INSERT INTO bare_attempt SELECT * FROM attempt;
ALTER TABLE bare_attempt ADD PRIMARY KEY (id);
CREATE INDEX bare_attempt_due ON bare_attempt (channel, opens_at, id)
    WHERE state IN ('planned', 'deferred');
GRANT SELECT, UPDATE ON bare_attempt TO quality_work
"""
BARE_CLAIM = """
UPDATE bare_attempt SET state = 'claimed', claimed_by = $3, lease_until = now() + interval '60 s',
    fence = fence + 1, claims = claims + 1
WHERE id IN (SELECT id FROM bare_attempt WHERE channel = $1 AND state IN ('planned', 'deferred')
             AND opens_at <= $2 ORDER BY opens_at, id LIMIT $4 FOR UPDATE SKIP LOCKED)
RETURNING *
"""
UNGATED_CLAIM = BARE_CLAIM.replace("bare_attempt", "attempt")
# The past: messages delivered in the twelve months before, to clients who are asked again.
AGE = """
SELECT make_month('attempt', m) FROM generate_series(timestamp '2025-11-01', '2026-10-01', '1 month') AS m;
INSERT INTO attempt SELECT old.*
FROM (SELECT n, at, (left(uuid7_floor(at)::text, 15) || substr(md5(n::text), 1, 3) || '-a'
             || substr(md5(n::text), 4, 3) || '-' || lpad(to_hex(n), 10, '0') || '00')::uuid AS parent
      FROM (SELECT n, timestamptz '2026-11-20' - n % 364 * interval '1 day' AS at
            FROM generate_series(1, {old}) AS n) dated) o
JOIN (SELECT b, row_number() OVER () AS place FROM attempt b WHERE state = 'planned') a
    ON a.place = 1 + o.n % (SELECT count(*) FROM attempt WHERE state = 'planned')
CROSS JOIN LATERAL jsonb_populate_record(a.b, jsonb_build_object('invitation_id', o.parent,
    'id', child_id(o.parent, 17), 'state', 'delivered', 'opens_at', o.at, 'sent_at', o.at,
    'closes_at', o.at + interval '1 hour', 'settled_at', o.at, 'counted_at', o.at)) AS old
"""
Claim = Callable[[int], Awaitable[int]]


async def timed(claim: Claim, limit: int, times: int) -> list[float]:
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        assert await claim(limit) == limit, "the queue is empty: give more messages"
        spent.append(time.perf_counter() - began)
    return spent


async def compare(sides: dict[str, Claim], limit: int, times: int) -> dict[str, list[float]]:
    """Time the sides in turn, a few claims each."""
    spent: dict[str, list[float]] = {name: [] for name in sides}
    for claim in sides.values():
        await timed(claim, limit, 3)  # the first plans
    for place in range(ROUNDS):
        for name in sides if place % 2 == 0 else list(sides)[::-1]:
            spent[name] += await timed(sides[name], limit, times)
    return spent


async def measure(_house: "House", world: "World", owner: asyncpg.Connection) -> dict[str, object]:
    from quality.db import fetch, pool
    from surveys.dispatch.claims import claim, span
    from surveys.dispatch.sending import BATCH
    from surveys.dispatch.stream import CLAIMED_A_LINE
    from tests.surveys.dispatch.asking import asked

    messages = int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES
    old = int(sys.argv[2]) if len(sys.argv) > 2 else OLD
    await asked(world)
    await fill(owner, messages)
    await owner.execute(BARE)
    await owner.execute("VACUUM ANALYZE")

    began = time.perf_counter()
    within = await span(pool("send"), ["sms"], NOW)
    span_ms = 1000 * (time.perf_counter() - began)

    async def ours(limit: int) -> int:
        return len(await claim(pool("send"), ["sms"], "bench", limit, NOW, within=within))

    async def bare(limit: int) -> int:
        return len(await fetch(pool("send"), BARE_CLAIM, "sms", NOW, "bench", limit))

    async def ungated(limit: int) -> int:
        return len(await fetch(pool("send"), UNGATED_CLAIM, "sms", NOW, "bench", limit))

    sides = {"ours": ours, "bare": bare, "ungated": ungated}
    sizes: dict[str, dict[str, dict[str, float]]] = {}
    for limit in (BATCH, CLAIMED_A_LINE * LINES):
        spent = await compare(sides, limit, max(2, messages // limit // ROUNDS // SHARE))
        rate = {name: limit * len(found) / sum(found) for name, found in spent.items()}
        sizes[str(limit)] = {
            "per_second": {name: round(value) for name, value in rate.items()},
            "ratio": {name: round(rate["ours"] / rate[name], 2) for name in ("bare", "ungated")},
        }
    await owner.execute(f"SET session_replication_role = replica; {AGE.format(old=old)}")
    await owner.execute("VACUUM ANALYZE")
    aged = await timed(ours, BATCH, 50)
    return {
        "messages": messages,
        "old_rows": await owner.fetchval("SELECT count(*) FROM attempt WHERE state = 'delivered'"),
        "claimed_at_a_time": sizes,
        "span_ms": round(span_ms, 1),
        "old_queue_ms": {
            "least": round(1000 * min(aged), 2),
            "p50": round(1000 * statistics.median(aged), 2),
            "p95": round(1000 * sorted(aged)[len(aged) * 95 // 100], 2),
        },
    }


if __name__ == "__main__":
    print(json.dumps(alone(measure)))
