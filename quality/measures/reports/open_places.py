"""Reads once what is open of each release: it never changes, so each process keeps what it found."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from quality.db import Connection, fetch
from quality.measures.disclosure.lattice import Scope
from quality.measures.releases.periods import descendants, period
from quality.measures.reports.opening import Cell, Seen, open_cells, seen

PROVIDERS = """
SELECT c.period, c.indicator, c.version, c.activity, c.scope_code, c.provider_id, b.n
FROM release_cell c JOIN release_base b USING (id)
WHERE c.release_id = ANY ($1::uuid[]) AND c.convention_id IS NULL AND c.scope_type = $2 AND c.status <> 'M'
"""
RELEASED = "SELECT period, id FROM release WHERE platform_id = $1"
Releases = Mapping[str, UUID]  # by period
MOST_KEPT = 2_000
_kept: dict[UUID, frozenset[Cell]] = {}


async def released_periods(db: Connection, platform: UUID) -> Releases:
    return {row["period"]: row["id"] for row in await fetch(db, RELEASED, platform)}


async def open_places(
    db: Connection, known: Releases, wanted: Collection[str] | None = None
) -> dict[str, frozenset[Cell]]:
    """Give what is open of some periods, all that are released unless said otherwise."""
    places = {}
    for of in known if wanted is None else wanted:
        places[of] = await _open(db, known, of)
    return places


async def _open(db: Connection, known: Releases, of: str) -> frozenset[Cell]:
    """Choose what is open of a period, after the shorter ones inside it; kept by release."""
    found = _kept.get(known[of])
    if found is None:
        inside = sorted((each for each in descendants(of) if each in known), key=_length)
        earlier = {each: await _open(db, known, each) for each in inside}
        found = open_cells(of, await _seen(db, {each: known[each] for each in (of, *inside)}), earlier)
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[known[of]] = found
    return found


def _length(code: str) -> int:
    return period(code).length


async def _seen(db: Connection, releases: Releases) -> dict[str, Seen]:
    rows = await fetch(db, PROVIDERS, list(releases.values()), Scope.PROVIDER.value)
    by_period = defaultdict(list)
    for row in rows:
        series = row["indicator"], row["version"], row["activity"]
        code = row["scope_code"].rpartition("-")[2]
        by_period[row["period"]].append((series, code, row["provider_id"], row["n"]))
    return {of: seen(by_period[of]) for of in releases}
