"""The rows of received files: written by the verbs of `batches`, read by the pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from quality import clock
from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch, fetch_one, fetch_value
from quality.directory.intake.refusals import LineError
from quality.directory.intake.report import Report
from quality.directory.intake.staging import Provider
from quality.directory.matching import alphabetical
from quality.errors import NotFound
from quality.ids import uuid7
from quality.keys import Keyring

FILENAME_LENGTH = 200
ERRORS_PLACE = "import_batch.errors"


class State(StrEnum):
    previewed = "previewed"
    committed = "committed"
    abandoned = "abandoned"


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a file comes from (page, cli, api), its name, and its format when it was told."""

    source: str
    filename: str = ""
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """A received file as the pages show it."""

    id: UUID
    provider: UUID
    provider_name: str
    source: str
    filename: str
    state: State
    counts: Mapping[str, int]
    errors: Sequence[LineError]
    reading: Mapping[str, Any]
    rejects: UUID | None
    created_at: datetime
    committed_at: datetime | None

    @property
    def kept(self) -> int:
        return sum(self.counts.get(name, 0) for name in ("created", "updated", "unchanged"))


async def add(db: Connection, actor: Actor, provider: Provider, delivery: Delivery, state: State) -> UUID:
    """Write the row of a file that is being received."""
    batch = uuid7(clock.now())
    await execute(
        db,
        """
        INSERT INTO import_batch (id, platform_id, provider_id, account_id, source, filename, state, counts,
            errors, reading, created_at, committed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, '{}', '[]', '{}', $8, $9)
        """,
        batch,
        provider.platform,
        provider.id,
        actor.account,
        delivery.source,
        file_name(delivery.filename),
        state,
        clock.now(),
        clock.now() if state == State.committed else None,
    )
    return batch


async def write_report(
    db: Connection,
    keyring: Keyring,
    batch: UUID,
    report: Report,
    reading: Mapping[str, object],
    *,
    rejects: UUID | None = None,
) -> None:
    await execute(
        db,
        """
        UPDATE import_batch SET counts = $2::jsonb, errors = $3::jsonb, reading = $4::jsonb,
            rejects_file_id = $5 WHERE id = $1
        """,
        batch,
        msgspec.json.encode(report.counts()).decode(),
        _sealed(keyring, batch, report.errors),
        msgspec.json.encode(reading).decode(),
        rejects,
    )


# Row-level security says the same; here it is said again (two walls).
VISIBLE = "b.platform_id = $1 AND ($2::text <> 'provider' OR b.provider_id = $3)"
COLUMNS = """
SELECT b.id, b.provider_id AS provider, o.name AS provider_name, b.source, b.filename, b.state,
       b.counts::text AS counts, b.reading::text AS reading, b.rejects_file_id AS rejects,
       b.created_at, b.committed_at
"""
FROM = "FROM import_batch b JOIN organisation o ON o.id = b.provider_id"


async def newest(actor: Actor, at_most: int, skipped: int = 0) -> list[Batch]:
    """Return files that the actor may see, newest first, without their errors."""
    async with scoped(actor) as db:
        sql = f"{COLUMNS} {FROM} WHERE {VISIBLE} ORDER BY b.id DESC LIMIT $4 OFFSET $5"
        return [_batch(row) for row in await fetch(db, sql, *_scope(actor), at_most, skipped)]


async def number(actor: Actor) -> int:
    """Count the files that the actor may see."""
    async with scoped(actor) as db:
        return int(await fetch_value(db, f"SELECT count(*) {FROM} WHERE {VISIBLE}", *_scope(actor)))


async def one(db: Connection, actor: Actor, keyring: Keyring, batch: UUID) -> Batch:
    """Return a file that the actor may see, or answer 404."""
    sql = f"{COLUMNS}, b.errors::text AS errors {FROM} WHERE {VISIBLE} AND b.id = $4"
    row = await fetch_one(db, sql, *_scope(actor), batch)
    if row is None:
        raise NotFound
    return _batch(row, _opened(keyring, batch, row["errors"]))


async def waiting(actor: Actor) -> int:
    """Count the files that were read and not yet confirmed nor abandoned."""
    async with scoped(actor) as db:
        sql = f"SELECT count(*) FROM import_batch b WHERE {VISIBLE} AND b.state = 'previewed'"
        return int(await fetch_value(db, sql, *_scope(actor)))


async def providers(actor: Actor) -> list[tuple[str, str]]:
    """Return the (id, name) of the providers that the platform may send for; a provider has no choice."""
    if actor.role == Role.provider:
        return []
    async with scoped(actor) as db:
        rows = await fetch(
            db,
            "SELECT id, name FROM organisation WHERE platform_id = $1 AND kind = 'provider' ORDER BY id",
            actor.platform,
        )
    return [(str(row["id"]), row["name"]) for row in sorted(rows, key=lambda row: alphabetical(row["name"]))]


def file_name(name: str) -> str:
    """Return a file's name without folders nor control characters.

    >>> file_name("C:\\\\visites\\\\novembre.csv"), file_name("../a\\x00b.csv")
    ('novembre.csv', 'ab.csv')
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in last if character.isprintable())[-FILENAME_LENGTH:]


def _scope(actor: Actor) -> tuple[UUID | None, str, UUID | None]:
    return actor.platform, actor.role, actor.organisation


def _sealed(keyring: Keyring, batch: UUID, errors: Sequence[LineError]) -> str:
    """Seal what was refused, as a JSON string: a refused value may be a name or a phone."""
    if not errors:
        return "[]"
    sealed = keyring.encrypt(msgspec.json.encode(errors).decode(), ERRORS_PLACE, batch)
    return msgspec.json.encode(sealed).decode()


def _opened(keyring: Keyring, batch: UUID, stored: str) -> Sequence[LineError]:
    if stored == "[]":
        return ()
    clear = keyring.decrypt(msgspec.json.decode(stored, type=bytes), ERRORS_PLACE, batch)
    return msgspec.json.decode(clear or "[]", type=list[LineError])


def _batch(row: Mapping[str, Any], errors: Sequence[LineError] = ()) -> Batch:
    decoded = {
        "state": State(row["state"]),
        "counts": msgspec.json.decode(row["counts"], type=dict[str, int]),
        "errors": errors,
        "reading": msgspec.json.decode(row["reading"]),
    }
    return Batch(**(dict(row) | decoded))
