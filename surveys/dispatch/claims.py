"""The claim: what may leave now is locked, counted and leased by one statement, or it does not leave.

The attempt, its endpoint and its person are locked as they are looked at, and their counters stand on the
locked rows: a claimer sees what the one before it counted (READ COMMITTED re-evaluates a locked row), so no
cap is passed. What is read of other attempts is older, and is believed only of people whom nobody counted
meanwhile. A complaint may be missing, and such a row cannot be locked where it is joined: it is locked
next, and its lines are read again on the locked row. So is the budget of a channel, where there is one: what
another claimer is spending waits for the next claim.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from quality.db import Connection, execute, fetch, within
from surveys.dispatch.gate import (
    ANY,
    CHECKED_AGAIN,
    CIPHER,
    DAY,
    GATE,
    JOINED,
    OF_ITS_COMPLAINT,
    PLACE,
    RECENT_KEPT,
    SPENT,
    lines_of,
    of_request,
    of_span,
)

LEASE = timedelta(seconds=60)
DAYS_KEPT = 8  # of what a budget spent

# What an attempt says alone.
WAITS = ("it waits", "its window is open", "its window is not over", "the carrier's delay is over")

# The attempts of one request are in one partition, known before the statement runs.
ONE = "$6::uuid"
SPAN = ("$7::uuid", "$8::uuid")
OF_ALL, OF_ONE = f"{ONE} IS NULL AND {of_span('a', SPAN)}", of_request("a", ONE)
CLAIM_GATE = lines_of(ANY, SPAN)


def statement(gate: Mapping[str, str] = CLAIM_GATE, whose: str = OF_ALL) -> str:
    """Write the claim: $1 now, $2 channels, $3 worker, $4 limit, $5 lease, $6 one invitation, or none.

    $7 and $8 are the span of what is due, where it is not one invitation's. `looked_at` goes through the
    index of what waits, in order, until enough may leave.
    """
    predicates = "\n AND ".join(gate.values())
    of_complaint = " AND ".join(["true", *(gate[name] for name in OF_ITS_COMPLAINT if name in gate)])
    return f"""
    WITH looked_at AS MATERIALIZED (
        SELECT c.* FROM unnest($2::text[]) AS wanted (channel) CROSS JOIN LATERAL (
            SELECT a.id, a.platform_id, a.channel, a.endpoint_id, a.person_id, a.opens_at, a.purpose,
                   a.counted_at, i.complaint_id, i.questionnaire_id, i.mode, i.activity, i.protocol_id,
                   i.language, i.provider_name, i.provider_short_name, i.visit_on,
                   {PLACE} AS place, {CIPHER} AS cipher
            FROM attempt a {JOINED}
            WHERE a.channel = wanted.channel AND {whose} AND {predicates}
            ORDER BY a.opens_at, a.id LIMIT $4 FOR NO KEY UPDATE OF a, e, p SKIP LOCKED) c
        ORDER BY c.opens_at, c.id LIMIT $4
    ),
    once_an_endpoint AS (
        SELECT DISTINCT ON (endpoint_id) * FROM looked_at ORDER BY endpoint_id, opens_at, id
    ),
    once_a_person AS (
        SELECT DISTINCT ON (person_id) * FROM once_an_endpoint ORDER BY person_id, opens_at, id
    ),
    budget AS MATERIALIZED (
        SELECT id, platform_id, channel, per_day - {SPENT} AS remains
        FROM channel_setting s WHERE channel = ANY ($2::text[]) AND per_day IS NOT NULL
        ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
    ),
    ranked AS (
        SELECT *, count(*) FILTER (WHERE counted_at IS NULL)
            OVER (PARTITION BY platform_id, channel ORDER BY opens_at, id) AS spending FROM once_a_person
    ),
    chosen AS MATERIALIZED (
        SELECT r.* FROM ranked r
        LEFT JOIN channel_setting s ON s.platform_id = r.platform_id AND s.channel = r.channel
        LEFT JOIN budget b ON b.id = s.id
        WHERE s.per_day IS NULL OR r.counted_at IS NOT NULL OR r.spending <= b.remains
    ),
    followed AS MATERIALIZED (
        SELECT id, contacts, state FROM complaint WHERE id IN (SELECT complaint_id FROM chosen)
        ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
    ),
    allowed AS MATERIALIZED (
        SELECT a.*, a.counted_at IS NULL AS is_new,
               a.purpose = 'survey' AND a.counted_at IS NULL AS is_contact
        FROM chosen a LEFT JOIN followed m ON m.id = a.complaint_id
        WHERE (a.complaint_id IS NULL OR m.id IS NOT NULL) AND {of_complaint}
    ),
    counted AS (SELECT * FROM allowed WHERE is_contact),
    endpoint_counted AS (
        UPDATE endpoint e SET recent = (array_prepend($1::timestamptz, e.recent))[1:{RECENT_KEPT}]
        FROM counted WHERE e.id = counted.endpoint_id
    ),
    person_counted AS (
        UPDATE person p SET recent = (array_prepend($1::timestamptz, p.recent))[1:{RECENT_KEPT}]
        FROM counted WHERE p.id = counted.person_id
    ),
    complaint_counted AS (
        UPDATE complaint SET contacts = contacts + 1
        WHERE id IN (SELECT complaint_id FROM allowed WHERE is_new)
    ),
    budget_spent AS (
        UPDATE channel_setting s SET spent = (
            SELECT coalesce(jsonb_object_agg(d.day, d.messages), '{{}}')
            FROM jsonb_each(s.spent) AS d (day, messages) WHERE d.day::date > {DAY} - {DAYS_KEPT}
        ) || jsonb_build_object(to_char({DAY}, 'YYYY-MM-DD'), {SPENT} + n.messages)
        FROM budget b JOIN (SELECT platform_id, channel, count(*) AS messages FROM allowed WHERE is_new
                            GROUP BY platform_id, channel) n USING (platform_id, channel)
        WHERE s.id = b.id
    ),
    logged AS (
        INSERT INTO contact_event (id, platform_id, person_id, endpoint_id, attempt_id, channel, at)
        SELECT id, platform_id, person_id, endpoint_id, id, channel, $1 FROM counted
        ON CONFLICT (attempt_id) DO NOTHING
    ),
    claimed AS (
        UPDATE attempt a SET state = 'claimed', claimed_by = $3, lease_until = now() + $5::interval,
            not_before = NULL, fence = a.fence + 1, claims = a.claims + 1,
            counted_at = coalesce(a.counted_at, $1),
            reason = CASE WHEN a.reason = 'unsure' THEN 'unsure' END
        FROM allowed k WHERE a.id = k.id AND {whose}
        RETURNING a.id, a.fence, a.platform_id, a.purpose, k.complaint_id, a.invitation_id, a.client_id,
            a.endpoint_id, a.channel, a.audience, a.template, a.step, a.try_number, a.closes_at, a.opens_at,
            a.errors, a.departement, k.questionnaire_id, k.mode, k.activity, k.protocol_id,
            k.language, k.provider_name, k.provider_short_name, k.visit_on, k.place, k.cipher
    )
    SELECT a.id, a.fence, a.platform_id, a.purpose, a.complaint_id, a.invitation_id, a.client_id,
           a.endpoint_id, a.channel, a.audience, a.template, a.step, a.try_number, a.closes_at,
           a.errors, a.departement, a.questionnaire_id, a.mode, a.activity, a.protocol_id,
           a.language, a.provider_name, a.provider_short_name, a.visit_on, a.place, a.cipher
    FROM claimed a
    ORDER BY a.opens_at, a.id
    """


class Claimed(msgspec.Struct, frozen=True):
    """One attempt that may leave now, with what its message says.

    `place` and `cipher` are the address in the client's line; of what follows a complaint, None when it
    changed since.
    """

    id: UUID
    fence: int
    platform_id: UUID
    invitation_id: UUID
    client_id: UUID
    endpoint_id: UUID
    channel: str
    audience: str
    template: str
    step: int
    try_number: int
    closes_at: datetime
    errors: int
    departement: str
    questionnaire_id: UUID | None
    mode: str
    activity: str
    protocol_id: UUID | None
    language: str
    provider_name: str
    provider_short_name: str
    visit_on: date
    place: str | None
    cipher: bytes | None
    purpose: str = "survey"
    complaint_id: UUID | None = None


CLAIM, CLAIM_ONE = statement(), statement(lines_of(ONE, SPAN), OF_ONE)


Span = tuple[UUID, UUID]
DUE = f"""
    SELECT child_id(min(a.id::text COLLATE "C")::uuid, 0) AS first,
           child_id(max(a.id::text COLLATE "C")::uuid, 255) AS last
    FROM attempt a WHERE a.channel = ANY ($2::text[]) AND {" AND ".join(GATE[name] for name in WAITS)}
"""


async def span(db: Connection, channels: Sequence[str], now: datetime) -> Span | None:
    """Read between which ids the requests lie of which something is due; None where nothing is.

    What waits tells the months that a claim must read. A worker claims within one span until nothing is left
    there, or until what became due since must be found too.
    """
    row = (await fetch(db, DUE, now, list(channels)))[0]
    return (row["first"], row["last"]) if row["first"] else None


async def claim(
    db: Connection,
    channels: Sequence[str],
    worker: str,
    limit: int,
    now: datetime,
    *,
    invitation: UUID | None = None,
    within: Span | None = None,
    lease: timedelta = LEASE,
) -> list[Claimed]:
    """Claim what is due on some channels, one attempt an endpoint and a person, maybe of one request only.

    `within` is the span, where it was read before.
    """
    given = (now, list(channels), worker, limit, lease, invitation)
    if invitation is not None:
        rows = await fetch(db, CLAIM_ONE, *given)
    elif found := within or await span(db, channels, now):
        rows = await fetch(db, CLAIM, *given, *found)
    else:
        rows = []
    return [Claimed(**row) for row in rows]


def starting(lines: Iterable[str] = CHECKED_AGAIN) -> str:
    """Write the start: $1 now, $2 attempts, $3 their fences, $4 lease."""
    return f"""
    UPDATE attempt a SET state = 'sending', lease_until = now() + $4::interval
    FROM unnest($2::uuid[], $3::integer[]) AS k (id, fence), client c, endpoint e, person p,
        invitation i LEFT JOIN complaint m ON m.id = i.complaint_id
    WHERE a.id = ANY ($2) AND a.id = k.id AND a.fence = k.fence AND a.state = 'claimed'
      AND a.lease_until > now()
      AND i.id = a.invitation_id AND c.id = a.client_id AND e.id = a.endpoint_id AND p.id = a.person_id
      AND {" AND ".join(GATE[name] for name in lines)}
    RETURNING a.id
    """


START = starting()


async def start(
    db: Connection, claimed: Sequence[Claimed], now: datetime, lease: timedelta = LEASE
) -> set[UUID]:
    """Write that the carrier is about to be called; return those that no refusal nor answer stopped."""
    rows = await fetch(db, START, now, [one.id for one in claimed], [one.fence for one in claimed], lease)
    return {row["id"] for row in rows}


async def release(db: Connection, claimed: Sequence[Claimed], not_before: datetime | None = None) -> None:
    """Give back what was claimed and never started: planned again, and counted no more."""
    await _back(db, claimed, ("claimed",), not_before)


async def put_back(db: Connection, claimed: Sequence[Claimed]) -> None:
    """Give back what was claimed, started or not, and for which no carrier was called."""
    await _back(db, claimed, ("claimed", "sending"), None)


async def _back(
    db: Connection, claimed: Sequence[Claimed], states: Sequence[str], not_before: datetime | None
) -> None:
    if not claimed:
        return
    attempts = [one.id for one in claimed]
    async with within(db) as one:
        await hold(one, attempts)
        rows = await fetch(one, BACK, attempts, [each.fence for each in claimed], not_before, list(states))
        await uncount(one, [row["id"] for row in rows if row["reason"] != "unsure"])


BACK = """
    UPDATE attempt a SET state = 'planned', lease_until = NULL, not_before = $3,
        claims = greatest(a.claims - 1, 0)
    FROM unnest($1::uuid[], $2::integer[]) AS k (id, fence)
    WHERE a.id = k.id AND a.fence = k.fence AND a.state = ANY ($4::text[]) RETURNING a.id, a.reason
"""


async def hold(db: Connection, attempts: Sequence[UUID]) -> None:
    """Lock the people and the endpoints of attempts before these are written, in the order of a refusal."""
    await execute(
        db,
        """
        SELECT p.id FROM attempt a JOIN person p ON p.id = a.person_id JOIN endpoint e ON e.id = a.endpoint_id
        WHERE a.id = ANY ($1::uuid[]) ORDER BY p.id, e.id FOR NO KEY UPDATE OF p, e
        """,
        list(attempts),
    )


def _without(recent: str) -> str:
    """Write a row's times less those of `g.times`: of two at one instant, only as many as are taken back."""
    return f"""ARRAY(
                SELECT e.at FROM (SELECT at, row_number() OVER (PARTITION BY at) AS nth
                                  FROM unnest({recent}) AS at) e
                WHERE e.nth > (SELECT count(*) FROM unnest(g.times) AS t WHERE t = e.at)
                ORDER BY e.at DESC)"""


async def uncount(db: Connection, attempts: Sequence[UUID]) -> None:
    """Take back the contacts of attempts that never left; each goes once, with its event."""
    if attempts:
        await execute(db, UNCOUNT, list(attempts))


UNCOUNT = f"""
    WITH freed AS (
        UPDATE attempt a SET counted_at = NULL
        FROM (SELECT id, counted_at FROM attempt WHERE id = ANY ($1::uuid[]) AND counted_at IS NOT NULL
              FOR NO KEY UPDATE) was
        WHERE a.id = ANY ($1::uuid[]) AND a.id = was.id
        RETURNING a.platform_id, a.channel, a.invitation_id, was.counted_at
    ), gone AS (
        DELETE FROM contact_event WHERE attempt_id = ANY ($1::uuid[]) RETURNING person_id, endpoint_id, at
    ), unspent AS (
        UPDATE channel_setting s SET spent = s.spent || (
            SELECT jsonb_object_agg(d.day,
                greatest(0, coalesce((s.spent ->> d.day)::integer, 0) - d.messages::integer))
            FROM jsonb_each_text(n.days) AS d (day, messages))
        FROM (SELECT platform_id, channel, jsonb_object_agg(day, messages) AS days FROM (
                  SELECT platform_id, channel, count(*) AS messages,
                         to_char(counted_at AT TIME ZONE 'Europe/Paris', 'YYYY-MM-DD') AS day
                  FROM freed GROUP BY 1, 2, 4) one GROUP BY 1, 2) n
        WHERE s.platform_id = n.platform_id AND s.channel = n.channel AND s.spent <> '{{}}'
    ), of_complaint AS (
        UPDATE complaint m SET contacts = greatest(0, m.contacts - u.times)
        FROM (SELECT i.complaint_id, count(*) AS times
              FROM freed f JOIN invitation i ON i.id = f.invitation_id GROUP BY i.complaint_id) u
        WHERE m.id = u.complaint_id
    ), of_person AS (
        UPDATE person p SET recent = {_without("p.recent")}
        FROM (SELECT person_id, array_agg(at) AS times FROM gone GROUP BY person_id) g
        WHERE p.id = g.person_id
    )
    UPDATE endpoint e SET recent = {_without("e.recent")}
    FROM (SELECT endpoint_id, array_agg(at) AS times FROM gone GROUP BY endpoint_id) g
    WHERE e.id = g.endpoint_id
"""


def _with(recent: str) -> str:
    """Write a row's times with that of `k`, the latest first."""
    times = f"unnest(array_append({recent}, k.counted_at))"
    return f"ARRAY(SELECT at FROM {times} AS at ORDER BY at DESC LIMIT {RECENT_KEPT})"


async def count_again(db: Connection, attempt: UUID) -> None:
    """Count the contact of an attempt that was taken back and left after all, at the instant it left.

    Its person and its endpoint are held (`hold`), and its `sent_at` is written; one that counts, counts once.
    """
    await execute(db, COUNT_AGAIN, attempt)


COUNT_AGAIN = f"""
    WITH counted AS (
        UPDATE attempt SET counted_at = sent_at WHERE id = $1 AND counted_at IS NULL
        RETURNING id, platform_id, channel, purpose, invitation_id, person_id, endpoint_id, counted_at,
            to_char(counted_at AT TIME ZONE 'Europe/Paris', 'YYYY-MM-DD') AS day
    ), contact AS (
        INSERT INTO contact_event (id, platform_id, person_id, endpoint_id, attempt_id, channel, at)
        SELECT id, platform_id, person_id, endpoint_id, id, channel, counted_at FROM counted
        WHERE purpose = 'survey' ON CONFLICT (attempt_id) DO NOTHING
        RETURNING person_id, endpoint_id, at AS counted_at
    ), spent AS (
        UPDATE channel_setting s
        SET spent = s.spent || jsonb_build_object(k.day, coalesce((s.spent ->> k.day)::integer, 0) + 1)
        FROM counted k
        WHERE s.platform_id = k.platform_id AND s.channel = k.channel AND s.per_day IS NOT NULL
    ), of_complaint AS (
        UPDATE complaint m SET contacts = m.contacts + 1
        FROM counted k JOIN invitation i ON i.id = k.invitation_id WHERE m.id = i.complaint_id
    ), of_person AS (
        UPDATE person p SET recent = {_with("p.recent")} FROM contact k WHERE p.id = k.person_id
    )
    UPDATE endpoint e SET recent = {_with("e.recent")} FROM contact k WHERE e.id = k.endpoint_id
"""
