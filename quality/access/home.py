"""What waits for the person who signs in: three things first, then the rest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

FIRST = 3
_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: what, why, the page that does it and its verb; the nearest `due_at` comes first."""

    title: str
    sentence: str
    href: str
    action: str
    due_at: datetime | None = None


def ranked(tasks: Iterable[Task]) -> tuple[tuple[Task, ...], tuple[Task, ...]]:
    """Part what waits today from the rest, at most three first; without a date, the order given.

    >>> first, rest = ranked(Task(str(n), "", "/", "Lire") for n in range(5))
    >>> [task.title for task in first], [task.title for task in rest]
    (['0', '1', '2'], ['3', '4'])
    """
    ordered = sorted(tasks, key=lambda task: task.due_at or _LATEST)
    return tuple(ordered[:FIRST]), tuple(ordered[FIRST:])
