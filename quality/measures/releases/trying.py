"""The experiment on first contacts, kept with a release: each way drawn, each two compared, for the platform.

Read by the way that was drawn (`cell.arm`), whatever the person answered by in the end. Requests and answers
come from one period, each person's added first. The thresholds and roundings are those of any figure; a way
with too few people is hidden, and so is what compares it. No figure is adjusted for what is found.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from quality import clock
from quality.db import Connection, execute, fetch
from quality.ids import uuid7
from quality.measures.catalogue import RESPONSE, Indicator, Kind
from quality.measures.disclosure.status import (
    WHOLE_PERCENT_UNDER,
    Facts,
    Status,
    Unit,
    primary,
    publish,
    round_half_up,
    rounded_count,
)
from quality.measures.releases.figures import moments_of
from quality.measures.releases.folding import values_of
from quality.measures.releases.periods import Period
from quality.measures.statistics import Moments, share
from quality.measures.statistics.modes import ModeEffect, Verdict, mode_effects

REQUESTS = "RR2"
WAYS = ("sms", "email", "phone")
ARMS = """
SELECT indicator, version, arm, count(*) AS clients, sum(n)::bigint AS n, sum(x)::bigint AS x,
       sum(x * x)::bigint AS xx, sum(x * n)::bigint AS xn, sum(n * n)::bigint AS nn, max(n)::bigint AS largest
FROM (
    SELECT c.indicator, c.version, c.arm, c.pseudonym, sum(c.n) AS n, sum(c.x) AS x
    FROM cell c JOIN unnest($4::text[], $5::int[]) AS known(indicator, version) USING (indicator, version)
    WHERE c.platform_id = $1 AND c.month BETWEEN $2 AND $3 AND c.arm <> ''
      AND c.admissible = 'yes' AND c.collector = 'platform'
    GROUP BY 1, 2, 3, 4 HAVING sum(c.n) > 0
) client
GROUP BY 1, 2, 3
"""
INSERT = """
INSERT INTO release_mode (id, platform_id, release_id, compared, indicator, version, arms, gaps)
SELECT r.id, $2, $3, r.compared, r.indicator, r.version, r.arms, r.gaps
FROM jsonb_to_recordset($1) AS r(id uuid, compared text, indicator text, version smallint, arms jsonb,
    gaps jsonb)
"""


class KeptArm(msgspec.Struct, frozen=True):
    """The figure of those drawn to begin by one way; hidden it carries nothing.

    `n` counts the requests (of RR2) or the answers, `x` those of them that count; both rounded to 5. Where
    only a bound is shown, `x` and `value` are None.
    """

    way: str
    status: Status
    clients: int | None = None
    n: int | None = None
    x: int | None = None
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


class KeptGap(msgspec.Struct, frozen=True):
    """The gap between two ways, one less the other, in points; `needed` answers each would tell 5 points."""

    one: str
    other: str
    gap: Decimal
    low: Decimal
    high: Decimal
    needed: int
    verdict: Verdict


class Kept(msgspec.Struct, frozen=True):
    """What an experiment says of one figure."""

    arms: tuple[KeptArm, ...]
    gaps: tuple[KeptGap, ...]


class Series(NamedTuple):
    """One figure under one experiment, named by the ways compared."""

    compared: str
    indicator: str
    version: int


def is_tried(item: Indicator) -> bool:
    """Tell whether an experiment reads an indicator: the answers received, then the shares clients give."""
    return item.kind is Kind.SHARE and (item.code == REQUESTS or item.code not in RESPONSE)


def compared_of(arm: str) -> str:
    """Name an experiment by the ways it compares, in one order, whichever was drawn.

    >>> compared_of("phone/sms"), compared_of("sms/phone")
    ('sms/phone', 'sms/phone')
    """
    return "/".join(way for way in WAYS if way in arm.split("/"))


def kept(arms: Mapping[str, Moments], outcomes: int) -> Kept:
    """Round what one figure says of each way, and of each two; `outcomes` are read side by side.

    Ways are compared where both have a value: a gap beside a bound would tell what the bound hides (rule P1).

    >>> few, many = Moments.of([(1, 1)] * 8), Moments.of([(1, 1)] * 30 + [(1, 0)] * 20)
    >>> found = kept({"sms": many, "phone": few}, 1)
    >>> [(arm.way, arm.status.value, arm.value) for arm in found.arms], found.gaps
    ([('sms', 'A', Decimal('60')), ('phone', 'C', None)], ())
    """
    read = tuple(_arm(way, arms[way]) for way in WAYS if way in arms)
    valued = {arm.way: arms[arm.way] for arm in read if arm.value is not None}
    return Kept(read, tuple(_gap(each, valued) for each in mode_effects(valued, outcomes)))


def _status(m: Moments) -> Status:
    return primary(Facts(m.clients, m.n, m.largest, m.x))


def _arm(way: str, m: Moments) -> KeptArm:
    status, estimate = _status(m), share(m)
    if status.is_hidden or estimate is None:
        return KeptArm(way, status)
    shown = publish(estimate, m.clients, Unit.PERCENT)
    counted = None if shown.value is None else rounded_count(int(m.x))
    return KeptArm(
        way, status, shown.n_clients, rounded_count(m.n), counted, shown.value, shown.low, shown.high
    )


def _gap(effect: ModeEffect, arms: Mapping[str, Moments]) -> KeptGap:
    clients = min(arms[effect.one].clients, arms[effect.other].clients)
    places = 0 if clients < WHOLE_PERCENT_UNDER else 1

    def points(number: Fraction | float) -> Decimal:
        return round_half_up(100 * Fraction(number), places)

    gap = effect.gap
    return KeptGap(
        effect.one,
        effect.other,
        points(gap.exact),
        points(gap.low),
        points(gap.high),
        effect.needed,
        effect.verdict,
    )


async def keep_modes(db: Connection, platform: UUID, of: Period, release: UUID) -> None:
    """Write what the experiments of a period say; nothing where nobody was drawn."""
    *when, _, _, _, _, codes, versions, _, _ = values_of(platform, of, is_tried)
    found = _by_series(await fetch(db, ARMS, *when, codes, versions))
    outcomes: dict[str, int] = defaultdict(int)
    for series in found:
        outcomes[series.compared] += 1
    lines = list(_lines(found, outcomes))
    if lines:
        await execute(db, INSERT, msgspec.json.encode(lines).decode(), platform, release)


def _by_series(rows: Iterable[Mapping[str, Any]]) -> dict[Series, dict[str, Moments]]:
    found: dict[Series, dict[str, Moments]] = defaultdict(dict)
    for row in rows:
        series = Series(compared_of(row["arm"]), row["indicator"], row["version"])
        found[series][row["arm"].partition("/")[0]] = moments_of(row)
    return found


def _lines(
    found: Mapping[Series, Mapping[str, Moments]], outcomes: Mapping[str, int]
) -> Iterator[dict[str, object]]:
    for series, arms in sorted(found.items()):
        said = kept(arms, outcomes[series.compared])
        yield {"id": uuid7(clock.now()), **series._asdict(), "arms": said.arms, "gaps": said.gaps}
