"""A file of visits read by the intake and kept nowhere: its people are found among those stored."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.app import House
from quality.db import Connection, fetch, fetch_one, transaction
from quality.directory.intake import clients, linking, staging, visits
from quality.directory.intake.checking import Checker
from quality.directory.intake.clients import REACHED, REACHED_THROUGH, Identity
from quality.directory.intake.line import DIGEST_KEY, Line
from quality.directory.intake.loading import begun
from quality.directory.intake.reading import open_table
from quality.directory.intake.receiving import allows_fiction
from quality.directory.intake.staging import Provider
from quality.errors import NotFound
from quality.keys import Keyring
from surveys.protocol.ledger import Row

MORNING = time(6)
NEWCOMER = UUID(int=0)  # a provider that the platform does not know yet
PersonNames = dict[tuple[str, bytes, bytes], UUID]


class Arrival(StrEnum):
    """When the visits of a file are supposed to arrive: all now, the morning after each, or each Monday."""

    NOW = "now"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Sent:
    """A file to simulate: whose visits, when they arrive, in which zone mornings are counted.

    Without a provider they are those of the only one of the platform, else of one not known yet.
    """

    content: Path | bytes
    filename: str
    provider: UUID | None
    arrival: Arrival
    zone: ZoneInfo
    now: datetime


@dataclass(frozen=True, slots=True)
class Parsed:
    """The visits that a file holds, in the order in which they would arrive; `refused` lines are left out."""

    visits: Sequence[Row]
    refused: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What the house knows of the visits and clients that a file names."""

    visits: Mapping[str, UUID]
    clients: Mapping[str, Mapping[str, Any]]
    people: PersonNames
    settings: Row


async def parse(actor: Actor, house: House, sent: Sent) -> Parsed:
    """Read a file as the intake does, and give its visits as deciding reads them; nothing is written."""
    async with scoped(actor) as db:
        provider = await _provider(db, actor, sent.provider)
        load = await begun(db, house.keyring, provider, allow_fiction=allows_fiction(house))
    lines, refused = await asyncio.to_thread(_lines, sent, load.checker)
    known = await stored_of(house.keyring, provider, lines)
    crowd = Crowd(house.keyring, provider, known)
    rows = await asyncio.to_thread(lambda: list(crowd.rows(lines, sent)))
    return Parsed(rows, refused)


PROVIDERS = """
SELECT id FROM organisation WHERE kind = 'provider' AND platform_id = $1 AND ($2::uuid IS NULL OR id = $2)
LIMIT 2
"""


async def _provider(db: Connection, actor: Actor, wanted: UUID | None) -> Provider:
    if actor.platform is None:
        raise NotFound
    rows = await fetch(db, PROVIDERS, actor.platform, wanted)
    if wanted is not None and not rows:
        raise NotFound
    return Provider(rows[0]["id"] if len(rows) == 1 else NEWCOMER, actor.platform)


def _lines(sent: Sent, checker: Checker) -> tuple[list[Line], int]:
    """Check every line; of a reference given twice, the first one counts."""
    lines: dict[str, Line] = {}
    refused = 0
    for row in open_table(sent.content, sent.filename).rows:
        checked = checker.check(row)
        if isinstance(checked, Line):
            lines.setdefault(checked.reference, checked)
        else:
            refused += 1
    return list(lines.values()), refused


async def stored_of(keyring: Keyring, provider: Provider, lines: Sequence[Line]) -> Stored:
    """Read, set by set, what is known of the visits, clients and people of a file."""
    keys = sorted({key for line in lines for key in _keys(line, keyring)})
    async with transaction("work") as db:
        settings = await fetch_one(
            db, "SELECT interval_days, stratum_target FROM platform WHERE id = $1", provider.platform
        )
        visit_rows = await fetch(db, staging.KNOWN_VISITS, provider.id, [line.reference for line in lines])
        client_rows = await fetch(
            db,
            f"SELECT {staging.CLIENT} FROM client WHERE provider_id = $1 AND reference = ANY ($2::text[])",
            provider.id,
            sorted({line.client_reference for line in lines}),
        )
        names = await fetch(
            db, NAMES, provider.platform, [kind for kind, _ in keys], [key for _, key in keys]
        )
    return Stored(
        {row["reference"]: row["id"] for row in visit_rows},
        {row["reference"]: row for row in client_rows},
        {(row["kind"], row["key"], row["name_key"]): row["person_id"] for row in reversed(names)},
        settings or {},
    )


NAMES = """
SELECT e.kind, e.key, n.name_key, n.person_id FROM unnest($2::text[], $3::bytea[]) AS k (kind, key)
JOIN endpoint e ON e.platform_id = $1 AND e.kind = k.kind AND e.key = k.key
JOIN person_name n ON n.endpoint_id = e.id ORDER BY n.person_id::text
"""


def _keys(line: Line, keyring: Keyring) -> Iterator[tuple[str, bytes]]:
    for fact, kind in REACHED.items():
        value = getattr(line, fact)
        if isinstance(value, str):
            yield kind, keyring.lookup(kind, value)


@dataclass(slots=True)
class Crowd:
    """The clients and people of a file, as its lines make them known one arrival after the other."""

    keyring: Keyring
    provider: Provider
    known: Stored
    ids: dict[str, UUID] = field(default_factory=dict)
    identities: dict[UUID, Identity] = field(default_factory=dict)
    people: dict[UUID, UUID] = field(default_factory=dict)
    names: PersonNames = field(default_factory=dict)
    contacts: dict[UUID, Row] = field(default_factory=dict)
    clients: dict[UUID, set[UUID]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names.update(self.known.people)
        for reference, row in self.known.clients.items():
            self.ids[reference] = row["id"]
            self._is(row["id"], row["person_id"])
            self.identities[row["id"]] = clients.opened(row, self.keyring)

    def rows(self, lines: Iterable[Line], sent: Sent) -> Iterator[Row]:
        """Give the visits in the order of their arrival, each with its client as then known."""
        arriving = sorted(
            ((arrival_of(visit, sent), line.line, visit, line) for visit, line in self._visits(lines)),
            key=lambda each: each[:2],
        )
        for at, together in groupby(arriving, key=lambda each: each[0]):
            slice_ = list(together)
            self._learn([line for *_, line in slice_], at.astimezone(sent.zone).date())
            rows = [self._row(visit, line, at) for _, _, visit, line in slice_]
            yield from sorted(rows, key=lambda row: (row["ended_at"] or at, row["id"]))

    def _visits(self, lines: Iterable[Line]) -> Iterator[tuple[visits.Visit, Line]]:
        for line in lines:
            client = self.ids.setdefault(line.client_reference, uuid4())
            visit = visits.after(None, line, client, lambda *_: False)
            if isinstance(visit, visits.Visit):
                yield visit, line

    def _learn(self, lines: Sequence[Line], today: date) -> None:
        """Merge what lines say of their clients, and find who is the same person."""
        told = clients.folded(lines, self.keyring.subkey(DIGEST_KEY))
        changed = {}
        for reference, said in told.items():
            client = self.ids[reference]
            before = self.identities.get(client)
            identity = clients.after(before, said.facts, today)
            if identity != before or client not in self.contacts:
                self.identities[client], changed[client] = identity, identity
                self.contacts[client] = self._contact(identity)
        self._link(
            {client: clients.endpoints(client, each, self.keyring) for client, each in changed.items()}
        )

    def _link(self, links: Mapping[UUID, Iterable[linking.Link]]) -> None:
        """Give each client its person as the database would: the one known, else the one of its cluster."""
        numbers = linking.clusters(links)
        people: dict[int, UUID] = {}
        for known in (self._of_clients, self._of_names):
            for client, number in numbers.items():
                found = known(client, links[client])
                if found and (number not in people or known is self._of_clients):
                    people[number] = min(people.get(number, found), found, key=str)
        for client, number in numbers.items():
            person = people.setdefault(number, uuid4())
            self._is(client, person)
            for link in links[client]:
                self.names.setdefault(link, person)

    def _is(self, client: UUID, person: UUID) -> None:
        """Remember whose a client is: the person first given stays theirs."""
        self.clients.setdefault(self.people.setdefault(client, person), set()).add(client)

    def _age_bands(self, person: UUID) -> frozenset[str]:
        found = (
            self.identities[client].age_band for client in self.clients[person] if client in self.identities
        )
        return frozenset(band for band in found if band)

    def _of_clients(self, client: UUID, _links: Iterable[linking.Link]) -> UUID | None:
        return self.people.get(client)

    def _of_names(self, _client: UUID, links: Iterable[linking.Link]) -> UUID | None:
        return min((self.names[link] for link in links if link in self.names), key=str, default=None)

    def _contact(self, identity: Identity) -> Row:
        keys = {
            f"{fact}_key": self.keyring.lookup(kind, clear) if (clear := getattr(identity, fact)) else None
            for fact, kind in (REACHED | REACHED_THROUGH).items()
        }
        return keys | {
            "relative_phone_is_mobile": identity.relative_phone_is_mobile,
            "client_status": identity.status,
            "status_since": identity.status_since,
            "contact": identity.contact,
            "client_departement": identity.departement,
            "has_identity": True,
        }

    def _row(self, visit: visits.Visit, line: Line, at: datetime) -> Row:
        provider, client = self.provider, visit.client_id
        known = self.known.visits.get(line.reference)
        key = self.keyring.subkey(visits.IDENTITY_KEY)
        return {
            "id": known or visits.identity_of(visit, provider.id, line.reference, key),
            "reference": line.reference,
            "client_reference": line.client_reference,
            "platform_id": provider.platform,
            "provider_id": provider.id,
            "client_id": client,
            "person_id": self.people[client],
            "age_bands": self._age_bands(self.people[client]),
            "funders": list(visit.funders),
            "worker": visit.worker_reference,
            "ended_at": ended_at(visit),
            "left_at": visit.ended_at,
            "arrived_at": at,
            **{name: getattr(visit, name) for name in COPIED},
            **self.contacts[client],
            **self.known.settings,
        }


COPIED = ("departement", "activity", "status", "status_reason", "incident")


def ended_at(visit: visits.Visit) -> datetime | None:
    """Give the end of a visit as the ledger takes it: one that was not done ended when it was planned to."""
    planned, real = (visit.planned_end, visit.planned_start), (visit.ended_at, visit.started_at)
    if visit.status == "done":
        return visit.ended_at or visit.planned_end or visit.started_at or visit.planned_start
    return next((instant for instant in (*planned, *real) if instant), None)


def arrival_of(visit: visits.Visit, sent: Sent) -> datetime:
    """Give the instant at which a visit of a file is supposed to arrive."""
    if sent.arrival is Arrival.NOW:
        return sent.now
    day = (ended_at(visit) or visit.starts_at).astimezone(sent.zone).date()
    wait = 1 if sent.arrival is Arrival.DAILY else 7 - day.weekday()
    return datetime.combine(day + timedelta(days=wait), MORNING, sent.zone).astimezone(UTC)
