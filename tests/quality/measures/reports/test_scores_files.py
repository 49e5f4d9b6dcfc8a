"""A score from −100 to 100 is the same on the page, in every file and in the API, sign and all."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from shutil import which
from typing import Any

import httpx
import pytest

from quality.measures.catalogue import CATALOGUE
from quality.measures.exports import COLUMNS
from quality.measures.releases.releasing import create
from tests.conftest import need
from tests.quality.measures.cells import convene, write
from tests.quality.measures.reading_back import plain
from tests.quality.measures.releases.test_scores import marked
from tests.quality.measures.reports.test_files import of_spreadsheets, run, same, sheets
from tests.quality.measures.test_same_figures import answers_of
from tests.quality.web.pages import read
from tests.world import World, sign_in

MONTH, FOLDER = "2026-10", "/rapports/herault-2025"
Row = Mapping[str, Any]
SCORES = ("NPS", "NPS_HIGH", "NPS_LOW")
# 50, 30 and 20 of 100 clients: the worked example of the formula; one provider is under zero.
MARKS = {"aide34": [10] * 50 + [8] * 10, "cap": [7] * 20 + [3] * 20}


def signed(number: float) -> str:
    return f"{number:+.0f}".replace("-", "−")


def words_of(row: Row) -> tuple[str, str, str]:
    """Write a score as a page should."""
    low, high = signed(row["ci_low"]), signed(row["ci_high"])
    return signed(row["value"]), f"de {low} à {high}", f"{row['n_clients']} clients"


@pytest.fixture
async def scored(world: World) -> World:
    await convene(world, world.herault, indicators=("NPS",), targets={})
    for name, marks in MARKS.items():
        provider = getattr(world, name)
        clients = [(f"{name}{place}", [mark]) for place, mark in enumerate(marks)]
        await write(world, [marked(provider, *each, funders=(world.herault,)) for each in clients])
    await create(world.platform, MONTH)
    return world


async def test_a_score_is_read_back_the_same_from_all_outputs(
    client: httpx.AsyncClient, scored: World, tmp_path: Path
) -> None:
    need(which("pdftotext") is not None, "pdftotext (poppler-utils)")
    await sign_in(client, scored, "funder", scored.herault)

    async def take(ending: str) -> bytes:
        return (await client.get(f"{FOLDER}/{MONTH}.{ending}")).content

    asked = await answers_of(client, scored, scored.herault)
    assert {row["indicator"] for row in asked} == set(SCORES)
    scores = [row for row in asked if row["indicator"] == "NPS" and not row["activity"]]
    (whole,) = [words_of(row) for row in scores if row["scope_type"] == "fund"]
    said = {words_of(row) for row in scores}
    assert whole == ("+30", "de +14 à +44", "100 clients")
    assert {value for value, *_others in said} == {"+30", "+83", "−50"}
    assert {row["unit"] for row in asked if row["indicator"] == "NPS"} == {"points"}
    expected = same(asked)
    program = await take("rfc4180.csv")
    assert same(list(csv.DictReader(io.StringIO(program.decode(), newline="")))) == expected
    assert same(of_spreadsheets(await take("csv"))) == expected
    assert same(json.loads(await take("json"))["figures"]) == expected
    with zipfile.ZipFile(io.BytesIO(await take("zip"))) as archive:
        assert archive.read("figures.csv") == program
    book = sheets(await take("xlsx"))
    _head, *rows = book["Données"]
    assert same([dict(zip(COLUMNS, row, strict=True)) for row in rows]) == expected
    _head, *to_read = book["Résultats"]
    read_back = {
        (plain(row[4]), plain(row[5]), f"{row[6]:.0f} clients")
        for row in to_read
        if row[0] == CATALOGUE["NPS"].label.fr
    }
    assert read_back == said
    file = tmp_path / "rapport.pdf"
    file.write_bytes(await take("pdf"))
    report = "".join(plain(run("pdftotext", "-layout", str(file), "-")).split())
    for words in said:
        assert "".join(words[0].split()) in report
    query = {"periode": MONTH}
    listed = plain(" ".join(read((await client.get("/indicateurs", params=query)).text).texts))
    assert f"{whole[0]} {whole[1]}, {whole[2]}" in listed
    assert "50 % de notes 9 et 10, 20 % de notes de 0 à 6" in listed
    page = plain(" ".join(read((await client.get("/indicateurs/NPS", params=query)).text).texts))
    for words in said:
        assert f"{words[0]} {words[1]}, {words[2]}" in page
