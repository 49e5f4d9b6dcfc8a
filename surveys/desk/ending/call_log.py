"""The log of calls: one line for each call that ended, in the transaction that ends it."""

import hmac
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from quality.db import Connection, execute, fetch, transaction
from quality.directory.geography import zone_of
from quality.ids import uuid7
from quality.keys import Keyring
from surveys.desk.ending import renumbering
from surveys.desk.ending.outcomes import OUTCOMES, Code
from surveys.protocol.calendar import day_part

if TYPE_CHECKING:
    from quality.app import House

SAMPLE = 0.1
BATCH = 2000
Row = dict[str, Any]


async def write(db: Connection, case: Row, code: Code, now: datetime) -> None:
    """Write one call: to which number, in which part of the day, how it ended, and what it settled."""
    number = INCOMING if case["is_incoming"] else renumbering.current(case)
    await execute(
        db,
        LOG,
        uuid7(now),
        case["platform_id"],
        case["id"],
        case["client_id"],
        case["complaint_id"],
        case["agent_id"],
        number or "",
        day_part(now, zone_of(case["departement"])).value,
        min(case["picked_at"] or now, now),
        now,
        code.value,
        OUTCOMES[code].aapor,
        case["kind"] == "complaint" and code is Code.answered,
    )


INCOMING = "incoming"
# A situation is resolved when the client decided, a remedy was granted, or the verdict is that it is settled.
LOG = """
INSERT INTO call_log (id, platform_id, case_id, client_id, complaint_id, agent_id, number_kind, part,
    started_at, ended_at, outcome, aapor, is_situation)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9::timestamptz, $10::timestamptz, $11, $12, $13
    OR EXISTS (SELECT 1 FROM complaint_promise p JOIN complaint_subject s ON s.id = p.complaint_id
               WHERE s.client_id = $4 AND p.made_by = $6 AND p.made_at >= $9 AND p.state <> 'refused')
    OR EXISTS (SELECT 1 FROM complaint c JOIN complaint_subject s ON s.id = c.id
               WHERE s.client_id = $4 AND c.verdict = 'settled' AND c.closed_at >= $9)
"""


def is_drawn(keyring: Keyring, log: UUID) -> bool:
    """Say whether a call is in the sample that supervisors review: one in ten, the same however often asked.

    Nobody who makes a call can know it: the draw is a keyed hash of the id of its line in the log.
    """
    drawn = hmac.new(keyring.subkey("desk.sample"), log.bytes, sha256).digest()
    return int.from_bytes(drawn[:6], "big") / 2**48 < SAMPLE


async def draw_sample(house: "House") -> None:
    """Draw the sample among the calls that ended since the last time."""
    async with transaction("work") as db:
        rows = await fetch(db, UNDRAWN, BATCH)
        drawn = [row["id"] for row in rows if is_drawn(house.keyring, row["id"])]
        await execute(db, DRAW, [row["id"] for row in rows], drawn)


UNDRAWN = (
    "SELECT id FROM call_log WHERE is_sampled IS NULL ORDER BY id LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED"
)
DRAW = "UPDATE call_log SET is_sampled = id = ANY ($2::uuid[]) WHERE id = ANY ($1::uuid[])"
