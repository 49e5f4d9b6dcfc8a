"""The signed-in browser: a revocable row in the database, found by the hash of the cookie's token."""

import hashlib
import secrets
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.access.actor import GATE, Actor
from quality.access.scope import scoped
from quality.db import execute, fetch_one
from quality.ids import uuid7

COOKIE = "session"
IDLE, LIFETIME = "8 hours", "7 days"
_UNREAD = object()


async def actor_of(request: Request) -> Actor | None:
    """Return who is signed in, once a request."""
    found = getattr(request.state, "actor", _UNREAD)
    if found is _UNREAD:
        token = request.cookies.get(COOKIE)
        found = await _find(token) if token else None
        request.state.actor = found
    return found  # type: ignore[return-value]


def signed_in(request: Request) -> Actor:
    """Return the actor of a guarded page."""
    actor: Actor = request.state.actor
    return actor


async def _find(token: str) -> Actor | None:
    async with scoped(GATE) as db:
        row = await fetch_one(
            db,
            f"""
            SELECT s.id AS session, m.id AS membership, m.role, m.platform_id, m.organisation_id,
                   a.id AS account, a.name, a.language, coalesce(o.name, '') AS organisation_name,
                   s.seen_at < now() - interval '1 minute' AS is_stale
            FROM session s JOIN membership m ON m.id = s.membership_id JOIN account a ON a.id = m.account_id
            LEFT JOIN organisation o ON o.id = m.organisation_id
            WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND a.is_active
              AND s.expires_at > now() AND s.seen_at > now() - interval '{IDLE}'
            """,
            digest(token),
        )
        if row is None:
            return None
        if row["is_stale"]:
            await execute(db, "UPDATE session SET seen_at = now() WHERE id = $1", row["session"])
    return Actor(
        role=row["role"],
        platform=row["platform_id"],
        organisation=row["organisation_id"],
        account=row["account"],
        membership=row["membership"],
        session=row["session"],
        name=row["name"],
        organisation_name=row["organisation_name"],
        language=row["language"],
    )


async def open_session(request: Request, response: Response, membership: UUID) -> None:
    """Sign a membership in: a new token each time, so that a token known before is worth nothing."""
    token = secrets.token_urlsafe(32)
    async with scoped(GATE) as db:
        await execute(
            db,
            f"""
            INSERT INTO session (id, token_hash, membership_id, created_at, seen_at, expires_at)
            VALUES ($1, $2, $3, now(), now(), now() + interval '{LIFETIME}')
            """,
            uuid7(clock.now()),
            digest(token),
            membership,
        )
    is_secure = request.app.state.house.settings.base_url.startswith("https:")
    response.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=is_secure, path="/")


async def close_session(request: Request, response: Response) -> None:
    """Revoke this browser's session."""
    token = request.cookies.get(COOKIE)
    if token:
        async with scoped(GATE) as db:
            await execute(db, "UPDATE session SET revoked_at = now() WHERE token_hash = $1", digest(token))
    response.delete_cookie(COOKIE, path="/")


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
