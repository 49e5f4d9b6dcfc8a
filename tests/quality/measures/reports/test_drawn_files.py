"""Marks out of 100, best marks and median delays are the same on the page, in every file and in the API."""

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
from tests.quality.measures.releases.test_drawn import complained, rated
from tests.quality.measures.reports.test_files import of_spreadsheets, run, same, sheets
from tests.quality.measures.test_same_figures import answers_of
from tests.quality.web.pages import read
from tests.world import World, sign_in

MONTH, FOLDER = "2026-10", "/rapports/herault-2025"
Row = Mapping[str, Any]
DRAWN = ("QUAL_TOP", "QUAL_100", "RECL_M")
# Of 100 clients: 44 marks of 5, 36 of 4, 20 of 2; one of two providers has the low ones.
MARKS = {"aide34": [5] * 44 + [4] * 16, "cap": [4] * 20 + [2] * 20}
DAYS = {"aide34": [1.5] * 20 + [9.0] * 20, "cap": [5.0] * 4 + [30.0] * 4 + [None] * 12}


def words_of(row: Row) -> tuple[str, str, str]:
    """Write a drawn figure as a page should."""
    value, low, high = (f"{row[name]:.0f}" for name in ("value", "ci_low", "ci_high"))
    written = {
        "QUAL_TOP": (f"{value} %", f"de {low} à {high} %"),
        "QUAL_100": (f"{value} sur 100", f"de {low} à {high} sur 100"),
        "RECL_M": (days(row["value"]), f"de {low} à {days(row['ci_high'])}"),
    }[row["indicator"]]
    return (*written, f"{row['n_clients']} clients")


def days(number: float) -> str:
    return f"{number:.0f} jour{'s' if number > 1 else ''}{' ou plus' if number >= 60 else ''}"


@pytest.fixture
async def drawn(world: World) -> World:
    await convene(world, world.herault, indicators=("QUAL", "RECL_D"), targets={})
    for name, marks in MARKS.items():
        provider, facts = getattr(world, name), {"funders": (world.herault,)}
        await write(world, [rated(provider, f"{name}{n}", [mark], **facts) for n, mark in enumerate(marks)])
        waited = [complained(provider, f"{name}{n}", [each], **facts) for n, each in enumerate(DAYS[name])]
        await write(world, waited)
    await create(world.platform, MONTH)
    return world


async def test_what_is_drawn_is_read_back_the_same_from_all_outputs(
    client: httpx.AsyncClient, drawn: World, tmp_path: Path
) -> None:
    need(which("pdftotext") is not None, "pdftotext (poppler-utils)")
    await sign_in(client, drawn, "funder", drawn.herault)

    async def take(ending: str) -> bytes:
        return (await client.get(f"{FOLDER}/{MONTH}.{ending}")).content

    asked = await answers_of(client, drawn, drawn.herault)
    assert {row["indicator"] for row in asked} == {"QUAL", "RECL_D", *DRAWN}
    shown = [row for row in asked if row["indicator"] in DRAWN and not row["activity"]]
    whole = {row["indicator"]: words_of(row) for row in shown if row["scope_type"] == "fund"}
    assert [whole[code][0] for code in DRAWN] == ["44 %", "76 sur 100", "9 jours"]
    assert {row["unit"] for row in shown} == {"percent", "score", "days"}
    cap = next(row for row in shown if row["indicator"] == "RECL_M" and row["value"] == 60)
    assert words_of(cap)[0] == "60 jours ou plus"
    expected = same(asked)
    program = await take("rfc4180.csv")
    assert same(list(csv.DictReader(io.StringIO(program.decode(), newline="")))) == expected
    assert same(of_spreadsheets(await take("csv"))) == expected
    assert same(json.loads(await take("json"))["figures"]) == expected
    with zipfile.ZipFile(io.BytesIO(await take("zip"))) as archive:
        assert archive.read("figures.csv") == program
        described = json.loads(archive.read("datapackage.json"))
    (units,) = [
        field["constraints"]["enum"]
        for field in described["resources"][0]["schema"]["fields"]
        if field["name"] == "unit"
    ]
    assert {row["unit"] for row in shown} <= set(units)
    book = sheets(await take("xlsx"))
    _head, *rows = book["Données"]
    assert same([dict(zip(COLUMNS, row, strict=True)) for row in rows]) == expected
    _head, *to_read = book["Résultats"]
    labels = {CATALOGUE[code].label.fr: code for code in DRAWN}
    read_back = {
        (labels[row[0]], plain(row[4]), plain(row[5]), f"{row[6]:.0f} clients")
        for row in to_read
        if row[0] in labels
    }
    assert read_back == {(row["indicator"], *words_of(row)) for row in shown}
    file = tmp_path / "rapport.pdf"
    file.write_bytes(await take("pdf"))
    report = "".join(plain(run("pdftotext", "-layout", str(file), "-")).split())
    query = {"periode": MONTH}
    listed = plain(" ".join(read((await client.get("/indicateurs", params=query)).text).texts))
    for words in whole.values():
        assert "".join(words[0].split()) in report
        assert f"{words[0]} {words[1]}, {words[2]}" in listed
    for code in DRAWN:
        answer = await client.get(f"/indicateurs/{code}", params=query)
        page = plain(" ".join(read(answer.text).texts))
        for row in shown:
            if row["indicator"] == code:
                assert ", ".join((" ".join(words_of(row)[:2]), words_of(row)[2])) in page


@pytest.mark.parametrize("code", DRAWN)
async def test_a_card_says_how_it_is_drawn_in_both_languages(
    client: httpx.AsyncClient, drawn: World, code: str
) -> None:
    await sign_in(client, drawn, "platform")
    for language in ("fr", "en"):
        client.cookies.set("langue", language)
        page = plain((await client.get(f"/indicateurs/{code}?periode={MONTH}")).text)
        item = CATALOGUE[code]
        for text in (item.label, item.sentence, item.numerator, item.example):
            assert plain(getattr(text, language)) in page


async def test_gironde_reads_nothing_drawn(client: httpx.AsyncClient, drawn: World) -> None:
    await sign_in(client, drawn, "funder", drawn.gironde)
    for code in DRAWN:
        assert (await client.get(f"/indicateurs/{code}?periode={MONTH}")).status_code in {403, 404}
