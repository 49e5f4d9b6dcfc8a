"""Sending files to the intake as a provider or its platform does."""

import tempfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from uuid import UUID

from quality.access.actor import Actor
from quality.directory.intake import batches
from quality.directory.intake.batch_rows import Delivery
from quality.directory.intake.receiving import Source
from quality.directory.intake.report import Report
from tests.world import World

VISIT = {
    "reference": "V-1",
    "client_reference": "C-1",
    "client_name": "Mme Martin Jeanne",
    "mobile": "06 39 98 00 01",
    "phone": "04 65 71 00 01",
    "email": "jeanne@exemple.fr",
    "postcode": "34970",
    "activity": "I-3",
    "mode": "prestataire",
    "started_at": "20/11/2026 09:00",
    "ended_at": "20/11/2026 10:30",
    "funders": "D34",
    "status": "done",
}


def visit(**cells: str | None) -> dict[str, str]:
    """Return the sample visit with other cells; None leaves the column out."""
    return {name: cell for name, cell in (VISIT | cells).items() if cell is not None}


def csv(*rows: Mapping[str, str]) -> bytes:
    """Write rows as a file; a column that a row has not is empty there."""
    headings = list(dict.fromkeys(name for row in rows for name in row))
    lines = [headings, *([row.get(name, "") for name in headings] for row in rows)]
    return "\n".join(";".join(line) for line in lines).encode()


async def send(
    world: World, content: bytes, *, actor: Actor | None = None, provider: UUID | None = None
) -> tuple[Report, bytes]:
    """Load a file at once; return the report and the rejects."""
    return await _through(batches.load_file, world, content, actor, provider)


async def try_out(world: World, content: bytes) -> tuple[Report, bytes]:
    """Preview a file; return the report and the rejects."""
    return await _through(batches.preview_file, world, content, None, None)


async def _through(
    verb: object, world: World, content: bytes, actor: Actor | None, provider: UUID | None
) -> tuple[Report, bytes]:
    refused = BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "visites.csv"
        path.write_bytes(content)
        source = Source(path, Delivery("cli", "visites.csv"), refused)
        report = await verb(actor or world.provider, world.house, provider or world.aide34, source)  # type: ignore[operator]
    return report, refused.getvalue()
