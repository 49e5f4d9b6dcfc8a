"""Charts kept with a release: the rules judge unrounded months once, what they say is published rounded.

A reader of figures never needs the unrounded bases: the limits are rounded like a figure of their month.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import msgspec
from tortoise.expressions import Q

from quality.access.actor import Actor
from quality.access.scope import visible_records
from quality.db import Connection, execute, fetch, pool
from quality.measures.catalogue import CATALOGUE, Kind, indicator
from quality.measures.disclosure.status import WHOLE_PERCENT_UNDER, round_half_up
from quality.measures.models import ReleaseChart
from quality.measures.releases.figures import moments_of
from quality.measures.releases.periods import Length, Period
from quality.measures.statistics import Moments, effective
from quality.measures.statistics.control import ChartPoint, Flag, control_chart

# The lines of this release that have a page of their own (a population's, a provider's in a convention), and
# the months of before: each has its chart, under the id of its figure.
MONTHS = """
SELECT c.id, c.release_id, c.funder_id, c.convention_id, c.provider_id, c.indicator, c.version, c.scope_type,
       c.scope_code, c.period, b.clients, b.n, b.x, b.xx, b.xn, b.nn, b.largest
FROM (SELECT id FROM release_chart WHERE platform_id = $1
      UNION ALL
      SELECT id FROM release_cell
      WHERE release_id = $2 AND activity = '' AND value IS NOT NULL
        AND (scope_type IN ('fund', 'france')
             OR (scope_type = 'provider_departement' AND convention_id IS NOT NULL))) AS line
JOIN release_cell c USING (id)
JOIN release_base b USING (id)
ORDER BY c.period
"""
INSERT = """
INSERT INTO release_chart (id, platform_id, release_id, funder_id, provider_id, centre, points)
SELECT r.id, $2, $3, r.funder_id, r.provider_id, r.centre, r.points
FROM jsonb_to_recordset($1) AS r(id uuid, funder_id uuid, provider_id uuid, centre numeric, points jsonb)
"""
# Of the newest month that has a chart: the last of its points is that month's. A population has few figures
# of its own and few of all charts: these are looked up one by one (OFFSET 0), never read through.
NEWEST_JUDGED = """
WITH figure AS MATERIALIZED (
    SELECT id, indicator, period FROM release_cell
    WHERE platform_id = $1 AND convention_id = $3 AND period = ANY ($2::text[]) AND scope_type = 'fund'
      AND activity = '' AND (indicator, version) IN (SELECT * FROM unnest($4::text[], $5::int[]))
)
SELECT DISTINCT ON (f.indicator) f.indicator, k.months, k.is_called
FROM figure f CROSS JOIN LATERAL (
    SELECT jsonb_array_length(points) AS months, points -> -1 -> 'flags' <> '[]' AS is_called
    FROM release_chart WHERE id = f.id OFFSET 0) k
ORDER BY f.indicator, f.period DESC
"""
RECENT_MONTHS = 6
KEY = ("convention_id", "indicator", "version", "scope_type", "scope_code")


class KeptPoint(msgspec.Struct, frozen=True):
    """One month of a kept chart: its limits in per cent, what the rules found."""

    period: str
    low: Decimal
    high: Decimal
    flags: tuple[Flag, ...] = ()


class KeptChart(msgspec.Struct, frozen=True):
    """A chart as published: the centre in per cent and the months in order."""

    centre: Decimal
    points: tuple[KeptPoint, ...]


def chart_of(months: Sequence[tuple[str, Moments]]) -> KeptChart:
    """Judge months in order on their unrounded bases, and round what is kept (rule P6)."""
    chart = control_chart([_point(period, moments) for period, moments in months])
    digits = [int(moments.clients >= WHOLE_PERCENT_UNDER) for _, moments in months]
    points = tuple(
        KeptPoint(point.label, _percent(point.low, places), _percent(point.high, places), point.flags)
        for point, places in zip(chart.points, digits, strict=True)
    )
    return KeptChart(_percent(chart.centre or 0.0, max(digits)), points)


def _point(period: str, moments: Moments) -> ChartPoint:
    return ChartPoint(period, float(effective(moments)), Fraction(moments.x) / moments.n)


def _percent(part: float, places: int) -> Decimal:
    return round_half_up(100 * part, places)


async def keep_charts(db: Connection, platform: UUID, of: Period, release: UUID) -> None:
    """Write the chart of each line of a month just released, over all the months released so far."""
    if of.length is not Length.MONTH:
        return
    lines = defaultdict(list)
    for row in await fetch(db, MONTHS, platform, release):
        lines[tuple(row[name] for name in KEY)].append(row)
    charts = [chart for rows in lines.values() for chart in _kept(rows, release)]
    await execute(db, INSERT, msgspec.json.encode(charts).decode(), platform, release)


def _kept(rows: Sequence[dict[str, Any]], release: UUID) -> Iterable[dict[str, object]]:
    for row in rows:
        if row["release_id"] == release and is_charted(row):
            kept = chart_of([(each["period"], moments_of(each)) for each in rows])
            yield {
                "id": row["id"],
                "funder_id": row["funder_id"],
                "provider_id": row["provider_id"],
                "centre": kept.centre,
                "points": kept.points,
            }


def is_charted(row: Mapping[str, Any]) -> bool:
    """Tell whether the rules judge a figure: shares alone, a score is shown and never judged."""
    return indicator(row["indicator"], row["version"]).kind is Kind.SHARE


async def newest_chart(actor: Actor, line: Sequence[UUID]) -> KeptChart | None:
    """Give the newest chart of one line, by the ids of its months in order; inside `scoped(actor)`.

    Each chart has a month more than the one before: those of the newest months are asked for first.
    """
    for some in (line[-RECENT_MONTHS:], line[:-RECENT_MONTHS]):
        rows = await visible_records(actor, ReleaseChart, "centre, points", Q(id__in=some)) if some else ()
        charts = [_chart(row) for row in rows]
        if charts:
            return max(charts, key=lambda chart: len(chart.points))
    return None


def _chart(row: Mapping[str, Any]) -> KeptChart:
    return KeptChart(row["centre"], msgspec.json.decode(row["points"], type=tuple[KeptPoint, ...]))


@dataclass(frozen=True, slots=True)
class Judged:
    """What the newest chart of an indicator comes to: how many months it has, whether the last is flagged."""

    months: int
    is_called: bool


async def newest_judged(actor: Actor, convention: UUID, months: Sequence[str]) -> dict[str, Judged]:
    """Tell of each indicator of a convention what its newest chart says, if one of `months` has one."""
    versions = [(code, item.version) for code, item in CATALOGUE.items()]
    codes, numbers = (list(each) for each in zip(*versions, strict=True))
    values = (actor.platform, list(months), convention, codes, numbers)
    rows = await fetch(pool("web"), NEWEST_JUDGED, *values)
    return {row["indicator"]: Judged(row["months"], row["is_called"]) for row in rows}
