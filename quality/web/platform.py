"""The platform's card, as every message and page shows it: name, phone, hours."""

import time
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from quality.db import fetch, pool

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
    zone: ZoneInfo = PARIS


NOBODY = PlatformCard(None, "", "Suivi Qualité", "Suivi Qualite", "", "", "", "", "")
_cards: dict[UUID, PlatformCard] = {}
_read_at = float("-inf")


async def card_of(platform: UUID | None) -> PlatformCard:
    """Return a platform's card, re-read every 30 s; without a platform, the only one's."""
    await _refresh()
    if platform is not None:
        return _cards.get(platform, NOBODY)
    return next(iter(_cards.values())) if len(_cards) == 1 else NOBODY


def forget() -> None:
    """Read the cards again at the next page: after a change, and between tests."""
    global _read_at  # noqa: PLW0603 - one cache a process
    _read_at = float("-inf")


async def _refresh() -> None:
    global _read_at  # noqa: PLW0603
    if time.monotonic() - _read_at < KEPT_SECONDS:
        return
    rows = await fetch(
        pool("answer"),
        "SELECT id, code, name, sms_name, phone, hours, data_contact, mediator, legal_notice FROM platform",
    )
    _cards.clear()
    _cards.update({row["id"]: PlatformCard(**row) for row in rows})
    _read_at = time.monotonic()
