"""The providers' files on the stage: those of the last days go through the real intake."""

import io
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from quality.access.actor import Actor, Role
from quality.app import House
from quality.db import fetch, pool
from quality.demo.moments import PARIS
from quality.demo.people import Client, clients_of
from quality.demo.providers import PROVIDERS
from quality.demo.stage import Stage
from quality.demo.visits import Calendar, Visit, csv_of, visits_of
from quality.directory.intake.batch_rows import Delivery
from quality.directory.intake.batches import load_file
from quality.directory.intake.receiving import Source
from quality.errors import Refused

DAILY = tuple(provider for provider in PROVIDERS if provider.sends_daily)


@dataclass(frozen=True, slots=True)
class Sender:
    """A provider that sends its own files, with the visits that they will tell."""

    house: House
    provider: UUID
    actor: Actor
    visits: Sequence[Visit]

    def between(self, after: datetime, until: datetime) -> list[Visit]:
        return [visit for visit in self.visits if visit.arrives_at and after < visit.arrives_at <= until]

    async def send(self, name: str, visits: Sequence[Visit]) -> None:
        """Send a file through the real intake; a refused line would be a mistake of the story."""
        with tempfile.TemporaryDirectory(prefix="quality-") as folder:
            path = Path(folder) / name
            path.write_bytes(csv_of([visit.line for visit in visits]))
            source = Source(path, Delivery("page", name), io.BytesIO())
            report = await load_file(self.actor, self.house, self.provider, source)
        if report.refused:
            raise Refused("Fichier de démonstration refusé : {why}", why=report.errors[0].message)


def senders(house: House, platform: UUID, ids: Mapping[str, UUID], start: datetime) -> tuple[Sender, ...]:
    """Give those who send a file each evening of the last days."""
    calendar = Calendar(start)
    return tuple(
        Sender(
            house,
            ids[provider.siret],
            Actor(Role.provider, platform, ids[provider.siret], name=provider.name),
            visits_of(provider, calendar),
        )
        for provider in DAILY
    )


async def send_due(stage: Stage, posts: Sequence[Sender], after: datetime) -> None:
    """Send the files that came since the moment before, one a provider, and meet the clients in them."""
    day = stage.moment.at.astimezone(PARIS).date()
    for sender in posts:
        due = sender.between(after, stage.moment.at)
        if due:
            await sender.send(name_of(day), due)
            await meet(stage)


def name_of(day: date) -> str:
    """Name the file of a day, as a provider's software does."""
    return f"visites-{day.isoformat()}.csv"


CLIENTS = "SELECT id, provider_id, reference FROM client WHERE provider_id = ANY ($1::uuid[])"


async def meet(stage: Stage) -> None:
    """Learn which row is which client, for those whose last days go through the real verbs."""
    known: dict[tuple[UUID, str], Client] = {
        (identity, client.reference): client
        for identity, provider in stage.providers.items()
        if provider.sends_daily
        for client in clients_of(provider)
    }
    rows = await fetch(pool("work"), CLIENTS, list({identity for identity, _ in known}))
    stage.clients = {row["id"]: known[row["provider_id"], row["reference"]] for row in rows}
