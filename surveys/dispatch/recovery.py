"""What time undoes: leases that ended, windows that were missed, requests that are over. Never a burst.

Each verb is one short transaction that any number of workers may run at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from quality.db import Connection, execute, fetch, pool, transaction
from quality.web.platform import closing_days_of
from surveys.dispatch.claims import uncount
from surveys.dispatch.gate import GATE, PARTIES, none_left_with_it
from surveys.protocol.calendar import Slot
from surveys.protocol.definition import Audience, Channel, load, of_version
from surveys.protocol.isolating import REQUESTS, each_apart
from surveys.protocol.planning import replan

Row = dict[str, Any]
MOST_CLAIMS = 5
BATCH = 500
OF_ATTEMPTS = replace(REQUESTS, key="invitation_id")

MAY_HAVE_LEFT = "state = 'sending' AND channel <> ALL ($2::text[])"
RECOVER = f"""
    UPDATE attempt SET lease_until = NULL,
        state = CASE WHEN {MAY_HAVE_LEFT} THEN 'uncertain'
                     WHEN claims >= {MOST_CLAIMS} THEN 'dead' ELSE 'planned' END,
        reason = CASE WHEN {MAY_HAVE_LEFT} THEN reason
                      WHEN state = 'sending' OR reason = 'unsure' THEN 'unsure'
                      WHEN claims >= {MOST_CLAIMS} THEN 'claimed_too_often' ELSE reason END,
        sent_at = CASE WHEN {MAY_HAVE_LEFT} THEN coalesce(sent_at, $1) ELSE sent_at END
    WHERE id IN (SELECT id FROM attempt WHERE state IN ('claimed', 'sending') AND lease_until < now()
                 FOR NO KEY UPDATE SKIP LOCKED)
    RETURNING id
"""


async def recover(db: Connection, now: datetime, repeating: Sequence[str] = ("email",)) -> int:
    """Take back attempts whose worker stopped before the end.

    Claimed: planned again and still counted, dead when claimed five times. Sending: an SMS or a call may have
    left and waits for its report; on a channel that repeats, it goes again with the same key or Message-ID.
    """
    return len(await fetch(db, RECOVER, now, list(repeating)))


# The carrier was told to drop the message when its window ends: a day after, no report will come any more.
UNREPORTED = """
    UPDATE attempt SET state = 'failed', reason = 'unsure', settled_at = $1
    WHERE state = 'uncertain' AND closes_at < $1::timestamptz - interval '1 day' RETURNING id
"""


async def settle_unreported(db: Connection, now: datetime) -> int:
    """Give up what may have left and was never reported; it stays counted, and a late report holds."""
    return len(await fetch(db, UNREPORTED, now))


LEFT = "'sent', 'delivered', 'uncertain'"
# Why an attempt will never pass the gate; what may pass (a hospital stay, a cap) waits for the window to end.
WITHDRAWN = {
    "closed": f"NOT ({GATE['the request is open']})",
    "answered": f"NOT {GATE['this audience has not answered']}",
    "refused": f"NOT ({GATE['the endpoint has not refused']} AND {GATE['the person has not refused']})",
    "contact_no": f"NOT {GATE['the client may be asked']}",
    "deceased": f"(c.status = 'deceased' OR NOT ({GATE['the person is not deceased']}))",
    "late": f"NOT {GATE['no later step is due or gone']}",
    "merged": f"NOT {none_left_with_it(LEFT)}",
}

WITHDRAW = f"""
    WITH found AS (
        SELECT a.id, a.reason AS before,
            CASE {" ".join(f"WHEN {rule} THEN '{why}'" for why, rule in WITHDRAWN.items())} END AS why
        FROM attempt a {PARTIES}
        WHERE a.state IN ('planned', 'deferred') AND a.opens_at <= $1 AND ({" OR ".join(WITHDRAWN.values())})
        LIMIT $2 FOR NO KEY UPDATE OF a SKIP LOCKED
    )
    UPDATE attempt a SET state = 'suppressed', settled_at = $1, lease_until = NULL, reason = found.why
    FROM found WHERE a.id = found.id
    RETURNING a.id, a.invitation_id, found.before
"""


async def withdraw(db: Connection, now: datetime, limit: int = BATCH) -> int:
    """Suppress, with its reason, what is due and will never leave; after an outage, the steps overtaken."""
    rows = await fetch(db, WITHDRAW, now, limit)
    await _uncount_unsent(db, rows)
    await follow_calls(db, sorted({row["invitation_id"] for row in rows}), now)
    return len(rows)


# What held an attempt back until no hour was left: the gate's own line is why it never left.
HELD = {
    "complaint_open": GATE["no complaint is open"],
    "cap": f"({GATE['the endpoint is under the cap']} AND {GATE['the person is under the cap']})",
    "channel_held": GATE["nobody holds its channel"],
    "budget": GATE["the budget of the day is not spent"],
    "dead_endpoint": GATE["the endpoint works"],
}
WHY_OVER = f"""
    CASE WHEN {GATE["the client is at home"]} IS NOT TRUE THEN c.status
         {" ".join(f"WHEN {rule} IS NOT TRUE THEN '{why}'" for why, rule in HELD.items())}
         ELSE 'window_over' END
"""
# A request whose planning failed is looked at again later, and holds no other back.
IS_TRIED = "{} <> ALL (ARRAY(SELECT u.id FROM unplanned_request u WHERE u.retry_at > now()))"
PLACE_HOLDS = GATE["its place is still the client's"]
MISSED = f"""
    SELECT a.id, a.platform_id, a.invitation_id, a.channel, a.audience, c.departement, a.opens_at,
        a.give_up_at, v.definition,
        (SELECT max(b.counted_at) FROM attempt b
            WHERE b.invitation_id = a.invitation_id AND b.id <> a.id
                AND b.state IN ('sending', 'sent', 'delivered', 'uncertain')) AS last_contact_at,
        {WHY_OVER} AS why_over
    FROM attempt a {PARTIES}
    LEFT JOIN protocol_version v ON v.id = i.protocol_id
    WHERE a.state IN ('planned', 'deferred') AND a.opens_at <= $1
      AND (a.closes_at <= $1 OR NOT ({PLACE_HOLDS})) AND {IS_TRIED.format("a.invitation_id")}
    ORDER BY a.closes_at LIMIT $2
    FOR NO KEY UPDATE OF a SKIP LOCKED
"""


async def reschedule(now: datetime, limit: int = BATCH) -> int:
    """Give attempts that missed their window the next one, or the final code of a window that is over.

    One whose client's place was corrected since has the hours of another place: it gets a window there.
    """
    expired: list[Row] = []

    async def of_some(some: Sequence[Row]) -> None:
        expired.extend(await _reschedule(db, some, now))

    async with transaction("work") as db:
        rows = await fetch(db, MISSED, now, limit)
        if rows:
            await each_apart(db, rows, of_some, OF_ATTEMPTS)
    await _uncount_unsent(pool("work"), expired)
    return len(rows)


async def _reschedule(db: Connection, rows: Sequence[Row], now: datetime) -> list[Row]:
    slots = [_next(row, now, await closing_days_of(row["platform_id"], db)) for row in rows]
    await _move(db, [(row, slot) for row, slot in zip(rows, slots, strict=True) if slot is not None])
    over = [row for row, slot in zip(rows, slots, strict=True) if slot is None]
    requests = sorted({row["invitation_id"] for row in rows})
    expired = await _expire(db, over, now)
    await follow_calls(db, requests, now)
    await forget_failures(db, requests)
    return expired


async def forget_failures(db: Connection, requests: Sequence[object]) -> None:
    """Forget that the planning of requests failed, once it has not."""
    await execute(db, "DELETE FROM unplanned_request WHERE id = ANY ($1::uuid[])", list(requests))


async def _uncount_unsent(db: Connection, settled: Sequence[Row]) -> None:
    await uncount(db, [row["id"] for row in settled if row["before"] != "unsure"])


def _next(row: Row, now: datetime, closed: frozenset[date]) -> Slot | None:
    default = load("default").without_calls_on(closed)
    protocol = of_version(row["definition"]).without_calls_on(closed) if row["definition"] else default
    channel = Channel(row["channel"])
    audiences = protocol.windows.by_channel.get(channel) or default.windows.by_channel[channel]
    window = audiences.window(Audience(row["audience"]))
    missed = MissedAttempt(row["opens_at"], row["give_up_at"])
    return replan(missed, row["departement"], window, now, row["last_contact_at"])


@dataclass(frozen=True, slots=True)
class MissedAttempt:
    """What replanning reads of a stored attempt."""

    opens_at: datetime
    give_up_at: datetime


async def _move(db: Connection, moved: Sequence[tuple[Row, Slot]]) -> None:
    await execute(
        db,
        """
        UPDATE attempt a SET opens_at = k.opens_at, closes_at = k.closes_at, departement = k.departement
        FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::text[])
            AS k (id, opens_at, closes_at, departement)
        WHERE a.id = k.id
        """,
        [row["id"] for row, _ in moved],
        [slot.opens_at for _, slot in moved],
        [slot.closes_at for _, slot in moved],
        [row["departement"] for row, _ in moved],
    )


async def _expire(db: Connection, over: Sequence[Row], now: datetime) -> list[Row]:
    return await fetch(
        db,
        """
        WITH found AS (
            SELECT a.id, a.reason, k.why FROM unnest($1::uuid[], $3::text[]) AS k (id, why)
            JOIN attempt a ON a.id = k.id
        )
        UPDATE attempt a SET state = 'expired', reason = found.why, lease_until = NULL, settled_at = $2
        FROM found WHERE a.id = found.id RETURNING a.id, found.reason AS before
        """,
        [row["id"] for row in over],
        now,
        [row["why_over"] for row in over],
    )


async def follow_calls(db: Connection, invitations: Sequence[object], now: datetime) -> None:
    """Keep the desk's cases due when their next planned call is; without one left, they are done."""
    await execute(
        db,
        """
        WITH next AS (
            SELECT DISTINCT ON (invitation_id) invitation_id, id, opens_at FROM attempt
            WHERE invitation_id = ANY ($1::uuid[]) AND channel = 'phone' AND state IN ('planned', 'deferred')
            ORDER BY invitation_id, opens_at, id
        )
        UPDATE call_case k SET next_due_at = next.opens_at, attempt_id = next.id
        FROM next WHERE k.invitation_id = next.invitation_id AND k.kind = 'survey' AND k.state = 'open'
          AND k.closes_at > next.opens_at
        """,
        list(invitations),
    )
    await execute(
        db,
        """
        UPDATE call_case k SET state = 'done', outcome = 'window_over', closed_at = $2
        WHERE k.invitation_id = ANY ($1::uuid[]) AND k.kind = 'survey' AND k.state = 'open' AND NOT EXISTS (
            SELECT 1 FROM attempt a WHERE a.invitation_id = k.invitation_id AND a.channel = 'phone'
                AND a.state IN ('planned', 'deferred', 'claimed', 'sending'))
        """,
        list(invitations),
        now,
    )


CLOSE = f"""
    WITH closed AS (
        UPDATE invitation SET closed_at = $1,
            closed_reason = CASE WHEN answered_at IS NULL THEN 'expired' ELSE 'answered' END
        WHERE id IN (SELECT id FROM invitation WHERE closed_at IS NULL AND closes_at <= $1
                     ORDER BY closes_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED)
        RETURNING id
    ), tried_no_more AS (
        DELETE FROM unplanned_request WHERE id IN (SELECT id FROM closed)
    ), calls AS (
        UPDATE call_case k SET state = 'done', outcome = 'expired', closed_at = $1, agent_id = NULL,
            lease_until = NULL
        FROM closed WHERE k.invitation_id = closed.id AND k.kind = 'survey'
          AND (k.state = 'open' OR (k.state = 'held' AND k.lease_until < now()))
    ), waiting AS (
        SELECT a.id, a.reason AS before, {WHY_OVER} AS why FROM attempt a {PARTIES}
        WHERE i.id IN (SELECT id FROM closed) AND a.state IN ('planned', 'deferred')
    ), over AS (
        UPDATE attempt a SET state = 'expired', reason = waiting.why, lease_until = NULL, settled_at = $1
        FROM waiting WHERE a.id = waiting.id AND a.state IN ('planned', 'deferred')
        RETURNING a.id, waiting.before
    )
    SELECT (SELECT count(*) FROM closed) AS closed,
           ARRAY(SELECT id FROM over WHERE before IS DISTINCT FROM 'unsure') AS unsent
"""


async def close_over(db: Connection, now: datetime, limit: int = BATCH) -> int:
    """Close the requests that are over, with the attempts and the calls that they still had."""
    row = (await fetch(db, CLOSE, now, limit))[0]
    await uncount(db, row["unsent"])
    return int(row["closed"])
