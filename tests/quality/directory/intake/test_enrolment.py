"""A providers' file: organisations made, updated, referenced, refused."""

import tempfile
from io import BytesIO
from pathlib import Path

import asyncpg
import pytest

from quality.access.actor import Actor
from quality.directory.intake.batch_rows import Delivery
from quality.directory.intake.enrolment import enrol_file
from quality.directory.intake.receiving import Source
from quality.directory.intake.refusals import FileRefused
from quality.directory.intake.report import Report
from quality.errors import Forbidden
from tests.quality.directory.intake.sending import csv
from tests.world import AIDE_34, World

NEW = {
    "siret": "356 000 000 00048",
    "name": "Courrier à Domicile",
    "short_name": "Courrier Dom.",
    "legal_form": "entreprise",
    "departement": "34",
    "email": "contact@courrier.fr",
    "activities": "II-1|I-3",
}
PRIVATE = {"siret": "", "name": "Mme Noël", "legal_form": "particulier_employeur", "departement": "34"}


async def enrol(world: World, *rows: dict[str, str], actor: Actor | None = None) -> tuple[Report, bytes]:
    refused = BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "organismes.csv"
        path.write_bytes(csv(*rows))
        source = Source(path, Delivery("cli", path.name), refused)
        report = await enrol_file(actor or world.operator, world.house, source)
    return report, refused.getvalue()


async def test_a_new_provider_is_made_and_referenced(world: World, owner: asyncpg.Connection) -> None:
    report, _ = await enrol(world, NEW)
    row = await owner.fetchrow("SELECT * FROM organisation WHERE code = '35600000000048'")
    assert (report.created, row["kind"], row["activities"]) == (1, "provider", ["I-3", "II-1"])
    status = await owner.fetchval("SELECT status FROM referencing WHERE provider_id = $1", row["id"])
    assert status == "referenced"


async def test_the_same_file_again_changes_nothing(world: World, owner: asyncpg.Connection) -> None:
    await enrol(world, NEW, PRIVATE)
    report, _ = await enrol(world, NEW, PRIVATE)
    assert (report.created, report.updated, report.unchanged) == (0, 0, 2)
    assert await owner.fetchval("SELECT count(*) FROM referencing") == 2


async def test_a_known_provider_is_updated_and_an_empty_cell_keeps(
    world: World, owner: asyncpg.Connection
) -> None:
    known = NEW | {"siret": AIDE_34, "name": "Aide 34 et Cie", "activities": ""}
    report, _ = await enrol(world, known)
    row = await owner.fetchrow("SELECT id, name, activities FROM organisation WHERE code = $1", AIDE_34)
    assert (report.updated, row["id"], row["name"]) == (1, world.aide34, "Aide 34 et Cie")
    assert row["activities"] == ["I-3", "II-1"]


async def test_a_private_employer_gets_a_code_of_its_own(world: World, owner: asyncpg.Connection) -> None:
    await enrol(world, PRIVATE, PRIVATE | {"name": "M. Hervé"})
    rows = await owner.fetch(
        "SELECT code, siret FROM organisation WHERE legal_form = 'particulier_employeur'"
    )
    assert len({row["code"] for row in rows}) == 2
    assert all(row["siret"] is None and row["code"].startswith("PE") for row in rows)


async def test_bad_lines_and_repeated_ones_are_given_back(world: World) -> None:
    report, rejects = await enrol(world, NEW, NEW | {"name": "Autre"}, NEW | {"siret": "123"})
    assert (report.read, report.created, report.refused) == (3, 1, 2)
    assert [(error.line, error.column) for error in report.errors] == [(3, "siret"), (4, "siret")]
    assert len(rejects.splitlines()) == 3


async def test_a_file_without_its_columns_is_refused(world: World) -> None:
    with pytest.raises(FileRefused):
        await enrol(world, {"siret": AIDE_34})


async def test_a_provider_enrols_nobody(world: World) -> None:
    with pytest.raises(Forbidden):
        await enrol(world, NEW, actor=world.provider)
