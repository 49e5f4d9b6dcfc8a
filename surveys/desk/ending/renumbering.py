"""A number that is somebody else's: it is used no more, and the person is called at their next one."""

from datetime import datetime
from typing import Any

from quality.db import Connection, execute, fetch, fetch_value
from surveys.desk.queueing.numbers import COLUMNS, Number, left, order, usable_rank
from surveys.dispatch.claims import uncount
from surveys.response import RANKS, response_id

Row = dict[str, Any]


KEYS = "k.phone_key, k.mobile_key, k.relative_phone_key"


async def wish_of(db: Connection, case: Row) -> Row:
    """Say whether the relative is called first: they answered, and the client did not.

    The answers are looked for by their ids, which open one partition.
    """
    asked = case["invitation_id"]
    if case["kind"] == "survey" or asked is None:
        return {"wishes_relative": False}
    ids = [response_id(asked, each) for each in RANKS]
    rows = await fetch(db, "SELECT respondent FROM response WHERE id = ANY ($1::uuid[])", ids)
    said = {row["respondent"] for row in rows}
    return {"wishes_relative": bool(said) and "client" not in said}


def order_of(case: Row) -> tuple[Number, ...]:
    """Give the order in which the numbers of a case are called, whether its client has them or not.

    `case` has kind, audience, wishes_relative and the three keys of the client's line.
    """
    return order(case["kind"], case["audience"] or "client", wishes_relative=bool(case["wishes_relative"]))


def numbers_of(case: Row) -> tuple[Number, ...]:
    """Give the numbers that are left to call, the one to call first."""
    tried = order_of(case)
    return left(case, tried, case["number_rank"]) or left(case, tried)


def current(case: Row) -> Number | None:
    """Give the number that is being called."""
    return next(iter(numbers_of(case)), None)


def audience_called(case: Row) -> str:
    """Say in whose hours the number is called: a relative's, or the client's."""
    return "relative" if current(case) is Number.relative else case["audience"] or "client"


async def next_rank(db: Connection, case: Row, now: datetime) -> int | None:
    """Stop using the number just called; give the rank of the next one, None without one (pool `work`)."""
    key = await _key_called(db, case)
    if key is None:
        return None
    known = await fetch_value(db, NOTE, case["platform_id"], key, now)
    rank = usable_rank(case, order_of(case), 0, await wrong_keys(db, case))
    await _move(db, case, known, rank, now)
    return rank


async def _key_called(db: Connection, case: Row) -> bytes | None:
    """Find the number just called: of a survey, the one that passed the gate, whatever a line told since."""
    if case["kind"] == "survey":
        passed: bytes | None = await fetch_value(db, PASSED, case["attempt_id"])
        return passed
    number = current(case)
    return case[f"{COLUMNS[number]}_key"] if number else None


PASSED = "SELECT e.key FROM attempt a JOIN endpoint e ON e.id = a.endpoint_id WHERE a.id = $1"
# A relative's number that nobody was ever asked at is not known yet.
NOTE = """
INSERT INTO endpoint (id, platform_id, kind, key, wrong_at) VALUES (gen_random_uuid(), $1, 'phone', $2, $3)
ON CONFLICT (platform_id, kind, key) DO UPDATE SET wrong_at = excluded.wrong_at RETURNING id
"""


async def wrong_keys(db: Connection, case: Row) -> list[bytes]:
    """List the keys of a person's numbers that are known to be wrong."""
    keys = [case[f"{column}_key"] for column in COLUMNS.values() if case[f"{column}_key"] is not None]
    rows = await fetch(
        db,
        """
        SELECT key FROM endpoint
        WHERE platform_id = $1 AND kind = 'phone' AND key = ANY ($2::bytea[]) AND wrong_at IS NOT NULL
        """,
        case["platform_id"],
        keys,
    )
    return [bytes(row["key"]) for row in rows]


async def _move(db: Connection, case: Row, wrong: object, rank: int | None, now: datetime) -> None:
    """Move the calls planned for this request to the next number; stop all others at the wrong one."""
    if rank is not None and case["kind"] == "survey":
        column = COLUMNS[order_of(case)[rank]]
        moved = await fetch(
            db, MOVE, case["invitation_id"], wrong, case["platform_id"], case[f"{column}_key"]
        )
        await uncount(db, [row["id"] for row in moved if row["id"] == case["attempt_id"]])
    await execute(db, STOP, wrong, now, case["attempt_id"])


# Nobody was reached at the wrong number: the call to the next one is counted when it is made.
MOVE = """
UPDATE attempt a SET endpoint_id = e.id FROM endpoint e
WHERE a.invitation_id = $1 AND a.endpoint_id = $2 AND a.channel = 'phone'
  AND a.state IN ('planned', 'deferred', 'claimed')
  AND e.platform_id = $3 AND e.kind = 'phone' AND e.key = $4
RETURNING a.id
"""
STOP = """
UPDATE attempt SET state = 'suppressed', reason = 'wrong_number', settled_at = $2, lease_until = NULL
WHERE endpoint_id = $1 AND state IN ('planned', 'deferred', 'claimed') AND id IS DISTINCT FROM $3
"""
