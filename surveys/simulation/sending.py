"""The attempts of a replay: what the gate lets leave, when, and what an answer or time takes back.

The rules of the gate and of the recovery, which are SQL, are written here a second time; planning again and
the desk's calls are by their own pure functions. What leaves does so as soon as its window opens and the cap
allows it: no carrier is late, no channel is held, no budget of a day is spent. A call is picked up only by
those who are assumed to answer. Nothing takes the place of a number or an address found dead meanwhile.
"""

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from quality.directory.geography import zone_of
from surveys.desk.ending.outcomes import OUTCOMES, Code, next_call
from surveys.desk.queueing.spreading import Parts, spread
from surveys.protocol.calendar import Slot, Window, day_part
from surveys.protocol.definition import Audience, Channel, Protocol
from surveys.protocol.occasion import draw
from surveys.protocol.planning import PlannedAttempt, replan
from surveys.simulation.memory import Memory

Line = tuple[UUID, UUID, Channel, Audience]
DEAD_ENDPOINT = "dead_endpoint"
TOGETHER = timedelta(hours=1)  # messages due within it are one, as the gate has it


@dataclass(slots=True)
class TriedInvitation:
    """One visit asked about, with the attempts it was given."""

    visit: UUID
    provider: UUID
    client: UUID
    person: UUID
    departement: str
    audience: Audience
    contact_cap: int
    attempts: list["Attempt"] = field(default_factory=list)
    parts: Parts = field(default_factory=Parts)


@dataclass(slots=True)
class Attempt:
    """One message or call of a request; `outcome` is empty while it waits."""

    invitation: TriedInvitation
    planned: PlannedAttempt
    endpoint: UUID
    opens_at: datetime
    closes_at: datetime
    departement: str
    outcome: str = ""
    sent_at: datetime | None = None

    @property
    def channel(self) -> Channel:
        return self.planned.channel

    @property
    def give_up_at(self) -> datetime:
        return self.planned.give_up_at

    @property
    def waits(self) -> bool:
        return not self.outcome


@dataclass(frozen=True, slots=True)
class Contact:
    """One message or call that left, at the hour of `departement`; a call may be made until `closes_at`."""

    at: datetime
    closes_at: datetime
    channel: Channel
    visit: UUID
    provider: UUID
    client: UUID
    departement: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that the assumptions foresee."""

    visit: UUID
    provider: UUID
    client: UUID
    channel: Channel


def answers(visit: UUID, planned: PlannedAttempt, rate: float) -> bool:
    """Say whether somebody answers one message or call: the same draw whenever it is asked.

    >>> from datetime import timedelta
    >>> at = datetime(2026, 11, 24, tzinfo=UTC)
    >>> call = PlannedAttempt(3, 1, Channel.PHONE, "call", at, at, at + timedelta(days=1))
    >>> answers(UUID(int=1), call, 0.0), answers(UUID(int=1), call, 1.0)
    (False, True)
    """
    return draw(f"answer {planned.channel} {planned.step} {planned.try_number}".encode(), visit) < rate


class Sending:
    """The queue of what is planned, in the order of time."""

    def __init__(self, memory: Memory, protocol: Protocol, rates: Mapping[Channel, float]) -> None:
        self._memory, self._protocol, self._rates = memory, protocol, rates
        self._queue: list[tuple[datetime, bool, int, Attempt]] = []
        self._order = count()
        self.contacts: list[Contact] = []
        self.answers: list[Answer] = []
        self.lost: Counter[str] = Counter()
        self._left: dict[Line, tuple[UUID, datetime]] = {}

    def add(
        self,
        invitation: TriedInvitation,
        planned: Sequence[PlannedAttempt],
        endpoints: Mapping[Channel, UUID],
    ) -> None:
        for each in planned:
            endpoint = endpoints[each.channel]
            place = invitation.departement
            invitation.attempts.append(
                Attempt(invitation, each, endpoint, each.opens_at, each.closes_at, place)
            )
        for attempt in invitation.attempts:
            self._wait(attempt, attempt.opens_at)

    def until(self, end: datetime | None) -> None:
        """Let everything due before an instant happen; without one, everything."""
        while self._queue and (end is None or self._queue[0][0] < end):
            now, _, _, attempt = heapq.heappop(self._queue)
            if attempt.waits and now >= attempt.opens_at:
                self._try(attempt, now)

    def _wait(self, attempt: Attempt, until: datetime) -> None:
        heapq.heappush(self._queue, (until, attempt.channel is Channel.PHONE, next(self._order), attempt))

    def _try(self, attempt: Attempt, now: datetime) -> None:
        why = self._withdrawn(attempt, now)
        if why:
            self._settle(attempt, why)
        elif now >= attempt.closes_at or self._has_moved(attempt):
            self._reschedule(attempt, now)
        elif self._is_held(attempt, now):
            self._wait(attempt, attempt.closes_at)
        elif (free_at := self._free_at(attempt)) and free_at > now:
            self._wait(attempt, min(free_at, attempt.closes_at))
        elif self._left_with_another(attempt):
            self._settle(attempt, "merged")
        elif not self._is_spread(attempt, now):
            self._leave(attempt, now)

    # ---- what keeps an attempt from leaving ----

    def _withdrawn(self, attempt: Attempt, now: datetime) -> str:
        """Tell why an attempt will never leave, as the recovery does."""
        invitation, standing = attempt.invitation, self._memory.standing[attempt.invitation.client]
        if standing.contact == "no":
            return "contact_no"
        if self._has_refused(attempt, now):
            return "refused"
        if standing.status == "deceased" or self._memory.died(invitation.person, now):
            return "deceased"
        if self._memory.is_dead(attempt.endpoint, now):
            return DEAD_ENDPOINT
        return "late" if any(_overtakes(other, attempt, now) for other in invitation.attempts) else ""

    def _has_refused(self, attempt: Attempt, now: datetime) -> bool:
        invitation = attempt.invitation
        is_own = invitation.audience is Audience.CLIENT and self._memory.refused(invitation.person, now)
        return is_own or self._memory.is_shut(attempt.endpoint, now)

    def _free_at(self, attempt: Attempt) -> datetime | None:
        invitation = attempt.invitation
        return self._memory.free_at(invitation.person, attempt.endpoint, invitation.contact_cap)

    def _left_with_another(self, attempt: Attempt) -> bool:
        """Tell whether a message about another visit left for the same person while this one was due."""
        visit, at = self._left.get(_line(attempt), (attempt.invitation.visit, attempt.opens_at))
        is_other = visit != attempt.invitation.visit and at >= attempt.opens_at - TOGETHER
        return is_other and attempt.channel is not Channel.PHONE

    def _has_moved(self, attempt: Attempt) -> bool:
        return self._memory.standing[attempt.invitation.client].departement != attempt.departement

    def _is_held(self, attempt: Attempt, now: datetime) -> bool:
        """Tell whether the client is away or has a complaint open: it may pass before the window ends."""
        client = attempt.invitation.client
        standing = self._memory.standing[client]
        since = standing.status_since
        is_away = standing.status != "active" and (since is None or since <= now.astimezone(UTC).date())
        return is_away or self._memory.complains(client, now)

    def _reschedule(self, attempt: Attempt, now: datetime) -> None:
        invitation = attempt.invitation
        attempt.departement = self._memory.standing[invitation.client].departement
        gone = [other.sent_at for other in invitation.attempts if other.sent_at is not None]
        slot = replan(attempt, attempt.departement, self._window(attempt), now, max(gone, default=None))
        self._move(attempt, slot)

    def _move(self, attempt: Attempt, slot: Slot | None) -> None:
        """Give an attempt another stretch; without one left it is over."""
        if slot is None:
            self._settle(attempt, "window_over")
            return
        attempt.opens_at, attempt.closes_at = slot.opens_at, slot.closes_at
        self._wait(attempt, slot.opens_at)

    def _window(self, attempt: Attempt) -> Window:
        return self._protocol.window(attempt.channel, attempt.invitation.audience)

    def _settle(self, attempt: Attempt, outcome: str) -> None:
        attempt.outcome = outcome
        self.lost[outcome] += 1

    # ---- leaving ----

    def _leave(self, attempt: Attempt, now: datetime) -> None:
        invitation = attempt.invitation
        attempt.outcome, attempt.sent_at = "sent", now
        self._memory.count(invitation.person, attempt.endpoint, now)
        self._left[_line(attempt)] = (invitation.visit, now)
        whom = (invitation.visit, invitation.provider, invitation.client, attempt.departement)
        self.contacts.append(Contact(now, attempt.closes_at, attempt.channel, *whom))
        if answers(invitation.visit, attempt.planned, self._rates.get(attempt.channel, 0.0)):
            self.answer(invitation, attempt.channel)
        elif attempt.channel is Channel.PHONE:
            self._call_again(attempt, now)

    def answer(self, invitation: TriedInvitation, channel: Channel) -> None:
        """Take an answer in: what is still to come of its request is withdrawn, and of no other."""
        self.answers.append(Answer(invitation.visit, invitation.provider, invitation.client, channel))
        for other in invitation.attempts:
            if other.waits:
                self._settle(other, "answered")

    def _is_spread(self, attempt: Attempt, now: datetime) -> bool:
        """Put a call off to the part of the day that was tried less, as the desk does before it calls."""
        invitation = attempt.invitation
        part = day_part(now, zone_of(attempt.departement))
        if attempt.channel is not Channel.PHONE or not invitation.parts.is_uneven(part):
            return False
        slot = spread(now, attempt.departement, self._window(attempt), attempt.give_up_at, invitation.parts)
        if slot is None or slot.opens_at <= now:
            return False
        self._move(attempt, slot)
        return True

    def _call_again(self, attempt: Attempt, now: datetime) -> None:
        """Leave the next call where the protocol planned it, or later, after one that nobody picked up."""
        invitation = attempt.invitation
        invitation.parts = invitation.parts.after(day_part(now, zone_of(attempt.departement)))
        waiting = [each for each in invitation.attempts if each.waits and each.channel is Channel.PHONE]
        if not waiting:
            return
        following = min(waiting, key=lambda each: each.opens_at)
        slot = next_call(
            OUTCOMES[Code.no_answer],
            now,
            attempt.departement,
            self._window(following),
            following.give_up_at,
            tries=invitation.parts,
            after=following.opens_at,
        )
        if slot is None or slot.opens_at != following.opens_at:
            self._move(following, slot)


def _line(attempt: Attempt) -> Line:
    invitation = attempt.invitation
    return (invitation.person, attempt.endpoint, attempt.channel, invitation.audience)


def _overtakes(other: Attempt, attempt: Attempt, now: datetime) -> bool:
    """Tell whether a later step has left, or is due."""
    if _rank(other) <= _rank(attempt):
        return False
    return other.sent_at is not None or (other.waits and other.opens_at <= now < other.give_up_at)


def _rank(attempt: Attempt) -> tuple[int, int]:
    return attempt.planned.step, attempt.planned.try_number
