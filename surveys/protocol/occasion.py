"""Whether one intervention is asked about, and the reason kept in the ledger."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from quality.directory.geography import zone_of
from surveys.protocol.caps import NO_TRAITS, Traits
from surveys.protocol.definition import Protocol, Trigger
from surveys.protocol.planning import Base, Reach, closing_at, plan, steps_for


class Reason(StrEnum):
    """Why an occasion was asked, or was not."""

    FIRST_INTERVENTION = "first_intervention"
    WORKER_CHANGED = "worker_changed"
    INCIDENT = "incident"
    NOT_DONE = "not_done"
    DRAWN = "drawn"
    QUARTER_FULL_ASK = "quarter_full_ask"
    EVERY_VISIT = "every_visit"

    PLANNED = "planned"
    CANCELLED = "cancelled"
    CONTACT_NO = "contact_no"
    REFUSED = "refused"
    DECEASED = "deceased"
    HOSPITAL = "hospital"
    MOVED = "moved"
    ENDED = "ended"
    COMPLAINT_OPEN = "complaint_open"
    CLIENT_NOT_ELIGIBLE = "client_not_eligible"
    NO_CHANNEL = "no_channel"
    TOO_LATE = "too_late"
    CAP = "cap"
    OWN_CAP = "own_cap"
    INTERVAL = "interval"
    NOT_DRAWN = "not_drawn"
    NOT_CONFIGURED = "not_configured"


class Visit(msgspec.Struct, frozen=True):
    """What the decision reads of an intervention and of its client."""

    id: UUID
    departement: str
    status: str
    ended_at: datetime | None
    received_at: datetime
    reach: Reach
    status_reason: str | None = None
    incident: bool = False
    worker: str | None = None
    client_status: str = "active"
    client_status_since: date | None = None
    contact: str | None = None
    traits: Traits = NO_TRAITS


class History(msgspec.Struct, frozen=True):
    """What is known of the person: earlier visits, ends of the visits already asked about, contacts, wishes.

    `recent_contacts` counts the outbound messages and calls of the last 30 days, the greater of the person's
    and of the endpoint's; `last_worker` is the worker of the visit before, None when unknown.
    """

    is_first: bool = False
    last_worker: str | None = None
    asked: tuple[datetime, ...] = ()
    recent_contacts: int = 0
    refused: bool = False
    deceased: bool = False
    complaint_open: bool = False
    eligible: bool = True


class Stratum(msgspec.Struct, frozen=True):
    """The draw of provider × funders × activity group for one quarter; `expected` None asks everybody."""

    seed: bytes
    target: int = 40
    expected: int | None = None


class Decision(msgspec.Struct, frozen=True):
    """One line of the ledger; `draw` is the number drawn, when one was."""

    asked: bool
    reason: Reason
    draw: float | None = None


# Eligible, and not asked: only the draw, the number of messages or a late file was in the way.
UNASKED = (Reason.NOT_DRAWN, Reason.CAP, Reason.OWN_CAP, Reason.TOO_LATE)


@dataclass(slots=True)
class Volume:
    """What one quarter of a stratum counted: asked, eligible and not asked, and held back by the interval."""

    asked: int = 0
    unasked: int = 0
    held: int = 0

    def add(self, decision: Decision) -> None:
        """Count one decision."""
        self.asked += decision.asked
        self.unasked += decision.reason in UNASKED
        self.held += decision.reason is Reason.INTERVAL

    def expected(self, target: int) -> int:
        """Foresee the eligible visits of the next quarter, when its target is asked.

        These are the eligible visits of this one, and those that only what was asked beyond the target held
        back: a visit near one that was asked is not eligible, so a first quarter, which asks all, had far
        fewer than the next will have. Each asked visit held back `held / asked` others.

        >>> Volume(asked=40, unasked=2400, held=1160).expected(40)
        2440
        >>> Volume(asked=120, unasked=0, held=3480).expected(40)
        2440
        """
        beyond = max(0, self.asked - target)
        return self.asked + self.unasked + (self.held * beyond // self.asked if beyond else 0)


ABSENCES = {
    "deceased": Reason.DECEASED,
    "hospital": Reason.HOSPITAL,
    "moved": Reason.MOVED,
    "ended": Reason.ENDED,
}
NOT_HELD = {"cancelled": Reason.CANCELLED, "planned": Reason.PLANNED}
# The client knows why the visit did not take place, and there is nothing to ask.
NOT_DONE_UNASKED = {"hospital": Reason.HOSPITAL, "client_cancelled": Reason.CANCELLED}


# Nothing that a line says lifts these: what comes once all is over finds them as they were.
BEYOND_LINES = (Reason.CAP, Reason.OWN_CAP, Reason.REFUSED, Reason.COMPLAINT_OPEN, Reason.NOT_CONFIGURED)


def draw(seed: bytes, intervention_id: UUID) -> float:
    """Draw a number in [0, 1) that anybody with the seed can draw again: 53 bits of HMAC-SHA256(seed, id).

    >>> round(draw(b"2026-Q4", UUID(int=1)), 4)
    0.6283
    """
    digest = hmac.new(seed, intervention_id.bytes, hashlib.sha256).digest()
    return (int.from_bytes(digest[:8], "big") >> 11) / 2**53


def decide(visit: Visit, history: History, stratum: Stratum, protocol: Protocol, now: datetime) -> Decision:
    """Decide on a visit: asked when it is to be, and when a step can still be planned."""
    decision = ruling(visit, history, stratum, protocol, now)
    if not decision.asked or visit.ended_at is None:
        return decision
    base = Base(visit.ended_at, visit.received_at)
    if not plan(base, visit.departement, visit.reach, protocol, now):
        return Decision(False, Reason.TOO_LATE, decision.draw)
    return decision


def ruling(visit: Visit, history: History, stratum: Stratum, protocol: Protocol, now: datetime) -> Decision:
    """Say whether a visit is to be asked about, from what excludes it to what draws it.

    No-shows, incidents, first visits and changes of worker are asked without interval or draw, never above
    the cap and never against a refusal. `now` only tells what is over, so any number of planners going
    through the visits in the order (ended_at, id) give one result.
    """
    if visit.ended_at is None:
        return Decision(False, Reason.PLANNED)
    not_held = reason_not_held(visit.status, visit.status_reason)
    excluded = not_held or _unwanted(visit, history) or reason_absent(visit, now)
    if excluded is None and history.deceased:
        excluded = Reason.DECEASED
    if excluded:
        return Decision(False, excluded)
    if not steps_for(visit.reach, protocol):
        return Decision(False, Reason.NO_CHANNEL)
    if history.recent_contacts >= protocol.contact_cap:
        return Decision(False, Reason.CAP)
    if history.recent_contacts >= protocol.cap_for(visit.traits):
        return Decision(False, Reason.OWN_CAP)
    return _chosen(visit, visit.ended_at, history, stratum, protocol)


def reason_not_held(status: str, why: str | None) -> Reason | None:
    """Tell why there is nothing to ask about a visit that was not held, or not yet.

    >>> str(reason_not_held("not_done", "client_cancelled"))
    'cancelled'
    >>> reason_not_held("not_done", "worker_absent") is None
    True
    """
    if status in NOT_HELD:
        return NOT_HELD[status]
    return NOT_DONE_UNASKED.get(why or "") if status == "not_done" else None


def is_over(visit: Visit, protocol: Protocol, now: datetime) -> bool:
    """Tell whether nobody can be asked about the visit any more, as its line came."""
    if visit.ended_at is None:
        return False
    days = min(protocol.closes_after_days, protocol.max_lateness_days)
    if now - visit.ended_at < timedelta(days=days - 1):
        return False  # nearly every visit; midnights cost more
    return closing_at(Base(visit.ended_at, visit.received_at), visit.departement, protocol) <= now


def stands(before: str, visit: Visit, again: Decision) -> bool:
    """Tell whether what was decided stands, when the line of a visit that is over comes again.

    It tells the client's situation of today, which was not that of the visit. It gives way to whether the
    visit was held, and to a line that would have been asked about if it had come in time.
    """
    if before in NOT_HELD.values() or reason_not_held(visit.status, visit.status_reason):
        return False
    return again.reason is not Reason.TOO_LATE or before in BEYOND_LINES


def _unwanted(visit: Visit, history: History) -> Reason | None:
    if visit.contact == "no":
        return Reason.CONTACT_NO
    if history.refused:
        return Reason.REFUSED
    if history.complaint_open:
        return Reason.COMPLAINT_OPEN
    return None if history.eligible else Reason.CLIENT_NOT_ELIGIBLE


def reason_absent(visit: Visit, now: datetime) -> Reason | None:
    """Tell why the client cannot be asked today; a state dated later does not hold yet, save a death."""
    reason = ABSENCES.get(visit.client_status)
    if reason is None or reason is Reason.DECEASED or visit.client_status_since is None:
        return reason
    today = now.astimezone(zone_of(visit.departement)).date()
    return reason if visit.client_status_since <= today else None


def _chosen(
    visit: Visit, ended_at: datetime, history: History, stratum: Stratum, protocol: Protocol
) -> Decision:
    trigger = _trigger(visit, history, protocol)
    if trigger is not None:
        return Decision(True, Reason(trigger))
    if _is_too_soon(ended_at, visit.departement, history, protocol):
        return Decision(False, Reason.INTERVAL)
    if not protocol.draws:
        return Decision(True, Reason.EVERY_VISIT)
    return _drawn(visit, stratum)


def _trigger(visit: Visit, history: History, protocol: Protocol) -> Trigger | None:
    return next((trigger for trigger in protocol.always_ask if IS_MET[trigger](visit, history)), None)


def _has_changed_worker(visit: Visit, history: History) -> bool:
    workers = (history.last_worker, visit.worker)
    return None not in workers and workers[0] != workers[1]


IS_MET: Mapping[Trigger, Callable[[Visit, History], bool]] = {
    Trigger.NOT_DONE: lambda visit, _: visit.status == "not_done",
    Trigger.INCIDENT: lambda visit, _: visit.incident,
    Trigger.FIRST_INTERVENTION: lambda _, history: history.is_first,
    Trigger.WORKER_CHANGED: _has_changed_worker,
}


def _is_too_soon(ended_at: datetime, departement: str, history: History, protocol: Protocol) -> bool:
    """Compare local dates with the visits already asked about, earlier or (when a file came late) later."""
    zone = zone_of(departement)
    day = ended_at.astimezone(zone).date()
    gaps = (abs((day - asked.astimezone(zone).date()).days) for asked in history.asked)
    return any(gap < protocol.interval_days for gap in gaps)


def _drawn(visit: Visit, stratum: Stratum) -> Decision:
    """Ask when the draw falls under target / expected; the first quarter of a stratum asks everybody."""
    if stratum.expected is None:
        return Decision(True, Reason.QUARTER_FULL_ASK)
    drawn = draw(stratum.seed, visit.id)
    asked = drawn * stratum.expected < stratum.target
    return Decision(asked, Reason.DRAWN if asked else Reason.NOT_DRAWN, drawn)
