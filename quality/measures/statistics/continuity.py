"""Whether the same person comes: the continuity of care of Bice and Boxerman."""

from collections.abc import Iterable
from fractions import Fraction

from quality.measures.statistics.shares import Estimate, Moments, mean

FEWEST_VISITS = 4


def continuity(visits: Iterable[int]) -> Fraction | None:
    """Give Σ nⱼ(nⱼ−1) / (N(N−1)) of one client, nⱼ the visits of each worker (Bice and Boxerman 1977).

    The chance that two visits drawn at random were made by one worker; None under four visits.

    >>> continuity([3, 1]), continuity([4]), continuity([1, 1, 1, 1]), continuity([2, 1])
    (Fraction(1, 2), Fraction(1, 1), Fraction(0, 1), None)
    """
    counts = list(visits)
    if any(count < 0 for count in counts):
        raise ValueError("visits are counted from 0")
    total = sum(counts)
    if total < FEWEST_VISITS:
        return None
    return Fraction(sum(count * (count - 1) for count in counts), total * (total - 1))


def mean_continuity(clients: Iterable[Iterable[int]]) -> Estimate | None:
    """Average it over clients, each counted once, Student's t; None under two clients with four visits.

    >>> estimate = mean_continuity([[3, 1], [4], [2, 2], [1, 1]])
    >>> f"{estimate.value:.4f} {estimate.low:.4f} {estimate.high:.4f}"
    '0.6111 0.0000 1.0000'
    """
    found = [index for index in map(continuity, clients) if index is not None]
    estimate = mean(Moments.of((1, index) for index in found))
    if estimate is None:
        return None
    low, high = max(0.0, estimate.low), min(1.0, estimate.high)
    return Estimate(estimate.exact, low, high, n_eff=estimate.n_eff, deff=estimate.deff)
