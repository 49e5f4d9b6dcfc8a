"""Shares, means, differences and rates with the client as the unit, and the response rates of AAPOR.

Answers cluster by client: at an intra-client correlation of 0.095 a naive 95 % interval covers 80 %, one on
the effective sample size covers 95 %. Undefined is None, never 0. Fractions stay exact until rounded.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from quality.measures.quantiles import gamma_quantile, t_quantile

Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over clients of n answers and x counted ones.

    Two Moments are never added: a client of both months would count as two, and the interval would cover 87 %
    instead of 95 %. Add the cells of each client first, then take the moments.
    """

    clients: int
    n: int
    x: int | Fraction
    xx: int | Fraction
    xn: int | Fraction
    nn: int
    largest: int

    @classmethod
    def of(cls, pairs: Iterable[tuple[int, int | Fraction]]) -> "Moments":
        """Fold one (n, x) per client; a client without answers does not count.

        >>> Moments.of([(2, 1), (3, 3), (0, 0)])
        Moments(clients=2, n=5, x=Fraction(4, 1), xx=Fraction(10, 1), xn=Fraction(11, 1), nn=13, largest=3)
        """
        kept = [(n, x) for n, x in pairs if n]
        return cls(
            clients=len(kept),
            n=sum(n for n, _ in kept),
            x=Fraction(sum(x for _, x in kept)),
            xx=Fraction(sum(x * x for _, x in kept)),
            xn=Fraction(sum(x * n for n, x in kept)),
            nn=sum(n * n for n, _ in kept),
            largest=max((n for n, _ in kept), default=0),
        )


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and its 95 % bounds; `exact` is what gets rounded."""

    exact: Fraction
    low: float
    high: float

    @property
    def value(self) -> float:
        return float(self.exact)


@dataclass(frozen=True, slots=True)
class Estimate(Interval):
    """A figure from clustered answers: `n_eff` independent answers would say as much, `deff` = n / n_eff."""

    n_eff: float
    deff: float


def wilson(p: float, n: float) -> tuple[float, float]:
    """Bound a share p observed on n > 0 independent answers (Wilson 1927).

    >>> "{:.4f} {:.4f}".format(*wilson(81 / 263, 263))
    '0.2553 0.3662'
    """
    shrink = 1 + Z * Z / n
    centre = (p + Z * Z / (2 * n)) / shrink
    half = Z / shrink * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return max(0.0, min(p, centre - half)), min(1.0, max(p, centre + half))


def _variance(m: Moments) -> Fraction:
    """Variance of the ratio Σx/Σn between ≥ 2 clients (Cochran 1977, ratio estimator on clusters)."""
    ratio = Fraction(m.x) / m.n
    residual = m.xx - 2 * ratio * m.xn + ratio * ratio * m.nn
    return Fraction(m.clients, m.clients - 1) * residual / (m.n * m.n)


def effective(m: Moments) -> Fraction:
    """Give n_eff = n / deff of a share: so many independent answers would say as much (Kish 1965).

    deff is the variance between clients over that of independent answers, p(1−p)/n; whole numbers throughout.
    """
    rest = m.n - m.x
    if m.clients == 1 or not m.x or not rest:
        return Fraction(m.clients)
    residual = m.n * m.n * m.xx - 2 * m.n * m.x * m.xn + m.x * m.x * m.nn
    between, within = m.clients * residual, (m.clients - 1) * m.n * m.x * rest
    return Fraction(m.n) if between <= within else Fraction(m.n * within, between)


def share(m: Moments) -> Estimate | None:
    """Estimate p = Σx/Σn with Wilson's interval on n_eff = n / deff (Kish 1965; Korn and Graubard 1998).

    >>> estimate = share(Moments.of([(2, 2)] * 81 + [(2, 0)] * 182))
    >>> f"{estimate.value:.4f} {estimate.low:.4f} {estimate.high:.4f}"
    '0.3080 0.2552 0.3663'
    >>> f"{estimate.n_eff:.1f} {estimate.deff:.4f}"
    '262.0 2.0076'
    """
    if not m.n:
        return None
    p = Fraction(m.x) / m.n
    if not 0 <= p <= 1:
        raise ValueError(f"a share lies between 0 and 1, not {p}")
    n_eff = effective(m)
    low, high = wilson(float(p), float(n_eff))
    return Estimate(exact=p, low=low, high=high, n_eff=float(n_eff), deff=float(m.n / n_eff))


def mean(m: Moments) -> Estimate | None:
    """Estimate Σx/Σn on any scale, Student's t with C−1 degrees of freedom; None under two clients.

    >>> estimate = mean(Moments.of([(1, 4), (2, 10), (1, 3)]))
    >>> f"{estimate.value:.2f} {estimate.low:.2f} {estimate.high:.2f}"
    '4.25 1.66 6.84'
    """
    if m.clients < 2:
        return None
    value = Fraction(m.x) / m.n
    half = t_quantile(m.clients - 1) * math.sqrt(_variance(m))
    low, high = float(value) - half, float(value) + half
    return Estimate(exact=value, low=low, high=high, n_eff=float(m.clients), deff=m.n / m.clients)


def difference(a: Interval, b: Interval) -> Interval:
    """Compare two independent shares, a − b (Newcombe 1998, method 10).

    >>> def independent(x, n):
    ...     return Interval(Fraction(x, n), *wilson(x / n, n))
    >>> gap = difference(independent(56, 70), independent(48, 80))
    >>> f"{gap.value:.4f} {gap.low:.4f} {gap.high:.4f}"
    '0.2000 0.0524 0.3339'
    """
    gap = float(a.exact - b.exact)
    low = gap - math.hypot(a.value - a.low, b.high - b.value)
    high = gap + math.hypot(a.high - a.value, b.value - b.low)
    return Interval(exact=a.exact - b.exact, low=low, high=high)


def rate_per_1000(count: int, exposure: int) -> Interval | None:
    """Count events per 1,000 interventions, exact Poisson bounds (Garwood 1936).

    >>> rate = rate_per_1000(3, 1200)
    >>> f"{rate.value:.2f} {rate.low:.2f} {rate.high:.2f}"
    '2.50 0.52 7.31'
    """
    if not exposure:
        return None
    low = gamma_quantile(0.025, count) if count else 0.0
    high = gamma_quantile(0.975, count + 1)
    scale = 1000 / exposure
    return Interval(exact=Fraction(1000 * count, exposure), low=low * scale, high=high * scale)


@dataclass(frozen=True, slots=True)
class Dispositions:
    """Cases asked, by final disposition (AAPOR, Standard Definitions); capped cases were never sampled."""

    complete: int = 0
    partial: int = 0
    refusal: int = 0
    non_contact: int = 0
    other: int = 0
    unknown_household: int = 0
    unknown_other: int = 0
    not_eligible: int = 0

    @property
    def answered(self) -> int:
        return self.complete + self.partial

    @property
    def reached(self) -> int:
        return self.answered + self.refusal + self.other

    @property
    def eligible(self) -> int:
        return self.reached + self.non_contact

    @property
    def unknown(self) -> int:
        return self.unknown_household + self.unknown_other


@dataclass(frozen=True, slots=True)
class ResponseRates:
    """Response (RR), contact (CON), cooperation (COOP) and refusal (REF) rates; RR2 is the headline."""

    rr1: Fraction | None
    rr2: Fraction | None
    rr3: Fraction | None
    con1: Fraction | None
    coop2: Fraction | None
    ref1: Fraction | None


def _ratio(part: int, whole: int | Fraction) -> Fraction | None:
    return Fraction(part) / whole if whole else None


def response_rates(cases: Dispositions, eligible_unknown: Fraction | None = None) -> ResponseRates:
    """Rate the final dispositions (AAPOR, Standard Definitions).

    `eligible_unknown` is AAPOR's e, the share of unknown cases held eligible; by default that of the known.

    >>> cases = Dispositions(4, 2, 1, 1, 1, 1, 1, 1)
    >>> rates = response_rates(cases, Fraction(9, 10))
    >>> f"{float(rates.rr1):.3f} {float(rates.rr2):.3f} {float(rates.rr3):.3f}"
    '0.364 0.545 0.370'
    >>> response_rates(Dispositions()).rr2 is None
    True
    """
    known = cases.eligible + cases.not_eligible
    e = eligible_unknown if eligible_unknown is not None else Fraction(cases.eligible, known or 1)
    everyone = cases.eligible + cases.unknown
    return ResponseRates(
        rr1=_ratio(cases.complete, everyone),
        rr2=_ratio(cases.answered, everyone),
        rr3=_ratio(cases.complete, cases.eligible + e * cases.unknown),
        con1=_ratio(cases.reached, everyone),
        coop2=_ratio(cases.answered, cases.reached),
        ref1=_ratio(cases.refusal, everyone),
    )
