"""What a provider is told of the decision on its own visit: nothing from which it could guess the rest.

One word stands for asked and left out alike, whatever the protocol draws: a client left out visit after visit
would otherwise be one who refused or complained, since a draw leaves nobody out that often.
"""

from datetime import datetime
from enum import StrEnum

from surveys.protocol.definition import Protocol
from surveys.protocol.occasion import Reason, Visit, is_over, reason_absent, reason_not_held


class Told(StrEnum):
    """The word that a provider reads."""

    NOTED = "noted"
    CANCELLED = "cancelled"
    SPARED = "spared"
    NO_CHANNEL = "no_channel"
    TOO_LATE = "too_late"


LASTING = (Told.NOTED, Told.SPARED)  # once a visit is over


def told(
    visit: Visit, protocol: Protocol | None, now: datetime, *, has_contact: bool, has_identity: bool
) -> Told:
    """Choose the word from the line and its client's sheet alone; the decision is not even given.

    The client's state (in hospital, dead) is told whoever wrote it, the provider's file or the desk.
    Whether the client may be contacted is not told: the desk writes it too when somebody refuses.
    A visit that is planned is said to be so from its line, and nothing more.
    `has_contact` tells whether the sheet holds a number or an address, refused or not; `has_identity`,
    that it is not erased yet. Without a protocol no line is late.
    """
    not_held = reason_not_held(visit.status, visit.status_reason)
    if not_held is Reason.PLANNED:
        return Told.NOTED
    if reason := not_held or reason_absent(visit, now):
        return Told.CANCELLED if reason is Reason.CANCELLED else Told.SPARED
    if not has_identity:
        return Told.TOO_LATE  # erased after twelve months
    if not has_contact:
        return Told.NO_CHANNEL
    return Told.TOO_LATE if protocol is not None and is_over(visit, protocol, now) else Told.NOTED


def told_again(
    before: str,
    visit: Visit,
    protocol: Protocol | None,
    now: datetime,
    *,
    has_contact: bool,
    has_identity: bool,
) -> Told:
    """Choose the word of a line that comes again, from the word it had and not from the decision either.

    Once the visit is over, a line that was in time does not become late, and the client's situation of today
    says nothing of that day; that the visit was not held is still told.
    """
    is_held = reason_not_held(visit.status, visit.status_reason) is None
    if protocol is not None and is_held and before in LASTING and is_over(visit, protocol, now):
        return Told(before)
    return told(visit, protocol, now, has_contact=has_contact, has_identity=has_identity)
