"""One file, opened, read by a load, its refused lines written beside."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar
from uuid import UUID

import asyncpg

from quality.access.actor import Actor, Role
from quality.app import House
from quality.db import Connection, fetch_one
from quality.directory.intake.batch_rows import Delivery, file_name
from quality.directory.intake.loading import Load, begun
from quality.directory.intake.reading import Row, Table, open_table
from quality.directory.intake.rejects import RejectsFile
from quality.directory.intake.report import Report
from quality.directory.intake.staging import Provider
from quality.errors import Forbidden, NotFound
from quality.files import storage

T = TypeVar("T")
Use = Callable[[Load, Iterator[Row]], Awaitable[Report]]
SENDERS = frozenset({Role.provider, Role.platform, "operator"})
TRIES = 3


@dataclass(frozen=True, slots=True)
class Source:
    """A file on disk, and a stream for the lines it gets back."""

    path: Path
    delivery: Delivery
    refused: BinaryIO


@dataclass(frozen=True, slots=True)
class Received:
    """What a load made of a file, and how the file was read."""

    provider: Provider
    source: Source
    report: Report
    reading: dict[str, object]
    charset: str


async def receive(db: Connection, house: House, provider: Provider, source: Source, use: Use) -> Received:
    """Open a file and let `use` preview or commit its rows."""
    began = time.monotonic()
    table = await asyncio.to_thread(open_table, source.path, source.delivery.filename, source.delivery.kind)
    rejects = RejectsFile(table, source.refused)
    load = await begun(db, house.keyring, provider, allow_fiction=allows_fiction(house), reject=rejects.add)
    report = await use(load, table.rows)
    rejects.close()
    facts = _facts(table, source.path.stat().st_size, time.monotonic() - began)
    return Received(
        provider, source, report, facts, "windows-1252" if table.encoding == "cp1252" else "utf-8"
    )


def _facts(table: Table, size: int, seconds: float) -> dict[str, object]:
    return {
        "kind": table.kind,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "headings": len([heading for heading in table.headings if heading.strip()]),
        "ignored": list(table.ignored),
        "size": size,
        "seconds": round(seconds, 1),
    }


async def keep_rejects(db: Connection, house: House, received: Received) -> UUID | None:
    """Store the refused lines for their sender; more than a file can hold are not kept."""
    provider, source = received.provider, received.source
    if not received.report.refused or source.refused.seek(0, 2) > storage.LARGEST_BYTES:
        return None
    return await storage.put(
        db,
        house.keyring,
        storage.Owner(provider.platform, provider.id),
        source.refused,
        name=f"rejets-{Path(file_name(source.delivery.filename)).stem}.csv",
        media_type=f"text/csv; charset={received.charset}",
    )


async def provider_of(db: Connection, actor: Actor, wanted: UUID | None) -> Provider:
    """Return whose visits the actor may send: a provider its own, the platform those of all."""
    if actor.role not in SENDERS:
        raise Forbidden
    if actor.role == Role.provider and wanted is None:
        wanted = actor.organisation
    row = await fetch_one(
        db,
        "SELECT id, platform_id FROM organisation WHERE id = $1 AND kind = 'provider' AND platform_id = $2",
        wanted,
        actor.platform,
    )
    if row is None or (actor.role == Role.provider and row["id"] != actor.organisation):
        raise NotFound
    return Provider(row["id"], row["platform_id"])


def allows_fiction(house: House) -> bool:
    """Accept numbers kept for fiction where the house is only tried: a demonstration, or no https."""
    return house.settings.demo or not house.settings.base_url.startswith("https:")


async def patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    """Try again when PostgreSQL undoes a transaction that waited in a circle with another."""
    for _ in range(TRIES - 1):
        try:
            return await attempt()
        except asyncpg.DeadlockDetectedError:
            continue
    return await attempt()
