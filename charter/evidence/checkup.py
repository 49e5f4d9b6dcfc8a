"""What to check before an assessment is sent: what lacks holds it back, the rest warns (pure)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from charter.assessment import Bounds, Comparison, comparisons, unanswered
from charter.declaring import Review
from charter.definition import Answer, Criterion
from charter.evidence.proving import Freshness, Proof, is_measured


class Finding(StrEnum):
    """What a check finds of a criterion."""

    UNANSWERED = "unanswered"
    CONTRADICTED = "contradicted"
    UNPROVEN = "unproven"
    EXPIRED = "expired"
    UNDERRATED = "underrated"


WARNINGS = frozenset({Finding.CONTRADICTED, Finding.UNPROVEN, Finding.EXPIRED})


@dataclass(frozen=True, slots=True)
class Found:
    """One finding; only what is compulsory and not answered blocks the sending."""

    finding: Finding
    criterion: Criterion

    @property
    def blocks(self) -> bool:
        return self.finding is Finding.UNANSWERED and self.criterion.compulsory

    @property
    def warns(self) -> bool:
        """Say that whoever sends must have seen it."""
        return self.finding in WARNINGS


def findings(
    review: Review, measured: Mapping[str, Bounds], proofs: Mapping[str, tuple[Proof, ...]], today: date
) -> tuple[Found, ...]:
    """List what to check, by kind, in the order of the edition; `proofs` are by criterion."""
    found = [
        *(Found(Finding.UNANSWERED, each) for each in unanswered(review.edition, review.answers)),
        *_compared(review, measured),
        *_proven(review, measured, proofs, today),
    ]
    order = list(Finding)
    return tuple(sorted(found, key=lambda each: order.index(each.finding)))


def _compared(review: Review, measured: Mapping[str, Bounds]) -> Iterator[Found]:
    kinds = {
        Comparison.contradicted: Finding.CONTRADICTED,
        Comparison.better: Finding.UNDERRATED,
    }
    for criterion, verdict in comparisons(review.edition, review.answers, measured):
        if verdict in kinds:
            yield Found(kinds[verdict], criterion)


def _proven(
    review: Review, measured: Mapping[str, Bounds], proofs: Mapping[str, tuple[Proof, ...]], today: date
) -> Iterator[Found]:
    for criterion in review.edition.criteria:
        given = proofs.get(criterion.code, ())
        is_fresh = any(each.freshness(today) is not Freshness.EXPIRED for each in given)
        is_kept = is_fresh or is_measured(criterion, measured.get(criterion.code))
        if review.answers.get(criterion.code) is not Answer.YES or is_kept:
            continue
        yield Found(Finding.EXPIRED if given else Finding.UNPROVEN, criterion)
