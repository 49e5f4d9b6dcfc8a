"""What one complaint adds to the figures once its outcome is known, and when to look at it again (pure).

Nothing counts before its time: a complaint remedied on its first day waits for its fifteenth like the
others, or the figures of a young month would hold the quick ones only. One remedied later is looked at
again on its sixtieth.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from quality.measures.statistics.remedies import FIRST_LOOK, LAST_LOOK, counted
from quality.measures.sums import Sums

REMEDY_WITHIN, PROTECTED_WITHIN = timedelta(days=FIRST_LOOK), timedelta(hours=24)
LAST_SEEN = timedelta(days=LAST_LOOK)  # of the delay until a remedy, for its median
LEFT_OUT = frozenset({"merged"})
FAILED = frozenset({"refused", "broken"})


@dataclass(frozen=True, slots=True)
class PromiseCourse:
    """One promise: when it was due, when it was done if it was, who said so, and on whose authority."""

    due_at: datetime
    done_at: datetime | None = None
    state: str = "promised"
    done_how: str | None = None
    remedy_code: str = ""
    authority: str = ""

    @property
    def is_in_time(self) -> bool:
        return self.done_at is not None and self.done_at <= self.due_at

    @property
    def is_failed(self) -> bool:
        """Tell whether it was refused, broken, or done after its day."""
        return self.state in FAILED or (self.done_at is not None and not self.is_in_time)

    @property
    def is_claimed(self) -> bool:
        """Tell whether only those who had to act say that it is done; the desk itself explains."""
        return self.done_how == "provider" or (self.done_how == "desk" and self.remedy_code != "explain")


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How far one complaint has come; `is_refused` once the desk could not grant a remedy that it wanted."""

    opened_at: datetime
    state: str
    disclosure: str = "named"
    is_withdrawn: bool = False
    remedied_at: datetime | None = None
    verdict: str | None = None
    round: int = 1
    is_first_contact: bool = False
    is_serious: bool = False
    handled_at: datetime | None = None
    is_refused: bool = False
    promises: tuple[PromiseCourse, ...] = ()

    @property
    def is_wanted(self) -> bool:
        """Tell whether somebody wants something done, that is not counted elsewhere or otherwise."""
        is_left_out = self.state in LEFT_OUT or self.is_withdrawn
        return not (is_left_out or self.is_serious or self.disclosure == "call_first")

    @property
    def is_reopened(self) -> bool:
        return self.round > 1 or self.verdict == "not_settled"

    @property
    def is_solved_at_first_contact(self) -> bool:
        """Tell whether what was granted in the opening call solved it: in time, as promised, once for all."""
        is_solved = self.is_first_contact and self.is_remedied_within(REMEDY_WITHIN)
        return is_solved and not self.is_reopened and not any(each.is_failed for each in self.promises)

    @property
    def is_answered_by_desk(self) -> bool:
        """Tell whether the desk granted a remedy, or wanted to; what a provider promises is its own."""
        return self.is_refused or any(each.authority not in {"", "provider"} for each in self.promises)

    def is_kept(self, promise: PromiseCourse) -> bool | None:
        """Tell whether a promise was kept; a claim is what its client says of it, None until then."""
        if not (promise.is_claimed and promise.is_in_time):
            return promise.is_in_time
        if self.verdict == "settled":
            return True
        return False if self.is_reopened else None

    def promises_due(self, now: datetime) -> list[bool]:
        """List, of each promise whose day has passed and of which one knows, whether it was kept."""
        known = [self.is_kept(each) for each in self.promises if each.due_at <= now]
        return [kept for kept in known if kept is not None]

    def is_remedied_within(self, delay: timedelta) -> bool:
        return self.remedied_at is not None and self.remedied_at <= self.opened_at + delay


def contributions(course: Course, now: datetime) -> dict[str, Sums]:
    """Give what a complaint adds to each series, by its outcomes known at an instant.

    >>> from datetime import UTC
    >>> opened = datetime(2026, 11, 2, 9, tzinfo=UTC)
    >>> late = opened + timedelta(days=20)
    >>> course = Course(opened_at=opened, state="closed", remedied_at=late, verdict="settled")
    >>> contributions(course, opened + timedelta(days=14))
    {'RECL_S:1': (1, 1)}
    >>> found = contributions(course, late)
    >>> found["RECL_D:1"][:2], found["RECL_P:1"], found["RECL_S:1"]
    ((1, 0), (1, 0), (1, 1))
    """
    return {series: sums for series, sums in _outcomes(course, now) if sums[0]}


def _outcomes(course: Course, now: datetime) -> Iterator[tuple[str, Sums]]:
    if course.is_wanted:
        n = int(now >= course.opened_at + REMEDY_WITHIN)
        yield "RECL_D:1", (n, n * course.is_remedied_within(REMEDY_WITHIN), *_delay(course, now))
        yield "RECL_P:1", (n, n * course.is_solved_at_first_contact)
        yield "AUTOR:1", (n * course.is_answered_by_desk, n * course.is_refused)
        yield "RECL_S:1", _verdict(course)
    yield "PROM_T:1", _promises(course, now)
    if course.is_serious and course.state not in LEFT_OUT:
        n = int(now >= course.opened_at + PROTECTED_WITHIN)
        handled = course.handled_at
        is_in_time = handled is not None and handled <= course.opened_at + PROTECTED_WITHIN
        yield "ALERTE:1", (n, n * is_in_time)


def reported(course: Course) -> dict[str, Sums]:
    """Give what a complaint adds to the complaints counted per 1,000 visits, from its first instant on.

    >>> from datetime import UTC
    >>> opened = datetime(2026, 11, 2, 9, tzinfo=UTC)
    >>> reported(Course(opened_at=opened, state="opened"))
    {'RECL_T:1': (0, 1)}
    >>> reported(Course(opened_at=opened, state="opened", disclosure="call_first"))
    {}
    """
    is_none = course.state in LEFT_OUT or course.is_withdrawn or course.disclosure == "call_first"
    return {} if is_none else {"RECL_T:1": (0, 1)}


def _verdict(course: Course) -> Sums:
    """Count the newest verdict that the client gave; its silence is no verdict."""
    if course.verdict == "settled":
        return 1, 1
    return int(course.is_reopened), 0


def _delay(course: Course, now: datetime) -> Sums:
    """Count the days until the remedy, as seen at the last look: a median is drawn of them (RECL_M)."""
    delay = course.remedied_at - course.opened_at if course.remedied_at else None
    return counted(delay, now - course.opened_at)


def _promises(course: Course, now: datetime) -> Sums:
    due = course.promises_due(now)
    return len(due), sum(due)


def next_look(course: Course, now: datetime) -> datetime | None:
    """Give the next instant at which time alone adds something; None leaves that to a change.

    >>> from datetime import UTC
    >>> opened = datetime(2026, 11, 2, 9, tzinfo=UTC)
    >>> next_look(Course(opened_at=opened, state="opened"), opened).isoformat()
    '2026-11-17T09:00:00+00:00'
    >>> next_look(Course(opened_at=opened, state="opened"), opened + timedelta(days=60)) is None
    True
    """
    looks = (PROTECTED_WITHIN,) if course.is_serious else (REMEDY_WITHIN, LAST_SEEN)
    instants = (
        *(course.opened_at + look for look in looks),
        *(each.due_at for each in course.promises),
    )
    return min((at for at in instants if at > now), default=None)


SERIES: Mapping[str, str] = {
    "RECL_D:1": "remedied within fifteen days",
    "RECL_P:1": "solved at first contact",
    "AUTOR:1": "the desk had no authority",
    "RECL_S:1": "said settled by the client",
    "PROM_T:1": "promises kept in time",
    "ALERTE:1": "serious events handled within a day",
    "RECL_T:1": "opened, among visits",
}
INDICATORS = tuple(series.partition(":")[0] for series in SERIES)
