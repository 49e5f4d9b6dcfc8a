"""Weighted totals are in the files as on the page, beside figures whose columns do not change."""

import csv
import io
import json
import zipfile
from datetime import date

import httpx

from quality.measures.exports import COLUMNS, WEIGHTED_COLUMNS
from quality.measures.releases.releasing import create
from tests.quality.measures.cells import answers, convene, write
from tests.quality.measures.reading_back import plain
from tests.quality.measures.releases.test_weighing import weighted_october
from tests.quality.measures.reports.test_files import is_valid, sheets
from tests.quality.measures.views.test_pages import seen
from tests.world import World, sign_in

FOLDER = "/rapports/ensemble"


def read(row: dict[str, object]) -> tuple[str, ...]:
    """Write a row in one way, whether its numbers are text or not."""
    return tuple(f"{each:g}" if isinstance(each, float) else str(each) for each in row.values())


async def packed(client: httpx.AsyncClient, address: str) -> dict[str, bytes]:
    content = (await client.get(address)).content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def test_weighted_totals_are_the_same_in_every_file_and_on_the_page(
    client: httpx.AsyncClient, world: World
) -> None:
    await weighted_october(world)
    await sign_in(client, world, "platform")
    found = await packed(client, f"{FOLDER}/2026-10.zip")
    table = list(csv.DictReader(io.StringIO(found["weighted.csv"].decode(), newline="")))
    expected = [read(row) for row in table]
    assert tuple(table[0]) == WEIGHTED_COLUMNS
    assert [(row["scope_code"], row["value"], row["margins"]) for row in table] == [
        ("34", "70", "activity"),
        ("FR", "70", "activity"),
    ]
    told = json.loads((await client.get(f"{FOLDER}/2026-10.json")).content)
    assert [read(row) for row in told["weighted"]] == expected
    head, *rows = sheets((await client.get(f"{FOLDER}/2026-10.xlsx")).content)["Totaux redressés"]
    assert tuple(head) == WEIGHTED_COLUMNS
    assert [read(dict(zip(head, row, strict=True))) for row in rows] == expected
    page = seen(await client.get("/indicateurs/GLOB"))
    france = table[1]
    assert f"Redressé {france['value']} % de {france['ci_low']} à {france['ci_high']} %" in page


async def test_the_table_is_described_and_those_of_figures_stay_as_they_are(
    client: httpx.AsyncClient, world: World
) -> None:
    await weighted_october(world)
    await sign_in(client, world, "platform")
    found = await packed(client, f"{FOLDER}/2026-10.zip")
    assert found["figures.csv"].decode().split("\r\n")[0] == ",".join(COLUMNS)
    described = json.loads(found["datapackage.json"])
    (resource,) = [each for each in described["resources"] if each["name"] == "weighted"]
    assert [field["name"] for field in resource["schema"]["fields"]] == list(WEIGHTED_COLUMNS)
    assert resource["rows"] == 2
    for row in csv.DictReader(io.StringIO(found["weighted.csv"].decode(), newline="")):
        assert all(is_valid(row[field["name"]], field) for field in resource["schema"]["fields"])
    assert "weighted.csv" in found["SHA256SUMS"].decode()


async def test_a_funder_has_no_weighted_total_in_its_files(client: httpx.AsyncClient, world: World) -> None:
    await convene(world, world.herault, targets={})
    await weighted_october(world)
    await sign_in(client, world, "funder", world.herault)
    told = await client.get("/rapports/herault-2025/2026-10.json")
    assert "weighted.csv" not in await packed(client, "/rapports/herault-2025/2026-10.zip")
    assert json.loads(told.content)["weighted"] == []


async def test_months_counted_in_part_are_said_in_the_files(client: httpx.AsyncClient, world: World) -> None:
    terms = {"starts_on": date(2026, 9, 1), "ends_on": None, "targets": {}}
    await convene(world, world.herault, **terms)
    for month in (date(2026, 8, 1), date(2026, 9, 1)):
        await write(world, answers(world.aide34, [world.herault], 60, 50, month=month, name=f"{month}"))
    await create(world.platform, "2026-Q3")
    await sign_in(client, world, "funder", world.herault)
    told = json.loads((await client.get("/rapports/herault-2025/2026-Q3.json")).content)
    (note,) = told["notes"]
    assert plain(note).endswith("Mois comptés : septembre 2026.")
    found = await packed(client, "/rapports/herault-2025/2026-Q3.zip")
    assert json.loads(found["datapackage.json"])["description"] == note
    about = sheets((await client.get("/rapports/herault-2025/2026-Q3.xlsx")).content)["À propos"]
    assert ["À savoir", note] in [row[:2] for row in about]
