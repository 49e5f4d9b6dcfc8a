"""The visits of the story, provider by provider, and the lines of the files that tell them (pure)."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from random import Random
from uuid import UUID

import msgspec

from quality.demo.moments import ONE_DAY, PARIS, arrivals, first_day, instant, is_working, live_days
from quality.demo.people import CARES, Client, clients_of
from quality.demo.providers import SEED, Provider
from quality.ids import uuid7_of

# On which of the last five days each named story ends; nobody was asked in the month before.
LAST_VISITS = {
    "martin": -1,
    "daughter": -1,
    "hospital": -3,
    "deceased": -4,
    "named": -4,
    "call_first": -3,
    "anonymous": -3,
}
SETTLED_SINCE = timedelta(days=47)  # the visit behind the complaint that is told to its end
QUIET = timedelta(days=40)
NOTICE = timedelta(days=30)  # a contract's end is told a month before
SATURDAY = 6
REPLACED = 0.9  # how many times, on average, somebody's usual worker is away in the whole story
AWAY = timedelta(days=14)
LENGTHS = (45, 60, 60, 90, 120)
UNHELD = (("worker_absent", 0.007), ("client_absent", 0.01))
CANCELLED = 0.026
DAYS_TOLD = 440  # on which somebody comes, in the eighteen months of the story
COLUMNS = (
    *("reference", "client_reference", "client_name", "phone", "mobile", "email", "language", "postcode"),
    *("commune", "age_band", "activity", "mode", "planned_start", "planned_end", "started_at", "ended_at"),
    *("worker_reference", "funders", "status", "status_reason", "incident", "client_status"),
    *("client_status_since", "contact", "relative_name", "relative_phone"),
)


class Visit(msgspec.Struct, gc=False):
    """One line of a provider's file, and when the file arrives; instants in UTC."""

    client: Client
    identity: UUID
    planned_start: datetime
    planned_end: datetime
    worker: str
    reference: str = ""
    status: str = "done"
    status_reason: str | None = None
    started_at: datetime | None = None
    held_until: datetime | None = None
    incident: bool = False
    client_status: str = ""
    client_status_since: date | None = None
    arrives_at: datetime | None = None

    @property
    def ended_at(self) -> datetime:
        """Return its end as the ledger reads it: the planned one when it did not take place."""
        return self.held_until or self.planned_end

    @property
    def line(self) -> dict[str, str]:
        """Write it as the provider's software would."""
        return {
            **_identity(self.client),
            "reference": self.reference,
            "planned_start": _written(self.planned_start),
            "planned_end": _written(self.planned_end),
            "started_at": _written(self.started_at),
            "ended_at": _written(self.held_until),
            "worker_reference": self.worker,
            "status": self.status,
            "status_reason": self.status_reason or "",
            "incident": "" if self.started_at is None else "yes" if self.incident else "no",
            "client_status": self.client_status,
            "client_status_since": self.client_status_since.isoformat() if self.client_status_since else "",
        }


@dataclass(frozen=True)
class Calendar:
    """The days of the story on which somebody comes, and when files arrive."""

    start: datetime

    @cached_property
    def first(self) -> date:
        return first_day(self.start)

    @cached_property
    def today(self) -> date:
        return self.start.astimezone(PARIS).date()

    @cached_property
    def days(self) -> list[date]:
        every = (self.first + number * ONE_DAY for number in range((self.today - self.first).days))
        return [day for day in every if is_working(day) or day.isoweekday() == SATURDAY]

    @cached_property
    def working_days(self) -> list[date]:
        return [day for day in self.days if day.isoweekday() != SATURDAY]

    @cached_property
    def live(self) -> list[date]:
        return live_days(self.start)

    @cached_property
    def posts(self) -> dict[bool, list[datetime]]:
        return {daily: arrivals(self.start, daily=daily) for daily in (False, True)}

    @cached_property
    def settled_on(self) -> date:
        """Return the day of the visit behind the complaint that is told to its end."""
        return next(day for day in reversed(self.working_days) if day <= self.today - SETTLED_SINCE)

    def post_after(self, ended_at: datetime, *, daily: bool) -> datetime:
        posts = self.posts[daily]
        return posts[bisect_right(posts, ended_at)]


@cache
def _midnight(day: date) -> datetime:
    """Return the instant from which local hours count: nobody is visited on the day when the hour changes."""
    return instant(day, time())


def visits_of(provider: Provider, calendar: Calendar) -> list[Visit]:
    """Tell every visit of a provider in the order in which they end, numbered as its software does."""
    told = [visit for client in clients_of(provider) for visit in _told(client, calendar)]
    told.sort(key=lambda visit: (visit.ended_at, visit.identity))
    for number, visit in enumerate(told, start=1):
        visit.reference = f"V{number:05d}"
        visit.arrives_at = calendar.post_after(visit.ended_at, daily=provider.sends_daily)
    return told


def visits_on(told: Sequence[Visit], day: date) -> list[Visit]:
    """Tell the visits of one day after the story, given a provider's own: who comes, as often as before."""
    latest = {visit.client: visit for visit in told}
    going_on = [last for last in latest.values() if not last.client.story and not last.client_status]
    found = []
    for number, last in enumerate(going_on, start=1):
        random = Random(f"{SEED}|{day}|{last.client.provider.siret}|{last.client.reference}")  # noqa: S311 - a story
        if random.random() < last.client.visits / DAYS_TOLD:
            found.append(_again(random, last, day, f"S{day:%y%m%d}{number:04d}"))
    return found


def _again(random: Random, last: Visit, day: date, reference: str) -> Visit:
    """Tell a visit like somebody's last one, on another day."""
    begins = datetime.combine(day, last.planned_start.astimezone(PARIS).time(), PARIS).astimezone(UTC)
    length = last.planned_end - last.planned_start
    identity = uuid7_of(begins, random.getrandbits(74))
    visit = Visit(last.client, identity, begins, begins + length, last.worker, reference)
    _hold(random, visit)
    return visit


def _told(client: Client, calendar: Calendar) -> Iterator[Visit]:
    random = Random(f"{SEED}|visits|{client.provider.siret}|{client.reference}")  # noqa: S311 - a story
    chosen = _chosen(random, client, calendar)
    team = client.provider.rank * 10
    usual, other = random.sample(range(team, team + 9), 2)
    away = _absences(random, calendar)
    hour = timedelta(hours=random.randrange(8, 17), minutes=random.choice((0, 15, 30, 45)))
    length = timedelta(minutes=random.choice(LENGTHS))
    newcomer = _newcomer_on(client, calendar)
    for day in chosen:
        begins = _midnight(day) + hour
        worker = other if any(first <= day <= last for first, last in away) else usual
        if day == newcomer:
            worker = team + 9  # everybody is asked about a change
        visit = Visit(
            client, uuid7_of(begins, random.getrandbits(74)), begins, begins + length, f"I{worker:03d}"
        )
        _hold(random, visit)
        if day == chosen[-1]:
            _situate(visit, day, calendar.today)
        yield visit


def _newcomer_on(client: Client, calendar: Calendar) -> date | None:
    if client.story == "settled":
        return calendar.settled_on
    return calendar.live[LAST_VISITS[client.story]] if client.story else None


def _chosen(random: Random, client: Client, calendar: Calendar) -> list[date]:
    """Spread visits regularly over the time somebody is a client; stories end as they must."""
    final = _newcomer_on(client, calendar)
    days = calendar.days if client.activity in CARES else calendar.working_days
    if final is not None:
        before = [day for day in days if day < final - QUIET]
        return [*sorted(random.sample(before, client.visits - 1)), final]
    first = min(int(client.arrives * len(days)), len(days) - 1)
    span = min(int(client.leaves * len(days)), len(days)) - first
    count = min(client.visits, span)
    phase = random.random()
    return [days[first + int((place + phase) * span / count)] for place in range(count)]


def _absences(random: Random, calendar: Calendar) -> list[tuple[date, date]]:
    """Draw when the usual worker is away: two weeks each time."""
    starts = [random.choice(calendar.days) for _ in range(2) if random.random() < REPLACED / 2]
    return [(first, first + AWAY) for first in starts]


def _hold(random: Random, visit: Visit) -> None:
    """Say how the visit went: nearly all take place, on time or late as the provider is."""
    client = visit.client
    drawn = random.random()
    if not client.story:
        for reason, until in UNHELD:
            if drawn < until:
                visit.status, visit.status_reason = "not_done", reason
                return
        if drawn < CANCELLED:
            visit.status = "cancelled"
            visit.status_reason = "client_cancelled" if drawn < CANCELLED - 0.006 else "organisation"
            return
    provider = client.provider
    lateness = random.gauss(4 - 8 * (provider.quality + provider.punctuality), 7)
    late = timedelta(minutes=max(0, round(lateness)))
    visit.started_at, visit.held_until = visit.planned_start + late, visit.planned_end + late / 2
    visit.incident = drawn > 0.996


def _situate(visit: Visit, day: date, today: date) -> None:
    """Say what the provider learns at the last visit: nobody is asked after that."""
    client = visit.client
    if client.status and day + NOTICE <= today:
        visit.client_status, visit.client_status_since = client.status, day + NOTICE
    if client.story not in {"hospital", "deceased"}:
        return
    visit.status, visit.status_reason = "not_done", "hospital" if client.story == "hospital" else "other"
    visit.started_at = visit.held_until = None
    visit.incident = False
    visit.client_status, visit.client_status_since = client.story, day


@cache
def _identity(client: Client) -> dict[str, str]:
    return {
        "client_reference": client.reference,
        "client_name": client.name,
        "phone": client.phone,
        "mobile": client.mobile,
        "email": client.email,
        "language": client.language,
        "postcode": client.postcode,
        "commune": client.commune,
        "age_band": client.age_band,
        "activity": client.activity,
        "mode": client.mode,
        "funders": "|".join(client.funders),
        "contact": client.contact,
        "relative_name": client.relative_name,
        "relative_phone": client.relative_phone,
    }


def _written(at: datetime | None) -> str:
    return at.astimezone(PARIS).isoformat(timespec="minutes") if at else ""


def csv_of(lines: Sequence[Mapping[str, str]]) -> bytes:
    """Write the file that the provider's software would send.

    >>> csv_of([{"reference": "V00001", "mobile": "06 39 98 00 01"}]).splitlines()[1][:20]
    b'V00001;;;;06 39 98 0'
    """
    rows = [";".join(COLUMNS)]
    rows += [";".join(line.get(column, "") for column in COLUMNS) for line in lines]
    return ("\r\n".join(rows) + "\r\n").encode()
