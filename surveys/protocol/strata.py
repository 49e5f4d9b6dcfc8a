"""Strata of the draw: provider × funders × activity group of a quarter, each with its own seed (pure)."""

import hashlib
import hmac
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from quality.directory.geography import activity
from surveys.protocol.ledger import ID_MARGIN, Row
from surveys.protocol.requesting import local_day

COUNTED_MARGIN = ID_MARGIN
StratumKey = tuple[UUID, str, UUID, tuple[UUID, ...], str]


def stratum_key(visit: Row) -> StratumKey:
    """Name the stratum of a visit: provider × funders × activity group in the local quarter of its end."""
    group = activity(visit["activity"]).public
    return (
        visit["platform_id"],
        quarter_of(local_day(visit)),
        visit["provider_id"],
        tuple(visit["funders"]),
        group,
    )


def quarter_of(day: date) -> str:
    """Name a quarter.

    >>> quarter_of(date(2026, 11, 24)), previous_quarter("2026-Q1")
    ('2026-Q4', '2025-Q4')
    """
    return f"{day.year}-Q{(day.month + 2) // 3}"


def previous_quarter(quarter: str) -> str:
    return quarter_of(_first_day(quarter) - timedelta(days=1))


def quarter_bounds(quarter: str) -> tuple[datetime, datetime]:
    """Give instants around a quarter, between which the ids of its visits are.

    >>> [str(bound.date()) for bound in quarter_bounds("2026-Q4")]
    ['2026-08-31', '2027-02-01']
    """
    first, after = _first_day(quarter), _first_day(quarter_of(_first_day(quarter) + timedelta(days=100)))
    return _utc(first) - COUNTED_MARGIN, _utc(after) + COUNTED_MARGIN


def _first_day(quarter: str) -> date:
    return date(int(quarter[:4]), 3 * int(quarter[-1]) - 2, 1)


def seed_of(key: StratumKey, secret: bytes) -> bytes:
    """Give the seed of a stratum's draw: whoever has the secret can draw a quarter again, or ahead."""
    platform, quarter, provider, funders, group = key
    name = "|".join((platform.hex, quarter, provider.hex, ",".join(f.hex for f in funders), group))
    return hmac.new(secret, name.encode(), hashlib.sha256).digest()


def _utc(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
