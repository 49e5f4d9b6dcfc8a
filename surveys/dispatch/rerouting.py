"""A number or an address that died, or is its client's no more: what is left is planned for the others.

Messages to a telephone may fail while it rings: its calls go on. One that is somebody else's is used no more.
One that the client's line tells no more is found when something is due there: the rest goes to those that it
tells now. Any number of workers may do it at once: attempts are named by their step, so what was planned
already is only planned again, and what began meanwhile stays. A dead endpoint is marked last: a worker that
stops before is followed by another. A planner reads a number without a lock: it may die and be gone round
before what was planned for it is there to see. That too is found when it is due, as are the requests whose
planning failed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from uuid import UUID

import msgspec

from quality.db import Connection, execute, fetch, pool, transaction
from quality.directory.undecided import ENDED
from quality.ids import uuid7_floor
from quality.web.platform import closing_days_of
from surveys.dispatch.gate import GATE, of_request
from surveys.dispatch.recovery import IS_TRIED, follow_calls, forget_failures
from surveys.protocol import ledger
from surveys.protocol.addressing import contacts_of, endpoints_of
from surveys.protocol.definition import Channel, Protocol, of_version
from surveys.protocol.isolating import REQUESTS as APART
from surveys.protocol.isolating import each_apart
from surveys.protocol.ledger import Row
from surveys.protocol.reaching import line_of
from surveys.protocol.rerouting import Rest, rest_of

BATCH = 200
LONGEST_REQUEST = timedelta(days=60)

# When something was last found of an endpoint: messages to it fail, or it is somebody else's.
FOUND_AT = "greatest(e.failed_at, e.wrong_at)"
DIED = f"""
    SELECT e.id, {FOUND_AT} AS found_at FROM endpoint e
    WHERE {FOUND_AT} IS NOT NULL AND {FOUND_AT} IS DISTINCT FROM e.replanned_at
    ORDER BY {FOUND_AT} LIMIT $1
"""
# Whom a request may still ask. What nobody may be asked any more is withdrawn with its own reason.
STILL_ASKED = f"""
    FROM invitation r JOIN client c ON c.id = r.client_id JOIN person p ON p.id = c.person_id
    LEFT JOIN intervention i ON i.id = r.occasion_id
    JOIN protocol_version v ON v.id = r.protocol_id
    WHERE r.closed_at IS NULL AND r.closes_at > $2
      AND c.contact IS DISTINCT FROM 'no' AND p.deceased_at IS NULL
      AND (p.refused_at IS NULL OR r.audience <> 'client') AND NOT EXISTS (
        SELECT 1 FROM response s WHERE {of_request("s", "r.id")} AND s.invitation_id = r.id
            AND (s.respondent = 'client') = (r.audience = 'client'))
"""
# A line that was sent again since the request was made moves none of its delays; those of a year run from the
# request itself.
REQUESTS = f"""
    SELECT r.id, r.platform_id, r.client_id, c.person_id, r.audience, r.arm, r.language, r.closes_at,
        c.departement, c.contact, c.mobile_key, c.phone_key, c.email_key, c.relative_phone_key,
        c.relative_phone_is_mobile, c.relative_email_key, coalesce({ENDED}, r.created_at) AS ended_at,
        least(greatest(i.received_at, i.updated_at), r.created_at) AS arrived_at, v.definition
    {STILL_ASKED} AND r.id = ANY ($1::uuid[])
    ORDER BY r.id
"""
# Why an endpoint reaches its person no more by the channel of an attempt.
WHY_LOST = f"""
    CASE WHEN NOT {GATE["its endpoint is still the client's"]} THEN 'address_changed'
         WHEN NOT {GATE["the endpoint works"]} THEN 'dead_endpoint' END
"""
# What is due where the client's line tells another number or address, or where one died unseen by a planner.
STRANDED = f"""
    SELECT DISTINCT a.invitation_id AS id
    FROM attempt a JOIN client c ON c.id = a.client_id JOIN endpoint e ON e.id = a.endpoint_id
    WHERE a.channel = ANY ($4::text[]) AND a.opens_at <= $2 AND a.state IN ('planned', 'deferred')
      AND a.purpose = 'survey' AND a.id >= $3
      AND ({WHY_LOST} = 'address_changed'
           OR ({WHY_LOST} = 'dead_endpoint' AND {FOUND_AT} IS NOT DISTINCT FROM e.replanned_at))
      AND {IS_TRIED.format("a.invitation_id")}
      AND EXISTS (SELECT 1 {STILL_ASKED} AND r.id = a.invitation_id)
    LIMIT $1
"""
SETTLE = f"""
    UPDATE endpoint e SET replanned_at = k.found_at
    FROM unnest($1::uuid[], $2::timestamptz[]) AS k (id, found_at)
    WHERE e.id = k.id AND {FOUND_AT} = k.found_at
"""


async def reroute(now: datetime, limit: int = BATCH) -> int:
    """Plan again what is left of open requests whose endpoints died, or are their client's no more.

    Return how many endpoints died, and how many requests were found with something due at a lost one.
    """
    died = await fetch(pool("work"), DIED, limit)
    since = uuid7_floor(now - LONGEST_REQUEST)
    stranded = await fetch(pool("work"), STRANDED, limit, now, since, list(Channel))
    if died or stranded:
        lost = Lost([row["id"] for row in died], [row["id"] for row in stranded])
        async with transaction("work") as db:
            await _go_round(db, lost, now)
        await execute(pool("work"), SETTLE, lost.endpoints, [row["found_at"] for row in died])
    return len(died) + len(stranded)


@dataclass(frozen=True, slots=True)
class Lost:
    """Endpoints that died, and requests that have something due at one that is lost."""

    endpoints: Sequence[UUID]
    requests: Sequence[UUID]


async def _go_round(db: Connection, lost: Lost, now: datetime) -> None:
    attempts = await _locked(db, lost, now)
    requests = await fetch(db, REQUESTS, list(attempts), now)
    if requests:
        await each_apart(db, requests, lambda some: _replan(db, some, attempts, now), APART)


async def _replan(
    db: Connection, requests: Sequence[Row], attempts: Mapping[UUID, Sequence[Row]], now: datetime
) -> None:
    endpoints = await endpoints_of(db, requests)
    rests = [
        rest_of(
            request,
            attempts[request["id"]],
            line_of(contacts_of(request, endpoints), request["contact"]),
            await _protocol(db, request, attempts[request["id"]]),
            now,
        )
        for request in requests
    ]
    await _write(db, rests, now)
    await follow_calls(db, [request["id"] for request in requests], now)
    await forget_failures(db, [request["id"] for request in requests])


# The attempts of every open request that used one of these endpoints; none is claimed until they are written.
USED = f"""
    SELECT i.id FROM attempt a JOIN invitation i ON i.id = a.invitation_id
    WHERE a.endpoint_id = ANY ($1::uuid[]) AND a.purpose = 'survey' AND a.id >= $3
      AND i.closed_at IS NULL AND i.closes_at > $2 AND {IS_TRIED.format("i.id")}
"""
ATTEMPTS = f"""
    SELECT a.id, a.invitation_id, a.step, a.channel, a.state, a.reason, a.opens_at, a.counted_at,
        a.contact_cap, {WHY_LOST} AS lost
    FROM attempt a JOIN client c ON c.id = a.client_id JOIN endpoint e ON e.id = a.endpoint_id
    WHERE a.purpose = 'survey' AND a.invitation_id IN ({USED} UNION SELECT unnest($4::uuid[]))
    ORDER BY a.id FOR NO KEY UPDATE OF a
"""


async def _locked(db: Connection, lost: Lost, now: datetime) -> Mapping[UUID, Sequence[Row]]:
    since = uuid7_floor(now - LONGEST_REQUEST)
    rows = await fetch(db, ATTEMPTS, lost.endpoints, now, since, lost.requests)
    ordered = sorted(rows, key=itemgetter("invitation_id", "id"))
    return {request: list(group) for request, group in groupby(ordered, key=itemgetter("invitation_id"))}


async def _protocol(db: Connection, request: Row, attempts: Sequence[Row]) -> Protocol:
    """Give the version the request started with, under its own cap, without the days the desk is shut."""
    closed = await closing_days_of(request["platform_id"], db)
    protocol = of_version(request["definition"]).without_calls_on(closed)
    return msgspec.structs.replace(protocol, contact_cap=min(each["contact_cap"] for each in attempts))


async def _write(db: Connection, rests: Sequence[Rest], now: datetime) -> None:
    await ledger.write(db, "attempt", [row for rest in rests for row in rest.planned], again=PLANNED_AGAIN)
    moved = [pair for rest in rests for pair in rest.moved]
    await execute(db, MOVE, [attempt for attempt, _ in moved], [endpoint for _, endpoint in moved])
    stopped = [pair for rest in rests for pair in rest.stopped]
    await execute(db, STOP, [attempt for attempt, _ in stopped], [why for _, why in stopped], now)
    await ledger.write(db, "call_case", [rest.call for rest in rests if rest.call], again=CALLED_ALREADY)


PLANNED_AGAIN = """
    ON CONFLICT (id) DO UPDATE SET endpoint_id = excluded.endpoint_id, departement = excluded.departement,
        opens_at = excluded.opens_at, closes_at = excluded.closes_at, give_up_at = excluded.give_up_at,
        state = 'planned', reason = NULL, not_before = NULL, settled_at = NULL
    WHERE attempt.counted_at IS NULL AND attempt.state IN ('planned', 'suppressed')
"""
# A case that was closed for want of a number to call is opened again.
CALLED_ALREADY = """
    ON CONFLICT (invitation_id) WHERE kind = 'survey' DO UPDATE SET state = 'open', outcome = NULL,
        closed_at = NULL, attempt_id = excluded.attempt_id, next_due_at = excluded.next_due_at
    WHERE call_case.state = 'done' AND call_case.outcome IN ('window_over', 'wrong_number')
      AND call_case.closes_at > excluded.next_due_at
"""
MOVE = """
    UPDATE attempt a SET endpoint_id = k.endpoint_id
    FROM unnest($1::uuid[], $2::uuid[]) AS k (id, endpoint_id)
    WHERE a.id = k.id AND a.state IN ('planned', 'deferred')
"""
STOP = """
    UPDATE attempt a SET state = 'suppressed', reason = k.why, settled_at = $3
    FROM unnest($1::uuid[], $2::text[]) AS k (id, why)
    WHERE a.id = k.id AND a.state IN ('planned', 'deferred')
"""
