"""What clients' answers and complaints tell of a provider's criteria, from published figures only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from charter.assessment import Bounds
from charter.definition import Criterion, Edition, Measured, Source, Window
from quality import clock
from quality.access.actor import Actor
from quality.complaints.learning.keeping import PERIOD, Kept, kept_days
from quality.db import Connection
from quality.directory.geography import departement
from quality.measures.disclosure.status import round_half_up
from quality.measures.releases.figures import Figure, Published, digits_of
from quality.measures.releases.periods import Length, newest, period
from quality.measures.views.reading import WHOLE, Sight, published

EVERYBODY = Sight(WHOLE, "", None)


@dataclass(frozen=True, slots=True)
class Population:
    """Whose answers a figure tells: of an indicator and its version, in one place, over so many months."""

    indicator: str
    version: int
    scope: str
    months: int

    @property
    def place(self) -> str:
        """The name of the département."""
        return departement(self.scope.rpartition("-")[2]).name


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured for one criterion; without bounds the figure is hidden or nobody answered.

    `period` and `place` are empty for complaints, which the provider reads one by one. What is read goes from
    `starts_on` to `ends_on`: the period, or the days that were announced for complaints.
    """

    source: Source
    figure: Figure | None
    kept: Kept | None
    bounds: Bounds | None
    value: Decimal | None
    digits: int
    period: str
    place: str
    starts_on: date
    ends_on: date


async def measures(db: Connection, actor: Actor, provider: UUID, edition: Edition) -> dict[str, Measure]:
    """Read what is measured of each criterion of an edition, by code; inside `scoped(actor)`."""
    asked = [each for each in edition.criteria if each.measured]
    codes = {of.indicator for each in asked if (of := each.measured) and of.indicator}
    found = await published(actor, EVERYBODY, provider_id=provider, activity="", indicator__in=sorted(codes))
    kept = await kept_days(db, actor, provider)
    now = clock.now()
    today = now.date()
    of_complaints = _of_complaints(kept, (now - PERIOD).date(), today)
    return {each.code: measure for each in asked if (measure := _measure(each, found, of_complaints, today))}


async def complaints_since(db: Connection, actor: Actor, provider: UUID, since: datetime) -> Measure | None:
    """Read what complaints tell since an instant, of the last year at most; inside `scoped(actor)`."""
    now = clock.now()
    start = max(since, now - PERIOD)
    kept = await kept_days(db, actor, provider, start)
    return _of_complaints(kept, start.astimezone(since.tzinfo).date(), now.date())


def bounds_of(found: Mapping[str, Measure]) -> dict[str, Bounds]:
    return {code: each.bounds for code, each in found.items() if each.bounds}


def _measure(
    criterion: Criterion, found: Sequence[Published], of_complaints: Measure | None, today: date
) -> Measure | None:
    asked = criterion.measured
    if asked is None:
        return None
    return of_complaints if asked.source is Source.COMPLAINTS else of_answers(asked, found, today)


def _of_complaints(kept: Kept, starts_on: date, ends_on: date) -> Measure | None:
    share = kept.share
    if share is None:
        return None
    low, high = round_half_up(100 * share.low), round_half_up(100 * share.high)
    value = round_half_up(100 * share.exact)
    bounds = Bounds(low, high, kept.due)
    return Measure(Source.COMPLAINTS, None, kept, bounds, value, 0, "", "", starts_on, ends_on)


def of_answers(asked: Measured, found: Sequence[Published], today: date) -> Measure | None:
    """Read what published figures of one provider measure of a criterion; None where they do not."""
    newest_one = _newest(
        each for each in found if _is_of(asked, each.figure) and is_timely(asked, each.period, today)
    )
    return _read(newest_one) if newest_one else None


def since(of: Population, found: Iterable[Published], day: date) -> Measure | None:
    """Read the newest period of the same population that starts on a day or later, and is not hidden."""
    told = [
        each
        for each in found
        if population_of(each.figure, each.period) == of
        and period(each.period).starts_on >= day
        and each.figure.low is not None
    ]
    return _read(max(told, key=lambda each: period(each.period).ends_on)) if told else None


def population_of(figure: Figure, code: str) -> Population:
    """Say whose answers the figure of a period tells."""
    key = figure.key
    return Population(key.indicator, key.version, key.code, period(code).length)


def _read(chosen: Published) -> Measure:
    of = chosen.figure
    bounds = None
    if of.low is not None and of.high is not None and of.n_clients is not None:
        bounds = Bounds(of.low, of.high, of.n_clients)
    digits = digits_of(of.value, of.low, of.high)
    place = population_of(of, chosen.period).place
    dates = period(chosen.period)
    figure = (of, None, bounds, of.value, digits)
    return Measure(Source.ANSWERS, *figure, dates.code, place, dates.starts_on, dates.ends_on)


def _is_of(asked: Measured, figure: Figure) -> bool:
    return (figure.key.indicator, figure.key.version) == (asked.indicator, asked.version)


LENGTHS = {Window.MONTH: Length.MONTH, Window.QUARTER: Length.QUARTER, Window.YEAR: Length.YEAR}


def is_timely(asked: Measured, code: str, today: date) -> bool:
    """Say whether a period is as long as the measure wants and has not ended too long ago.

    >>> from charter.editions import load
    >>> from msgspec.structs import replace
    >>> seen = next(each.measured for each in load("national-2012").criteria if each.code == "2.8")
    >>> fresh = replace(seen, window=Window.QUARTER, fresh_months=6)
    >>> [is_timely(fresh, code, date(2026, 11, 24)) for code in ("2026-Q3", "2026-Q1", "2026-09")]
    [True, False, False]
    """
    of = period(code)
    if asked.window is not None and of.length is not LENGTHS[asked.window]:
        return False
    if asked.fresh_months is None:
        return True
    months = 12 * (today.year - of.ends_on.year) + today.month - of.ends_on.month
    return months <= asked.fresh_months


def _newest(found: Iterable[Published]) -> Published | None:
    """Choose the newest quarter, else the newest period; in it the département with most clients."""
    figures = list(found)
    quarters = [each for each in figures if period(each.period).length is Length.QUARTER]
    chosen = quarters or figures
    if not chosen:
        return None
    last = newest({each.period for each in chosen})[0]
    return max(
        (each for each in chosen if each.period == last),
        key=lambda each: (each.figure.n_clients or 0, each.figure.key.code),
    )
