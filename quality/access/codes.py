"""One-time codes: an invitation for three days, a reset for an hour, each used once."""

import secrets
from enum import StrEnum
from uuid import UUID

from quality import clock
from quality.db import Connection, execute, fetch_one
from quality.ids import uuid7
from quality.web.session import digest


class Purpose(StrEnum):
    invitation = "invitation"
    reset = "reset"


VALIDITY = {Purpose.invitation: "72 hours", Purpose.reset: "1 hour"}
PATHS = {Purpose.invitation: "/invitation", Purpose.reset: "/mot-de-passe"}


async def draw(db: Connection, account: UUID, purpose: Purpose) -> str:
    """Draw a code for an account and return its path; the codes drawn before are worth nothing any more."""
    code = secrets.token_urlsafe(32)
    await close_all(db, account)
    await execute(
        db,
        f"""
        INSERT INTO one_time_code (id, account_id, purpose, code_hash, created_at, expires_at)
        VALUES ($1, $2, $3, $4, now(), now() + interval '{VALIDITY[purpose]}')
        """,
        uuid7(clock.now()),
        account,
        purpose.value,
        digest(code),
    )
    return f"{PATHS[purpose]}/{code}"


async def holder(db: Connection, code: str, purpose: Purpose) -> str | None:
    """Return the e-mail address of a code that still opens, and change nothing."""
    row = await fetch_one(
        db,
        """
        SELECT a.email FROM one_time_code c JOIN account a ON a.id = c.account_id
        WHERE c.code_hash = $1 AND c.purpose = $2 AND a.is_active
          AND c.used_at IS NULL AND c.expires_at > now()
        """,
        digest(code),
        purpose.value,
    )
    return row["email"] if row else None


async def spend(db: Connection, code: str, purpose: Purpose) -> UUID | None:
    """Use a code up and return its account; of two uses at once, one finds it."""
    row = await fetch_one(
        db,
        """
        UPDATE one_time_code SET used_at = now()
        WHERE code_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > now()
        RETURNING account_id
        """,
        digest(code),
        purpose.value,
    )
    return row["account_id"] if row else None


async def close_all(db: Connection, account: UUID) -> None:
    await execute(
        db, "UPDATE one_time_code SET used_at = now() WHERE account_id = $1 AND used_at IS NULL", account
    )
