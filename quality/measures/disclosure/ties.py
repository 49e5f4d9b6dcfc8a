"""What joins figures that no line adds up: the populations of one place, two series on one people (pure).

The audit asks of each series what its own lines prove, in answers. What is said here is asked beside, in
clients: ten visits of one person are one person.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from uuid import UUID

from quality.measures.disclosure.knowledge import Told
from quality.measures.disclosure.lattice import Key, Place, place
from quality.measures.disclosure.status import HIDDEN_UNDER

MOST_SETS = 50  # of conventions taken off one figure in the audit
MOST_TRIALS = 5_000  # then somebody is taken to be left
Payers = frozenset[UUID]  # the conventions that count one answer; none, and the whole alone does
Series = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Crowd:
    """Clients of one place whose answers are counted alike: by which sets of conventions."""

    paid: frozenset[Payers]
    clients: int


@dataclass(frozen=True, slots=True)
class Ties:
    """Series that speak of the same people, by their codes; who is counted by which conventions.

    `beside`: a series, and the one that counts the same people in more places: hidden there, hidden here.
    `crowds`: all clients of each place where a convention counts somebody.
    """

    beside: Mapping[str, str] = field(default_factory=dict)
    crowds: Mapping[Series, Mapping[Place, Sequence[Crowd]]] = field(default_factory=dict)

    def of(self, key: Key) -> Mapping[Place, Sequence[Crowd]]:
        """Give the crowds of a figure's series."""
        return self.crowds.get((key.indicator, key.version), {})


def hidden_beside(
    cells: Mapping[Key, object], hidden: Mapping[str, frozenset[Key]], ties: Ties
) -> Iterator[Key]:
    """Find the figures that the series beside hides; `hidden` gives those of each series that is done."""
    for key in cells:
        other = ties.beside.get(key.indicator)
        if other is not None and replace(key, indicator=other) in hidden.get(other, frozenset()):
            yield key


def exposed(told: Mapping[Key, Told], ties: Ties) -> Iterator[Key]:
    """Find the shown figures to hide: less others of their place, they would tell of 1 to 10 clients.

    Of the whole, it is hidden itself; of funders' figures alone, the one of fewest clients.
    """
    shown: dict[Place, dict[UUID | None, Key]] = defaultdict(dict)
    for key, each in told.items():
        if not each.status.is_hidden:
            shown[place(key)][key.convention] = key
    for where, keys in shown.items():
        for of, key in keys.items():
            others = sorted(each for each in keys if each is not None and each != of)
            less = taken_off(ties.of(key).get(where, ()), of, others)
            if less and of is None:
                yield key
            elif less:
                yield min((key, *(keys[each] for each in less)), key=lambda of: (told[of].clients, of.order))


def taken_off(crowds: Sequence[Crowd], of: UUID | None, others: Sequence[UUID]) -> Payers:
    """Find other conventions whose figures, taken off that `of` one (or the whole), leave 1 to 10 clients.

    An answer that is counted as often on both sides is gone. Each of the others is taken off or not in turn;
    a way that leaves 11 clients for certain is not followed.

    >>> one, other = UUID(int=1), UUID(int=2)
    >>> alone = [Crowd(frozenset({frozenset(each)}), n) for each, n in (({one}, 30), ({other}, 20), ((), 1))]
    >>> taken_off(alone, None, [one]), len(taken_off(alone, None, [one, other]))
    (frozenset(), 2)
    """
    wanted = frozenset(others)
    counted = [
        ([(int(of is None or of in paid), paid & wanted) for paid in crowd.paid], crowd.clients)
        for crowd in crowds
    ]
    ahead: list[tuple[int, Payers]] = [(0, frozenset())]
    for _ in range(MOST_TRIALS):
        if not ahead:
            return frozenset()
        at, taken = ahead.pop()
        later = wanted.difference(others[:at])
        left = sum(clients for ways, clients in counted if _is_left(ways, taken, later))
        if at < len(others) and left < HIDDEN_UNDER:
            ahead += [(at + 1, taken), (at + 1, taken | {others[at]})]
        elif taken and 0 < left < HIDDEN_UNDER:
            return taken
    return wanted


def _is_left(ways: Sequence[tuple[int, Payers]], taken: Payers, later: Payers) -> bool:
    """Tell whether some answers are counted more on one side, whatever is decided `later`."""
    for mine, payers in ways:
        theirs = len(payers & taken)
        if theirs > mine or (theirs < mine and not payers & later):
            return True
    return False


def apart(crowds: Sequence[Crowd]) -> list[Payers]:
    """Give the largest sets of conventions of a place that share no answer there, each in one set at least.

    >>> one, other, both = UUID(int=1), UUID(int=2), UUID(int=3)
    >>> paid = [frozenset({one, both}), frozenset({other, both}), frozenset({one})]
    >>> sorted(len(each) for each in apart([Crowd(frozenset(paid), 1)]))
    [1, 2]
    """
    answers = {payers for crowd in crowds for payers in crowd.paid}
    all_of = frozenset[UUID]().union(*answers)
    free = {
        each: all_of.difference({each}, *(payers for payers in answers if each in payers)) for each in all_of
    }
    found = list(islice(_cliques(free, frozenset(), all_of, frozenset()), MOST_SETS)) if all_of else []
    missing = all_of.difference(*found)
    return found + [frozenset({each}) for each in sorted(missing)]


def _cliques(near: Mapping[UUID, Payers], inside: Payers, ahead: Payers, behind: Payers) -> Iterator[Payers]:
    """Find the largest sets of which each two are near (Bron and Kerbosch 1973, with a pivot)."""
    if not ahead and not behind:
        yield inside
        return
    pivot = max(sorted(ahead | behind), key=lambda each: len(near[each] & ahead))
    for each in sorted(ahead - near[pivot]):
        yield from _cliques(near, inside | {each}, ahead & near[each], behind & near[each])
        ahead, behind = ahead - {each}, behind | {each}
