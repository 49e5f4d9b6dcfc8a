"""The providers to call: those whose whole interval misses a target, from what is published alone (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from quality.measures.catalogue import CATALOGUE, Direction
from quality.measures.figures import Figure
from quality.measures.wording import Verdict, verdict

MOST = 5


@dataclass(frozen=True, slots=True)
class Standout:
    """One provider in a département, the indicator where it is farthest from its target, and by how much."""

    figure: Figure
    target: float
    gap: Decimal


def standouts(figures: Iterable[Figure], targets: Mapping[str, float], most: int = MOST) -> list[Standout]:
    """Give the providers that miss a target for sure, the farthest first, each one once."""
    farthest: dict[str, Standout] = {}
    for figure in figures:
        found = _missed(figure, targets.get(figure.key.indicator))
        known = farthest.get(figure.key.code)
        if found and (known is None or found.gap > known.gap):
            farthest[figure.key.code] = found
    return sorted(farthest.values(), key=lambda each: (-each.gap, each.figure.key.code))[:most]


def _missed(figure: Figure, target: float | None) -> Standout | None:
    """Measure how far the nearest bound stays from the target; None unless the whole interval misses it."""
    if target is None or figure.provider is None or figure.low is None or figure.high is None:
        return None
    direction = CATALOGUE[figure.key.indicator].direction
    if verdict(figure, target, direction) is not Verdict.NOT_MET:
        return None
    wanted = Decimal(str(target))
    return Standout(
        figure, target, wanted - figure.high if direction is Direction.HIGHER else figure.low - wanted
    )
