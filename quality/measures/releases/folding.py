"""From cells to the bases of figures: each client's answers are added first, then the sums over clients.

One statement over the cells of a period: its leaves are (population, indicator, place, group, client) and
GROUPING SETS lift them to every place of the lattice. The same client counts once in each place. Who adds to
n or to Σx is one: a complaint may stand where no visit counts.

A département that declared territories is parted into them and into who lives in none, in the months that
begin with an open one, and in the longer periods whose every month does, in the same ones (`parting` says
why). No statement speaks of territories where nobody has any.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations_with_replacement
from typing import Any
from uuid import UUID

from quality.db import Connection, fetch, fetch_value
from quality.directory.geography import ACTIVITIES, DEPARTEMENTS
from quality.measures.catalogue import CATALOGUE, RESPONSE, Indicator, Kind, indicator
from quality.measures.disclosure.lattice import (
    FRANCE,
    INDIVIDUALS,
    Key,
    Place,
    Scope,
    Series,
    place,
    provider_code,
    territory_code,
)
from quality.measures.disclosure.ties import Crowd, Payers, Spread, Within
from quality.measures.releases.figures import Folded, folded_of
from quality.measures.releases.parting import Parted, Territory, parted_in
from quality.measures.releases.periods import Period


def _is_of(population: str) -> str:
    """Write that a cell is of a convention's population."""
    return f"""{population}.funder = ANY (c.funders)
        AND c.provider_id = ANY ({population}.providers)
        AND ({population}.activities = '{{}}' OR c.activity = ANY ({population}.activities))
        AND ({population}.departements = '{{}}' OR c.departement = ANY ({population}.departements))
        AND c.month >= {population}.starts_on
        AND c.month + interval '1 month' - interval '1 day' <= {population}.ends_on
        AND NOT ({population}.excludes_mandataire AND c.mode = 'mandataire')
        AND (c.indicator = ANY ({population}.indicators) OR c.indicator IN ({ALWAYS}))"""


ALWAYS = ", ".join(f"'{code}'" for code in RESPONSE)
KNOWN = """
WITH place AS (SELECT * FROM unnest($4::text[], $5::text[]) AS p(departement, region)),
kind AS (SELECT * FROM unnest($6::text[], $7::text[]) AS k(activity, activity_group)),
known AS (SELECT * FROM unnest($8::text[], $9::int[], $10::text[], $11::text[]) AS i(
    indicator, version, source, sort)),
funded AS (
    SELECT id AS convention, funder_id AS funder, providers, activities, departements, excludes_mandataire,
           indicators, starts_on, coalesce(ends_on, 'infinity') AS ends_on
    FROM convention WHERE platform_id = $1 AND status <> 'draft'
)"""
FOLD = """
{known}, population AS (
    SELECT * FROM funded
    UNION ALL SELECT NULL, NULL, '{{}}', '{{}}', '{{}}', false, '{{}}', '-infinity', 'infinity'
),
leaf AS MATERIALIZED (
    SELECT p.convention, p.funder, k.indicator, k.version, place.region, c.departement,
           CASE WHEN o.legal_form = 'particulier_employeur' THEN NULL ELSE c.provider_id END AS provider,
           kind.activity_group, c.pseudonym{area_of}, sum({n}) AS n, sum({x}) AS x{leaf}
    FROM cell c
    JOIN known k ON (k.source, k.version) = (c.indicator, c.version)
    JOIN place USING (departement)
    JOIN kind USING (activity)
    JOIN organisation o ON o.id = c.provider_id
    JOIN population p ON p.convention IS NULL OR ({is_of})
    WHERE c.platform_id = $1 AND c.month BETWEEN $2 AND $3
      AND c.admissible = 'yes' AND c.collector = 'platform'
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9{and_area}
    HAVING sum({n}) > 0 OR sum({x}) > 0
),
client AS (
    SELECT convention, funder, indicator, version, region, departement, provider, activity_group,
           {area} AS territory, {lifted}, sum(n) AS n, sum(x) AS x{client}
    FROM leaf
    GROUP BY convention, funder, indicator, version, pseudonym, {in_places}
),
base AS (
    SELECT convention, funder, indicator, version, region, departement, provider, activity_group, territory,
           lifted, count(*) AS clients, sum(n)::bigint AS n, sum(x)::bigint AS x, sum(x * x)::bigint AS xx,
           sum(x * n)::bigint AS xn, sum(n * n)::bigint AS nn, max(n)::bigint AS largest,
           {base} AS parts
    FROM client WHERE {only} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
)
SELECT b.*, f.code AS funder_code, o.code AS provider_code
FROM base b
LEFT JOIN organisation f ON f.id = b.funder
LEFT JOIN organisation o ON o.id = b.provider
"""
PROVIDER_LIFTED, DEPARTEMENT_LIFTED, REGION_LIFTED, TOP = 2, 4, 8, 15
# The places of the lattice, and what is lifted in each: a bit for the region, the département and so on.
LIFTED = "grouping(region, departement, provider, activity_group) AS lifted"
IN_PLACES = """GROUPING SETS (
        (), (activity_group), (region), (region, activity_group),
        (region, departement), (region, departement, activity_group),
        (region, departement, provider), (region, departement, provider, activity_group){in_areas})
    {if_parted}"""
# Until its first month, who lives in a territory is outside of all.
TERRITORY = "CASE WHEN c.departement || '-' || c.territory = ANY ($13::text[]) THEN c.territory ELSE '' END"
OF_WHOLE_DEPARTEMENTS = {
    "area": "NULL::text",
    **dict.fromkeys(("area_of", "and_area", "in_areas", "if_parted"), ""),
}
OF_PARTED_ONES = {
    "area": "area",  # `territory` in a GROUP BY would be the column of the cells
    "area_of": f", CASE WHEN c.departement = ANY ($12::text[]) THEN {TERRITORY} END AS area",
    "and_area": ", area",
    "in_areas": ",\n        (region, departement, area), (region, departement, area, activity_group)",
    "if_parted": "HAVING grouping(area) = 1 OR area IS NOT NULL",
}
NOT_PARTED = Parted()
TERRITORIES = "SELECT departement, code, since, closings, reopenings FROM territory WHERE platform_id = $1"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement in two forms: the plain one says nothing of territories, which costs nothing then."""

    plain: str
    parted: str

    async def rows(self, db: Connection, values: Sequence[object], parted: Parted) -> list[dict[str, Any]]:
        """Run the form of a period: plain where nothing is parted in it."""
        if not parted:
            return await fetch(db, self.plain, *values)
        return await fetch(db, self.parted, *values, *parted.values)


def _statement(template: str, **how: str) -> Statement:
    """Write both forms of a statement."""

    def written(form: Mapping[str, str]) -> str:
        places = IN_PLACES.format(**form)
        return template.format(known=KNOWN, is_of=_is_of("p"), lifted=LIFTED, in_places=places, **how, **form)

    return Statement(written(OF_WHOLE_DEPARTEMENTS), written(OF_PARTED_ONES))


HIGH = "c.parts[10] + c.parts[11]"
LOW = " + ".join(f"c.parts[{i}]" for i in range(1, 8))
PLAIN = _statement(FOLD, only="true", n="c.n", x="c.x", leaf="", client="", base="NULL::bigint[]")
# Only of whole populations: in a small place what is rare is soon somebody, and hiding it would hide most. Of
# answers, those after a first contact by one way; of marks from 0 to 10, the high or the low ones.
N_OF_WHOLE = "CASE WHEN k.sort = '' OR c.parts IS NOT NULL THEN c.n ELSE c.x END"
X_OF_WHOLE = f"""CASE k.sort WHEN '' THEN c.x WHEN 'high' THEN {HIGH} WHEN 'low' THEN {LOW}
          WHEN c.first_mode THEN c.x ELSE 0 END"""
OF_WHOLE = _statement(
    FOLD, only=f"lifted = {TOP}", n=N_OF_WHOLE, x=X_OF_WHOLE, leaf="", client="", base="NULL::bigint[]"
)
# What a client's parts come to: promoters, detractors and answers of marks from 0 to 10; n and Σx of each of
# three questions. Their sums over clients and those of their products are what `Parts` reads.
TENTHS, SIZE = 11, 6
NUMBERS = (
    f"CASE cardinality(c.parts) WHEN {TENTHS} THEN {HIGH} ELSE c.parts[1] END",
    f"CASE cardinality(c.parts) WHEN {TENTHS} THEN {LOW} ELSE c.parts[2] END",
    f"CASE cardinality(c.parts) WHEN {TENTHS} THEN c.n ELSE c.parts[3] END",
    *(f"CASE cardinality(c.parts) WHEN {TENTHS} THEN 0 ELSE c.parts[{i}] END" for i in range(4, SIZE + 1)),
)
PLACES = range(1, SIZE + 1)
PRODUCTS = ", ".join(f"sum(v{i} * v{j})" for i, j in combinations_with_replacement(PLACES, 2))
WITH_PARTS = _statement(
    FOLD,
    only="true",
    n="c.n",
    x="c.x",
    leaf="".join(f", sum({each}) AS v{i}" for i, each in enumerate(NUMBERS, 1)),
    client="".join(f", sum(v{i}) AS v{i}" for i in PLACES),
    base=f"ARRAY[{', '.join(f'sum(v{i})' for i in PLACES)}, {PRODUCTS}]::bigint[]",
)
HAVE_PARTS = frozenset({Kind.NET, Kind.COMPOSITE})
# Drawn everywhere of the parts of another series: marks from 1 to 5 (x counts the steps above the worst, or
# the best marks), and delays, whose counts are added up. Cells of before their parts were kept add nothing.
MARKED = " + ".join(f"c.parts[{i}]" for i in range(1, 6))
STEPS = " + ".join(f"{i - 1} * c.parts[{i}]" for i in range(2, 6))
N_OF_EACH = f"""CASE WHEN k.sort = '' THEN c.n WHEN c.parts IS NULL THEN 0 WHEN k.sort = 'delay' THEN c.n
          ELSE {MARKED} END"""
X_OF_EACH = f"""CASE WHEN k.sort = '' THEN c.x WHEN c.parts IS NULL THEN 0 WHEN k.sort = 'delay' THEN c.x
          WHEN k.sort = 'top' THEN c.parts[5] ELSE {STEPS} END"""
DRAWN_OF_PARTS = _statement(
    FOLD,
    only="true",
    n=N_OF_EACH,
    x=X_OF_EACH,
    leaf=", total_parts(c.parts) FILTER (WHERE k.sort = 'delay') AS counts",
    client=", total_parts(counts) AS counts",
    base="total_parts(counts)::bigint[]",
)


# The clients of each place, by the sets of conventions that count their answers there.
CROWDS = """
{known}, counted AS (
    SELECT k.indicator, k.version, place.region, c.departement, kind.activity_group, c.pseudonym,
           CASE WHEN o.legal_form = 'particulier_employeur' THEN NULL ELSE o.code END AS provider,
           (SELECT coalesce(string_agg(p.convention::text, ',' ORDER BY p.convention), '')
            FROM funded p WHERE {is_of}) AS payers{area_of}
    FROM cell c
    JOIN known k ON (k.source, k.version) = (c.indicator, c.version)
    JOIN place USING (departement)
    JOIN kind USING (activity)
    JOIN organisation o ON o.id = c.provider_id
    WHERE c.platform_id = $1 AND c.month BETWEEN $2 AND $3
      AND c.admissible = 'yes' AND c.collector = 'platform'
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8{and_area}
    HAVING sum({n}) > 0 OR sum({x}) > 0
),
client AS (
    SELECT indicator, version, region, departement, provider AS provider_code, activity_group,
           {area} AS territory, {lifted}, array_agg(DISTINCT payers) AS paid
    FROM counted
    GROUP BY indicator, version, pseudonym, {in_places}
)
SELECT *, count(*) AS clients FROM client WHERE {only} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
"""


CROWDS_OF_ALL = _statement(CROWDS, only="true", n=N_OF_EACH, x=X_OF_EACH)
CROWDS_OF_WHOLE = _statement(CROWDS, only=f"lifted = {TOP}", n=N_OF_WHOLE, x=X_OF_WHOLE)


# The clients of each département that has territories, by where their answers lie and with which providers.
SPREADS = f"""
{KNOWN}, population AS (
    SELECT * FROM funded
    UNION ALL SELECT NULL, NULL, '{{}}', '{{}}', '{{}}', false, '{{}}', '-infinity', 'infinity'
),
counted AS (
    SELECT p.convention, k.indicator, k.version, c.departement, kind.activity_group, c.pseudonym,
           {TERRITORY} AS territory,
           CASE WHEN o.legal_form = 'particulier_employeur' THEN '' ELSE o.code END AS provider_code
    FROM cell c
    JOIN known k ON (k.source, k.version) = (c.indicator, c.version)
    JOIN kind USING (activity)
    JOIN organisation o ON o.id = c.provider_id
    JOIN population p ON p.convention IS NULL OR ({_is_of("p")})
    WHERE c.platform_id = $1 AND c.month BETWEEN $2 AND $3 AND c.departement = ANY ($12::text[])
      AND c.admissible = 'yes' AND c.collector = 'platform'
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    HAVING sum({N_OF_EACH}) > 0 OR sum({X_OF_EACH}) > 0
),
client AS (
    SELECT convention, indicator, version, departement,
           array_agg(DISTINCT activity_group || ' ' || territory || ' ' || provider_code) AS homes
    FROM counted
    GROUP BY convention, indicator, version, departement, pseudonym
)
SELECT *, count(*) AS clients FROM client GROUP BY 1, 2, 3, 4, 5
"""


async def read_parted(db: Connection, platform: UUID, period: Period) -> Parted:
    """Read which départements a period shows in territories: once, for all that is folded of it."""
    return parted_in([Territory(**row) for row in await fetch(db, TERRITORIES, platform)], period)


async def fold(db: Connection, platform: UUID, period: Period, parted: Parted) -> list[Folded]:
    """Fold the cells of a period, for every version of every indicator of the catalogue."""

    def some(is_wanted: Callable[[Indicator], bool]) -> Sequence[object]:
        return values_of(platform, period, is_wanted)

    plain = await PLAIN.rows(db, some(is_plain), parted)
    with_parts = await WITH_PARTS.rows(db, some(lambda item: item.kind in HAVE_PARTS), parted)
    whole = await OF_WHOLE.rows(db, some(lambda item: item.only_whole), NOT_PARTED)
    drawn = await DRAWN_OF_PARTS.rows(db, some(is_drawn), parted)
    return [_folded(row) for row in (*plain, *with_parts, *whole, *drawn)]


async def crowds(
    db: Connection, platform: UUID, period: Period, parted: Parted
) -> dict[Series, dict[Place, list[Crowd]]]:
    """Count the clients of each place by which conventions count their answers there."""
    values = values_of(platform, period, lambda item: not item.only_whole)
    rows = await CROWDS_OF_ALL.rows(db, values, parted)
    whole = values_of(platform, period, lambda item: item.only_whole)
    rows += await CROWDS_OF_WHOLE.rows(db, whole, NOT_PARTED)
    found: dict[Series, dict[Place, list[Crowd]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        where = place(_key({**row, "convention": None, "funder": None}))
        crowd = Crowd(_paid(tuple(row["paid"])), row["clients"])
        found[row["indicator"], row["version"]][where].append(crowd)
    return found


async def spreads(
    db: Connection, platform: UUID, period: Period, parted: Parted
) -> dict[Series, dict[Within, list[Spread]]]:
    """Count the clients of each département by their territories and providers; of whole series, of none."""
    if not parted:
        return {}
    values = values_of(platform, period, lambda item: not item.only_whole)
    found: dict[Series, dict[Within, list[Spread]]] = defaultdict(lambda: defaultdict(list))
    for row in await fetch(db, SPREADS, *values, *parted.values):
        within = row["convention"], row["departement"]
        spread = Spread(_homes(row["departement"], tuple(row["homes"])), row["clients"])
        found[row["indicator"], row["version"]][within].append(spread)
    return found


def is_plain(item: Indicator) -> bool:
    """Tell whether a series is folded into every place, from n and Σx alone."""
    return item.kind not in HAVE_PARTS and not item.only_whole and item.part_of is None


def is_drawn(item: Indicator) -> bool:
    """Tell whether a series is folded into every place, from the parts of another one."""
    return item.part_of is not None and not item.only_whole


def values_of(
    platform: UUID, period: Period, is_wanted: Callable[[Indicator], bool] = is_plain
) -> tuple[object, ...]:
    """Give the values of the statement: the cells' period, the geography, the activities, the series."""
    known = [(code, each) for code, newest in CATALOGUE.items() for each in range(1, newest.version + 1)]
    items = [found for code, each in known if is_wanted(found := indicator(code, each))]
    return (
        platform,
        period.starts_on,
        period.ends_on,
        list(DEPARTEMENTS),
        [each.region for each in DEPARTEMENTS.values()],
        list(ACTIVITIES),
        [each.group for each in ACTIVITIES.values()],
        [each.code for each in items],
        [each.version for each in items],
        [each.part_of or each.code for each in items],
        [each.sort or "" for each in items],
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
    return folded_of(_key(row), row["provider"], row)


@lru_cache(maxsize=10_000)
def _paid(written: tuple[str, ...]) -> frozenset[Payers]:
    """Read sets of conventions, each written with commas."""
    return frozenset(frozenset(map(UUID, each.split(",") if each else ())) for each in written)


@lru_cache(maxsize=10_000)
def _homes(departement: str, written: tuple[str, ...]) -> frozenset[tuple[str, str, str]]:
    """Read territories, providers and groups; each is written as the group, the territory, the provider."""
    apart = (each.split(" ", 2) for each in written)
    return frozenset(
        (territory_code(departement, of), provider_code(provider or INDIVIDUALS, departement), group)
        for group, of, provider in apart
    )


def _key(row: dict[str, Any]) -> Key:
    group = row["activity_group"] or ""
    return Key(row["funder"], row["convention"], row["indicator"], row["version"], *_scope(row), group)


def _scope(row: dict[str, Any]) -> tuple[Scope, str]:
    if row["lifted"] & REGION_LIFTED:
        return (Scope.FUND, row["funder_code"]) if row["convention"] else (Scope.FRANCE, FRANCE)
    if row["lifted"] & DEPARTEMENT_LIFTED:
        return Scope.REGION, row["region"]
    if row["territory"] is not None:
        return Scope.TERRITORY, territory_code(row["departement"], row["territory"])
    if row["lifted"] & PROVIDER_LIFTED:
        return Scope.DEPARTEMENT, row["departement"]
    return Scope.PROVIDER, provider_code(row["provider_code"] or INDIVIDUALS, row["departement"])
