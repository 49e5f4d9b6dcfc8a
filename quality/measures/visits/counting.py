"""What the visits of one client in one month add to the figures (pure).

A visit counts once its outcome is known. Hours are in minutes; the continuity of a month, in ten-thousandths.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from quality.directory.geography import zone_of
from quality.measures.disclosure.status import round_half_up
from quality.measures.statistics.continuity import continuity
from quality.measures.sums import Sums, plus

ON_TIME = timedelta(minutes=15)
MISSED = frozenset({"worker_absent", "organisation"})
MINUTE = timedelta(minutes=1)
WHOLE = 10_000  # a continuity of 1
SERIES: Mapping[str, str] = {
    "RECL_T:1": "visits done or not done",
    "PONCT_O:1": "visits with a planned and a noted beginning, those on time",
    "CONT_O:1": "months of four visits or more, their continuity",
    "EFFEC:1": "minutes notified, those delivered",
    "ABS:1": "planned visits, those missed by the provider",
}
INDICATORS = tuple(series.partition(":")[0] for series in SERIES)


@dataclass(frozen=True, slots=True)
class Place:
    """What tells the cells of one client’s month apart."""

    activity: str
    mode: str
    departement: str
    funders: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit as received; `hours` are those notified for its plan and month."""

    id: UUID
    place: Place
    status: str
    reason: str | None = None
    planned_start: datetime | None = None
    planned_end: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    worker: str | None = None
    plan: str | None = None
    hours: Decimal | None = None

    @property
    def at(self) -> datetime:
        """Give its end, or when it was to be where nobody came."""
        found = self.ended_at or self.planned_end or self.planned_start or self.started_at
        if found is None:
            raise ValueError("a visit has an instant")
        return found

    @property
    def month(self) -> date:
        """Give the month of its end, where it took place."""
        return self.at.astimezone(zone_of(self.place.departement)).date().replace(day=1)

    @property
    def is_done(self) -> bool:
        return self.status == "done"

    @property
    def is_missed(self) -> bool:
        """Tell whether nobody came, by the provider’s own fault."""
        return self.status in {"not_done", "cancelled"} and self.reason in MISSED

    @property
    def is_on_time(self) -> bool | None:
        """Tell whether it began within 15 minutes of its plan; None where one of both is not known."""
        if not self.is_done or self.planned_start is None or self.started_at is None:
            return None
        return abs(self.started_at - self.planned_start) <= ON_TIME

    @property
    def minutes(self) -> int:
        if not self.is_done or self.started_at is None or self.ended_at is None:
            return 0
        return (self.ended_at - self.started_at) // MINUTE


Added = Mapping[Place, Mapping[str, Sums]]


def contributions(visits: Iterable[Visit]) -> Added:
    """Give what the visits of one client in one month add to each series, by place.

    >>> from datetime import UTC
    >>> home, began = Place("I-3", "prestataire", "34", ()), datetime(2026, 11, 2, 9, tzinfo=UTC)
    >>> came = Visit(id=UUID(int=1), place=home, status="done", planned_start=began,
    ...     started_at=began + timedelta(minutes=20), ended_at=began + timedelta(hours=1))
    >>> missed = Visit(
    ...     id=UUID(int=2), place=home, status="not_done", reason="worker_absent", planned_start=began)
    >>> sorted(contributions([came, missed])[home].items())
    [('ABS:1', (2, 1)), ('PONCT_O:1', (1, 0)), ('RECL_T:1', (2, 0))]
    """
    found: defaultdict[Place, defaultdict[str, Sums]] = defaultdict(lambda: defaultdict(tuple))
    known = sorted(visits, key=lambda visit: (visit.at, visit.id))
    for place, series, sums in (*_each(known), *_hours(known), *_continuity(known)):
        found[place][series] = plus(found[place][series], sums)
    return found


Line = tuple[Place, str, Sums]


def _each(visits: Sequence[Visit]) -> Iterable[Line]:
    for visit in visits:
        if visit.is_done or visit.status == "not_done":
            yield visit.place, "RECL_T:1", (1, 0)
        is_expected = visit.is_done or visit.status == "not_done" or visit.is_missed
        if visit.planned_start is not None and is_expected:
            yield visit.place, "ABS:1", (1, int(visit.is_missed))
        if visit.is_on_time is not None:
            yield visit.place, "PONCT_O:1", (1, int(visit.is_on_time))


def _hours(visits: Sequence[Visit]) -> Iterable[Line]:
    """Compare the hours of each plan with those notified for the month: no plan makes up for another.

    A plan stands where its first visit of the month does.
    """
    plans: dict[str, list[Visit]] = defaultdict(list)
    for visit in visits:
        if visit.plan and visit.status != "planned":
            plans[visit.plan].append(visit)
    for some in plans.values():
        notified = max((visit.hours for visit in some if visit.hours is not None), default=Decimal())
        due = int(round_half_up(Fraction(notified) * 60))
        if due:
            yield some[0].place, "EFFEC:1", (due, min(due, sum(visit.minutes for visit in some)))


def _continuity(visits: Sequence[Visit]) -> Iterable[Line]:
    done = [visit for visit in visits if visit.is_done and visit.worker]
    index = continuity(Counter(visit.worker for visit in done).values())
    if index is not None:
        yield done[0].place, "CONT_O:1", (1, int(round_half_up(WHOLE * index)))
