"""The life of a file under review and of each point in it (pure): who moves what, and what silence decides.

A contested point waits for the provider's answer, then for the platform's. Whoever stays silent loses
the point: the platform's view stands when the provider does not answer, the provider's when the platform does
not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from quality.errors import Conflict
from quality.french import french

ANSWER_DELAY = timedelta(days=15)  # a choice of ours, for either side


class FileState(StrEnum):
    submitted = "submitted"
    under_review = "under_review"
    contested = "contested"
    returned = "returned"
    accepted = "accepted"


class FileEvent(StrEnum):
    open = "open"
    contest = "contest"
    settle = "settle"
    give_back = "return"
    accept = "accept"


FILE_MOVES: Mapping[tuple[FileState, FileEvent], FileState] = {
    (FileState.submitted, FileEvent.open): FileState.under_review,
    (FileState.under_review, FileEvent.contest): FileState.contested,
    (FileState.contested, FileEvent.contest): FileState.contested,
    (FileState.contested, FileEvent.settle): FileState.under_review,
    (FileState.under_review, FileEvent.give_back): FileState.returned,
    (FileState.under_review, FileEvent.accept): FileState.accepted,
}
UNDER_WAY = frozenset({FileState.submitted, FileState.under_review, FileState.contested})


class PointState(StrEnum):
    """Where a criterion stands: `maintained` holds the platform's answer, `dropped` the provider's."""

    accepted = "accepted"
    corrected = "corrected"
    contested = "contested"
    answered = "answered"
    maintained = "maintained"
    dropped = "dropped"


class PointEvent(StrEnum):
    reply = "reply"
    maintain = "maintain"
    drop = "drop"
    silence = "silence"


POINT_MOVES: Mapping[tuple[PointState, PointEvent], PointState] = {
    (PointState.contested, PointEvent.reply): PointState.answered,
    (PointState.contested, PointEvent.silence): PointState.maintained,
    (PointState.answered, PointEvent.maintain): PointState.maintained,
    (PointState.answered, PointEvent.drop): PointState.dropped,
    (PointState.answered, PointEvent.silence): PointState.dropped,
}
OPEN = frozenset({PointState.contested, PointState.answered})
# The platform's answer counts in these, the provider's in the others.
PLATFORM_S = frozenset({PointState.corrected, PointState.maintained})


@dataclass(frozen=True, slots=True)
class Point:
    """One criterion as the review holds it; `answer` is the platform's, `due_at` when silence decides."""

    criterion: str
    state: PointState
    answer: str = ""
    due_at: datetime | None = None


def next_file(state: FileState, event: FileEvent) -> FileState:
    """Return the state after an event, or Conflict.

    >>> str(next_file(FileState.submitted, FileEvent.open))
    'under_review'
    """
    found = FILE_MOVES.get((state, event))
    if found is None:
        raise Conflict(french("Ce dossier n’en est pas là : relisez-le avant de décider."))
    return found


def next_point(state: PointState, event: PointEvent) -> PointState:
    """Return the state of a point after an event, or Conflict.

    >>> str(next_point(PointState.contested, PointEvent.silence))
    'maintained'
    """
    found = POINT_MOVES.get((state, event))
    if found is None:
        raise Conflict(french("Ce point est déjà réglé : relisez le dossier."))
    return found


def is_silent(point: Point, now: datetime) -> bool:
    """Say whether the side whose turn it is has let its delay pass."""
    return point.state in OPEN and point.due_at is not None and now >= point.due_at


def is_settled(points: Iterable[Point]) -> bool:
    return all(each.state not in OPEN for each in points)


def retained(declared: Mapping[str, str], points: Iterable[Point]) -> dict[str, str]:
    """Give the answers that count: the platform's where it corrected or its view stands, else the declared.

    >>> retained({"1.1": "yes"}, [Point("1.1", PointState.maintained, "no")])
    {'1.1': 'no'}
    """
    return {**declared, **{each.criterion: each.answer for each in points if each.state in PLATFORM_S}}
