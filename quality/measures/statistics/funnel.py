"""Providers beside their peers: who stands out beyond chance. No league table, no rank."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from quality.measures.statistics.discoveries import adjusted
from quality.measures.statistics.dispersion import between, shrunk
from quality.measures.statistics.shares import Moments, effective
from quality.measures.statistics.tails import Limits, at_least, at_most, limits

FEWEST_PEERS = 10
FEWEST_CLIENTS = 11  # of a provider that is drawn, and helps to draw the limits
JUDGED_FROM = 40  # clients (rule P1): those of fewer are drawn and never flagged
WARNING, ALERT = 0.025, 0.001  # tails of the limits of 95 % and 99.8 %
FALSE_SHARE = 0.05  # of the flags, at most, on average


class Level(StrEnum):
    """How far a provider stands from its peers; ORDINARY is « différence non significative »."""

    ORDINARY = "ordinary"
    WARNING = "warning"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class Standing:
    """A provider of one group of peers: its code and the sums over its clients."""

    code: str
    moments: Moments


@dataclass(frozen=True, slots=True)
class Compared:
    """A provider drawn: its share, the size it counts for, and the chance to be as far out on its side."""

    code: str
    clients: int
    exact: Fraction
    n_eff: float
    tail: float
    is_high: bool
    level: Level


@dataclass(frozen=True, slots=True)
class Funnel:
    """Peers around their pooled share; `tau2` is their variance beyond chance, on the arcsine scale."""

    centre: Fraction
    tau2: float
    providers: tuple[Compared, ...]

    def limits(self, n: float, tail: float = WARNING) -> Limits:
        """Draw what chance and the usual difference between peers allow at a size."""
        return limits(shrunk(n, self.tau2), float(self.centre), tail)


def funnel(standings: Sequence[Standing]) -> Funnel | None:
    """Compare the providers of one activity group and département type; None under ten of eleven clients.

    The centre is the pooled share Σx/Σn. Each is judged by the exact binomial tail at its effective size,
    that its clients and the over-dispersion leave (tails.py, dispersion.py): under .001 an alert, under
    .025 a warning, kept if Benjamini and Hochberg's procedure on both sides does not call it chance.

    >>> def of_hundred(code, x):
    ...     return Standing(code, Moments.of([(1, 1)] * x + [(1, 0)] * (100 - x)))
    >>> peers, poor = [of_hundred(f"peer {i}", 81 + i % 4) for i in range(19)], of_hundred("poor", 60)
    >>> drawn = funnel([*peers, poor])
    >>> [(each.code, each.level.value) for each in drawn.providers if each.level is not Level.ORDINARY]
    [('poor', 'alert')]
    >>> funnel(peers[:9]) is None
    True
    """
    kept = [each for each in standings if each.moments.clients >= FEWEST_CLIENTS]
    if len(kept) < FEWEST_PEERS:
        return None
    centre = sum((Fraction(each.moments.x) for each in kept), Fraction(0)) / sum(
        each.moments.n for each in kept
    )
    sizes = [float(effective(each.moments)) for each in kept]
    shares = [Fraction(each.moments.x) / each.moments.n for each in kept]
    tau2 = between(sizes, [float(each) for each in shares], float(centre))
    sides = [_side(shrunk(n, tau2), float(p), float(centre)) for n, p in zip(sizes, shares, strict=True)]
    levels = _levels([each.moments.clients for each in kept], [tail for tail, _ in sides])
    providers = tuple(
        Compared(each.code, each.moments.clients, p, n, tail, is_high, level)
        for each, p, n, (tail, is_high), level in zip(kept, shares, sizes, sides, levels, strict=True)
    )
    return Funnel(centre, tau2, providers)


def _side(n: float, share: float, centre: float) -> tuple[float, bool]:
    high, low = at_least(share * n, n, centre), at_most(share * n, n, centre)
    return min(high, low), share > centre


def _levels(clients: Sequence[int], tails: Sequence[float]) -> list[Level]:
    judged = [place for place, count in enumerate(clients) if count >= JUDGED_FROM]
    doubled = adjusted([min(1.0, 2 * tails[place]) for place in judged])
    kept = {place for place, value in zip(judged, doubled, strict=True) if value <= FALSE_SHARE}
    return [_level(tail) if place in kept else Level.ORDINARY for place, tail in enumerate(tails)]


def _level(tail: float) -> Level:
    if tail < ALERT:
        return Level.ALERT
    return Level.WARNING if tail < WARNING else Level.ORDINARY
