"""What an assessment under way is worth, chapter by chapter, by the rule of its edition (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from charter.assessment import Score, Strength, chapter_scores, stances, unmet
from charter.definition import Chapter, Criterion, Edition, Scale
from charter.scoring.outcome import Level, Said, Standing, read
from charter.scoring.rules import rule_of


@dataclass(frozen=True, slots=True)
class ChapterReading:
    """A chapter: how far it is, its value (per cent, or a mean of marks), and how that reads."""

    chapter: Chapter
    score: Score
    value: Fraction | None
    strength: Strength


@dataclass(frozen=True, slots=True)
class Reading:
    """An assessment by chapter, and what holds it down: missed imperatives, or compulsory criteria."""

    chapters: tuple[ChapterReading, ...]
    missed: tuple[Criterion, ...]

    @property
    def values(self) -> Mapping[int, Fraction]:
        return {each.chapter.number: each.value for each in self.chapters if each.value is not None}


def reading(edition: Edition, said: Said) -> Reading:
    """Read an assessment: words by the share that is kept, marks by the classes of their edition.

    A chapter of marks with a missed imperative reads no higher than the edition's cap.

    >>> from charter.editions import load
    >>> found = reading(load("three-chapters-2026"), {"1.1.1": "4", "1.1.2": "3"})
    >>> found.chapters[0].value, str(found.chapters[0].strength)
    (Fraction(7, 2), 'solid')
    """
    answers = stances(edition, said)
    found = rule_of(edition).compute(edition, said)
    values = {part.code: part.value for part in found.parts if part.level is Level.CHAPTER}
    standings = dict(found.imperatives)
    chapters = []
    for chapter, score in chapter_scores(edition, answers):
        value = values[str(chapter.number)]
        held = [standings[each.code] for each in chapter.criteria if each.code in standings]
        strength = score.strength if edition.scale is Scale.WORDS else _class(edition, value, held)
        chapters.append(ChapterReading(chapter, score, value, strength))
    if edition.scale is Scale.WORDS:
        return Reading(tuple(chapters), unmet(edition, answers))
    missed = tuple(each for each in edition.criteria if standings.get(each.code) is Standing.MISSED)
    return Reading(tuple(chapters), missed)


def _class(edition: Edition, value: Fraction | None, standings: list[Standing]) -> Strength:
    missed = [each for each in standings if each is Standing.MISSED]
    code, _is_capped = read(edition.scoring, value, missed, is_whole=True)
    if code is None:
        return Strength.unknown
    codes = [each.code for each in edition.scoring.classes]
    if code == codes[0]:
        return Strength.solid
    return Strength.weak if code == codes[-1] else Strength.fair
