"""Files kept in PostgreSQL, in encrypted chunks: what people upload names persons (decisions 8 and 9)."""

import hashlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from quality import clock
from quality.db import Connection, execute, fetch_one
from quality.errors import NotFound, TooLarge
from quality.ids import uuid7
from quality.keys import KEY_ID, NONCE_BYTES, Keyring

CHUNK_BYTES = 256 * 1024
LARGEST_BYTES = 20 * 1024 * 1024
NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What is known of a file without reading it; `sha256` is of its clear content."""

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose file it is: its platform, and the organisation that may read it.

    A file joined to a complaint has no organisation: `audience` says who reads it.
    """

    platform: UUID
    organisation: UUID | None = None
    complaint: UUID | None = None
    audience: str = ""


async def put(
    db: Connection, keyring: Keyring, owner: Owner, content: BinaryIO, *, name: str, media_type: str
) -> UUID:
    """Store a file from the beginning of `content`, or raise TooLarge before anything is written."""
    size, sha256 = measure(content)
    identity = uuid7(clock.now())
    await execute(
        db,
        """
        INSERT INTO file (id, platform_id, organisation_id, complaint_id, audience, name, media_type, size,
            sha256, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        identity,
        owner.platform,
        owner.organisation,
        owner.complaint,
        owner.audience,
        name[:NAME_LENGTH],
        media_type,
        size,
        sha256,
        clock.now(),
    )
    content.seek(0)
    for rank in range(-(-size // CHUNK_BYTES)):
        await execute(
            db,
            "INSERT INTO file_chunk (id, platform_id, file_id, rank, content) VALUES ($1, $2, $3, $4, $5)",
            uuid7(clock.now()),
            owner.platform,
            identity,
            rank,
            _sealed(keyring, identity, rank, content.read(CHUNK_BYTES)),
        )
    return identity


def measure(content: BinaryIO) -> tuple[int, bytes]:
    """Return the size and the SHA-256 of a content, or raise TooLarge."""
    content.seek(0)
    size, digest = 0, hashlib.sha256()
    while block := content.read(CHUNK_BYTES):
        size += len(block)
        if size > LARGEST_BYTES:
            raise TooLarge("Le fichier pèse plus de 20 Mo. Envoyez-le en plusieurs fois.")
        digest.update(block)
    return size, digest.digest()


async def find(db: Connection, identity: UUID) -> StoredFile:
    """Return a file that the transaction's scope may see, or answer 404."""
    row = await fetch_one(db, "SELECT id, name, media_type, size, sha256 FROM file WHERE id = $1", identity)
    if row is None:
        raise NotFound
    return StoredFile(**row)


async def chunks(db: Connection, keyring: Keyring, identity: UUID) -> AsyncIterator[bytes]:
    """Yield the content of a file, one chunk in memory at a time."""
    rank = 0
    while row := await fetch_one(
        db, "SELECT content FROM file_chunk WHERE file_id = $1 AND rank = $2", identity, rank
    ):
        yield _opened(keyring, identity, rank, row["content"])
        rank += 1


async def copy(db: Connection, keyring: Keyring, identity: UUID, target: BinaryIO) -> None:
    """Write the content of a file into a stream."""
    async for chunk in chunks(db, keyring, identity):
        target.write(chunk)


async def read(db: Connection, keyring: Keyring, identity: UUID) -> bytes:
    return b"".join([chunk async for chunk in chunks(db, keyring, identity)])


async def remove(db: Connection, identity: UUID) -> None:
    """Forget a file and its chunks."""
    await execute(db, "DELETE FROM file_chunk WHERE file_id = $1", identity)
    await execute(db, "DELETE FROM file WHERE id = $1", identity)


def _sealed(keyring: Keyring, identity: UUID, rank: int, content: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return KEY_ID + nonce + _cipher(keyring).encrypt(nonce, content, _bound(identity, rank))


def _opened(keyring: Keyring, identity: UUID, rank: int, stored: bytes) -> bytes:
    nonce, sealed = stored[1 : 1 + NONCE_BYTES], stored[1 + NONCE_BYTES :]
    return _cipher(keyring).decrypt(nonce, sealed, _bound(identity, rank))


def _cipher(keyring: Keyring) -> AESGCM:
    return AESGCM(keyring.subkey("files"))


def _bound(identity: UUID, rank: int) -> bytes:
    return f"file_chunk.content.{identity}.{rank}".encode()
