"""Business time: the real instant plus an offset kept in the database, the virtual clock of demo and tests.

Leases, sessions, one-time codes and the age of hooks use real time, the database's `now()`. A host whose own
clock is wrong is not believed: business time then follows the database's, which all the processes share.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from quality.db import Connection, fetch_one, fetch_value

log = logging.getLogger(__name__)
TOLERANCE = timedelta(seconds=2)  # what a network and two synchronised clocks may differ by
MEASURED_EVERY_SECONDS = 60.0
_offset = timedelta(0)
_drift = timedelta(0)


def host_now() -> datetime:
    """Return the instant that this machine's clock tells, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one place


def now() -> datetime:
    """Return the business instant, in UTC."""
    return host_now() + _drift + _offset


def offset() -> timedelta:
    return _offset


def drift() -> timedelta:
    """Return what is added to this machine's clock: nothing while it agrees with the database's."""
    return _drift


def set_offset(value: timedelta) -> None:
    """Set this process's offset; `refresh` and `advance` keep it equal to the database's."""
    global _offset  # noqa: PLW0603 - one clock a process
    _offset = value


def drift_of(before: datetime, database: datetime, after: datetime) -> timedelta:
    """Say what to add to a machine's clock, read around the database's; nothing within the tolerance.

    Half of the time that the reading took may be on either side of it.

    >>> at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    >>> wrong = at + timedelta(hours=3)
    >>> drift_of(wrong, at, wrong), drift_of(at, at + timedelta(seconds=1), at)
    (datetime.timedelta(days=-1, seconds=75600), datetime.timedelta(0))
    >>> drift_of(at, at + timedelta(seconds=5), at + timedelta(seconds=4))
    datetime.timedelta(0)
    """
    half = (after - before) / 2
    found = database - (before + half)
    return found if abs(found) > TOLERANCE + half else timedelta(0)


async def refresh(db: Connection) -> None:
    """Read the stored offset and the database's clock: every process does at start, a worker at each tick."""
    seconds = await fetch_value(db, "SELECT clock_offset_seconds()")
    set_offset(timedelta(seconds=float(seconds)))
    await measure(db)


async def measure(db: Connection) -> None:
    """Compare this machine's clock with the database's, and follow the latter when they disagree."""
    global _drift  # noqa: PLW0603 - one clock a process
    before = host_now()
    row = await fetch_one(db, "SELECT clock_timestamp() AS at")
    found = drift_of(before, row["at"], host_now()) if row else timedelta(0)
    if abs(found - _drift) > TOLERANCE:
        log.warning(
            "this machine's clock is %.0f s from the database's, which is followed", -found.total_seconds()
        )
    _drift = found


@asynccontextmanager
async def measured(db: Connection) -> AsyncIterator[None]:
    """Compare the clocks every minute meanwhile: one of them may be set right, or wrong."""
    measuring = asyncio.create_task(_keep_measuring(db))
    try:
        yield
    finally:
        measuring.cancel()


async def _keep_measuring(db: Connection) -> None:
    while True:
        await asyncio.sleep(MEASURED_EVERY_SECONDS)
        try:
            await measure(db)
        except Exception as error:  # the next minute compares them again
            log.warning("the clocks could not be compared: %s", error)


async def advance(db: Connection, step: timedelta) -> datetime:
    """Move the stored clock and this process's; return the new business instant."""
    seconds = await fetch_value(db, "SELECT clock_advance($1)", step.total_seconds())
    set_offset(timedelta(seconds=float(seconds)))
    return now()
