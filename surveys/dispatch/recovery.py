"""What time undoes: leases that ended, windows that were missed, requests that are over. Never a burst.

Each verb is one short transaction that any number of workers may run at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from quality.db import Connection, execute, fetch, transaction, within
from quality.web.platform import closing_days_of
from surveys.dispatch.claims import hold, uncount
from surveys.dispatch.gate import (
    GATE,
    LEAVES_APART,
    LONG_AGO,
    PARTIES,
    REACHED,
    left_lately,
    left_with_it,
    of_request,
)
from surveys.protocol.calendar import Slot
from surveys.protocol.definition import Audience, Channel, load, of_version
from surveys.protocol.isolating import REQUESTS, each_apart
from surveys.protocol.planning import replan

Row = dict[str, Any]
MOST_CLAIMS = 5
BATCH = 500
OF_ATTEMPTS = replace(REQUESTS, key="invitation_id")

STOPPED = "SELECT id FROM attempt WHERE state IN ('claimed', 'sending') AND lease_until < now()"
MAY_HAVE_LEFT = "was.state = 'sending' AND a.channel <> ALL ($2::text[])"
IS_UNSURE = "(was.state = 'sending' OR a.reason = 'unsure')"
RECOVER = f"""
    UPDATE attempt a SET lease_until = NULL,
        state = CASE WHEN {MAY_HAVE_LEFT} THEN 'uncertain'
                     WHEN a.claims >= {MOST_CLAIMS} THEN 'dead' ELSE 'planned' END,
        reason = CASE WHEN {MAY_HAVE_LEFT} THEN a.reason
                      WHEN {IS_UNSURE} THEN 'unsure'
                      WHEN a.claims >= {MOST_CLAIMS} THEN 'claimed_too_often' ELSE a.reason END,
        sent_at = CASE WHEN was.state = 'sending' THEN coalesce(a.sent_at, $1) ELSE a.sent_at END
    FROM (SELECT id, state FROM attempt WHERE id IN ({STOPPED} AND id = ANY ($3::uuid[]))
          FOR NO KEY UPDATE SKIP LOCKED) was
    WHERE a.id = was.id
    RETURNING a.id, {IS_UNSURE} IS NOT TRUE AND a.channel <> 'phone' AS is_unsent
"""


async def recover(db: Connection, now: datetime, repeating: Sequence[str] = ("email",)) -> int:
    """Take back attempts whose worker stopped before the end.

    A message that was claimed never left: planned again and counted no more, dead when claimed five times. A
    call in an agent's hand may have been made and stays counted. Sending: an SMS may have left and waits for
    its report; on a channel that repeats, it goes again with the same key or Message-ID.
    """
    stopped = [row["id"] for row in await fetch(db, STOPPED)]
    if not stopped:
        return 0
    async with within(db) as one:
        await hold(one, stopped)
        rows = await fetch(one, RECOVER, now, list(repeating), stopped)
        await uncount(one, [row["id"] for row in rows if row["is_unsent"]])
    return len(rows)


# An answer, a refusal or a line that cancels the visit stops a message in a worker's hand, counted since its
# claim. A call that was stopped may have been made: the desk alone says of one that it was not.
UNSENT = """
    SELECT id FROM attempt WHERE state IN ('planned', 'deferred', 'suppressed', 'expired')
        AND counted_at IS NOT NULL AND sent_at IS NULL AND channel <> 'phone'
"""


async def uncount_unsent(db: Connection, limit: int = BATCH) -> int:
    """Count no more what was stopped between its claim and the call of its carrier, or waits again since."""
    found = [row["id"] for row in await fetch(db, f"{UNSENT} LIMIT $1", limit)]
    if found:
        async with within(db) as one:
            await hold(one, found)
            rows = await fetch(one, f"{UNSENT} AND id = ANY ($1::uuid[]) FOR NO KEY UPDATE", found)
            await uncount(one, [row["id"] for row in rows])
    return len(found)


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
    "merged": f"(NOT {LEAVES_APART} AND {left_with_it(LEFT)})",
}

WITHDRAW = f"""
    WITH found AS (
        SELECT a.id,
            CASE {" ".join(f"WHEN {rule} THEN '{why}'" for why, rule in WITHDRAWN.items())} END AS why
        FROM attempt a {PARTIES}
        WHERE a.state IN ('planned', 'deferred') AND a.opens_at <= $1 AND ({" OR ".join(WITHDRAWN.values())})
        LIMIT $2 FOR NO KEY UPDATE OF a SKIP LOCKED
    ), stopped AS (
        UPDATE attempt a SET state = 'suppressed', settled_at = $1, lease_until = NULL, reason = found.why
        FROM found WHERE a.id = found.id
        RETURNING a.id, a.invitation_id, a.reason
    ), mourned AS (
        SELECT DISTINCT invitation_id AS id FROM stopped WHERE reason = 'deceased'
    ), closed AS (
        UPDATE invitation i SET closed_at = $1, closed_reason = 'deceased'
        FROM mourned m WHERE i.id = m.id AND i.closed_at IS NULL
    ), tried_no_more AS (
        DELETE FROM unplanned_request WHERE id IN (SELECT id FROM mourned)
    ), calls AS (
        UPDATE call_case k SET state = 'done', outcome = 'deceased', closed_at = $1, agent_id = NULL,
            lease_until = NULL
        FROM mourned m WHERE k.invitation_id = m.id AND k.kind = 'survey'
          AND (k.state = 'open' OR (k.state = 'held' AND k.lease_until < now()))
    ), to_come AS (
        UPDATE attempt a SET state = 'suppressed', settled_at = $1, lease_until = NULL, reason = 'deceased'
        FROM mourned m WHERE {of_request("a", "m.id")} AND a.invitation_id = m.id
          AND a.state IN ('planned', 'deferred') AND a.id NOT IN (SELECT id FROM stopped)
    )
    SELECT invitation_id FROM stopped
"""


async def withdraw(db: Connection, now: datetime, limit: int = BATCH) -> int:
    """Suppress, with its reason, what is due and will never leave; after an outage, the steps overtaken.

    A death closes the request, whoever told it: there is nobody to wait for.
    """
    rows = await fetch(db, WITHDRAW, now, limit)
    await follow_calls(db, sorted({row["invitation_id"] for row in rows}), now)
    return len(rows)


# What held an attempt back until no hour was left: the gate's own line is why it never left.
HELD = {
    "complaint_open": GATE["no complaint is open"],
    "cap": f"({GATE['the endpoint is under the cap']} AND {GATE['the person is under the cap']})",
    "channel_held": GATE["nobody holds its channel"],
    "budget": GATE["the budget of the day is not spent"],
    "dead_endpoint": GATE["the endpoint works"],
    "address_changed": GATE["its endpoint is still the client's"],
}
WHY_OVER = f"""
    CASE WHEN {GATE["the client is at home"]} IS NOT TRUE THEN c.status
         {" ".join(f"WHEN {rule} IS NOT TRUE THEN '{why}'" for why, rule in HELD.items())}
         ELSE 'window_over' END
"""
# A request whose planning failed is looked at again later, and holds no other back.
IS_TRIED = "{} <> ALL (ARRAY(SELECT u.id FROM unplanned_request u WHERE u.retry_at > now()))"
PLACE_HOLDS = GATE["its place is still the client's"]
IS_TOO_SOON = f"(NOT {LONG_AGO} AND {left_lately(of_request('b'))})"
MISSED = f"""
    SELECT a.id, a.platform_id, a.invitation_id, a.channel, a.audience, c.departement, a.opens_at,
        a.give_up_at, v.definition,
        (SELECT max(b.counted_at) FROM attempt b
            WHERE {of_request("b")} AND {REACHED} AND b.id <> a.id) AS last_contact_at,
        {WHY_OVER} AS why_over
    FROM attempt a {PARTIES}
    LEFT JOIN protocol_version v ON v.id = i.protocol_id
    WHERE a.state IN ('planned', 'deferred') AND a.opens_at <= $1
      AND (a.closes_at <= $1 OR NOT ({PLACE_HOLDS}) OR {IS_TOO_SOON})
      AND {IS_TRIED.format("a.invitation_id")}
    ORDER BY a.closes_at LIMIT $2
    FOR NO KEY UPDATE OF a SKIP LOCKED
"""


async def reschedule(now: datetime, limit: int = BATCH) -> int:
    """Give attempts that missed their window the next one, or the final code of a window that is over.

    One whose client's place was corrected since has the hours of another place: it gets a window there. One
    whose step before left late, after an outage, waits until a day after it.
    """
    async with transaction("work") as db:
        rows = await fetch(db, MISSED, now, limit)
        if rows:
            await each_apart(db, rows, lambda some: _reschedule(db, some, now), OF_ATTEMPTS)
    return len(rows)


async def _reschedule(db: Connection, rows: Sequence[Row], now: datetime) -> None:
    slots = [_next(row, now, await closing_days_of(row["platform_id"], db)) for row in rows]
    await _move(db, [(row, slot) for row, slot in zip(rows, slots, strict=True) if slot is not None])
    over = [row for row, slot in zip(rows, slots, strict=True) if slot is None]
    requests = sorted({row["invitation_id"] for row in rows})
    await _expire(db, over, now)
    await follow_calls(db, requests, now)
    await forget_failures(db, requests)


async def forget_failures(db: Connection, requests: Sequence[object]) -> None:
    """Forget that the planning of requests failed, once it has not."""
    await execute(db, "DELETE FROM unplanned_request WHERE id = ANY ($1::uuid[])", list(requests))


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


async def _expire(db: Connection, over: Sequence[Row], now: datetime) -> None:
    await execute(
        db,
        """
        UPDATE attempt a SET state = 'expired', reason = k.why, lease_until = NULL, settled_at = $2
        FROM unnest($1::uuid[], $3::text[]) AS k (id, why) WHERE a.id = k.id
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
        SELECT a.id, {WHY_OVER} AS why FROM attempt a {PARTIES}
        WHERE i.id IN (SELECT id FROM closed) AND a.state IN ('planned', 'deferred')
    ), over AS (
        UPDATE attempt a SET state = 'expired', reason = waiting.why, lease_until = NULL, settled_at = $1
        FROM waiting WHERE a.id = waiting.id AND a.state IN ('planned', 'deferred')
    )
    SELECT count(*) AS closed FROM closed
"""


async def close_over(db: Connection, now: datetime, limit: int = BATCH) -> int:
    """Close the requests that are over, with the attempts and the calls that they still had."""
    return int((await fetch(db, CLOSE, now, limit))[0]["closed"])
