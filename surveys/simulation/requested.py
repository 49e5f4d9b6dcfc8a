"""Simulations asked for on a page: written by whoever asks, and read by nobody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from quality import clock
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import execute, fetch, fetch_one, fetch_value, pool
from quality.errors import Conflict, NotFound
from quality.french import french
from quality.ids import uuid7
from quality.keys import Keyring
from surveys.protocol.definition import Protocol, of_version, stored
from surveys.simulation import outcome
from surveys.simulation.outcome import Outcome

MOST_UNDER_WAY = 3  # of one person
RECENT = 10
FILE = "simulation.file"
BUSY = french("Trois de vos simulations sont déjà en cours. Attendez la fin de l’une d’elles.")
# Two forms sent together would each count without the other.
ONE_FORM_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
COLUMNS = "id, protocol, written, protocols, filename, state, visits_read, visits_total, failure, asked_at"
FIND = f"SELECT {COLUMNS}, result FROM simulation WHERE id = $1 AND protocol = $2"
# A list says where each stands, and reads no result.
LATEST = f"""
SELECT {COLUMNS}, NULL::jsonb AS result FROM simulation WHERE protocol = $1 ORDER BY id DESC LIMIT $2
"""


class State(StrEnum):
    """Where a simulation stands: it waits for a worker, one computes it, or it ended well or not."""

    waiting = "waiting"
    running = "running"
    done = "done"
    failed = "failed"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of visits as it was sent."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a simulation could not be done: a French sentence, its values, and the field to change or none."""

    message: str
    values: Mapping[str, str]
    field: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A simulation as its page shows it.

    A list leaves `outcome` out.
    """

    id: UUID
    protocol: str
    written: Mapping[str, str]
    protocols: Sequence[Protocol]
    filename: str
    state: State
    visits_read: int
    visits_total: int
    outcome: Outcome | None
    failure: Failure | None
    asked_at: datetime


async def ask(
    actor: Actor,
    keyring: Keyring,
    written: Mapping[str, str],
    protocols: Sequence[Protocol],
    file: Upload | None = None,
) -> UUID:
    """Keep what is to be simulated for a worker; a file is kept encrypted until the simulation ends."""
    identity = uuid7(clock.now())
    async with scoped(actor) as db:
        await execute(db, ONE_FORM_AT_A_TIME, f"simulation {actor.account}")
        under_way = await fetch_value(
            db, "SELECT count(*) FROM simulation WHERE state IN ('waiting', 'running')"
        )
        if under_way >= MOST_UNDER_WAY:
            raise Conflict(BUSY)
        await execute(
            db,
            """
            INSERT INTO simulation (id, platform_id, account_id, protocol, written, protocols, filename,
                file_cipher, asked_at)
            VALUES ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7, $8, $9)
            """,
            identity,
            actor.platform,
            actor.account,
            protocols[0].name,
            _json(written),
            _json([stored(protocol) for protocol in protocols]),
            file.filename if file else "",
            keyring.seal(file.content, FILE, identity) if file else None,
            clock.now(),
        )
    return identity


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


async def find(actor: Actor, protocol: str, identity: UUID) -> Asked:
    """Read a simulation of one's own; another's does not exist."""
    async with scoped(actor) as db:
        row = await fetch_one(db, FIND, identity, protocol)
    if row is None:
        raise NotFound
    return _asked(row)


async def recent(actor: Actor, protocol: str) -> list[Asked]:
    """Read one's own simulations of a protocol, the latest first."""
    async with scoped(actor) as db:
        rows = await fetch(db, LATEST, protocol, RECENT)
    return [_asked(row) for row in rows]


async def ahead_of(asked: Asked) -> int:
    """Count the simulations that are computed first, whoever asked for them."""
    before = "SELECT count(*) FROM simulation WHERE state IN ('waiting', 'running') AND id < $1"
    return int(await fetch_value(pool("work"), before, asked.id))


def _asked(row: Mapping[str, Any]) -> Asked:
    return Asked(
        id=row["id"],
        protocol=row["protocol"],
        written=msgspec.json.decode(row["written"]),
        protocols=protocols_of(row),
        filename=row["filename"],
        state=State(row["state"]),
        visits_read=row["visits_read"],
        visits_total=row["visits_total"],
        outcome=outcome.decode(row["result"]) if row["result"] else None,
        failure=msgspec.json.decode(row["failure"], type=Failure) if row["failure"] else None,
        asked_at=row["asked_at"],
    )


def protocols_of(row: Mapping[str, Any]) -> list[Protocol]:
    """Read the protocols that are tried, as they were when it was asked."""
    return [of_version(_json(each)) for each in msgspec.json.decode(row["protocols"])]
