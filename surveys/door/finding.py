"""From a code to the visit behind it: the clients of one day are sealed again, since no code is stored."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from quality.db import Connection, fetch, fetch_one, fetch_value
from quality.directory.geography import DEPARTEMENTS, zone_of
from quality.directory.undecided import ENDED
from quality.ids import uuid7, uuid7_floor
from quality.keys import Keyring
from surveys.door.codes import day_of, whose
from surveys.protocol import ledger
from surveys.protocol.choosing_questions import moment_of, version_at
from surveys.protocol.definition import of_version
from surveys.protocol.ledger import Row
from surveys.protocol.planning import Base, closing_at
from surveys.protocol.requesting import local_day
from surveys.response import InvitedVisit, questionnaire_of

LABEL = "door"
COLLECTOR, MODE = "self", "web"
NOTHING_TO_ASK = ("cancelled", "client_not_eligible", "not_configured")
OF_DAY = "SELECT array_agg(DISTINCT client_id) FROM intervention WHERE id >= $1 AND id < $2"
OF_CLIENT = "SELECT id, departement FROM intervention WHERE id >= $1 AND id < $2 AND client_id = $3"
# Of two visits of one day the door is about the last; it opens once a decision is written on it. A refusal or
# a death told elsewhere closes none: whoever printed the code would learn it.
VISIT = f"""
SELECT i.id, i.platform_id, i.provider_id, i.client_id, o.person_id, i.activity, i.mode, i.departement,
       ARRAY(SELECT f FROM unnest(i.funders) f ORDER BY f) AS funders, {ENDED} AS ended_at,
       greatest(i.received_at, i.updated_at) AS arrived_at, c.language, c.age_band, g.name AS provider_name,
       coalesce(nullif(g.short_name, ''), left(g.name, 17)) AS short_name,
       coalesce(g.protocol, p.protocol) AS protocol, p.protocol AS platform_protocol,
       i.status = 'done' AS is_done, NOT EXISTS (
           SELECT 1 FROM intervention b
           WHERE b.client_id = i.client_id AND b.status = 'done' AND (b.ended_at, b.id) < ({ENDED}, i.id)
       ) AS is_first
FROM intervention i JOIN occasion o ON o.id = i.id JOIN client c ON c.id = i.client_id
JOIN organisation g ON g.id = i.provider_id JOIN platform p ON p.id = i.platform_id
WHERE i.id = ANY ($1::uuid[]) AND i.status IN ('done', 'not_done')
  AND NOT EXISTS (SELECT FROM undecided_visit u WHERE u.id = i.id)
  AND c.status <> 'deceased' AND o.reason <> ALL ($2::text[])
ORDER BY ended_at DESC, i.id DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Door:
    """The last of the visits that a code opens, as its invitation would hold it, and all of them.

    It says nothing of who answered: what a code shows cannot depend on it.
    """

    visit: InvitedVisit
    protocol: UUID
    visits: tuple[UUID, ...]


async def door_of(db: Connection, keyring: Keyring, code: str, now: datetime) -> Door | None:
    """Find what a code opens; None for a wrong code, a visit not decided yet, and one that is over."""
    day = day_of(code, now.astimezone(UTC).date())
    if day is None:
        return None
    bounds = [uuid7_floor(instant) for instant in _bounds(day)]
    clients = await fetch_value(db, OF_DAY, *bounds)
    client = whose(keyring.subkey(LABEL), code, day, clients or ())
    return await door_of_day(db, client, day, now) if client else None


async def door_of_day(db: Connection, client: UUID, day: date, now: datetime) -> Door | None:
    """Find what the code of a client's day opens; None for a visit not decided yet, and one that is over."""
    near = await fetch(db, OF_CLIENT, *(uuid7_floor(instant) for instant in _bounds(day)), client)
    visits = [row["id"] for row in near if day_in_id(row["id"], row["departement"]) == day]
    found = await fetch_one(db, VISIT, visits, list(NOTHING_TO_ASK)) if visits else None
    door = await _door(db, found, tuple(visits), now) if found else None
    return door if door and door.visit.is_open(now) else None


def day_in_id(visit: UUID, departement: str) -> date:
    """Read the local day of a visit in its identifier, the same whatever becomes of the visit."""
    at = datetime.fromtimestamp((visit.int >> 80) / 1000, UTC)
    return at.astimezone(zone_of(departement)).date()


def _bounds(day: date) -> tuple[datetime, datetime]:
    """Give the instants between which it is that day somewhere."""
    zones = {ZoneInfo(row.timezone) for row in DEPARTEMENTS.values()}
    begins, ends = (
        [datetime.combine(each, time(), zone) for zone in zones] for each in (day, day + timedelta(days=1))
    )
    return min(begins), max(ends)


async def _door(db: Connection, row: Row, visits: tuple[UUID, ...], now: datetime) -> Door | None:
    """Compose what an invitation would hold; nothing where the platform has nothing to ask with."""
    platform = [row["platform_id"]]
    versions = {each["name"]: each for each in await ledger.protocols_of(db, platform)}
    used = (await ledger.questionnaires_of(db, platform)).get(row["platform_id"], {})
    asked = version_at(moment_of(is_done=row["is_done"], is_first=row["is_first"]), used)
    version = versions.get(row["protocol"]) or versions.get(row["platform_protocol"])
    if version is None or asked is None:
        return None
    protocol = of_version(version["definition"])
    closes_at = closing_at(Base(row["ended_at"], row["arrived_at"]), row["departement"], protocol)
    visit = await _visit(db, row, asked, closes_at, now)
    return Door(visit, version["id"], visits)


COPIED = ("platform_id", "provider_id", "client_id", "language", "activity", "mode", "departement",
          "provider_name")  # fmt: skip


async def _visit(
    db: Connection, row: Row, questionnaire: UUID, closes_at: datetime, now: datetime
) -> InvitedVisit:
    """Say what an invitation would hold; its answers are in no published figure, so it needs no territory."""
    day = local_day(row)
    return InvitedVisit(
        **{name: row[name] for name in COPIED},
        id=uuid7(now),
        occasion_id=row["id"],
        audience="client",
        questionnaire_id=questionnaire,
        pseudonym=row["person_id"],
        month=day.replace(day=1),
        visit_on=day,
        territory="",
        funders=tuple(row["funders"]),
        age_band=row["age_band"] or "",
        first_mode=MODE,
        collector=COLLECTOR,
        provider_short_name=row["short_name"],
        closes_at=closes_at,
        closed_at=None,
        closed_reason=None,
        seen="",
        questionnaire=await questionnaire_of(db, questionnaire),
        responses={},
    )
