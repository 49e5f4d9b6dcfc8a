"""The net promoter score of clustered answers from 0 to 10: shown, never a class nor a flag."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from quality.measures.statistics.parts import Parts
from quality.measures.statistics.shares import Interval, Moments, share

MARKS = 11
DETRACTORS, PROMOTERS = slice(0, 7), slice(9, MARKS)  # Reichheld 2003


@dataclass(frozen=True, slots=True)
class Sides:
    """Sums over clients of promoters and of detractors on the same answers; `both` is Σ of their products."""

    promoters: Moments
    detractors: Moments
    both: int

    @classmethod
    def of(cls, histograms: Iterable[Sequence[int]]) -> "Sides":
        """Fold the eleven counts of each client.

        >>> sides = Sides.of([[0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]])
        >>> sides.promoters.n, int(sides.promoters.x), int(sides.detractors.x), sides.both
        (4, 3, 1, 2)
        """
        kept = [list(each) for each in histograms]
        if any(len(each) != MARKS for each in kept):
            raise ValueError("a histogram counts the eleven marks from 0 to 10")
        counts = [(sum(each), sum(each[PROMOTERS]), sum(each[DETRACTORS])) for each in kept]
        return cls(
            promoters=Moments.of((n, high) for n, high, _ in counts),
            detractors=Moments.of((n, low) for n, _, low in counts),
            both=sum(high * low for _, high, low in counts),
        )


def sides_of(parts: Parts, m: Moments) -> Sides:
    """Read them from the sums and products of each client's promoters, detractors and answers.

    >>> one, other = (2, 1, 3), (1, 0, 1)
    >>> sides_of(Parts.of([one, other]), Moments.of([(3, 3), (1, 1)])) == Sides.of(
    ...     [[0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]])
    True
    """
    high, low = (
        replace(
            m, x=Fraction(parts.sums[i]), xx=Fraction(parts.product(i, i)), xn=Fraction(parts.product(i, 2))
        )
        for i in (0, 1)
    )
    return Sides(high, low, parts.product(0, 1))


def net_promoter(sides: Sides) -> Interval | None:
    """Give 100·(p − d) with MOVER bounds (Zou and Donner 2008) on Wilson's of p and d, each on its own n_eff.

    Their correlation r is that between clients, so that a temper which makes promoters rare and detractors
    many is not taken for chance; with one answer each it is that of a multinomial, −√(pd / ((1−p)(1−d))).

    >>> def marked(mark):
    ...     return [int(mark == each) for each in range(MARKS)]
    >>> score = net_promoter(Sides.of([marked(10)] * 50 + [marked(8)] * 30 + [marked(0)] * 20))
    >>> f"{score.value:.0f} {score.low:.2f} {score.high:.2f}"
    '30 13.89 44.24'
    """
    p, d = share(sides.promoters), share(sides.detractors)
    return None if p is None or d is None else net(p, d, correlation(sides))


def correlation(sides: Sides) -> float:
    """Give r of the two shares between clients, nil where one does not vary.

    >>> poor, middling, good = [1] + [0] * 10, [0] * 8 + [1, 0, 0], [0] * 10 + [1]
    >>> round(correlation(Sides.of([poor] * 2 + [middling] * 3 + [good] * 5)), 4)
    -0.5
    """
    high, low = sides.promoters, sides.detractors
    p, d = Fraction(high.x) / high.n, Fraction(low.x) / low.n
    together = sides.both - p * low.xn - d * high.xn + p * d * high.nn
    apart = (high.xx - 2 * p * high.xn + p * p * high.nn) * (low.xx - 2 * d * low.xn + d * d * low.nn)
    return max(-1.0, min(1.0, float(together) / math.sqrt(apart))) if apart else 0.0


def net(p: Interval, d: Interval, r: float) -> Interval:
    """Give 100·(p − d) from two bounded shares and their correlation.

    >>> from quality.measures.statistics.shares import wilson
    >>> p, d = (Interval(Fraction(x, 100), *wilson(x / 100, 100)) for x in (50, 20))
    >>> score = net(p, d, r=-0.5)
    >>> f"{score.value:.0f} {score.low:.2f} {score.high:.2f}"
    '30 13.97 44.18'
    """
    gap = p.exact - d.exact
    low = float(gap) - _reach(p.value - p.low, d.high - d.value, r)
    high = float(gap) + _reach(p.high - p.value, d.value - d.low, r)
    return Interval(exact=100 * gap, low=100 * max(-1.0, low), high=100 * min(1.0, high))


def _reach(one: float, other: float, r: float) -> float:
    return math.sqrt(max(0.0, one * one - 2 * r * one * other + other * other))


def scaled(estimate: Interval, lowest: int, highest: int) -> Interval:
    """Put a mean of marks on 0–100, worst to best, its bounds kept there (CMS, HCAHPS linear mean scores).

    >>> from quality.measures.statistics.shares import mean
    >>> scored = scaled(mean(Moments.of([(1, 4), (2, 10), (1, 3)])), 1, 5)
    >>> f"{scored.value:.2f} {scored.low:.2f} {scored.high:.2f}"
    '81.25 16.42 100.00'
    """
    span = Fraction(highest - lowest)
    low, high = (100 * (bound - lowest) / float(span) for bound in (estimate.low, estimate.high))
    return Interval(exact=100 * (estimate.exact - lowest) / span, low=max(0.0, low), high=min(100.0, high))
