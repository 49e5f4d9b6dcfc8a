"""Business time: the real instant plus an offset kept in the database, the virtual clock of demo and tests.

Leases, sessions, one-time codes and the age of hooks use real time, the database's `now()`.
"""

from datetime import UTC, datetime, timedelta

from quality.db import Connection, fetch_value

_offset = timedelta(0)


def now() -> datetime:
    """Return the business instant, in UTC."""
    return datetime.now(UTC) + _offset  # noqa: TID251 - the one place


def offset() -> timedelta:
    return _offset


def set_offset(value: timedelta) -> None:
    """Set this process's offset; `refresh` and `advance` keep it equal to the database's."""
    global _offset  # noqa: PLW0603 - one clock a process
    _offset = value


async def refresh(db: Connection) -> None:
    """Read the stored offset: every process calls it at start and at each tick."""
    seconds = await fetch_value(db, "SELECT clock_offset_seconds()")
    set_offset(timedelta(seconds=float(seconds)))


async def advance(db: Connection, step: timedelta) -> datetime:
    """Move the stored clock and this process's; return the new business instant."""
    seconds = await fetch_value(db, "SELECT clock_advance($1)", step.total_seconds())
    set_offset(timedelta(seconds=float(seconds)))
    return now()
