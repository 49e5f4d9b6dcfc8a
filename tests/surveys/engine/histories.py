"""Households drawn at random and what they live, in memory: visits, files, messages, answers, refusals.

The engine's own pure functions decide, plan and send (surveys/simulation); the clock strikes about once an
hour and a worker looks at what is due then. It stops for outages, one of 36 hours that ends on a Friday at
19:25 in Paris, and jumps an hour forwards, an hour back and a day. Everything comes of one seed.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from heapq import heappop
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from surveys.protocol.caps import Cap
from surveys.protocol.definition import Channel, Protocol, load
from surveys.protocol.ledger import Row
from surveys.protocol.planning import PlannedAttempt
from surveys.protocol.strata import previous_quarter, quarter_of
from surveys.simulation.memory import Memory
from surveys.simulation.replay import Course, Ruled, Trial, known_of
from surveys.simulation.sending import Attempt, Sending, TriedInvitation
from surveys.simulation.source import Complaining, Done, Party, Source

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PARIS = ZoneInfo("Europe/Paris")
TOGETHER, DAYS, AFTERWARDS = 100, 50, 45  # households of one platform, days of visits, days to the end of all
# Both nights of a change of time, 29 February, the end of a year; after them, any day of twelve years.
STARTS = (date(2026, 9, 28), date(2028, 2, 12), date(2026, 11, 20))
PLACES = ("34", "34", "75", "67", "971", "972", "973", "974", "976")
PLATFORM, CNAV = UUID(int=34), UUID(int=17)
PROVIDERS = tuple(UUID(int=n) for n in (3401, 3402, 3403))
EASY = load("default")
PROTOCOLS = (
    EASY,
    load("integral"),
    msgspec.structs.replace(EASY, caps=(Cap(contacts=2, age_from=85), Cap(contacts=3, funder="CNAV"))),
    msgspec.structs.replace(EASY, contact_cap=3),
)


@dataclass(frozen=True)
class Sent:
    """One message or call that left, with the client's last line and whether somebody had died by then."""

    attempt: Attempt
    at: datetime
    standing: Row
    is_dead: bool

    @property
    def invitation(self) -> TriedInvitation:
        return self.attempt.invitation


@dataclass(frozen=True)
class Taken:
    """One visit that was decided, when, and how many messages had left before."""

    visit: Row
    ruled: Ruled
    at: datetime
    sent_before: int


@dataclass
class Past:
    """All that was lived: what was sent and decided in order, and what people did."""

    source: Source
    protocol: Protocol
    sent: list[Sent] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    invitations: list[TriedInvitation] = field(default_factory=list)
    answered: dict[UUID, int] = field(default_factory=dict)  # by visit: how many messages had left before
    struck: list[datetime] = field(default_factory=list)
    outages: Sequence[tuple[datetime, datetime]] = ()
    called_wrong: dict[UUID, datetime] = field(default_factory=dict)  # when a call found a number another's
    _standing: dict[UUID, Row] = field(default_factory=dict)
    _dead: set[UUID] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.visits = {visit["id"]: visit for visit in self.source.visits}
        self.endpoints = {party.id: party for party in self.source.endpoints.values()}

    def hear(self, visit: Row) -> None:
        """Keep what a line says of its client."""
        self._standing[visit["client_id"]] = visit
        if visit["client_status"] == "deceased":
            self._dead.add(visit["person_id"])

    def left(self, attempt: Attempt, now: datetime) -> None:
        invitation = attempt.invitation
        standing = self._standing[invitation.client]
        self.sent.append(Sent(attempt, now, standing, invitation.person in self._dead))


class Striking(Sending):
    """The queue as a worker sees it that wakes now and then."""

    def __init__(self, memory: Memory, protocol: Protocol, past: Past) -> None:
        super().__init__(memory, protocol, {})
        self._past = past

    def add(
        self,
        invitation: TriedInvitation,
        planned: Sequence[PlannedAttempt],
        endpoints: Mapping[Channel, UUID],
    ) -> None:
        self._past.invitations.append(invitation)
        super().add(invitation, planned, endpoints)

    def strike(self, now: datetime) -> None:
        """Try everything that is due, late or not."""
        while self._queue and self._queue[0][0] <= now:
            self._happen(heappop(self._queue)[-1], now)

    def _find_wrong(self, attempt: Attempt, now: datetime) -> None:
        self._past.called_wrong[attempt.endpoint] = now
        super()._find_wrong(attempt, now)

    def _count(self, attempt: Attempt, outcome: str, now: datetime) -> None:
        super()._count(attempt, outcome, now)
        self._past.left(attempt, now)


def live(seed: int) -> Past:
    """Draw some households and let them live from their first visit to the end of every request."""
    drawn = Random(seed)
    first = STARTS[seed] if seed < len(STARTS) else date(2024, 1, 1) + DAY * drawn.randrange(12 * 365)
    start = datetime(first.year, first.month, first.day, 4, tzinfo=UTC)
    protocol = PROTOCOLS[seed % len(PROTOCOLS)]
    source = Town(drawn, start).source(drawn.choice((0, 5, 30)))
    known, fitted = known_of(source, Trial(protocol))
    past, memory = Past(source, fitted, outages=outages(drawn, start)), Memory(source)
    striking = Striking(memory, fitted, past)
    course = Course(memory, known, fitted, striking)
    coming = list(reversed(source.visits))
    for now in strikes(drawn, start, past.outages):
        past.struck.append(now)
        before = len(past.sent)
        striking.strike(now)
        answer(drawn, striking, past, before)
        take(course, coming, past, now)
    return past


def take(course: Course, coming: list[Row], past: Past, now: datetime) -> None:
    """Decide the visits that arrived since the clock struck last."""
    arriving = []
    while coming and coming[-1]["arrived_at"] <= now:
        arriving.append(coming.pop())
    if not arriving:
        return
    for visit in arriving:
        past.hear(visit)
    ruled_before = len(course.ruled)
    course.take(arriving, now)
    of = {visit["id"]: visit for visit in arriving}
    past.taken += [Taken(of[each.visit], each, now, len(past.sent)) for each in course.ruled[ruled_before:]]


def answer(drawn: Random, striking: Striking, past: Past, before: int) -> None:
    """Let some of those who were just written to answer, or one who was written to long ago."""
    late = [drawn.choice(past.sent)] if past.sent and drawn.random() < 0.02 else []
    for one in [each for each in past.sent[before:] if drawn.random() < 0.12] + late:
        if one.invitation.visit not in past.answered:
            past.answered[one.invitation.visit] = len(past.sent)
            striking.answer(one.invitation, one.attempt.channel)


def outages(drawn: Random, start: datetime) -> list[tuple[datetime, datetime]]:
    """Give one outage of 36 hours that ends on a Friday at 19:25 in Paris, and others."""
    friday = (start + DAY * drawn.randrange(14, 40)).date()
    friday += DAY * ((5 - friday.isoweekday()) % 7)
    ends = datetime(friday.year, friday.month, friday.day, 19, 25, tzinfo=PARIS).astimezone(UTC)
    found = [(ends - 36 * HOUR, ends)]
    for _ in range(drawn.randrange(3)):
        begins = start + DAY * DAYS * drawn.random()
        found.append((begins, begins + HOUR * drawn.randrange(2, 60)))
    return found


def strikes(
    drawn: Random, start: datetime, stopped: Sequence[tuple[datetime, datetime]]
) -> Iterator[datetime]:
    """Give the instants at which a worker wakes, the outages left out, each with its end."""
    now, end = start, start + DAY * (DAYS + AFTERWARDS)
    back = sorted(ends for _, ends in stopped)
    while now < end:
        at = now + timedelta(minutes=drawn.randrange(60))
        ended = [back.pop(0)] if back and back[0] <= at else []
        put_right = [at - HOUR] if drawn.random() < 0.002 else []
        for each in (*ended, at, *put_right):
            if not any(begins <= each < ends for begins, ends in stopped):
                yield each
        jump = drawn.random()
        now += DAY if jump > 0.999 else 2 * HOUR if jump > 0.995 else HOUR


class Town:
    """The households of one platform, as its files will tell them."""

    def __init__(self, drawn: Random, start: datetime) -> None:
        self._drawn, self._start = drawn, start
        self._visits: list[Row] = []
        self._people: dict[UUID, Party] = {}
        self._endpoints: dict[tuple[UUID, str, bytes], Party] = {}
        self._complaints: dict[UUID, list[Complaining]] = {}
        self._last: dict[UUID, Done] = {}
        self._asked: dict[UUID, dict[UUID, datetime]] = {}

    def source(self, interval_days: int) -> Source:
        for household in range(TOGETHER):
            self._household(household, interval_days)
        order = sorted(self._visits, key=lambda each: (each["arrived_at"], each["ended_at"], each["id"]))
        return Source(
            platform=PLATFORM,
            visits=order,
            secret=b"histories",
            people=self._people,
            endpoints=self._endpoints,
            asked=self._asked,
            last=self._last,
            complaints=self._complaints,
            strata=dict(self._strata()),
            closed=frozenset({(self._start + 21 * DAY).date()}),
            funders={CNAV: "CNAV"},
        )

    def _strata(self) -> Iterator[tuple[tuple[UUID, str, UUID, tuple[UUID, ...], str], Row]]:
        """Freeze the first quarter of two providers of three: they are drawn from the first day."""
        quarter = quarter_of(self._start.date())
        for provider in PROVIDERS[:2]:
            for funders in ((), (CNAV,)):
                for name in (previous_quarter(quarter), quarter):
                    yield (
                        (PLATFORM, name, provider, funders, "tous"),
                        {"seed": b"drawn", "target": 10, "expected": 20},
                    )

    def _household(self, n: int, interval_days: int) -> None:
        """Write one or two persons, each a client of one or two providers."""
        drawn = self._drawn
        shared = {
            "mobile_key": b"mobile %d" % n,
            "email_key": b"mail %d" % n,
            "relative_phone_key": b"daughter %d" % (n // 3),  # who helps several households
            "relative_email_key": b"daughter mail %d" % (n // 3),
        }
        for rank in range(drawn.choice((1, 1, 2))):
            own = {"mobile_key": b"mobile %d.%d" % (n, rank), "phone_key": b"phone %d" % n}
            numbers = shared | (own if drawn.random() < 0.5 else {"phone_key": b"phone %d" % n})
            contacts = {name: key if drawn.random() < 0.55 else None for name, key in numbers.items()}
            person, age = self._person(contacts), drawn.choice(("75-84", "85+"))
            for provider in drawn.sample(PROVIDERS, drawn.choice((1, 1, 1, 2))):
                given = {"interval_days": interval_days, "age_bands": frozenset({age})}
                self._client(person, provider, contacts | given)

    def _person(self, contacts: Mapping[str, bytes | None]) -> UUID:
        drawn, person = self._drawn, self._id()
        self._people[person] = Party(person, self._sometimes(0.08), None, self._recent())
        for name, key in contacts.items():
            kind = "email" if "email" in name else "phone"
            if key is not None:
                refused, failed, wrong = (self._sometimes(0.05) for _ in range(3))
                found = Party(self._id(), refused, failed, self._recent(), wrong)
                self._endpoints.setdefault((PLATFORM, kind, key), found)
        if drawn.random() < 0.2:
            self._asked[person] = {self._id(): self._start - DAY * drawn.randrange(40)}
        return person

    def _client(self, person: UUID, provider: UUID, given: Row) -> None:
        drawn, client = self._drawn, self._id()
        if drawn.random() < 0.3:
            self._last[client] = Done(self._start - 3 * DAY, self._id(), drawn.choice(("W1", "W2", None)))
        if opened := self._sometimes(0.12):
            self._complaints[client] = [Complaining(opened, opened + DAY * drawn.randrange(1, 20))]
        place = drawn.choice(PLACES)
        facts = {
            **given,
            "platform_id": PLATFORM,
            "provider_id": provider,
            "client_id": client,
            "person_id": person,
            "relative_phone_is_mobile": drawn.random() < 0.5,
            "contact": drawn.choice((None,) * 6 + ("no", "phone", "sms", "email")),
            "has_identity": drawn.random() < 0.98,
        }
        turns = self._turns(place)
        for _ in range(drawn.randrange(1, 10)):
            self._visits.append(self._visit(facts, turns))

    def _turns(self, place: str) -> list[tuple[datetime, Row]]:
        """Give the situations of a client by the instant from which their lines tell it."""
        drawn = self._drawn
        at: Row = {"client_status": "active", "status_since": None, "client_departement": place}
        found = [(self._start - DAY, at)]
        if told := self._sometimes(0.3):
            return [*found, (told, at | self._other_numbers())]
        if moved := self._sometimes(0.15):
            return [*found, (moved, at | {"client_departement": drawn.choice(PLACES)})]
        if turned := self._sometimes(0.15):
            status = drawn.choice(("hospital", "hospital", "ended", "moved", "deceased"))
            since = drawn.choice((None, turned.date(), (turned + 3 * DAY).date()))
            found.append((turned, at | {"client_status": status, "status_since": since}))
            if status == "hospital":
                found.append((turned + DAY * drawn.randrange(2, 15), at))
        return found

    def _other_numbers(self) -> Row:
        """Give what a line that corrects or clears some numbers and addresses tells from then on."""
        drawn, columns = self._drawn, ("mobile_key", "phone_key", "email_key", "relative_phone_key")
        found = {name: drawn.choice((None, b"%d" % drawn.getrandbits(40))) for name in columns}
        told = {name: key for name, key in found.items() if drawn.random() < 0.5}
        for name, key in told.items():
            kind = "email" if "email" in name else "phone"
            if key is not None:
                self._endpoints[PLATFORM, kind, key] = Party(self._id(), self._sometimes(0.05))
        return told

    def _visit(self, facts: Row, turns: Sequence[tuple[datetime, Row]]) -> Row:
        drawn = self._drawn
        ended_at = self._start + DAY * DAYS * drawn.random()
        arrived_at = ended_at + drawn.choice((0, 0, 0, 1, 3, 6, 9, 12)) * DAY * drawn.random() + HOUR / 60
        status = drawn.choice(("done",) * 12 + ("not_done", "cancelled"))
        situation = turns[bisect_left(turns, arrived_at, key=lambda turn: turn[0]) - 1][1]
        why = drawn.choice((None, "worker_absent", "client_cancelled", "hospital"))
        return {
            **facts,
            **situation,
            "id": self._id(),
            "departement": situation["client_departement"],
            "activity": "II-1",
            "funders": drawn.choice(((), (), (CNAV,))),
            "status": status,
            "status_reason": why if status == "not_done" else None,
            "incident": drawn.random() < 0.06,
            "worker": drawn.choice(("W1",) * 8 + ("W2", None)),
            "ended_at": ended_at,
            "left_at": ended_at if status == "done" else None,
            "arrived_at": arrived_at,
            "stratum_target": 10,
        }

    def _sometimes(self, share: float) -> datetime | None:
        drawn = self._drawn
        return self._start + DAY * DAYS * drawn.random() if drawn.random() < share else None

    def _recent(self) -> tuple[datetime, ...]:
        """Give contacts of the month before, the last first."""
        drawn = self._drawn
        number = drawn.randrange(1, 5) if drawn.random() < 0.1 else 0
        return tuple(sorted((self._start - 30 * DAY * drawn.random() for _ in range(number)), reverse=True))

    def _id(self) -> UUID:
        return UUID(int=self._drawn.getrandbits(128))
