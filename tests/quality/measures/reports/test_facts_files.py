"""What is counted of providers is in every file, on the page and in the API, with the same numbers."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from shutil import which
from uuid import UUID

import httpx
import pytest

from quality.db import Connection
from quality.measures.exports import FACT_COLUMNS
from quality.measures.releases import facts
from quality.measures.releases.facts import Fact
from quality.measures.releases.releasing import create
from tests.conftest import need
from tests.quality.measures.cells import answers, convene, write
from tests.quality.measures.reading_back import plain
from tests.quality.measures.reports.test_files import is_valid, run, sheets
from tests.quality.measures.views.test_pages import bearer
from tests.world import World, sign_in

MONTH, FOLDER = "2026-10", "/rapports/herault-2025"
HELD = {"aide34": 30, "cap": 39}
SHARES = {"aide34": "75", "cap": "98"}


@pytest.fixture
async def counted(world: World) -> Iterator[World]:
    """Publish a month in which one provider holds 30 of 40 and another 39, all that is required too."""

    async def counting(_db: Connection, _platform: UUID, _day: date) -> Sequence[Fact]:
        return [
            Fact(
                provider=getattr(world, name),
                indicator="CHARTE",
                version=1,
                asked=40,
                held=held,
                is_whole=name == "cap",
                told={"edition": "national-2012"},
            )
            for name, held in HELD.items()
        ]

    facts.register(counting)
    await convene(world, world.herault, indicators=("GLOB", "CHARTE"), targets={})
    await convene(world, world.cnav, code="cnav", targets={})
    await write(world, answers(world.aide34, [world.herault, world.cnav], 60, 50))
    await create(world.platform, MONTH)
    yield world
    facts.COUNTINGS.remove(counting)


def read(row: dict[str, object]) -> tuple[str, ...]:
    """Write a row in one way, whether its numbers are text or not."""
    return tuple(
        str(each).lower() if isinstance(each, bool) else str(int(each) if isinstance(each, float) else each)
        for each in (row[name] for name in FACT_COLUMNS)
    )


def table(content: bytes) -> list[dict[str, object]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


async def asked(client: httpx.AsyncClient, world: World, organisation: UUID) -> list[dict[str, object]]:
    key, cursor, rows = await bearer(world, organisation), "", []
    while cursor is not None:
        query = {"limit": "1"} | ({"cursor": cursor} if cursor else {})
        answer = (await client.get("/api/v1/facts", params=query, headers=key)).json()
        rows += answer["facts"]
        cursor = answer["next"]
    return rows


async def test_every_output_says_the_same_of_the_charter(
    client: httpx.AsyncClient, counted: World, tmp_path: Path
) -> None:
    need(which("pdftotext") is not None, "pdftotext (poppler-utils)")
    await sign_in(client, counted, "funder", counted.herault)

    async def take(ending: str) -> bytes:
        return (await client.get(f"{FOLDER}/{MONTH}.{ending}")).content

    expected = sorted(map(read, await asked(client, counted, counted.herault)))
    assert sorted(row[3:6] for row in expected) == [("40", "30", "75"), ("40", "39", "98")]
    with zipfile.ZipFile(io.BytesIO(await take("zip"))) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    assert sorted(map(read, table(packed["providers.csv"]))) == expected
    assert sorted(map(read, json.loads(await take("json"))["providers"])) == expected
    book = sheets(await take("xlsx"))
    head, *rows = book["Organismes"]
    assert sorted(read(dict(zip(head, row, strict=True))) for row in rows) == expected
    to_read = [row for row in book["Résultats"] if row[0] == "Engagements de la charte tenus"]
    assert sorted(plain(row[4]) for row in to_read) == ["75 %", "98 %"]
    file = tmp_path / "rapport.pdf"
    file.write_bytes(await take("pdf"))
    said = plain(run("pdftotext", "-layout", str(file), "-"))
    for share, held in zip(SHARES.values(), HELD.values(), strict=True):
        assert f"{share} % {held} sur 40" in said
    run("pdfdetach", "-saveall", "-o", str(tmp_path), str(file))
    attached = (tmp_path / f"herault-2025-{MONTH}-organismes.csv").read_bytes()
    assert attached == packed["providers.csv"]
    page = plain((await client.get("/indicateurs", params={"periode": MONTH})).text)
    assert "86 % des critères demandés sont tenus" in page
    assert "69 sur 80" in page


async def test_the_table_of_providers_is_described_and_summed(
    client: httpx.AsyncClient, counted: World
) -> None:
    await sign_in(client, counted, "funder", counted.herault)
    content = (await client.get(f"{FOLDER}/{MONTH}.zip")).content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    (described,) = [
        each
        for each in json.loads(packed["datapackage.json"])["resources"]
        if each["path"] == "providers.csv"
    ]
    assert described["hash"] == f"sha256:{hashlib.sha256(packed['providers.csv']).hexdigest()}"
    fields = described["schema"]["fields"]
    assert [field["name"] for field in fields] == list(FACT_COLUMNS)
    rows = table(packed["providers.csv"])
    assert described["rows"] == len(rows) == 2
    for row in rows:
        for field in fields:
            value = str(row[field["name"]])
            assert is_valid(value, field) or (field["type"], value) in {
                ("boolean", "true"),
                ("boolean", "false"),
            }
    assert "CHARTE" in {row["indicator"] for row in table(packed["definitions.csv"])}


async def test_a_convention_that_does_not_follow_the_charter_has_none_of_it(
    client: httpx.AsyncClient, counted: World
) -> None:
    await sign_in(client, counted, "funder", counted.cnav)
    content = (await client.get(f"/rapports/cnav/{MONTH}.json")).json()
    assert content["figures"]
    assert content["providers"] == []
    assert "CHARTE" not in {each["indicator"] for each in content["definitions"]}
    assert await asked(client, counted, counted.cnav) == []
    assert await asked(client, counted, counted.gironde) == []


async def test_a_provider_reads_what_its_funder_reads_of_it(
    client: httpx.AsyncClient, counted: World
) -> None:
    mine = await asked(client, counted, counted.aide34)
    assert [row["convention"] for row in mine] == ["herault-2025"]
    of_funder = await asked(client, counted, counted.herault)
    assert mine == [row for row in of_funder if row["provider"] == mine[0]["provider"]]
