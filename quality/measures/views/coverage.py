"""The providers behind one indicator, each counted once: shown, or why not; the parts add up (pure)."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from quality.measures.disclosure.status import Status
from quality.measures.releases.figures import Figure

SHOWN = Status.A  # stands for every shown status here
REASONS = (Status.C, Status.D, Status.M)
# What one provider has in several départements: shown before protected, too few, silent.
RANKS = {status: rank for rank, status in enumerate((SHOWN, Status.D, Status.C, Status.M))}


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many providers are followed and shown, and how many are not, by reason."""

    followed: int
    shown: int
    hidden: Mapping[Status, int]


def coverage(
    figures: Iterable[Figure], followed: Collection[UUID] = (), individuals: Collection[UUID] = ()
) -> Coverage:
    """Count providers by the best that is published of them; one that nobody answered about is silent.

    Private employers (`individuals`) have one figure together, and none in their own name.

    >>> from quality.measures.disclosure.lattice import Key, Scope
    >>> from quality.measures.disclosure.status import Unit
    >>> key = Key(None, None, "GLOB", 1, Scope.PROVIDER, "73282932000074-34")
    >>> one, other = UUID(int=1), UUID(int=2)
    >>> found = coverage([Figure(key, one, Status.C, Unit.PERCENT)], [one, other])
    >>> found.followed, found.shown, found.hidden[Status.C], found.hidden[Status.M]
    (2, 0, 1, 1)
    """
    best = dict.fromkeys(followed, Status.M)
    for figure in figures:
        for provider in individuals if figure.provider is None else (figure.provider,):
            known = best.get(provider, Status.M)
            best[provider] = min(known, _kind(figure), key=RANKS.__getitem__)
    counts = Counter(best.values())
    return Coverage(len(best), counts[SHOWN], {reason: counts[reason] for reason in REASONS})


def _kind(figure: Figure) -> Status:
    if figure.low is None:
        return figure.status
    return SHOWN if figure.provider else Status.D
