"""The providers to call: those that surely miss a target, or stand apart from their peers (pure).

From what is published, and what was judged and kept with it, alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from quality.measures.catalogue import CATALOGUE, Direction
from quality.measures.releases.comparing import Word
from quality.measures.releases.figures import Figure
from quality.measures.statistics.funnel import JUDGED_FROM
from quality.measures.views.wording import Verdict, verdict

MOST = 5
NONE = Decimal(-1)


@dataclass(frozen=True, slots=True)
class Missed:
    """The indicator where a provider is farthest from its target, and by how much."""

    figure: Figure
    target: float
    gap: Decimal


@dataclass(frozen=True, slots=True)
class Apart:
    """A figure of a provider that stands on the wrong side of its peers, beyond chance."""

    figure: Figure
    word: Word


@dataclass(frozen=True, slots=True)
class Standout:
    """One provider in a département, and the one or two reasons to call it."""

    code: str
    missed: Missed | None = None
    apart: Apart | None = None

    @property
    def figure(self) -> Figure:
        """A figure of this provider, which knows who it is."""
        reason = self.missed or self.apart
        if reason is None:
            raise ValueError("nobody is called without a reason")
        return reason.figure

    @property
    def weight(self) -> tuple[bool, bool, Decimal]:
        """Say whom to call where there are more than five: for both reasons, far from peers, from target."""
        is_alert = self.apart is not None and self.apart.word is Word.ALERT
        gap = self.missed.gap if self.missed else NONE
        return self.missed is not None and self.apart is not None, is_alert, gap


def standouts(
    figures: Iterable[Figure],
    targets: Mapping[str, float],
    judged: Iterable[tuple[Figure, Word, bool]] = (),
    most: int = MOST,
) -> list[Standout]:
    """Choose whom to call, five at most, each once; the caller lists them by name.

    `judged` gives figures that were compared with peers, what was said, and whether they are above.
    """
    missed, apart = _farthest(figures, targets), _worst(judged)
    found = [Standout(code, missed.get(code), apart.get(code)) for code in {**missed, **apart}]
    by_code = sorted(found, key=lambda each: each.code)
    return sorted(by_code, key=lambda each: each.weight, reverse=True)[:most]


def _farthest(figures: Iterable[Figure], targets: Mapping[str, float]) -> Mapping[str, Missed]:
    farthest: dict[str, Missed] = {}
    for figure in figures:
        found = _missed(figure, targets.get(figure.key.indicator))
        known = farthest.get(figure.key.code)
        if found and (known is None or found.gap > known.gap):
            farthest[figure.key.code] = found
    return farthest


def _worst(judged: Iterable[tuple[Figure, Word, bool]]) -> Mapping[str, Apart]:
    """Keep of each provider what is said most strongly, in the order of the catalogue."""
    found: defaultdict[str, list[Apart]] = defaultdict(list)
    for figure, word, is_high in judged:
        is_wrong = is_high == (CATALOGUE[figure.key.indicator].direction is Direction.LOWER)
        if is_wrong and word in {Word.WARNING, Word.ALERT}:
            found[figure.key.code].append(Apart(figure, word))
    order = list(CATALOGUE)
    return {
        code: min(
            each, key=lambda apart: (apart.word is not Word.ALERT, order.index(apart.figure.key.indicator))
        )
        for code, each in found.items()
    }


def _missed(figure: Figure, target: float | None) -> Missed | None:
    """Measure how far the nearest bound stays from the target.

    None unless the whole interval misses it, and so many clients answered that a provider may be flagged
    (rule P1), by the rounded number that is published.
    """
    if target is None or figure.provider is None or figure.low is None or figure.high is None:
        return None
    if (figure.n_clients or 0) < JUDGED_FROM:
        return None
    direction = CATALOGUE[figure.key.indicator].direction
    if verdict(figure, target, direction) is not Verdict.NOT_MET:
        return None
    wanted = Decimal(str(target))
    return Missed(
        figure, target, wanted - figure.high if direction is Direction.HIGHER else figure.low - wanted
    )
