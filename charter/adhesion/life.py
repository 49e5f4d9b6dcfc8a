"""The life of an adhesion (pure): its term, and what time, measures and people make of it.

A measured imperative that fails, or complaints that nobody answers, first bring a warning; only when they
last beyond the time left to mend is the adhesion suspended. What fails beside the cause of a warning has a
warning and a time to mend of its own. What is no longer known mends nothing: a warning or a suspension goes
when its own cause is measured and kept, or when a person says so. A platform that lets an appeal wait loses
it. A new file that is accepted, or a certificate that follows, renews the adhesion and lifts a suspension.
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from quality.errors import Conflict
from quality.french import french

REMINDED_MONTHS = 6
# Choices of ours: the time to mend, the time to decide an appeal, the complaints that make "ignored".
MENDING = timedelta(days=90)
APPEAL_DELAY = timedelta(days=30)
IGNORED_COMPLAINTS = 3
LONGEST_MONTHS = 60  # of a certificate: no recognised label lasts longer


class State(StrEnum):
    valid = "valid"
    warned = "warned"
    suspended = "suspended"
    appealed = "appealed"
    ended = "ended"
    revoked = "revoked"


class Measured(StrEnum):
    """What is measured of an adhesion: its cause fails, only another does, nothing says so, or it is kept."""

    failing = "failing"
    another = "another"
    unknown = "unknown"
    kept = "kept"


class Event(StrEnum):
    """`lift`: the appeal is right, or nobody decided it; `uphold`: the suspension stands.

    `renew`: a new file is accepted, or a certificate follows.
    """

    remind = "remind"
    warn = "warn"
    recover = "recover"
    suspend = "suspend"
    appeal = "appeal"
    lift = "lift"
    uphold = "uphold"
    renew = "renew"
    expire = "expire"
    revoke = "revoke"


MOVES: Mapping[tuple[State, Event], State] = {
    (State.valid, Event.remind): State.valid,
    (State.warned, Event.remind): State.warned,
    (State.valid, Event.warn): State.warned,
    (State.warned, Event.warn): State.warned,
    (State.warned, Event.recover): State.valid,
    (State.warned, Event.suspend): State.suspended,
    (State.suspended, Event.appeal): State.appealed,
    (State.appealed, Event.lift): State.valid,
    (State.appealed, Event.uphold): State.suspended,
    (State.suspended, Event.recover): State.valid,
    (State.valid, Event.renew): State.valid,
    (State.warned, Event.renew): State.warned,
    (State.suspended, Event.renew): State.valid,
    (State.appealed, Event.renew): State.valid,
    (State.valid, Event.revoke): State.revoked,
    (State.warned, Event.revoke): State.revoked,
    (State.suspended, Event.revoke): State.revoked,
    (State.valid, Event.expire): State.ended,
    (State.warned, Event.expire): State.ended,
    (State.suspended, Event.expire): State.ended,
    (State.appealed, Event.expire): State.ended,
}
FOUND = frozenset({Measured.failing, Measured.another})
HOLDING = frozenset({State.valid, State.warned})  # what the register calls « en cours »
LIVING = HOLDING | {State.suspended, State.appealed}


@dataclass(frozen=True, slots=True)
class Term:
    """The first and the last day of an adhesion."""

    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """What moves an adhesion; `cleared_at` is when a warning or a suspension was last lifted."""

    state: State
    ends_on: date
    reminded_at: datetime | None = None
    warned_at: datetime | None = None
    cleared_at: datetime | None = None
    appeal_due_at: datetime | None = None


def next_state(state: State, event: Event) -> State:
    """Return the state after an event, or Conflict.

    >>> str(next_state(State.warned, Event.suspend))
    'suspended'
    """
    found = MOVES.get((state, event))
    if found is None:
        raise Conflict(french("L’adhésion n’en est pas là : relisez la page avant de décider."))
    return found


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of a shorter month.

    >>> months_after(date(2026, 8, 31), 6), months_after(date(2026, 11, 24), -6)
    (datetime.date(2027, 2, 28), datetime.date(2026, 5, 24))
    """
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


def term(from_day: date, months: int) -> Term:
    """Give the term of an adhesion that starts on a day.

    >>> term(date(2026, 12, 1), 24).ends_on
    datetime.date(2028, 11, 30)
    """
    return Term(from_day, months_after(from_day, months) - timedelta(days=1))


def renewable_from(ends_on: date) -> date:
    """Give the first day on which a renewal adds to the former term: that of the reminder.

    >>> renewable_from(date(2026, 11, 30))
    datetime.date(2026, 5, 30)
    """
    return months_after(ends_on, -REMINDED_MONTHS)


def renewed(current: Term, today: date, months: int) -> Term:
    """Give the term after a renewal: near its end or after it, it goes on from the former one.

    Before that it counts from today and shortens nothing: renewals never add up.

    >>> first = Term(date(2024, 12, 1), date(2026, 11, 30))
    >>> renewed(first, date(2026, 9, 1), 24).ends_on, renewed(first, date(2025, 1, 1), 24).ends_on
    (datetime.date(2028, 11, 30), datetime.date(2026, 12, 31))
    """
    if today < renewable_from(current.ends_on):
        return Term(current.starts_on, max(current.ends_on, term(today, months).ends_on))
    following = max(current.ends_on + timedelta(days=1), today)
    return Term(current.starts_on, term(following, months).ends_on)


def due(of: Standing, now: datetime, today: date, found: Measured) -> Event | None:
    """Say what time or the measures do next.

    >>> now = datetime(2026, 12, 1, 9)
    >>> str(due(Standing(State.valid, date(2028, 1, 1)), now, now.date(), Measured.failing))
    'warn'
    """
    if of.state not in LIVING:
        return None
    if today > of.ends_on:
        return Event.expire
    return STEPS[of.state](of, now, today, found)


def _of_valid(of: Standing, now: datetime, today: date, found: Measured) -> Event | None:
    # What a person just cleared is not found again by a machine before it could be mended.
    if found in FOUND and (of.cleared_at is None or now >= of.cleared_at + MENDING):
        return Event.warn
    return _reminder(of, today)


def _of_warned(of: Standing, now: datetime, today: date, found: Measured) -> Event | None:
    if found is Measured.kept:
        return Event.recover
    if found is Measured.another:
        return Event.warn
    if found is Measured.failing and of.warned_at is not None and now >= of.warned_at + MENDING:
        return Event.suspend
    return _reminder(of, today)


def _of_suspended(_of: Standing, _now: datetime, _today: date, found: Measured) -> Event | None:
    return Event.recover if found is Measured.kept else None


def _of_appealed(of: Standing, now: datetime, _today: date, _found: Measured) -> Event | None:
    return Event.lift if of.appeal_due_at is not None and now >= of.appeal_due_at else None


def _reminder(of: Standing, today: date) -> Event | None:
    is_near = today >= renewable_from(of.ends_on)
    return Event.remind if is_near and of.reminded_at is None else None


STEPS = {
    State.valid: _of_valid,
    State.warned: _of_warned,
    State.suspended: _of_suspended,
    State.appealed: _of_appealed,
}
