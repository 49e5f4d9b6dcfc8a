"""The attempts of a replay: what the gate lets leave, when, and what an answer or time takes back.

The rules of the gate and of the recovery, which are SQL, are written here a second time; planning again and
the desk's calls are by their own pure functions. What leaves does so as soon as its window opens and the cap
allows it: no carrier is late, no channel is held, no budget of a day is spent. A call is picked up only by
those who are assumed to answer. What is written to a number or an address to which messages are found to fail
before the request closes reached nobody, though that telephone may ring. A call to a number that is found to
be somebody else's finds it at once, as an agent does, and is made at the next number, if there is one. From
then on what is left goes round it by the engine's own rule, as it does once a line tells other numbers.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from quality.directory.geography import zone_of
from surveys.desk.ending.outcomes import OUTCOMES, Code, next_call
from surveys.desk.queueing.spreading import spread
from surveys.protocol.calendar import Slot, Window, day_part
from surveys.protocol.definition import Audience, Channel, Protocol
from surveys.protocol.ledger import Row
from surveys.protocol.occasion import draw
from surveys.protocol.planning import LEAST_APART, PlannedAttempt, replan
from surveys.simulation.memory import Death, Memory
from surveys.simulation.tried import (
    SENT,
    UNDELIVERED,
    WINDOW_OVER,
    WRONG_NUMBER,
    Attempt,
    TriedInvitation,
)

Line = tuple[UUID, UUID, Channel, Audience]
DEAD_ENDPOINT = "dead_endpoint"
ADDRESS_CHANGED = "address_changed"
ROUND_THE_LOST = (DEAD_ENDPOINT, ADDRESS_CHANGED, "rerouted")
TOGETHER = timedelta(hours=1)  # messages due within it are one, as the gate has it
MESSAGE, CALL, DEATH = range(3)  # what happens first of what happens at one instant


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
        self._queue: list[tuple[datetime, int, int, Attempt | Death]] = []
        self._order = count()
        self._using: defaultdict[UUID, list[TriedInvitation]] = defaultdict(list)
        self._of_client: defaultdict[UUID, list[TriedInvitation]] = defaultdict(list)
        self._gone_round: set[Death] = set()
        self._dying = frozenset(death.endpoint for death in memory.deaths)
        for death, at in memory.deaths.items():
            self._await_death(death, at)
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
        self._of_client[invitation.client].append(invitation)
        for each in planned:
            endpoint = endpoints[each.channel]
            self._add(Attempt(invitation, each, endpoint, invitation.departement, invitation.base.at))

    def _add(self, attempt: Attempt) -> None:
        attempt.invitation.attempts.append(attempt)
        self._use(attempt, attempt.endpoint)
        self._wait(attempt, attempt.opens_at)

    def _use(self, attempt: Attempt, endpoint: UUID) -> None:
        attempt.endpoint = endpoint
        if endpoint in self._dying and attempt.invitation not in self._using[endpoint]:
            self._using[endpoint].append(attempt.invitation)

    def look_again(self, client: UUID, now: datetime) -> None:
        """Try what was due to a client before a line about them came: it may tell other numbers."""
        for invitation in self._of_client[client]:
            for each in invitation.attempts:
                if each.waits and each.opens_at <= now:
                    self._wait(each, now)

    def until(self, end: datetime | None) -> None:
        """Let everything due before an instant happen; without one, everything."""
        while self._queue and (end is None or self._queue[0][0] < end):
            now, _, _, event = heapq.heappop(self._queue)
            self._happen(event, now)

    def _happen(self, event: Attempt | Death, now: datetime) -> None:
        """Let an attempt leave that is due, or go round an endpoint that died."""
        if isinstance(event, Death):
            self._go_round(event, now)
        elif event.waits and now >= event.opens_at:
            self._try(event, now)

    def _await_death(self, death: Death, at: datetime) -> None:
        heapq.heappush(self._queue, (at, DEATH, next(self._order), death))

    def _wait(self, attempt: Attempt, until: datetime) -> None:
        rank = CALL if attempt.channel is Channel.PHONE else MESSAGE
        heapq.heappush(self._queue, (until, rank, next(self._order), attempt))

    def _try(self, attempt: Attempt, now: datetime) -> None:
        why = self._withdrawn(attempt, now)
        if why:
            self._settle(attempt, why)
        elif self._has_changed(attempt) and self._is_still_asked(attempt.invitation, now):
            self._go_elsewhere(attempt, now)
        elif now >= attempt.closes_at or self._has_moved(attempt) or self._is_too_soon(attempt, now):
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
        if self._has_refused(invitation, now) or self._memory.is_shut(attempt.endpoint, now):
            return "refused"
        if standing.status == "deceased" or self._memory.died(invitation.person, now):
            return "deceased"
        if self._is_dead(attempt, now):
            return DEAD_ENDPOINT
        return "late" if any(other.overtakes(attempt, now) for other in invitation.attempts) else ""

    def _has_changed(self, attempt: Attempt) -> bool:
        """Tell whether the client's line tells another number or address than the one planned for."""
        invitation = attempt.invitation
        return not self._memory.tells(invitation.client, invitation.audience, attempt.endpoint)

    def _is_dead(self, attempt: Attempt, now: datetime) -> bool:
        return self._memory.is_dead(attempt.endpoint, attempt.channel, now)

    def _has_refused(self, invitation: TriedInvitation, now: datetime) -> bool:
        return invitation.audience is Audience.CLIENT and self._memory.refused(invitation.person, now)

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

    def _is_too_soon(self, attempt: Attempt, now: datetime) -> bool:
        """Tell whether another step left too short a time ago."""
        reached = self._reached(attempt.invitation, now)
        return any(each.step != attempt.planned.step and at > now - LEAST_APART for each, at in reached)

    def _reached(self, invitation: TriedInvitation, now: datetime) -> list[tuple[PlannedAttempt, datetime]]:
        """List what left and when, save what is known to have reached nobody."""
        return [
            (each.planned, each.sent_at)
            for each in invitation.attempts
            if each.sent_at is not None and (each.has_left or not self._is_dead(each, now))
        ]

    def _reschedule(self, attempt: Attempt, now: datetime) -> None:
        invitation = attempt.invitation
        attempt.departement = self._memory.standing[invitation.client].departement
        gone = [at for _, at in self._reached(invitation, now)]
        slot = replan(attempt, attempt.departement, self._window(attempt), now, max(gone, default=None))
        self._move(attempt, slot)

    def _move(self, attempt: Attempt, slot: Slot | None) -> None:
        """Give an attempt another stretch; without one left it is over."""
        if slot is None:
            self._settle(attempt, WINDOW_OVER)
            return
        attempt.opens_at, attempt.closes_at = slot.opens_at, slot.closes_at
        self._wait(attempt, slot.opens_at)

    def _window(self, attempt: Attempt) -> Window:
        return self._protocol.window(attempt.channel, attempt.invitation.audience)

    def _settle(self, attempt: Attempt, outcome: str) -> None:
        attempt.outcome = outcome
        self.lost[outcome] += 1

    # ---- going round a number or an address that is lost ----

    def _go_round(self, death: Death, now: datetime) -> None:
        if death in self._gone_round:
            return
        self._gone_round.add(death)
        self._memory.find(death)
        for invitation in tuple(self._using[death.endpoint]):
            if self._is_still_asked(invitation, now):
                self._plan_again(invitation, now)

    def _go_elsewhere(self, attempt: Attempt, now: datetime) -> None:
        """Go on with what is left of a request by the numbers and addresses that its client has now."""
        self._plan_again(attempt.invitation, now)
        if attempt.waits:
            self._wait(attempt, now)

    def _lost(self, attempt: Attempt, now: datetime) -> str | None:
        if self._has_changed(attempt):
            return ADDRESS_CHANGED
        return DEAD_ENDPOINT if self._is_dead(attempt, now) else None

    def _is_still_asked(self, invitation: TriedInvitation, now: datetime) -> bool:
        """Tell whether a request may still ask, as what goes round a lost number has it."""
        is_over = invitation.is_answered or invitation.closes_at <= now
        may_be_asked = self._memory.standing[invitation.client].contact != "no"
        is_alive = self._memory.died(invitation.person, now) is None
        return may_be_asked and is_alive and not (is_over or self._has_refused(invitation, now))

    def _plan_again(self, invitation: TriedInvitation, now: datetime) -> None:
        memory, known = self._memory, {each.id: each for each in invitation.attempts}
        departement = memory.standing[invitation.client].departement
        line = memory.line_of(invitation.client, now)
        rest = invitation.rest(
            line, departement, self._protocol, now, lambda attempt: self._lost(attempt, now)
        )
        for row in rest.planned:
            self._forget(known.get(row["id"]))
            self._add(Attempt(invitation, _planned(row), row["endpoint_id"], departement, now))
        for identity, endpoint in rest.moved:
            self._use(known[identity], endpoint)
        for identity, why in rest.stopped:
            self._settle(known[identity], why)

    def _forget(self, before: Attempt | None) -> None:
        """Leave an attempt out that is planned anew, whether it waits or had been stopped."""
        if before is None:
            return
        if not before.waits:
            self.lost[before.outcome] -= 1
        before.outcome = "planned_again"
        before.invitation.attempts.remove(before)

    # ---- leaving ----

    def _leave(self, attempt: Attempt, now: datetime) -> None:
        is_call, fails = attempt.channel is Channel.PHONE, self._will_be(Death(attempt.endpoint), attempt)
        is_wrong = self._will_be(Death(attempt.endpoint, is_wrong=True), attempt)
        if is_call and is_wrong:
            self._find_wrong(attempt, now)
        elif fails and not is_call:
            self._count(attempt, UNDELIVERED, now)
        else:
            self._reach(attempt, now, rate=0.0 if is_wrong else self._rates.get(attempt.channel, 0.0))

    def _will_be(self, death: Death, attempt: Attempt) -> bool:
        """Tell whether a number or an address is found dead before the request closes."""
        dies_at = self._memory.deaths.get(death)
        return dies_at is not None and dies_at <= attempt.invitation.closes_at

    def _reach(self, attempt: Attempt, now: datetime, rate: float) -> None:
        """Let a message or a call arrive; nobody who is asked answers at a number that is another's."""
        self._count(attempt, SENT, now)
        invitation = attempt.invitation
        if answers(invitation.visit, attempt.planned, rate):
            self.answer(invitation, attempt.channel)
        elif attempt.channel is Channel.PHONE:
            self._call_again(attempt, now)

    def _find_wrong(self, attempt: Attempt, now: datetime) -> None:
        """Let a call find that its number is another's: it is made again at the next one, where it counts."""
        invitation, wrong = attempt.invitation, Death(attempt.endpoint, is_wrong=True)
        self._memory.find(wrong)
        self._await_death(wrong, now)
        line = self._memory.line_of(invitation.client, now)
        following = line.endpoints.get(Channel.PHONE)
        if following is None or line.reach.audience != invitation.audience:
            self._count(attempt, WRONG_NUMBER, now)
        else:
            self._use(attempt, following.id)
            self._wait(attempt, now)

    def _count(self, attempt: Attempt, outcome: str, now: datetime) -> None:
        invitation = attempt.invitation
        attempt.outcome, attempt.sent_at = outcome, now
        self._memory.count(invitation.person, attempt.endpoint, now)
        self._left[_line(attempt)] = (invitation.visit, now)
        whom = (invitation.visit, invitation.provider, invitation.client, attempt.departement)
        self.contacts.append(Contact(now, attempt.closes_at, attempt.channel, *whom))

    def answer(self, invitation: TriedInvitation, channel: Channel) -> None:
        """Take an answer in: what is still to come of its request is withdrawn, and of no other."""
        invitation.is_answered = True
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


def _planned(row: Row) -> PlannedAttempt:
    return PlannedAttempt(**{name: row[name] for name in PlannedAttempt.__slots__})
