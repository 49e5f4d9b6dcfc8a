"""Cases that leave the hand or the queue: put off until an instant, or closed with their final code."""

from datetime import datetime
from typing import Any
from uuid import UUID

from quality.db import Connection, execute, fetch

OVER_AT_ONCE = 500


async def close(db: Connection, case: UUID, outcome: str, now: datetime) -> None:
    """Close a case with its final code."""
    await execute(
        db,
        """
        UPDATE call_case SET state = 'done', outcome = $2, closed_at = $3, agent_id = NULL, lease_until = NULL
        WHERE id = $1 AND state <> 'done'
        """,
        case,
        outcome,
        now,
    )


async def wait(db: Connection, case: dict[str, Any], due_at: datetime, now: datetime) -> None:
    """Put a case off until an instant, or close it when its window is over by then."""
    if due_at >= case["closes_at"]:
        await close(db, case["id"], "window_over", now)
        return
    await execute(
        db,
        """
        UPDATE call_case SET state = 'open', agent_id = NULL, lease_until = NULL, next_due_at = $2
        WHERE id = $1
        """,
        case["id"],
        due_at,
    )


async def close_over(db: Connection, now: datetime, platform: UUID | None = None) -> int:
    """Close cases whose window is over, the oldest first, so that none stands before those one may call.

    One that waits for a supervisor stays: somebody decides what becomes of it.
    """
    await execute(db, CLOSE_ABANDONED, now, platform)
    rows = await fetch(db, CLOSE_OVER, now, platform, OVER_AT_ONCE)
    return len(rows)


# In the hand of somebody who is gone, until its window was over.
CLOSE_ABANDONED = """
UPDATE call_case SET state = 'done', outcome = 'window_over', closed_at = $1, agent_id = NULL,
    lease_until = NULL
WHERE state = 'held' AND lease_until < now() AND closes_at <= $1 AND ($2::uuid IS NULL OR platform_id = $2)
"""
CLOSE_OVER = """
UPDATE call_case SET state = 'done', outcome = 'window_over', closed_at = $1
WHERE id IN (SELECT id FROM call_case WHERE state = 'open' AND closes_at <= $1 AND referred_at IS NULL
                 AND ($2::uuid IS NULL OR platform_id = $2)
             ORDER BY closes_at LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id
"""
