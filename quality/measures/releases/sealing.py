"""What a release says beside its figures, sealed with it: charts, comparisons, weights, facts, arms.

Figures have a seal of their own, and are recomputed from their bases; the rest is computed once, from what
changes afterwards, so that its seal alone tells that it is still what was published.
"""

from collections.abc import Mapping
from uuid import UUID

from quality import clock
from quality.db import Connection, execute, fetch
from quality.ids import uuid7

# Column by column: a column that a later version adds breaks no seal.
SEALED: Mapping[str, str] = {
    "release_chart": "id, funder_id, provider_id, centre, points",
    "release_funnel": "id, funder_id, convention_id, indicator, version, activity, is_overseas, peers,"
    " centre, reliability, limits",
    "release_standing": "id, funder_id, provider_id, funnel_id, level, is_high, lower, alike, higher",
    "release_weighted": "id, is_national, value, ci_low, ci_high, margins, trimmed, unreached",
    "release_fact": "id, funder_id, convention_id, provider_id, indicator, version, period, asked, held,"
    " is_whole, told",
    "release_mode": "id, compared, indicator, version, arms, gaps",
}
INSERT = """
INSERT INTO release_seal (id, platform_id, release_id, part, seal)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::bytea[])
"""
KEPT = "SELECT part, seal FROM release_seal WHERE release_id = $1"


async def seal_beside(db: Connection, platform: UUID, release: UUID) -> None:
    """Seal the rows that a release wrote in each table, empty ones included; in the transaction of both."""
    found = await _digests(db, release)
    ids, parts = [uuid7(clock.now()) for _ in found], list(found)
    same = [platform] * len(found), [release] * len(found)
    await execute(db, INSERT, ids, *same, parts, [found[part] for part in parts])


async def broken(db: Connection, release: UUID) -> list[str]:
    """Name the tables whose rows of a release are not those that were sealed, or were never sealed."""
    kept = {row["part"]: bytes(row["seal"]) for row in await fetch(db, KEPT, release)}
    found = await _digests(db, release)
    return [part for part in SEALED if kept.get(part) != found[part]]


async def _digests(db: Connection, release: UUID) -> dict[str, bytes]:
    """Digest the rows of each table: SHA-256 over one JSON object a line, in the order of their ids."""
    rows = await fetch(db, DIGESTS, release)
    return {row["part"]: bytes(row["seal"]) for row in rows}


DIGESTS = "\nUNION ALL ".join(
    f"""SELECT '{part}' AS part, sha256(convert_to(coalesce(
        string_agg(to_jsonb(t)::text, E'\\n' ORDER BY t.id), ''), 'UTF8')) AS seal
    FROM (SELECT {columns} FROM {part} WHERE release_id = $1) AS t"""
    for part, columns in SEALED.items()
)
