"""How answers reach their provider: five clients at a time, so that nobody is ever read alone (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

TOGETHER = 5
MARKS = (5, 4, 3, 2, 1)


@dataclass(frozen=True, slots=True)
class Distribution:
    """How many clients gave each mark, from 5 to 1; the last clients wait until five are there."""

    clients: int
    counts: tuple[tuple[int, int], ...]

    @property
    def is_shown(self) -> bool:
        return self.clients >= TOGETHER

    def share(self, count: int) -> float:
        return count / self.clients if self.clients else 0.0


def distribution(marks: Sequence[int]) -> Distribution:
    """Count the marks of a period, one a client in the order they came, in whole groups of five.

    >>> distribution([5, 5, 4, 1, 5, 2]).counts
    ((5, 3), (4, 1), (3, 0), (2, 0), (1, 1))
    >>> distribution([1, 1, 1, 1]).is_shown
    False
    """
    kept = marks[: len(marks) // TOGETHER * TOGETHER]
    return Distribution(len(kept), tuple((mark, _count(kept, mark)) for mark in MARKS))


def _count(marks: Iterable[int], wanted: int) -> int:
    return sum(mark == wanted for mark in marks)
