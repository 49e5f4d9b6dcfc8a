"""Receiving a file: preview, then commit or abandon; or at once, by the command line and the API."""

import asyncio
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from quality import clock
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.app import House
from quality.db import Connection, execute, fetch_one
from quality.directory.intake import batch_rows
from quality.directory.intake.batch_rows import Delivery, State
from quality.directory.intake.loading import begun
from quality.directory.intake.reading import Row
from quality.directory.intake.receiving import (
    Received,
    Source,
    allows_fiction,
    keep_rejects,
    patiently,
    provider_of,
    receive,
)
from quality.directory.intake.report import Report
from quality.directory.intake.staging import Provider
from quality.errors import Conflict, NotFound
from quality.files import storage
from quality.french import french

UPLOADED = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a browser sends it, open for reading."""

    filename: str
    content: BinaryIO


async def preview(actor: Actor, house: House, upload: Upload, provider: UUID | None = None) -> UUID:
    """Read an upload without writing what it holds; keep it until it is confirmed."""
    storage.measure(upload.content)
    with tempfile.TemporaryDirectory(prefix="quality-") as folder, tempfile.TemporaryFile() as refused:
        source = Source(Path(folder) / "upload", Delivery("page", upload.filename), refused)
        await asyncio.to_thread(_write_out, upload.content, source.path)
        async with scoped(actor) as db:
            found = await provider_of(db, actor, provider)
            received = await receive(db, house, found, source, lambda load, rows: load.preview(rows))
            batch = await batch_rows.add(db, actor, found, source.delivery, State.previewed)
            owner = storage.Owner(found.platform, found.id)
            name = batch_rows.file_name(upload.filename)
            kept = await storage.put(db, house.keyring, owner, upload.content, name=name, media_type=UPLOADED)
            await execute(db, "UPDATE import_batch SET file_id = $2 WHERE id = $1", batch, kept)
            await _conclude(db, house, batch, received)
            return batch


async def commit(actor: Actor, house: House, batch: UUID) -> None:
    """Write the good lines of a previewed file; asked twice, it is done once."""

    async def attempt() -> None:
        async with scoped(actor) as db:
            row = await fetch_one(
                db,
                """
                UPDATE import_batch SET state = 'committed', committed_at = $2
                WHERE id = $1 AND state = 'previewed'
                RETURNING platform_id, provider_id, file_id, rejects_file_id, filename
                """,
                batch,
                clock.now(),
            )
            if row is None:
                await _settled(db, batch, State.committed)
            else:
                await _commit(db, house, batch, row)

    await patiently(attempt)


async def _commit(db: Connection, house: House, batch: UUID, row: Mapping[str, Any]) -> None:
    provider = Provider(row["provider_id"], row["platform_id"])
    with tempfile.TemporaryDirectory(prefix="quality-") as folder, tempfile.TemporaryFile() as refused:
        source = Source(Path(folder) / "upload", Delivery("page", row["filename"]), refused)
        with source.path.open("wb") as target:
            await storage.copy(db, house.keyring, row["file_id"], target)
        received = await receive(db, house, provider, source, lambda load, rows: load.commit(rows, batch))
        await _conclude(db, house, batch, received)
    await _forget(db, batch, row["file_id"], row["rejects_file_id"])


async def abandon(actor: Actor, batch: UUID) -> None:
    """Forget a previewed file: nothing of it was written."""
    async with scoped(actor) as db:
        row = await fetch_one(
            db,
            """
            UPDATE import_batch SET state = 'abandoned', errors = '[]' WHERE id = $1 AND state = 'previewed'
            RETURNING file_id, rejects_file_id
            """,
            batch,
        )
        if row is None:
            await _settled(db, batch, State.abandoned)
            return
        await execute(db, "UPDATE import_batch SET rejects_file_id = NULL WHERE id = $1", batch)
        await _forget(db, batch, row["file_id"], row["rejects_file_id"])


async def _settled(db: Connection, batch: UUID, wanted: State) -> None:
    """Accept what is already so, refuse the contrary; a batch one may not see is unknown."""
    row = await fetch_one(db, "SELECT state FROM import_batch WHERE id = $1", batch)
    if row is None:
        raise NotFound
    if row["state"] != wanted:
        raise Conflict(_CONTRARY[wanted])


_CONTRARY = {
    State.committed: french("Ce fichier a été abandonné. Envoyez-le de nouveau."),
    State.abandoned: french("Ce fichier est déjà enregistré. Une visite se corrige en la renvoyant."),
}


async def load_file(actor: Actor, house: House, provider: UUID, source: Source) -> Report:
    """Load a file at once, in one transaction."""

    async def attempt() -> Report:
        source.refused.seek(0)
        source.refused.truncate()
        async with scoped(actor) as db:
            found = await provider_of(db, actor, provider)
            batch = await batch_rows.add(db, actor, found, source.delivery, State.committed)
            received = await receive(db, house, found, source, lambda load, rows: load.commit(rows, batch))
            await batch_rows.write_report(db, house.keyring, batch, received.report, received.reading)
            return received.report

    return await patiently(attempt)


async def preview_file(actor: Actor, house: House, provider: UUID, source: Source) -> Report:
    """Say what a file would do; nothing is written but the refused lines."""
    async with scoped(actor) as db:
        found = await provider_of(db, actor, provider)
        received = await receive(db, house, found, source, lambda load, rows: load.preview(rows))
        return received.report


async def load_rows(db: Connection, actor: Actor, house: House, rows: Iterator[Row]) -> Report:
    """Load what a program sends, in its transaction."""
    provider = await provider_of(db, actor, None)
    batch = await batch_rows.add(db, actor, provider, Delivery("api"), State.committed)
    load = await begun(db, house.keyring, provider, allow_fiction=allows_fiction(house))
    report = await load.commit(rows, batch)
    await batch_rows.write_report(db, house.keyring, batch, report, {})
    return report


async def _conclude(db: Connection, house: House, batch: UUID, received: Received) -> None:
    rejects = await keep_rejects(db, house, received)
    await batch_rows.write_report(
        db, house.keyring, batch, received.report, received.reading, rejects=rejects
    )


async def _forget(db: Connection, batch: UUID, *files: UUID | None) -> None:
    """Delete files that have served: they name persons."""
    await execute(db, "UPDATE import_batch SET file_id = NULL WHERE id = $1", batch)
    for identity in files:
        if identity is not None:
            await storage.remove(db, identity)


def _write_out(content: BinaryIO, path: Path) -> None:
    content.seek(0)
    with path.open("wb") as target:
        while block := content.read(storage.CHUNK_BYTES):
            target.write(block)
