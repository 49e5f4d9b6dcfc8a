"""Totals also weighted, kept with a release: as if those who answered were made up like those who were asked.

Only the whole followed population is weighted, in France and in each département, by what is known of every
request: activity group, age band, set of funders. Providers never are. What stands raw beside weighted tells
of whom the weights move: none moves fewer than eleven clients apart from the others.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from quality.db import Connection, execute, fetch
from quality.measures.catalogue import RESPONSE, Kind
from quality.measures.disclosure.lattice import Scope
from quality.measures.disclosure.status import HIDDEN_UNDER, Unit, publish, round_half_up
from quality.measures.releases.folding import values_of
from quality.measures.releases.periods import Period
from quality.measures.statistics.funnel import JUDGED_FROM
from quality.measures.statistics.raking import Class, Raked, WeightedSums, rake, weighted_of

REQUESTS = "RR2"
ANSWERED = """
WITH place AS (SELECT * FROM unnest($4::text[], $5::text[]) AS p(departement, region)),
kind AS (SELECT * FROM unnest($6::text[], $7::text[]) AS k(activity, activity_group)),
known AS (SELECT * FROM unnest($8::text[], $9::int[], $10::text[], $11::text[]) AS i(
    indicator, version, source, sort)),
leaf AS MATERIALIZED (
    SELECT c.indicator, c.version, c.departement, kind.activity_group, c.age_band,
           (SELECT string_agg(f::text, ',' ORDER BY f) FROM unnest(c.funders) AS f) AS payers, c.pseudonym,
           sum(c.n) AS n, sum(c.x) AS x
    FROM cell c
    JOIN known USING (indicator, version) JOIN place USING (departement) JOIN kind USING (activity)
    WHERE c.platform_id = $1 AND c.month BETWEEN $2 AND $3 AND c.first_mode <> ''
      AND c.admissible = 'yes' AND c.collector = 'platform'
    GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(c.n) > 0
)
"""
COUNTS = (
    ANSWERED
    + """
SELECT indicator, version, coalesce(departement, 'FR') AS place, activity_group, age_band,
       coalesce(payers, '') AS payers, grouping(activity_group, age_band, payers) AS sort,
       count(DISTINCT pseudonym) AS clients
FROM leaf
GROUP BY GROUPING SETS (
    (indicator, version, departement, activity_group, age_band, payers),
    (indicator, version, departement, activity_group),
    (indicator, version, departement, age_band),
    (indicator, version, departement, payers),
    (indicator, version, activity_group, age_band, payers),
    (indicator, version, activity_group),
    (indicator, version, age_band),
    (indicator, version, payers))
"""
)
SUMS = (
    ANSWERED
    + """
, weighed AS (
    SELECT l.indicator, l.version, w.place, l.pseudonym, sum(w.weight * l.n) AS a, sum(w.weight * l.x) AS b,
           sum(w.weight * w.weight * l.n) AS squares, sum(l.n) AS answers
    FROM leaf l JOIN jsonb_to_recordset($12) AS w(indicator text, version int, place text,
        activity_group text, age_band text, payers text, weight double precision)
      ON (w.indicator, w.version, w.activity_group, w.age_band, w.payers)
       = (l.indicator, l.version, l.activity_group, l.age_band, coalesce(l.payers, ''))
     AND w.place IN ('FR', l.departement)
    GROUP BY 1, 2, 3, 4
)
SELECT indicator, version, place, count(*) AS clients, sum(a) AS a, sum(b) AS b, sum(a * a) AS aa,
       sum(a * b) AS ab, sum(b * b) AS bb, sum(squares) AS squares, sum(answers)::bigint AS answers,
       sum(a / answers) AS own, sum((a / answers) ^ 2) AS owns
FROM weighed GROUP BY 1, 2, 3
"""
)
TOTALS = """
SELECT c.id, c.indicator, c.version, c.scope_type, c.scope_code, b.clients
FROM release_cell c JOIN release_base b USING (id)
WHERE c.release_id = $1 AND c.convention_id IS NULL AND c.activity = '' AND c.value IS NOT NULL
  AND c.scope_type IN ('france', 'departement')
"""
INSERT = """
INSERT INTO release_weighted (id, platform_id, release_id, is_national, value, ci_low, ci_high, margins,
    trimmed, unreached)
SELECT r.id, $2, $3, r.is_national, r.value, r.low, r.high, r.margins, r.trimmed, r.unreached
FROM jsonb_to_recordset($1) AS r(id uuid, is_national boolean, value numeric, low numeric, high numeric,
    margins text[], trimmed smallint, unreached smallint)
"""
MARGINS = ("activity", "age", "funder")
COLUMNS = ("activity_group", "age_band", "payers")
WHOLE_CLASS = 0  # as `grouping` writes it; a margin alone leaves the bits of the two others
SORTS = {0b011: 0, 0b101: 1, 0b110: 2}


class Spot(NamedTuple):
    """A series in a place: a département, or « FR »."""

    indicator: str
    version: int
    place: str


class Counted:
    """Distinct clients of one place: of each class, and of each value of each margin alone."""

    def __init__(self) -> None:
        self.classes: dict[Class, int] = {}
        self.sizes: tuple[dict[str, int], ...] = tuple({} for _ in MARGINS)

    def add(self, row: Mapping[str, Any]) -> None:
        """Keep a row of COUNTS."""
        if row["sort"] == WHOLE_CLASS:
            self.classes[tuple(row[name] for name in COLUMNS)] = row["clients"]
        else:
            place = SORTS[row["sort"]]
            self.sizes[place][row[COLUMNS[place]]] = row["clients"]

    @classmethod
    def of(cls, classes: Mapping[Class, int]) -> "Counted":
        """Count clients who are each in one class."""
        found = cls()
        found.classes.update(classes)
        for place, sizes in enumerate(found.sizes):
            for key, clients in classes.items():
                sizes[key[place]] = sizes.get(key[place], 0) + clients
        return found


@dataclass(frozen=True, slots=True)
class Weighing:
    """The weights of one place, and the margins that they come from: those that more than one value has."""

    raked: Raked
    margins: tuple[str, ...]


def weighing(answered: Counted, asked: Counted) -> Weighing | None:
    """Rake those who answered to those who were asked; None where there is nothing to weigh by.

    A margin of one value weighs nothing and is left out. Who answered without being asked counts as asked.
    Fewer than eleven clients of a value weigh as those of another one do (`joined`).

    >>> asked = Counted.of({("care", "85+", "a"): 60, ("care", "75-84", "a"): 40})
    >>> found = weighing(Counted.of({("care", "85+", "a"): 20, ("care", "75-84", "a"): 40}), asked)
    >>> found.margins, [round(weight, 2) for weight in found.raked.weights.values()]
    (('age',), [1.8, 0.6])
    >>> weighing(Counted.of({("care", "85+", "a"): 10, ("care", "75-84", "a"): 40}), asked) is None
    True
    """
    names = [joined(*each) for each in zip(answered.sizes, asked.sizes, strict=True)]
    here, there = _renamed(answered.classes, names), _renamed(asked.classes, names)
    margins = [_margin(here, there, place) for place in range(len(MARGINS))]
    kept = [place for place, margin in enumerate(margins) if len(margin) > 1]
    raked = rake(here, margins) if kept and here else None
    if raked is None or not raked.is_settled:
        return None
    weights = {key: raked.weights[_named(key, names)] for key in answered.classes}
    return Weighing(replace(raked, weights=weights), tuple(MARGINS[place] for place in kept))


def joined(answered: Mapping[str, int], asked: Mapping[str, int]) -> Mapping[str, str]:
    """Name the values of a margin by which clients are weighted: those of a few take the least of many's.

    A value that nobody answered of is told as such, unless a few were asked.

    >>> joined({"85+": 60, "75-84": 20, "60-74": 4}, {"85+": 90, "75-84": 50, "60-74": 9, "<60": 30})
    {'60-74': '75-84', '75-84': '75-84', '85+': '85+', '<60': '<60'}
    """
    values = sorted({*answered, *asked})
    many = [each for each in values if answered.get(each, 0) >= HIDDEN_UNDER]
    least = min(many, key=lambda each: answered[each], default="")
    return {
        each: each if each in many or (not answered.get(each) and asked[each] >= HIDDEN_UNDER) else least
        for each in values
    }


def _named(key: Class, names: Iterable[Mapping[str, str]]) -> Class:
    return tuple(known[value] for known, value in zip(names, key, strict=True))


def _renamed(classes: Mapping[Class, int], names: Iterable[Mapping[str, str]]) -> dict[Class, int]:
    known = list(names)
    found = Counter[Class]()
    for key, clients in classes.items():
        found[_named(key, known)] += clients
    return dict(found)


def _margin(answered: Mapping[Class, int], asked: Mapping[Class, int], place: int) -> dict[str, float]:
    counts: dict[str, float] = defaultdict(float)
    for known in (answered, asked):
        sums: dict[str, float] = defaultdict(float)
        for key, clients in known.items():
            sums[key[place]] += clients
        for name, total in sums.items():
            counts[name] = max(counts[name], total)
    return dict(counts)


async def keep_weighted(db: Connection, platform: UUID, of: Period, release: UUID) -> None:
    """Write the weighted twin of each published total that stands on answers to requests."""
    values = values_of(platform, of, lambda item: item.kind is Kind.SHARE)
    counts: dict[Spot, Counted] = defaultdict(Counted)
    for row in await fetch(db, COUNTS, *values):
        counts[Spot(row["indicator"], row["version"], row["place"])].add(row)
    requests = {spot.place: asked for spot, asked in counts.items() if spot.indicator == REQUESTS}
    found = {
        spot: made
        for spot, answered in counts.items()
        if spot.indicator not in RESPONSE
        and (made := weighing(answered, requests.get(spot.place, Counted())))
    }
    if not found:
        return
    rows = await fetch(db, SUMS, *values, msgspec.json.encode(list(_weights(found))).decode())
    sums = {Spot(row["indicator"], row["version"], row["place"]): _sums(row) for row in rows}
    lines = [line for row in await fetch(db, TOTALS, release) if (line := _line(row, found, sums))]
    await execute(db, INSERT, msgspec.json.encode(lines).decode(), platform, release)


def _weights(found: Mapping[Spot, Weighing]) -> Iterable[dict[str, object]]:
    for spot, made in found.items():
        for (group, age, payers), weight in made.raked.weights.items():
            yield {
                **spot._asdict(),
                "activity_group": group,
                "age_band": age,
                "payers": payers,
                "weight": weight,
            }


def _sums(row: Mapping[str, Any]) -> WeightedSums:
    names = ("clients", "answers", "a", "b", "aa", "ab", "bb", "squares", "own", "owns")
    return WeightedSums(**{name: float(row[name]) for name in names})


def _line(
    row: Mapping[str, Any], found: Mapping[Spot, Weighing], sums: Mapping[Spot, WeightedSums]
) -> dict[str, object] | None:
    spot = Spot(row["indicator"], row["version"], row["scope_code"])
    made = found.get(spot)
    estimate = weighted_of(sums[spot]) if made and spot in sums else None
    if made is None or estimate is None or row["clients"] < JUDGED_FROM:
        return None
    shown = publish(estimate, row["clients"], Unit.PERCENT)
    return {
        "id": row["id"],
        "is_national": row["scope_type"] == Scope.FRANCE,
        "value": shown.value,
        "low": shown.low,
        "high": shown.high,
        "margins": made.margins,
        "trimmed": int(round_half_up(100 * min(1.0, _trimmed(made.raked) / sums[spot].clients))),
        "unreached": _unreached(made.raked),
    }


def _trimmed(raked: Raked) -> int:
    """Count the clients held at the cap, or as many as are hidden: that there are fewer is not told."""
    return max(raked.trimmed, HIDDEN_UNDER) if raked.trimmed else 0


def _unreached(raked: Raked) -> int:
    """Say in per cent how large the part is that nobody speaks for, in the margin where it is largest."""
    parts: dict[int, float] = defaultdict(float)
    for each in raked.unreached:
        parts[each.dimension] += each.part
    return int(round_half_up(100 * max(parts.values(), default=0.0)))
