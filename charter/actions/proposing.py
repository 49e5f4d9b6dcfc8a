"""Which actions the gaps of an assessment ask for, the most pressing first (pure)."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from charter.assessment import Answers
from charter.definition import Answer, Criterion, Edition

HIGH_FROM, MEDIUM_FROM = 4, 2


class Priority(StrEnum):
    """How pressing an action is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A criterion that calls for an action, and how much."""

    criterion: Criterion
    score: int
    is_contradicted: bool

    @property
    def priority(self) -> Priority:
        return priority_of(self.score)


def priority_of(score: int) -> Priority:
    """Read a score.

    >>> [str(priority_of(score)) for score in (1, 2, 4)]
    ['low', 'medium', 'high']
    """
    if score >= HIGH_FROM:
        return Priority.HIGH
    return Priority.MEDIUM if score >= MEDIUM_FROM else Priority.LOW


def gap(criterion: Criterion, answer: Answer, *, is_contradicted: bool) -> int:
    """Weigh a gap: the criterion's weight, doubled when compulsory, doubled when nothing is kept.

    « En partie » counts once; « non », and a « oui » that a measure contradicts, twice. Ours, not a rule of
    the edition.

    >>> from charter.editions import load
    >>> one = next(each for each in load("national-2012").criteria if each.compulsory)
    >>> [gap(one, each, is_contradicted=False) for each in Answer]
    [0, 2, 4, 0]
    >>> gap(one, Answer.YES, is_contradicted=True)
    4
    """
    is_missed = answer is Answer.NO or is_contradicted
    if not is_missed and answer is not Answer.PARTLY:
        return 0
    is_held = criterion.compulsory or criterion.imperative
    return criterion.weight * (2 if is_held else 1) * (2 if is_missed else 1)


def proposals(
    edition: Edition, answers: Answers, contradicted: Collection[str], planned: Collection[str]
) -> tuple[Proposal, ...]:
    """List the gaps for which nothing is planned, the widest first, then in the order of the edition."""
    found = []
    for each in edition.criteria:
        if each.code not in answers or each.code in planned:
            continue
        is_contradicted = each.code in contradicted
        score = gap(each, answers[each.code], is_contradicted=is_contradicted)
        if score:
            found.append(Proposal(each, score, is_contradicted))
    return tuple(sorted(found, key=lambda each: -each.score))
