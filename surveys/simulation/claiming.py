"""The SQL of the workers that simulate: a simulation is claimed with a lease and ended with its fence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from quality.db import execute, fetch_one, pool
from quality.french import french
from quality.keys import Keyring
from surveys.protocol.definition import Protocol
from surveys.simulation import outcome
from surveys.simulation.outcome import Outcome
from surveys.simulation.requested import FILE, Failure, Upload, protocols_of
from surveys.simulation.running import Progress

LEASE = timedelta(minutes=1)  # in the time of the database; a process at work renews it
TRIES = 3
STOPPED = french(
    "Le calcul s’est arrêté trois fois avant la fin. Réessayez avec moins de visites, "
    "ou prévenez la personne qui tient l’installation."
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A simulation that one process computes, until its lease ends or another one has a higher fence."""

    id: UUID
    fence: int


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be computed."""

    platform: UUID
    written: Mapping[str, str]
    protocols: Sequence[Protocol]
    file: Upload | None
    asked_at: datetime


async def claim(lease: timedelta = LEASE) -> Claim | None:
    """Take the oldest simulation that waits, or whose process is gone; None when there is none."""
    row = await fetch_one(
        pool("work"),
        """
        UPDATE simulation SET state = 'running', tries = tries + 1, fence = fence + 1,
            lease_until = now() + $1, visits_read = 0, visits_total = 0
        WHERE id = (SELECT id FROM simulation
                    WHERE state = 'waiting' OR (state = 'running' AND lease_until < now() AND tries < $2)
                    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id, fence
        """,
        lease,
        TRIES,
    )
    return Claim(**row) if row else None


async def order_of(claimed: Claim, keyring: Keyring) -> Order | None:
    """Read what is to be computed; None once another process has it."""
    row = await fetch_one(
        pool("work"),
        """
        SELECT platform_id, written, protocols, filename, file_cipher, asked_at FROM simulation
        WHERE id = $1 AND fence = $2 AND state = 'running'
        """,
        claimed.id,
        claimed.fence,
    )
    if row is None:
        return None
    sealed = row["file_cipher"]
    file = Upload(row["filename"], keyring.unseal(sealed, FILE, claimed.id)) if sealed else None
    return Order(
        row["platform_id"], msgspec.json.decode(row["written"]), protocols_of(row), file, row["asked_at"]
    )


async def renew(claimed: Claim, progress: Progress, lease: timedelta = LEASE) -> bool:
    """Say how far it is and keep it; tell whether it is still this process's."""
    row = await fetch_one(
        pool("work"),
        """
        UPDATE simulation SET visits_read = $3, visits_total = $4, lease_until = now() + $5
        WHERE id = $1 AND fence = $2 AND state = 'running' RETURNING id
        """,
        claimed.id,
        claimed.fence,
        progress.read,
        progress.total,
        lease,
    )
    return row is not None


async def finish(claimed: Claim, found: Outcome) -> None:
    """Keep what came of it, and forget its file."""
    await execute(
        pool("work"),
        """
        UPDATE simulation SET state = 'done', result = $3::jsonb, lease_until = NULL, file_cipher = NULL
        WHERE id = $1 AND fence = $2 AND state = 'running'
        """,
        claimed.id,
        claimed.fence,
        outcome.encode(found),
    )


async def fail(claimed: Claim, message: str, field: str = "", /, **values: object) -> None:
    """Keep why it cannot be done, with the field of the form to change if there is one; forget its file."""
    await execute(
        pool("work"),
        """
        UPDATE simulation SET state = 'failed', failure = $3::jsonb, lease_until = NULL, file_cipher = NULL
        WHERE id = $1 AND fence = $2 AND state = 'running'
        """,
        claimed.id,
        claimed.fence,
        _failure(message, values, field),
    )


def _failure(message: str, values: Mapping[str, object], field: str = "") -> str:
    failure = Failure(message, {name: str(value) for name, value in values.items()}, field)
    return msgspec.json.encode(failure).decode()


async def give_back(claimed: Claim) -> None:
    """Leave to another process what this one has no time to end: it counts for no try."""
    await execute(
        pool("work"),
        """
        UPDATE simulation SET state = 'waiting', lease_until = NULL, tries = tries - 1
        WHERE id = $1 AND fence = $2 AND state = 'running'
        """,
        claimed.id,
        claimed.fence,
    )


async def drop(claimed: Claim) -> None:
    """End the lease of a process that died, so that another one begins again at once."""
    await execute(
        pool("work"),
        "UPDATE simulation SET lease_until = now() WHERE id = $1 AND fence = $2 AND state = 'running'",
        claimed.id,
        claimed.fence,
    )


async def give_up() -> None:
    """Say of those that stopped too many times that they did."""
    await execute(
        pool("work"),
        """
        UPDATE simulation SET state = 'failed', failure = $2::jsonb, lease_until = NULL, file_cipher = NULL
        WHERE state = 'running' AND lease_until <= now() AND tries >= $1
        """,
        TRIES,
        _failure(STOPPED, {}),
    )


async def forget(before: datetime) -> None:
    await execute(pool("work"), "DELETE FROM simulation WHERE asked_at < $1", before)
