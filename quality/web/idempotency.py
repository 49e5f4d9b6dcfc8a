"""Idempotency-Key: the same request sent again gets the answer already given, and nothing is done twice."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.access.keys import Caller
from quality.component import Job
from quality.db import Connection, execute, fetch_one, pool
from quality.errors import Invalid
from quality.ids import uuid7
from quality.keys import Keyring

if TYPE_CHECKING:
    from quality.app import House

HEADER = "Idempotency-Key"
LONGEST = 120
KEPT = timedelta(hours=24)
PLACE = "idempotent_reply.body"


@dataclass(frozen=True, slots=True)
class Once:
    """A request that must act once: the API key, what it calls the request, and the digest of its body."""

    api_key: UUID
    key: str
    digest: bytes


def once_of(request: Request, caller: Caller, body: bytes) -> Once | None:
    """Read the header of a request, or refuse one that cannot be kept."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not (1 <= len(key) <= LONGEST and key.isascii() and key.isprintable()):
        raise Invalid("L’en-tête Idempotency-Key compte de 1 à 120 caractères ASCII.")
    digest = hashlib.sha256(f"{request.method} {request.scope['path']}\n".encode() + body).digest()
    return Once(caller.key, key, digest)


async def earlier_reply(db: Connection, keyring: Keyring, once: Once) -> Response | None:
    """Return the answer already given; a second request waits for the first one's commit."""
    await execute(
        db, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"once {once.api_key} {once.key}"
    )
    row = await fetch_one(
        db,
        "SELECT id, request_digest, status, body FROM idempotent_reply WHERE api_key_id = $1 AND key = $2",
        once.api_key,
        once.key,
    )
    if row is None:
        return None
    if row["request_digest"] != once.digest:
        raise Invalid("Cette clé d’idempotence a déjà servi pour une autre demande. Donnez-en une nouvelle.")
    body = keyring.decrypt(row["body"], PLACE, row["id"])
    return Response(body, row["status"], media_type="application/json")


async def keep_reply(
    db: Connection, keyring: Keyring, platform: UUID | None, once: Once, body: bytes
) -> None:
    """Remember an answer of 200, sealed, in the transaction of what it answers for."""
    reply = uuid7(clock.now())
    await execute(
        db,
        """
        INSERT INTO idempotent_reply (id, platform_id, api_key_id, key, request_digest, status, body,
            created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        reply,
        platform,
        once.api_key,
        once.key,
        once.digest,
        200,
        keyring.encrypt(body.decode(), PLACE, reply),
        clock.now(),
    )


async def forget(house: "House") -> None:  # noqa: ARG001 - a job's signature
    """Forget the answers of more than a day: nobody sends a request again so late."""
    await execute(pool("work"), "DELETE FROM idempotent_reply WHERE created_at < $1", clock.now() - KEPT)


JOBS = (Job("forget-replies", forget, timedelta(hours=1)),)
