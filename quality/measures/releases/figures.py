"""A figure as published: from the unrounded base to what is shown, and the seal of a release (pure)."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import msgspec

from quality.measures.catalogue import ANSWERED, Indicator, Kind, indicator
from quality.measures.disclosure.knowledge import Saying, Told
from quality.measures.disclosure.lattice import Key, judge
from quality.measures.disclosure.status import EXTREMES, Facts, Status, Unit, publish
from quality.measures.disclosure.suppression import Elsewhere
from quality.measures.statistics import Interval, Moments, mean, rate_per_1000, share
from quality.measures.statistics.composite import QUESTIONS, composite_of
from quality.measures.statistics.delivered import delivered_of
from quality.measures.statistics.parts import Parts
from quality.measures.statistics.promoters import net_promoter, sides_of
from quality.measures.statistics.remedies import median_delay
from quality.measures.statistics.score import MOST, score

# 1 hid every part of a line with a hidden part, 2 was not audited, 3 knew shares only.
# Behind a rate of answers, 3 and 4 put those who were asked, not those who answered.
# Until 5, a complaint rate of nought was told of fewer than 30 clients; 6 gives its bound.
# What an audit holds back is kept with its release: a later one that asks more changes no older release.
METHOD = "6"
RECOMPUTED = frozenset({"3", "4", "5", "6"})  # as they were published
ASKED = frozenset({"3", "4"})
TOLD_NOUGHT = frozenset({"3", "4", "5"})
UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Folded:
    """The base of one place: the sums over its clients, and its provider where it is one's."""

    key: Key
    provider: UUID | None
    moments: Moments
    parts: Parts | None = None
    counts: tuple[int, ...] = ()  # of delays, by day


class Figure(msgspec.Struct, frozen=True):
    """One published line: rounded, with its status; hidden it carries nothing."""

    key: Key
    provider: UUID | None
    status: Status
    unit: Unit
    n_clients: int | None = None
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


class Published(msgspec.Struct, frozen=True):
    """A figure with the release that it stands in; `convention` is the code of its population's, or empty."""

    id: UUID
    figure: Figure
    period: str
    release: UUID
    method: str
    released_at: datetime
    convention: str = ""


def moments_of(row: Mapping[str, int]) -> Moments:
    """Read sums from a row of the database."""
    return Moments(
        clients=row["clients"],
        n=row["n"],
        x=row["x"],
        xx=row["xx"],
        xn=row["xn"],
        nn=row["nn"],
        largest=row["largest"],
    )


def folded_of(key: Key, provider: UUID | None, row: Mapping[str, Any]) -> Folded:
    """Read a base from a row of the database, with what its kind keeps beside the moments."""
    m, beside = moments_of(row), row["parts"]
    if not beside:
        return Folded(key, provider, m)
    if indicator(key.indicator, key.version).kind is Kind.MEDIAN:
        return Folded(key, provider, m, counts=tuple(beside))
    return Folded(key, provider, m, Parts.read(beside))


def beside_of(base: Folded) -> list[int] | None:
    """Write what a base keeps beside its moments, as `folded_of` reads it."""
    return base.parts.flat if base.parts else list(base.counts) or None


def facts_of(base: Folded, method: str = METHOD) -> Facts:
    """Tell what protection needs to know of a base; behind a rate of answers stand those who answered.

    Where nobody did, it is hidden too: « moins de 11 clients » is all that is said.
    """
    m = base.moments
    is_rate = bool(m.clients) and base.key.indicator in ANSWERED and method not in ASKED
    return Facts(max(1, min(m.clients, int(m.x))) if is_rate else m.clients, m.n, m.largest, m.x)


def published(base: Folded, status: Status, method: str = METHOD) -> Figure:
    """Round a figure for outsiders, or keep only its status."""
    unit = indicator(base.key.indicator, base.key.version).unit
    estimate = None if status.is_hidden else estimated(base)
    if estimate is None:
        return Figure(base.key, base.provider, status, unit)
    extremes = {**EXTREMES, Unit.PER_THOUSAND: ()} if method in TOLD_NOUGHT else EXTREMES
    shown = publish(estimate, base.moments.clients, unit, extremes)
    return Figure(base.key, base.provider, status, unit, shown.n_clients, shown.value, shown.low, shown.high)


def estimated(base: Folded) -> Interval | None:
    """Draw a figure from its base, as its kind says; None where nothing can be said."""
    kind, m = indicator(base.key.indicator, base.key.version).kind, base.moments
    if kind is Kind.MEDIAN:
        return median_delay(base.counts, m)
    if base.parts is not None:
        parts = base.parts
        return net_promoter(sides_of(parts, m)) if kind is Kind.NET else composite_of(parts, m.clients)
    return DRAWN.get(kind, share)(m)


def _rate(m: Moments) -> Interval | None:
    return rate_per_1000(int(m.x), m.n)


def _delivered(m: Moments) -> Interval | None:
    return delivered_of(m, MINUTES)


def _index(m: Moments) -> Interval | None:
    """Average an index kept in ten-thousandths; its bounds stay where it can be."""
    found = mean(m)
    if found is None:
        return None
    low, high = max(0.0, found.low / WHOLE), min(1.0, found.high / WHOLE)
    return Interval(found.exact / WHOLE, low, high)


MINUTES, WHOLE = 60, 10_000
PERCENT = Saying()
SAYINGS = {
    Kind.COMPOSITE: Saying(Fraction(100, QUESTIONS)),
    Kind.NET: Saying(Fraction(100), 1),
    Kind.MEAN: Saying(Fraction(100, WHOLE)),
    Kind.SCORE: Saying(Fraction(100, MOST)),
    Kind.RATE: Saying(Fraction(1000)),
}
DRAWN: Mapping[Kind, Callable[[Moments], Interval | None]] = {
    Kind.RATE: _rate,
    Kind.DELIVERED: _delivered,
    Kind.MEAN: _index,
    Kind.SCORE: score,
}


def told(base: Folded, status: Status) -> Told:
    """Tell what a reader would see of a base, beside its truth."""
    m, item = base.moments, indicator(base.key.indicator, base.key.version)
    value = published(base, status).value
    return Told(status, m.clients, m.n, int(m.x), value, said_by(item), m.largest)


def said_by(item: Indicator) -> Saying | None:
    """Tell what the value of an indicator says of its sums; that of a median says nothing.

    >>> said_by(indicator("NPS", 1)), said_by(indicator("GLOB", 1))
    (Saying(per=Fraction(100, 1), shift=1), Saying(per=Fraction(100, 1), shift=0))
    """
    return None if item.kind is Kind.MEDIAN else SAYINGS.get(item.kind, PERCENT)


def released(
    bases: Collection[Folded], before: Elsewhere[Key], held: Collection[Key] = (), method: str = METHOD
) -> list[Figure]:
    """Turn the bases of a period into what is published by a method, in the order of the seal.

    `before` is what earlier releases ask; `held`, what the audit of this one hides.
    """
    cells = {base.key: facts_of(base, method) for base in bases}
    statuses = judge(cells, Elsewhere(frozenset(before.hidden).union(held), before.known))
    by_key = {base.key: base for base in bases}
    return [published(by_key[key], status, method) for key, status in statuses.items()]


def seal(period: str, method: str, figures: Iterable[Figure]) -> bytes:
    """Seal a release: SHA-256 over its period, its method and its figures in order.

    >>> seal("2026-10", "1", []).hex()[:12]
    'c998ea7b8424'
    """
    digest = hashlib.sha256(f"{period}|{method}\n".encode())
    lines = sorted((figure.key.order, place, figure) for place, figure in enumerate(figures))
    digest.update("".join(f"{_line(order, figure)}\n" for order, _, figure in lines).encode())
    return digest.digest()


def _line(order: tuple[str, ...], figure: Figure) -> str:
    facts = (figure.key.funder, figure.provider, figure.status, figure.unit, figure.n_clients)
    shown = (UNKNOWN if each is None else f"{each:.2f}" for each in (figure.value, figure.low, figure.high))
    return "|".join((*order, *(UNKNOWN if each is None else str(each) for each in facts), *shown))


def digits_of(value: Decimal | None, low: Decimal | None, high: Decimal | None) -> int:
    """Tell how many decimals a figure was published with: none below 400 clients, else one.

    >>> digits_of(Decimal("86.20"), Decimal("84.00"), Decimal("88.00"))
    1
    """
    return int(any(each is not None and each % 1 for each in (value, low, high)))
