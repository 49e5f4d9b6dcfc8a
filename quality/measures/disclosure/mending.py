"""What to hold back where something can be proved: single figures at first, then whole dimensions (pure)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from uuid import UUID

from quality.measures.disclosure.audit import Adds
from quality.measures.disclosure.knowledge import Sum, Told
from quality.measures.disclosure.lattice import TOPS, Key, Scope, departement_of
from quality.measures.disclosure.status import HIDDEN_UNDER

ROUNDS = 8  # of holding single figures, before a whole dimension is
DIMENSIONS: tuple[Callable[[Key], bool], ...] = (
    lambda key: bool(key.activity),
    lambda key: key.scope is Scope.TERRITORY,
    lambda key: key.scope is Scope.PROVIDER,
    lambda key: key.scope is Scope.DEPARTEMENT,
)
STAGES = len(DIMENSIONS) + 3  # then the département in all populations, all but the tops, and the series
Lines = Sequence[Adds[Sum]]
Table = tuple[UUID | None, str]  # a population, and a département or none


class Mending:
    """What is held of one series, round after round; `of` is its period."""

    def __init__(self, of: str) -> None:
        self._of = of
        self._rounds = 0
        self._stages: Counter[Table] = Counter()

    def held(self, told: Mapping[Key, Told], proved: Collection[Sum], lines: Lines) -> set[Key]:
        """Choose what to hold of what is shown, once more."""
        self._rounds += 1
        if self._rounds <= ROUNDS:
            near = _Neighbours(lines)
            found = {near.cheapest(name, self._of, told) for name in proved}
            if None not in found:
                return {key for key in found if key}
        tables = {_table(name) for name in proved}
        dropped = {key for key in told if any(_is_dropped(key, each, self._stages[each]) for each in tables)}
        self._stages.update(tables)
        return dropped

    def is_spent(self, proved: Collection[Sum]) -> bool:
        """Tell whether nothing is left to hold for these."""
        return all(self._stages[_table(name)] >= STAGES for name in proved)


def _is_dropped(key: Key, table: Table, stage: int) -> bool:
    """Tell what goes of a département's table: its dimensions in turn, other populations, everywhere."""
    convention, place = table
    is_near = not place or _department(key) == place
    if stage < len(DIMENSIONS):
        is_finer = any(is_of(key) for is_of in DIMENSIONS[: stage + 1])
        return is_finer and is_near and key.convention == convention
    if stage == len(DIMENSIONS):
        return is_near and key.scope not in TOPS
    return stage > len(DIMENSIONS) + 1 or bool(key.activity) or key.scope not in TOPS


class _Neighbours:
    """The sums that stand in lines together."""

    def __init__(self, lines: Lines) -> None:
        self._lines: dict[Sum, list[Adds[Sum]]] = defaultdict(list)
        for line in lines:
            for name in (line.total, *line.parts):
                self._lines[name].append(line)

    def cheapest(self, of: Sum, when: str, told: Mapping[Key, Told]) -> Key | None:
        """Choose the shown figure of fewest clients in the nearest lines that have one."""
        seen, ring = {of}, [of]
        while ring:
            near = [name for name in self._around(ring) if name not in seen]
            seen.update(near)
            shown = [each.key for each in near if _is_shown(each, when, told)]
            if shown:
                return min(shown, key=lambda key: (_is_tight(told[key]), told[key].clients, key.order))
            ring = list(dict.fromkeys(near))
        return None

    def _around(self, ring: Sequence[Sum]) -> Iterator[Sum]:
        for name in ring:
            for line in self._lines[name]:
                yield from (line.total, *line.parts)


def _is_tight(told: Told) -> bool:
    """Tell whether a figure, hidden, could hardly be smaller: whoever reads D knows of 11."""
    return told.responses < 2 * HIDDEN_UNDER


def _table(name: Sum) -> Table:
    return name.key.convention, _department(name.key)


def _department(key: Key) -> str:
    return departement_of(key.scope, key.code)


def _is_shown(name: Sum, when: str, told: Mapping[Key, Told]) -> bool:
    is_figure = name.period == when and not name.payers and not name.is_gap
    return is_figure and bool(told[name.key].responses) and not told[name.key].status.is_hidden
