"""The follow-up of one provider's past, lived person by person under the real rules (pure).

Visits are decided when their file arrives, by the protocol's own rules; each message and call leaves at its
planned instant if the gate's lines allow it then; people answer as their habits say. Nothing here is written.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count, groupby

from quality.complaints.opening import Source, Wish
from quality.demo.complaints import Grievance, course
from quality.demo.moments import PARIS
from quality.demo.past import Member
from quality.demo.stage import chance
from quality.demo.visits import Visit
from quality.directory.geography import activity
from quality.directory.intake.linking import clusters
from quality.ids import uuid7_of
from surveys.demo.asks import Ask, Followed, Frozen, Household, Occasion, StratumKey, Terms, Try, line_to
from surveys.demo.habits import Approach, fitted, reply_to, told, wish_after
from surveys.dispatch.gate import RECENT_KEPT
from surveys.protocol import telling
from surveys.protocol.definition import Audience
from surveys.protocol.occasion import Decision, History, Reason, Stratum, Volume, ruling
from surveys.protocol.occasion import Visit as Judged
from surveys.protocol.planning import Base, PlannedAttempt, closing_at, plan, replan
from surveys.protocol.reaching import CAP_DAYS, Line
from surveys.protocol.requesting import child_id
from surveys.protocol.strata import previous_quarter, quarter_of
from surveys.response import response_id

# The départements of the story share one zone of time and one list of holidays.
ANYWHERE = "34"
SPREAD = timedelta(minutes=18)
CALL_LASTS = timedelta(minutes=3)
REMEMBERED = timedelta(days=64)
NEVER = datetime.max.replace(tzinfo=UTC)
Due = list[tuple[Followed, Visit]]


class Following:
    """The follow-up of one provider: `live` fills occasions, requests and strata."""

    def __init__(self, terms: Terms, members: Sequence[Member]) -> None:
        self.terms = terms
        self.random = chance("following", terms.siret)
        self.households = [*self._households(members)]
        self.occasions: list[Occasion] = []
        self.strata: dict[StratumKey, Frozen] = {}
        self._volumes: dict[StratumKey, Volume] = {}
        self._serial = count()

    @property
    def asks(self) -> Iterator[Ask]:
        return (ask for household in self.households for ask in household.asks)

    def _households(self, members: Sequence[Member]) -> Iterator[Household]:
        links = {each.id: [("", end.bytes, b"") for end in each.endpoints.values()] for each in members}
        numbers = clusters(links)
        by_number = sorted(members, key=lambda each: numbers[each.id])
        for _, group in groupby(by_number, key=lambda each: numbers[each.id]):
            followed = [self._followed(member) for member in group]
            yield Household(followed, chance("follow", self.terms.siret, followed[0].client.reference))

    def _followed(self, member: Member) -> Followed:
        funders = tuple(sorted(self.terms.funders[code] for code in member.client.funders))
        group = activity(member.client.activity).public
        return Followed(member, line_to(member, {}), funders, group)

    def live(self) -> None:
        """Live the whole past: a quarter is decided once the one before is, as its draw depends on it."""
        for quarter, all_due in self._quarters():
            for household, due in all_due:
                for person, visit in due:
                    self._advance(household, _arrival(visit))
                    self._decide(quarter, household, person, visit)
        for household in self.households:
            self._advance(household, self.terms.until)
            self._close(household)

    def _quarters(self) -> list[tuple[str, list[tuple[Household, Due]]]]:
        """Sort the visits of each household by quarter, then in the order in which they are decided."""
        found: dict[str, list[tuple[Household, Due]]] = {}
        for household in self.households:
            of_household: dict[str, Due] = {}
            for person in household.members:
                for visit in person.member.visits:
                    quarter = quarter_of(visit.ended_at.astimezone(PARIS).date())
                    of_household.setdefault(quarter, []).append((person, visit))
            for quarter, due in of_household.items():
                due.sort(key=lambda each: (_arrival(each[1]), each[1].ended_at, each[1].identity))
                found.setdefault(quarter, []).append((household, due))
        return sorted(found.items())

    def _decide(self, quarter: str, household: Household, person: Followed, visit: Visit) -> None:
        now = _arrival(visit)
        frozen = self._stratum((quarter, person.funders, person.group), now)
        judged = Judged(
            visit.identity,
            ANYWHERE,
            visit.status,
            visit.ended_at,
            now,
            person.line.reach,
            visit.status_reason,
            visit.incident,
            visit.worker,
            contact=person.client.contact or None,
        )
        history = self._history(household, person, now)
        decision = ruling(judged, history, frozen.stratum, self.terms.protocol, now)
        if decision.asked:
            decision = self._ask(household, person, visit, decision, now)
        self._volumes.setdefault(frozen.key, Volume()).add(decision)
        has_contact = bool(person.member.endpoints)
        word = telling.told(judged, self.terms.protocol, now, has_contact=has_contact, has_identity=True)
        self.occasions.append(Occasion(visit, person.member, decision, word, frozen.id, now))
        if visit.status == "done":
            person.last_worker, person.is_first = visit.worker, False

    def _history(self, household: Household, person: Followed, now: datetime) -> History:
        since = now - CAP_DAYS
        ends = (_newer(household.recent.get(end.id, []), since) for end in person.line.endpoints.values())
        person.asked = [end for end in person.asked if end > now - REMEMBERED * 2]
        return History(
            is_first=person.is_first,
            last_worker=person.last_worker,
            asked=tuple(person.asked),
            recent_contacts=max(_newer(person.recent, since), *ends, 0),
            refused=person.refused_at is not None or person.line.is_refused,
            complaint_open=person.complains(now),
        )

    def _stratum(self, key: StratumKey, now: datetime) -> Frozen:
        """Freeze what a stratum expects from what its quarter before counted; the first asks everybody."""
        known = self.strata.get(key)
        if known is None:
            before = (previous_quarter(key[0]), *key[1:])
            volume = self._volumes.get(before, Volume())
            expected = volume.expected(self.terms.target) if before in self.strata else None
            stratum = Stratum(self.random.randbytes(32), self.terms.target, expected)
            known = Frozen(uuid7_of(now, self.random.getrandbits(74)), key, stratum, now)
            self.strata[key] = known
        elif now < known.created_at:
            known.created_at = now
        return known

    def _ask(
        self, household: Household, person: Followed, visit: Visit, decision: Decision, now: datetime
    ) -> Decision:
        planned, closes_at = self._plan(visit, person.line, now)
        if not planned:
            return Decision(False, Reason.TOO_LATE, decision.draw)
        identity = uuid7_of(now, self.random.getrandbits(74))
        tries = tuple(
            Try(
                each,
                child_id(identity, each.step * 16 + each.try_number),
                person.line.endpoints[each.channel].id,
                each.opens_at,
                each.closes_at,
            )
            for each in planned
        )
        day = visit.ended_at.astimezone(PARIS).date()
        seen = told(person.client, visit.reference, day, visit.status, self.terms.calendar)
        asked = self.terms.asked_about(visit, is_first=person.is_first)
        ask = Ask(identity, person, visit, person.line, day, now, closes_at, tries, seen, asked)
        approaches = [Approach(each.channel.value, each.opens_at, each.closes_at) for each in planned]
        reply = reply_to(seen, approaches, closes_at)
        ask.reply = fitted(reply, self.terms.questionnaires[asked]) if reply else None
        person.asked.append(visit.ended_at)
        household.asks.append(ask)
        for each in tries:
            self._note(household, self._leaves_at(household, ask, each), ask, each)
        if ask.reply is not None:
            self._note(household, ask.reply.at, ask, None)
        return decision

    def _plan(self, visit: Visit, line: Line, now: datetime) -> tuple[tuple[PlannedAttempt, ...], datetime]:
        """Plan attempts once for all who are alike: a plan reads the day of the visit, the file's instant."""
        key = (now, visit.ended_at.astimezone(PARIS).date(), line.reach)
        plans = self.terms.plans
        if key not in plans:
            base = Base(visit.ended_at, now)
            plans[key] = (
                plan(base, ANYWHERE, line.reach, self.terms.protocol, now),
                closing_at(base, ANYWHERE, self.terms.protocol),
            )
        return plans[key]

    def _leaves_at(self, household: Household, ask: Ask, each: Try) -> datetime:
        """Draw when a message leaves, or a call is made, inside its window."""
        reply = ask.reply
        answers = each.is_call and reply is not None and reply.channel == "phone"
        if answers and reply and each.opens_at <= reply.at < each.closes_at:
            return max(each.opens_at, reply.at - CALL_LASTS)
        length = each.closes_at - each.opens_at
        spread = length if each.is_call else min(length, SPREAD)
        return each.opens_at + 0.9 * household.random.random() * spread

    def _note(self, household: Household, at: datetime, ask: Ask, each: Try | None) -> None:
        heappush(household.agenda, (at, next(self._serial), ask, each))

    def _advance(self, household: Household, until: datetime) -> None:
        """Let everything planned before an instant happen, in order."""
        while household.agenda and household.agenda[0][0] < until:
            at, _, ask, each = heappop(household.agenda)
            if each is None:
                self._reply(household, ask, at)
            elif each.state == "planned" and not (each.is_call and at >= self.terms.calls_until):
                self._send(household, ask, each, at)

    def _send(self, household: Household, ask: Ask, each: Try, at: datetime) -> None:
        """Make one contact if the gate's lines hold, else give it its next window."""
        person = ask.person
        if any(
            other.opens_at <= at and other.id > each.id for other in ask.tries if other.state == "planned"
        ):
            each.settle("suppressed", "late", at)
            return
        recent = household.recent.setdefault(each.endpoint, [])
        if person.complains(at) or _is_full(recent, at) or _is_full(person.recent, at):
            self._put_off(household, ask, each)
            return
        each.state, each.sent_at, each.settled_at = ("sent" if each.is_call else "delivered"), at, at
        each.reason = "no_answer" if each.is_call else None
        recent.append(at)
        for other in household.members:
            if other.member.person == person.member.person:
                other.recent.append(at)

    def _put_off(self, household: Household, ask: Ask, each: Try) -> None:
        audience = Audience(ask.audience)
        window = self.terms.protocol.window(each.planned.channel, audience)
        sent = [other.sent_at for other in ask.tries if other.sent_at is not None]
        slot = replan(each, ANYWHERE, window, each.closes_at, max(sent, default=None))
        if slot is None:
            each.settle("expired", "window_over", each.closes_at)
            return
        each.opens_at, each.closes_at = slot.opens_at, slot.closes_at
        self._note(household, self._leaves_at(household, ask, each), ask, each)

    def _reply(self, household: Household, ask: Ask, at: datetime) -> None:
        reply = ask.reply
        sent = [each for each in ask.tries if each.sent_at is not None and each.sent_at <= at]
        if reply is None or not sent or not ask.is_waiting or ask.person.refused_at is not None:
            return
        if reply.channel == "phone" and not sent[-1].is_call:
            return
        if not reply.answers:
            self._refuse(household, ask, at)
            return
        ask.answered_at = at
        if reply.channel == "phone":
            sent[-1].reason = "answered"
        for each in ask.tries:
            if each.state == "planned":
                each.settle("suppressed", "answered", at)
        self._complain(ask, reply.channel, at)

    def _complain(self, ask: Ask, channel: str, at: datetime) -> None:
        """Take the wish that follows a low mark; until a complaint is closed nobody asks."""
        if channel == "sms" or ask.reply is None or not self.terms.lows(ask):
            return
        ask.wish = wish_after(ask.told)
        if ask.wish in {None, Wish.NOTHING}:
            return
        key = (self.terms.siret, ask.visit.reference)
        is_told, by_phone = ask.told.is_told, channel == "phone"
        steps = course(ask.wish, at, key, self.terms.calendar.start, is_told=is_told, by_phone=by_phone)
        ask.grievance = Grievance(self._source(ask), ask.wish, key, steps, is_told=is_told, by_phone=by_phone)
        ask.person.complaint = (at, ask.grievance.closed_at or NEVER)

    def _source(self, ask: Ask) -> Source:
        client = ask.person.client
        return Source(
            kind="response",
            id=response_id(ask.id, ask.audience),
            platform_id=self.terms.platform,
            provider_id=self.terms.provider,
            client_id=ask.person.member.id,
            intervention_id=ask.visit.identity,
            activity=client.activity,
            mode=client.mode,
            departement=client.departement,
            month=ask.visit_on.replace(day=1),
            funders=ask.person.funders,
        )

    def _refuse(self, household: Household, ask: Ask, at: datetime) -> None:
        """Stop every channel of the person, and the endpoints by which they were asked."""
        who = ask.person.member.person
        ends = {each.endpoint for each in ask.tries}
        household.refused |= {end: at for end in ends if end not in household.refused}
        is_own = ask.audience == Audience.CLIENT
        for person in household.members:
            if is_own and person.member.person == who:
                person.refused_at = person.refused_at or at
            person.line = line_to(person.member, household.refused)
        for other in household.asks:
            is_hers = is_own and other.person.member.person == who
            stopped = [e for e in other.tries if e.state == "planned" and (is_hers or e.endpoint in ends)]
            for each in stopped:
                each.settle("suppressed", "refused", at)
            if is_hers and other.is_waiting:
                other.refused_at = at

    def _close(self, household: Household) -> None:
        """Close the requests that are over."""
        for ask in household.asks:
            if ask.closes_at <= self.terms.until:
                for each in ask.tries:
                    if each.state == "planned":
                        each.settle("expired", "window_over", ask.closes_at)


def _arrival(visit: Visit) -> datetime:
    if visit.arrives_at is None:
        raise LookupError(visit.reference)
    return visit.arrives_at


def _newer(times: Sequence[datetime], since: datetime) -> int:
    """Count the contacts after an instant among the last four, as many as anybody keeps.

    >>> day = datetime(2026, 3, 5, tzinfo=UTC)
    >>> _newer([day, day + timedelta(days=2)], day + timedelta(days=1))
    1
    """
    return sum(at > since for at in times[-RECENT_KEPT:])


def _is_full(times: Sequence[datetime], at: datetime) -> bool:
    """Tell that the fourth contact back is less than thirty days old (the gate's own line)."""
    return len(times) >= RECENT_KEPT and times[-RECENT_KEPT] > at - CAP_DAYS
