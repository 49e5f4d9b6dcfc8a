"""Quantiles of Student's t and of the gamma law: two all-positive series and a bisection."""

import math
from collections.abc import Callable
from functools import lru_cache

HALVINGS = 70
SMALLEST_TERM = 1e-17


def _bisect(rising: Callable[[float], float], target: float, high: float) -> float:
    low = 0.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < target else (low, middle)
    return (low + high) / 2


def _series(ratio: Callable[[int], float]) -> float:
    total = term = 1.0
    step = 0
    while term > SMALLEST_TERM * total:
        term *= ratio(step)
        total += term
        step += 1
    return total


def beta_cdf(x: float, a: float, b: float) -> float:
    """Regularised incomplete beta I_x(a, b), 0 ≤ x < 1 (DLMF 8.17.8).

    >>> round(beta_cdf(0.5, 2, 3), 12)
    0.6875
    """
    if x <= 0:
        return 0.0
    front = a * math.log(x) + b * math.log1p(-x) - math.log(a)
    front += math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return math.exp(front) * _series(lambda k: (a + b + k) / (a + 1 + k) * x)


def gamma_cdf(x: float, a: float) -> float:
    """Regularised incomplete gamma P(a, x), a > 0 (DLMF 8.11.4).

    >>> round(gamma_cdf(1, 1), 12) == round(1 - math.exp(-1), 12)
    True
    """
    if x <= 0:
        return 0.0
    return math.exp(a * math.log(x) - x - math.lgamma(a + 1)) * _series(lambda k: x / (a + 1 + k))


@lru_cache(maxsize=4096)
def t_quantile(df: int) -> float:
    """97.5 % point of Student's t with `df` ≥ 1 degrees of freedom: P(|T| ≤ t) = I(t²/(df + t²); 1/2, df/2).

    >>> round(t_quantile(1), 4), round(t_quantile(9), 4), round(t_quantile(5000), 4)
    (12.7062, 2.2622, 1.9604)
    """
    return _bisect(lambda t: beta_cdf(t * t / (df + t * t), 0.5, df / 2), 0.95, 13.0)


@lru_cache(maxsize=4096)
def gamma_quantile(probability: float, a: float) -> float:
    """Point of the gamma law of shape `a` and scale 1 that `probability` stays under.

    >>> round(gamma_quantile(0.975, 1), 4)
    3.6889
    """
    return _bisect(lambda x: gamma_cdf(x, a), probability, a + 10 * math.sqrt(a) + 10)
