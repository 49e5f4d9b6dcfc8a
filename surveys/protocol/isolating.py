"""Visits whose decision fails: set apart and tried again later, so that the others are decided."""

import logging
from collections.abc import Awaitable, Callable, Sequence

from quality.db import Connection, execute
from surveys.protocol.ledger import Row

log = logging.getLogger(__name__)
Decide = Callable[[Sequence[Row]], Awaitable[None]]


async def decide_each(db: Connection, visits: Sequence[Row], decide: Decide) -> None:
    """Decide visits together; when that fails, each half alone, down to the visit that cannot be decided.

    Halves go in order, each reading what the one before wrote: the result is that of the whole.
    """
    await execute(db, "SAVEPOINT deciding")
    try:
        await decide(visits)
        await execute(db, "RELEASE SAVEPOINT deciding")
    except Exception as error:
        await execute(db, "ROLLBACK TO SAVEPOINT deciding")
        await execute(db, "RELEASE SAVEPOINT deciding")
        if len(visits) == 1:
            log.exception("visit %s could not be decided", visits[0]["id"])
            await _set_apart(db, visits[0], error)
            return
        middle = len(visits) // 2
        for half in (visits[:middle], visits[middle:]):
            await decide_each(db, half, decide)


async def _set_apart(db: Connection, visit: Row, error: Exception) -> None:
    """Leave a visit alone for five minutes, then twice as long after each failure, six hours at most."""
    await execute(
        db,
        """
        INSERT INTO undecided_visit AS u (id, platform_id, retry_at, error)
        VALUES ($1, $2, now() + interval '5 minutes', $3)
        ON CONFLICT (id) DO UPDATE SET error = excluded.error, tries = least(u.tries + 1, 1000),
            retry_at = now() + least(interval '6 hours', interval '5 minutes' * 2 ^ least(u.tries, 10))
        """,
        visit["id"],
        visit["platform_id"],
        type(error).__name__[:60],
    )
