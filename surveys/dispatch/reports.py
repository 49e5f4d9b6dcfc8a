"""Delivery reports: ranked, since they come in any order and never go back; they settle the uncertain."""

from datetime import datetime
from typing import Any

from quality.db import Connection, fetch_one, within
from surveys.channels.message import Report, ReportState
from surveys.dispatch.claims import count_again, hold, uncount
from surveys.dispatch.settling import Proof, note_dead_endpoint, note_delivery

Row = dict[str, Any]

# What a report makes of an attempt, and the reason kept. Queued and accepted only say that it left.
MEANINGS: dict[ReportState, tuple[str, str | None]] = {
    ReportState.QUEUED: ("sent", None),
    ReportState.ACCEPTED: ("sent", None),
    ReportState.REJECTED: ("failed", "refused_by_carrier"),
    ReportState.EXPIRED: ("failed", "unreached"),
    ReportState.FAILED: ("failed", "undelivered"),
    ReportState.DELIVERED: ("delivered", None),
}

# A message withdrawn while it waited for another try stays withdrawn, but it left and counts.
STAYS = "(state IN ('suppressed', 'expired') OR $3 = 'sent' AND state IN ('delivered', 'failed'))"
APPLY = f"""
    UPDATE attempt SET report_rank = $2, lease_until = NULL, claims = 0,
        sent_at = CASE WHEN $6 THEN coalesce(sent_at, $5) ELSE sent_at END,
        state = CASE WHEN {STAYS} THEN state ELSE $3 END,
        reason = CASE WHEN {STAYS} THEN reason ELSE $4 END,
        settled_at = CASE WHEN $3 = 'sent' OR {STAYS} THEN settled_at ELSE $5 END
    WHERE id = $1 AND report_rank < $2 AND channel <> 'phone'
    RETURNING state, channel
"""
# Of an e-mail nobody says that it was delivered: that others are taken is all that is known.
PROOF: dict[str, Proof] = {"sms": "delivered_at", "email": "accepted_at"}


async def apply(db: Connection, report: Report, now: datetime) -> str | None:
    """Apply a report to its attempt; return the state it is in, None when the report said nothing new.

    A report also settles an attempt that waits for another try, or that stopped: the carrier had it after
    all, and it counts. A message the carrier refused never left and counts no more; two failures in a row
    put the endpoint aside.
    """
    if report.state is ReportState.DELIVERED:
        await note_delivery(db, report.attempt, now)
    async with within(db) as one:
        row = await _apply(one, report, now)
    if row is None:
        return None
    if row["state"] == "failed":
        await note_dead_endpoint(db, report.attempt, now, PROOF[row["channel"]])
    return str(row["state"])


async def _apply(db: Connection, report: Report, now: datetime) -> Row | None:
    await hold(db, [report.attempt])
    state, reason = MEANINGS[report.state]
    has_left = report.state is not ReportState.REJECTED
    row = await fetch_one(db, APPLY, report.attempt, report.rank, state, reason, now, has_left)
    if row is None:
        return None
    if has_left:
        await count_again(db, report.attempt)
    else:
        await uncount(db, [report.attempt])
    return row
