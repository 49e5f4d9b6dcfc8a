"""How far providers differ beyond chance, and how much of what is seen of one that difference explains."""

import math
from collections.abc import Sequence
from statistics import NormalDist

WINSORISED = 0.1
NORMAL = NormalDist()


def winsorise(values: Sequence[float], part: float = WINSORISED) -> list[float]:
    """Pull the lowest and the highest tenth in to their neighbour (Spiegelhalter 2005).

    >>> winsorise([-9, -1, 0, 0, 0, 0, 0, 1, 2, 30])
    [-1, -1, 0, 0, 0, 0, 0, 1, 2, 2]
    """
    cut = int(part * len(values))
    if not cut:
        return list(values)
    ordered = sorted(values)
    low, high = ordered[cut], ordered[-cut - 1]
    return [min(high, max(low, value)) for value in values]


def kept_variance(part: float) -> float:
    """Give the variance that a normal law of variance 1 keeps once such a part is pulled in at each end.

    ∫ min(z², a²) φ(z) dz = 1 − 2·part − 2aφ(a) + 2·part·a², with a = Φ⁻¹(1 − part).

    >>> round(kept_variance(0.1), 4), kept_variance(0)
    (0.6787, 1.0)
    """
    if not part:
        return 1.0
    a = NORMAL.inv_cdf(1 - part)
    return 1 - 2 * part - 2 * a * NORMAL.pdf(a) + 2 * part * a * a


def between(sizes: Sequence[float], shares: Sequence[float], centre: float) -> float:
    """Estimate τ², the variance between providers on the scale arcsin √p, where chance alone gives 1/(4n).

    Additive and by moments, from winsorised z-scores so that the few that stand out do not widen the limits
    meant to find them: τ² = max(0, (Σz²/k − (I−1)) / (Σw − Σw²/Σw)), w = 4n (Spiegelhalter 2005, Handling
    over-dispersion of performance indicators; DerSimonian and Laird 1986). What winsorising takes from
    the variance is given back by k: without it τ² is half of what it should be, and false flags double.

    >>> shares = [0.7, 0.74, 0.78, 0.8, 0.81, 0.82, 0.83, 0.84, 0.86, 0.88, 0.9, 0.93]
    >>> round(between([200] * 12, shares, 0.82), 4)
    0.0063
    >>> between([30] * 12, [0.8] * 12, 0.8)
    0.0
    """
    goal = math.asin(math.sqrt(centre))
    weights = [4 * n for n in sizes]
    scores = winsorise(
        [(math.asin(math.sqrt(p)) - goal) * math.sqrt(w) for p, w in zip(shares, weights, strict=True)]
    )
    whole = math.fsum(score * score for score in scores) / kept_variance(
        int(WINSORISED * len(scores)) / len(scores)
    )
    total = math.fsum(weights)
    room = total - math.fsum(weight * weight for weight in weights) / total
    return max(0.0, (whole - (len(scores) - 1)) / room) if room > 0 else 0.0


def shrunk(n: float, tau2: float) -> float:
    """Give the size at which chance alone varies as much as n answers and τ² do: 1/(4ñ) = 1/(4n) + τ².

    >>> shrunk(100, 0.0), round(shrunk(100, 0.0025), 6)
    (100.0, 50.0)
    """
    return n / (1 + 4 * n * tau2)


def reliability(n: float, share: float, sd: float) -> float:
    """Give the part of the variance seen between providers of n answers that is theirs (Adams 2009).

    sd² / (sd² + p(1−p)/n), sd that of their true shares. At .03, thirty clients tell little.

    >>> round(reliability(30, 0.91, 0.03), 2), round(reliability(300, 0.91, 0.03), 2)
    (0.25, 0.77)
    """
    seen = sd * sd + share * (1 - share) / n
    return sd * sd / seen if seen else 0.0


def spread_of_shares(tau2: float, centre: float) -> float:
    """Turn τ² into a standard deviation of shares about the centre: 2·τ·√(θ(1−θ)), by the delta method.

    >>> round(spread_of_shares(0.0025, 0.9), 3)
    0.03
    """
    return 2 * math.sqrt(tau2 * centre * (1 - centre))
