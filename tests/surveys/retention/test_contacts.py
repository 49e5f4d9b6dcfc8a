"""Messages, calls and what clients wrote leave six months later; what goes on keeps what it stands on."""

from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from quality import clock
from quality.db import execute, fetch_value, pool
from quality.directory.forgetting import forget_names
from quality.ids import uuid7
from surveys.retention.contacts import forget_contacts
from surveys.verification import verify
from tests.quality.complaints.opened import CLOSE, filed
from tests.surveys.invited import invited
from tests.world import World

Owner = asyncpg.Connection
TABLES = ("attempt", "contact_event", "call_case", "call_log", "inbound", "memory_message")
SETTLE = """
UPDATE attempt SET state = CASE WHEN sent_at IS NULL THEN 'suppressed' ELSE state END, reason = 'answered',
    settled_at = $1
"""
END = "UPDATE call_case SET state = 'done', outcome = 'answered', closed_at = $1"
EVENTS = """
INSERT INTO contact_event (id, platform_id, person_id, endpoint_id, attempt_id, channel, at)
SELECT gen_random_uuid(), platform_id, person_id, endpoint_id, id, channel, sent_at FROM attempt
WHERE sent_at IS NOT NULL
"""
LOG = """
INSERT INTO call_log (id, platform_id, case_id, client_id, complaint_id, part, started_at, ended_at, outcome,
    aapor)
SELECT gen_random_uuid(), platform_id, id, client_id, complaint_id, 'morning', $1, $1, 'answered', '1.1'
FROM call_case
"""
INBOUND = """
INSERT INTO inbound (id, platform_id, channel, sender_key, text_cipher, kind, invitation_id, received_at)
SELECT gen_random_uuid(), platform_id, 'sms', 'x', 'x', 'other', id, $1 FROM invitation
"""
MESSAGE = """
INSERT INTO memory_message (id, platform_id, attempt_id, channel, recipient, subject, text, html, sent_at)
SELECT gen_random_uuid(), platform_id, id, channel, '+33639980001', '', 'Bonjour', '', sent_at FROM attempt
WHERE sent_at IS NOT NULL
"""
CELLS = "SELECT * FROM cell ORDER BY id"


async def contacted(world: World) -> UUID:
    """Let a request be sent, called about, answered by a message, and over."""
    _, invitation = await invited(world)
    now = clock.now()
    for sql, values in (
        (EVENTS, ()),
        (MESSAGE, ()),
        (SETTLE, (now,)),
        (END, (now,)),
        (LOG, (now,)),
        (INBOUND, (now,)),
    ):
        await execute(pool("work"), sql, *values)
    await execute(pool("work"), "UPDATE endpoint SET recent = ARRAY[$1::timestamptz]", now)
    await execute(pool("work"), "UPDATE person SET recent = ARRAY[$1::timestamptz]", now)
    return invitation


async def left(owner: Owner) -> dict[str, int]:
    return {table: await owner.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES}


def pass_months(months: int, days: int) -> None:
    now = clock.now()
    year, month = divmod(now.month - 1 + months, 12)
    later = now.replace(year=now.year + year, month=month + 1)
    clock.set_offset(clock.offset() + (later - now) + timedelta(days=days))


async def test_messages_and_calls_are_kept_six_months(world: World, owner: Owner) -> None:
    await contacted(world)
    before = await left(owner)
    assert all(before.values())
    pass_months(6, -1)
    assert await forget_contacts(world.house) == 0
    assert await left(owner) == before


async def test_messages_and_calls_leave_after_six_months(world: World, owner: Owner) -> None:
    await contacted(world)
    cells = await owner.fetch(CELLS)
    pass_months(6, 1)
    assert await forget_contacts(world.house) == 8
    assert await left(owner) == dict.fromkeys(TABLES, 0)
    assert await owner.fetch(CELLS) == cells
    await verify(world.house)
    for table in ("endpoint", "person"):
        assert await owner.fetchval(f"SELECT bool_and(recent = '{{}}') FROM {table}")
    assert await owner.fetchval("SELECT was_reached FROM invitation")


async def test_a_request_that_reached_nobody_stays_so(world: World, owner: Owner) -> None:
    await contacted(world)
    await owner.execute("UPDATE attempt SET state = 'failed'")
    pass_months(6, 1)
    await forget_contacts(world.house)
    assert not await owner.fetchval("SELECT was_reached FROM invitation")


async def test_an_open_call_keeps_what_was_sent_and_written(world: World, owner: Owner) -> None:
    await contacted(world)
    await owner.execute("UPDATE call_case SET state = 'open', outcome = NULL, closed_at = NULL")
    before = await left(owner)
    pass_months(7, 0)
    await forget_contacts(world.house)
    assert await left(owner) == before | {"memory_message": 0}


async def test_an_open_complaint_keeps_its_calls_and_messages(world: World, owner: Owner) -> None:
    complaint = await filed(world)
    await contacted(world)
    for table in ("invitation", "call_case", "call_log"):
        await owner.execute(f"UPDATE {table} SET complaint_id = $1", complaint.id)
    before = await left(owner)
    pass_months(7, 0)
    await forget_contacts(world.house)
    assert await left(owner) == before | {"memory_message": 0, "inbound": 0}
    await owner.execute(CLOSE, clock.now())
    await forget_contacts(world.house)
    assert await left(owner) == dict.fromkeys(TABLES, 0)


async def test_what_still_waits_to_leave_is_kept(world: World, owner: Owner) -> None:
    await contacted(world)
    await owner.execute("UPDATE attempt SET state = 'planned' WHERE sent_at IS NULL")
    pass_months(6, 1)
    await forget_contacts(world.house)
    assert await owner.fetchval("SELECT count(*) FROM attempt") == 3


@pytest.mark.parametrize("audience", ["client", "relative"])
async def test_a_refusal_by_an_old_link_is_kept_for_every_number(
    world: World, owner: Owner, audience: str
) -> None:
    invitation = await contacted(world)
    key = world.house.keyring.lookup("phone", "+33639980007")
    await owner.execute("UPDATE client SET relative_phone_key = $1", key)
    await owner.execute("UPDATE invitation SET audience = $1", audience)
    await owner.execute(
        "INSERT INTO endpoint (id, platform_id, kind, key) VALUES ($1, $2, 'phone', $3)",
        uuid7(clock.now()),
        world.platform,
        key,
    )
    pass_months(6, 1)
    await forget_contacts(world.house)
    await fetch_value(pool("answer"), "SELECT refuse($1, 'page', $2)", invitation, clock.now())
    refused = await owner.fetch("SELECT key FROM endpoint WHERE refused_at IS NOT NULL")
    told = key if audience == "relative" else world.house.keyring.lookup("phone", "+33639980001")
    assert [row["key"] for row in refused] == [told]


@pytest.mark.parametrize("what", ["call", "message", "request"])
async def test_what_goes_on_keeps_the_name(world: World, owner: Owner, what: str) -> None:
    await contacted(world)
    pass_months(12, 5)
    await owner.execute(
        {
            "call": "UPDATE call_case SET state = 'open', outcome = NULL, closed_at = NULL",
            "message": "UPDATE attempt SET state = 'planned' WHERE sent_at IS NULL",
            "request": "UPDATE invitation SET closes_at = closes_at + interval '13 months'",
        }[what]
    )
    assert await forget_names(world.house) == 0


async def test_the_name_leaves_once_nothing_goes_on(world: World) -> None:
    await contacted(world)
    pass_months(12, 5)
    assert await forget_names(world.house) == 1
