"""What the way of a first contact does to answers, from cases for which chance chose it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import combinations
from statistics import NormalDist

from quality.measures.statistics.shares import Interval, Moments, compared, effective

DETECTABLE = 0.05  # a gap worth adjusting for
POWER = 0.8
RISK = 0.05  # of calling chance a difference, over all pairs together


class Verdict(StrEnum):
    """What the experiment lets one say; nothing is adjusted until it is DIFFERENT."""

    TOO_FEW = "too_few"
    ALIKE = "alike"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class ModeEffect:
    """The gap between two modes, one − other; `n_eff` is the smaller arm's, `needed` what each must have."""

    one: str
    other: str
    gap: Interval
    n_eff: float
    needed: int
    verdict: Verdict


def needed(share: float, gap: float = DETECTABLE, pairs: int = 1) -> int:
    """Count the independent answers that each mode needs for a gap to be found four times in five.

    Two-sided, the risk shared between pairs (Bonferroni), without continuity correction (Fleiss, Levin and
    Paik 2003, 4.14); the other share lies nearer to one half, where more are needed.

    >>> needed(0.85), needed(0.85, gap=0.1), needed(0.85, pairs=3)
    (906, 250, 1208)
    """
    other = share - gap if share > 0.5 else share + gap
    middle = (share + other) / 2
    normal = NormalDist()
    at_risk = normal.inv_cdf(1 - RISK / (2 * pairs)) * math.sqrt(2 * middle * (1 - middle))
    at_power = normal.inv_cdf(POWER) * math.sqrt(share * (1 - share) + other * (1 - other))
    return math.ceil(((at_risk + at_power) / gap) ** 2)


def mode_effects(modes: Mapping[str, Moments], outcomes: int = 1) -> tuple[ModeEffect, ...]:
    """Compare every two modes in which somebody answered, intervals of 95 % over all pairs together.

    Where several `outcomes` are read side by side, over all pairs of all of them. Newcombe's (1998) on
    Wilson's bounds at the effective size. A client drawn into both arms makes the interval too wide, never
    too narrow. Under `needed` nothing is concluded, however wide the gap.

    >>> arms = {"sms": [(1, 1)] * 800 + [(1, 0)] * 200, "phone": [(1, 1)] * 900 + [(1, 0)] * 100}
    >>> [effect] = mode_effects({mode: Moments.of(clients) for mode, clients in arms.items()})
    >>> f"{effect.gap.value:.2f} {effect.gap.low:.4f} {effect.gap.high:.4f}", effect.verdict.value
    ('0.10 0.0689 0.1311', 'different')
    """
    kept = {mode: moments for mode, moments in modes.items() if moments.n}
    pairs = list(combinations(sorted(kept), 2))
    return tuple(_effect(one, other, kept, outcomes * len(pairs)) for one, other in pairs)


def _effect(one: str, other: str, modes: Mapping[str, Moments], pairs: int) -> ModeEffect:
    arms = modes[one], modes[other]
    gap = compared(*arms, pairs)
    pooled = float(Fraction(arms[0].x + arms[1].x) / (arms[0].n + arms[1].n))
    least, enough = float(min(map(effective, arms))), needed(pooled, pairs=pairs)
    return ModeEffect(one, other, gap, least, enough, _verdict(gap, is_enough=least >= enough))


def _verdict(gap: Interval, *, is_enough: bool) -> Verdict:
    if not is_enough:
        return Verdict.TOO_FEW
    return Verdict.ALIKE if gap.low <= 0 <= gap.high else Verdict.DIFFERENT
