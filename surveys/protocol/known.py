"""What a batch of decisions knows: the rules of each visit, and what its line tells of the people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from operator import itemgetter
from uuid import UUID

import msgspec

from quality.db import Connection
from quality.web.platform import closing_days_of
from surveys.protocol import ledger, traits
from surveys.protocol.addressing import endpoints_of
from surveys.protocol.caps import NO_TRAITS, Traits
from surveys.protocol.choosing_questions import Versions, moment_of, version_at
from surveys.protocol.definition import Protocol, of_version
from surveys.protocol.ledger import EndpointKey, Row
from surveys.protocol.occasion import History, Visit
from surveys.protocol.reaching import CAP_DAYS, Endpoint, Line, count_since
from surveys.protocol.strata import StratumKey


@dataclass(frozen=True, slots=True)
class Known:
    """All that one batch of decisions reads."""

    now: datetime
    endpoints: Mapping[EndpointKey, Endpoint]
    asked: Mapping[UUID, Mapping[UUID, datetime]]
    protocols: Mapping[tuple[UUID, str], Row]
    questionnaires: Mapping[UUID, Versions]
    strata: Mapping[StratumKey, Row]
    closed: Mapping[UUID, frozenset[date]]
    traits: Mapping[UUID, Traits] = field(default_factory=dict)
    mode_seeds: Mapping[UUID, bytes] = field(default_factory=dict)


class Rules(msgspec.Struct, frozen=True):
    """What decides of a visit: a version of a protocol, as the platform fits it, and of a questionnaire."""

    version: UUID
    protocol: Protocol
    questionnaire: UUID


# What the rules of a visit are chosen by.
RULED = itemgetter("platform_id", "protocol", "platform_protocol", "interval_days", "status", "is_first")


async def load_rules(db: Connection, visits: Sequence[Row], now: datetime) -> Known:
    """Read what decides whether the people of some visits may be asked at all, draws apart."""
    platforms = sorted({visit["platform_id"] for visit in visits})
    protocols = await ledger.protocols_of(db, platforms)
    return Known(
        now=now,
        endpoints=await endpoints_of(db, visits),
        asked={},
        protocols={(row["platform_id"], row["name"]): row for row in protocols},
        questionnaires=await ledger.questionnaires_of(db, platforms),
        strata={},
        closed={platform: await closing_days_of(platform, db) for platform in platforms},
        traits=await traits.load(db, visits) if any(row["has_caps"] for row in protocols) else {},
    )


def version_of(visit: Row, known: Known) -> Row | None:
    """Find the protocol the provider names, else, when no such one is published, the platform's."""
    platform, protocols = visit["platform_id"], known.protocols
    return protocols.get((platform, visit["protocol"])) or protocols.get(
        (platform, visit["platform_protocol"])
    )


def rules_of(visit: Row, known: Known) -> Rules | None:
    """Find what decides of a visit; None when nothing is published, of a protocol or a questionnaire.

    Its first visit and one that was missed may have a questionnaire of their own.
    """
    version = version_of(visit, known)
    moment = moment_of(is_done=visit["status"] == "done", is_first=visit["is_first"])
    asked = version_at(moment, known.questionnaires.get(visit["platform_id"], {}))
    if version is None or asked is None:
        return None
    return Rules(version["id"], protocol_of(visit, known), asked)


def visit_of(visit: Row, line: Line, known: Known) -> Visit:
    return Visit(
        id=visit["id"],
        departement=visit["departement"],
        status=visit["status"],
        ended_at=visit["ended_at"],
        received_at=visit["arrived_at"],
        reach=line.reach,
        status_reason=visit["status_reason"],
        incident=visit["incident"],
        worker=visit["worker"],
        client_status=visit["client_status"],
        client_status_since=visit["status_since"],
        contact=visit["contact"],
        traits=known.traits.get(visit["id"], NO_TRAITS),
    )


def history_of(visit: Row, line: Line, asked: tuple[datetime, ...], now: datetime) -> History:
    since = now - CAP_DAYS
    return History(
        is_first=visit["is_first"],
        last_worker=visit["last_worker"],
        asked=asked,
        recent_contacts=max(count_since(tuple(visit["recent"]), since), line.contacts_since(since)),
        refused=visit["refused_at"] is not None or line.is_refused,
        deceased=visit["deceased_at"] is not None,
        complaint_open=visit["complaint_open"],
        eligible=visit["has_identity"],
    )


def protocol_of(visit: Row, known: Known) -> Protocol:
    """Give the provider's or the platform's protocol, with the platform's own interval and closing days."""
    version = version_of(visit, known)
    if version is None:
        raise LookupError(visit["protocol"])
    return _fitted(version["definition"], known.closed[visit["platform_id"]], visit["interval_days"])


@lru_cache(256)
def _fitted(definition: str, closed: frozenset[date], interval_days: int) -> Protocol:
    protocol = of_version(definition).without_calls_on(closed)
    interval = interval_days if protocol.interval_days else 0
    return msgspec.structs.replace(protocol, interval_days=interval)
