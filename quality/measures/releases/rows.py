"""The rows of releases: what is written once, and read back to be verified."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from quality.db import Connection, execute, fetch
from quality.ids import uuid7
from quality.measures.catalogue import indicator
from quality.measures.disclosure.knowledge import Told
from quality.measures.disclosure.lattice import Earlier, Key, Scope
from quality.measures.disclosure.status import Status, Unit
from quality.measures.releases.figures import Figure, Folded, beside_of, folded_of, said_by
from quality.measures.releases.periods import Period

BATCH = 5_000
KEY = "c.funder_id, c.convention_id, c.indicator, c.version, c.scope_type, c.scope_code, c.activity"
INSERT_CELLS = """
INSERT INTO release_cell (id, platform_id, release_id, funder_id, convention_id, indicator, version,
    scope_type, scope_code, provider_id, activity, period, status, n_clients, value, ci_low, ci_high, unit)
SELECT r.id, $2, $3, r.funder, r.convention, r.indicator, r.version, r.scope,
    r.code, r.provider, r.activity, $4, r.status, r.n_clients, r.value, r.low, r.high, r.unit
FROM jsonb_to_recordset($1) AS r(id uuid, funder uuid, convention uuid, indicator text, version smallint,
    scope text, code text, provider uuid, activity text, status text, n_clients int, value numeric,
    low numeric, high numeric, unit text)
"""
INSERT_BASES = """
INSERT INTO release_base (id, platform_id, release_id, clients, n, x, xx, xn, nn, largest, parts, is_held)
SELECT r.id, $2, $3, r.clients, r.n, r.x, r.xx, r.xn, r.nn, r.largest, r.parts, r.is_held
FROM jsonb_to_recordset($1) AS r(id uuid, clients int, n bigint, x bigint, xx bigint, xn bigint, nn bigint,
    largest int, parts bigint[], is_held boolean)
"""
MOMENTS = ("clients", "n", "x", "xx", "xn", "nn", "largest")


@dataclass(frozen=True, slots=True)
class Release:
    """A release as its row says; `ends_on` comes from the code of its period."""

    id: UUID
    period: str
    method: str
    seal: bytes
    created_at: datetime
    audit: dict[str, Any] | None = field(hash=False)
    cells: int
    hidden: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What a release holds: its figures, the base of each, and those that its audit held back."""

    figures: tuple[Figure, ...]
    bases: tuple[Folded, ...]
    held: frozenset[Key]


async def periods_released(db: Connection, platform: UUID) -> frozenset[str]:
    rows = await fetch(db, "SELECT period FROM release WHERE platform_id = $1", platform)
    return frozenset(row["period"] for row in rows)


async def listed(db: Connection, platform: UUID) -> list[Release]:
    """Give the releases of a platform, the newest first."""
    rows = await fetch(
        db,
        """
        SELECT r.id, r.period, r.method, r.seal, r.created_at, r.audit, count(c.id) AS cells,
               count(c.id) FILTER (WHERE c.status IN ('C', 'D')) AS hidden
        FROM release r LEFT JOIN release_cell c ON c.release_id = r.id
        WHERE r.platform_id = $1 GROUP BY r.id ORDER BY r.ends_on DESC, r.starts_on
        """,
        platform,
    )
    return [Release(**{**row, "audit": _read_audit(row["audit"])}) for row in rows]


async def earlier(
    db: Connection, platform: UUID, periods: Sequence[str], below: Sequence[str]
) -> dict[Key, Earlier]:
    """Tell of each key what the releases of finer periods showed, and what those just `below` hid."""
    rows = await fetch(
        db,
        f"""
        SELECT {KEY}, bool_or(c.status IN ('A', 'L', 'P')) AS is_shown,
               bool_or(c.status IN ('C', 'D') AND r.period = ANY ($3::text[])) AS is_hidden,
               coalesce(sum(b.n) FILTER (
                   WHERE c.status IN ('A', 'L', 'P') AND r.period = ANY ($3::text[])), 0)::bigint AS answers
        FROM release_cell c JOIN release r ON r.id = c.release_id JOIN release_base b ON b.id = c.id
        WHERE r.platform_id = $1 AND r.period = ANY ($2::text[]) GROUP BY {KEY}
        """,
        platform,
        list(periods),
        list(below),
    )
    return {_key(row): Earlier(row["is_shown"], row["is_hidden"], row["answers"]) for row in rows}


async def write(
    db: Connection,
    platform: UUID,
    period: Period,
    *,
    method: str,
    seal: bytes,
    audit: dict[str, object],
    figures: Iterable[Figure],
    bases: Iterable[Folded],
    held: Collection[Key],
    at: datetime,
) -> UUID:
    """Write a release, its figures and their bases; a figure and its base share their id."""
    release = uuid7(at)
    await execute(
        db,
        """
        INSERT INTO release (id, platform_id, period, starts_on, ends_on, method, seal, created_at, audit)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb)
        """,
        release,
        platform,
        period.code,
        period.starts_on,
        period.ends_on,
        method,
        seal,
        at,
        msgspec.json.encode(audit).decode(),
    )
    kept = {base.key: base for base in bases}
    lines = [(uuid7(at), figure) for figure in figures]
    for start in range(0, len(lines), BATCH):
        some = lines[start : start + BATCH]
        cells = _json(_cell(cell, figure) for cell, figure in some)
        await execute(db, INSERT_CELLS, cells, platform, release, period.code)
        sums = _json(
            {**_base(cell, kept[figure.key]), "is_held": figure.key in held} for cell, figure in some
        )
        await execute(db, INSERT_BASES, sums, platform, release)
    return release


async def read(db: Connection, release: UUID) -> Stored:
    """Read a release back with its bases."""
    rows = await fetch(
        db,
        f"""
        SELECT c.id, {KEY}, c.provider_id, c.status, c.unit, c.n_clients, c.value, c.ci_low, c.ci_high,
               b.clients, b.n, b.x, b.xx, b.xn, b.nn, b.largest, b.parts, b.is_held
        FROM release_cell c LEFT JOIN release_base b ON b.id = c.id WHERE c.release_id = $1
        """,
        release,
    )
    bases = tuple(folded_of(_key(row), row["provider_id"], row) for row in rows if row["clients"])
    return Stored(tuple(map(_figure, rows)), bases, frozenset(_key(row) for row in rows if row["is_held"]))


async def told(db: Connection, platform: UUID, periods: Sequence[str]) -> dict[str, dict[Key, Told]]:
    """Read what releases say of each figure, beside its truth."""
    rows = await fetch(
        db,
        f"""
        SELECT c.period, {KEY}, c.status, c.value, b.clients, b.n, b.x, b.largest
        FROM release_cell c JOIN release_base b ON b.id = c.id JOIN release r ON r.id = c.release_id
        WHERE r.platform_id = $1 AND r.period = ANY ($2::text[])
        """,
        platform,
        list(periods),
    )
    found: dict[str, dict[Key, Told]] = {of: {} for of in periods}
    for row in rows:
        key, sums = _key(row), (row["clients"], row["n"], row["x"])
        saying = said_by(indicator(key.indicator, key.version))
        found[row["period"]][key] = Told(Status(row["status"]), *sums, row["value"], saying, row["largest"])
    return found


def _read_audit(stored: str | None) -> dict[str, Any] | None:
    return None if stored is None else msgspec.json.decode(stored, type=dict[str, Any])


def _key(row: dict[str, Any]) -> Key:
    return Key(
        row["funder_id"],
        row["convention_id"],
        row["indicator"],
        row["version"],
        Scope(row["scope_type"]),
        row["scope_code"],
        row["activity"],
    )


def _figure(row: dict[str, Any]) -> Figure:
    return Figure(
        _key(row),
        row["provider_id"],
        Status(row["status"]),
        Unit(row["unit"]),
        row["n_clients"],
        row["value"],
        row["ci_low"],
        row["ci_high"],
    )


def _cell(cell: UUID, figure: Figure) -> dict[str, object]:
    key = figure.key
    shown: dict[str, Decimal | int | None] = {
        "n_clients": figure.n_clients,
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
    }
    return {
        "id": cell,
        "funder": key.funder,
        "convention": key.convention,
        "indicator": key.indicator,
        "version": key.version,
        "scope": key.scope,
        "code": key.code,
        "provider": figure.provider,
        "activity": key.activity,
        "status": figure.status,
        "unit": figure.unit,
        **shown,
    }


def _base(cell: UUID, base: Folded) -> dict[str, object]:
    sums = {name: int(getattr(base.moments, name)) for name in MOMENTS}
    return {"id": cell, **sums, "parts": beside_of(base)}


def _json(rows: Iterable[dict[str, object]]) -> str:
    return msgspec.json.encode(list(rows)).decode()
