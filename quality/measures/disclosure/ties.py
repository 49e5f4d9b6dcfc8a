"""What joins figures that no line adds up (pure): the populations of one place, two series on one people, and
the territories and providers of one département.

The audit asks of each series what its own lines prove, in answers. What is said here is asked beside, in
clients: ten visits of one person are one person.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from quality.measures.disclosure.crossings import Pair, crossing
from quality.measures.disclosure.knowledge import Told
from quality.measures.disclosure.lattice import Key, Place, Scope, Series, departement_of, place
from quality.measures.disclosure.status import HIDDEN_UNDER

MOST_SETS = 50  # of conventions taken off one figure in the audit
MOST_TRIALS = 5_000  # then somebody is taken to be left
Payers = frozenset[UUID]  # the conventions that count one answer; none, and the whole alone does


@dataclass(frozen=True, slots=True)
class Crowd:
    """Clients of one place whose answers are counted alike: by which sets of conventions."""

    paid: frozenset[Payers]
    clients: int


@dataclass(frozen=True, slots=True)
class Spread:
    """Clients of one département whose answers lie in the same territories, with the same providers.

    Each home is a territory, a provider and a group of activities.
    """

    homes: frozenset[tuple[str, str, str]]
    clients: int


Within = tuple[UUID | None, str]  # a population, a département
Crowds = Mapping[Place, Sequence[Crowd]]  # all clients of each place where a convention counts somebody
Spreads = Mapping[Within, Sequence[Spread]]  # all clients of each département that has territories
OUTSIDE = ("", "", "")  # the part of all that no sum gives


@dataclass(frozen=True, slots=True)
class Ties:
    """Series that speak of the same people, by their codes; who is counted by which conventions, and where.

    `beside`: a series, and the one that counts the same people in more places: hidden there, hidden here.
    """

    beside: Mapping[str, str] = field(default_factory=dict)
    crowds: Mapping[Series, Crowds] = field(default_factory=dict)
    spreads: Mapping[Series, Spreads] = field(default_factory=dict)


def exposed(told: Mapping[Key, Told], crowds: Crowds) -> Iterator[Key]:
    """Find the shown figures to hide: less others of their place, they would tell of 1 to 10 clients.

    All are of one series. Of the whole, it is hidden itself; of funders' figures alone, the one of fewest
    clients.
    """
    shown: dict[Place, dict[UUID | None, Key]] = defaultdict(dict)
    for key, each in told.items():
        if not each.status.is_hidden:
            shown[place(key)][key.convention] = key
    for where, keys in shown.items():
        for of, key in keys.items():
            others = sorted(each for each in keys if each is not None and each != of)
            less = taken_off(crowds.get(where, ()), of, others)
            if less and of is None:
                yield key
            elif less:
                yield min((key, *(keys[each] for each in less)), key=lambda of: (told[of].clients, of.order))


def crossed(told: Mapping[Key, Told], spreads: Spreads, known: Collection[Key] = ()) -> Iterator[Key]:
    """Find shown figures to hide: territories less providers who work there would tell of 1 to 10 clients.

    All are of one series. Who knows where a provider works subtracts the one from the other, though no line
    does; a council knows. All unions of both are looked for, with the département or without: of each group
    of activities, then of all groups, where what is hidden of one place or of one group is read by
    subtraction. What is `known` is read elsewhere, hidden or not. What is not looked for: figures of several
    populations or periods in one union; in one family, what is hidden of places beside what is hidden of
    groups.
    """
    tables: dict[Within, dict[Place, Key]] = defaultdict(dict)
    for key, each in told.items():
        within = key.convention, departement_of(key.scope, key.code)
        if within in spreads and (key in known or not each.status.is_hidden):
            tables[within][place(key)] = key
    for within, shown in tables.items():
        sizes = {where: told[key].clients for where, key in shown.items() if key not in known}
        groups = sorted({group for each in spreads[within] for _, _, group in each.homes})
        families = [_Families(shown, sizes, within[1], group) for group in groups]
        found = {each.to_hide(spreads[within]) for each in families} - {None}
        for by_group in _WAYS if not found else ():
            found = found or {_Families(shown, sizes, within[1], "", by_group).to_hide(spreads[within])} - {
                None
            }
        yield from (shown[where] for where in found if where)


_FAMILIES = (Scope.TERRITORY, Scope.PROVIDER)
# Of all groups: which families have what is hidden of a group as a part, not what is hidden of a place.
_WAYS = (frozenset[Scope](), *map(frozenset, ({Scope.TERRITORY}, {Scope.PROVIDER}, _FAMILIES)))


@dataclass(frozen=True, slots=True)
class _Families:
    """The territories and the providers of a département as they read, of one group of activities or of all.

    Of all groups, what the shown figures leave of a place is one part, or in families `by_group` what they
    leave of a group. What is hidden of a whole family is one more where the département is shown, since their
    sum is known. `sizes` are of what may be hidden still.
    """

    shown: Collection[Place]
    sizes: Mapping[Place, int]
    departement: str
    group: str
    by_group: Collection[Scope] = ()

    def to_hide(self, spreads: Sequence[Spread]) -> Place | None:
        """Give the figure to hide where some union leaves 1 to 10 clients."""
        homes = {home for each in spreads for home in each.homes if self.group in ("", home[2])}
        pairs = {home: self._pair(*home) for home in homes}
        clients: Counter[frozenset[Pair]] = Counter()
        for each in spreads:
            clients[frozenset(pairs[home] for home in each.homes if home in pairs)] += each.clients
        found = crossing(clients, OUTSIDE)
        return self._cheapest(found, {part for pair in pairs.values() for part in pair}) if found else None

    def _pair(self, territory: str, provider: str, group: str) -> Pair:
        return self._part(Scope.TERRITORY, territory, group), self._part(Scope.PROVIDER, provider, group)

    def _part(self, scope: Scope, code: str, group: str) -> Place:
        """Give the finest shown figure that an answer counts in, or the rest that it is in."""
        if (scope.value, code, group) in self.shown:
            return scope.value, code, group
        if scope in self.by_group:
            return self._rest(scope, group if self._total(group) in self.shown else "")
        whole = (scope.value, code, self.group)
        return whole if whole in self.shown else self._rest(scope, self.group)

    def _total(self, group: str) -> Place:
        return Scope.DEPARTEMENT.value, self.departement, group

    def _rest(self, scope: Scope, group: str) -> Place:
        """Give what is hidden of a family, of one group or of all, where the département tells it."""
        return (scope.value, "", group) if self._total(group) in self.shown else OUTSIDE

    def _cheapest(self, found: Collection[Place], parts: Collection[Place]) -> Place | None:
        """Choose the figure of fewest clients that mends: a territory, else a provider, else the département.

        Hidden, a part goes with the rest that takes it: that mends where the rest is on the other side.
        """
        for scope in _FAMILIES:
            family = {part for part in parts if part[0] == scope and part[1]}
            across = {part for part in family if (part in found) != self._is_rest_taken(part, found, parts)}
            split = {code for _, code, _ in family - across}
            free = {self._widest(part, split) for part in across}.intersection(self.sizes)
            if free:
                return min(free, key=lambda where: (self.sizes[where], where))
        totals = [self._total(group) for group in {self.group, *(part[2] for part in parts)}]
        free = self.sizes.keys() & set(totals)
        return min(free, key=lambda where: (self.sizes[where], where)) if free else None

    def _is_rest_taken(self, part: Place, found: Collection[Place], parts: Collection[Place]) -> bool:
        """Tell on which side a part would be once hidden; a rest of nobody is where all of its family are."""
        scope = Scope(part[0])
        rest = self._part(scope, "", part[2]) if scope in self.by_group else self._rest(scope, self.group)
        if rest in parts:
            return rest in found
        return {each for each in parts if each[0] == scope} <= set(found)

    def _widest(self, part: Place, split: Collection[str]) -> Place:
        """Give all groups of a place, where they are on one side and shown."""
        scope, code, _ = part
        whole = (scope, code, self.group)
        return whole if code not in split and whole in self.sizes else part


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
