"""What a published figure may show without revealing a person: status of a cell, thresholds, rounding."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from quality.measures.statistics import Interval

HIDDEN_UNDER = 11
FRAGILE_UNDER = 30
WHOLE_PERCENT_UNDER = 400
COUNT_STEP = 5
LEAST_COUNT = 15  # 11 and 12 would read 10, as if a hidden figure were shown


class Status(StrEnum):
    """The letter outsiders read beside each figure."""

    A = "A"  # normal
    L = "L"  # low reliability: 11 to 29 clients
    C = "C"  # hidden: it could reveal a person
    D = "D"  # hidden to protect another cell
    M = "M"  # not applicable: nobody answered, a structural zero
    P = "P"  # provisional

    @property
    def is_hidden(self) -> bool:
        return self in (Status.C, Status.D)


class Unit(StrEnum):
    PERCENT = "percent"
    PER_THOUSAND = "per_1000"
    POINTS = "points"  # from −100 to 100
    SCORE = "score"  # from 0 to 100
    DAYS = "days"


SCALE = {Unit.PERCENT: 100, Unit.PER_THOUSAND: 1, Unit.POINTS: 1, Unit.SCORE: 1, Unit.DAYS: 1}
# What all of fewer than 30 clients said, or nobody: only a bound is shown then (rule P1).
EXTREMES: Mapping[Unit, Collection[int]] = {
    Unit.PERCENT: (0, 1),
    Unit.PER_THOUSAND: (0,),
    Unit.POINTS: (-100, 100),
    Unit.SCORE: (0, 100),
    Unit.DAYS: (),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What protection needs to know of a cell: distinct clients, answers, those of its busiest client, Σx."""

    clients: int
    responses: int
    largest: int
    x: int | Fraction


def primary(facts: Facts) -> Status:
    """Judge a cell alone (rule P1): < 11 clients or one client with most of the answers hides it.

    Complaints where no visit counts have no rate: that somebody is there is not said either.

    >>> primary(Facts(clients=10, responses=40, largest=4, x=Fraction(30)))
    <Status.C: 'C'>
    >>> primary(Facts(clients=11, responses=40, largest=20, x=Fraction(30)))
    <Status.L: 'L'>
    >>> primary(Facts(clients=11, responses=0, largest=0, x=11)), primary(Facts(0, 0, 0, 0))
    (<Status.C: 'C'>, <Status.M: 'M'>)
    """
    if not facts.clients:
        return Status.M
    if facts.clients < HIDDEN_UNDER or not facts.responses or 2 * facts.largest > facts.responses:
        return Status.C
    return Status.L if facts.clients < FRAGILE_UNDER else Status.A


def is_few(clients: int, responses: int) -> bool:
    """Tell whether a sum that anybody can do leaves somebody, and fewer than 11 clients.

    Clients in two parts may cancel out, but fewer than 11 answers are fewer than 11 clients. Somebody without
    an answer is somebody who complained.

    >>> is_few(10, 40), is_few(11, 40), is_few(0, 40), is_few(0, 0), is_few(0, 10), is_few(1, 0)
    (True, False, False, False, True, True)
    """
    return 0 < clients < HIDDEN_UNDER or 0 < responses < HIDDEN_UNDER


def sensitive_complement(whole: Facts, part: Facts) -> bool:
    """Tell whether subtracting `part` from `whole` would leave 1 to 10 clients: `whole` must then be hidden.

    Funders share clients, so that one's figure may lie inside another's.

    >>> whole, part = Facts(45, 60, 3, Fraction(50)), Facts(40, 50, 3, Fraction(45))
    >>> sensitive_complement(whole, part)
    True
    """
    clients, responses = whole.clients - part.clients, whole.responses - part.responses
    if clients < 0 or responses < 0:
        raise ValueError("the part is larger than the whole")
    return is_few(clients, responses)


@dataclass(frozen=True, slots=True)
class Published:
    """A figure as outsiders read it; without `value` only a bound is shown (« au moins », « au plus »)."""

    value: Decimal | None
    low: Decimal
    high: Decimal
    n_clients: int


def round_half_up(number: Fraction | float, places: int = 0) -> Decimal:
    """Round an exact number, halves away from zero.

    >>> round_half_up(Fraction(1, 8), 2), round_half_up(Fraction(-5, 2))
    (Decimal('0.13'), Decimal('-3'))
    """
    numerator, denominator = number.as_integer_ratio()
    digits = (2 * abs(numerator) * 10**places + denominator) // (2 * denominator)
    return Decimal(-digits if numerator < 0 else digits).scaleb(-places)


def rounded_count(count: int) -> int:
    """Round a count of clients to the nearest 5 (rule P6), never under the threshold: 11 to 17 read 15.

    >>> [rounded_count(n) for n in (10, 11, 12, 17, 18, 263)]
    [10, 15, 15, 15, 20, 265]
    """
    nearest = COUNT_STEP * int(round_half_up(Fraction(count, COUNT_STEP)))
    return nearest if count < HIDDEN_UNDER else max(LEAST_COUNT, nearest)


def publish(
    estimate: Interval, clients: int, unit: Unit, extremes: Mapping[Unit, Collection[int]] = EXTREMES
) -> Published:
    """Round a figure for outsiders (rule P6): whole below 400 clients, one decimal above, bounds alike.

    >>> from quality.measures.statistics import Moments, share
    >>> publish(share(Moments.of([(1, 1)] * 81 + [(1, 0)] * 182)), 263, Unit.PERCENT)
    Published(value=Decimal('31'), low=Decimal('26'), high=Decimal('37'), n_clients=265)
    """
    places = 0 if clients < WHOLE_PERCENT_UNDER else 1
    scale = SCALE[unit]
    is_bound = estimate.is_bound or (clients < FRAGILE_UNDER and estimate.exact in extremes[unit])
    return Published(
        value=None if is_bound else round_half_up(scale * estimate.exact, places),
        low=round_half_up(scale * Fraction(estimate.low), places),
        high=round_half_up(scale * Fraction(estimate.high), places),
        n_clients=rounded_count(clients),
    )
