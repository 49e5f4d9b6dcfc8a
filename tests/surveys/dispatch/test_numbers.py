"""What was known of numbers before failures were kept by channel is told apart once."""

from datetime import timedelta
from pathlib import Path

import asyncpg

import surveys
from tests.surveys.dispatch.asking import NOON, asked, change
from tests.surveys.visits import someone
from tests.world import World

MOVED = Path(surveys.__file__).with_name("migrations") / "numbers.sql"


async def test_what_a_call_found_is_told_from_what_messages_met(
    world: World, owner: asyncpg.Connection
) -> None:
    await asked(world, await someone(world, mobile="+33639980001", email="martin@example.invalid"))
    await asked(world, await someone(world, mobile="+33639980002"))
    of_a_message = "kind = 'phone' AND id IN (SELECT e.endpoint_id FROM attempt e WHERE e.state = 'failed')"
    mobile = await owner.fetchval("SELECT min(id::text)::uuid FROM endpoint WHERE kind = 'phone'")
    sets = "state = 'failed', reason = 'undelivered', settled_at = $1"
    await change("attempt", sets, NOON, where=f"channel = 'sms' AND endpoint_id = '{mobile}'")
    await change("endpoint", "failed_at = $1", NOON)
    await change("endpoint", "failed_at = $1", NOON + timedelta(days=1), where=f"NOT ({of_a_message})")
    await owner.execute(MOVED.read_text())
    rows = await owner.fetch("SELECT id, kind, failed_at, wrong_at FROM endpoint")
    found = {(row["kind"], row["id"] == mobile): (row["failed_at"], row["wrong_at"]) for row in rows}
    assert found == {
        ("phone", True): (NOON, None),
        ("phone", False): (None, NOON + timedelta(days=1)),
        ("email", False): (NOON + timedelta(days=1), None),
    }
