"""What joins figures that no line adds up (pure): the populations of one place, two series on one people, and
the territories and providers of one département.

The audit asks of each series what its own lines prove, in answers. What is said here is asked beside, in
clients: ten visits of one person are one person.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from uuid import UUID

from quality.measures.disclosure.knowledge import Told
from quality.measures.disclosure.lattice import Key, Place, Scope, departement_of, place
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
class Spread:
    """Clients of one département whose answers lie in the same territories, with the same providers."""

    homes: frozenset[tuple[str, str]]
    clients: int


Within = tuple[UUID | None, str, str]  # a population, a département, a group of activities


@dataclass(frozen=True, slots=True)
class Ties:
    """Series that speak of the same people, by their codes; who is counted by which conventions.

    `beside`: a series, and the one that counts the same people in more places: hidden there, hidden here.
    `crowds`: all clients of each place where a convention counts somebody.
    `spreads`: all clients of each département that has territories.
    """

    beside: Mapping[str, str] = field(default_factory=dict)
    crowds: Mapping[Series, Mapping[Place, Sequence[Crowd]]] = field(default_factory=dict)
    spreads: Mapping[Series, Mapping[Within, Sequence[Spread]]] = field(default_factory=dict)

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


def crossed(told: Mapping[Key, Told], ties: Ties) -> Iterator[Key]:
    """Find the shown territories to hide: less providers who work there, they would tell of 1 to 10 clients.

    Who knows where a provider works subtracts the one from the other, though no line does; a council knows.
    Each part is a start from which majorities lead on: unions of parts that none leads to are not looked for,
    nor are activity groups or populations mixed.
    """
    shown: dict[Within, list[Key]] = defaultdict(list)
    for key, each in told.items():
        if key.scope in (Scope.TERRITORY, Scope.PROVIDER) and not each.status.is_hidden:
            shown[key.convention, departement_of(key.scope, key.code), key.activity].append(key)
    for within, keys in shown.items():
        spreads = ties.spreads.get((keys[0].indicator, keys[0].version), {}).get(within, ())
        if spreads:
            total = told.get(replace(keys[0], scope=Scope.DEPARTEMENT, code=within[1]))
            sizes = {key: told[key].clients for key in keys}
            yield from _Crossing(spreads, sizes, total is not None and not total.status.is_hidden).found()


class _Crossing:
    """The shown parts of a département by territory and by provider, and who stands in one of each.

    Where the département is shown, what is hidden is one part more of each family: their sum is known.
    """

    def __init__(self, spreads: Sequence[Spread], shown: Mapping[Key, int], is_whole: bool) -> None:
        self._keys = {key.code: key for key in shown}
        self._sizes = shown
        self._spreads = [
            ({(self._part(one), self._part(other)) for one, other in each.homes}, each.clients)
            for each in spreads
        ]
        self._pairs: dict[tuple[str, str], int] = defaultdict(int)
        for homes, clients in self._spreads:
            for pair in homes:
                self._pairs[pair] += clients
        self._has_rest = is_whole
        self._all = tuple(frozenset(pair[side] for pair in self._pairs) for side in (0, 1))

    def _part(self, code: str) -> str:
        return code if code in self._keys else ""

    def found(self) -> Iterator[Key]:
        """Start from each part, and take those of the other family that are mostly the same people."""
        for side in (0, 1):
            for start in sorted({pair[side] for pair in self._pairs}):
                if start or self._has_rest:
                    yield from self._from(start, side)

    def _from(self, start: str, side: int) -> Iterator[Key]:
        chosen = (frozenset({start}), frozenset[str]())
        if side:
            chosen = (self._mostly(chosen[0], 0), chosen[0])
        seen = set[tuple[frozenset[str], frozenset[str]]]()
        while chosen not in seen:
            seen.add(chosen)
            territories = chosen[0]
            providers = self._mostly(territories, 1)
            if self._is_thin(territories, providers):
                yield self._smallest(territories)
                return
            chosen = (self._mostly(providers, 0), providers)

    def _mostly(self, of: Collection[str], side: int) -> frozenset[str]:
        """Choose the parts of one family most of whose clients stand in some parts of the other."""
        inside: dict[str, int] = defaultdict(int)
        for pair, clients in self._pairs.items():
            inside[pair[side]] += clients if pair[1 - side] in of else -clients
        return frozenset(part for part, more in inside.items() if more > 0 and (part or self._has_rest))

    def _is_thin(self, territories: frozenset[str], providers: frozenset[str]) -> bool:
        """Tell whether 1 to 10 clients stand in one of both; all of a family are a line, which adds up."""
        if not territories or not providers or territories == self._all[0] or providers == self._all[1]:
            return False
        left = sum(
            clients
            for homes, clients in self._spreads
            if any((one in territories) != (other in providers) for one, other in homes)
        )
        return 0 < left < HIDDEN_UNDER

    def _smallest(self, territories: Collection[str]) -> Key:
        """Choose the shown territory of fewest clients: of these, or where all are hidden of the others."""
        shown = [key for key in self._sizes if key.scope is Scope.TERRITORY]
        known = [key for key in shown if key.code in territories] or shown or list(self._sizes)
        return min(known, key=lambda key: (self._sizes[key], key.order))


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
