"""What became of an attempt, written where it was claimed: `WHERE id AND fence`, one statement an outcome.

What surely did not leave counts no more, and passes the gate anew. A `reason` of 'unsure' follows an e-mail
that may have left: it stays, and keeps the contact counted.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from secrets import SystemRandom
from typing import Literal
from uuid import UUID

from quality.db import Connection, execute, fetch_value, within
from surveys.channels.message import ChannelError
from surveys.dispatch.claims import Claimed, hold, uncount

MOST_ERRORS = 8
SHORTEST_WAIT, LONGEST_WAIT = 30.0, 3600.0
LONGEST_ASKED = 24 * 3600.0  # a carrier that asks for more is answered tomorrow
FAILURES_OF_A_DEAD_ENDPOINT = 2
# A carrier that took, or delivered, nothing for so long may have something against us.
LATELY = timedelta(hours=12)
_random = SystemRandom()
Proof = Literal["accepted_at", "delivered_at"]


async def sent(db: Connection, receipts: Sequence[tuple[Claimed, str | None]], now: datetime) -> None:
    """Keep the carrier's receipts; a report that came first has said more, and stays."""
    await execute(
        db,
        f"""
        WITH noted AS ({noting("accepted_at", "$4", "ANY ($5::text[])")})
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
        sorted({claimed.channel for claimed, _ in receipts}),
    )


def noting(column: str, now: str, channel: str) -> str:
    """Write that a carrier took a message, or delivered one: once a minute, a row for each channel."""
    return f"""
        UPDATE carrier_pace SET {column} = {now}::timestamptz
        WHERE channel = {channel} AND ({column} IS NULL
            OR {column} NOT BETWEEN {now}::timestamptz - interval '1 minute' AND {now}::timestamptz)
    """


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
        await deferred(db, claimed, now, wait, is_unsure=error.repeatable)


def delay(errors: int, retry_after: float | None, drawn: float) -> timedelta:
    """Draw the wait before the next try: full jitter from 30 s to 1 h, never before what the carrier asked.

    >>> delay(0, None, 0.5), delay(20, None, 1.0), delay(0, 600, 0.0)
    (datetime.timedelta(seconds=45), datetime.timedelta(seconds=3600), datetime.timedelta(seconds=600))
    >>> delay(0, float("inf"), 0.0)
    datetime.timedelta(days=1)
    """
    ceiling = min(LONGEST_WAIT, SHORTEST_WAIT * 2 ** (errors + 1))
    wait = SHORTEST_WAIT + drawn * (ceiling - SHORTEST_WAIT)
    return timedelta(seconds=max(wait, min(retry_after or 0.0, LONGEST_ASKED)))


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


async def deferred(
    db: Connection, claimed: Claimed, now: datetime, wait: timedelta, *, is_unsure: bool
) -> None:
    """Let it be tried again later; of what may have left, `sent_at` tells since when."""
    async with within(db) as one:
        await hold(one, [claimed.id])
        reason = await fetch_value(one, DEFER, claimed.id, claimed.fence, now + wait, is_unsure, now)
        if reason == "carrier":
            await uncount(one, [claimed.id])


DEFER = """
    UPDATE attempt SET state = 'deferred', lease_until = NULL, not_before = $3, errors = errors + 1,
        claims = 0, reason = CASE WHEN $4 OR reason = 'unsure' THEN 'unsure' ELSE 'carrier' END,
        sent_at = CASE WHEN $4 THEN coalesce(sent_at, $5) ELSE sent_at END
    WHERE id = $1 AND fence = $2 AND state = 'sending' RETURNING reason
"""


async def failed(db: Connection, claimed: Claimed, reason: str, now: datetime) -> None:
    """Give this attempt up; the next steps of the request stay."""
    async with within(db) as one:
        await hold(one, [claimed.id])
        settled = await fetch_value(one, FAIL, claimed.id, claimed.fence, reason, now)
        if settled is not None and settled != "unsure":
            await uncount(one, [claimed.id])
    await note_dead_endpoint(db, claimed.id, now, "accepted_at")


FAIL = """
    UPDATE attempt SET state = 'failed', lease_until = NULL, settled_at = $4,
        reason = CASE WHEN reason = 'unsure' THEN 'unsure' ELSE $3 END
    WHERE id = $1 AND fence = $2 AND state IN ('claimed', 'sending') RETURNING reason
"""


async def note_dead_endpoint(db: Connection, attempt: UUID, now: datetime, proof: Proof) -> None:
    """Stop writing to an endpoint whose two last messages the carrier refused or could not deliver.

    Two, and only while the carrier takes or delivers others: a refusal may be a fault of ours, a sender or a
    route that it does not accept. What expired at a telephone that is off says nothing of its number.
    """
    await execute(db, NOTE_DEAD.format(proof=proof), attempt, now, FAILURES_OF_A_DEAD_ENDPOINT, LATELY)


NOTE_DEAD = """
    UPDATE endpoint e SET failed_at = $2
    FROM attempt a JOIN carrier_pace h ON h.channel = a.channel
    WHERE a.id = $1 AND e.id = a.endpoint_id AND e.failed_at IS NULL
      AND h.{proof} > $2::timestamptz - $4::interval AND $3 = (
        SELECT count(*) FROM (
            SELECT b.state, b.reason FROM attempt b
            WHERE b.endpoint_id = e.id AND b.channel = a.channel
              AND b.state IN ('failed', 'delivered', 'sent')
            ORDER BY coalesce(b.settled_at, b.sent_at) DESC LIMIT $3) last
        WHERE last.state = 'failed' AND last.reason IN ('refused_by_carrier', 'undelivered'))
"""


async def note_delivery(db: Connection, attempt: UUID, now: datetime) -> None:
    """Write again to an endpoint put aside for its failures, to which a message was delivered after all.

    That a call found it to be somebody else's is not undone by it.
    """
    await execute(db, REVIVE, attempt)
    await execute(
        db, noting("delivered_at", "$2", "(SELECT channel FROM attempt WHERE id = $1)"), attempt, now
    )


REVIVE = """
    UPDATE endpoint e SET failed_at = NULL FROM attempt a
    WHERE a.id = $1 AND e.id = a.endpoint_id AND e.failed_at IS NOT NULL
"""
