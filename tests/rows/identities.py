"""Who and when the rows are about: the same at each run."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
MONTH = date(2026, 11, 1)
SPACE = UUID("0190aaaa-0000-7000-8000-000000000000")


def made(name: str) -> UUID:
    """Return the identifier of a name, the same at each run."""
    return uuid5(SPACE, name)


PLATFORM, OTHER_PLATFORM = made("platform"), made("other platform")
PROVIDER, FUNDER = made("provider"), made("funder")
INVITATION = UUID("0190aaaa-0000-7000-8000-0000000000aa")
Row = dict[str, Any]


def child_id(parent: UUID, code: int) -> UUID:
    return UUID(int=parent.int & ~0xFF | code)
