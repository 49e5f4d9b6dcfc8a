"""Figures of the last months twice: as they are, and with the answers set apart; for the platform alone.

Both count what the platform collected: what came by a provider or a printed code is mixed with neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from quality.access.actor import Actor
from quality.db import fetch, pool
from quality.measures.catalogue import CATALOGUE, Indicator
from quality.measures.releases.figures import moments_of
from quality.measures.statistics import Moments
from surveys.honesty.rules import ADMISSIBLE

BASES = """
WITH client AS (
    SELECT indicator, version, pseudonym, sum(n) AS n, sum(x) AS x FROM cell
    WHERE platform_id = $1 AND month >= $2 AND collector = 'platform' AND indicator = ANY ($3)
      AND ($4::uuid IS NULL OR provider_id = $4) AND (admissible = $5 OR $6)
    GROUP BY 1, 2, 3 HAVING sum(n) > 0
)
SELECT indicator, count(*) AS clients, sum(n)::bigint AS n, sum(x)::bigint AS x, sum(x * x)::bigint AS xx,
       sum(x * n)::bigint AS xn, sum(n * n)::bigint AS nn, max(n)::bigint AS largest
FROM client JOIN unnest($3::text[], $7::int[]) AS newest(indicator, version) USING (indicator, version)
GROUP BY 1
"""
# Few answers are apart: their series are found by an index of their own.
SERIES = """
SELECT DISTINCT indicator FROM cell
WHERE platform_id = $1 AND month >= $2 AND collector = 'platform' AND admissible <> 'yes' AND n > 0
  AND ($3::uuid IS NULL OR provider_id = $3)
"""


@dataclass(frozen=True, slots=True)
class Compared:
    """One indicator: what counts, and what would count with the answers set apart."""

    indicator: Indicator
    without: Moments | None
    everything: Moments


async def compared(actor: Actor, since: date, provider: UUID | None) -> tuple[Compared, ...]:
    """Compare the indicators that answers set apart would change, in the order of the catalogue."""
    rows = await fetch(pool("work"), SERIES, actor.platform, since, provider)
    codes = [code for code in CATALOGUE if code in {row["indicator"] for row in rows}]
    if not codes:
        return ()
    without = await _bases(actor, since, provider, codes, is_all=False)
    everything = await _bases(actor, since, provider, codes, is_all=True)
    return tuple(
        Compared(CATALOGUE[code], without.get(code), everything[code]) for code in codes if code in everything
    )


async def _bases(
    actor: Actor, since: date, provider: UUID | None, codes: list[str], *, is_all: bool
) -> Mapping[str, Moments]:
    newest = [CATALOGUE[code].version for code in codes]
    values = (actor.platform, since, codes, provider, ADMISSIBLE, is_all, newest)
    rows = await fetch(pool("work"), BASES, *values)
    return {row["indicator"]: moments_of(row) for row in rows}
