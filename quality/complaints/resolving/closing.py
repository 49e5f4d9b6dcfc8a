"""How a complaint ends: by its client's word, or by a silence long enough. A provider closes none."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from quality import clock
from quality.access.actor import STAFF, Actor
from quality.access.scope import scoped
from quality.complaints.events import Audience, tell
from quality.complaints.milestones import State
from quality.complaints.opening import WITHDRAWN_CAUSE
from quality.complaints.resolving.moves import Move, change, only, worded
from quality.complaints.resolving.restarting import extend
from quality.db import Connection, execute, fetch_one
from quality.errors import Conflict
from quality.web.languages import gettext as _


class Verdict(StrEnum):
    """What the client says once a solution was brought."""

    settled = "settled"
    not_settled = "not_settled"


SETTLED = "state = 'closed', closed_at = $3, verdict = 'settled', holder = 'provider'"
# A contested complaint comes back to the platform, others to their provider; messages are counted anew. The
# provider takes its position again: why it contested before stays in the timeline.
REOPENED = (
    "state = 'acknowledged', remedied_at = NULL, closed_at = NULL, verdict = 'not_settled', "
    "verdict_due_at = NULL, verdict_asked_at = NULL, contacts = 0, round = least(round + 1, 99), "
    "is_first_contact = false, position = NULL, position_at = NULL, contested_why = '', "
    "holder = CASE WHEN position = 'contested' OR NOT is_shared THEN 'platform' ELSE 'provider' END"
)
# A complaint that its client took back was never remedied: there is nothing to say of it.
NOT_WITHDRAWN = f"disclosure <> 'call_first' AND cause <> '{WITHDRAWN_CAUSE}'"
SETTLE = Move((State.remedied,), SETTLED, "settled")
REOPEN = Move((State.remedied, State.closed), REOPENED, "reopened", NOT_WITHDRAWN)


# Whoever says that it is settled says that what was promised is done.
KEPT = """
UPDATE complaint_promise SET state = 'done', done_at = $2, done_how = 'client'
WHERE complaint_id = $1 AND state IN ('promised', 'confirmed')
"""


async def hear_verdict(actor: Actor, number: int, verdict: Verdict) -> None:
    """Write what the client says: settled closes the complaint, not settled reopens it."""
    only(actor, STAFF)
    async with scoped(actor) as db:
        if verdict is Verdict.settled:
            closed = await change(db, actor, number, SETTLE, audience=Audience.client)
            await execute(db, KEPT, closed, clock.now())
        else:
            await extend(db, await change(db, actor, number, REOPEN, audience=Audience.client))


async def settle_by_client(db: Connection, complaint: UUID, now: datetime) -> None:
    """Close a complaint because its client says that it is settled (pool `answer`); twice changes nothing."""
    row = await _moved(db, complaint, SETTLE, now)
    if row is not None:
        await tell(db, _named(row), "settled", now, audience=Audience.client)
        await execute(db, KEPT, complaint, now)
    elif not await fetch_one(db, "SELECT 1 FROM complaint WHERE id = $1 AND verdict = 'settled'", complaint):
        raise Conflict("Cette réclamation n’attend pas votre avis.")


async def reopen_by_client(db: Connection, complaint: UUID, text: str, now: datetime) -> None:
    """Open a complaint again because its client says « Ce n’est pas réglé » (pool `answer`).

    Before a solution was brought nothing is to be opened again: what the client says is a message.
    """
    row = await _moved(db, complaint, REOPEN, now)
    if row is None:
        await write_message(db, complaint, text or _("Ce n’est pas réglé."), now)
        return
    await extend(db, complaint)
    await tell(db, _named(row), "reopened", now, audience=Audience.client)
    if text.strip():  # its line comes after the one it explains
        await _say(db, row, text, now + timedelta(microseconds=1))


async def write_message(db: Connection, complaint: UUID, text: str, now: datetime) -> None:
    """Add what the client writes to the timeline (pool `answer`)."""
    row = await fetch_one(
        db,
        "SELECT id, platform_id, disclosure FROM complaint WHERE id = $1 AND state <> 'merged' FOR UPDATE",
        complaint,
    )
    if row is None:
        raise Conflict("Cette réclamation est jointe à une autre.")
    await _say(db, row, text, now)


async def _say(db: Connection, row: dict[str, object], text: str, now: datetime) -> None:
    """Write the client's own words; without a name they might tell who speaks: the staff reads them first."""
    said = worded("message", text, _("Écrivez votre message, en 2 000 caractères au plus."))
    audience = Audience.client if row["disclosure"] == "named" else Audience.staff
    await tell(db, _named(row), "message", now, audience=audience, text=said)


async def _moved(db: Connection, complaint: UUID, move: Move, now: datetime) -> dict[str, object] | None:
    leaves = ", ".join(f"'{state}'" for state in move.leaves)
    sets = move.sets.replace("$3", "$2::timestamptz")
    return await fetch_one(
        db,
        f"""
        UPDATE complaint SET {sets}
        WHERE id = $1 AND $2::timestamptz IS NOT NULL AND state IN ({leaves}) AND {move.guard}
        RETURNING id, platform_id, disclosure
        """,
        complaint,
        now,
    )


def _named(row: dict[str, object]) -> tuple[UUID, UUID]:
    return row["platform_id"], row["id"]  # type: ignore[return-value]
