"""What a self-assessment is worth: progress, share by principle, what blocks, declared and measured (pure).

Shares are exact fractions of the criteria reviewed; rounding is left to the page.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from charter.definition import Answer, Chapter, Criterion, Edition, Mark, Scoring
from charter.scoring.outcome import Said

Answers = Mapping[str, Answer]
KEPT = frozenset({Mark.FOUR, Mark.STAR})
LEFT = frozenset({Mark.NC, Mark.RI})
SATISFIED, UNSATISFIED = Fraction(1), Fraction(0)
WEAK_UNDER, SOLID_FROM = Fraction(7, 10), Fraction(85, 100)


class Progress(StrEnum):
    """How far the review of some criteria has come."""

    todo = "todo"
    ongoing = "ongoing"
    done = "done"


class Strength(StrEnum):
    """How to read a share; a share of nothing is unknown."""

    solid = "solid"
    fair = "fair"
    weak = "weak"
    unknown = "unknown"


class Comparison(StrEnum):
    """What the measure says of the declaration: a kept one, one owned up to as not kept, or nothing sure."""

    confirmed = "confirmed"
    contradicted = "contradicted"
    better = "better"
    admitted = "admitted"
    unsure = "unsure"


@dataclass(frozen=True, slots=True)
class Bounds:
    """A measured share in per cent: its interval, and the clients (or complaints) it comes from."""

    low: Decimal
    high: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class Score:
    """What answers add up to: `points` over `weight`, both of criteria that are concerned and reviewed."""

    total: int
    reviewed: int
    not_concerned: int
    points: Fraction
    weight: int

    @property
    def counted(self) -> int:
        return self.reviewed - self.not_concerned

    @property
    def share(self) -> Fraction | None:
        return self.points / self.weight if self.weight else None

    @property
    def progress(self) -> Progress:
        if not self.reviewed:
            return Progress.todo
        return Progress.done if self.reviewed == self.total else Progress.ongoing

    @property
    def strength(self) -> Strength:
        if self.share is None:
            return Strength.unknown
        if self.share >= SOLID_FROM:
            return Strength.solid
        return Strength.weak if self.share < WEAK_UNDER else Strength.fair


def stance(criterion: Criterion, said: Said) -> Answer | None:
    """Say in words what is declared of a criterion, whatever its scale; None until all of it is answered.

    Marks satisfy when each that counts is 4 or ★, and not at all when each is 1.

    >>> from charter.editions import load
    >>> one = next(each for each in load("three-chapters-2026").criteria if len(each.asked) == 2)
    >>> [str(stance(one, dict(zip(one.asked, marks)))) for marks in (["4", "star"], ["4", "3"], ["nc", "nc"])]
    ['yes', 'partly', 'not_concerned']
    """
    given = [said[code] for code in criterion.asked if code in said]
    if len(given) < len(criterion.asked):
        return None
    if given[0] in set(Answer):
        return Answer(given[0])
    counted = {Mark(each) for each in given} - LEFT
    if not counted:
        return Answer.NOT_CONCERNED
    if counted <= KEPT:
        return Answer.YES
    return Answer.NO if counted == {Mark.ONE} else Answer.PARTLY


def stances(edition: Edition, said: Said) -> dict[str, Answer]:
    """Give what is declared of each criterion that is wholly answered, by its code."""
    found = ((each.code, stance(each, said)) for each in edition.criteria)
    return {code: answer for code, answer in found if answer}


def points(answer: Answer, scoring: Scoring) -> Fraction | None:
    """Give what an answer is worth; « non concerné » is worth nothing and counts for nothing.

    >>> from charter.editions import load
    >>> [str(points(answer, load("national-2012").scoring)) for answer in Answer]
    ['1', '1/2', '0', 'None']
    """
    worth = {
        Answer.YES: SATISFIED,
        Answer.PARTLY: Fraction(scoring.partly or 0, 100),
        Answer.NO: UNSATISFIED,
        Answer.NOT_CONCERNED: None,
    }
    return worth[answer]


def score(criteria: Iterable[Criterion], answers: Answers, scoring: Scoring) -> Score:
    """Add up the answers to some criteria, each by its weight.

    >>> from charter.editions import load
    >>> edition = load("national-2012")
    >>> found = {"1.1": Answer.YES, "1.2": Answer.PARTLY, "1.3": Answer.NOT_CONCERNED}
    >>> one = score(edition.chapters[0].criteria, found, edition.scoring)
    >>> str(one.share), one.counted, str(one.progress), str(one.strength)
    ('3/4', 2, 'ongoing', 'fair')
    """
    every = tuple(criteria)
    worths = [(points(answers[each.code], scoring), each.weight) for each in every if each.code in answers]
    known = [(worth, weight) for worth, weight in worths if worth is not None]
    total = sum((worth * weight for worth, weight in known), UNSATISFIED)
    weight = sum(weight for _, weight in known)
    return Score(len(every), len(worths), len(worths) - len(known), total, weight)


def chapter_scores(edition: Edition, answers: Answers) -> tuple[tuple[Chapter, Score], ...]:
    return tuple((chapter, score(chapter.criteria, answers, edition.scoring)) for chapter in edition.chapters)


def unmet(edition: Edition | Chapter, answers: Answers) -> tuple[Criterion, ...]:
    """List the compulsory criteria of an edition or a chapter that are reviewed and not satisfied.

    >>> from charter.editions import load
    >>> found = {"1.1": Answer.PARTLY, "1.2": Answer.YES, "1.3": Answer.NO}
    >>> [criterion.code for criterion in unmet(load("national-2012"), found)]
    ['1.1']
    """
    lacking = {Answer.PARTLY, Answer.NO}
    return tuple(each for each in edition.criteria if each.compulsory and answers.get(each.code) in lacking)


def unanswered(edition: Edition, reviewed: Collection[str]) -> tuple[Criterion, ...]:
    return tuple(each for each in edition.criteria if each.code not in reviewed)


def next_unanswered(edition: Edition, reviewed: Collection[str], code: str = "") -> Criterion | None:
    """Find the first criterion to review after one, then from the beginning; None once all are.

    >>> from charter.editions import load
    >>> edition = load("national-2012")
    >>> next_unanswered(edition, {"6.7"}, "6.6").code
    '1.1'
    """
    waiting = list(unanswered(edition, reviewed))
    order = [each.code for each in edition.criteria]
    place = order.index(code) if code else -1
    after = [each for each in waiting if order.index(each.code) > place]
    return next(iter((*after, *waiting)), None)


def neighbours(edition: Edition, code: str) -> tuple[Criterion | None, Criterion | None]:
    """Give the criteria before and after one.

    >>> from charter.editions import load
    >>> before, after = neighbours(load("national-2012"), "1.7")
    >>> before.code, after.code
    ('1.6', '2.1')
    """
    row: list[Criterion | None] = [None, *edition.criteria, None]
    place = next(rank for rank, each in enumerate(row) if each and each.code == code)
    return row[place - 1], row[place + 1]


def compare(answer: Answer, bounds: Bounds | None, threshold: int, minimum: int) -> Comparison:
    """Compare what is declared with what is measured: only an interval wholly on one side concludes.

    >>> low, high = Bounds(Decimal(52), Decimal(71), 95), Bounds(Decimal(84), Decimal(93), 95)
    >>> [str(compare(Answer.YES, each, 80, 40)) for each in (low, high)]
    ['contradicted', 'confirmed']
    >>> [str(compare(Answer.PARTLY, each, 80, 40)) for each in (low, high)]
    ['admitted', 'better']
    """
    if bounds is None or bounds.count < minimum or answer is Answer.NOT_CONCERNED:
        return Comparison.unsure
    if bounds.low >= threshold:
        return Comparison.confirmed if answer is Answer.YES else Comparison.better
    if bounds.high < threshold:
        return Comparison.contradicted if answer is Answer.YES else Comparison.admitted
    return Comparison.unsure


def comparisons(
    edition: Edition, answers: Answers, measured: Mapping[str, Bounds]
) -> Iterator[tuple[Criterion, Comparison]]:
    """Compare every criterion that is both declared and measurable, in the order of the edition."""
    for criterion in edition.criteria:
        if criterion.measured and criterion.code in answers:
            asked = criterion.measured
            bounds = measured.get(criterion.code)
            found = compare(answers[criterion.code], bounds, asked.threshold, asked.minimum)
            yield criterion, found
