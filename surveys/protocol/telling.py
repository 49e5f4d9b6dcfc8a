"""What a provider is told of the decision on its own visit: nothing from which it could guess the rest.

A draw hides the rest: « non retenue » may be the draw, a refusal given elsewhere, a complaint or a cap. Where
nothing was to be drawn, one word stands for asked and not asked alike.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from surveys.protocol.definition import Protocol
from surveys.protocol.occasion import (
    Decision,
    History,
    Reason,
    Stratum,
    Visit,
    is_always_asked,
    reason_absent,
    reason_not_held,
)
from surveys.protocol.planning import Base, closing_at

# A draw that leaves out less than half of the visits would hide little.
HIDES = 2


class Told(StrEnum):
    """The word that a provider reads."""

    ASKED = "asked"
    NOT_KEPT = "not_selected"
    NOTED = "noted"
    CANCELLED = "cancelled"
    SPARED = "spared"
    NO_CHANNEL = "no_channel"
    TOO_LATE = "too_late"


def told(
    visit: Visit,
    history: History,
    stratum: Stratum,
    protocol: Protocol,
    decision: Decision,
    *,
    now: datetime,
    has_contact: bool,
) -> Told:
    """Choose the word: what the provider's own line says, else what became of the draw that hid the rest.

    `has_contact` tells whether the line holds a number or an address, refused or not. Of the history, only
    what the provider sent itself is read: its client's earlier visits, and whether it still names the client.
    """
    own = told_by_line(visit, protocol, now, has_contact=has_contact, has_identity=history.eligible)
    if own is not None:
        return own
    if not is_hidden(visit, history, stratum, protocol):
        return Told.NOTED
    return Told.ASKED if decision.asked else Told.NOT_KEPT


def told_again(visit: Visit, now: datetime, *, has_contact: bool, has_identity: bool) -> Told:
    """Choose the word of a visit whose line changed after its decision, or that nothing could decide.

    A line changed to see what its word becomes would say whether somebody had been asked: it says no more.
    """
    return told_by_line(visit, None, now, has_contact=has_contact, has_identity=has_identity) or Told.NOTED


def is_hidden(visit: Visit, history: History, stratum: Stratum, protocol: Protocol) -> bool:
    """Tell whether the draw could have left this visit out, as it does at least half of them.

    >>> from uuid import UUID
    >>> from surveys.protocol.definition import load
    >>> from surveys.protocol.planning import Reach
    >>> visit = Visit(UUID(int=1), "34", "done", None, datetime(2026, 11, 3), Reach(True, True, True))
    >>> [is_hidden(visit, History(), Stratum(b"", 40, n), load("default")) for n in (None, 79, 80)]
    [False, False, True]
    >>> is_hidden(visit, History(), Stratum(b"", 40, 80), load("integral"))
    False
    """
    if not protocol.draws or stratum.expected is None or stratum.expected < HIDES * stratum.target:
        return False
    return not is_always_asked(visit, history, protocol)


def told_by_line(
    visit: Visit, protocol: Protocol | None, now: datetime, *, has_contact: bool, has_identity: bool
) -> Told | None:
    """Give the reason that the provider's own line tells, None when it tells none."""
    if reason := reason_not_held(visit) or reason_absent(visit, now):
        return Told.CANCELLED if reason is Reason.CANCELLED else Told.SPARED
    if not has_identity:
        return Told.TOO_LATE  # erased after twelve months
    if not has_contact:
        return Told.NO_CHANNEL
    return Told.TOO_LATE if protocol is not None and _is_over(visit, protocol, now) else None


def _is_over(visit: Visit, protocol: Protocol, now: datetime) -> bool:
    """Tell whether the line came once nobody could be asked about the visit any more."""
    if visit.ended_at is None:
        return False
    days = min(protocol.closes_after_days, protocol.max_lateness_days)
    if now - visit.ended_at < timedelta(days=days - 1):
        return False  # nearly every visit; midnights cost more
    return closing_at(Base(visit.ended_at, visit.received_at), visit.departement, protocol) <= now
