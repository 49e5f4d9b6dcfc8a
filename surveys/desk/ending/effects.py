"""What an outcome changes beyond its call: refusals, deaths, hospital stays, people who cannot answer."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from quality.complaints.events import tell_deceased
from quality.db import Connection, execute, fetch_value
from quality.directory.geography import zone_of
from surveys.desk.bereaving import tell_provider
from surveys.desk.ending.outcomes import Code

Row = dict[str, Any]
Effect = Callable[[Connection, Row, datetime], Awaitable[None]]


async def apply(db: Connection, case: Row, code: Code, now: datetime) -> None:
    """Apply what the outcome says of the person, in the transaction that ends the call (pool `work`)."""
    effect = EFFECTS.get(code)
    if effect is not None:
        await effect(db, case, now)


async def _refuse(db: Connection, case: Row, now: datetime) -> None:
    """Stop every channel, through the last request when the call was not about one."""
    invitation = case["invitation_id"] or await fetch_value(
        db,
        "SELECT id FROM invitation WHERE client_id = $1 AND collector = 'platform' ORDER BY id DESC LIMIT 1",
        case["client_id"],
    )
    if invitation is None:
        await execute(db, "UPDATE client SET contact = 'no' WHERE id = $1", case["client_id"])
        return
    await fetch_value(db, "SELECT refuse($1, 'phone', $2)", invitation, now)


async def _bereave(db: Connection, case: Row, now: datetime) -> None:
    """Stop everything for every provider of the person; the one called about reads why, unless it may not."""
    await execute(
        db,
        "UPDATE person SET deceased_at = coalesce(deceased_at, $2) WHERE id = $1",
        case["person_id"],
        now,
    )
    if case.get("told") != "non":
        await execute(
            db,
            "UPDATE client SET status = 'deceased', status_since = $2 WHERE id = $1 AND status <> 'deceased'",
            case["client_id"],
            now.astimezone(zone_of(case["departement"])).date(),
        )
    if case.get("told") == "oui":
        await tell_provider(db, case)
    await tell_deceased(db, case["person_id"], now)
    await _suppress(db, OF_PERSON, case["person_id"], "deceased", now)
    await execute(
        db,
        f"""
        UPDATE call_case SET state = 'done', outcome = 'deceased', closed_at = $2, agent_id = NULL,
            lease_until = NULL
        WHERE state <> 'done' AND {OF_PERSON}
        """,
        case["person_id"],
        now,
    )
    await execute(
        db,
        f"""
        UPDATE invitation SET closed_at = $2, closed_reason = 'deceased'
        WHERE closed_at IS NULL AND {OF_PERSON}
        """,
        case["person_id"],
        now,
    )


async def _hospitalise(db: Connection, case: Row, now: datetime) -> None:
    await execute(
        db,
        "UPDATE client SET status = 'hospital', status_since = $2 WHERE id = $1 AND status = 'active'",
        case["client_id"],
        now.astimezone(zone_of(case["departement"])).date(),
    )
    await _suppress(db, "client_id = $1", case["client_id"], "hospital", now)


async def _spare(db: Connection, case: Row, now: datetime) -> None:
    """Ask nothing more of this visit of somebody who cannot answer."""
    await _suppress(db, "invitation_id = $1", case["invitation_id"], "unable", now)


OF_PERSON = "client_id IN (SELECT k.id FROM client k WHERE k.person_id = $1)"


async def _suppress(db: Connection, of: str, key: object, reason: str, now: datetime) -> None:
    await execute(
        db,
        f"""
        UPDATE attempt SET state = 'suppressed', reason = $2, settled_at = $3, lease_until = NULL
        WHERE {of} AND state IN ('planned', 'deferred', 'claimed')
        """,
        key,
        reason,
        now,
    )


EFFECTS: Mapping[Code, Effect] = {
    Code.refusal: _refuse,
    Code.deceased: _bereave,
    Code.hospital: _hospitalise,
    Code.unable: _spare,
}
