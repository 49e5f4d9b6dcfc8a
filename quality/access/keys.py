"""API keys: shown once, kept as a digest, revocable."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from uuid import UUID

from quality import clock
from quality.access import audit
from quality.access.actor import GATE, Actor, Role
from quality.access.scope import scoped
from quality.db import execute, fetch, fetch_one
from quality.errors import FieldError, Forbidden, Invalid, NotFound
from quality.ids import uuid7
from quality.web.languages import gettext as _

PREFIX = "sq_"
GIVERS = frozenset({Role.admin, Role.platform, "operator"})


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that showed a valid key: the key's row, and the organisation it acts for."""

    key: UUID
    actor: Actor


async def create_key(actor: Actor, name: str, organisation: UUID) -> str:
    """Give an organisation a key and return it: it is shown once, then only its digest is known."""
    if actor.role not in GIVERS:
        raise Forbidden
    wording = name.strip()
    if not 1 <= len(wording) <= 80:
        raise Invalid(errors=(FieldError("nom", _("Donnez à la clé un nom de 80 caractères au plus.")),))
    key = PREFIX + secrets.token_urlsafe(32)
    async with scoped(replace(actor, role="gate")) as db:
        row = await fetch_one(
            db,
            """
            INSERT INTO api_key (id, platform_id, organisation_id, name, key_hash, created_at)
            SELECT $1, o.platform_id, o.id, $2, $3, $4 FROM organisation o
            WHERE o.id = $5 AND o.platform_id = $6
            RETURNING id
            """,
            uuid7(clock.now()),
            wording,
            digest(key),
            clock.now(),
            organisation,
            actor.platform,
        )
        if row is None:
            raise NotFound
        await audit.record(db, actor, "key.create", str(row["id"]), {"organisation": str(organisation)})
    return key


async def revoke_key(actor: Actor, key: UUID) -> None:
    """Close a key of the actor's platform at once."""
    if actor.role not in GIVERS:
        raise Forbidden
    async with scoped(replace(actor, role="gate")) as db:
        row = await fetch_one(
            db,
            """
            UPDATE api_key SET revoked_at = now() WHERE id = $1 AND platform_id = $2 AND revoked_at IS NULL
            RETURNING id
            """,
            key,
            actor.platform,
        )
        if row is None:
            raise NotFound
        await audit.record(db, actor, "key.revoke", str(key))


async def keys_named(actor: Actor, name: str, organisation: UUID) -> tuple[UUID, ...]:
    """Return the open keys that an organisation has under a name, newest first."""
    async with scoped(replace(actor, role="gate")) as db:
        rows = await fetch(
            db,
            """
            SELECT id FROM api_key
            WHERE name = $1 AND organisation_id = $2 AND platform_id = $3 AND revoked_at IS NULL
            ORDER BY id DESC
            """,
            name.strip(),
            organisation,
            actor.platform,
        )
    return tuple(row["id"] for row in rows)


async def caller_of_key(bearer: str) -> Caller | None:
    """Return the key's row and its organisation, or None for an unknown or revoked key."""
    if not bearer.startswith(PREFIX):
        return None
    async with scoped(GATE) as db:
        row = await fetch_one(
            db,
            """
            SELECT k.id, k.name, k.platform_id, k.organisation_id, o.kind, o.name AS organisation_name,
                   coalesce(k.used_at < now() - interval '1 minute', true) AS is_stale
            FROM api_key k JOIN organisation o ON o.id = k.organisation_id
            WHERE k.key_hash = $1 AND k.revoked_at IS NULL
            """,
            digest(bearer),
        )
        if row is None:
            return None
        if row["is_stale"]:
            await execute(db, "UPDATE api_key SET used_at = now() WHERE id = $1", row["id"])
    actor = Actor(
        role=row["kind"],
        platform=row["platform_id"],
        organisation=row["organisation_id"],
        name=row["name"],
        organisation_name=row["organisation_name"],
    )
    return Caller(row["id"], actor)


def digest(key: str) -> bytes:
    """Return what is stored of a key: 256 random bits need no salt and no slowness."""
    return hashlib.sha256(key.encode()).digest()
