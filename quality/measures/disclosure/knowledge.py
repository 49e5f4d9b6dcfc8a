"""What a reader of every release knows, all funders together, as sums that add up (pure).

One system for answers, one for those that count. The reader is taken to know more than what is shown: the
answers behind each shown figure, and how many came late, not what they said. Of Σx it knows what a shown
percentage says, and that of a count rounded to 5. It is not taken to reason on the letters C and D (one
client at least, eleven at least): held against that too, a release would hide more than a third of what
passes alone.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import product
from math import inf
from typing import NamedTuple
from uuid import UUID

from quality.measures.disclosure.audit import Adds
from quality.measures.disclosure.block import Known
from quality.measures.disclosure.lattice import Key, Place, Spot, above, lines, place
from quality.measures.disclosure.status import COUNT_STEP, HIDDEN_UNDER, WHOLE_PERCENT_UNDER, Status
from quality.measures.releases.periods import children, period

ROUNDING = COUNT_STEP // 2  # 18 to 22 read 20


@dataclass(frozen=True, slots=True)
class Saying:
    """What a value says of sums: Σx = n·(value ÷ per + shift)."""

    per: Fraction = Fraction(100)
    shift: int = 0


class Told(NamedTuple):
    """A figure as published, beside its truth; shown without `value`, only a bound is.

    `largest` is how many answers its busiest client gave; without `saying`, as of a median, the value says
    nothing of Σx.
    """

    status: Status
    clients: int
    responses: int
    x: int
    value: Decimal | None = None
    saying: Saying | None = Saying()
    largest: int = 1


class Count(StrEnum):
    """What is added up: answers, or those that count."""

    ANSWERS = "n"
    GOOD = "x"

    def of(self, told: Told) -> int:
        return told.responses if self is Count.ANSWERS else told.x


class Sum(NamedTuple):
    """The sum of one figure; with `payers`, what is left of the whole less the figures of these conventions.

    A gap is what unpublished months leave of a longer period.
    """

    period: str
    key: Key
    payers: tuple[UUID, ...] = ()
    is_gap: bool = False


Releases = Mapping[str, Mapping[Key, Told]]  # by period, the figures of one series
System = tuple[dict[Sum, Known], list[Adds[Sum]]]
# By period and place, the sets of conventions that share no answer there.
Apart = Mapping[tuple[str, Place], Sequence[frozenset[UUID]]]


def system(releases: Releases, count: Count, apart: Apart | None = None) -> System:
    """Give the sums of some releases of one series, and the lines that join them.

    Where nothing is known of which conventions are `apart`, those of one funder are.
    """
    joined = list(_in_tables(releases))
    rests = list(_rests(releases, apart or {}))
    gaps = list(_in_time(releases, count))
    known = _answers if count is Count.ANSWERS else _Good(releases)
    sums = {
        Sum(of, key): known(of, key, told)
        for of, figures in releases.items()
        for key, told in figures.items()
    }
    for line in (*rests, *gaps):
        for part in line.parts:
            if part not in sums:
                left = _left(line, releases, count)
                is_since = part.is_gap and count is Count.GOOD
                sums[part] = _come(line, releases, left) if is_since else _rest(part, left, count)
    return sums, [*joined, *rests, *gaps]


def come_late(of: str, told: Mapping[Key, Told], earlier: Releases) -> Iterator[Key]:
    """Find the shown figures of a period that a few people answered for after the shorter ones came out."""
    below, _ = _published(of, earlier)
    for key, each in told.items() if below else ():
        before = sum(earlier[one][key].responses for one in below if key in earlier[one])
        if not each.status.is_hidden and _is_few(each.responses - before, each):
            yield key


def _is_few(answers: int, total: Told) -> bool:
    """Tell whether late answers may be those of 10 people, each as busy as the busiest."""
    return 0 < answers < HIDDEN_UNDER * total.largest


def _rest(part: Sum, left: int, count: Count) -> Known:
    """Know what funders leave of the whole, where few answers are secret, or what unpublished months do."""
    is_few = count is Count.ANSWERS and not part.is_gap and 0 < left < HIDDEN_UNDER
    return Known(min(0, left), inf, left, must_reach=is_few)


def _come(line: Adds[Sum], releases: Releases, left: int) -> Known:
    """Know what a longer period has more than the shorter ones; what few people said must not be told.

    How many answers there are is known.
    """
    total = releases[line.total.period][line.total.key]
    answers = _left(line, releases, Count.ANSWERS)
    is_share = total.saying == Saying()
    return Known(
        min(0, left), max(left, answers) if is_share else inf, left, must_vary=_is_few(answers, total)
    )


def _left(line: Adds[Sum], releases: Releases, count: Count) -> int:
    """Take what is published apart from a total; a late correction may leave less than nothing."""
    apart = [each for each in line.parts if not each.payers and not each.is_gap]
    return _true(line.total, releases, count) - sum(_true(each, releases, count) for each in apart)


def _true(of: Sum, releases: Releases, count: Count) -> int:
    return count.of(releases[of.period][of.key])


def _answers(of: str, key: Key, told: Told) -> Known:  # noqa: ARG001 - one signature
    """Know the answers of a shown figure, and that no other has less than none."""
    n = told.responses
    if not told.status.is_hidden:
        return Known(n, n, n)
    return Known(0, inf, n, must_reach=n < HIDDEN_UNDER, must_vary=True)


class _Good:
    """Knows of Σx what a percentage says. Where nobody counts in a shown figure, all its parts are told."""

    def __init__(self, releases: Releases) -> None:
        self._releases = releases
        self._silent = frozenset(
            (of, key.convention, place(key))
            for of, figures in releases.items()
            for key, told in figures.items()
            if not told.status.is_hidden and not told.x
        )

    def __call__(self, of: str, key: Key, told: Told) -> Known:
        if not told.status.is_hidden:
            return _share(told)
        is_told = not told.x and bool(self._silent.intersection(self._around(of, key)))
        return Known(0, inf, told.x, must_vary=not is_told)

    def _around(self, of: str, key: Key) -> Iterator[tuple[str, UUID | None, Place]]:
        """Give a figure and those that it is a part of: in time, population, space and activities."""
        inside = period(of)
        times = [each for each in self._releases if period(each).contains(inside)]
        scope, code, activity = place(key)
        spots: list[Spot] = [(scope, code)]
        while over := above(*spots[-1]):
            spots.append(over)
        for when, whose, spot, group in product(times, {key.convention, None}, spots, {activity, ""}):
            yield when, whose, (*spot, group)


def _share(told: Told) -> Known:
    """Bound Σx by what the value says (a bound alone: all, or nobody)."""
    if told.saying is None:
        return Known(0, inf, told.x)
    if told.value is None:
        return Known(told.x, told.x, told.x)
    half = Decimal("0.5") if told.clients < WHOLE_PERCENT_UNDER else Decimal("0.05")
    per, shift = told.saying.per, told.saying.shift
    low = float((Fraction(told.value - half) / per + shift) * (told.responses - ROUNDING))
    high = float((Fraction(told.value + half) / per + shift) * (told.responses + ROUNDING))
    return Known(max(0.0, min(low, told.x)), max(high, told.x), told.x)


def _in_tables(releases: Releases) -> Iterator[Adds[Sum]]:
    """Add up each population over space and activities."""
    for of, figures in releases.items():
        for table in _populations(figures).values():
            for line in lines(table):
                if not line.is_implied:
                    yield Adds(Sum(of, line.total), tuple(Sum(of, part) for part in line.parts))


def _populations(figures: Mapping[Key, Told]) -> Mapping[UUID | None, Mapping[Place, Key]]:
    found: dict[UUID | None, dict[Place, Key]] = defaultdict(dict)
    for key in figures:
        found[key.convention][place(key)] = key
    return found


def _rests(releases: Releases, apart: Apart) -> Iterator[Adds[Sum]]:
    """Add up the whole: conventions that share no visit, of one funder or of several, and what is left."""
    for of, figures in releases.items():
        tables = dict(_populations(figures))
        for where, total in tables.pop(None, {}).items():
            paid = {each: table[where] for each, table in tables.items() if each and where in table}
            for some in apart.get((of, where)) or _of_one_funder(paid):
                payers = tuple(sorted(some.intersection(paid)))
                if payers:
                    parts = [Sum(of, paid[each]) for each in payers]
                    yield Adds(Sum(of, total), (*parts, Sum(of, total, payers)))


def _of_one_funder(paid: Mapping[UUID, Key]) -> list[frozenset[UUID]]:
    found: dict[UUID | None, set[UUID]] = defaultdict(set)
    for convention, key in paid.items():
        found[key.funder].add(convention)
    return [frozenset(each) for each in found.values()]


def _in_time(releases: Releases, count: Count) -> Iterator[Adds[Sum]]:
    """Add up the published periods inside a longer one, and what it has more than they.

    Where they make all of it, the answers that came since are known; what they said is not.
    """
    for of, figures in releases.items():
        below, is_complete = _published(of, releases)
        for key, told in figures.items() if below else ():
            parts = [Sum(each, key) for each in below if key in releases[each]]
            left = told.responses - sum(_true(part, releases, Count.ANSWERS) for part in parts)
            if left > 0 and (count is Count.GOOD or not is_complete):
                parts.append(Sum(of, key, is_gap=True))
            yield Adds(Sum(of, key), tuple(parts))


def _published(of: str, releases: Releases) -> tuple[list[str], bool]:
    """Give the longest published periods that make another one, and whether they make all of it."""
    found, is_complete = list[str](), bool(children(of))
    for each in children(of):
        if each in releases:
            found.append(each)
        else:
            inside, is_whole = _published(each, releases)
            found += inside
            is_complete = is_complete and is_whole
    return found, is_complete
