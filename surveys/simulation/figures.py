"""What a replay comes to: per day and channel, agents by hour, cost, and the precision to expect (pure)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID
from zoneinfo import ZoneInfo

from quality.measures.statistics import Moments, share
from surveys.desk.supervision.forecast import Load, agents_for, by_hour
from surveys.protocol.definition import Channel
from surveys.protocol.occasion import Reason
from surveys.simulation.replay import Replayed
from surveys.simulation.sending import Contact

# Half of the clients satisfied gives the widest interval: nothing is assumed of their answers.
HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Day:
    """What leaves on one day, at the desk's hour."""

    day: date
    sms: int
    email: int
    calls: int

    @property
    def messages(self) -> int:
        return self.sms + self.email


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the desk: the calls spread over their windows, and the agents that they need."""

    day: date
    hour: int
    calls: float
    agents: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What one channel costs, in cents; without a price, None."""

    channel: Channel
    number: int
    price: Fraction | None

    @property
    def cents(self) -> int | None:
        return None if self.price is None else round(self.number * self.price)


@dataclass(frozen=True, slots=True)
class ForProvider:
    """What one provider may expect: `low` and `high` bound a share of 50 %, each client counted once."""

    provider: UUID
    visits: int
    asked: int
    answers: int
    clients: int
    low: float | None
    high: float | None

    @property
    def width(self) -> float | None:
        return None if self.low is None or self.high is None else self.high - self.low


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that is shown of one protocol."""

    visits: int
    asked: int
    reasons: Mapping[Reason, int]
    days: Sequence[Day]
    hours: Sequence[Hour]
    costs: Sequence[Cost]
    providers: Sequence[ForProvider]
    answers: int
    lost: Mapping[str, int]

    @property
    def messages(self) -> int:
        return sum(day.messages for day in self.days)

    @property
    def calls(self) -> int:
        return sum(day.calls for day in self.days)

    def number(self, channel: Channel) -> int:
        """Count what leaves by one channel."""
        return sum(cost.number for cost in self.costs if cost.channel is channel)

    @property
    def agents(self) -> int:
        """Give the agents of the busiest hour."""
        return max((hour.agents for hour in self.hours), default=0)

    @property
    def cents(self) -> int | None:
        """Sum what channels cost; None when one that is used has no price."""
        known = [cost.cents for cost in self.costs]
        return None if None in known else sum(cents for cents in known if cents is not None)


def figures_of(
    replayed: Replayed, zone: ZoneInfo, calls_per_hour: int, prices: Mapping[Channel, Fraction]
) -> Figures:
    """Count a replay at the hour of the platform."""
    return Figures(
        visits=len(replayed.ruled),
        asked=sum(each.asked for each in replayed.ruled),
        reasons=Counter(each.reason for each in replayed.ruled),
        days=days_of(replayed.contacts, zone),
        hours=hours_of(replayed.contacts, zone, calls_per_hour),
        costs=_costs(replayed.contacts, prices),
        providers=_providers(replayed),
        answers=len(replayed.answers),
        lost=replayed.lost,
    )


def days_of(contacts: Iterable[Contact], zone: ZoneInfo) -> tuple[Day, ...]:
    """Count what leaves by day and channel; a day without anything is left out."""
    found: defaultdict[date, Counter[Channel]] = defaultdict(Counter)
    for contact in contacts:
        found[contact.at.astimezone(zone).date()][contact.channel] += 1
    return tuple(
        Day(day, counts[Channel.SMS], counts[Channel.EMAIL], counts[Channel.PHONE])
        for day, counts in sorted(found.items())
    )


def hours_of(contacts: Iterable[Contact], zone: ZoneInfo, calls_per_hour: int) -> tuple[Hour, ...]:
    """Spread the calls over their windows, as the desk's own forecast does."""
    windows = Counter((each.at, each.closes_at) for each in contacts if each.channel is Channel.PHONE)
    loads = [Load(opens_at, closes_at, calls) for (opens_at, closes_at), calls in windows.items()]
    return tuple(
        Hour(day, hour, calls, agents_for(calls, calls_per_hour))
        for (day, hour), calls in sorted(by_hour(loads, zone).items())
    )


def _costs(contacts: Iterable[Contact], prices: Mapping[Channel, Fraction]) -> tuple[Cost, ...]:
    numbers = Counter(contact.channel for contact in contacts)
    return tuple(
        Cost(channel, numbers[channel], prices.get(channel)) for channel in Channel if numbers[channel]
    )


def _providers(replayed: Replayed) -> tuple[ForProvider, ...]:
    visits = Counter(each.provider for each in replayed.ruled)
    asked = Counter(each.provider for each in replayed.ruled if each.asked)
    answers = Counter(each.provider for each in replayed.answers)
    clients: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for each in replayed.answers:
        clients[each.provider].add(each.client)
    return tuple(
        ForProvider(
            provider,
            number,
            asked[provider],
            answers[provider],
            len(clients[provider]),
            *interval(len(clients[provider])),
        )
        for provider, number in visits.most_common()
    )


def interval(clients: int) -> tuple[float | None, float | None]:
    """Give the 95 % interval of a share of 50 % said by so many clients; none without a client.

    >>> "{:.3f} {:.3f}".format(*interval(40))
    '0.352 0.648'
    >>> interval(0)
    (None, None)
    """
    estimate = share(Moments.of([(1, HALF)] * clients))
    return (estimate.low, estimate.high) if estimate else (None, None)
