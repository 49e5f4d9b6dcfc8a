"""Delays seen for a time only: what is still open is censored, never dropped (Kaplan and Meier 1958)."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from quality.measures.statistics import Z, wilson

EXACT = 1e-12


@dataclass(frozen=True, slots=True)
class Spell:
    """One case: the days it was seen, until its end or, still open, until today."""

    days: float
    is_over: bool


@dataclass(frozen=True, slots=True)
class Step:
    """After `days`, the share still open, and Greenwood's sum Σ d/(n(n−d)), infinite once nobody is."""

    days: float
    open: float
    greenwood: float


@dataclass(frozen=True, slots=True)
class Bounds:
    """A figure and its 95 % bounds; `high` is None where too many are still open to tell."""

    value: float
    low: float
    high: float | None


def survival(spells: Iterable[Spell]) -> tuple[Step, ...]:
    """Give the share still open after each day on which a case ended (Kaplan and Meier 1958).

    A case censored on the day when another ends was still at risk then.

    >>> seen = [Spell(2, True), Spell(3, False), Spell(5, True), Spell(9, False)]
    >>> [(step.days, round(step.open, 4), round(step.greenwood, 4)) for step in survival(seen)]
    [(2, 0.75, 0.0833), (5, 0.375, 0.5833)]
    """
    known = list(spells)
    return survival_of(
        Counter(each.days for each in known if each.is_over), Counter(each.days for each in known)
    )


def survival_of(ends: Mapping[float, int], leaves: Mapping[float, int]) -> tuple[Step, ...]:
    """Give the same from how many cases ended on each day, and how many were seen until it, ended or not.

    >>> survival_of({2: 1}, {2: 2, 9: 2})
    (Step(days=2, open=0.75, greenwood=0.08333333333333333),)
    """
    steps, at_risk, still, greenwood = [], sum(leaves.values()), 1.0, 0.0
    for days in sorted(leaves):
        if ended := ends.get(days, 0):
            still *= 1 - ended / at_risk
            greenwood += ended / (at_risk * (at_risk - ended)) if at_risk > ended else math.inf
            steps.append(Step(days, still, greenwood))
        at_risk -= leaves[days]
    return tuple(steps)


def median(spells: Iterable[Spell]) -> Bounds | None:
    """Give the days within which half of the cases ended; None while fewer than half have.

    The bounds hold the days that a test of « half are over » does not refuse at 5 %, on the scale
    log(−log S) (Brookmeyer and Crowley 1982; the transformation is that of Borgan and Liestøl 1990).

    >>> median([Spell(float(day), True) for day in range(1, 12)])
    Bounds(value=6.0, low=2.0, high=9.0)
    >>> median([Spell(1, True), Spell(4, False), Spell(4, False)]) is None
    True
    """
    return median_of(survival(spells))


def median_of(steps: Sequence[Step], deff: float = 1.0) -> Bounds | None:
    """Give the same from the steps of a survival; `deff` widens it for cases in clusters (Kish 1965).

    >>> spells = [Spell(float(day), True) for day in range(1, 12)]
    >>> median_of(survival(spells), deff=2.0)
    Bounds(value=6.0, low=1.0, high=10.0)
    """
    half = next((step.days for step in steps if step.open <= 0.5 + EXACT), None)
    if half is None:
        return None
    kept = [place for place, step in enumerate(steps) if _may_be_half(step, deff)]
    if not kept:
        return Bounds(half, half, half)
    after = kept[-1] + 1
    high = steps[after].days if after < len(steps) else None
    return Bounds(half, min(half, steps[kept[0]].days), high if high is None else max(half, high))


def earliest_half(steps: Sequence[Step], deff: float = 1.0) -> float | None:
    """Give the first day on which half may be over, for all that a test at 5 % says; None where none may.

    >>> seen = [Spell(float(day), True) for day in range(1, 10)] + [Spell(15, False)] * 11
    >>> earliest_half(survival(seen))
    5.0
    """
    return next((step.days for step in steps if _may_be_half(step, deff)), None)


def _may_be_half(step: Step, deff: float) -> bool:
    """Test « half are still open »: |log(−log S) − log(log 2)| ≤ z · √Greenwood / |log S|."""
    if not EXACT < step.open < 1 - EXACT:
        return False
    slope = abs(math.log(step.open))
    return abs(math.log(slope) - math.log(math.log(2))) <= Z * math.sqrt(deff * step.greenwood) / slope


def share_within(spells: Sequence[Spell], days: float) -> Bounds | None:
    """Give the share of cases that ended within some days, with its 95 % interval.

    Wilson's interval when all were seen that long; else 1 − S(days) of Kaplan and Meier with Greenwood's
    variance (1926) on the scale log(−log S), which keeps the bounds between 0 and 1. Where that variance says
    nothing, all having ended, the lower bound is Wilson's on those that did.

    >>> seen = [Spell(3, True)] * 8 + [Spell(20, True)] * 2
    >>> share_within(seen, 15).value, "{:.3f}".format(share_within(seen, 15).low)
    (0.8, '0.490')
    >>> bounds = share_within([*seen, Spell(4, False)], 15)
    >>> f"{bounds.value:.3f} {bounds.low:.3f} {bounds.high:.3f}"
    '0.727 0.461 0.935'
    """
    if not spells:
        return None
    if all(each.is_over or each.days >= days for each in spells):
        share = sum(each.is_over and each.days <= days for each in spells) / len(spells)
        return Bounds(share, *wilson(share, len(spells)))
    before = [step for step in survival(spells) if step.days <= days]
    if not before:
        return Bounds(0.0, 0.0, None)
    last = before[-1]
    if last.open < EXACT:
        return Bounds(1.0, *wilson(1.0, sum(each.is_over for each in spells)))
    reach = math.exp(Z * math.sqrt(last.greenwood) / abs(math.log(last.open)))
    return Bounds(1 - last.open, 1 - last.open ** (1 / reach), 1 - last.open**reach)
