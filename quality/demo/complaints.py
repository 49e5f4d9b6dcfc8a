"""What becomes of the complaints of the story: most are settled in time, some late, one in seven comes back.

Some are promised something in the call, some are contested, some end by their client's silence. Each has its
whole course drawn when it is opened (pure), so that whoever tells the visits knows until when nobody is
asked; the steps are then taken by the real verbs, each at its instant (resolving.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID

from quality.complaints.opening import Source, Wish
from quality.demo.cast import AIDE_34
from quality.demo.moments import ONE_DAY, PARIS, instant, is_working
from quality.demo.stage import chance

LATE = 1 / 14
REOPENED, SILENT, CONTESTED, GRANTED, REFUSED, KEPT = 0.15, 0.14, 0.07, 0.6, 0.2, 0.85
LEFT = timedelta(days=6)  # newcomers are left for whoever opens the door
# Days before each step: what most take, and what one in fourteen takes.
WAITS = {
    "call": (0.5, 1.0),
    "refused": (0.002, 0.003),
    "grant": (0.002, 0.003),
    "acknowledge": (0.8, 4.2),
    "contest": (0.8, 1.2),
    "note": (0.5, 1.0),
    "confirm": (0.1, 0.9),
    "keep": (0.3, 3.0),
    "countersign": (2.0, 3.0),
    "decide": (3.5, 12.0),
    "remedy": (4.0, 16.0),
}
# A client is asked for a verdict seven days after the solution, and answers within three, or does not.
ASKED_AFTER, ANSWERED_WITHIN = timedelta(days=7), timedelta(days=2.9)
FIXED = {"asked": timedelta(days=7.02), "silence": timedelta(days=10.05)}
ENDS = frozenset({"settled", "silence"})
# Aide 34 has nothing late when the door opens: what a visitor starts there is the first thing it must do.
READY = frozenset({AIDE_34.siret})
READY_FOR, READY_WAITS = timedelta(days=40), {"acknowledge": 0.1, "remedy": 2.5}
BEFORE_THE_DOOR, AT_ONCE = timedelta(minutes=20), timedelta(minutes=5)
HOURS = ((time(10), time(12, 20)), (time(14), time(17, 30)))


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done about a complaint, and when."""

    kind: str
    at: datetime


@dataclass(slots=True)
class Grievance:
    """A complaint of the story: what it comes from, what is wanted, all that follows."""

    source: Source
    wish: Wish
    key: tuple[str, str]
    steps: tuple[Step, ...]
    is_told: bool = False
    by_phone: bool = False
    number: int = 0
    id: UUID | None = None
    promise: UUID | None = None

    @property
    def closed_at(self) -> datetime | None:
        return next((step.at for step in self.steps if step.kind in ENDS), None)


def course(
    wish: Wish,
    at: datetime,
    key: tuple[str, str],
    start: datetime,
    *,
    is_told: bool = False,
    by_phone: bool = False,
) -> tuple[Step, ...]:
    """Draw all the steps of a complaint that come before the demonstration starts.

    >>> from datetime import UTC
    >>> at, start = datetime(2026, 3, 5, 9, tzinfo=UTC), datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    >>> [step.kind for step in course(Wish.NAMED, at, ("", "V1"), start)]
    ['open', 'acknowledge', 'remedy', 'settled']
    """
    drawn = chance("course", *key)
    is_ready = key[0] in READY and start - at < READY_FOR
    is_plain = is_told or is_ready
    steps = [Step("open", at)]
    for kind in _kinds(drawn, is_heard=by_phone or wish is Wish.CALL_FIRST, is_plain=is_plain, wish=wish):
        if kind == "note" and not is_told:
            continue
        since = steps[-1].at
        if start - since < LEFT and (kind == "call" or (kind in {"acknowledge", "contest"} and not is_ready)):
            break
        wait = FIXED.get(kind) or _wait(kind, drawn, is_usual=is_plain, is_ready=is_ready)
        done_at = _office(since + wait, drawn)
        if is_ready and kind == "acknowledge":
            done_at = min(done_at, max(start - BEFORE_THE_DOOR, since + AT_ONCE))
        steps.append(Step(kind, done_at))
    return tuple(step for step in steps if step.at < start)


def _kinds(drawn: Random, *, is_heard: bool, is_plain: bool, wish: Wish) -> Iterator[str]:
    if wish is Wish.CALL_FIRST:
        yield "call"
    is_granted = is_heard and not is_plain and drawn.random() < GRANTED
    if is_heard and not is_plain and drawn.random() < REFUSED:
        yield "refused"
    if is_granted:
        yield "grant"
    is_contested = not is_plain and drawn.random() < CONTESTED
    yield "contest" if is_contested else "acknowledge"
    yield "note"
    if is_granted:
        yield from ("confirm", "keep") if drawn.random() < KEPT else ("confirm",)
    yield from _remedied(drawn, is_contested=is_contested)
    if not is_plain and drawn.random() < REOPENED:
        yield from ("not_settled", "remedy")
    is_silent = not is_plain and drawn.random() < SILENT
    yield from ("asked", "silence") if is_silent else ("settled",)


def _remedied(drawn: Random, *, is_contested: bool) -> Iterator[str]:
    """Bring the solution: the provider's, or the platform's where the provider still contests."""
    if is_contested and drawn.random() < 0.5:
        yield from ("countersign", "remedy")
    else:
        yield "decide" if is_contested else "remedy"


def _wait(kind: str, drawn: Random, *, is_usual: bool, is_ready: bool) -> timedelta:
    if kind not in WAITS:
        return ASKED_AFTER + ANSWERED_WITHIN * drawn.random()
    usual, long = WAITS[kind]
    if not is_usual and drawn.random() < LATE:
        return timedelta(days=long)
    days = READY_WAITS.get(kind, usual) if is_ready else usual
    return timedelta(days=days * (0.6 + 0.8 * drawn.random()))


def _office(at: datetime, drawn: Random) -> datetime:
    """Move an instant on to hours when people work and call."""
    minutes = timedelta(minutes=drawn.randrange(1, 40))
    local = at.astimezone(PARIS)
    day = local.date()
    if is_working(day):
        for opens, closes in HOURS:
            if local.time() < opens:
                return instant(day, opens) + minutes
            if local.time() < closes:
                return at
    day += ONE_DAY
    while not is_working(day):
        day += ONE_DAY
    return instant(day, HOURS[0][0]) + minutes
