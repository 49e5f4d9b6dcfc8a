"""Every attempt of an invitation, planned up front: which channel, in which hours, until when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import compress
from typing import Protocol as Shape

from quality.directory.geography import zone_of
from surveys.protocol.calendar import ONE_DAY, Slot, Window, day_part, midnight, next_slot
from surveys.protocol.definition import Audience, Channel, Protocol, Step, When

CHANNELS = (Channel.SMS, Channel.EMAIL, Channel.PHONE)
WRITING = (Channel.SMS, Channel.EMAIL)
# Steps are planned a day apart. One that left late, after an outage, holds the next back for most of a day; a
# carrier that was some hours late does not.
LEAST_APART = timedelta(hours=20)
LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Base:
    """The two instants from which delays run: the end of the intervention and the arrival of its line."""

    ended_at: datetime
    received_at: datetime

    @property
    def at(self) -> datetime:
        return max(self.ended_at, self.received_at)


@dataclass(frozen=True, slots=True)
class Reach:
    """How somebody can be reached, and what they prefer; a mobile counts as a phone too.

    `first` is the channel that chance drew to begin with, in an experiment.
    """

    sms: bool
    email: bool
    phone: bool
    preference: str | None = None
    audience: str = Audience.CLIENT
    first: Channel | None = None

    @property
    def channels(self) -> tuple[Channel, ...]:
        has = (self.sms, self.email, self.phone)
        return tuple(compress(CHANNELS, has))


@dataclass(frozen=True, slots=True)
class PlannedAttempt:
    """One message or call to come; `step` counts the steps from 1, `try_number` the calls of one."""

    step: int
    try_number: int
    channel: Channel
    template: str
    opens_at: datetime
    closes_at: datetime
    give_up_at: datetime


@dataclass(frozen=True, slots=True)
class Past:
    """What came of a request so far, when the rest of it is planned again for other ways to reach somebody.

    Nobody is asked again by the steps that `begun`, nor by one before `last`, the latest that left or goes
    on. `was_meant` when a message was planned for them, `was_written` when one may have arrived; `contacts`
    count under the cap, the calls to come of a step that goes on included.
    """

    begun: frozenset[int] = frozenset()
    last: int = 0
    was_meant: bool = False
    was_written: bool = False
    contacts: int = 0
    last_contact_at: datetime | None = None
    closes_at: datetime | None = None


NEW = Past()


class Missed(Shape):
    """What replanning reads of an attempt, stored or planned."""

    @property
    def opens_at(self) -> datetime: ...
    @property
    def give_up_at(self) -> datetime: ...


def closing_at(base: Base, departement: str, protocol: Protocol) -> datetime:
    """Give the instant at which an invitation closes.

    Delays run from the later of the end of the visit and its arrival, so a late file still gets its steps;
    the invitation closes `closes_after_days` after that day, and never later than `max_lateness_days` after
    the day of the visit itself: nobody is asked about an old visit, however late its file. Days are local
    and whole: J+10 is the end of the tenth day after. With 10 and 10 (`default`) this is the end of J+10 of
    the visit, when a period becomes releasable.

    >>> from datetime import UTC
    >>> from surveys.protocol.definition import load
    >>> ended = datetime(2026, 11, 3, 9, tzinfo=UTC)
    >>> closing_at(Base(ended, ended + timedelta(days=6)), "34", load("default")).isoformat()
    '2026-11-13T23:00:00+00:00'
    """
    return min(
        midnight(base.at, departement, protocol.closes_after_days + 1),
        midnight(base.ended_at, departement, protocol.max_lateness_days + 1),
    )


@lru_cache(1024)
def steps_for(reach: Reach, protocol: Protocol, past: Past = NEW) -> tuple[tuple[int, Step], ...]:
    """Give the numbered steps that apply to somebody; none means that the protocol cannot reach them.

    A preferred channel that they have is the only one used; else an SMS before an e-mail, and calls. Who was
    drawn to begin by a channel is asked like those whom only it reaches, and calls. The
    steps for those who are written to, or are not, stay what they are once one of them began.
    """
    channels = _channels(reach)
    offered = {step.channel for step in protocol.steps}
    written = next((channel for channel in WRITING if channel in channels and channel in offered), None)
    usable = {written, Channel.PHONE if Channel.PHONE in channels else None}
    when = {When.ALWAYS, _side(protocol, past, is_written=past.was_written or written is not None)}
    numbered = enumerate(protocol.steps, start=1)
    return tuple(
        (n, step)
        for n, step in numbered
        if step.channel in usable and step.when in when and n > past.last and n not in past.begun
    )


def _channels(reach: Reach) -> tuple[Channel, ...]:
    if reach.preference in reach.channels:
        return (Channel(reach.preference),)
    if reach.first in reach.channels:
        return tuple(channel for channel in reach.channels if channel in {reach.first, Channel.PHONE})
    return reach.channels


def _side(protocol: Protocol, past: Past, *, is_written: bool) -> When:
    sides = (protocol.steps[number - 1].when for number in sorted(past.begun))
    begun = next((side for side in sides if side is not When.ALWAYS), None)
    return begun or (When.WRITTEN if is_written else When.UNWRITTEN)


@lru_cache(8192)  # what is decided is planned, then planned again when it is asked
def plan(
    base: Base, departement: str, reach: Reach, protocol: Protocol, now: datetime, *, past: Past = NEW
) -> tuple[PlannedAttempt, ...]:
    """Plan every attempt, in order, at least a day apart and never more than the protocol's cap.

    A step without a window left is dropped, and so is a reminder of nothing. With a `past`, only what is left
    of a request is planned: the steps that did not begin, within its own closing date.

    >>> from datetime import UTC
    >>> from surveys.protocol.definition import load
    >>> ended = datetime(2026, 11, 3, 9, tzinfo=UTC)
    >>> reach = Reach(sms=True, email=False, phone=True)
    >>> for attempt in plan(Base(ended, ended), "34", reach, load("default"), ended):
    ...     print(attempt.channel, attempt.template, attempt.opens_at.isoformat())
    sms opening 2026-11-03T13:00:00+00:00
    sms reminder 2026-11-05T09:00:00+00:00
    phone call 2026-11-06T09:00:00+00:00
    phone call 2026-11-09T13:00:00+00:00
    """
    closing = min(closing_at(base, departement, protocol), past.closes_at or LATEST)
    if closing <= now:
        return ()
    planned: list[PlannedAttempt] = []
    contacted_at = past.last_contact_at
    for number, step in steps_for(reach, protocol, past):
        if step.reminds and not (past.was_meant or any(each.channel in WRITING for each in planned)):
            continue
        give_up_at = _give_up_at(step, base, departement, closing)
        window = protocol.window(step.channel, Audience(reach.audience))
        start = max(_start(step, base, departement), now)
        if contacted_at is not None:
            start = max(start, contacted_at + ONE_DAY)
        for try_number, slot in enumerate(_tries(step, start, departement, window, give_up_at), start=1):
            planned.append(_attempt(number, try_number, step, slot, give_up_at))
            contacted_at = slot.opens_at
    return tuple(planned[: max(0, protocol.contact_cap - past.contacts)])


def replan(
    attempt: Missed,
    departement: str,
    window: Window,
    now: datetime,
    last_contact_at: datetime | None = None,
) -> Slot | None:
    """Give the next slot of an attempt whose window was missed; None is final.

    >>> from datetime import UTC, time
    >>> window = Window(frozenset({1, 2, 3, 4, 5}), ((time(10), time(13)),))
    >>> missed = PlannedAttempt(1, 1, Channel.SMS, "opening", datetime(2026, 11, 3, 9, tzinfo=UTC),
    ...     datetime(2026, 11, 3, 12, tzinfo=UTC), datetime(2026, 11, 4, 23, tzinfo=UTC))
    >>> replan(missed, "34", window, datetime(2026, 11, 3, 15, tzinfo=UTC)).opens_at.isoformat()
    '2026-11-04T09:00:00+00:00'
    >>> replan(missed, "34", window, datetime(2026, 11, 4, 15, tzinfo=UTC)) is None
    True
    """
    after = max(now, attempt.opens_at)
    if last_contact_at is not None:
        after = max(after, last_contact_at + ONE_DAY)
    return next_slot(after, departement, window, attempt.give_up_at)


def _start(step: Step, base: Base, departement: str) -> datetime:
    if step.delay_days is not None:
        return max(base.at, midnight(base.at, departement, step.delay_days))
    return base.at + timedelta(hours=step.delay_hours or 0)


def _give_up_at(step: Step, base: Base, departement: str, closing: datetime) -> datetime:
    if step.give_up_after_days is None:
        return closing
    return min(closing, midnight(base.at, departement, step.give_up_after_days + 1))


def _attempt(number: int, try_number: int, step: Step, slot: Slot, give_up_at: datetime) -> PlannedAttempt:
    return PlannedAttempt(
        step=number,
        try_number=try_number,
        channel=step.channel,
        template=step.template,
        opens_at=slot.opens_at,
        closes_at=slot.closes_at,
        give_up_at=give_up_at,
    )


def _tries(step: Step, start: datetime, departement: str, window: Window, until: datetime) -> Iterator[Slot]:
    """Give the slots of one step: each a day after the one before, in the other part of the day."""
    zone = zone_of(departement)
    slot = next_slot(start, departement, window, until)
    for _ in range(step.attempts):
        if slot is None:
            return
        yield slot
        part = day_part(slot.opens_at, zone)
        slot = next_slot(slot.opens_at + ONE_DAY, departement, window, until)
        while slot is not None and day_part(slot.opens_at, zone) == part:
            slot = next_slot(slot.closes_at, departement, window, until)
