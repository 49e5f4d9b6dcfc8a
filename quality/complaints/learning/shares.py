"""What complaints teach over some months: counts, shares with their interval, delays (pure)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from quality.complaints.learning.outcomes import PROTECTED_WITHIN, REMEDY_WITHIN, Course
from quality.measures.statistics import Interval, wilson
from quality.measures.statistics.survival import Bounds, Spell, median, share_within

LEAST = 5  # a provider reads no count of 1 to 4: its client would be recognised
DAYS_WITHIN = REMEDY_WITHIN.days


@dataclass(frozen=True, slots=True)
class Told:
    """One complaint as its report reads it; `client` is None where the reader may not know who."""

    number: int
    month: str
    cause: str
    provider: UUID
    activity: str
    client: UUID | None
    is_escalated: bool
    course: Course


@dataclass(frozen=True, slots=True)
class Share:
    """So many among so many."""

    part: int
    whole: int

    @property
    def interval(self) -> Interval | None:
        """Give the share with its 95 % bounds, each complaint counted once (Wilson 1927).

        >>> found = Share(17, 20).interval
        >>> f"{found.value:.2f} {found.low:.2f} {found.high:.2f}", Share(0, 0).interval
        ('0.85 0.64 0.95', None)
        """
        if not self.whole:
            return None
        exact = Fraction(self.part, self.whole)
        return Interval(exact, *wilson(float(exact), self.whole))


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What clients said of the remedies, and how many did not say; a silence is neither."""

    settled: int
    not_settled: int
    silent: int

    @property
    def share(self) -> Share:
        return Share(self.settled, self.settled + self.not_settled)


@dataclass(frozen=True, slots=True)
class Delays:
    """From opening to remedy, open complaints held: half of them, and those within fifteen days."""

    cases: int
    still_open: int
    half: Bounds | None
    within: Bounds | None


def wanted(told: Iterable[Told]) -> list[Told]:
    """Keep the complaints in which somebody wants something done by the provider."""
    return [each for each in told if each.course.is_wanted]


def serious(told: Iterable[Told], now: datetime) -> Share:
    """Count the serious events a day old, and those with a protective step within that day."""
    known = [each.course for each in told if each.course.is_serious]
    due = [each for each in known if each.opened_at + PROTECTED_WITHIN <= now]
    kept = [each for each in due if each.handled_at and each.handled_at <= each.opened_at + PROTECTED_WITHIN]
    return Share(len(kept), len(due))


def delays(told: Sequence[Told], now: datetime) -> Delays:
    """Measure the days from opening to remedy; one still open was seen until now."""
    spells = [_spell(each.course, now) for each in told]
    still_open = sum(not each.is_over for each in spells)
    return Delays(len(spells), still_open, median(spells), share_within(spells, DAYS_WITHIN))


def _spell(course: Course, now: datetime) -> Spell:
    until = course.remedied_at or now
    return Spell((until - course.opened_at).total_seconds() / 86_400, course.remedied_at is not None)


def first_contact(told: Iterable[Told], now: datetime) -> Share:
    """Count the complaints solved in the contact that opened them, among those a fortnight old."""
    old = [each.course for each in told if each.course.opened_at + REMEDY_WITHIN <= now]
    return Share(sum(each.is_solved_at_first_contact for each in old), len(old))


def promises(told: Iterable[Told], now: datetime) -> Share:
    """Count the promises whose day has passed, and those kept by then."""
    due = [is_kept for each in told for is_kept in each.course.promises_due(now)]
    return Share(sum(due), len(due))


def reopened(told: Iterable[Told]) -> Share:
    """Count the complaints remedied at least once, and those of them that came back."""
    back = [each.course.is_reopened for each in told if each.course.remedied_at or each.course.is_reopened]
    return Share(sum(back), len(back))


def escalated(told: Iterable[Told]) -> Share:
    """Count the complaints, and those that left the provider's hands."""
    left = [each.is_escalated for each in told]
    return Share(sum(left), len(left))


def verdicts(told: Iterable[Told]) -> Verdicts:
    """Count the newest verdict of each client, and the complaints closed without one."""
    said = Counter(_verdict(each.course) for each in told)
    return Verdicts(said["settled"], said["not_settled"], said["silent"])


def _verdict(course: Course) -> str:
    if course.verdict == "settled":
        return "settled"
    if course.is_reopened:
        return "not_settled"
    return "silent" if course.verdict == "no_answer" else ""


def repeated(told: Iterable[Told]) -> list[list[Told]]:
    """Group the complaints of each client who came more than once, the most often first."""
    by_client: dict[UUID, list[Told]] = {}
    for each in told:
        if each.client is not None:
            by_client.setdefault(each.client, []).append(each)
    found = [group for group in by_client.values() if len(group) > 1]
    return sorted(found, key=lambda group: (-len(group), group[0].number))


def protected(counts: Sequence[int]) -> list[int | None]:
    """Hide counts of 1 to 4; a single hidden one takes the smallest other with it, as sums would tell it.

    >>> protected([12, 3, 7, 0, 2]), protected([12, 3, 7])
    ([12, None, 7, 0, None], [12, None, None])
    """
    hidden = {place for place, count in enumerate(counts) if 0 < count < LEAST}
    if len(hidden) == 1:
        others = [place for place, count in enumerate(counts) if count and place not in hidden]
        hidden.update(sorted(others, key=lambda place: counts[place])[:1])
    return [None if place in hidden else count for place, count in enumerate(counts)]


def folded(counts: Counter[str]) -> tuple[list[tuple[str, int]], int]:
    """Give the counts of 5 and more, the greatest first, and the sum of the others together.

    The others together are 5 or more too, or none, unless there is nothing else.

    >>> folded(Counter(schedule=12, skill=7, plan=3)), folded(Counter(schedule=12, skill=3, plan=2))
    (([('schedule', 12)], 10), ([('schedule', 12)], 5))
    """
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    shown = [each for each in ordered if each[1] >= LEAST]
    rest = sum(count for _, count in ordered[len(shown) :])
    while shown and 0 < rest < LEAST:
        rest += shown.pop()[1]
    return shown, rest
