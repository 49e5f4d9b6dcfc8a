"""Rows on which a verb fails: set apart and tried again later, so that it does its work on the others."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from quality.db import Connection, execute
from surveys.protocol.ledger import Row

log = logging.getLogger(__name__)
Verb = Callable[[Sequence[Row]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Apart:
    """Where what fails is set apart: the table, how, how the journal says it, the column that names it.

    The statement is given the identifier, the platform and the error.
    """

    table: str
    statement: str
    failure: str
    key: str = "id"


# Five minutes at first, then twice as long after each failure, six hours at most. Several rows of one thing
# that fail together are one failure.
LATER = """
    error = $3, tries = least(u.tries + 1, 1000),
    retry_at = now() + least(interval '6 hours', interval '5 minutes' * 2 ^ least(u.tries, 10))
"""
# A visit whose line is being changed is not set apart: it is tried again as it becomes.
VISITS = Apart(
    "undecided_visit",
    f"""
    UPDATE undecided_visit u SET {LATER} WHERE u.platform_id = $2 AND u.id IN (
        SELECT w.id FROM undecided_visit w WHERE w.id = $1 AND (w.retry_at IS NULL OR w.retry_at <= now())
        FOR UPDATE SKIP LOCKED)
    """,
    "visit %s could not be decided",
)
REQUESTS = Apart(
    "unplanned_request",
    f"""
    INSERT INTO unplanned_request AS u (id, platform_id, retry_at, error)
    VALUES ($1, $2, now() + interval '5 minutes', $3)
    ON CONFLICT (id) DO UPDATE SET {LATER} WHERE u.retry_at <= now()
    """,
    "request %s could not be planned again",
)


async def each_apart(db: Connection, rows: Sequence[Row], verb: Verb, apart: Apart) -> None:
    """Do it on rows together; when that fails, on each half alone, down to the row that makes it fail.

    Halves go in order, each reading what the one before wrote: the result is that of the whole.
    """
    await execute(db, "SAVEPOINT apart")
    try:
        await verb(rows)
        await execute(db, "RELEASE SAVEPOINT apart")
    except Exception as error:
        await execute(db, "ROLLBACK TO SAVEPOINT apart")
        await execute(db, "RELEASE SAVEPOINT apart")
        if len(rows) == 1:
            log.exception(apart.failure, rows[0][apart.key])
            await _set_apart(db, rows[0], apart, error)
            return
        middle = len(rows) // 2
        for half in (rows[:middle], rows[middle:]):
            await each_apart(db, half, verb, apart)


async def _set_apart(db: Connection, row: Row, apart: Apart, error: Exception) -> None:
    """Leave it alone for some time."""
    await execute(
        db,
        apart.statement,
        row[apart.key],
        row["platform_id"],
        type(error).__name__[:60],
    )
