"""A complaint loses its words, files and person five years after its closing; no figure moves."""

from datetime import timedelta

import asyncpg
import pytest

from quality import clock
from quality.complaints.forgetting import GONE, forget_complaints
from quality.complaints.learning.measuring import measure, verify
from quality.complaints.opening import WITHDRAWN_CAUSE
from quality.db import execute, pool
from tests.quality.complaints.opened import Filed, filed
from tests.world import World

Owner = asyncpg.Connection
CELLS = "SELECT * FROM cell ORDER BY id"
CLOSE = """
UPDATE complaint SET state = 'closed', acknowledged_at = $2, remedied_at = $2, closed_at = $2, cause = $3,
    remedy = 'Une autre aide', verdict = 'settled' WHERE id = $1
"""
EVENT = """
INSERT INTO complaint_event (id, platform_id, complaint_id, at, kind, audience, text)
VALUES (gen_random_uuid(), $1, $2, $3, 'message', 'client', 'Mme Martin attend')
"""
PROMISE = """
INSERT INTO complaint_promise (id, platform_id, provider_id, complaint_id, remedy_code, detail, authority,
    state, made_at, due_at, confirmed_at, confirmed_by)
VALUES (gen_random_uuid(), $1, $2, $3, 'other', 'Chez Mme Martin', 'agent', 'confirmed', $4, $4, $4,
    'Mme Petit')
"""
FILE = """
WITH f AS (
    INSERT INTO file (id, platform_id, name, media_type, size, sha256, complaint_id, audience, created_at)
    VALUES (gen_random_uuid(), $1, 'lettre.pdf', 'application/pdf', 1, '', $2, 'client', $3) RETURNING id)
INSERT INTO file_chunk (id, platform_id, file_id, rank, content)
SELECT gen_random_uuid(), $1, id, 0, 'x' FROM f
"""
SENT = """
INSERT INTO complaint_transmission (id, platform_id, complaint_id, funder_id, number, provider_name, kind,
    activity, departement, month, summary, asked, at)
VALUES (gen_random_uuid(), $1, $2, $3, 1, 'Aide 34', 'late', 'I-3', '34', '2026-11-01', 'Résumé', 'Demande',
    $4)
"""


async def closed(world: World, owner: Owner, cause: str = "Un oubli") -> Filed:
    complaint, now = await filed(world), clock.now()
    await execute(pool("work"), CLOSE, complaint.id, now, cause)
    await execute(pool("work"), EVENT, world.platform, complaint.id, now)
    await execute(pool("work"), PROMISE, world.platform, world.aide34, complaint.id, now)
    await execute(pool("work"), SENT, world.platform, complaint.id, world.herault, now)
    await owner.execute(
        FILE.replace("$1", f"'{world.platform}'").replace("$2", f"'{complaint.id}'").replace("$3", "now()")
    )
    return complaint


def after(days: int) -> None:
    """Let five years pass since now, and some days."""
    now = clock.now()
    clock.set_offset(clock.offset() + (now.replace(year=now.year + 5) - now) + timedelta(days=days))


async def words(owner: Owner) -> list[str]:
    row = await owner.fetchrow(
        """
        SELECT c.cause, c.remedy, e.text, p.detail, p.confirmed_by, t.summary, t.asked FROM complaint c
        JOIN complaint_event e ON e.complaint_id = c.id AND e.kind = 'message'
        JOIN complaint_promise p ON p.complaint_id = c.id
        JOIN complaint_transmission t ON t.complaint_id = c.id
        """
    )
    return list(row)


@pytest.mark.parametrize(("days", "is_gone"), [(-1, False), (1, True)])
async def test_a_complaint_is_erased_five_years_after_its_closing(
    world: World, owner: Owner, days: int, is_gone: bool
) -> None:
    complaint = await closed(world, owner)
    after(days)
    await measure(world.house)
    before = await owner.fetch(CELLS)
    assert before
    assert await forget_complaints(world.house) == int(is_gone)
    assert await words(owner) == (
        [GONE, GONE, "", "", GONE, GONE, GONE]
        if is_gone
        else [
            "Un oubli",
            "Une autre aide",
            "Mme Martin attend",
            "Chez Mme Martin",
            "Mme Petit",
            "Résumé",
            "Demande",
        ]
    )
    for table in ("complaint_subject", "file", "file_chunk"):
        assert await owner.fetchval(f"SELECT count(*) FROM {table}") == int(not is_gone)
    row = await owner.fetchrow("SELECT * FROM complaint WHERE id = $1", complaint.id)
    assert (row["token_key"] is None, row["erased_at"] is not None) == (is_gone, is_gone)
    assert await forget_complaints(world.house) == 0
    await verify(world.house)
    assert await owner.fetch(CELLS) == before


async def test_an_open_complaint_keeps_everything(world: World, owner: Owner) -> None:
    await filed(world)
    after(300)
    assert await forget_complaints(world.house) == 0
    assert await owner.fetchval("SELECT count(*) FROM complaint_subject") == 1


async def test_one_withdrawn_counts_as_withdrawn_once_erased(world: World, owner: Owner) -> None:
    await closed(world, owner, WITHDRAWN_CAUSE)
    after(1)
    await measure(world.house)
    before = await owner.fetch(CELLS)
    assert await forget_complaints(world.house) == 1
    await verify(world.house)
    assert await owner.fetch(CELLS) == before


async def test_what_was_joined_to_a_complaint_leaves_with_it(world: World, owner: Owner) -> None:
    kept = await closed(world, owner)
    joined = await filed(world)
    await owner.execute(
        "UPDATE complaint SET state = 'merged', merged_into_id = $2 WHERE id = $1", joined.id, kept.id
    )
    after(1)
    assert await forget_complaints(world.house) == 2
    assert await owner.fetchval("SELECT count(*) FROM complaint_subject") == 0
