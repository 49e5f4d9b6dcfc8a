"""A release beside the bare statement that folds its cells: `python bench/bench_release.py`.

180 providers in seven départements of two regions, three activity groups, all series, two funders and the
whole: about 43,000 figures a month. All periods of 18 months are released in order, each just after a bare
run of the fold by asyncpg, on one PostgreSQL. Prints one line of JSON: medians in milliseconds by the
length of the period (`audit_ms` is the audit alone, on all processors; `python_ms` processor time of this
process), the slowest, the median ratio, and the part of what passes alone that is hidden to protect another.
Target: 60 s a release with its audit; a rolling year takes more. `--profile` prints where Python's time goes
in the last month instead.
"""

import asyncio
import cProfile
import json
import pstats
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from quality.app import House
    from tests.world import World

SECRET = "a secret for benchmarks only, long enough to be accepted"  # noqa: S105
TODAY = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PROVIDERS, CLIENTS = 180, 5_000
FILL = """
INSERT INTO organisation (id, platform_id, code, kind, name, short_name, legal_form, siret, departement,
    email, phone, on_call_name, on_call_phone, activities, created_at)
SELECT gen_random_uuid(), $1, 'p' || n, 'provider', 'Organisme ' || n, 'Organisme ' || n, 'association',
    lpad(n::text, 14, '0'), (ARRAY['34', '34', '34', '30', '11', '66', '12', '81', '13'])[1 + n % 9],
    '', '', '', '', '{}', '2025-01-01'
FROM generate_series(1, $2::int) AS n;
"""
CONVENE = """
INSERT INTO convention (id, platform_id, funder_id, code, title, status, starts_on, providers, activities,
    departements, excludes_mandataire, indicators, targets, acknowledge_days, solution_days, authority)
SELECT gen_random_uuid(), $1, $2, $3, $3, 'in_force', '2025-01-01',
    (SELECT array_agg(id) FROM organisation WHERE platform_id = $1 AND kind = 'provider'), '{}', '{}', false,
    $4, '{}', 2, 15, '{}'
"""
CELLS = """
WITH provider AS (
    SELECT id, departement, row_number() OVER (ORDER BY code) AS place FROM organisation
    WHERE platform_id = $1 AND code LIKE 'p%'
), person AS (
    SELECT n, gen_random_uuid() AS pseudonym, 1 + floor($2::int * random() ^ 2) AS place, random() AS kind,
           random() AS mood, random() AS payer FROM generate_series(1, $3::int) AS n
), visit AS (
    SELECT p.pseudonym, p.mood, p.payer, o.id, o.departement, m::date AS month,
           CASE WHEN p.kind < .6 THEN 'I-5' WHEN p.kind < .85 THEN 'II-21' ELSE 'I-2' END AS activity,
           1 + floor(3 * random())::int AS n
    FROM person p JOIN provider o USING (place),
         generate_series('2025-05-01', '2026-10-01', interval '1 month') m
    WHERE random() < .3
)
INSERT INTO cell (id, platform_id, indicator, version, pseudonym, month, provider_id, activity, mode,
    departement, territory, funders, first_mode, respondent, collector, admissible, age_band, n, x, parts)
SELECT gen_random_uuid(), $1, s.indicator, s.version, v.pseudonym, v.month, v.id, v.activity, 'prestataire',
    v.departement, '', CASE WHEN v.payer < .5 THEN ARRAY[$6::uuid] WHEN v.payer < .75 THEN ARRAY[$7::uuid]
        WHEN v.payer < .9 THEN ARRAY[$6::uuid, $7] ELSE '{}' END,
    'sms', 'client', 'platform', 'yes', '',
    CASE s.kind WHEN 'composite' THEN 3 * v.n ELSE v.n END,
    CASE s.kind WHEN 'composite' THEN 3 * g.good WHEN 'net' THEN 5 * v.n + 4 * g.good ELSE g.good END,
    CASE s.kind WHEN 'composite' THEN ARRAY[v.n, g.good, v.n, g.good, v.n, g.good]
        WHEN 'marks' THEN ARRAY[0, v.n - g.good, 0, 0, g.good]
        WHEN 'net' THEN ARRAY[0, 0, 0, 0, 0, v.n - g.good, 0, 0, 0, g.good, 0] END
FROM visit v, unnest($4::text[], $5::int[], $8::text[]) AS s(indicator, version, kind),
     LATERAL (SELECT round(v.n * least(1, v.mood + random() / 2))::int AS good WHERE s.version > 0) AS g
"""


async def prepare(server: object) -> "tuple[House, World, asyncpg.Connection]":
    """Make the schema, the cast, the providers, two conventions and the cells of 18 months."""
    from tortoise import Tortoise

    from quality import app, clock, component, db, postgres, schema
    from quality.measures.catalogue import CATALOGUE, indicator, scaled_series
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
    await owner.execute("SET session_replication_role = replica; SET row_security = off; SELECT setseed(0.5)")
    await owner.execute(FILL, world.platform, PROVIDERS)
    for funder, code in ((world.herault, "herault"), (world.cnav, "cnav")):
        await owner.execute(CONVENE, world.platform, funder, code, list(CATALOGUE))
    series = [
        (code, version, "marks" if f"{code}:{version}" in scaled_series() else item.kind)
        for code, newest in CATALOGUE.items()
        for version in range(1, newest.version + 1)
        if (item := indicator(code, version)).part_of is None
    ]
    names, versions, kinds = (list(each) for each in zip(*series, strict=True))
    values = (PROVIDERS, CLIENTS, names, versions, world.herault, world.cnav, kinds)
    await owner.execute(CELLS, world.platform, *values)
    await owner.execute("VACUUM ANALYZE")
    return house, world, owner


async def compare(platform: UUID, bare: asyncpg.Connection) -> dict[str, object]:
    """Release each period just after a bare fold of it."""
    from quality.measures.releases import releasing
    from quality.measures.releases.folding import PLAIN, values_of
    from quality.measures.releases.periods import is_rolling, period, releasables

    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for code in releasables(TODAY.date().replace(year=2025, month=5, day=1), TODAY.date()):
        of = found["rolling year" if is_rolling(code) else period(code).length.name.lower()]
        began = time.perf_counter()
        await bare.fetch(PLAIN.plain, *values_of(platform, period(code)))
        of["fold_ms"].append((time.perf_counter() - began) * 1_000)
        began, worked = time.perf_counter(), time.process_time()
        (made,) = await releasing.create(platform, code)
        of["release_ms"].append((time.perf_counter() - began) * 1_000)
        of["python_ms"].append((time.process_time() - worked) * 1_000)
        of["audit_ms"].append(made.audit.seconds * 1_000)
        of["figures"].append(made.cells)
    ratios = [
        one / other
        for each in found.values()
        for one, other in zip(each["release_ms"], each["fold_ms"], strict=True)
    ]
    return {
        **{
            length: {name: round(statistics.median(values)) for name, values in each.items()}
            for length, each in found.items()
        },
        "slowest_ms": round(max(value for each in found.values() for value in each["release_ms"])),
        "ratio": round(statistics.median(ratios), 2),
        "hidden_for_another": round(await hidden_for_another(bare), 3),
    }


async def hidden_for_another(owner: asyncpg.Connection) -> float:
    return float(
        await owner.fetchval(
            """
            SELECT count(*) FILTER (WHERE status = 'D')
                / count(*) FILTER (WHERE status IN ('A', 'L', 'D'))::real FROM release_cell
            """
        )
    )


async def measure(server: object) -> None:
    _house, world, owner = await prepare(server)
    platform = world.platform
    if "--profile" not in sys.argv:
        print(json.dumps(await compare(platform, owner)))
        return
    from quality.measures.releases import releasing

    for code in ("2026-07", "2026-08", "2026-09"):
        await releasing.create(platform, code)
    profile = cProfile.Profile()
    profile.enable()
    await releasing.create(platform, "2026-10")
    profile.disable()
    pstats.Stats(profile).sort_stats("cumulative").print_stats(45)


def main() -> None:
    from quality import postgres

    with tempfile.TemporaryDirectory(prefix="quality-bench-") as name:
        server = postgres.start(Path(name))
        try:
            asyncio.run(measure(server))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
