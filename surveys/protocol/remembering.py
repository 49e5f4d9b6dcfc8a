"""What is known of the clients of a batch of visits, read once a client and not once a visit."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from quality.db import Connection, fetch
from quality.directory.territories import Territories, territories_of
from surveys.protocol.ledger import Row

LOOKED_BACK = timedelta(days=60)  # before the first that waits: most clients were visited since
# A visit's id is of the instant it was first planned at: one that was moved farther is not found here.
MOVED = timedelta(days=120)

CLIENTS = """
    SELECT c.id AS client_id, c.status AS client_status, c.status_since, c.contact, c.language, c.age_band,
           c.postcode,
           c.identity_purged_at IS NULL AS has_identity, c.mobile_key, c.phone_key, c.email_key,
           c.relative_phone_key, c.relative_phone_is_mobile, c.relative_email_key, person.recent,
           person.refused_at, person.deceased_at,
           EXISTS (SELECT 1 FROM complaint_subject s JOIN complaint k ON k.id = s.id
                   WHERE s.client_id = c.id AND k.state NOT IN ('closed', 'merged')) AS complaint_open
    FROM unnest($1::uuid[]) AS wanted (id)
    JOIN client c ON c.id = wanted.id
    JOIN person ON person.id = c.person_id
"""

PROVIDERS = """
    SELECT o.id AS provider_id, o.name AS provider_name,
           coalesce(nullif(o.short_name, ''), left(o.name, 17)) AS short_name,
           coalesce(o.protocol, p.protocol) AS protocol, p.protocol AS platform_protocol,
           p.interval_days, p.stratum_target
    FROM organisation o JOIN platform p ON p.id = o.platform_id
    WHERE o.id = ANY ($1::uuid[])
"""

# The visit done before the first that waits, since a day, and those between the first and the last that are
# not of this batch: decided already, or put aside.
NEAR = """
    SELECT k.client_id, v.ended_at, v.id, v.worker_reference AS worker
    FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::timestamptz[], $5::boolean[])
        AS k (client_id, first_at, first_id, last_at, are_several)
    CROSS JOIN LATERAL (
        (SELECT i.id, i.ended_at, i.worker_reference FROM intervention i
         WHERE i.client_id = k.client_id AND i.status = 'done'
           AND i.ended_at >= $6 AND i.id BETWEEN uuid7_floor($7) AND uuid7_floor($8)
           AND (i.ended_at, i.id) < (k.first_at, k.first_id)
         ORDER BY i.ended_at DESC, i.id DESC LIMIT 1)
        UNION ALL
        SELECT i.id, i.ended_at, i.worker_reference FROM intervention i
        WHERE i.client_id = k.client_id AND i.status = 'done' AND i.ended_at BETWEEN k.first_at AND k.last_at
          AND i.id BETWEEN uuid7_floor($7) AND uuid7_floor($8) AND k.are_several
          AND i.id NOT IN (SELECT unnest($9::uuid[]))
    ) v
    ORDER BY k.client_id
"""

# The last visit done before that day, of the few clients whom nobody has visited since.
FAR = """
    SELECT DISTINCT ON (client_id) client_id, ended_at, id, worker_reference AS worker
    FROM intervention
    WHERE client_id = ANY ($1::uuid[]) AND status = 'done' AND ended_at < $2 AND id < uuid7_floor($3)
    ORDER BY client_id, ended_at DESC, id DESC
"""

SEEN = """
    SELECT DISTINCT i.client_id FROM intervention i
    WHERE i.client_id = ANY ($1::uuid[]) AND i.status = 'done' AND i.id NOT IN (SELECT unnest($2::uuid[]))
      AND NOT EXISTS (SELECT FROM undecided_visit u WHERE u.id = i.id)
"""


Done = tuple[datetime, UUID, str | None]  # its end, its id, who worked


@dataclass(slots=True)
class Past:
    """The visits done for one client, in order, and whether any was decided already."""

    done: Sequence[Done] = ()
    was_seen: bool = False

    def before(self, visit: Row) -> Row:
        """Tell who worked the visit before this one, and whether this one is the first.

        >>> past = Past([(datetime(2026, 11, 3), UUID(int=2), "A")])
        >>> past.before({"ended_at": datetime(2026, 11, 3), "id": UUID(int=2)})
        {'last_worker': None, 'is_first': True}
        >>> past.before({"ended_at": datetime(2026, 11, 4), "id": UUID(int=1)})
        {'last_worker': 'A', 'is_first': False}
        """
        rank = bisect_left(self.done, (visit["ended_at"], visit["id"]))
        if rank:
            return {"last_worker": self.done[rank - 1][2], "is_first": False}
        return {"last_worker": None, "is_first": not self.was_seen}


async def completed(db: Connection, visits: Sequence[Row]) -> list[Row]:
    """Give visits, in their order, with what deciding reads of the client and of the provider."""
    if not visits:
        return []
    clients = await _by(db, "client_id", CLIENTS, visits)
    providers = await _by(db, "provider_id", PROVIDERS, visits)
    pasts = await _pasts(db, visits)
    known = await territories_of(db, {visit["platform_id"] for visit in visits})
    return [
        {
            **visit,
            **clients[visit["client_id"]],
            **providers[visit["provider_id"]],
            **pasts[visit["client_id"]].before(visit),
            "territory": _territory(known, visit, clients[visit["client_id"]]),
        }
        for visit in visits
    ]


def _territory(known: Territories, visit: Row, client: Row) -> str:
    return known.of(visit["platform_id"], visit["departement"], client["postcode"])


async def _by(db: Connection, name: str, sql: str, visits: Iterable[Row]) -> Mapping[UUID, Row]:
    rows = await fetch(db, sql, sorted({visit[name] for visit in visits}))
    return {row[name]: row for row in rows}


async def _pasts(db: Connection, visits: Sequence[Row]) -> Mapping[UUID, Past]:
    waiting: dict[UUID, list[Row]] = {}
    for visit in visits:
        waiting.setdefault(visit["client_id"], []).append(visit)
    pasts = {
        client: Past([_done(row) for row in rows if row["status"] == "done"])
        for client, rows in waiting.items()
    }
    since = min(visit["ended_at"] for visit in visits) - LOOKED_BACK
    until = max(visit["ended_at"] for visit in visits) + MOVED
    _remember(pasts, await _near(db, waiting, since, until))
    _remember(pasts, await fetch(db, FAR, _new(pasts, waiting), since, until))
    for row in await fetch(db, SEEN, _new(pasts, waiting), [visit["id"] for visit in visits]):
        pasts[row["client_id"]].was_seen = True
    return pasts


def _remember(pasts: Mapping[UUID, Past], rows: Iterable[Row]) -> None:
    """Put visits in their places among those known; one put aside and tried again is known already."""
    for client, group in groupby(rows, key=itemgetter("client_id")):
        pasts[client].done = sorted({*pasts[client].done, *map(_done, group)})


def _done(row: Row) -> Done:
    return row["ended_at"], row["id"], row["worker"]


def _new(pasts: Mapping[UUID, Past], waiting: Mapping[UUID, Sequence[Row]]) -> list[UUID]:
    """List the clients for whom no visit is known before the first that waits."""
    return [client for client, past in pasts.items() if past.before(waiting[client][0])["is_first"]]


async def _near(
    db: Connection, waiting: Mapping[UUID, Sequence[Row]], since: datetime, until: datetime
) -> list[Row]:
    spans = [(client, each[0], each[-1], len(each) > 1) for client, each in waiting.items()]
    return await fetch(
        db,
        NEAR,
        [client for client, *_ in spans],
        [first["ended_at"] for _, first, *_ in spans],
        [first["id"] for _, first, *_ in spans],
        [last["ended_at"] for *_, last, _ in spans],
        [are_several for *_, are_several in spans],
        since,
        since - MOVED,
        until,
        [visit["id"] for each in waiting.values() for visit in each],
    )
