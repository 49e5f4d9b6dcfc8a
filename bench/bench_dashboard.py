"""Dashboards and cells as answers pile up: `python bench/bench_dashboard.py [FEW MANY]`.

On the providers and conventions of bench_release.py, four months and their quarter are released after five
years of months (copies of the first, with their bases and charts: 38,000 figures each). A funder opens its
home, its indicators, one indicator and its territories, READS times each, in turn: with the cells of FEW
answers kept (1,000,000), then of MANY (10,000,000), of months before. Then, at MANY: what the cells of
one answer of five questions add to a transaction that commits nothing else, beside a bare insert of as many
counters; and the fold of a month of 1,000,000 answers, which a release runs once. Prints one line of JSON:
milliseconds, and p95 at MANY over p95 at FEW. Targets: p95 below 50 ms and at most 1.5 times; less than 1 ms;
less than 30 s.
"""

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable
from datetime import date
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench.bench_release import prepare  # noqa: E402

FEW, MANY, DAY = 1_000_000, 10_000_000, 1_000_000
READS, WRITES = 100, 300
PAGES = ("/accueil", "/indicateurs", "/indicateurs/GLOB", "/indicateurs/territoires")
FIRST, THEN = "2026-07", ("2026-08", "2026-09", "2026-Q3", "2026-10")
YEARS_BEFORE = 5
# A month published as the first one was, as many months before it: figures, their bases and their charts.
COPY = """
WITH source AS (SELECT * FROM release WHERE platform_id = $1 AND period = $2),
made AS (
    INSERT INTO release
    SELECT copied.* FROM release s CROSS JOIN LATERAL jsonb_populate_record(s, jsonb_build_object(
        'id', gen_random_uuid(), 'period', to_char($3::date, 'YYYY-MM'), 'starts_on', $3::date,
        'ends_on', ($3::date + interval '1 month' - interval '1 day')::date)) AS copied
    WHERE s.platform_id = $1 AND s.period = $2
    RETURNING id, period
),
cells AS MATERIALIZED (
    SELECT c.*, gen_random_uuid() AS new FROM release_cell c JOIN source s ON c.release_id = s.id
),
figures AS (
    INSERT INTO release_cell (id, platform_id, release_id, funder_id, convention_id, indicator, version,
        scope_type, scope_code, provider_id, activity, period, status, n_clients, value, ci_low, ci_high,
        unit)
    SELECT new, platform_id, m.id, funder_id, convention_id, indicator, version, scope_type, scope_code,
        provider_id, activity, m.period, status, n_clients, value, ci_low, ci_high, unit
    FROM cells, made m
),
bases AS (
    INSERT INTO release_base
    SELECT copied.* FROM cells JOIN release_base b USING (id) CROSS JOIN made m
    CROSS JOIN LATERAL jsonb_populate_record(b, jsonb_build_object('id', new, 'release_id', m.id)) AS copied
)
INSERT INTO release_chart
SELECT copied.* FROM cells JOIN release_chart k USING (id) CROSS JOIN made m
CROSS JOIN LATERAL jsonb_populate_record(k, jsonb_build_object('id', new, 'release_id', m.id)) AS copied
"""
SERIES = ("GLOB:1", "PONCT:1", "QUAL:1", "RESP:1", "RECO:1")
# Two answers a client and month, as bench_release.py draws them; `month` counts from the one that is named.
PILE = """
INSERT INTO cell (id, platform_id, indicator, version, pseudonym, month, provider_id, activity, mode,
    departement, territory, funders, first_mode, respondent, collector, admissible, age_band, n, x)
SELECT gen_random_uuid(), $1, 'GLOB', 1, gen_random_uuid(),
    ($3::date + $5::int * (n % 12) * interval '1 month')::date, o.ids[1 + n % array_length(o.ids, 1)],
    (ARRAY['I-5', 'II-21', 'I-2'])[1 + n % 3], 'prestataire', (ARRAY['34', '30', '11', '66'])[1 + n % 4], '',
    ARRAY[$4::uuid], 'sms', 'client', 'platform', 'yes', '', 2, n % 3
FROM generate_series(1, $2::int / 2) AS n,
     (SELECT array_agg(id) AS ids FROM organisation WHERE platform_id = $1 AND code LIKE 'p%') AS o
"""
BARE = "CREATE TABLE bare_counter (id uuid PRIMARY KEY, n integer NOT NULL, x bigint NOT NULL)"
BARE_ADD = """
INSERT INTO bare_counter SELECT id, 1, 1 FROM unnest($1::uuid[]) AS id
ON CONFLICT (id) DO UPDATE SET n = bare_counter.n + 1, x = bare_counter.x + 1
"""


def p95(times: list[float]) -> float:
    return sorted(times)[int(0.95 * len(times))]


async def timed(work: Awaitable[object]) -> float:
    began = time.perf_counter()
    await work
    return (time.perf_counter() - began) * 1_000


async def opened(browser: httpx.AsyncClient, page: str) -> None:
    answer = await browser.get(page)
    assert answer.status_code == 200, (page, answer.status_code)


async def read(browser: httpx.AsyncClient) -> dict[str, float]:
    """Open each page in turn; give p95 in milliseconds by page."""
    times: dict[str, list[float]] = {page: [] for page in PAGES}
    for _ in range(READS):
        for page in PAGES:
            times[page].append(await timed(opened(browser, page)))
    return {page: round(p95(each), 1) for page, each in times.items()}


async def recorded(facts: object, owner: asyncpg.Connection) -> dict[str, float]:
    """Time what the cells of an answer add, and a bare insert of as many counters, in turn."""
    from quality.db import transaction
    from quality.measures import record

    await owner.execute(BARE)
    ours, bare = [], []
    for number in range(WRITES):
        rows = record.cells(replace_person(facts, number // 2), dict.fromkeys(SERIES, (1, 1)))
        async with transaction("answer") as db:
            ours.append(await timed(record.add(db, rows)))
        async with owner.transaction():
            bare.append(await timed(owner.execute(BARE_ADD, [row["id"] for row in rows])))
    return {"ours": round(statistics.median(ours), 2), "bare": round(statistics.median(bare), 2)}


def replace_person(facts: object, number: int) -> object:
    import msgspec

    return msgspec.structs.replace(facts, pseudonym=UUID(int=number + 1))


async def measure(server: object, few: int, many: int) -> dict[str, object]:
    from quality.app import create_app
    from quality.measures.record import CellFacts
    from quality.measures.releases import releasing
    from quality.measures.releases.folding import PLAIN, values_of
    from quality.measures.releases.periods import period
    from tests.world import sign_in

    house, world, owner = await prepare(server)
    await releasing.create(world.platform, FIRST)
    begins = period(FIRST).starts_on
    for month in range(1, 12 * YEARS_BEFORE + 1):
        year, rest = divmod(12 * begins.year + begins.month - 1 - month, 12)
        await owner.execute(COPY, world.platform, FIRST, date(year, rest + 1, 1))
    await owner.execute("VACUUM ANALYZE")
    for code in THEN:
        await releasing.create(world.platform, code)
    provider = await owner.fetchval("SELECT id FROM organisation WHERE code = 'p1'")
    transport = httpx.ASGITransport(app=create_app(house))
    found: dict[str, object] = {}
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as browser:
        await sign_in(browser, world, "funder", world.herault)
        for count, more in ((few, few), (many, many - few)):
            await owner.execute(PILE, world.platform, more, date(2024, 1, 1), world.herault, 1)
            await owner.execute("VACUUM ANALYZE")
            found[f"p95_ms at {count}"] = await read(browser)
    facts = CellFacts(
        platform_id=world.platform,
        pseudonym=UUID(int=1),
        month=date(2026, 11, 1),
        provider_id=provider,
        activity="I-5",
        mode="prestataire",
        departement="34",
        territory="",
        funders=(world.herault,),
        first_mode="sms",
        respondent="client",
        collector="platform",
        admissible="yes",
        age_band="",
    )
    found["answer_ms"] = await recorded(facts, owner)
    await owner.execute(PILE, world.platform, DAY, date(2025, 4, 1), world.herault, 0)
    await owner.execute("VACUUM ANALYZE cell")
    values = values_of(world.platform, period("2025-04"))
    found["fold_s"] = round(await timed(owner.fetch(PLAIN.plain, *values)) / 1_000, 1)
    first, last = (found[f"p95_ms at {count}"] for count in (few, many))
    found["ratio"] = {page: round(last[page] / first[page], 2) for page in PAGES}
    return found


def main() -> None:
    from quality import postgres

    few, many = (int(each) for each in sys.argv[1:3]) if len(sys.argv) > 2 else (FEW, MANY)
    with tempfile.TemporaryDirectory(prefix="quality-bench-") as name:
        server = postgres.start(Path(name))
        try:
            print(json.dumps(asyncio.run(measure(server, few, many))))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
