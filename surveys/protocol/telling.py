"""What a provider is told of the decision on its own visit: nothing from which it could guess the rest.

One word stands for asked and left out alike, whatever the protocol draws: a client left out visit after visit
would otherwise be one who refused or complained, since a draw leaves nobody out that often.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from surveys.protocol.definition import Protocol
from surveys.protocol.occasion import Reason, Visit, reason_absent, reason_not_held
from surveys.protocol.planning import Base, closing_at


class Told(StrEnum):
    """The word that a provider reads."""

    NOTED = "noted"
    CANCELLED = "cancelled"
    SPARED = "spared"
    NO_CHANNEL = "no_channel"
    TOO_LATE = "too_late"


def told(
    visit: Visit, protocol: Protocol | None, now: datetime, *, has_contact: bool, has_identity: bool
) -> Told:
    """Choose the word from the line and its client's sheet alone; the decision is not even given.

    The client's state (in hospital, dead) is told whoever wrote it, the provider's file or the desk.
    Whether the client may be contacted is not told: the desk writes it too when somebody refuses.
    `has_contact` tells whether the sheet holds a number or an address, refused or not; `has_identity`,
    that it is not erased yet.
    Without a protocol no line is late: one that changed after its decision does not become so.
    """
    if reason := reason_not_held(visit.status, visit.status_reason) or reason_absent(visit, now):
        return Told.CANCELLED if reason is Reason.CANCELLED else Told.SPARED
    if not has_identity:
        return Told.TOO_LATE  # erased after twelve months
    if not has_contact:
        return Told.NO_CHANNEL
    return Told.TOO_LATE if protocol is not None and _is_over(visit, protocol, now) else Told.NOTED


def _is_over(visit: Visit, protocol: Protocol, now: datetime) -> bool:
    """Tell whether the line came once nobody could be asked about the visit any more."""
    if visit.ended_at is None:
        return False
    days = min(protocol.closes_after_days, protocol.max_lateness_days)
    if now - visit.ended_at < timedelta(days=days - 1):
        return False  # nearly every visit; midnights cost more
    return closing_at(Base(visit.ended_at, visit.received_at), visit.departement, protocol) <= now
