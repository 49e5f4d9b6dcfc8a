"""The rule « means »: marks from 1 to 4, and means of means from elements up to chapters.

From the HAS’s evaluation of social and medico-social services: its marks and its steps, never its letter.
Means run element → criterion → objective → theme → chapter, cut after two decimals. ★ counts as 4. NC and RI
leave the means. An imperative is met only if every element of it is 4 or ★. No mean of chapters is given: the
class, ours, is read from the lowest one.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from charter.definition import Carry, Chapter, Criterion, Edition, Mark, Objective, Theme
from charter.scoring.outcome import Level, Outcome, Part, Said, Standing, read, truncated

WORTH: Mapping[Mark, int] = {
    Mark.ONE: 1,
    Mark.TWO: 2,
    Mark.THREE: 3,
    Mark.FOUR: 4,
    Mark.STAR: 4,
}
Marks = Mapping[str, Mark]
Parts = tuple[Part, ...]
Weighed = tuple[Parts, int]


def first(edition: Edition, said: Said) -> Outcome:
    """Compute version 1.

    >>> from charter.editions import load
    >>> edition = load("three-chapters-2026")
    >>> found = first(edition, {"1.1.1": "4", "1.1.2": "3"})
    >>> [(str(part.level), part.code, part.counted, part.value) for part in found.parts[:1]]
    [('chapter', '1', 2, Fraction(7, 2))]
    """
    marks = {code: Mark(each) for code, each in said.items()}
    means = _Means(marks, edition.scoring.carry or Carry.EXACT)
    chapters = [means.chapter(each) for each in edition.chapters]
    asked = [code for each in edition.criteria for code in each.asked]
    answered = sum(code in marks for code in asked)
    standings = tuple((each.code, standing(each, marks)) for each in edition.criteria if each.imperative)
    values = [parts[0].value for parts in chapters if parts[0].value is not None]
    value = min(values, default=None)
    every = tuple(part for parts in chapters for part in parts)
    reading, is_capped = read(
        edition.scoring, value, [each for _, each in standings], is_whole=answered == len(asked)
    )
    return Outcome(len(asked), answered, every, standings, value, reading, is_capped)


def standing(criterion: Criterion, marks: Marks) -> Standing:
    """Say how an imperative stands; one mark under 4 misses it, whatever the mean.

    >>> from charter.editions import load
    >>> imperative = next(each for each in load("three-chapters-2026").criteria if each.imperative)
    >>> marks = dict.fromkeys(imperative.asked, Mark.FOUR)
    >>> str(standing(imperative, marks)), str(standing(imperative, marks | {imperative.asked[0]: Mark.THREE}))
    ('met', 'missed')
    """
    given = [marks.get(code) for code in criterion.asked]
    if not {Mark.ONE, Mark.TWO, Mark.THREE}.isdisjoint(given):
        return Standing.MISSED
    if all(mark is Mark.NC for mark in given):
        return Standing.LEFT
    is_met = all(mark in {Mark.FOUR, Mark.STAR, Mark.NC} for mark in given)
    return Standing.MET if is_met else Standing.UNDECIDED


class _Means:
    """The means of an assessment: each verb gives a part, then what it holds, in the order of the edition."""

    def __init__(self, marks: Marks, carry: Carry) -> None:
        self.marks = marks
        self.carry = carry

    def chapter(self, of: Chapter) -> Parts:
        under = [*self._criteria(of.own), *((self._theme(each), 1) for each in of.themes)]
        return self._mean(Level.CHAPTER, str(of.number), under)

    def _theme(self, of: Theme) -> Parts:
        under = [*self._criteria(of.own), *((self._objective(each), 1) for each in of.objectives)]
        return self._mean(Level.THEME, of.code, under)

    def _objective(self, of: Objective) -> Parts:
        return self._mean(Level.OBJECTIVE, of.code, self._criteria(of.criteria))

    def _criteria(self, criteria: Iterable[Criterion]) -> list[Weighed]:
        return [((self._criterion(each),), each.weight) for each in criteria]

    def _criterion(self, of: Criterion) -> Part:
        given = [self.marks[code] for code in of.asked if code in self.marks]
        worths = [WORTH[mark] for mark in given if mark in WORTH]
        value = Fraction(sum(worths), len(worths)) if worths else None
        return Part(Level.CRITERION, of.code, len(worths), value)

    def _mean(self, level: Level, code: str, under: Sequence[Weighed]) -> Parts:
        heads = [(parts[0], weight) for parts, weight in under]
        found = [(part.value, weight) for part, weight in heads if part.value is not None]
        value: Fraction | None = None
        if found:
            total = sum((self._carried(each) * weight for each, weight in found), Fraction(0))
            value = total / sum(weight for _, weight in found)
        head = Part(level, code, sum(part.counted for part, _ in heads), value)
        return (head, *(part for parts, _ in under for part in parts))

    def _carried(self, value: Fraction) -> Fraction:
        return Fraction(truncated(value)) if self.carry is Carry.TRUNCATED else value
