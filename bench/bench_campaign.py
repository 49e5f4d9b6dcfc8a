"""The page of a campaign of many providers: `python bench/bench_campaign.py [providers]`.

180 providers are invited: a third has not begun, a third has answered 30 criteria, a third has submitted. The
page is asked for through the whole application in process (session, policies, one query, template), in turns
with `/accessibilite`, a page of words of the same application with the same session. Prints one line of
JSON: milliseconds (p50, p95) of both, and the ratio of the medians. Target: p95 under 200 ms.
"""

import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import asyncpg
import httpx

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

PROVIDERS, TURNS, WARM = 180, 100, 10
SECRET = "a secret for benchmarks only, long enough to be accepted"  # noqa: S105
BARE = "/accessibilite"
ANSWERED = 30
# One provider in three has an open assessment.
OPEN = """
INSERT INTO assessment (id, platform_id, provider_id, edition, edition_version, opened_at)
SELECT gen_random_uuid(), platform_id, id, 'national-2012', 1, now() FROM (
    SELECT *, row_number() OVER (ORDER BY code) AS rank FROM organisation WHERE kind = 'provider') o
WHERE rank % 3 = 0
"""
ANSWER = """
INSERT INTO assessment_answer (id, platform_id, provider_id, assessment_id, criterion, is_imperative, answer,
    answered_at)
SELECT gen_random_uuid(), a.platform_id, a.provider_id, a.id, c.code, false, 'yes', now()
FROM assessment a CROSS JOIN unnest($1::text[]) AS c(code) WHERE a.frozen_at IS NULL
"""


async def fill(world: object, owner: asyncpg.Connection, providers: int) -> str:
    """Write the providers and their progress, open the campaign, and give its address."""
    from datetime import timedelta

    from charter.campaigns.running import Plan, create
    from charter.editions import load
    from quality import clock
    from tests.charter.campaigns.running import more_providers, sent
    from tests.world import World

    assert isinstance(world, World)
    found = await more_providers(world, owner, providers - 2)  # two are there already
    for rank, provider in enumerate(found[1::3]):
        await sent(world, owner, provider, f"{40 + rank % 60}.00", clock.now())
    await owner.execute(OPEN)
    await owner.execute(ANSWER, [each.code for each in load("national-2012").criteria][:ANSWERED])
    today = clock.now().date()
    days = (today - timedelta(days=7)).isoformat(), (today + timedelta(days=30)).isoformat()
    plan = Plan(name="Banc d’essai", edition="national-2012", starts_on=days[0], ends_on=days[1])
    campaign = await create(world.staff, plan, today)
    await owner.execute("VACUUM ANALYZE")
    return f"/charte/campagnes/{campaign}"


async def compare(client: httpx.AsyncClient, address: str) -> dict[str, object]:
    times: dict[str, list[float]] = {address: [], BARE: []}
    for turn in range(WARM + TURNS):
        for path in (address, BARE) if turn % 2 else (BARE, address):
            began = time.perf_counter()
            answer = await client.get(path)
            spent = 1000 * (time.perf_counter() - began)
            assert answer.status_code == 200, answer.text
            if turn >= WARM:
                times[path].append(spent)
    ours, bare = times[address], times[BARE]
    ratio = statistics.median(ours) / statistics.median(bare)
    return {"page_ms": told(ours), "bare_ms": told(bare), "ratio": round(ratio, 1)}


def told(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    last = ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)]
    return {"p50": round(statistics.median(ordered), 1), "p95": round(last, 1)}


async def measure(server: object, providers: int) -> dict[str, object]:
    from tortoise import Tortoise

    from quality import app, component, db, postgres, schema
    from quality.settings import Settings
    from tests.world import build, sign_in

    assert isinstance(server, postgres.Server)
    parts = component.load(app.COMPONENTS)
    await schema.migrate(server.owner_url, postgres.APPLICATION, parts, creates_login=True)
    owner = await asyncpg.connect(**db.credentials(server.owner_url))
    settings = Settings(database_url=server.application_url, secret_key=SECRET, base_url="http://testserver")
    house = app.compose(settings)
    await Tortoise.init(
        config=db.tortoise_config(server.application_url, house.components), _enable_global_fallback=True
    )
    world = await build(house)
    address = await fill(world, owner, providers)
    transport = httpx.ASGITransport(app=app.create_app(house))
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            await sign_in(client, world, "platform")
            found = await compare(client, address)
            rows = (await client.get(address)).text.count("/charte?organisme=")
        return {"bench": "campaign", "providers": rows, **found}
    finally:
        await Tortoise.close_connections()
        await owner.close()


def main() -> None:
    from quality import postgres

    providers = int(sys.argv[1]) if len(sys.argv) > 1 else PROVIDERS
    with tempfile.TemporaryDirectory(prefix="quality-bench-") as name:
        server = postgres.start(Path(name))
        try:
            print(json.dumps(asyncio.run(measure(server, providers))))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
