"""The client's own address of a complaint, made again from its id; only a keyed hash of it is stored."""

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from quality import tokens
from quality.component import Job
from quality.db import Connection, execute, fetch, pool
from quality.keys import Keyring

if TYPE_CHECKING:
    from quality.app import House

LABEL = "complaint"
BATCH = 500


def token_of(keyring: Keyring, complaint: UUID) -> str:
    """Make the token of a complaint, the same after a crash."""
    return tokens.token(keyring.subkey(LABEL), b"complaint", complaint)


def token_key(keyring: Keyring, token: str) -> bytes:
    """Hash a normalised token into `complaint.token_key`."""
    return tokens.lookup_hash(keyring.subkey(LABEL), token)


def key_of(keyring: Keyring, complaint: UUID) -> bytes:
    """Give what is stored of a complaint's token."""
    return token_key(keyring, token_of(keyring, complaint))


def link_of(keyring: Keyring, base_url: str, complaint: UUID) -> str:
    return f"{base_url.rstrip('/')}/suivi/{token_of(keyring, complaint)}"


def reference_of(keyring: Keyring, complaint: UUID) -> str:
    """Make the reference that a client says on the telephone; it opens no page."""
    return tokens.reference(keyring.subkey(LABEL), b"complaint reference", complaint)


async def by_reference(db: Connection, keyring: Keyring, platform: UUID | None, typed: str) -> int | None:
    """Find the number of a complaint by the reference that its client says, inside `scoped(actor)`.

    References are stored nowhere: those of the complaints that the actor may read are made again.
    """
    said = tokens.normalise(typed, tokens.REFERENCE_LENGTH)
    if said is None:
        return None
    for row in await fetch(db, NEWEST, platform):
        if reference_of(keyring, row["id"]).replace("-", "") == said:
            return int(row["number"])
    return None


NEWEST = "SELECT id, number FROM complaint WHERE platform_id = $1 ORDER BY opened_at DESC LIMIT 20000"


async def give_keys(house: "House") -> None:
    """Give their key to complaints opened before they had a link."""
    while rows := await fetch(pool("work"), WITHOUT, BATCH):
        ids = [row["id"] for row in rows]
        await execute(pool("work"), GIVE, ids, [key_of(house.keyring, each) for each in ids])


WITHOUT = "SELECT id FROM complaint WHERE token_key IS NULL ORDER BY id LIMIT $1"
GIVE = """
UPDATE complaint c SET token_key = k.key FROM unnest($1::uuid[], $2::bytea[]) AS k (id, key)
WHERE c.id = k.id AND c.token_key IS NULL
"""
JOBS = (Job("complaint-links", give_keys, timedelta(minutes=1)),)
