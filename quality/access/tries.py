"""Tries are counted in the audit trail: five an account and twenty an address in a quarter of an hour."""

from dataclasses import dataclass
from datetime import timedelta

from quality import clock
from quality.access import audit
from quality.access.actor import GATE, Actor
from quality.db import Connection, fetch_one, transaction
from quality.errors import TooMany
from quality.keys import Keyring
from quality.web.languages import gettext as _

WINDOW = timedelta(minutes=15)
BY_ACCOUNT, BY_ADDRESS = 5, 20


@dataclass(frozen=True, slots=True)
class Try:
    """One try at a secret; the account and the address are keyed digests."""

    action: str
    account: str
    address: str


def one(keyring: Keyring, action: str, email: str, address: str) -> Try:
    """Return a try that keeps nothing of what somebody may have typed in the wrong field."""
    return Try(action, _digest(keyring, "account", email), _digest(keyring, "address", address))


async def take(attempt: Try) -> None:
    """Write a try down before it is made, or refuse it: an unknown account is counted like a known one.

    The chain of the audit is one lock, so tries made at once are counted one after the other.
    """
    async with transaction("work") as db:
        await audit.record(db, GATE, f"{attempt.action}.try", attempt.account, {"address": attempt.address})
        by_account, by_address = await _count(db, attempt)
        if by_account > BY_ACCOUNT or by_address > BY_ADDRESS:
            raise TooMany(_("Trop d’essais. Attendez un quart d’heure, puis recommencez."))


async def forgive(db: Connection, actor: Actor, attempt: Try) -> None:
    """Write a success down: the tries before it no longer count against the account."""
    await audit.record(db, actor, f"{attempt.action}.done", attempt.account, {"address": attempt.address})


async def _count(db: Connection, attempt: Try) -> tuple[int, int]:
    row = await fetch_one(
        db,
        """
        WITH recent AS (
            SELECT id, action = $1 AS is_try, subject = $3 AS is_own, detail->>'address' = $4 AS is_near
            FROM audit WHERE at > $5 AND action IN ($1, $2)),
        last AS (SELECT coalesce(max(id), 0) AS done FROM recent WHERE is_own AND NOT is_try)
        SELECT count(*) FILTER (WHERE is_try AND is_own AND id > done) AS by_account,
               sum(CASE WHEN is_try THEN 1 ELSE -1 END) FILTER (WHERE is_near) AS by_address
        FROM recent, last
        """,
        f"{attempt.action}.try",
        f"{attempt.action}.done",
        attempt.account,
        attempt.address,
        clock.now() - WINDOW,
    )
    return (row["by_account"], row["by_address"]) if row else (0, 0)


def _digest(keyring: Keyring, label: str, value: str) -> str:
    return keyring.lookup(label, value).hex()[:34]
