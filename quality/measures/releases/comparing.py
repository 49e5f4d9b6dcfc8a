"""Providers compared, kept with a release: unrounded sums judge once, only words and limits are kept.

Peers are the published providers of one population, activity group and kind of département. The mean that is
drawn comes from published figures alone, so that it tells nothing more than they do.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any
from uuid import UUID

import msgspec

from quality import clock
from quality.db import Connection, execute, fetch
from quality.directory.geography import departement
from quality.ids import uuid7
from quality.measures.disclosure.status import WHOLE_PERCENT_UNDER, round_half_up
from quality.measures.releases.charting import is_charted
from quality.measures.releases.figures import moments_of
from quality.measures.statistics import Moments
from quality.measures.statistics.dispersion import reliability, spread_of_shares
from quality.measures.statistics.funnel import (
    FEWEST_CLIENTS,
    FEWEST_PEERS,
    JUDGED_FROM,
    Funnel,
    Level,
    Standing,
    funnel,
)
from quality.measures.statistics.place import Place, places

SHOWN = """
SELECT c.id, c.funder_id, c.convention_id, c.provider_id, c.indicator, c.version, c.scope_code, c.activity,
       c.n_clients, coalesce(c.value, CASE WHEN c.ci_high = 100 THEN 100 ELSE 0 END) AS value,
       b.clients, b.n, b.x, b.xx, b.xn, b.nn, b.largest
FROM release_cell c JOIN release_base b USING (id)
WHERE c.release_id = $1 AND c.scope_type = 'provider_departement' AND c.activity <> ''
  AND c.provider_id IS NOT NULL AND c.n_clients IS NOT NULL
ORDER BY c.id
"""
INSERT_FUNNELS = """
INSERT INTO release_funnel (id, platform_id, release_id, funder_id, convention_id, indicator, version,
    activity, is_overseas, peers, centre, reliability, limits)
SELECT r.id, $2, $3, r.funder_id, r.convention_id, r.indicator, r.version, r.activity, r.is_overseas,
    r.peers, r.centre, r.reliability, r.limits
FROM jsonb_to_recordset($1) AS r(id uuid, funder_id uuid, convention_id uuid, indicator text,
    version smallint, activity text, is_overseas boolean, peers int, centre numeric, reliability smallint,
    limits jsonb)
"""
INSERT_STANDINGS = """
INSERT INTO release_standing (id, platform_id, release_id, funder_id, provider_id, funnel_id, level, is_high,
    lower, alike, higher)
SELECT r.id, $2, $3, r.funder_id, r.provider_id, r.funnel_id, r.level, r.is_high, r.lower, r.alike, r.higher
FROM jsonb_to_recordset($1) AS r(id uuid, funder_id uuid, provider_id uuid, funnel_id uuid, level text,
    is_high boolean, lower int, alike int, higher int)
"""
PEERS = ("funder_id", "convention_id", "indicator", "version", "activity")
SIZES = (11, 15, 20, 25, 30, 40, 50, 60, 80, 100, 150, 200, 300, 400, 600, 800, 1_200, 2_000, 4_000, 8_000)
USUAL = 30  # clients for which the reliability of a provider's figure is told


class Word(StrEnum):
    """What is said of a provider beside its peers; FEW is under forty clients, where nothing is judged."""

    FEW = "few"
    ORDINARY = "ordinary"
    WARNING = "warning"
    ALERT = "alert"


WORDS = {Level.ORDINARY: Word.ORDINARY, Level.WARNING: Word.WARNING, Level.ALERT: Word.ALERT}


class KeptLimit(msgspec.Struct, frozen=True):
    """What chance allows, in per cent, with so many clients."""

    clients: int
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Shown:
    """A provider's published figure beside the sums that it comes from."""

    id: UUID
    provider: UUID
    clients: int
    value: Decimal
    moments: Moments


@dataclass(frozen=True, slots=True)
class KeptStanding:
    """What is said of one provider, under the id of its figure."""

    id: UUID
    provider: UUID
    word: Word
    is_high: bool
    place: Place | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Peers compared: their mean and limits in per cent, and how much of a usual figure is the provider's."""

    centre: Decimal
    reliability: int
    limits: tuple[KeptLimit, ...]
    standings: tuple[KeptStanding, ...]


def comparison(peers: Sequence[Shown]) -> Comparison | None:
    """Judge published peers on their unrounded sums, and round what is kept; None where they are too few.

    A provider may have a figure in several départements: it is one peer all the same, and none of its own.
    """
    if len({each.provider for each in peers if each.moments.clients >= FEWEST_CLIENTS}) < FEWEST_PEERS:
        return None
    drawn = funnel([Standing(str(each.id), each.moments) for each in peers])
    if drawn is None:
        return None
    digits = int(sum(each.clients for each in peers) >= WHOLE_PERCENT_UNDER)
    centre = mean_of((each.clients, each.value) for each in peers)
    found = {each.code: each for each in drawn.providers}
    standings = tuple(
        KeptStanding(
            each.id,
            each.provider,
            WORDS[found[str(each.id)].level] if each.moments.clients >= JUDGED_FROM else Word.FEW,
            found[str(each.id)].is_high,
            where,
        )
        for each, where in zip(peers, places([(each.provider, each.moments) for each in peers]), strict=True)
    )
    return Comparison(
        centre=round_half_up(centre, digits),
        reliability=_reliability(drawn),
        limits=tuple(_limits(peers, drawn, centre / 100, digits)),
        standings=standings,
    )


def mean_of(figures: Iterable[tuple[int, Decimal]]) -> Fraction:
    """Average published percentages, each as many times as it has published clients.

    >>> float(mean_of([(40, Decimal(80)), (60, Decimal(90))]))
    86.0
    """
    known = [(clients, Fraction(value)) for clients, value in figures]
    return sum((clients * value for clients, value in known), Fraction(0)) / sum(each for each, _ in known)


def _reliability(drawn: Funnel) -> int:
    centre = float(drawn.centre)
    return int(round_half_up(100 * reliability(USUAL, centre, spread_of_shares(drawn.tau2, centre))))


def _limits(peers: Sequence[Shown], drawn: Funnel, centre: Fraction, digits: int) -> Iterable[KeptLimit]:
    """Draw the limits of 95 % around the published mean, a client worth as many answers as on average."""
    worth = sum(each.n_eff for each in drawn.providers) / sum(each.clients for each in drawn.providers)
    around = Funnel(centre, drawn.tau2, ())
    most = max(each.clients for each in peers)
    for clients in (*(size for size in SIZES if size < most), most):
        found = around.limits(worth * clients)
        yield KeptLimit(
            clients, round_half_up(100 * found.low, digits), round_half_up(100 * found.high, digits)
        )


async def keep_comparisons(db: Connection, platform: UUID, release: UUID) -> None:
    """Write the comparisons of a release, and what each says of its providers."""
    groups: dict[tuple[object, ...], list[Shown]] = defaultdict(list)
    for row in await fetch(db, SHOWN, release):
        if is_charted(row):
            groups[_peers(row)].append(_shown(row))
    funnels, standings = [], []
    for key, peers in groups.items():
        kept = comparison(peers)
        if kept is not None:
            funnels.append(_funnel(key, kept))
            standings += [_standing(each, funnels[-1]) for each in kept.standings]
    await execute(db, INSERT_FUNNELS, msgspec.json.encode(funnels).decode(), platform, release)
    await execute(db, INSERT_STANDINGS, msgspec.json.encode(standings).decode(), platform, release)


def is_overseas(code: str) -> bool:
    """Tell the kind of département of a provider's place.

    >>> is_overseas("73282932000074-34"), is_overseas("73282932000074-974")
    (False, True)
    """
    return departement(code.rpartition("-")[2]).is_overseas


def _peers(row: dict[str, Any]) -> tuple[object, ...]:
    return (*(row[name] for name in PEERS), is_overseas(row["scope_code"]))


def _shown(row: dict[str, Any]) -> Shown:
    return Shown(row["id"], row["provider_id"], row["n_clients"], row["value"], moments_of(row))


def _funnel(key: tuple[object, ...], kept: Comparison) -> dict[str, object]:
    return {
        "id": uuid7(clock.now()),
        **dict(zip((*PEERS, "is_overseas"), key, strict=True)),
        "peers": len({each.provider for each in kept.standings}),
        "centre": kept.centre,
        "reliability": kept.reliability,
        "limits": kept.limits,
    }


def _standing(of: KeptStanding, within: dict[str, object]) -> dict[str, object]:
    where = of.place
    return {
        "id": of.id,
        "funder_id": within["funder_id"],
        "provider_id": of.provider,
        "funnel_id": within["id"],
        "level": of.word,
        "is_high": of.is_high,
        "lower": where and where.lower,
        "alike": where and where.alike,
        "higher": where and where.higher,
    }
