"""The ladder: given how a complaint stands and the time, what falls due, and who has the hand then (pure).

A provider has until 18:00 of the last working day, where the client lives, to take a complaint in charge;
then the platform takes over, as when the complaint is contested or no solution comes. At the alert the
hand goes to the funder if the client agrees, else to the mediator. Each step is taken once in each round.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from quality.complaints.delays import evening
from quality.directory.geography import zone_of
from quality.directory.holidays import working_day, working_day_before

SILENCE = timedelta(days=10)
UNASKED = timedelta(days=10)  # after the day of the question: no message and no call has asked it
FUNDER_ANSWERS = timedelta(days=15)
HANDLED_WITHIN = timedelta(hours=24)
MORNING = time(9)
FIRST_ROUND = 1


class Kind(StrEnum):
    """What falls due, as `complaint_notice.kind` names it; ≤ 11 letters when it is about one of several."""

    opened = "opened"
    remind_reply = "remind_reply"
    ack_overdue = "ack_overdue"
    contested = "contested"
    remind_solution = "remind_solution"
    solution_late = "solution_late"
    to_funder = "to_funder"
    to_mediator = "to_mediator"
    to_platform = "to_platform"
    reopened = "reopened"
    unasked = "unasked"
    silence = "silence"
    unreached = "unreached"
    serious = "serious"
    serious_late = "serious_late"
    message = "message"
    promised = "promised"
    unconfirmed = "unconfirmed"
    declined = "declined"
    broken = "broken"
    transmitted = "transmitted"
    answered = "answered"
    funder_late = "funder_late"


ALERTS = (Kind.to_funder, Kind.to_mediator, Kind.to_platform)


@dataclass(frozen=True, slots=True)
class Step:
    """One step to take: `subject` is the promise, the message or the transmission that it is about."""

    kind: Kind
    round: int
    subject: UUID | None = None

    @property
    def notice(self) -> str:
        """Name the notice that keeps the step from being taken twice; the end of a UUIDv7 is its random part.

        >>> Step(Kind.broken, 1, UUID("01a19467-e800-7000-8000-0123456789ab")).notice
        'broken-0123456789ab'
        """
        return f"{self.kind}-{self.subject.hex[-12:]}" if self.subject else self.kind.value


@dataclass(frozen=True, slots=True)
class Promise:
    """What the ladder reads of a promise."""

    id: UUID
    state: str
    made_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Transmission:
    """What the ladder reads of what a funder was told."""

    id: UUID
    is_answered: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """How a complaint stands; `told` gives the instant of each notice by its name and round."""

    state: str
    disclosure: str
    holder: str
    position: str | None
    departement: str
    round: int
    opened_at: datetime
    acknowledge_due_at: datetime
    solution_due_at: datetime
    alert_due_at: datetime
    verdict_due_at: datetime | None = None
    verdict_asked_at: datetime | None = None
    is_serious: bool = False
    is_shared: bool = True
    handled_at: datetime | None = None
    unreached_at: datetime | None = None
    funder_consent: bool = False
    has_funder: bool = False
    has_mediator: bool = False
    told: Mapping[tuple[str, int], datetime]
    promises: tuple[Promise, ...] = ()
    messages: tuple[UUID, ...] = ()
    transmissions: tuple[Transmission, ...] = ()

    @property
    def is_alive(self) -> bool:
        return self.state in {"opened", "acknowledged", "remedied"}

    @property
    def is_unsolved(self) -> bool:
        return self.state in {"opened", "acknowledged"}

    @property
    def is_known(self) -> bool:
        """Say whether the provider knows of the complaint: nothing is due from it before."""
        return self.disclosure != "call_first" and self.is_shared


def due_steps(facts: Facts, now: datetime) -> tuple[Step, ...]:
    """Give the steps that have fallen due and were not taken, in the order in which to take them."""
    return tuple(step for step in _fallen(facts, now) if (step.notice, step.round) not in facts.told)


def next_step_at(facts: Facts, now: datetime) -> datetime | None:
    """Give the instant before which nothing more falls due, if nothing else happens; None when nothing can.

    It may be early, never late: each instant to which a rule above compares the time is among `_turns`.
    """
    return min((at for at in _turns(facts) if at >= now), default=None)


def _turns(facts: Facts) -> Iterator[datetime]:
    """Give the instants at which the passing of time alone can make a step fall due."""
    for promise in facts.promises:
        yield promise.due_at
        yield confirmation_due(promise.made_at, facts.departement)
    for sent in facts.transmissions:
        yield sent.at + FUNDER_ANSWERS
    if not facts.is_alive:
        return
    yield _opening(facts)
    yield facts.opened_at + HANDLED_WITHIN
    for due_at in (facts.acknowledge_due_at, facts.solution_due_at):
        yield _morning(_reminder_day(facts, due_at), facts.departement)
        yield due_at
    yield facts.alert_due_at
    if facts.verdict_due_at:
        yield facts.verdict_due_at + UNASKED
    if facts.verdict_asked_at:
        yield facts.verdict_asked_at + SILENCE


def _fallen(facts: Facts, now: datetime) -> Iterator[Step]:
    yield from _about_others(facts, now)
    if facts.is_alive and facts.is_serious:
        yield from _serious(facts, now)
    if facts.is_alive and facts.is_known:
        yield from _climbing(facts, now)
        yield from _promised(facts, now)
    if facts.is_alive and facts.disclosure == "call_first":
        yield from _unreached(facts, now)
    if facts.state == "remedied":
        yield from _awaiting_verdict(facts, now)


def _about_others(facts: Facts, now: datetime) -> Iterator[Step]:
    """Give what is told whatever the state: a client's message, a funder's answer, a promise not kept."""
    for message in facts.messages:
        yield Step(Kind.message, FIRST_ROUND, message)
    for sent in facts.transmissions:
        yield Step(Kind.transmitted, FIRST_ROUND, sent.id)
        if sent.is_answered:
            yield Step(Kind.answered, FIRST_ROUND, sent.id)
        elif facts.is_unsolved and facts.holder == "funder" and now >= sent.at + FUNDER_ANSWERS:
            yield Step(Kind.funder_late, FIRST_ROUND, sent.id)
    for promise in facts.promises:
        if promise.state in {"promised", "confirmed", "broken"} and now > promise.due_at:
            yield Step(Kind.broken, FIRST_ROUND, promise.id)


def _serious(facts: Facts, now: datetime) -> Iterator[Step]:
    yield Step(Kind.serious, FIRST_ROUND)
    if facts.handled_at is None and now >= facts.opened_at + HANDLED_WITHIN:
        yield Step(Kind.serious_late, FIRST_ROUND)


def _climbing(facts: Facts, now: datetime) -> Iterator[Step]:
    if facts.round > FIRST_ROUND:
        yield Step(Kind.reopened, facts.round)
    elif now >= _opening(facts):
        yield Step(Kind.opened, facts.round)
    if facts.state == "opened":
        yield from _awaiting_reply(facts, now)
    if facts.position == "contested" and facts.is_unsolved:
        yield Step(Kind.contested, facts.round)
    if facts.is_unsolved:
        yield from _awaiting_solution(facts, now)


def _awaiting_verdict(facts: Facts, now: datetime) -> Iterator[Step]:
    """Give what ends a remedied complaint, even one hidden from its provider: a silence, asked or not."""
    if facts.verdict_asked_at is None:
        if facts.verdict_due_at and now >= facts.verdict_due_at + UNASKED:
            yield Step(Kind.unasked, facts.round)
    elif now >= facts.verdict_asked_at + SILENCE:
        yield Step(Kind.silence, facts.round)


def _unreached(facts: Facts, now: datetime) -> Iterator[Step]:
    """Give what follows a call that was to come first and reached nobody, or never came: somebody decides."""
    if facts.unreached_at is not None or now > facts.alert_due_at:
        yield Step(Kind.unreached, facts.round)


def _awaiting_reply(facts: Facts, now: datetime) -> Iterator[Step]:
    if now > facts.acknowledge_due_at:
        yield Step(Kind.ack_overdue, facts.round)
    elif _is_time_to_remind(facts, facts.acknowledge_due_at, now):
        yield Step(Kind.remind_reply, facts.round)


def _awaiting_solution(facts: Facts, now: datetime) -> Iterator[Step]:
    is_beyond = facts.holder in {"funder", "mediator"}
    if now > facts.solution_due_at:
        if not is_beyond:
            yield Step(Kind.solution_late, facts.round)
    elif facts.position != "contested" and _is_time_to_remind(facts, facts.solution_due_at, now):
        yield Step(Kind.remind_solution, facts.round)
    was_raised = any((kind.value, facts.round) in facts.told for kind in ALERTS)
    if now > facts.alert_due_at and not (is_beyond or was_raised):
        yield Step(_beyond(facts), facts.round)


def _beyond(facts: Facts) -> Kind:
    """Name who has the hand after the platform: a funder once, and only with the client's consent."""
    if facts.funder_consent and facts.has_funder and not facts.transmissions:
        return Kind.to_funder
    return Kind.to_mediator if facts.has_mediator else Kind.to_platform


def _promised(facts: Facts, now: datetime) -> Iterator[Step]:
    for promise in facts.promises:
        if promise.state == "promised":
            yield Step(Kind.promised, FIRST_ROUND, promise.id)
            if now > confirmation_due(promise.made_at, facts.departement):
                yield Step(Kind.unconfirmed, FIRST_ROUND, promise.id)
        elif promise.state == "refused":
            yield Step(Kind.declined, FIRST_ROUND, promise.id)


def confirmation_due(made_at: datetime, departement: str) -> datetime:
    """Give the evening by which a provider confirms what was promised in its name: the next working day's.

    >>> confirmation_due(datetime(2026, 11, 27, 16, tzinfo=UTC), "34").isoformat()
    '2026-11-30T17:00:00+00:00'
    """
    return evening(working_day(_local(made_at, departement), 1, departement), departement)


def _opening(facts: Facts) -> datetime:
    """Say when a provider is told: without a name the hour would tell who has just answered."""
    if facts.disclosure == "named":
        return facts.opened_at
    first = working_day(_local(facts.opened_at, facts.departement), 1, facts.departement)
    return _morning(first, facts.departement)


def _is_time_to_remind(facts: Facts, due_at: datetime, now: datetime) -> bool:
    """Say whether it is the morning of the working day before, and the provider was told before that."""
    kind = Kind.reopened if facts.round > FIRST_ROUND else Kind.opened
    since = facts.told.get((kind.value, facts.round))
    at = _morning(_reminder_day(facts, due_at), facts.departement)
    return since is not None and since < at <= now


def _reminder_day(facts: Facts, due_at: datetime) -> date:
    """Give the working day before; without a name, as a day would tell too much, the week's first one."""
    due_on = _local(due_at, facts.departement)
    if facts.disclosure == "named":
        return working_day_before(due_on, facts.departement)
    sunday = due_on - timedelta(days=due_on.isoweekday())
    return working_day(sunday, 1, facts.departement)


def _local(at: datetime, departement: str) -> date:
    return at.astimezone(zone_of(departement)).date()


def _morning(day: date, departement: str) -> datetime:
    return datetime.combine(day, MORNING, zone_of(departement)).astimezone(UTC)
