"""The lattice of what is published, the lines that add up, and the status of each figure (pure).

For each population (the funded one of a convention, or the whole): its total, the régions, the départements
and the providers in each, crossed with the activity group ("" for all of them), for a month, a quarter or a
year. Totals are cells too.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from quality.directory.geography import departement
from quality.measures.disclosure import Facts, Line, Status, protect, sensitive_complement

FRANCE = "FR"
INDIVIDUALS = "PE"  # employers of their own carer are never shown one by one


class Scope(StrEnum):
    FUND = "fund"
    FRANCE = "france"
    REGION = "region"
    DEPARTEMENT = "departement"
    PROVIDER = "provider_departement"


TOPS = frozenset({Scope.FUND, Scope.FRANCE})
ABOVE = {Scope.PROVIDER: Scope.DEPARTEMENT, Scope.DEPARTEMENT: Scope.REGION}


@dataclass(frozen=True, slots=True)
class Key:
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


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key stands, without its code when it is the total of its population."""

    funder: UUID | None
    convention: UUID | None
    indicator: str
    version: int
    scope: Scope | None
    code: str
    activity: str


def provider_code(code: str, departement_code: str) -> str:
    """Name a provider in a département.

    >>> provider_code("73282932000074", "34")
    '73282932000074-34'
    """
    return f"{code}-{departement_code}"


def place(key: Key) -> Place:
    is_top = key.scope in TOPS
    return Place(
        key.funder,
        key.convention,
        key.indicator,
        key.version,
        None if is_top else key.scope,
        "" if is_top else key.code,
        key.activity,
    )


def above(key: Key) -> Place | None:
    """Give the place that a key is a part of, in space.

    >>> above(Key(None, None, "GLOB", 1, Scope.PROVIDER, "73282932000074-34")).code
    '34'
    >>> above(Key(None, None, "GLOB", 1, Scope.DEPARTEMENT, "34")).code
    '76'
    """
    if key.scope in TOPS:
        return None
    at = place(key)
    if key.scope is Scope.REGION:
        return replace(at, scope=None, code="")
    below = key.code.rpartition("-")[2] if key.scope is Scope.PROVIDER else departement(key.code).region
    return replace(at, scope=ABOVE[key.scope], code=below)


def lines(keys: Collection[Key]) -> list[Line[Key]]:
    """Give every line that adds up: over space for each activity, over activities for each place."""
    totals = {place(key): key for key in keys}
    parts: dict[tuple[str, Place], list[Key]] = defaultdict(list)
    for key in sorted(keys, key=lambda each: each.order):
        over = above(key)
        if over is not None:
            parts["space", over].append(key)
        if key.activity:
            parts["activity", replace(place(key), activity="")].append(key)
    return [Line(totals.get(total), tuple(found)) for (_, total), found in parts.items()]


@dataclass(frozen=True, slots=True)
class Earlier:
    """What finer periods already published of a key: something shown, something hidden."""

    is_shown: bool
    is_hidden: bool


def mixed(earlier: Mapping[Key, Earlier], *, is_complete: bool) -> frozenset[Key]:
    """Find the keys whose longer period would give back a hidden finer one by subtraction.

    What is published cannot be hidden any more, so the longer period is. Unless all its finer periods are
    published (`is_complete`), the absent ones count as hidden.
    """
    return frozenset(
        key for key, seen in earlier.items() if seen.is_shown and (seen.is_hidden or not is_complete)
    )


def judge(cells: Mapping[Key, Facts], hidden: Collection[Key] = ()) -> dict[Key, Status]:
    """Decide the status of each figure: funders' populations first, then the whole that contains them."""
    funded = {key: facts for key, facts in cells.items() if key.convention is not None}
    whole = {key: facts for key, facts in cells.items() if key.convention is None}
    statuses = protect(funded, lines(funded), hidden)
    exposed = _exposed_whole(cells, whole, statuses)
    return statuses | protect(whole, lines(whole), {*hidden, *exposed})


def _exposed_whole(
    cells: Mapping[Key, Facts], whole: Iterable[Key], statuses: Mapping[Key, Status]
) -> set[Key]:
    """Find the whole's figures that, less a funder's shown figure, would leave 1 to 10 clients."""
    by_place = {place(key): key for key in whole}
    found = set()
    for key, status in statuses.items():
        twin = by_place.get(replace(place(key), funder=None, convention=None))
        if twin and not status.is_hidden and sensitive_complement(cells[twin], cells[key]):
            found.add(twin)
    return found
