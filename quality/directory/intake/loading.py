"""Loading a file of interventions: one transaction, chunk after chunk, in flat memory.

What a line changes is decided by pure functions (`visits`, `clients`); what is known is read, and what
changed is written, set by set (`staging`).
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec.structs import astuple

from quality import clock
from quality.db import Connection, fetch, raw
from quality.directory.intake import clients, linking, staging, visits
from quality.directory.intake.checking import PARIS, Checker
from quality.directory.intake.chunks import Chunk, Good, Reject, ahead, chunks_of
from quality.directory.intake.line import DIGEST_KEY
from quality.directory.intake.permits import Permit, Permits
from quality.directory.intake.reading import Row
from quality.directory.intake.refusals import line_error
from quality.directory.intake.report import Report
from quality.directory.intake.staging import Provider
from quality.ids import uuid7
from quality.keys import Keyring


class VisitChange(msgspec.Struct, frozen=True, gc=False):
    """A visit to add, or to change when it is stored already."""

    id: UUID
    good: Good
    visit: visits.Visit
    stored: visits.Visit | None


@dataclass(frozen=True, slots=True)
class ClientChange:
    """A client to add or to change, in clear until it is written."""

    id: UUID
    reference: str
    person: UUID | None
    identity: clients.Identity
    digest: bytes


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of the clients and visits that a chunk names."""

    clients: Mapping[str, asyncpg.Record]
    visit_ids: Mapping[str, UUID]
    visits: Mapping[UUID, visits.Visit]


@dataclass
class Load:
    """One file on its way in: `preview` decides and counts, `commit` writes as well."""

    connection: asyncpg.Connection
    keyring: Keyring
    provider: Provider
    checker: Checker
    permits: Permits
    now: datetime
    reject: Reject | None = None
    report: Report = field(default_factory=Report)
    changed_clients: set[UUID] = field(default_factory=set)

    async def preview(self, rows: Iterator[Row]) -> Report:
        """Count what the file would do; nothing is written."""
        await staging.prepare(self.connection, self.provider.id)
        async with aclosing(ahead(self._chunks(rows))) as chunks:
            async for chunk in chunks:
                await self._decide(chunk)
        return self.report

    async def commit(self, rows: Iterator[Row], batch: UUID) -> Report:
        """Write what the file brings, and count it."""
        await staging.prepare(self.connection, self.provider.id)
        async with aclosing(ahead(self._chunks(rows))) as chunks:
            async for chunk in chunks:
                people, changes = await self._decide(chunk)
                await self._save_clients(people)
                await self._save_visits(changes, batch)
        return self.report

    def _chunks(self, rows: Iterator[Row]) -> Iterator[Chunk]:
        return chunks_of(rows, self.checker, self.keyring.subkey(DIGEST_KEY))

    async def _decide(self, chunk: Chunk) -> tuple[list[ClientChange], list[VisitChange]]:
        self.report.read += len(chunk.good) + len(chunk.refused)
        await self._set_repeated_aside(chunk)
        known = await self._known(chunk)
        changes = await asyncio.to_thread(self._visit_changes, chunk, known)
        people = await self._client_changes(changes, known)
        self._hand_back(chunk)
        for change in changes:
            self._count(change)
        return people, changes

    async def _set_repeated_aside(self, chunk: Chunk) -> None:
        """Refuse a reference seen before in this file, unless the line says the same again."""
        lines = [(number, good.line.reference, good.digest) for number, good in chunk.good.items()]
        for number, (first, is_same) in (await staging.repeated(self.connection, lines)).items():
            if is_same:
                del chunk.good[number]
                self.report.unchanged += 1
                continue
            message = f"Déjà vue ligne {first}, avec un autre contenu. Gardez une seule des deux lignes."
            reference = chunk.good[number].line.reference
            chunk.refuse(number, line_error(number, "reference", reference, message))

    async def _known(self, chunk: Chunk) -> Known:
        """Read what is stored, and let go of the lines that were received as they are."""
        references = {good.line.reference: number for number, good in chunk.good.items()}
        found = await staging.known_visits(self.connection, self.provider.id, list(references))
        ids: dict[str, UUID] = {}
        for reference, (identity, digest) in found.items():
            number = references[reference]
            if chunk.good[number].digest == digest:
                del chunk.good[number]
                self.report.unchanged += 1
            else:
                ids[reference] = identity
        named = {good.line.client_reference for good in chunk.good.values()}
        return Known(
            await staging.known_clients(self.connection, self.provider.id, list(named)),
            ids,
            await staging.stored_visits(self.connection, list(ids.values())),
        )

    def _visit_changes(self, chunk: Chunk, known: Known) -> list[VisitChange]:
        ids: dict[str, UUID] = {reference: row["id"] for reference, row in known.clients.items()}
        changes: list[VisitChange] = []
        key = self.keyring.subkey(visits.IDENTITY_KEY)
        for number, good in list(chunk.good.items()):
            line = good.line
            client = ids.get(line.client_reference) or ids.setdefault(line.client_reference, uuid7(self.now))
            identity = known.visit_ids.get(line.reference)
            stored = known.visits[identity] if identity else None
            visit = visits.after(stored, line, client, self.permits.is_missing)
            if isinstance(visit, visits.Visit):
                identity = identity or visits.identity_of(visit, self.provider.id, line.reference, key)
                changes.append(VisitChange(identity, good, visit, stored))
            else:
                chunk.refuse(number, *visit)
        return changes

    async def _client_changes(self, changes: list[VisitChange], known: Known) -> list[ClientChange]:
        ids = {change.good.line.client_reference: change.visit.client_id for change in changes}
        told = clients.folded((change.good.line for change in changes), self.keyring.subkey(DIGEST_KEY))
        news = {
            reference: said
            for reference, said in told.items()
            if reference not in known.clients or known.clients[reference]["digest"] != said.digest
        }
        rows = await staging.stored_clients(
            self.connection, [ids[reference] for reference in news if reference in known.clients]
        )
        return await asyncio.to_thread(self._identities, news, ids, rows)

    def _identities(
        self, news: Mapping[str, clients.Told], ids: Mapping[str, UUID], rows: Mapping[UUID, asyncpg.Record]
    ) -> list[ClientChange]:
        today = self.now.astimezone(PARIS).date()
        changes = []
        for reference, told in news.items():
            row = rows.get(ids[reference])
            stored = clients.opened(row, self.keyring) if row else None
            identity = clients.after(stored, told.facts, today)
            if identity == stored:
                continue
            person = row["person_id"] if row else None
            changes.append(ClientChange(ids[reference], reference, person, identity, told.digest))
            if stored is not None:
                self.changed_clients.add(ids[reference])
        return changes

    def _count(self, change: VisitChange) -> None:
        """Count a line; one that says in other words what was known changes nothing, and is written too."""
        if change.visit == change.stored and change.visit.client_id not in self.changed_clients:
            self.report.unchanged += 1
            return
        is_new = change.stored is None
        self.report.created += is_new
        self.report.updated += not is_new
        self.report.unauthorised += change.visit.authorisation_missing

    def _hand_back(self, chunk: Chunk) -> None:
        for number in sorted(chunk.refused):
            row, errors = chunk.refused[number]
            self.report.refuse(errors)
            if self.reject is not None:
                self.reject(row, errors)

    async def _save_clients(self, changes: list[ClientChange]) -> None:
        sealed = await asyncio.to_thread(lambda: [self._sealed(change) for change in changes])
        people = await linking.people(self.connection, self.provider.platform, [link for link, _ in sealed])
        rows = [(people[link.client], *row) for link, row in sealed]
        await staging.save_clients(self.connection, self.provider, self.now, rows)
        dead = [change.id for change in changes if change.identity.status == "deceased"]
        await linking.note_deaths(self.connection, self.provider.platform, dead, self.now)

    def _sealed(self, change: ClientChange) -> tuple[linking.Linkable, tuple[object, ...]]:
        links = clients.endpoints(change.id, change.identity, self.keyring)
        row = clients.sealed(change.reference, change.id, change.identity, change.digest, self.keyring)
        return linking.Linkable(change.id, change.person, links), row

    async def _save_visits(self, changes: list[VisitChange], batch: UUID) -> None:
        rows = await asyncio.to_thread(lambda: [_staged(change) for change in changes])
        await staging.save_visits(self.connection, self.provider, batch, self.now, rows)


def _staged(change: VisitChange) -> tuple[Any, ...]:
    good = change.good
    return (change.id, good.line.reference, change.stored is None, *astuple(change.visit), good.digest)


async def begun(
    db: Connection,
    keyring: Keyring,
    provider: Provider,
    *,
    allow_fiction: bool = False,
    reject: Reject | None = None,
) -> Load:
    """Return a load ready to preview or commit, in an open transaction scoped to who sends the file."""
    now = clock.now()
    return Load(
        connection=raw(db),
        keyring=keyring,
        provider=provider,
        checker=Checker(now, await _funders(db, provider.platform), allow_fiction),
        permits=await _permits(db, provider.id),
        now=now,
        reject=reject,
    )


async def _funders(db: Connection, platform: UUID) -> dict[str, UUID]:
    rows = await fetch(
        db, "SELECT code, id FROM organisation WHERE platform_id = $1 AND kind = 'funder'", platform
    )
    return {row["code"]: row["id"] for row in rows}


async def _permits(db: Connection, provider: UUID) -> Permits:
    rows = await fetch(
        db,
        """
        SELECT kind, valid_from, valid_to, activities, departements FROM authorisation
        WHERE organisation_id = $1
        """,
        provider,
    )
    lists = ("activities", "departements")
    return Permits([Permit(**(row | {name: tuple(row[name]) for name in lists})) for row in rows])
