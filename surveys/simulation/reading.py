"""The SQL of a simulation: the visits of a past period, and what was known before, set by set."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from quality.db import Connection, fetch
from quality.directory.undecided import ENDED
from quality.ids import uuid7_floor
from quality.keys import Keyring
from quality.web.platform import closing_days_of
from surveys.protocol import arms
from surveys.protocol.addressing import ENDPOINT_COLUMNS
from surveys.protocol.deciding import FARTHEST_INTERVAL
from surveys.protocol.ledger import EndpointKey, Row, asked_of, mode_seeds_of
from surveys.protocol.occasion import UNASKED, Volume
from surveys.protocol.reaching import CAP_DAYS
from surveys.protocol.strata import COUNTED_MARGIN, StratumKey, previous_quarter, stratum_key
from surveys.protocol.traits import NO_BANDS, age_bands, funder_codes
from surveys.simulation.source import Complaining, Done, Party, Source

TWO_QUARTERS = timedelta(days=2 * 92 + 31)
# A death told after the visit arrived was not known then; other states carry the day they began.
VISITS = f"""
SELECT i.id, i.platform_id, i.provider_id, i.client_id, c.person_id, i.departement, i.activity,
       ARRAY(SELECT f FROM unnest(i.funders) f ORDER BY f) AS funders, i.status, i.status_reason,
       i.incident, i.worker_reference AS worker, {ENDED} AS ended_at, i.ended_at AS left_at, a.arrived_at,
       CASE WHEN c.status = 'deceased' AND c.status_since > a.arrived_at::date THEN 'active'
            ELSE c.status END AS client_status,
       c.status_since, c.contact, c.departement AS client_departement,
       c.identity_purged_at IS NULL AS has_identity, c.mobile_key, c.phone_key, c.email_key,
       c.relative_phone_key, c.relative_phone_is_mobile, c.relative_email_key,
       p.interval_days, p.stratum_target, c.age_band
FROM intervention i
JOIN client c ON c.id = i.client_id
JOIN platform p ON p.id = i.platform_id
LEFT JOIN occasion seen ON seen.id = i.id AND seen.id BETWEEN $2 AND $3
CROSS JOIN LATERAL (
    SELECT least(greatest(i.received_at, i.updated_at), seen.decided_at) AS arrived_at
) a
WHERE i.platform_id = $1 AND i.id BETWEEN $2 AND $3 AND i.status <> 'planned'
  AND {ENDED} >= $4 AND {ENDED} < $5 AND ($6::uuid IS NULL OR i.provider_id = $6)
ORDER BY a.arrived_at, ended_at, i.id
"""


async def visits_of(
    db: Connection, platform: UUID, start: datetime, end: datetime, provider: UUID | None
) -> list[Row]:
    """Read the visits that ended in a period, in the order in which they arrived."""
    floors = uuid7_floor(start - COUNTED_MARGIN), uuid7_floor(end + COUNTED_MARGIN)
    rows = await fetch(db, VISITS, platform, *floors, start, end, provider)
    bands: dict[UUID, frozenset[str]] = {}
    for row in rows:
        told = frozenset({row["age_band"]} if row["age_band"] else ())
        bands[row["person_id"]] = bands.get(row["person_id"], NO_BANDS) | told
    return [row | {"age_bands": bands[row["person_id"]]} for row in rows]


async def source_of(
    db: Connection, keyring: Keyring, platform: UUID, visits: Sequence[Row], until: datetime
) -> Source:
    """Complete visits with what came before; what was asked about visits ended after `until` is left out."""
    start = visits[0]["arrived_at"] if visits else until
    contacts = await _contacts(db, platform, start)
    persons = sorted({visit["person_id"] for visit in visits})
    keys = endpoint_keys(visits)
    strata, counted = await _strata(db, platform, visits)
    return Source(
        platform=platform,
        visits=visits,
        secret=keyring.subkey("draw"),
        people=await _people(db, persons, contacts),
        endpoints=await _endpoints(db, platform, keys, contacts),
        asked=await _asked(db, visits, persons, until),
        last=await _last(db, sorted({visit["client_id"] for visit in visits}), visits, until),
        complaints=await _complaints(db, platform, start),
        strata=strata,
        counted=counted,
        closed=await closing_days_of(platform, db),
        funders=await funder_codes(db, [platform]),
        age_bands=await age_bands(db, persons, {visit["client_id"] for visit in visits}),
        mode_seed=await _mode_seed(db, platform, keyring.subkey("draw")),
    )


async def _mode_seed(db: Connection, platform: UUID, secret: bytes) -> bytes:
    frozen = await mode_seeds_of(db, [platform])
    return frozen.get(platform) or arms.seed_of(platform, secret)


Contacts = dict[UUID, tuple[datetime, ...]]


async def _contacts(db: Connection, platform: UUID, start: datetime) -> Contacts:
    """Read the contacts that still count when the replay starts, latest first, by person and by endpoint."""
    rows = await fetch(
        db,
        """
        SELECT person_id, endpoint_id, at FROM contact_event
        WHERE platform_id = $1 AND at > $2 AND at < $3 AND id BETWEEN $4 AND $5 ORDER BY at DESC
        """,
        platform,
        start - CAP_DAYS,
        start,
        uuid7_floor(start - CAP_DAYS - COUNTED_MARGIN),
        uuid7_floor(start),
    )
    found: dict[UUID, list[datetime]] = {}
    for row in rows:
        for name in ("person_id", "endpoint_id"):
            found.setdefault(row[name], []).append(row["at"])
    return {key: tuple(instants) for key, instants in found.items()}


async def _people(db: Connection, persons: Sequence[UUID], contacts: Contacts) -> dict[UUID, Party]:
    rows = await fetch(
        db, "SELECT id, refused_at, deceased_at FROM person WHERE id = ANY ($1::uuid[])", list(persons)
    )
    known = {
        row["id"]: Party(row["id"], row["refused_at"], row["deceased_at"], contacts.get(row["id"], ()))
        for row in rows
    }
    return {person: known.get(person) or Party(person) for person in persons}


def endpoint_keys(visits: Iterable[Row]) -> set[EndpointKey]:
    return {
        (visit["platform_id"], kind, visit[column])
        for visit in visits
        for kind, column in ENDPOINT_COLUMNS
        if visit[column]
    }


async def _endpoints(
    db: Connection, platform: UUID, keys: Iterable[EndpointKey], contacts: Contacts
) -> dict[EndpointKey, Party]:
    """Read the endpoints that are known; the others are new, and have an identifier for the replay only."""
    wanted = sorted(keys)
    rows = await fetch(
        db,
        """
        SELECT e.id, e.kind, e.key, e.refused_at, e.failed_at, e.wrong_at
        FROM unnest($2::text[], $3::bytea[]) AS k (kind, key)
        JOIN endpoint e ON e.platform_id = $1 AND e.kind = k.kind AND e.key = k.key
        """,
        platform,
        [kind for _, kind, _ in wanted],
        [key for _, _, key in wanted],
    )
    known: dict[EndpointKey, Party] = {
        (platform, row["kind"], row["key"]): Party(
            row["id"], row["refused_at"], row["failed_at"], contacts.get(row["id"], ()), row["wrong_at"]
        )
        for row in rows
    }
    return {key: known.get(key) or Party(UUID(int=rank)) for rank, key in enumerate(wanted, start=1)}


async def _asked(
    db: Connection, visits: Sequence[Row], persons: Sequence[UUID], until: datetime
) -> dict[UUID, dict[UUID, datetime]]:
    if not visits:
        return {}
    since = min(visit["ended_at"] or visit["arrived_at"] for visit in visits) - FARTHEST_INTERVAL
    replayed = {visit["id"] for visit in visits}
    asked: dict[UUID, dict[UUID, datetime]] = {}
    for row in await asked_of(db, persons, since, until):
        if row["ended_at"] < until and row["id"] not in replayed:
            asked.setdefault(row["person_id"], {})[row["id"]] = row["ended_at"]
    return asked


async def _last(
    db: Connection, clients: Sequence[UUID], visits: Sequence[Row], until: datetime
) -> dict[UUID, Done]:
    """Read the last visit done before the first one replayed, of each client."""
    before = min((visit["ended_at"] for visit in visits if visit["ended_at"]), default=until)
    rows = await fetch(
        db,
        """
        SELECT k.id AS client_id, v.id, v.ended_at, v.worker_reference AS worker
        FROM unnest($1::uuid[]) AS k (id)
        CROSS JOIN LATERAL (
            SELECT i.id, i.ended_at, i.worker_reference FROM intervention i
            WHERE i.client_id = k.id AND i.status = 'done' AND i.ended_at < $2
            ORDER BY i.ended_at DESC, i.id DESC LIMIT 1) v
        """,
        list(clients),
        before,
    )
    return {row["client_id"]: Done(row["ended_at"], row["id"], row["worker"]) for row in rows}


async def _complaints(db: Connection, platform: UUID, start: datetime) -> dict[UUID, list[Complaining]]:
    rows = await fetch(
        db,
        """
        SELECT s.client_id, k.opened_at, CASE WHEN k.state = 'merged' THEN k.opened_at ELSE k.closed_at END
            AS closed_at
        FROM complaint k JOIN complaint_subject s ON s.id = k.id
        WHERE k.platform_id = $1 AND (k.closed_at IS NULL OR k.closed_at > $2)
        """,
        platform,
        start,
    )
    found: dict[UUID, list[Complaining]] = {}
    for row in rows:
        found.setdefault(row["client_id"], []).append(Complaining(row["opened_at"], row["closed_at"]))
    return found


async def _strata(
    db: Connection, platform: UUID, visits: Sequence[Row]
) -> tuple[dict[StratumKey, Row], dict[StratumKey, Volume]]:
    """Read the draws frozen for these quarters and those before, and what each counted besides."""
    quarters = {stratum_key(visit)[1] for visit in visits if visit["ended_at"]}
    wanted = sorted(quarters | {previous_quarter(quarter) for quarter in quarters})
    rows = await fetch(
        db,
        """
        WITH counted AS (
            SELECT o.stratum_id, count(*) FILTER (WHERE o.decision = 'asked') AS asked,
                   count(*) FILTER (WHERE o.reason = ANY ($3::text[])) AS unasked,
                   count(*) FILTER (WHERE o.reason = 'interval') AS held
            FROM occasion o
            WHERE o.platform_id = $1 AND o.id BETWEEN $4 AND $5 AND NOT o.id = ANY ($6::uuid[])
            GROUP BY o.stratum_id
        )
        SELECT s.id, s.quarter, s.provider_id, s.funders, s.activity_group, s.expected, s.target, s.seed,
               coalesce(c.asked, 0) AS asked, coalesce(c.unasked, 0) AS unasked, coalesce(c.held, 0) AS held
        FROM stratum s LEFT JOIN counted c ON c.stratum_id = s.id
        WHERE s.platform_id = $1 AND s.quarter = ANY ($2::text[])
        """,
        platform,
        wanted,
        list(UNASKED),
        *_span(visits),
        [visit["id"] for visit in visits],
    )
    strata: dict[StratumKey, Row] = {}
    counted: dict[StratumKey, Volume] = {}
    for row in rows:
        key = (platform, row["quarter"], row["provider_id"], tuple(row["funders"]), row["activity_group"])
        strata[key], counted[key] = row, Volume(row["asked"], row["unasked"], row["held"])
    return strata, counted


def _span(visits: Sequence[Row]) -> tuple[UUID, UUID]:
    """Give the identifiers of the visits of these quarters and the ones before."""
    ends = [visit["ended_at"] for visit in visits if visit["ended_at"]]
    if not ends:
        return UUID(int=0), UUID(int=0)
    return uuid7_floor(min(ends) - TWO_QUARTERS), uuid7_floor(max(ends) + TWO_QUARTERS)
