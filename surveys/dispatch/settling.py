"""What became of an attempt, written where it was claimed: `WHERE id AND fence`, one statement an outcome.

A `reason` of 'unsure' follows an e-mail that may have left: it stays, and keeps the contact counted.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from secrets import SystemRandom
from uuid import UUID

from quality.db import Connection, execute, fetch_value
from surveys.channels.message import ChannelError
from surveys.dispatch.claims import Claimed, uncount

MOST_ERRORS = 8
SHORTEST_WAIT, LONGEST_WAIT = 30.0, 3600.0
FAILURES_OF_A_DEAD_ENDPOINT = 2
_random = SystemRandom()


async def sent(db: Connection, receipts: Sequence[tuple[Claimed, str | None]], now: datetime) -> None:
    """Keep the carrier's receipts; a report that came first has said more, and stays."""
    await execute(
        db,
        """
        UPDATE attempt a SET carrier_reference = k.reference, sent_at = coalesce(sent_at, $4),
            lease_until = NULL, claims = 0,
            state = CASE WHEN state IN ('sending', 'uncertain') THEN 'sent' ELSE state END,
            reason = CASE WHEN state IN ('sending', 'uncertain') THEN NULL ELSE reason END
        FROM unnest($1::uuid[], $2::integer[], $3::text[]) AS k (id, fence, reference)
        WHERE a.id = ANY ($1) AND a.id = k.id AND a.fence = k.fence
          AND state IN ('sending', 'uncertain', 'sent', 'delivered', 'failed')
        """,
        [claimed.id for claimed, _ in receipts],
        [claimed.fence for claimed, _ in receipts],
        [reference for _, reference in receipts],
        now,
    )


async def refused(db: Connection, claimed: Claimed, error: ChannelError, now: datetime) -> None:
    """Apply what the carrier's error decides: give up, wait for a report, or try again later."""
    if error.permanent:
        await failed(db, claimed, "refused_by_carrier", now)
    elif error.uncertain:
        await uncertain(db, claimed, now)
    elif claimed.errors >= MOST_ERRORS:
        await failed(db, claimed, "unsure" if error.repeatable else "carrier_down", now)
    else:
        wait = delay(claimed.errors, error.retry_after, _random.random())
        await deferred(db, claimed, now + wait, is_unsure=error.repeatable)


def delay(errors: int, retry_after: float | None, drawn: float) -> timedelta:
    """Draw the wait before the next try: full jitter from 30 s to 1 h, never before what the carrier asked.

    >>> delay(0, None, 0.5), delay(20, None, 1.0), delay(0, 600, 0.0)
    (datetime.timedelta(seconds=45), datetime.timedelta(seconds=3600), datetime.timedelta(seconds=600))
    """
    ceiling = min(LONGEST_WAIT, SHORTEST_WAIT * 2 ** (errors + 1))
    wait = SHORTEST_WAIT + drawn * (ceiling - SHORTEST_WAIT)
    return timedelta(seconds=max(wait, retry_after or 0.0))


async def uncertain(db: Connection, claimed: Claimed, now: datetime) -> None:
    """Say that the carrier may have it: never repeated, settled by its report."""
    await execute(
        db,
        """
        UPDATE attempt SET state = 'uncertain', lease_until = NULL, sent_at = coalesce(sent_at, $3)
        WHERE id = $1 AND fence = $2 AND state = 'sending'
        """,
        claimed.id,
        claimed.fence,
        now,
    )


async def deferred(db: Connection, claimed: Claimed, not_before: datetime, *, is_unsure: bool) -> None:
    await execute(
        db,
        """
        UPDATE attempt SET state = 'deferred', lease_until = NULL, not_before = $3,
            errors = errors + 1, claims = 0,
            reason = CASE WHEN $4 OR reason = 'unsure' THEN 'unsure' ELSE 'carrier' END
        WHERE id = $1 AND fence = $2 AND state = 'sending'
        """,
        claimed.id,
        claimed.fence,
        not_before,
        is_unsure,
    )


async def failed(db: Connection, claimed: Claimed, reason: str, now: datetime) -> None:
    """Give this attempt up; the next steps of the request stay. What surely never left counts no more."""
    settled = await fetch_value(
        db,
        """
        UPDATE attempt SET state = 'failed', lease_until = NULL, settled_at = $4,
            reason = CASE WHEN reason = 'unsure' THEN 'unsure' ELSE $3 END
        WHERE id = $1 AND fence = $2 AND state IN ('claimed', 'sending') RETURNING reason
        """,
        claimed.id,
        claimed.fence,
        reason,
        now,
    )
    if settled is not None and settled != "unsure":
        await uncount(db, [claimed.id])
    await note_dead_endpoint(db, claimed.id, now)


async def note_dead_endpoint(db: Connection, attempt: UUID, now: datetime) -> None:
    """Stop using an endpoint whose two last messages the carrier refused or could not deliver.

    Two, since one refusal may be a fault of ours: a sender or a route that the carrier does not accept.
    """
    await execute(
        db,
        """
        UPDATE endpoint e SET failed_at = $2
        FROM attempt a
        WHERE a.id = $1 AND e.id = a.endpoint_id AND e.failed_at IS NULL AND $3 = (
            SELECT count(*) FROM (
                SELECT b.state, b.reason FROM attempt b
                WHERE b.endpoint_id = e.id AND b.channel = a.channel
                  AND b.state IN ('failed', 'delivered', 'sent')
                ORDER BY coalesce(b.settled_at, b.sent_at) DESC LIMIT $3) last
            WHERE last.state = 'failed' AND last.reason IN ('refused_by_carrier', 'undelivered'))
        """,
        attempt,
        now,
        FAILURES_OF_A_DEAD_ENDPOINT,
    )
