"""The bulk SQL of the intake: temporary tables filled by COPY, then one statement for each set of rows.

COPY into a table under row-level security is refused by PostgreSQL; into a temporary table it is not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg

from quality.directory import undecided
from quality.directory.intake import clients
from quality.directory.intake.visits import Visit


@dataclass(frozen=True, slots=True)
class Provider:
    """The one whose visits are loaded."""

    id: UUID
    platform: UUID


VISIT_COLUMNS = Visit.__struct_fields__
VISIT = ", ".join(VISIT_COLUMNS)
STAGED_VISIT = ("id", "reference", "is_new", *VISIT_COLUMNS, "digest")
STAGED_CLIENT = ("person_id", *clients.COLUMNS)
CLIENT = ", ".join(STAGED_CLIENT)

TABLES = f"""
CREATE TEMPORARY TABLE seen (reference text PRIMARY KEY, line integer, digest bytea) ON COMMIT DROP;
CREATE TEMPORARY TABLE arriving (line integer, reference text, digest bytea) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_client ON COMMIT DROP AS SELECT {CLIENT} FROM client WITH NO DATA;
CREATE TEMPORARY TABLE staged_visit ON COMMIT DROP AS
    SELECT id, reference, false AS is_new, {VISIT}, digest FROM intervention WITH NO DATA;
"""

KNOWN_VISITS = """
SELECT reference, id FROM intervention_key WHERE provider_id = $1 AND reference = ANY ($2::text[])
"""
DIGESTS = """
SELECT id, digest FROM intervention WHERE id = ANY ($1::uuid[]) AND id BETWEEN $2 AND $3
"""
STORED_VISITS = f"""
SELECT id, {VISIT} FROM intervention WHERE id = ANY ($1::uuid[]) AND id BETWEEN $2 AND $3
"""
KNOWN_CLIENTS = """
SELECT reference, id, digest, person_id FROM client WHERE provider_id = $1 AND reference = ANY ($2::text[])
"""
STORED_CLIENTS = f"""
SELECT {CLIENT} FROM client WHERE id = ANY ($1::uuid[])
"""
SEEN = "INSERT INTO seen SELECT reference, line, digest FROM arriving ORDER BY line ON CONFLICT DO NOTHING"
REPEATED = """
SELECT a.line, s.line AS first_line, s.digest = a.digest AS is_same
FROM arriving a JOIN seen s USING (reference) WHERE s.line <> a.line
"""

_CHANGED_CLIENT = tuple(column for column in clients.COLUMNS if column not in {"id", "reference"})
SAVE_CLIENTS = f"""
INSERT INTO client (platform_id, provider_id, created_at, {CLIENT})
SELECT $1, $2, $3, {CLIENT} FROM staged_client
ON CONFLICT (provider_id, reference) DO UPDATE SET identity_purged_at = NULL,
    {", ".join(f"{column} = excluded.{column}" for column in _CHANGED_CLIENT)}
"""
ADD_KEYS = """
INSERT INTO intervention_key (id, platform_id, provider_id, reference)
SELECT id, $1, $2, reference FROM staged_visit WHERE is_new
"""
ADD_VISITS = f"""
INSERT INTO intervention (id, platform_id, provider_id, reference, received_at, updated_at, import_batch_id,
    {VISIT}, digest)
SELECT id, $1, $2, reference, $3, $3, $4, {VISIT}, digest
FROM staged_visit WHERE is_new
"""
CHANGE_VISITS = f"""
UPDATE intervention i SET updated_at = $1, import_batch_id = $2,
    {", ".join(f"{column} = s.{column}" for column in VISIT_COLUMNS)}, digest = s.digest
FROM staged_visit s WHERE i.id = s.id AND NOT s.is_new AND i.id BETWEEN $3 AND $4
"""
_wait = partial(undecided.wait, platform="$1::uuid", provider="$2::uuid", changed_at="$3::timestamptz")
# Decided or not, a visit waits as its line now is: it may bring what was missing.
WAIT = _wait("staged_visit i WHERE true")
# Before the line is written: one that is planned after all.
WAIT_ANEW = _wait(
    """staged_visit i JOIN intervention before ON before.id = i.id AND before.id BETWEEN $4 AND $5
    WHERE NOT i.is_new AND i.status = 'planned' AND before.status <> 'planned'""",
    even_planned=True,
)


async def prepare(connection: asyncpg.Connection, provider: UUID) -> None:
    """Make the temporary tables; another load of the same provider waits until this one is committed."""
    await connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('intake of ' || $1, 0))", str(provider)
    )
    await connection.execute(TABLES)


async def repeated(
    connection: asyncpg.Connection, lines: Sequence[tuple[int, str, bytes]]
) -> dict[int, tuple[int, bool]]:
    """Remember the (line, reference, digest) of a chunk; return line → (first line, same?)."""
    await connection.execute("TRUNCATE arriving")
    await connection.copy_records_to_table("arriving", records=lines)
    await connection.execute(SEEN)
    rows = await connection.fetch(REPEATED)
    return {row["line"]: (row["first_line"], row["is_same"]) for row in rows}


async def known_visits(
    connection: asyncpg.Connection, provider: UUID, references: Sequence[str]
) -> dict[str, tuple[UUID, bytes]]:
    """Return reference → (id, digest) of the visits already stored."""
    keys = {row["reference"]: row["id"] for row in await connection.fetch(KNOWN_VISITS, provider, references)}
    if not keys:
        return {}
    rows = await connection.fetch(DIGESTS, *_within(keys.values()))
    digests = {row["id"]: row["digest"] for row in rows}
    return {reference: (identity, digests[identity]) for reference, identity in keys.items()}


async def stored_visits(connection: asyncpg.Connection, identities: Sequence[UUID]) -> dict[UUID, Visit]:
    if not identities:
        return {}
    rows = await connection.fetch(STORED_VISITS, *_within(identities))
    return {row["id"]: _visit(row) for row in rows}


def _visit(row: Any) -> Visit:
    values = dict(zip(VISIT_COLUMNS, row[1:], strict=True))
    values["funders"] = tuple(sorted(values["funders"]))
    return Visit(**values)


def _within(identities: Iterable[UUID]) -> tuple[list[UUID], UUID, UUID]:
    """Return ids with their bounds: only the months between them are read."""
    ids = list(identities)
    return ids, min(ids), max(ids)


async def known_clients(
    connection: asyncpg.Connection, provider: UUID, references: Sequence[str]
) -> dict[str, asyncpg.Record]:
    """Return reference → (reference, id, digest, person_id) of the clients already stored."""
    rows = await connection.fetch(KNOWN_CLIENTS, provider, references)
    return {row["reference"]: row for row in rows}


async def stored_clients(
    connection: asyncpg.Connection, identities: Sequence[UUID]
) -> dict[UUID, asyncpg.Record]:
    if not identities:
        return {}
    return {row["id"]: row for row in await connection.fetch(STORED_CLIENTS, identities)}


async def save_clients(
    connection: asyncpg.Connection,
    provider: Provider,
    now: datetime,
    rows: Sequence[tuple[object, ...]],
) -> None:
    """Add or replace clients; each row is a person, then the columns of `clients.COLUMNS`."""
    if not rows:
        return
    await connection.execute("TRUNCATE staged_client")
    await connection.copy_records_to_table("staged_client", records=rows, columns=STAGED_CLIENT)
    await connection.execute(SAVE_CLIENTS, provider.platform, provider.id, now)


async def save_visits(
    connection: asyncpg.Connection,
    provider: Provider,
    batch: UUID,
    now: datetime,
    rows: Sequence[tuple[Any, ...]],
) -> None:
    """Add the new visits and change the others; each row is the columns of `STAGED_VISIT`."""
    if not rows:
        return
    await connection.execute("TRUNCATE staged_visit")
    await connection.copy_records_to_table("staged_visit", records=rows, columns=STAGED_VISIT)
    await connection.execute(ADD_KEYS, provider.platform, provider.id)
    await connection.execute(ADD_VISITS, provider.platform, provider.id, now, batch)
    changed = [row[0] for row in rows if not row[2]]
    if changed:
        first, last = min(changed), max(changed)
        await connection.execute(WAIT_ANEW, provider.platform, provider.id, now, first, last)
        await connection.execute(CHANGE_VISITS, now, batch, first, last)
    await connection.execute(WAIT, provider.platform, provider.id, now)
