"""What a client decides on the page of a complaint: with or without the name, and who may read it.

Lines written here: `wish_named`, `wish_anonymous`, `wish_late` (told cannot be untold), `consented`,
`not_consented`, all read by the platform's staff.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from quality.complaints.events import Audience, tell
from quality.complaints.followed.joining import hide
from quality.complaints.followed.reading import IS_TOLD
from quality.complaints.opening import Wish
from quality.complaints.resolving.restarting import restart
from quality.db import Connection, execute, fetch_one
from quality.errors import Conflict

LOCK = "SELECT 1 FROM complaint WHERE id = $1 FOR UPDATE"
LOCKED = f"""
SELECT c.id, c.platform_id, c.state, c.disclosure, c.funder_consent, c.is_serious, {IS_TOLD} AS is_told
FROM complaint c WHERE c.id = $1
"""
DISCLOSE = """
UPDATE complaint SET disclosure = $2, awaits_contact = false,
    holder = CASE WHEN disclosure = 'call_first' THEN 'provider' ELSE holder END
WHERE id = $1
"""
NAME = "UPDATE complaint_subject SET is_disclosed = $2 WHERE id = $1"
CONSENT = "UPDATE complaint SET funder_consent = $2 WHERE id = $1"


async def change_name(db: Connection, complaint: UUID, wanted: Wish, now: datetime) -> bool:
    """Give or take back the client's name (pool `answer`); False when it was told and cannot be untold."""
    row = await _locked(db, complaint)
    if row["disclosure"] == wanted:
        return True
    if wanted is Wish.ANONYMOUS and row["disclosure"] == Wish.NAMED and row["is_told"]:
        await _tell(db, row, "wish_late", now, wanted.value)
        return False
    await execute(db, DISCLOSE, complaint, wanted.value)
    await execute(db, NAME, complaint, wanted is Wish.NAMED)
    if wanted is Wish.ANONYMOUS:
        await hide(db, complaint)
    if row["disclosure"] == Wish.CALL_FIRST:  # the provider learns of it now: its delays start now
        await restart(db, complaint)
    await _tell(db, row, f"wish_{wanted}", now)
    return True


async def consent(db: Connection, complaint: UUID, *, given: bool, now: datetime) -> None:
    """Write whether the client accepts that a funder reads the complaint (pool `answer`)."""
    row = await _locked(db, complaint)
    if row["funder_consent"] is given:
        return
    await execute(db, CONSENT, complaint, given)
    await _tell(db, row, "consented" if given else "not_consented", now)


async def _locked(db: Connection, complaint: UUID) -> dict[str, Any]:
    # Read once locked: a letter that was being written to the provider is seen too.
    await execute(db, LOCK, complaint)
    row = await fetch_one(db, LOCKED, complaint)
    if row is None or row["state"] in {"closed", "merged"} or row["is_serious"]:
        raise Conflict("Votre demande est terminée. Appelez-nous pour en parler.")
    return row


async def _tell(db: Connection, row: dict[str, Any], kind: str, now: datetime, text: str = "") -> None:
    named = row["platform_id"], row["id"]
    await tell(db, named, kind, now, audience=Audience.staff, text=text)
