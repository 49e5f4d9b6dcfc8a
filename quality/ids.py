"""UUIDv7 identifiers: a month of rows is one range of ids (RFC 9562, section 5.7)."""

import secrets
from datetime import datetime
from uuid import UUID


def uuid7(at: datetime) -> UUID:
    """Return a new UUIDv7 whose 48 first bits are the milliseconds of `at` since 1970."""
    return uuid7_of(at, secrets.randbits(74))


def uuid7_floor(at: datetime) -> UUID:
    """Return the smallest UUIDv7 of the instant: the bound of a partition.

    >>> from datetime import UTC
    >>> uuid7_floor(datetime(2026, 11, 1, tzinfo=UTC))
    UUID('01a19467-e800-7000-8000-000000000000')
    """
    return uuid7_of(at, 0)


def uuid7_of(at: datetime, random: int) -> UUID:
    """Return the UUIDv7 of an instant that carries 74 bits drawn elsewhere."""
    milliseconds = int(at.timestamp() * 1000)
    high, low = random >> 62, random & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 0b10 << 62 | low)
