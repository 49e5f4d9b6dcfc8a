"""Visits replayed through a protocol, decided when they arrive and asked when the protocol says (pure).

Decisions and plans are those of the engine; `memory` stands for the database and `sending` for its workers.
With nobody answering, a request goes through its steps until what the gate obeys stops it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from uuid import UUID

import msgspec

from surveys.protocol.choosing_questions import Moment
from surveys.protocol.deciding import Decided, decide_all
from surveys.protocol.definition import Audience, Channel, Protocol, stored
from surveys.protocol.known import Known, protocol_of
from surveys.protocol.ledger import Row
from surveys.protocol.occasion import Reason
from surveys.protocol.planning import Base, closing_at, plan
from surveys.protocol.requesting import local_day
from surveys.protocol.strata import quarter_of
from surveys.simulation.memory import Memory
from surveys.simulation.sending import Answer, Contact, Sending
from surveys.simulation.source import Source
from surveys.simulation.tried import TriedInvitation

SOMETHING = UUID(int=1)


@dataclass(frozen=True, slots=True)
class Trial:
    """A protocol to try on every visit, and who is assumed to answer, by channel, out of those contacted."""

    protocol: Protocol
    rates: Mapping[Channel, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ruled:
    """One visit with its decision."""

    visit: UUID
    provider: UUID
    asked: bool
    reason: Reason


@dataclass(frozen=True, slots=True)
class Replayed:
    """All that came of a replay; `lost` counts the messages and calls that never left, by reason."""

    ruled: Sequence[Ruled]
    contacts: Sequence[Contact]
    answers: Sequence[Answer]
    lost: Mapping[str, int]


@dataclass(slots=True)
class Course:
    """A replay as it goes: what is remembered, what is queued, what was decided."""

    memory: Memory
    known: Known
    protocol: Protocol
    sending: Sending
    ruled: list[Ruled] = field(default_factory=list)

    def take(self, arriving: Iterable[Row], now: datetime) -> None:
        """Decide the visits that arrived, quarter by quarter, and plan what is asked."""
        visits = [visit | TRIED for visit in arriving]
        self.memory.arrive(visits)
        for client in dict.fromkeys(visit["client_id"] for visit in visits):
            self.sending.look_again(client, now)
        held = [visit for visit in visits if visit["status"] != "planned" and visit["ended_at"] is not None]
        for _, of_quarter in groupby(sorted(held, key=_order), key=_quarter):
            decided = _decide(list(of_quarter), self.memory, self.known, now)
            self.ruled += [_ruled(each) for each in decided]
            for each in decided:
                if each.decision.asked:
                    protocol = self.protocol.capped_for(self.memory.traits_of(each.visit))
                    _ask(each, self.sending, protocol, now)


def _unheard(_number: int) -> None:
    """Nobody waits to hear how far a replay is."""


def replay(source: Source, trial: Trial, told: Callable[[int], None] = _unheard) -> Replayed:
    """Let the visits arrive one instant after the other; decide them, then let what is due leave.

    `told` hears how many visits each instant brought, once they are decided.
    """
    memory = Memory(source)
    known, protocol = known_of(source, trial)
    sending = Sending(memory, protocol, trial.rates)
    course = Course(memory, known, protocol, sending)
    for now, together in groupby(source.visits, key=itemgetter("arrived_at")):
        arriving = list(together)
        sending.until(now)
        course.take(arriving, now)
        told(len(arriving))
    sending.until(None)
    return Replayed(course.ruled, sending.contacts, sending.answers, sending.lost)


# Whatever protocol its provider follows today, a visit goes through the one that is tried.
_NAME = "tried"
TRIED = {"protocol": _NAME, "platform_protocol": _NAME}


def _quarter(visit: Row) -> str:
    return quarter_of(local_day(visit))


def _order(visit: Row) -> tuple[str, datetime, UUID]:
    return _quarter(visit), visit["ended_at"], visit["id"]


def known_of(source: Source, trial: Trial) -> tuple[Known, Protocol]:
    """Give what every decision reads, and the protocol as the platform applies it."""
    definition = msgspec.json.encode(stored(trial.protocol)).decode()
    known = Known(
        now=datetime.min,  # noqa: DTZ901 - replaced at each instant
        endpoints={},
        asked={},
        protocols={(source.platform, _NAME): {"id": SOMETHING, "definition": definition}},
        questionnaires={source.platform: {Moment.VISIT: SOMETHING}},
        strata={},
        closed={source.platform: source.closed},
        mode_seeds={} if source.mode_seed is None else {source.platform: source.mode_seed},
    )
    if not source.visits:
        return known, trial.protocol
    return known, protocol_of(source.visits[0] | TRIED, known)


def _decide(visits: Sequence[Row], memory: Memory, known: Known, now: datetime) -> list[Decided]:
    told = [memory.told(visit, now) for visit in visits]
    decided = decide_all(told, known_at(known, told, memory, now))
    memory.decided(decided)
    return decided


def known_at(known: Known, told: Sequence[Row], memory: Memory, now: datetime) -> Known:
    """Give what the decisions of one instant read, of the people of these visits only."""
    people = {visit["person_id"] for visit in told}
    return replace(
        known,
        now=now,
        endpoints=memory.endpoints_of(told, now),
        asked={person: memory.asked[person] for person in people if person in memory.asked},
        strata=memory.strata_of(told),
        traits={visit["id"]: memory.traits_of(visit) for visit in told},
    )


def _ruled(each: Decided) -> Ruled:
    return Ruled(each.visit["id"], each.visit["provider_id"], each.decision.asked, each.decision.reason)


def _ask(each: Decided, sending: Sending, protocol: Protocol, now: datetime) -> None:
    visit, reach = each.visit, each.line.reach
    base = Base(visit["ended_at"], visit["arrived_at"])
    planned = plan(base, visit["departement"], reach, protocol, now)
    invitation = TriedInvitation(
        visit["id"],
        visit["provider_id"],
        visit["client_id"],
        visit["person_id"],
        visit["departement"],
        Audience(reach.audience),
        protocol.contact_cap,
        base,
        closing_at(base, visit["departement"], protocol),
        arm=each.line.arm,
    )
    sending.add(invitation, planned, {channel: end.id for channel, end in each.line.endpoints.items()})
