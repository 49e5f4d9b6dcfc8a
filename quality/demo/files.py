"""The providers' files on the stage: the past in one file each, told visit by visit; then the real ones."""

import io
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from quality.access.actor import Actor, Role
from quality.app import House
from quality.db import execute, fetch, pool
from quality.demo.cast import Provider
from quality.demo.moments import PARIS
from quality.demo.stage import Stage
from quality.demo.visits import Visit, csv_of
from quality.directory.intake.batch_rows import Delivery
from quality.directory.intake.batches import load_file
from quality.directory.intake.receiving import Source
from quality.errors import Refused


@dataclass(frozen=True, slots=True)
class Sender:
    """A provider that sends its own files."""

    house: House
    provider: UUID
    actor: Actor

    async def send(self, name: str, visits: Sequence[Visit]) -> None:
        """Send a file through the real intake; a refused line would be a mistake of the story."""
        with tempfile.TemporaryDirectory(prefix="quality-") as folder:
            path = Path(folder) / name
            path.write_bytes(csv_of([visit.line for visit in visits]))
            source = Source(path, Delivery("page", name), io.BytesIO())
            report = await load_file(self.actor, self.house, self.provider, source)
        if report.refused:
            raise Refused("Fichier de démonstration refusé : {why}", why=report.errors[0].message)


def senders(house: House, platform: UUID, providers: Mapping[UUID, Provider]) -> dict[Provider, Sender]:
    return {
        provider: Sender(house, identity, Actor(Role.provider, platform, identity, name=provider.name))
        for identity, provider in providers.items()
    }


@dataclass
class Past:
    """Visits known in advance, each waiting for the instant at which its file came."""

    waiting: list[tuple[datetime, UUID, str]]

    async def happen(self, until: datetime) -> None:
        """Let the visits that came until an instant be what their line said, as if received just then."""
        come = [each for each in self.waiting if each[0] <= until]
        self.waiting = [each for each in self.waiting if each[0] > until]
        if come:
            ids, statuses = [row for _, row, _ in come], [status for *_, status in come]
            await execute(pool("work"), HAPPEN, ids, statuses, until)


HAPPEN = """
UPDATE intervention i SET status = k.status, received_at = $3, updated_at = $3
FROM unnest($1::uuid[], $2::text[]) AS k(id, status) WHERE i.id = k.id
"""
HOLD = """
UPDATE intervention SET status = 'planned' RETURNING id, provider_id, reference
"""
CLIENTS = "SELECT id, provider_id, reference FROM client WHERE reference = ANY ($1::text[])"


async def send_past(stage: Stage, posts: Mapping[Provider, Sender], visits: Sequence[Visit]) -> Past:
    """Send each provider's past in one file, then hold every visit back until its own day."""
    for provider, sender in posts.items():
        of_provider = [visit for visit in visits if visit.client.provider == provider]
        await sender.send(f"reprise-{provider.rank:02d}.csv", of_provider)
    known = {(v.client.provider.siret, v.line["reference"]): v for v in visits}
    waiting = []
    for row in await fetch(pool("work"), HOLD):
        visit = known[stage.providers[row["provider_id"]].siret, row["reference"]]
        waiting.append((visit.arrives_at, row["id"], visit.line["status"]))
    await _meet(stage, visits)
    return Past(waiting)


async def send_due(stage: Stage, posts: Mapping[Provider, Sender], visits: Sequence[Visit]) -> None:
    """Send the files of the present moment, one a provider."""
    day = stage.moment.at.astimezone(PARIS).date()
    for provider, sender in posts.items():
        of_provider = [visit for visit in visits if visit.client.provider == provider]
        if of_provider:
            await sender.send(f"visites-{day.isoformat()}.csv", of_provider)
    if visits:
        await _meet(stage, visits)


async def _meet(stage: Stage, visits: Sequence[Visit]) -> None:
    """Learn which row is which client of the story."""
    known = {(v.client.provider.siret, v.client.reference): v.client for v in visits}
    for row in await fetch(pool("work"), CLIENTS, [reference for _, reference in known]):
        told = stage.providers[row["provider_id"]].siret, row["reference"]
        if told in known:
            stage.clients[row["id"]] = known[told]
