"""The rule « half »: the weighted share of what is kept, in per cent; « en partie » counts for a part.

A part is worth 100 × Σ weight × points ÷ Σ weight, over the criteria that are answered and concerned.
"""

from collections.abc import Iterator
from fractions import Fraction

from charter.assessment import Answers, score
from charter.definition import Answer, Chapter, Criterion, Edition, Scoring
from charter.scoring.outcome import Level, Outcome, Part, Said, Standing, read

STANDINGS = {
    Answer.YES: Standing.MET,
    Answer.PARTLY: Standing.MISSED,
    Answer.NO: Standing.MISSED,
    Answer.NOT_CONCERNED: Standing.LEFT,
}


def first(edition: Edition, said: Said) -> Outcome:
    """Compute version 1.

    >>> from charter.editions import load
    >>> found = first(load("national-2012"), {"1.1": "yes", "1.2": "partly", "1.3": "not_concerned"})
    >>> found.parts[0].value, found.parts[0].counted, found.answered, found.reading
    (Fraction(75, 1), 2, 3, None)
    """
    answers = {code: Answer(each) for code, each in said.items()}
    whole = score(edition.criteria, answers, edition.scoring)
    standings = tuple((each.code, _standing(answers, each)) for each in edition.criteria if each.imperative)
    value = None if whole.share is None else 100 * whole.share
    reading, is_capped = read(
        edition.scoring, value, [each for _, each in standings], is_whole=whole.reviewed == whole.total
    )
    parts = tuple(part for chapter in edition.chapters for part in _parts(chapter, answers, edition.scoring))
    return Outcome(whole.total, whole.reviewed, parts, standings, value, reading, is_capped)


def _standing(answers: Answers, criterion: Criterion) -> Standing:
    answer = answers.get(criterion.code)
    return Standing.UNDECIDED if answer is None else STANDINGS[answer]


def _parts(chapter: Chapter, answers: Answers, scoring: Scoring) -> Iterator[Part]:
    yield _part(Level.CHAPTER, str(chapter.number), chapter.criteria, answers, scoring)
    for theme in chapter.themes:
        yield _part(Level.THEME, theme.code, theme.criteria, answers, scoring)
        for objective in theme.objectives:
            yield _part(Level.OBJECTIVE, objective.code, objective.criteria, answers, scoring)


def _part(
    level: Level, code: str, criteria: tuple[Criterion, ...], answers: Answers, scoring: Scoring
) -> Part:
    found = score(criteria, answers, scoring)
    value: Fraction | None = None if found.share is None else 100 * found.share
    return Part(level, code, found.counted, value)
