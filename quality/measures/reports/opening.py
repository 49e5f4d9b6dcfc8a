"""Which published figures are open to everybody: the country and its regions, none one provider's (pure).

What is released protects persons already. A figure of few providers would say how one of them does, and so
would what a reader can subtract: the country less its regions, all activities less some, a quarter less its
months. Along each of these lines, what is not open is nobody's, or is of three providers at least.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from quality.directory.geography import departement
from quality.measures.disclosure.lattice import FRANCE, Scope
from quality.measures.releases.figures import Published
from quality.measures.releases.periods import children

FEWEST_PROVIDERS = 3


class Cell(NamedTuple):
    """One open place of a period: a series, the country or a region, a group of activities or all ("")."""

    indicator: str
    version: int
    place: str
    activity: str


Answers = Mapping[object, int]  # of each provider
Seen = Mapping[Cell, Answers]  # what the providers of a period have
Open = Collection[Cell]
# What is tried in turn, until nothing can be subtracted: what is dropped is dropped for all the regions, and
# for all the groups, at once, since what is closed in one place alone is what the others leave of a total.
LEVELS: tuple[Callable[[Cell], bool], ...] = (
    lambda _cell: True,
    lambda cell: not cell.activity or cell.place == FRANCE,
    lambda cell: not cell.activity,
    lambda cell: cell.place == FRANCE,
    lambda cell: cell.place == FRANCE and not cell.activity,
)


def cell_of(line: Published) -> Cell:
    key = line.figure.key
    return Cell(key.indicator, key.version, key.code, key.activity)


def seen(rows: Iterable[tuple[tuple[str, int, str], str, object, int]]) -> Seen:
    """Add up the answers of each provider from ((indicator, version, activity), département, provider, n).

    >>> cells = seen([(("GLOB", 1, ""), "34", "Aide", 20), (("GLOB", 1, ""), "30", "Aide", 5)])
    >>> {cell.place: dict(answers) for cell, answers in cells.items()}
    {'FR': {'Aide': 25}, '76': {'Aide': 25}}
    """
    found: dict[Cell, dict[object, int]] = defaultdict(lambda: defaultdict(int))
    for (indicator, version, activity), code, provider, n in rows:
        for place in (FRANCE, departement(code).region):
            found[Cell(indicator, version, place, activity)][provider] += n
    return found


def open_cells(of: str, periods: Mapping[str, Seen], earlier: Mapping[str, Open]) -> frozenset[Cell]:
    """Choose what is open of a period, from what is `seen` of it and of the released periods inside it.

    `earlier` is what is open of these already: it stays, so that the longer period gives way.

    >>> many, one = {name: 20 for name in "abcd"}, {"a": 20}
    >>> def total(place, activity=""):
    ...     return Cell("GLOB", 1, place, activity)
    >>> month = {total("FR"): many, total("76"): many, total("FR", "tous"): one, total("76", "tous"): one}
    >>> others = {name: 20 for name in "bcd"}
    >>> month |= {total("FR", "PA_PH"): others, total("76", "PA_PH"): others}
    >>> sorted((cell.place, cell.activity) for cell in open_cells("2026-10", {"2026-10": month}, {}))
    [('76', ''), ('FR', '')]
    """
    series: dict[tuple[str, int], dict[Cell, Answers]] = defaultdict(dict)
    for cell, answers in periods[of].items():
        series[cell.indicator, cell.version][cell] = answers
    inside = _Inside(periods, earlier)
    return frozenset(cell for cells in series.values() for cell in _of_series(of, cells, inside))


def _of_series(of: str, cells: Seen, inside: "_Inside") -> Collection[Cell]:
    many = [cell for cell, answers in cells.items() if len(answers) >= FEWEST_PROVIDERS]
    for is_kept in LEVELS:
        shown = {cell for cell in many if is_kept(cell)}
        left = (*_left(cells, shown), *(inside.left(of, cell) for cell in shown))
        if not any(0 < len(providers) < FEWEST_PROVIDERS for providers in left):
            return shown
    return ()


def _left(cells: Seen, shown: Collection[Cell]) -> Iterator[Collection[object]]:
    """Give the providers of what each open total leaves, over regions and over activities."""
    for total in shown:
        for parts in (_regions(cells, total), _groups(cells, total)):
            yield {provider for part in parts if part not in shown for provider in cells[part]}


def _regions(cells: Seen, total: Cell) -> Iterable[Cell]:
    if total.place == FRANCE:
        yield from (each for each in cells if each.place != FRANCE and each.activity == total.activity)


def _groups(cells: Seen, total: Cell) -> Iterable[Cell]:
    if not total.activity:
        yield from (each for each in cells if each.activity and each.place == total.place)


class _Inside:
    """The released periods inside longer ones, and what is open of them."""

    def __init__(self, periods: Mapping[str, Seen], opened: Mapping[str, Open]) -> None:
        self._periods = periods
        self._opened = opened

    def left(self, of: str, cell: Cell) -> set[object]:
        """Give the providers of what a period leaves of a cell, once what is open inside it is taken off.

        Answers of unpublished months count; those that came late to published ones do not.
        """
        below, is_complete = self._below(of)
        if not below:
            return set(self._answers(of, cell))
        found = {
            provider
            for each in below
            if cell not in self._opened.get(each, ())
            for provider in self.left(each, cell)
        }
        return found if is_complete else found | self._gap(of, below, cell)

    def _below(self, of: str) -> tuple[list[str], bool]:
        """Give the longest released periods that make another one, and whether they make all of it."""
        found, is_complete = list[str](), bool(children(of))
        for each in children(of):
            inside, is_whole = ([each], True) if each in self._periods else self._below(each)
            found += inside
            is_complete = is_complete and is_whole
        return found, is_complete

    def _gap(self, of: str, below: Collection[str], cell: Cell) -> set[object]:
        published = [self._answers(each, cell) for each in below]
        return {
            provider
            for provider, n in self._answers(of, cell).items()
            if n > sum(each.get(provider, 0) for each in published)
        }

    def _answers(self, of: str, cell: Cell) -> Answers:
        return self._periods[of].get(cell, {})


def opened(lines: Iterable[Published], places: Mapping[str, Open]) -> list[Published]:
    """Keep the lines that everybody may read, in their order; `places` are the open cells of each period."""
    return [
        line
        for line in lines
        if line.figure.key.scope in (Scope.FRANCE, Scope.REGION)
        and cell_of(line) in places.get(line.period, ())
    ]
