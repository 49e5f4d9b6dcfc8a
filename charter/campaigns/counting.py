"""What may be told of many providers at once: counts for a funder, and how results spread (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from charter.campaigns.progress import Stage
from charter.definition import Scale
from quality.measures.disclosure.status import HIDDEN_UNDER, is_few, rounded_count

# Bounds of the bands of a result: per cent, or a mean of marks.
BOUNDS: Mapping[Scale, tuple[int, ...]] = {Scale.WORDS: (0, 25, 50, 75, 100), Scale.MARKS: (1, 2, 3, 4)}


@dataclass(frozen=True, slots=True)
class Band:
    """How many results are from `low` to under `high`; the last band holds its upper bound too."""

    low: int
    high: int
    count: int


def published(counts: Mapping[Stage, int]) -> dict[Stage, int | None]:
    """Round counts of providers as a funder's are (rule P6); None hides one of fewer than 11.

    What is hidden is never the difference of what is shown: when it leaves 1 to 10 providers, the smallest
    count that is left is hidden too.

    >>> print([published({Stage.TO_DO: n, Stage.ONGOING: 60, Stage.SENT: 112})[Stage.TO_DO] for n in (0, 18)])
    [None, 20]
    >>> list(published({Stage.TO_DO: 8, Stage.ONGOING: 60, Stage.SENT: 112}).values())
    [None, None, 110]
    """
    shown = {stage for stage, count in counts.items() if count >= HIDDEN_UNDER}
    while shown and is_few(hidden := sum(counts.values()) - sum(counts[each] for each in shown), hidden):
        shown.remove(min(shown, key=lambda each: counts[each]))
    return {stage: rounded_count(count) if stage in shown else None for stage, count in counts.items()}


def published_total(count: int) -> int | None:
    """Round a whole number of providers for a funder; None hides one of fewer than 11.

    >>> published_total(10), published_total(180)
    (None, 180)
    """
    return rounded_count(count) if count >= HIDDEN_UNDER else None


def distribution(scale: Scale, results: Iterable[Decimal]) -> tuple[Band, ...]:
    """Count results by band; nothing under 11 of them: fewer would point at somebody.

    >>> distribution(Scale.WORDS, [Decimal(80)] * 10)
    ()
    >>> [band.count for band in distribution(Scale.WORDS, [Decimal(74), *[Decimal(75)] * 9, Decimal(100)])]
    [0, 0, 1, 10]
    """
    every = sorted(results)
    if len(every) < HIDDEN_UNDER:
        return ()
    bounds = BOUNDS[scale]
    return tuple(
        Band(low, high, sum(low <= each < high or each == high == bounds[-1] for each in every))
        for low, high in pairwise(bounds)
    )
