"""A figure as published: from the unrounded base to what is shown, and the seal of a release (pure)."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from quality.measures.catalogue import indicator
from quality.measures.disclosure import Facts, Status, Unit, publish
from quality.measures.lattice import Earlier, Key, judge, past
from quality.measures.statistics import Moments, share

METHOD = "2"  # 1 hid every part of a line with a hidden part
UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Folded:
    """The base of one place: the sums over its clients, and its provider where it is one's."""

    key: Key
    provider: UUID | None
    moments: Moments


@dataclass(frozen=True, slots=True)
class Figure:
    """One published line: rounded, with its status; hidden it carries nothing."""

    key: Key
    provider: UUID | None
    status: Status
    unit: Unit
    n_clients: int | None = None
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """A figure with the release that it stands in."""

    id: UUID
    figure: Figure
    period: str
    release: UUID
    method: str
    released_at: datetime


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


def facts_of(moments: Moments) -> Facts:
    return Facts(moments.clients, moments.n, moments.largest, moments.x)


def published(base: Folded, status: Status) -> Figure:
    """Round a figure for outsiders, or keep only its status."""
    unit = indicator(base.key.indicator, base.key.version).unit
    estimate = None if status.is_hidden else share(base.moments)
    if estimate is None:
        return Figure(base.key, base.provider, status, unit)
    shown = publish(estimate, base.moments.clients, unit)
    return Figure(base.key, base.provider, status, unit, shown.n_clients, shown.value, shown.low, shown.high)


def released(bases: Collection[Folded], earlier: Mapping[Key, Earlier], *, is_complete: bool) -> list[Figure]:
    """Turn the bases of a period into what is published, in the order of the seal.

    `earlier` is what finer periods published, all of those just below when `is_complete`.
    """
    cells = {base.key: facts_of(base.moments) for base in bases}
    statuses = judge(cells, past(earlier, cells, is_complete=is_complete))
    by_key = {base.key: base for base in bases}
    return [published(by_key[key], status) for key, status in statuses.items()]


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
