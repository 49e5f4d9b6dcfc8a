"""The lattice of what is published, the lines that add up, and the status of each figure (pure).

For each population (the funded one of a convention, or the whole): its total, the régions, the départements,
and in each of these its territories and its providers, crossed with the activity group ("" for all of them),
for a month, a quarter or a year. Totals are cells too. A département is the sum of its providers, and that of
its territories and of who lives in none; a provider is never crossed with a territory.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import NamedTuple, TypeVar
from uuid import UUID

from quality.directory.geography import departement
from quality.measures.disclosure.status import Facts, Status, primary, sensitive_complement
from quality.measures.disclosure.suppression import Elsewhere, Line, Margin, cover, protect, settled

FRANCE = "FR"
K = TypeVar("K", bound=Hashable)

INDIVIDUALS = "PE"  # employers of their own carer are never shown one by one
ELSEWHERE = "hors-territoire"  # what a département has outside of its territories is a part like any other


class Scope(StrEnum):
    FUND = "fund"
    FRANCE = "france"
    REGION = "region"
    DEPARTEMENT = "departement"
    TERRITORY = "territory"
    PROVIDER = "provider_departement"


TOPS = frozenset({Scope.FUND, Scope.FRANCE})


class Key(NamedTuple):
    """One place of the lattice; without convention the population is the whole."""

    funder: UUID | None
    convention: UUID | None
    indicator: str
    version: int
    scope: Scope
    code: str
    activity: str = ""

    @property
    def order(self) -> tuple[str, ...]:
        """Sort by names, so that a release is always written in one order."""
        return (
            str(self.convention or ""),
            self.indicator,
            str(self.version),
            self.scope,
            self.code,
            self.activity,
        )

    @property
    def bare(self) -> "Key":
        """Leave out of which series it is: that of another one at the same place is the same."""
        return Key(self.funder, self.convention, "", 0, self.scope, self.code, self.activity)

    def of(self, series: "Series") -> "Key":
        """Give the key of a series at this place."""
        return self._replace(indicator=series[0], version=series[1])


Series = tuple[str, int]  # an indicator and its version
Spot = tuple[str, str]  # scope and code; the total of a population has no code
Place = tuple[str, str, str]  # a spot and an activity group
TOP: Spot = ("", "")


def provider_code(code: str, departement_code: str) -> str:
    """Name a provider in a département.

    >>> provider_code("73282932000074", "34")
    '73282932000074-34'
    """
    return f"{code}-{departement_code}"


def territory_code(departement_code: str, code: str) -> str:
    """Name a territory of a département, or without code what the département has outside of them.

    >>> territory_code("34", "lodeve"), territory_code("34", "")
    ('34-lodeve', '34-hors-territoire')
    """
    return f"{departement_code}-{code or ELSEWHERE}"


def departement_of(scope: str, code: str) -> str:
    """Give the département that a spot is or lies in, "" for a wider one.

    >>> departement_of("territory", "974-hors-territoire"), departement_of("region", "76")
    ('974', '')
    """
    if scope == Scope.PROVIDER:
        return code.rpartition("-")[2]
    if scope == Scope.TERRITORY:
        return code.partition("-")[0]
    return code if scope == Scope.DEPARTEMENT else ""


def place(key: Key) -> Place:
    """Give the place of a key, the same one in each population.

    >>> place(Key(None, None, "GLOB", 1, Scope.FRANCE, "FR", "PA_PH"))
    ('', '', 'PA_PH')
    """
    return (*(TOP if key.scope in TOPS else (key.scope.value, key.code)), key.activity)


@cache
def above(scope: str, code: str) -> Spot | None:
    """Give the spot that another one is a part of.

    >>> above("provider_departement", "73282932000074-34"), above("departement", "34"), above("region", "76")
    (('departement', '34'), ('region', '76'), ('', ''))
    """
    if scope in (Scope.PROVIDER, Scope.TERRITORY):
        return Scope.DEPARTEMENT.value, departement_of(scope, code)
    if scope == Scope.DEPARTEMENT:
        return Scope.REGION.value, departement(code).region
    return TOP if scope == Scope.REGION else None


Table = Mapping[Place, K]  # the keys of one population and indicator, or their positions


def lines(table: Table[K]) -> list[Line[K]]:
    """Give every line that adds up: over space for each activity, over activities for each place.

    Where a place has parts in space, its line over activities follows from theirs. Territories part a
    département beside its providers: two lines of one total.
    """
    in_space: dict[tuple[Place, bool], list[K]] = defaultdict(list)
    by_activity: dict[Spot, list[K]] = defaultdict(list)
    for (scope, code, activity), key in table.items():
        over = above(scope, code)
        if over is not None:
            in_space[(*over, activity), scope == Scope.TERRITORY].append(key)
        if activity:
            by_activity[scope, code].append(key)
    found = [
        Line(table[total], tuple(parts), is_beside=is_beside)
        for (total, is_beside), parts in in_space.items()
        if total in table
    ]
    parted = {total for total, _ in in_space}
    for spot, parts in by_activity.items():
        if (*spot, "") in table:
            is_implied = spot != TOP and (*spot, "") in parted
            found.append(Line(table[*spot, ""], tuple(parts), is_implied))
    return found


@dataclass(frozen=True, slots=True)
class Earlier:
    """What finer periods published of a key: some show it; those just below hide it, or show answers."""

    is_shown: bool
    is_hidden: bool
    answers: int


def past(earlier: Mapping[Key, Earlier], cells: Mapping[Key, Facts], *, is_complete: bool) -> Elsewhere[Key]:
    """Find the keys whose longer period would give back a hidden finer one by subtraction.

    What is published cannot be hidden any more, so the longer period is. Unless all the periods just below
    are published (`is_complete`), the answers of the absent ones count as hidden. A key all of whose answers
    were shown is no hiding place.
    """
    hidden, known = set(), set()
    for key, seen in earlier.items():
        if key in cells and seen.is_shown:
            left = cells[key].responses - seen.answers
            if seen.is_hidden or (left > 0 and not is_complete):
                hidden.add(key)
            elif not left:
                known.add(key)
    return Elsewhere(frozenset(hidden), frozenset(known))


def judge(cells: Mapping[Key, Facts], before: Elsewhere[Key] | None = None) -> dict[Key, Status]:
    """Decide the status of each figure, in order: funders' populations first, then the whole around them."""
    keys = sorted(cells, key=lambda each: each.order)
    facts = [cells[key] for key in keys]
    earlier = _positions(keys, before or Elsewhere())
    statuses: dict[int, Status] = {}
    for whole, funded in _tables(keys):
        for table in funded:
            statuses |= protect({at: facts[at] for at in table.values()}, lines(table), earlier)
        statuses |= _judge_whole(facts, whole, funded, statuses, earlier)
    return {key: statuses[at] for at, key in enumerate(keys)}


def _positions(keys: Sequence[Key], before: Elsewhere[Key]) -> Elsewhere[int]:
    return Elsewhere(
        {at for at, key in enumerate(keys) if key in before.hidden},
        {at for at, key in enumerate(keys) if key in before.known},
    )


def _tables(keys: Sequence[Key]) -> Iterable[tuple[Table[int], list[Table[int]]]]:
    """Sort the keys of each indicator into the whole and the funders' populations."""
    found: dict[tuple[str, int], dict[UUID | None, dict[Place, int]]] = defaultdict(dict)
    for at, key in enumerate(keys):
        found[key.indicator, key.version].setdefault(key.convention, {})[place(key)] = at
    for tables in found.values():
        yield tables.pop(None, {}), list(tables.values())


def _judge_whole(
    facts: Sequence[Facts],
    whole: Table[int],
    funded: Sequence[Table[int]],
    statuses: Mapping[int, Status],
    earlier: Elsewhere[int],
) -> dict[int, Status]:
    """Protect the whole so that less a funder's shown figures it never leaves 1 to 10 clients."""
    cells = {at: facts[at] for at in whole.values()}
    alone = {at: primary(each) for at, each in cells.items()}
    shown = [{where: at for where, at in table.items() if not statuses[at].is_hidden} for table in funded]
    exposed = {at for table in shown for at in _exposed(facts, whole, table)}
    made = cover(cells, alone, lines(whole), Elsewhere({*earlier.hidden, *exposed}, earlier.known))
    for table, seen in zip(funded, shown, strict=True):
        for margin in _remainders(facts, whole, table, seen):
            made.fill(margin)
    return settled(alone, made)


def _exposed(facts: Sequence[Facts], whole: Table[int], shown: Table[int]) -> Iterator[int]:
    """Find the whole's figures that, less a funder's shown figure, would leave 1 to 10 clients."""
    for where, at in shown.items():
        if where in whole and sensitive_complement(facts[whole[where]], facts[at]):
            yield whole[where]


def _remainders(
    facts: Sequence[Facts], whole: Table[int], funded: Table[int], shown: Table[int]
) -> Iterator[Margin[int]]:
    """Give what each line of the whole leaves of its parts once a funder's shown total is taken off."""
    twins = {at: where for where, at in whole.items()}
    for line in lines(whole):
        if twins[line.total] in shown:
            yield Margin(
                line.total,
                {part: _left(facts, part, funded.get(twins[part])) for part in line.parts},
                frozenset(part for part in line.parts if twins[part] in funded and twins[part] not in shown),
            )


def _left(facts: Sequence[Facts], whole: int, part: int | None) -> tuple[int, int]:
    clients, responses = facts[whole].clients, facts[whole].responses
    if part is None:
        return clients, responses
    return clients - facts[part].clients, responses - facts[part].responses
