"""The platform's card, as every message and page shows it: name, phone, hours, days without anybody."""

import time
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from quality.db import Connection, fetch, pool
from quality.directory.geography import zone_of

KEPT_SECONDS = 30.0
PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class PlatformCard:
    """What the public may read of a platform's settings."""

    id: UUID | None
    code: str
    name: str
    sms_name: str
    phone: str
    hours: str
    data_contact: str
    mediator: str
    legal_notice: str
    closing_days: frozenset[date] = frozenset()
    zone: ZoneInfo = PARIS


NOBODY = PlatformCard(None, "", "Suivi Qualité", "Suivi Qualite", "", "", "", "", "")
_cards: dict[UUID, PlatformCard] = {}
_read_at = float("-inf")


async def card_of(platform: UUID | None, db: Connection | None = None) -> PlatformCard:
    """Return a platform's card, re-read every 30 s; without a platform, the only one's.

    Within a transaction, pass it as `db`: a second connection of its pool could be waited for in vain.
    """
    await _refresh(db)
    return known_card(platform)


def known_card(platform: UUID | None) -> PlatformCard:
    """Return a platform's card as it was last read: what an error page says when the database is silent."""
    if platform is not None:
        return _cards.get(platform, NOBODY)
    return next(iter(_cards.values())) if len(_cards) == 1 else NOBODY


async def closing_days_of(platform: UUID, db: Connection) -> frozenset[date]:
    """Return the days a platform is shut, read by `db` (pool `answer` or `work`: both see every platform)."""
    return (await card_of(platform, db)).closing_days


def forget() -> None:
    """Read the cards again at the next page: after a change, and between tests."""
    global _read_at  # noqa: PLW0603 - one cache a process
    _read_at = float("-inf")


async def _refresh(db: Connection | None) -> None:
    global _read_at  # noqa: PLW0603
    if time.monotonic() - _read_at < KEPT_SECONDS:
        return
    rows = await fetch(
        db or pool("answer"),
        """
        SELECT id, code, name, sms_name, phone, hours, data_contact, mediator, legal_notice, closing_days,
            departement
        FROM platform
        """,
    )
    _cards.clear()
    _cards.update({row["id"]: _card(row) for row in rows})
    _read_at = time.monotonic()


def _card(row: dict[str, Any]) -> PlatformCard:
    place = row.pop("departement")
    zone = zone_of(place) if place else PARIS
    return PlatformCard(**{**row, "closing_days": _days(row), "zone": zone})


def _days(row: dict[str, Any]) -> frozenset[date]:
    return msgspec.json.decode(row["closing_days"], type=frozenset[date])
