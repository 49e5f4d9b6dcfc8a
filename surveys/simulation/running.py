"""One simulation from end to end: visits read, replayed through each protocol in a thread, counted."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from uuid import UUID
from zoneinfo import ZoneInfo

from quality import clock
from quality.access.actor import Actor
from quality.app import House
from quality.db import Connection, fetch, fetch_value, transaction
from quality.errors import NotFound
from quality.ids import uuid7_floor
from quality.web.platform import card_of
from surveys.protocol.definition import Channel, Protocol, of_version
from surveys.protocol.ledger import Row
from surveys.simulation import reading
from surveys.simulation.figures import Figures, figures_of
from surveys.simulation.files import Sent, parse
from surveys.simulation.replay import Trial, replay
from surveys.simulation.sending import Contact
from surveys.simulation.source import Source

OBSERVED_DAYS = timedelta(days=90)
OBSERVED_LEAST = 50
NAMED = re.compile(r"([a-z][a-z0-9_-]{0,39})(?::([0-9]{1,5}))?")


@dataclass(frozen=True, slots=True)
class Period:
    """The days whose visits are replayed, both included, and a provider or all of them."""

    first: date
    last: date
    provider: UUID | None = None


@dataclass(frozen=True, slots=True)
class Assumed:
    """What is assumed: the share of messages and calls that are answered, and prices in cents."""

    rates: Mapping[Channel, float] = field(default_factory=dict)
    prices: Mapping[Channel, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Simulated:
    """What each protocol comes to, in the order asked; `refused` lines of a file were left out.

    `contacts` are the messages and calls of the first protocol, about these `visits`.
    """

    protocols: Sequence[Protocol]
    figures: Sequence[Figures]
    calls_per_hour: int
    visits: Sequence[Row]
    contacts: Sequence[Contact]
    refused: int = 0


@dataclass(slots=True)
class Progress:
    """How far a simulation is: visits replayed, each once a protocol, out of all; 0 before they are read."""

    read: int = 0
    total: int = 0

    def add(self, number: int) -> None:
        self.read += number


async def over_period(
    actor: Actor,
    house: House,
    period: Period,
    protocols: Sequence[Protocol],
    assumed: Assumed,
    *,
    progress: Progress | None = None,
) -> Simulated:
    """Replay the visits of past days through some protocols."""
    platform, zone = platform_of(actor), (await card_of(actor.platform)).zone
    start, end = _midnight(period.first, zone), _midnight(period.last + timedelta(days=1), zone)
    async with transaction("work") as db:
        visits = await reading.visits_of(db, platform, start, end, period.provider)
        source = await reading.source_of(db, house.keyring, platform, visits, start)
        per_hour = await _calls_per_hour(db, platform)
    trying = Trying(source, assumed, zone, per_hour, progress or Progress())
    figures, contacts = await trying.each(protocols)
    return Simulated(protocols, figures, per_hour, visits, contacts)


async def over_file(
    actor: Actor,
    house: House,
    sent: Sent,
    protocols: Sequence[Protocol],
    assumed: Assumed,
    *,
    progress: Progress | None = None,
) -> Simulated:
    """Replay the visits of a file through some protocols; nothing of it is kept."""
    platform = platform_of(actor)
    parsed = await parse(actor, house, sent)
    async with transaction("work") as db:
        source = await reading.source_of(db, house.keyring, platform, parsed.visits, sent.now)
        per_hour = await _calls_per_hour(db, platform)
    trying = Trying(source, assumed, sent.zone, per_hour, progress or Progress())
    figures, contacts = await trying.each(protocols)
    return Simulated(protocols, figures, per_hour, parsed.visits, contacts, parsed.refused)


@dataclass(frozen=True, slots=True)
class Trying:
    """Visits ready to be replayed, what is assumed of them, and how far it went."""

    source: Source
    assumed: Assumed
    zone: ZoneInfo
    per_hour: int
    progress: Progress

    async def each(self, protocols: Sequence[Protocol]) -> tuple[list[Figures], Sequence[Contact]]:
        """Count each protocol in a thread, and keep what the first one sends."""
        self.progress.total = len(self.source.visits) * len(protocols)
        found = [await asyncio.to_thread(self.one, protocol) for protocol in protocols]
        return [figures for figures, _contacts in found], found[0][1]

    def one(self, protocol: Protocol) -> tuple[Figures, Sequence[Contact]]:
        replayed = replay(self.source, Trial(protocol, self.assumed.rates), self.progress.add)
        return figures_of(replayed, self.zone, self.per_hour, self.assumed.prices), replayed.contacts


def platform_of(actor: Actor) -> UUID:
    if actor.platform is None:
        raise NotFound
    return actor.platform


async def _calls_per_hour(db: Connection, platform: UUID) -> int:
    return int(await fetch_value(db, "SELECT calls_per_hour FROM platform WHERE id = $1", platform))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


# ---- protocols and what was observed ----


async def published(db: Connection, platform: UUID) -> list[Protocol]:
    """Give every published version, by name, the latest first."""
    rows = await fetch(
        db,
        """
        SELECT definition FROM protocol_version WHERE platform_id = $1 ORDER BY name, version DESC
        """,
        platform,
    )
    return [of_version(row["definition"]) for row in rows]


def named(protocols: Sequence[Protocol], name: str) -> Protocol:
    """Find a protocol by `name`, which is its latest version, or by `name:version`."""
    found = NAMED.fullmatch(name)
    if found is not None:
        wanted, version = found.group(1), found.group(2)
        for protocol in protocols:
            if protocol.name == wanted and version in {None, str(protocol.version)}:
                return protocol
    raise NotFound


OBSERVED = """
WITH sent AS (
    SELECT a.channel, i.answered_at,
           row_number() OVER (PARTITION BY a.invitation_id ORDER BY a.counted_at DESC) AS from_last
    FROM attempt a JOIN invitation i ON i.id = a.invitation_id
    WHERE a.platform_id = $1 AND a.id >= $2 AND a.purpose = 'survey' AND a.counted_at IS NOT NULL
      AND (i.answered_at IS NULL OR a.counted_at <= i.answered_at)
)
SELECT channel, count(*) AS sent,
       count(*) FILTER (WHERE answered_at IS NOT NULL AND from_last = 1) AS answered
FROM sent GROUP BY channel
"""


async def observed(db: Connection, platform: UUID) -> dict[Channel, float]:
    """Give the share of messages and calls that were answered in 90 days; too few say nothing."""
    rows = await fetch(db, OBSERVED, platform, uuid7_floor(clock.now() - OBSERVED_DAYS))
    return {
        Channel(row["channel"]): row["answered"] / row["sent"]
        for row in rows
        if row["sent"] >= OBSERVED_LEAST
    }
