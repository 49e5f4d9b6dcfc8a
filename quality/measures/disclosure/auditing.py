"""What a release may show once audited: what could be proved is mended by hiding more (pure).

Each series is audited apart, as no line joins two: its answers and Σx over all that the release shows of it,
then the answers that were hidden in other periods and stand in this one too, and what the few said whose
answers came after the shorter one. Series that have the same answers, as those of one questionnaire often do,
are audited once. What joins series, and populations that no line adds up, is asked beside (`ties`).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from uuid import UUID

from quality.measures.disclosure.audit import Adds, Known, Moves, audit
from quality.measures.disclosure.knowledge import Apart, Count, Releases, Sum, Told, come_late, system
from quality.measures.disclosure.lattice import TOPS, Key, Scope, departement_of, judge
from quality.measures.disclosure.overlaps import given_back
from quality.measures.disclosure.status import HIDDEN_UNDER, Facts, Status
from quality.measures.disclosure.suppression import Elsewhere
from quality.measures.disclosure.ties import Ties, apart, crossed, exposed, hidden_beside
from quality.measures.releases.periods import Length, children, period

ROUNDS = 8  # of holding single figures, before a whole dimension is
Shown = Callable[[Key, Status], Told]
Lines = Sequence[Adds[Sum]]
Plain = tuple[object, ...]  # a sum of any series
Range = tuple[float, float]  # the least and the most that a sum can be
DIMENSIONS: tuple[Callable[[Key], bool], ...] = (
    lambda key: bool(key.activity),
    lambda key: key.scope is Scope.TERRITORY,
    lambda key: key.scope is Scope.PROVIDER,
    lambda key: key.scope is Scope.DEPARTEMENT,
)
STAGES = len(DIMENSIONS) + 3  # then the département in all populations, all but the tops, and the series
Table = tuple[UUID | None, str]  # a population, and a département or none


@dataclass(slots=True)
class Outcome:
    """What an audit did: secrets examined, programs solved, figures held back, what could still be proved."""

    examined: int = 0
    solved: int = 0
    held: set[Key] = field(default_factory=set)
    proved: list[Sum] = field(default_factory=list)


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
    cells: Mapping[Key, Facts],
    shown: Shown,
    before: Elsewhere[Key],
    earlier: Releases,
    *,
    ties: Ties | None = None,
) -> Outcome:
    """Audit what would be released of a period, series by series, and hold back what mends it.

    A series goes after the one that it stands beside, and hides what that one hides.
    """
    asked, outcome = ties or Ties(), Outcome()
    solver = _Solver(outcome)
    hidden: dict[str, frozenset[Key]] = defaultdict(frozenset)
    series = dict.fromkeys((key.indicator, key.version) for key in cells)
    for one in sorted(series, key=lambda each: each[0] in asked.beside):
        some = {key: facts for key, facts in cells.items() if (key.indicator, key.version) == one}
        seen = {
            when: {key: told for key, told in figures.items() if (key.indicator, key.version) == one}
            for when, figures in earlier.items()
        }
        first = {*hidden_beside(some, hidden, asked), *given_back(of, some, seen)}
        sets = {(of, where): apart(crowds) for where, crowds in asked.of(next(iter(some))).items()}
        told = _Audit(of, some, shown, before, seen, asked, sets, solver, outcome).run(first)
        hidden[one[0]] |= {key for key, each in told.items() if each.status.is_hidden}
    return outcome


class _Solver:
    """Solves a system once, whichever series it is of."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self._done: list[tuple[dict[Plain, Known], Mapping[Plain, Range]]] = []

    def proved(self, sums: Mapping[Sum, Known], lines: Lines, vouching: list[Moves[Sum]]) -> dict[Sum, Range]:
        """Find what can be proved; what vouched for others in an earlier round is tried, what does kept."""
        plain = {_plain(name): known for name, known in sums.items()}
        found = next((proved for asked, proved in self._done if asked == plain), None)
        if found is None:
            verdict = audit(sums, lines, vouching)
            vouching[:] = verdict.vouching
            self._outcome.solved += verdict.solved
            found = {_plain(name): between for name, between in verdict.proved.items()}
            self._done.append((plain, found))
        self._outcome.examined += sum(known.is_secret for known in sums.values())
        return {name: found[_plain(name)] for name in sums if _plain(name) in found} if found else {}


def _plain(name: Sum) -> Plain:
    """Leave out of which series a sum is."""
    key = name.key
    where = (key.funder, key.convention, key.scope, key.code, key.activity)
    return (name.period, name.payers, name.is_gap, *where)


@dataclass(slots=True)
class _Audit:
    """One series. What one round of it found is of use to the next.

    `drawn`: figures, by their key. `known_before`: what earlier releases prove among themselves. `alone` and
    `together`: what vouched for secrets of this period, and of all of them.
    """

    of: str
    cells: Mapping[Key, Facts]
    shown: Shown
    before: Elsewhere[Key]
    earlier: Releases
    ties: Ties
    sets: Apart
    solver: _Solver
    outcome: Outcome
    drawn: dict[Key, Told] = field(default_factory=dict)
    known_before: dict[Sum, Range] = field(default_factory=dict)
    alone: dict[Count, list[Moves[Sum]]] = field(default_factory=lambda: {what: [] for what in Count})
    together: dict[Count, list[Moves[Sum]]] = field(default_factory=lambda: {what: [] for what in Count})

    def run(self, first: Collection[Key]) -> Mapping[Key, Told]:
        """Hold back what is asked `first`, then more until nothing is proved; give what is then shown."""
        held = set(first)
        stages: Counter[Table] = Counter()
        for attempt in count():
            told = self._unexposed(held)
            proved, lines = self._proved(told)
            if not proved:
                break
            more = self._mended(told, proved, lines, attempt, stages)
            if more <= held and all(stages[_table(name)] >= STAGES for name in proved):
                self.outcome.proved += proved
                break
            held |= more
        self.outcome.held |= held
        return told

    def _unexposed(self, held: set[Key]) -> dict[Key, Told]:
        """Tell what would be shown, once no place leaves 1 to 10 clients; `held` takes more."""
        told = self._told(held)
        while more := {*exposed(told, self.ties), *crossed(told, self.ties, self.before.known)}:
            held |= more
            told = self._told(held)
        return told

    def _told(self, held: Collection[Key]) -> dict[Key, Told]:
        hidden = frozenset(self.before.hidden).union(held)
        statuses = judge(self.cells, Elsewhere(hidden, self.before.known))
        return {key: self._drawn(key, status) for key, status in statuses.items()}

    def _drawn(self, key: Key, status: Status) -> Told:
        """Draw a figure once, however often it is judged."""
        told = self.drawn.get(key)
        if told is None or told.status is not status:
            told = self.drawn[key] = self.shown(key, status)
        return told

    def _proved(self, told: Mapping[Key, Told]) -> tuple[Collection[Sum], Lines]:
        """Give the secrets that can be proved, and the lines that join them."""
        for what in Count:
            sums, lines = system({self.of: told}, what, self.sets)
            if found := self.solver.proved(sums, lines, self.alone[what]):
                return found, lines
        if not self.earlier:
            return [], ()
        sums, lines = system({**self.earlier, self.of: told}, Count.ANSWERS, self.sets)
        again = self.solver.proved(self._asked_again(sums, told), lines, self.together[Count.ANSWERS])
        if new := self._new(again) if again else []:
            return new, lines
        late = frozenset(come_late(self.of, told, self.earlier))
        if not late:
            return [], ()
        sums, lines = system({**self.earlier, self.of: told}, Count.GOOD, self.sets)
        return self.solver.proved(self._come_since(sums, late), lines, self.together[Count.GOOD]), lines

    def _asked_again(self, sums: Mapping[Sum, Known], told: Mapping[Key, Told]) -> dict[Sum, Known]:
        """Ask of all that earlier releases hid: what this one shows of some figures may prove others too.

        A figure hidden in both may be proved: what hid it in the earlier release may be shown in this one.
        One that earlier releases told of exactly has nothing more to tell.
        """
        solved = {name for name, (least, most) in self.known_before.items() if least == most}
        return {
            name: known
            if name.period != self.of and name.key in told and name not in solved
            else Known(known.low, known.high, known.true)
            for name, known in sums.items()
        }

    def _come_since(self, sums: Mapping[Sum, Known], late: Collection[Key]) -> dict[Sum, Known]:
        """Ask only of what the few said whose answers this period has and no shorter one had."""
        return {
            name: known
            if name.is_gap and name.period == self.of and name.key in late
            else Known(known.low, known.high, known.true)
            for name, known in sums.items()
        }

    def _new(self, found: Mapping[Sum, Range]) -> list[Sum]:
        """Leave out what earlier releases prove as closely among themselves, whatever this one hides."""
        sums, lines = system(self.earlier, Count.ANSWERS)
        asked = {
            name: known
            if name in found and name not in self.known_before
            else Known(known.low, known.high, known.true)
            for name, known in sums.items()
        }
        self.known_before |= self.solver.proved(asked, lines, [])
        return [
            name
            for name, (least, most) in found.items()
            if name not in self.known_before
            or least > self.known_before[name][0]
            or most < self.known_before[name][1]
        ]

    def _mended(
        self,
        told: Mapping[Key, Told],
        proved: Collection[Sum],
        lines: Lines,
        attempt: int,
        stages: Counter["Table"],
    ) -> set[Key]:
        """Choose what to hold: single figures at first, then more and more of the tables concerned."""
        if attempt < ROUNDS:
            near = _Neighbours(lines)
            found = {near.cheapest(name, self.of, told) for name in proved}
            if None not in found:
                return {key for key in found if key}
        tables = {_table(name) for name in proved}
        dropped = {key for key in told if any(_is_dropped(key, table, stages[table]) for table in tables)}
        stages.update(tables)
        return dropped


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
