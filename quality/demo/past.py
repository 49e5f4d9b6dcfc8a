"""The past of one provider, written set by set as its files would have left it: people, clients, visits."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from itertools import groupby
from uuid import UUID

import asyncpg

from quality.app import House
from quality.demo.copying import array, copy, row
from quality.demo.moments import FILES_AT, instant
from quality.demo.people import Client
from quality.demo.providers import Provider
from quality.demo.stage import chance
from quality.demo.visits import Calendar, Visit, visits_of
from quality.directory import undecided
from quality.directory.intake import clients as sealing
from quality.directory.intake.clients import Identity
from quality.directory.intake.line import DIGEST_KEY, DIGEST_LENGTH
from quality.directory.intake.linking import clusters
from quality.directory.intake.phones import read_phone
from quality.ids import uuid7_of
from quality.keys import Keyring


@dataclass(frozen=True, slots=True)
class Member:
    """A client of the story with its row: its person, and its endpoints by the column of their key."""

    client: Client
    id: UUID
    person: UUID
    endpoints: Mapping[str, UUID]
    created_at: datetime
    visits: Sequence[Visit]


@dataclass
class Past:
    """What a component finds of a provider's past, in a transaction of the owner.

    Its visits arrived before `until`, the start, or the last days that go through the real verbs. What `told`
    receives goes to the grievances of the stage.
    """

    house: House
    connection: asyncpg.Connection
    platform: UUID
    provider: Provider
    id: UUID
    funders: Mapping[str, UUID]
    calendar: Calendar
    members: Sequence[Member] = ()
    told: list[object] = field(default_factory=list)

    @property
    def start(self) -> datetime:
        return self.calendar.start

    @property
    def until(self) -> datetime:
        return instant(self.calendar.live[0], FILES_AT) if self.provider.sends_daily else self.start

    def funders_of(self, client: Client) -> tuple[UUID, ...]:
        return tuple(sorted(self.funders[code] for code in client.funders))


async def write(past: Past) -> None:
    """Write people, clients and visits, then let each component add what it knows of them."""
    come = [visit for visit in visits_of(past.provider, past.calendar) if _arrival(visit) < past.until]
    come.sort(key=lambda visit: visit.client.reference)
    drafts = [_draft(list(group)) for _, group in groupby(come, key=lambda each: each.client.reference)]
    past.members = await _people(past, drafts)
    await _visits(past)
    for part in past.house.components:
        if part.demo_past is not None:
            await part.demo_past(past)


def _arrival(visit: Visit) -> datetime:
    if visit.arrives_at is None:
        raise LookupError(visit.reference)
    return visit.arrives_at


@dataclass(frozen=True, slots=True)
class _Draft:
    """A client not yet linked to its person."""

    client: Client
    id: UUID
    identity: Identity
    visits: Sequence[Visit]

    @property
    def created_at(self) -> datetime:
        return _arrival(self.visits[0])


def _draft(visits: Sequence[Visit]) -> _Draft:
    client, last = visits[0].client, visits[-1]
    bits = chance("client", client.provider.siret, client.reference).getrandbits(74)
    relative = read_phone(client.relative_phone, True) if client.relative_phone else None
    identity = Identity(
        client_name=client.name,
        phone=_number(client.phone),
        mobile=_number(client.mobile),
        email=client.email or None,
        relative_name=client.relative_name or None,
        relative_phone=relative.e164 if relative else None,
        relative_phone_is_mobile=relative.is_mobile if relative else False,
        language=client.language,
        departement=client.departement,
        postcode=client.postcode,
        commune=client.commune,
        age_band=client.age_band,
        status=last.client_status or "active",
        status_since=last.client_status_since,
        contact=client.contact or None,
    )
    return _Draft(client, uuid7_of(_arrival(visits[0]), bits), identity, visits)


def _number(text: str) -> str | None:
    return read_phone(text, True).e164 if text else None


PERSON = ("id", "platform_id", "recent")
ENDPOINT = ("id", "platform_id", "kind", "key", "recent")
PERSON_NAME = ("id", "platform_id", "person_id", "endpoint_id", "name_key")
CLIENT = ("platform_id", "provider_id", "created_at", "person_id", *sealing.COLUMNS)


@dataclass(frozen=True, slots=True)
class _Links:
    """Who is behind the clients of a provider: persons, the endpoints that reach them, names."""

    persons: Mapping[UUID, UUID]
    endpoints: Mapping[tuple[str, bytes], UUID]
    names: Sequence[tuple[UUID, UUID, bytes]]


async def _people(past: Past, drafts: Sequence[_Draft]) -> list[Member]:
    """Link clients that share an endpoint and a name to one person, as a file does."""
    drawn = chance("people", past.provider.siret)

    def new() -> UUID:
        return UUID(int=drawn.getrandbits(128), version=4)

    links = _linked(past.house.keyring, drafts, new)
    await _write_people(past, links, new)
    await _write_clients(past, links, drafts)
    return [_member(past.house.keyring, links, draft) for draft in drafts]


def _linked(keyring: Keyring, drafts: Sequence[_Draft], new: Callable[[], UUID]) -> _Links:
    found = {draft.id: sealing.endpoints(draft.id, draft.identity, keyring) for draft in drafts}
    numbers = clusters(found)
    every = sorted({(kind, key) for of_client in found.values() for kind, key, _ in of_client})
    persons = {number: new() for number in sorted(set(numbers.values()))}
    endpoints = {each: new() for each in every}
    names = {
        (persons[numbers[who]], endpoints[kind, key], name)
        for who, of_client in found.items()
        for kind, key, name in of_client
    }
    return _Links({who: persons[number] for who, number in numbers.items()}, endpoints, sorted(names))


async def _write_people(past: Past, links: _Links, new: Callable[[], UUID]) -> None:
    db, platform = past.connection, past.platform
    persons = dict.fromkeys(links.persons.values())
    await copy(db, "person", PERSON, (row(each, platform, ()) for each in persons))
    await copy(
        db, "endpoint", ENDPOINT, (row(id_, platform, *each, ()) for each, id_ in links.endpoints.items())
    )
    await copy(db, "person_name", PERSON_NAME, (row(new(), platform, *each) for each in links.names))


async def _write_clients(past: Past, links: _Links, drafts: Sequence[_Draft]) -> None:
    platform, keyring = past.platform, past.house.keyring
    rows = [
        (platform, past.id, draft.created_at, links.persons[draft.id], *_sealed(draft, keyring))
        for draft in drafts
    ]
    await past.connection.copy_records_to_table("client", records=rows, columns=CLIENT)


def _member(keyring: Keyring, links: _Links, draft: _Draft) -> Member:
    reached = {
        column: links.endpoints[kind, keyring.lookup(kind, clear)]
        for column, kind in (sealing.REACHED | sealing.REACHED_THROUGH).items()
        if (clear := getattr(draft.identity, column)) is not None
    }
    return Member(draft.client, draft.id, links.persons[draft.id], reached, draft.created_at, draft.visits)


def _sealed(draft: _Draft, keyring: Keyring) -> tuple[object, ...]:
    digest = blake2b(repr(draft.identity).encode(), key=keyring.subkey(DIGEST_KEY), digest_size=DIGEST_LENGTH)
    return sealing.sealed(draft.client.reference, draft.id, draft.identity, digest.digest(), keyring)


BATCH = ("id", "platform_id", "provider_id", "source", "filename", "state", "counts", "errors", "reading",
         "created_at", "committed_at")  # fmt: skip
KEY = ("id", "platform_id", "provider_id", "reference")
VISIT = ("id", "platform_id", "provider_id", "client_id", "reference", "activity", "mode", "departement",
         "planned_start", "planned_end", "started_at", "ended_at", "worker_reference", "funders", "status",
         "status_reason", "incident", "digest", "received_at", "updated_at", "import_batch_id")  # fmt: skip
WAIT = undecided.wait("intervention i WHERE i.provider_id = $1")
COUNTS = '{{"read":{0},"created":{0},"updated":0,"unchanged":0,"refused":0,"unauthorised":0}}'


async def _visits(past: Past) -> None:
    """Write each visit as its file brought it, and the file as a program sent it."""
    drawn = chance("files", past.provider.siret)
    arrivals: dict[datetime, int] = {}
    for member in past.members:
        for visit in member.visits:
            arrivals[_arrival(visit)] = arrivals.get(_arrival(visit), 0) + 1
    batches = {at: uuid7_of(at, drawn.getrandbits(74)) for at in sorted(arrivals)}
    db, platform = past.connection, past.platform
    await copy(
        db,
        "import_batch",
        BATCH,
        (
            row(
                batch,
                platform,
                past.id,
                "api",
                "",
                "committed",
                COUNTS.format(arrivals[at]),
                "[]",
                "{}",
                at,
                at,
            )
            for at, batch in batches.items()
        ),
    )
    await copy(db, "intervention_key", KEY, _keys(past))
    await copy(db, "intervention", VISIT, _rows(past, batches))
    if not any(part.demo_past for part in past.house.components):
        await db.execute(WAIT, past.id)


def _keys(past: Past) -> Iterator[str]:
    where = f"{past.platform.hex}\t{past.id.hex}"
    for member in past.members:
        for visit in member.visits:
            yield f"{visit.identity.hex}\t{where}\t{visit.reference}"


def _rows(past: Past, batches: Mapping[datetime, UUID]) -> Iterator[str]:
    key = past.house.keyring.subkey(DIGEST_KEY)
    where = f"{past.platform.hex}\t{past.id.hex}"
    for member in past.members:
        client = member.client
        of_client = f"{where}\t{member.id.hex}"
        what = f"{client.activity}\t{client.mode}\t{client.departement}"
        funders = array(past.funders_of(client))
        for visit in member.visits:
            at = _arrival(visit)
            when = row(visit.planned_start, visit.planned_end, visit.started_at, visit.held_until)
            said = row(visit.status, visit.status_reason, visit.incident)
            line = f"{visit.reference}\t{what}\t{when}\t{visit.worker}\t{funders}\t{said}"
            digest = blake2b(line.encode(), key=key, digest_size=DIGEST_LENGTH).digest()
            yield f"{visit.identity.hex}\t{of_client}\t{line}\t" + row(digest, at, at, batches[at])
