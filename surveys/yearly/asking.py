"""Ask about the year those whose day came: the same caps, refusals, hours and steps as for a visit, no draw.

A client has one day a year, asks nothing of it twice, and is asked by their own provider's protocol. Whoever
still has a question to answer waits, thirty days at most. Any number of workers, run late or twice, give one
request: a platform's are written under one lock.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from quality import clock
from quality.db import Connection, execute, fetch, fetch_one, transaction
from quality.web.platform import PARIS
from surveys.protocol import ledger
from surveys.protocol.addressing import contacts_of
from surveys.protocol.caps import NO_TRAITS
from surveys.protocol.choosing_questions import Moment, version_at
from surveys.protocol.deciding import write_requests
from surveys.protocol.known import Known, history_of, load_rules, protocol_of, version_of, visit_of
from surveys.protocol.ledger import Row
from surveys.protocol.occasion import Stratum, decide
from surveys.protocol.reaching import line_of
from surveys.protocol.remembering import MOVED, completed
from surveys.protocol.requesting import InvitationRows, Terms, invitation_rows
from surveys.response import YEARLY
from surveys.yearly.days import DRAWN_DAY, due_lately, most_in_a_day

if TYPE_CHECKING:
    from quality.app import House

BATCH = 200
STILL_VISITED = timedelta(days=60)
KNOWN_SINCE = timedelta(days=182)
NO_DRAW = Stratum(seed=b"")


async def ask_due(house: "House") -> int:
    """Ask the clients of every platform whose day came; return how many were asked."""
    asked = 0
    async with transaction("work") as db:
        platforms = [row["id"] for row in await fetch(db, "SELECT id FROM platform ORDER BY id")]
    for platform in platforms:
        async with transaction("work") as db:
            await execute(db, ALONE, f"yearly {platform}")
            asked += await _ask_platform(db, house, platform, clock.now())
    return asked


ALONE = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"


async def _ask_platform(db: Connection, house: "House", platform: UUID, now: datetime) -> int:
    """Ask those who wait the longest first, as many as one day may be asked."""
    versions = await ledger.questionnaires_of(db, [platform])
    questionnaire = version_at(Moment.YEARLY, versions.get(platform, {}))
    if questionnaire is None:
        return 0
    room = await _room(db, platform, now)
    people: set[UUID] = set()
    due = await _due(db, platform, now) if room else []
    for start in range(0, len(due), BATCH):
        clients = await completed(db, due[start : start + BATCH])
        known = await load_rules(db, clients, now)
        found = [each for row in clients if (each := _request(row, known, questionnaire)) is not None]
        asked = _one_a_person(found, people)[: room - len(people)]
        await write_requests(db, house.keyring, asked)
        people |= {request.facts.pseudonym for request in asked}
        if len(people) >= room:
            break
    return len(people)


async def _room(db: Connection, platform: UUID, now: datetime) -> int:
    """Say how many may still be asked today."""
    morning = datetime.combine(now.astimezone(PARIS).date(), time(), PARIS)
    counts = await fetch_one(db, COUNTS, platform, morning)
    return max(0, most_in_a_day(counts["clients"]) - counts["asked"]) if counts else 0


COUNTS = """
SELECT (SELECT count(*) FROM client c WHERE c.platform_id = $1 AND c.status = 'active') AS clients,
       (SELECT count(*) FROM invitation i WHERE i.platform_id = $1 AND i.purpose = 'yearly'
            AND i.id >= uuid7_floor($2) AND i.created_at >= $2) AS asked
"""


async def _due(db: Connection, platform: UUID, now: datetime) -> list[Row]:
    """List the clients whose day came, by their last visit, as deciding reads one that ends now."""
    days = due_lately(now.astimezone(PARIS).date())
    visited = now - STILL_VISITED
    return await fetch(
        db,
        DUE,
        platform,
        now,
        list(days),
        list(days.values()),
        visited,
        visited - MOVED,
        now + MOVED,
        now - KNOWN_SINCE,
    )


DUE = f"""
SELECT v.id, c.platform_id, c.provider_id, c.id AS client_id, c.person_id, c.departement, v.activity, v.mode,
       ARRAY(SELECT f FROM unnest(v.funders) f ORDER BY f) AS funders, 'done' AS status,
       NULL::text AS status_reason, false AS incident, v.worker_reference AS worker,
       $2::timestamptz AS ended_at, $2::timestamptz AS arrived_at, d.due_on
FROM unnest($3::integer[], $4::date[]) AS d (day, due_on)
JOIN client c ON c.platform_id = $1 AND {DRAWN_DAY} = d.day
CROSS JOIN LATERAL (
    SELECT i.id, i.activity, i.mode, i.funders, i.worker_reference FROM intervention i
    WHERE i.client_id = c.id AND i.status = 'done' AND i.ended_at BETWEEN $5 AND $2
      AND i.id BETWEEN uuid7_floor($6) AND uuid7_floor($7)
    ORDER BY i.ended_at DESC, i.id DESC LIMIT 1
) v
WHERE c.status = 'active'
  AND EXISTS (SELECT 1 FROM intervention b
              WHERE b.client_id = c.id AND b.status = 'done' AND b.ended_at < $8)
  AND NOT EXISTS (SELECT 1 FROM invitation y WHERE y.client_id = c.id AND y.purpose = 'yearly'
                  AND extract(year FROM y.month) = extract(year FROM d.due_on))
  AND NOT EXISTS (SELECT 1 FROM client k JOIN invitation o ON o.client_id = k.id
                  WHERE k.person_id = c.person_id AND o.purpose IN ('survey', 'yearly')
                    AND o.collector = 'platform' AND o.closed_at IS NULL AND o.closes_at > $2
                    AND o.answered_at IS NULL)
ORDER BY d.due_on, c.id
"""


def _request(client: Row, known: Known, questionnaire: UUID) -> InvitationRows | None:
    """Give what one client is asked, or None when they may not be, or cannot be reached."""
    version = version_of(client, known)
    if version is None:
        return None
    line = line_of(contacts_of(client, known.endpoints), client["contact"])
    protocol = msgspec.structs.replace(protocol_of(client, known), draws=False, interval_days=0)
    judged, history = visit_of(client, line, known), history_of(client, line, (), known.now)
    if not decide(judged, history, NO_DRAW, protocol, known.now).asked:
        return None
    capped = protocol.capped_for(known.traits.get(client["id"], NO_TRAITS))
    request = invitation_rows(client, line, Terms(capped, version["id"], questionnaire, known.now))
    of_year = {"purpose": YEARLY, "occasion_id": None, "month": client["due_on"].replace(day=1)}
    return replace(request, invitation=request.invitation | of_year)


def _one_a_person(requests: Sequence[InvitationRows], asked: set[UUID]) -> list[InvitationRows]:
    """Keep one request a person: two providers of hers ask about the year on two days."""
    first = {request.facts.pseudonym: request for request in reversed(requests)}
    return [
        each for each in requests if first[each.facts.pseudonym] is each and each.facts.pseudonym not in asked
    ]
