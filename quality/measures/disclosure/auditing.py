"""What a release may show once audited: what could be proved is mended by hiding more (pure).

Each series is audited apart, as no line joins two: its answers and Σx over all that the release shows of it,
then the answers that were hidden in other periods and stand in this one too, and what the few said whose
answers came after the shorter one. What joins series, and populations that no line adds up, is asked beside
(`ties`).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar

from quality.measures.disclosure.knowledge import Releases
from quality.measures.disclosure.lattice import Key, Series
from quality.measures.disclosure.proving import Answers, Around, seen
from quality.measures.disclosure.series import Asked, Outcome, Reading, audit_series
from quality.measures.disclosure.suppression import Elsewhere
from quality.measures.disclosure.ties import Ties, apart
from quality.measures.releases.periods import Length, children, period

B = TypeVar("B")
V = TypeVar("V")
Each = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]


def around(of: str, known: Collection[str]) -> list[str]:
    """Choose the published periods that a period is added up with: its parts, and the years that share some.

    >>> around("2026-Q3", ["2026-06", "2026-07", "2026-08", "2026-09", "2026-Q2"])
    ['2026-07', '2026-08', '2026-09']
    >>> around("2026-R3", ["2025-Q3", "2025-Q4", "2026-R2", "2026-Q3", "2026-09"])
    ['2025-Q3', '2025-Q4', '2026-R2', '2026-Q3']
    """
    if period(of).length is not Length.YEAR:
        return [each for each in known if each in children(of)]
    mine = set(children(of))
    years = [
        each for each in known if period(each).length is Length.YEAR and mine.intersection(children(each))
    ]
    parts = mine.union(*(children(each) for each in years))
    return [each for each in known if each in parts or each in years]


def audited(
    of: str,
    bases: Mapping[Key, B],
    reading: Reading[B],
    before: Elsewhere[Key],
    earlier: Releases,
    *,
    ties: Ties | None = None,
    each: Each = map,
) -> Outcome:
    """Audit what would be released of a period, series by series, and hold back what mends it.

    A series goes after the one that it stands beside, and hides what that one hides. `each` calls a function
    of series that may be audited at once, as `map` does: it may be that of a pool of processes.
    """
    ties = ties or Ties()
    asked = dict(_by_series(of, bases, reading, before, earlier, ties=ties))
    hidden: dict[Series, frozenset[Key]] = {}
    outcome = Outcome()
    for is_beside in (False, True):
        mine = {one: some for one, some in asked.items() if (one[0] in ties.beside) is is_beside}
        first = {one: hidden.get((ties.beside.get(one[0], ""), one[1]), frozenset()) for one in mine}
        for found in each(partial(_audited_alike, first=first), _alike(mine)):
            for one, (done, still) in found.items():
                hidden[one] = still
                _add(outcome, one, done)
    return outcome


def _by_series(
    of: str,
    bases: Mapping[Key, B],
    reading: Reading[B],
    before: Elsewhere[Key],
    earlier: Releases,
    *,
    ties: Ties,
) -> Iterator[tuple[Series, Asked[B]]]:
    """Part by series what would be published and what was."""
    bare: dict[Key, Key] = {}
    hidden, known = (_parted(dict.fromkeys(keys), bare) for keys in (before.hidden, before.known))
    told = {when: _parted(figures, bare) for when, figures in earlier.items()}
    for one, some in _parted(bases, bare).items():
        crowds = ties.crowds.get(one, {})
        sets = {(of, where): apart(each) for where, each in crowds.items()}
        yield (
            one,
            Asked(
                some,
                reading,
                Elsewhere(frozenset(hidden.get(one, ())), frozenset(known.get(one, ()))),
                Around(of, {when: figures.get(one, {}) for when, figures in told.items()}, sets),
                crowds,
                ties.spreads.get(one, {}),
            ),
        )


def _parted(keyed: Mapping[Key, V], bare: dict[Key, Key]) -> dict[Series, dict[Key, V]]:
    """Part by series what is kept by key; a key is one object, whose series and periods are many."""
    found: dict[Series, dict[Key, V]] = defaultdict(dict)
    for key, value in keyed.items():
        plain = key.bare
        found[key.indicator, key.version][bare.setdefault(plain, plain)] = value
    return found


def _alike(asked: Mapping[Series, Asked[B]]) -> list[dict[Series, Asked[B]]]:
    """Put series together that have the same answers, in this period and in the earlier ones."""
    found: dict[Hashable, dict[Series, Asked[B]]] = defaultdict(dict)
    for one, some in asked.items():
        facts = some.reading.facts
        answers = frozenset((key, facts(base).responses) for key, base in some.bases.items())
        earlier = tuple((when, seen(figures)) for when, figures in some.around.earlier.items())
        sets = frozenset((where, tuple(each)) for where, each in some.around.apart.items())
        found[answers, earlier, sets][one] = some
    return list(found.values())


def _audited_alike(
    asked: Mapping[Series, Asked[B]], first: Mapping[Series, Collection[Key]]
) -> dict[Series, tuple[Outcome, frozenset[Key]]]:
    """Audit series of the same answers; give of each what was done, and what is hidden then."""
    answers = Answers(next(iter(asked.values())).around)
    found = {}
    for one, some in asked.items():
        outcome, told = audit_series(some, answers, first[one])
        found[one] = outcome, frozenset(key for key, each in told.items() if each.status.is_hidden)
    return found


def _add(outcome: Outcome, one: Series, done: Outcome) -> None:
    """Count what the audit of a series did, by full keys."""
    outcome.examined += done.examined
    outcome.solved += done.solved
    outcome.held |= {key.of(one) for key in done.held}
    outcome.proved += [name._replace(key=name.key.of(one)) for name in done.proved]
