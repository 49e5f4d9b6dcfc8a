"""Who a client was leaves twelve months after the last visit, with all that finds them; refusals stay."""

import asyncio
from datetime import datetime, timedelta

import asyncpg
import pytest

from quality import clock
from quality.access.scope import scoped
from quality.db import execute, pool
from quality.directory.forgetting import forget_files, forget_names
from quality.ids import uuid7
from tests.conftest import TUESDAY
from tests.quality.complaints.opened import CLOSE, filed
from tests.surveys.visits import MORNING, Someone, none_waits, someone, visit
from tests.world import World

Owner = asyncpg.Connection
A_YEAR_LATER = MORNING.replace(year=MORNING.year + 1)
A_DAY = timedelta(days=1)
EVERY_WAY = {
    "mobile": "+33639980001",
    "phone": "+33465710001",
    "email": "martin@exemple.invalid",
    "relative_phone": "+33639980002",
    "relative_email": "fille@exemple.invalid",
}
IDENTITY = """
SELECT coalesce(name_cipher, relative_name_cipher, phone_cipher, mobile_cipher, email_cipher, phone_key,
                relative_phone_cipher, relative_email_cipher, mobile_key, email_key, relative_phone_key,
                relative_email_key, sort_key) IS NOT NULL
    OR name_words <> '{}' OR commune IS NOT NULL OR postcode IS NOT NULL
FROM client WHERE id = $1
"""


def at(moment: datetime) -> None:
    """Let it be another moment than the tests' Tuesday."""
    clock.set_offset(clock.offset() + (moment - clock.now()))


async def martin(world: World, **given: object) -> Someone:
    """Write Mme Martin with all that may be known of her, and one visit that is decided."""
    keyring = world.house.keyring
    client = await someone(
        world,
        **EVERY_WAY,
        **{
            "name_cipher": b"sealed",
            "relative_name_cipher": b"sealed",
            "name_words": [keyring.lookup("name", "martin")],
            "sort_key": b"mar",
            "postcode": "34000",
            "commune": "Montpellier",
            **given,
        },
    )
    for name, kind in (("mobile", "phone"), ("email", "email"), ("relative_phone", "phone")):
        await execute(
            pool("work"), LINK, world.platform, client.person, kind, keyring.lookup(kind, EVERY_WAY[name])
        )
    await visit(client)
    await none_waits()
    return client


LINK = """
WITH at AS (INSERT INTO endpoint (id, platform_id, kind, key) VALUES (gen_random_uuid(), $1, $3, $4)
            ON CONFLICT (platform_id, kind, key) DO UPDATE SET kind = excluded.kind RETURNING id)
INSERT INTO person_name (id, platform_id, person_id, endpoint_id, name_key)
SELECT gen_random_uuid(), $1, $2, at.id, sha256('mme martin') FROM at
"""


async def counted(owner: Owner) -> tuple[int, int]:
    found = [await owner.fetchval(f"SELECT count(*) FROM {table}") for table in ("endpoint", "person_name")]
    return found[0], found[1]


async def test_a_name_is_kept_until_twelve_months_after_the_last_visit(world: World, owner: Owner) -> None:
    client = await martin(world)
    at(A_YEAR_LATER - A_DAY)
    assert await forget_names(world.house) == 0
    assert await owner.fetchval(IDENTITY, client.id)
    assert await counted(owner) == (3, 3)


async def test_a_name_leaves_after_twelve_months_with_all_that_finds_it(world: World, owner: Owner) -> None:
    client = await martin(world)
    at(A_YEAR_LATER + A_DAY)
    assert await forget_names(world.house) == 1
    assert not await owner.fetchval(IDENTITY, client.id)
    assert await counted(owner) == (0, 0)
    row = await owner.fetchrow("SELECT * FROM client")
    assert row["identity_purged_at"] > A_YEAR_LATER
    assert row["reference"] != client.id.hex
    assert (row["person_id"], row["departement"]) == (client.person, "34")
    assert await forget_names(world.house) == 0


@pytest.mark.parametrize("later", [{}, {"status": "planned"}, {"status": "cancelled"}])
async def test_a_later_visit_keeps_the_name(world: World, owner: Owner, later: dict[str, str]) -> None:
    client = await martin(world)
    await visit(client, MORNING + timedelta(days=9), **later)
    await none_waits()
    at(A_YEAR_LATER + A_DAY)
    assert await forget_names(world.house) == 0


async def test_a_visit_planned_long_before_it_was_made_keeps_the_name(world: World, owner: Owner) -> None:
    client = await martin(world)
    late = await visit(client)
    await none_waits()
    await owner.execute(
        "UPDATE intervention SET ended_at = ended_at + interval '4 months' WHERE id = $1", late
    )
    at(A_YEAR_LATER + timedelta(days=100))
    assert await forget_names(world.house) == 0


async def test_an_open_complaint_keeps_the_name_until_it_is_closed(world: World, owner: Owner) -> None:
    complaint = await filed(world)
    await none_waits()
    at(A_YEAR_LATER + A_DAY)
    assert await forget_names(world.house) == 0
    await owner.execute(CLOSE, clock.now())
    assert await forget_names(world.house) == 1
    assert not await owner.fetchval(IDENTITY, complaint.client)


async def test_a_visit_that_waits_to_be_decided_keeps_the_name(world: World) -> None:
    await visit(await someone(world, mobile="+33639980001"))
    at(A_YEAR_LATER + A_DAY)
    assert await forget_names(world.house) == 0


@pytest.mark.parametrize("told", ["refused_at", "deceased_at"])
async def test_who_must_not_be_asked_stays_known_by_hashes_alone(
    world: World, owner: Owner, told: str
) -> None:
    client = await martin(world)
    await owner.execute(f"UPDATE person SET {told} = $1", clock.now())
    at(A_YEAR_LATER + A_DAY)
    assert await forget_names(world.house) == 1
    assert not await owner.fetchval(IDENTITY, client.id)
    assert await counted(owner) == (3, 3)
    assert await owner.fetchval("SELECT reference FROM client") == client.id.hex


async def test_a_refused_number_stays_known(world: World, owner: Owner) -> None:
    await martin(world)
    await owner.execute(
        "UPDATE endpoint SET refused_at = $1 WHERE key = $2",
        clock.now(),
        world.house.keyring.lookup("phone", EVERY_WAY["mobile"]),
    )
    at(A_YEAR_LATER + A_DAY)
    await forget_names(world.house)
    assert await counted(owner) == (1, 0)


async def test_what_another_client_is_reached_by_stays(world: World, owner: Owner) -> None:
    await martin(world)
    husband = await someone(world, mobile=EVERY_WAY["mobile"], relative_phone=EVERY_WAY["relative_phone"])
    await visit(husband, MORNING + timedelta(days=60))
    await none_waits()
    at(A_YEAR_LATER + A_DAY)
    assert await forget_names(world.house) == 1
    assert await counted(owner) == (2, 0)


async def test_a_person_whom_another_provider_visits_stays_linked(world: World, owner: Owner) -> None:
    client = await martin(world)
    other = await someone(world, provider=world.cap, person=client.person, mobile=EVERY_WAY["mobile"])
    await visit(other, MORNING + timedelta(days=60))
    await none_waits()
    at(A_YEAR_LATER + A_DAY)
    assert await forget_names(world.house) == 1
    assert await owner.fetchval(IDENTITY, other.id)
    assert await counted(owner) == (3, 3)


async def test_two_workers_share_the_names(world: World) -> None:
    for number in range(30):
        await visit(await someone(world, mobile=f"+3363998{number:04}"))
    await none_waits()
    at(A_YEAR_LATER + A_DAY)
    assert sum(await asyncio.gather(*(forget_names(world.house) for _ in range(3)))) == 30


@pytest.mark.parametrize(("days", "left"), [(-1, 1), (1, 0)])
async def test_files_received_leave_after_twelve_months(
    world: World, owner: Owner, days: int, left: int
) -> None:
    file, batch = uuid7(clock.now()), uuid7(clock.now())
    async with scoped(world.provider) as db:
        await execute(db, FILE, file, world.platform, world.aide34, clock.now())
        await execute(db, CHUNK, uuid7(clock.now()), world.platform, file)
        await execute(db, BATCH, batch, world.platform, world.aide34, file, clock.now())
    at(TUESDAY.replace(year=TUESDAY.year + 1) + days * A_DAY)
    assert await forget_files(world.house) == 1 - left
    for table in ("file", "file_chunk"):
        assert await owner.fetchval(f"SELECT count(*) FROM {table}") == left
    row = await owner.fetchrow("SELECT * FROM import_batch")
    assert (row["rejects_file_id"], row["counts"]) == (file if left else None, '{"read": 2}')


FILE = """
INSERT INTO file (id, platform_id, organisation_id, name, media_type, size, sha256, created_at)
VALUES ($1, $2, $3, 'rejets.csv', 'text/csv', 1, '', $4)
"""
CHUNK = "INSERT INTO file_chunk (id, platform_id, file_id, rank, content) VALUES ($1, $2, $3, 0, 'x')"
BATCH = """
INSERT INTO import_batch (id, platform_id, provider_id, source, filename, state, rejects_file_id, counts,
                          errors, reading, created_at)
VALUES ($1, $2, $3, 'page', 'visites.csv', 'committed', $4, '{"read": 2}', '[]', '{}', $5)
"""
