"""The draw gives each stratum its share, serves the small before the large, and can be made again."""

import asyncio
import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from uuid import UUID, uuid4

import asyncpg
import pytest

from quality import postgres
from quality.app import House
from quality.db import fetch, pool
from quality.ids import uuid7_of
from surveys.protocol.deciding import decide_pending
from surveys.protocol.definition import load
from surveys.protocol.draw_commands import replay
from surveys.protocol.occasion import History, Stratum, Visit, ruling
from surveys.protocol.planning import Reach
from tests.conftest import SECRET
from tests.scale import SCALE
from tests.surveys.protocol.decided import crowd
from tests.surveys.visits import MORNING, someone, visit, wait
from tests.world import World

MONTHS = pytest.mark.parametrize("months", [10, pytest.param(10 * SCALE, marks=pytest.mark.long)])
TARGET = 40
DEFAULT, REACH = load("default"), Reach(sms=True, email=False, phone=True)
SMALL_TARGET = 10
VOLUMES = (20, 45, 120, 400, 1500)  # what a stratum expects of a quarter


def asked_of(random: Random, seed: bytes, expected: int) -> int:
    """Rule on as many visits as a stratum expects, one a client; return how many are asked about."""
    stratum, known = Stratum(seed, TARGET, expected), History(last_worker="A")
    return sum(ruling(one, known, stratum, DEFAULT, MORNING).asked for one in visits_of(random, expected))


def visits_of(random: Random, number: int) -> Iterator[Visit]:
    for _ in range(number):
        identity = uuid7_of(MORNING, random.getrandbits(74))
        yield Visit(identity, "34", "done", MORNING, MORNING, REACH, worker="A")


@MONTHS
@pytest.mark.parametrize("expected", VOLUMES)
def test_each_stratum_is_asked_its_share_within_its_binomial_interval(expected: int, months: int) -> None:
    """Over all months: within 4.5 standard errors, which chance passes once in 150,000 runs."""
    random = Random(2026)
    counts = [asked_of(random, random.randbytes(32), expected) for _ in range(months)]
    share, drawn = min(1.0, TARGET / expected), months * expected
    error = (drawn * share * (1 - share)) ** 0.5
    assert abs(sum(counts) - drawn * share) <= 4.5 * error


@MONTHS
@pytest.mark.parametrize("expected", VOLUMES)
def test_each_month_stays_within_its_own_interval(expected: int, months: int) -> None:
    """A month is within 3.3 standard errors 999 times in a thousand."""
    random = Random(11)
    share = min(1.0, TARGET / expected)
    error = (expected * share * (1 - share)) ** 0.5
    far = [
        count
        for _ in range(months)
        if abs((count := asked_of(random, random.randbytes(32), expected)) - expected * share) > 3.3 * error
    ]
    assert len(far) <= max(1, months // 100)


SMALL, LARGE, OF_A_QUARTER = 3, 40, 2  # clients, and visits of each


async def small_and_large(world: World) -> None:
    """Two providers of the same activity and funder, one with many more clients, over two quarters."""
    for provider, clients in ((world.aide34, SMALL), (world.cap, LARGE)):
        for n in range(clients):
            client = await someone(world, mobile=f"+3363{clients}{n:05d}", provider=provider)
            for days in (70, 69, 2, 1):
                await visit(client, MORNING - timedelta(days=days) + timedelta(minutes=n))


async def asked_by_provider(owner: asyncpg.Connection) -> dict[UUID, set[UUID]]:
    """Give the visits of the second quarter that were asked about, as the ledger keeps them."""
    rows = await owner.fetch(
        "SELECT provider_id, id FROM occasion WHERE decision = 'asked' AND ended_at > $1",
        MORNING - timedelta(days=10),
    )
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for row in rows:
        found[row["provider_id"]].add(row["id"])
    return found


async def test_a_small_provider_is_asked_whole_before_a_large_one_is_asked_more(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    """The large one stays within 5 standard errors of its target, which chance passes once in 50,000."""
    await owner.execute("UPDATE platform SET interval_days = 0, stratum_target = $1", SMALL_TARGET)
    await small_and_large(world)
    while await decide_pending(house):
        pass
    asked = await asked_by_provider(owner)
    assert len(asked[world.aide34]) == SMALL * OF_A_QUARTER < SMALL_TARGET
    assert 0 < len(asked[world.cap]) <= SMALL_TARGET + 5 * SMALL_TARGET**0.5 < LARGE * OF_A_QUARTER / 2
    for table in ("call_case", "attempt", "invitation", "occasion", "cell"):
        await owner.execute(f"DELETE FROM {table}")
    await wait()
    while await decide_pending(house):
        pass
    assert await asked_by_provider(owner) == asked


async def drawn_world(world: World, house: House) -> None:
    await crowd(world)
    while await decide_pending(house):
        pass


async def test_a_replay_from_the_logged_seed_gives_the_same_sample(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await owner.execute("UPDATE platform SET interval_days = 0, stratum_target = 10")
    await drawn_world(world, house)
    found = await replay(pool("work"), world.platform, "2026-Q4")
    assert (found.strata, found.differences) == (2, ())
    assert found.lines == len(await fetch(pool("work"), "SELECT 1 FROM occasion WHERE draw IS NOT NULL"))
    assert found.lines > 20
    of_one = await replay(pool("work"), world.platform, "2026-Q4", world.cap)
    assert 0 < of_one.lines < found.lines
    assert (await replay(pool("work"), uuid4(), "2026-Q4")).lines == 0


async def test_a_line_that_was_changed_is_told(world: World, house: House, owner: asyncpg.Connection) -> None:
    await owner.execute("UPDATE platform SET interval_days = 0, stratum_target = 10")
    await drawn_world(world, house)
    changed = await owner.fetchval(
        "UPDATE occasion SET reason = 'drawn', decision = 'asked' WHERE id = "
        "(SELECT id FROM occasion WHERE reason = 'not_drawn' LIMIT 1) RETURNING id"
    )
    moved = await owner.fetchval(
        "UPDATE occasion SET draw = 0.5 WHERE id = (SELECT id FROM occasion WHERE reason = 'drawn' "
        f"AND id <> '{changed}' LIMIT 1) RETURNING id"
    )
    found = await replay(pool("work"), world.platform, "2026-Q4")
    assert {line.id for line in found.differences} == {changed, moved}


async def told(server: postgres.Server, *arguments: str) -> tuple[int, str]:
    """Run `quality draw replay` in a process of its own."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "quality", "draw", "replay", *arguments,
        env={**os.environ, "QUALITY_DATABASE_URL": server.application_url, "QUALITY_SECRET_KEY": SECRET},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, said = await child.communicate()
    return child.returncode or 0, output.decode() or said.decode()


async def test_the_command_says_that_nothing_differs_or_what_does(
    world: World, house: House, server: postgres.Server, owner: asyncpg.Connection
) -> None:
    await owner.execute("UPDATE platform SET interval_days = 0, stratum_target = 10")
    await drawn_world(world, house)
    platform = await owner.fetchval("SELECT code FROM platform WHERE id = $1", world.platform)
    quarter = ("--platform", platform, "--quarter", "2026-Q4")
    code, output = await told(server, *quarter)
    assert (code, "0 différences" in output) == (0, True), output
    await owner.execute("UPDATE occasion SET draw = 0.5 WHERE reason = 'drawn'")
    code, output = await told(server, *quarter, "--json")
    found = json.loads(output)
    assert code == 1
    assert {line["reason"] for line in found["differences"]} == {"drawn"}
    code, output = await told(server, "--platform", platform, "--quarter", "automne")
    assert (code, "2026-Q4" in output) == (1, True)
