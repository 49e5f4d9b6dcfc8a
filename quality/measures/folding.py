"""From cells to the bases of figures: each client's answers are added first, then the sums over clients.

One statement over the cells of a period: its leaves are (population, indicator, place, group, client) and
GROUPING SETS lift them to every place of the lattice. The same client counts once in each place.
"""

from typing import Any
from uuid import UUID

from quality.db import Connection, fetch, fetch_value
from quality.directory.geography import ACTIVITIES, DEPARTEMENTS
from quality.measures.catalogue import CATALOGUE
from quality.measures.figures import Folded, moments_of
from quality.measures.lattice import FRANCE, INDIVIDUALS, Key, Scope, provider_code
from quality.measures.periods import Period

FOLD = """
WITH place AS (SELECT * FROM unnest($4::text[], $5::text[]) AS p(departement, region)),
kind AS (SELECT * FROM unnest($6::text[], $7::text[]) AS k(activity, activity_group)),
known AS (SELECT * FROM unnest($8::text[], $9::int[]) AS i(indicator, version)),
population AS (
    SELECT id AS convention, funder_id AS funder, providers, activities, departements, excludes_mandataire,
           indicators, starts_on, coalesce(ends_on, 'infinity') AS ends_on
    FROM convention WHERE platform_id = $1 AND status <> 'draft'
    UNION ALL SELECT NULL, NULL, '{}', '{}', '{}', false, '{}', '-infinity', 'infinity'
),
leaf AS MATERIALIZED (
    SELECT p.convention, p.funder, c.indicator, c.version, place.region, c.departement,
           CASE WHEN o.legal_form = 'particulier_employeur' THEN NULL ELSE c.provider_id END AS provider,
           kind.activity_group, c.pseudonym, sum(c.n) AS n, sum(c.x) AS x
    FROM cell c
    JOIN known USING (indicator, version)
    JOIN place USING (departement)
    JOIN kind USING (activity)
    JOIN organisation o ON o.id = c.provider_id
    JOIN population p ON p.convention IS NULL OR (
        p.funder = ANY (c.funders)
        AND c.provider_id = ANY (p.providers)
        AND (p.activities = '{}' OR c.activity = ANY (p.activities))
        AND (p.departements = '{}' OR c.departement = ANY (p.departements))
        AND c.month >= p.starts_on AND c.month + interval '1 month' - interval '1 day' <= p.ends_on
        AND NOT (p.excludes_mandataire AND c.mode = 'mandataire')
        AND (c.indicator = ANY (p.indicators) OR c.indicator = 'RR2'))
    WHERE c.platform_id = $1 AND c.month BETWEEN $2 AND $3
      AND c.admissible = 'yes' AND c.collector = 'platform'
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
),
client AS (
    SELECT convention, funder, indicator, version, region, departement, provider, activity_group,
           grouping(region, departement, provider, activity_group) AS lifted, sum(n) AS n, sum(x) AS x
    FROM leaf
    GROUP BY GROUPING SETS (
        (convention, funder, indicator, version, pseudonym),
        (convention, funder, indicator, version, pseudonym, activity_group),
        (convention, funder, indicator, version, pseudonym, region),
        (convention, funder, indicator, version, pseudonym, region, activity_group),
        (convention, funder, indicator, version, pseudonym, region, departement),
        (convention, funder, indicator, version, pseudonym, region, departement, activity_group),
        (convention, funder, indicator, version, pseudonym, region, departement, provider),
        (convention, funder, indicator, version, pseudonym, region, departement, provider, activity_group))
    HAVING sum(n) > 0
),
base AS (
    SELECT convention, funder, indicator, version, region, departement, provider, activity_group, lifted,
           count(*) AS clients, sum(n)::bigint AS n, sum(x)::bigint AS x, sum(x * x)::bigint AS xx,
           sum(x * n)::bigint AS xn, sum(n * n)::bigint AS nn, max(n)::bigint AS largest
    FROM client GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
)
SELECT b.*, f.code AS funder_code, o.code AS provider_code
FROM base b
LEFT JOIN organisation f ON f.id = b.funder
LEFT JOIN organisation o ON o.id = b.provider
"""
PROVIDER_LIFTED, DEPARTEMENT_LIFTED, REGION_LIFTED = 2, 4, 8


async def fold(db: Connection, platform: UUID, period: Period) -> list[Folded]:
    """Fold the cells of a period, for every version of every indicator of the catalogue."""
    return [_folded(row) for row in await fetch(db, FOLD, *values_of(platform, period))]


def values_of(platform: UUID, period: Period) -> tuple[object, ...]:
    """Give the values of the statement: the cells' period, the geography, the activities, the series."""
    pairs = [(code, each) for code, newest in CATALOGUE.items() for each in range(1, newest.version + 1)]
    return (
        platform,
        period.starts_on,
        period.ends_on,
        list(DEPARTEMENTS),
        [each.region for each in DEPARTEMENTS.values()],
        list(ACTIVITIES),
        [each.group for each in ACTIVITIES.values()],
        [code for code, _ in pairs],
        [version for _, version in pairs],
    )


async def first_month(db: Connection, platform: UUID) -> Any:
    """Give the first month that has something to publish, or None."""
    return await fetch_value(
        db,
        """
        SELECT min(month) FROM cell
        WHERE platform_id = $1 AND admissible = 'yes' AND collector = 'platform' AND n > 0
        """,
        platform,
    )


def _folded(row: dict[str, Any]) -> Folded:
    scope, code = _scope(row)
    key = Key(
        row["funder"],
        row["convention"],
        row["indicator"],
        row["version"],
        scope,
        code,
        row["activity_group"] or "",
    )
    return Folded(key, row["provider"], moments_of(row))


def _scope(row: dict[str, Any]) -> tuple[Scope, str]:
    if row["lifted"] & REGION_LIFTED:
        return (Scope.FUND, row["funder_code"]) if row["convention"] else (Scope.FRANCE, FRANCE)
    if row["lifted"] & DEPARTEMENT_LIFTED:
        return Scope.REGION, row["region"]
    if row["lifted"] & PROVIDER_LIFTED:
        return Scope.DEPARTEMENT, row["departement"]
    return Scope.PROVIDER, provider_code(row["provider_code"] or INDIVIDUALS, row["departement"])
