"""Exact tails of the binomial law, for whole and for effective sample sizes, and the limits of a funnel."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from quality.measures.statistics.quantiles import beta_cdf


def _regularised(x: float, a: float, b: float) -> float:
    """Give I_x(a, b), by the end whose series converges without growing (DLMF 8.17.4)."""
    return beta_cdf(x, a, b) if x * (a + b) <= a else 1 - beta_cdf(1 - x, b, a)


def at_least(x: float, n: float, theta: float) -> float:
    """Give P(X ≥ x), X binomial of size n and chance θ: I_θ(x, n − x + 1) (DLMF 8.17.5), real x and n too.

    >>> round(at_least(10, 10, 0.9), 4), round(at_least(3, 4, 0.5), 4)
    (0.3487, 0.3125)
    """
    return 1.0 if x <= 0 else _regularised(theta, x, n - x + 1)


def at_most(x: float, n: float, theta: float) -> float:
    """Give P(X ≤ x).

    >>> round(at_most(1, 4, 0.5), 4)
    0.3125
    """
    return at_least(n - x, n, 1 - theta)


@dataclass(frozen=True, slots=True)
class Limits:
    """What chance alone allows around θ, all but a tail on each side."""

    low: float
    high: float


def limits(n: float, theta: float, tail: float) -> Limits:
    """Draw the limits at one size by exact binomial tails, interpolated (Spiegelhalter 2005, appendix A.1.1).

    Between two whole sizes they are interpolated again. They are for the eye: at θ = .9 and n = 10 a perfect
    score passes the limit of 99.8 % and happens once in three times; flags read the tail itself.

    >>> drawn = limits(10, 0.9, 0.001)
    >>> f"{drawn.low:.4f} {drawn.high:.4f}"
    '0.4573 0.9997'
    """
    if theta in (0, 1):
        return Limits(theta, theta)
    below, part = max(1, math.floor(n)), max(0.0, n - max(1, math.floor(n)))
    ends = [below] if not part else [below, below + 1]
    lows, highs = zip(
        *((_crossing(k, theta, tail), _crossing(k, theta, 1 - tail)) for k in ends), strict=True
    )
    return Limits(_between(lows, part), _between(highs, part))


def _between(ends: tuple[float, ...], part: float) -> float:
    return ends[0] + part * (ends[-1] - ends[0])


def _crossing(n: int, theta: float, reached: float) -> float:
    """Find the share under which `reached` of the law lies, along the straight lines between its steps."""
    count = _first(n, lambda x: at_most(x, n, theta) > reached)
    upper, lower = at_most(count, n, theta), at_most(count - 1, n, theta) if count else 0.0
    return max(0.0, (count - (upper - reached) / (upper - lower)) / n)


def _first(n: int, is_passed: Callable[[int], bool]) -> int:
    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_passed(middle) else (middle + 1, high)
    return low
