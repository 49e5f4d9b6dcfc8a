"""Several questions as one figure: the unweighted mean of their top-box shares, the client as the unit."""

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import chain

from quality.measures.statistics.parts import Parts
from quality.measures.statistics.shares import Estimate, wilson

QUESTIONS = 3  # of the composites that are published
Answers = tuple[int, int]  # how many answers to an item, how many of them counted


def composite(clients: Iterable[Sequence[Answers]]) -> Estimate | None:
    """Average the shares of K items (AHRQ, CAHPS composites), Wilson's interval on n_eff = θ(1−θ)/Var.

    The variance is that of the linearised sum of ratios between clients, C/(C−1) · Σ uᵢ² with
    uᵢ = Σₖ (xᵢₖ − pₖnᵢₖ)/(K·Σnₖ) (Woodruff 1971), so that a client's answers to several items count as alike
    as they are; at least that of independent answers. One client per answer, where it is nil.
    None when an item has no answer.

    >>> one = [[(1, 1), (1, 1)]] * 30 + [[(1, 0), (1, 1)]] * 6 + [[(1, 0), (1, 0)]] * 4
    >>> estimate = composite(one)
    >>> f"{estimate.value:.4f} {estimate.low:.4f} {estimate.high:.4f}"
    '0.8250 0.7014 0.9044'
    """
    kept = [list(chain.from_iterable(client)) for client in clients if any(n for n, _ in client)]
    return composite_of(Parts.of(kept), len(kept))


def composite_of(parts: Parts, clients: int) -> Estimate | None:
    """Give the same figure from the sums over clients of (n₁, x₁, n₂, x₂, …) and of their products.

    >>> composite_of(Parts.of([(1, 1, 1, 1), (1, 0, 1, 1)]), 2).exact
    Fraction(3, 4)
    """
    sums = list(zip(parts.sums[::2], map(Fraction, parts.sums[1::2]), strict=True))
    if not sums or not all(n for n, _ in sums):
        return None
    shares = [x / n for n, x in sums]
    value = sum(shares, Fraction(0)) / len(shares)
    spread = max(_between(parts, sums, clients), _within(sums))
    n_eff = float(value * (1 - value)) / spread if spread and clients > 1 else float(clients)
    answers = sum(n for n, _ in sums)
    low, high = wilson(float(value), n_eff)
    return Estimate(exact=value, low=low, high=high, n_eff=n_eff, deff=answers / n_eff)


def _between(parts: Parts, sums: Sequence[tuple[int, Fraction]], clients: int) -> float:
    """Variance between clients: C/(C−1)·Σ uᵢ², each uᵢ a weighted sum of the client's numbers."""
    if clients < 2:
        return 0.0
    weights = [weight / (n * len(sums)) for n, x in sums for weight in (-x / n, Fraction(1))]
    places = range(len(weights))
    pulls = sum(weights[i] * weights[j] * parts.product(i, j) for i in places for j in places)
    return float(Fraction(clients, clients - 1) * pulls)


def _within(sums: Sequence[tuple[int, Fraction]]) -> float:
    """Variance of the mean, were all answers independent: Σ pₖ(1−pₖ)/nₖ / K²."""
    return math.fsum(float(x * (n - x)) / n**3 for n, x in sums) / len(sums) ** 2
