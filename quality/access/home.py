"""What waits for the person who signs in: three things first, then the rest, then cards in full rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from quality.access.actor import Role
from quality.french import french

FIRST = 3
COLUMNS = 12
_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: what, why, the page that does it and its verb; the nearest `due_at` comes first.

    `has_others`: it stands for the first of many that wait today.
    """

    title: str
    sentence: str
    href: str
    action: str
    due_at: datetime | None = None
    has_others: bool = False


def ranked(tasks: Iterable[Task]) -> tuple[tuple[Task, ...], tuple[Task, ...]]:
    """Part what waits today from the rest, at most three first; without a date, the order given.

    >>> first, rest = ranked(Task(str(n), "", "/", "Lire") for n in range(5))
    >>> [task.title for task in first], [task.title for task in rest]
    (['0', '1', '2'], ['3', '4'])
    """
    ordered = sorted(tasks, key=lambda task: task.due_at or _LATEST)
    return tuple(ordered[:FIRST]), tuple(ordered[FIRST:])


def can_wait(every: Iterable[Task], rest: Iterable[Task], now: datetime, zone: ZoneInfo) -> bool:
    """Say whether nothing but the first things is due today.

    >>> now, zone = datetime(2026, 11, 24, 9, 30, tzinfo=UTC), ZoneInfo("Europe/Paris")
    >>> today = Task("Relancer", "", "/", "Ouvrir", now)
    >>> can_wait([today], [], now, zone), can_wait([today], [today], now, zone)
    (True, False)
    """
    today = now.astimezone(zone).date()
    is_due = (task.due_at is not None and task.due_at.astimezone(zone).date() <= today for task in rest)
    return not any(task.has_others for task in every) and not any(is_due)


# What the page gathers, for whoever opens it for the first time.
GATHERED = {
    Role.admin: french("Cette page dit qui a un accès et si l’installation travaille."),
    Role.platform: french("Cette page réunit ce que les organismes envoient, ce qui part et ce qui attend."),
    Role.supervisor: french("Cette page réunit les appels et les réclamations qui attendent votre équipe."),
    Role.agent: french("Cette page dit qui appeler maintenant, et jusqu’à quelle heure."),
    Role.provider: french(
        "Cette page réunit ce qui attend votre organisme et ce que d’autres lisent de lui."
    ),
    Role.funder: french("Cette page résume vos derniers résultats publiés."),
    Role.observer: french("Cette page résume ce qui est publié sur la France et ses régions."),
}


@dataclass(frozen=True, slots=True)
class Heading:
    """The h1 of a home page, which says what it found, and its sentence."""

    title: str
    sentence: str


def full_rows(spans: Sequence[int]) -> tuple[int, ...]:
    """Widen the last card of each row that is not full, so that every row holds 12 columns.

    >>> full_rows([8, 4, 6, 8])
    (8, 4, 12, 12)
    >>> full_rows([5, 4, 6, 6])
    (5, 7, 6, 6)
    """
    placed: list[int] = []
    used = 0
    for span in spans:
        if used + span > COLUMNS:
            placed[-1] += COLUMNS - used
            used = 0
        placed.append(span)
        used = (used + span) % COLUMNS
    if used:
        placed[-1] += COLUMNS - used
    return tuple(placed)
