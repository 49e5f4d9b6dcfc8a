"""Six files of one population say the same lines as the API, and a published one never changes."""

import csv
import hashlib
import io
import json
import re
import subprocess
import zipfile
from pathlib import Path
from shutil import which

import asyncpg
import httpx
import pytest
from python_calamine import CalamineWorkbook

from quality.measures.exports import COLUMNS
from quality.measures.reports import workbook
from tests.conftest import need
from tests.quality.measures.cells import answers, write
from tests.quality.measures.published_year import MONTHS, publish
from tests.quality.measures.reading_back import HIDDEN, plain, words_of
from tests.quality.measures.test_same_figures import answers_of, comparable
from tests.world import World, sign_in

MONTH, HERAULT = "2026-10", "herault-2025"
FOLDER = f"/rapports/{HERAULT}"
ENDINGS = ("pdf", "xlsx", "csv", "rfc4180.csv", "json", "zip")
NUMBERS = ("value", "ci_low", "ci_high", "n_clients")
Rows = list[dict[str, str]]


@pytest.fixture
async def season(world: World) -> World:
    await publish(world, MONTHS[-4:])
    return world


@pytest.fixture
async def funder(client: httpx.AsyncClient, season: World) -> httpx.AsyncClient:
    await sign_in(client, season, "funder", season.herault)
    return client


async def take(client: httpx.AsyncClient, file: str) -> bytes:
    response = await client.get(f"{FOLDER}/{file}")
    assert response.status_code == 200, response.text
    assert response.headers["Content-Disposition"] == f'attachment; filename="{HERAULT}-{file}"'
    return response.content


def of_programs(content: bytes) -> Rows:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def of_spreadsheets(content: bytes) -> Rows:
    text = content.decode()
    assert text.startswith("\ufeff")
    rows = csv.DictReader(io.StringIO(text[1:], newline=""), delimiter=";")
    return [row | {name: row[name].replace(",", ".") for name in NUMBERS} for row in rows]


def sheets(content: bytes) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def same(rows: Rows) -> list[tuple[str, ...]]:
    return sorted(map(comparable, rows))


async def test_every_file_and_the_api_give_the_same_lines(funder: httpx.AsyncClient, season: World) -> None:
    asked = [row for row in await answers_of(funder, season, season.herault) if row["period"] == MONTH]
    expected = same(asked)
    assert {row["status"] for row in asked} >= {"A", "L", "C"}
    assert {row["convention"] for row in asked} == {HERAULT}
    assert {row["indicator"] for row in asked} >= {"CON1", "MODE_SMS", "REF1"}
    program = await take(funder, f"{MONTH}.rfc4180.csv")
    head, *raw = sheets(await take(funder, f"{MONTH}.xlsx"))["Données"]
    with zipfile.ZipFile(io.BytesIO(await take(funder, f"{MONTH}.zip"))) as archive:
        packed = archive.read("figures.csv")
    assert head == list(COLUMNS)
    assert same(of_programs(program)) == expected
    assert same(of_spreadsheets(await take(funder, f"{MONTH}.csv"))) == expected
    assert same([dict(zip(COLUMNS, row, strict=True)) for row in raw]) == expected
    assert same(json.loads(await take(funder, f"{MONTH}.json"))["figures"]) == expected
    assert packed == program


async def test_the_sheet_to_read_says_each_line_as_a_page_does(funder: httpx.AsyncClient) -> None:
    rows = of_programs(await take(funder, f"{MONTH}.rfc4180.csv"))
    _, *read = sheets(await take(funder, f"{MONTH}.xlsx"))["Résultats"]
    assert len(read) == len(rows)
    for row, (_label, _period, where, _activity, value, interval, clients, _status) in zip(
        rows, read, strict=True
    ):
        count = f"{int(clients)} clients" if clients else ""
        words = [str(value), ", ".join(each for each in (str(interval), count) if each)]
        assert plain(" ".join(each for each in words if each)) == words_of(row), where
        assert where


async def test_the_report_holds_each_figure_in_words_and_its_data(
    funder: httpx.AsyncClient, tmp_path: Path
) -> None:
    need(which("pdftotext") is not None, "pdftotext (poppler-utils)")
    file = tmp_path / "rapport.pdf"
    file.write_bytes(await take(funder, f"{MONTH}.pdf"))
    rows = of_programs(await take(funder, f"{MONTH}.rfc4180.csv"))
    read = [plain(line) for line in run("pdftotext", "-layout", str(file), "-").splitlines()]
    _, *named = sheets(await take(funder, f"{MONTH}.xlsx"))["Résultats"]
    whole = [(row, sheet) for row, sheet in zip(rows, named, strict=True) if not row["activity"]]
    assert {row["indicator"] for row, _ in whole} >= {"CON1", "MODE_SMS", "REF1"}
    for row, (label, _period, where, *_others) in whole:
        places = {plain(other) for _, (name, _when, other, *_rest) in whole if name == label}
        said = _rows(_section(read, plain(label)), places)[plain(where)]
        for part in re.split(r" de (?=\d)|, ", words_of(row)) if row["status"] not in HIDDEN else ():
            assert _bare(part) in said, (row, said)
        assert row["status"] not in HIDDEN or _bare(words_of(row)) in said, (row, said)
    assert "Tagged: yes" in plain(run("pdfinfo", str(file)))
    run("pdfdetach", "-saveall", "-o", str(tmp_path), str(file))
    attached = (tmp_path / f"{HERAULT}-{MONTH}.csv").read_bytes()
    assert of_programs(attached) == rows


def _section(read: list[str], label: str) -> str:
    """Give the table of an indicator: from its title, said a last time before « Comment c’est calculé »."""
    text = "\n".join(read)
    details = text[text.index("Ce que ce rapport ne montre pas") : text.index("Comment c’est calculé")]
    return details[details.index(f"\n{label}\n") :]


def _rows(section: str, places: set[str]) -> dict[str, str]:
    """Cut a table, without its blanks, into the rows of its places: each begins with a name."""
    bare = _bare(section)
    heads = {each: _bare(each.rpartition(", ")[0]) + "," if ", " in each else _bare(each) for each in places}
    starts = {each: bare.index(head) for each, head in heads.items() if head in bare}
    ends = sorted([*starts.values(), len(bare)])
    return {each: bare[start : ends[ends.index(start) + 1]] for each, start in starts.items()}


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()


async def test_a_data_package_describes_and_proves_its_files(funder: httpx.AsyncClient) -> None:
    with zipfile.ZipFile(io.BytesIO(await take(funder, f"{MONTH}.zip"))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    sums = dict(reversed(line.split("  ")) for line in files.pop("SHA256SUMS").decode().splitlines())
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    described = json.loads(files["datapackage.json"])
    figures, definitions = described["resources"]
    for resource, rows in ((figures, of_programs(files["figures.csv"])), (definitions, None)):
        content = files[resource["path"]]
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert resource["bytes"] == len(content)
        assert resource["rows"] == len(rows or of_programs(content))
    fields = figures["schema"]["fields"]
    assert [field["name"] for field in fields] == list(COLUMNS)
    for row in of_programs(files["figures.csv"]):
        for field in fields:
            assert is_valid(row[field["name"]], field), (field, row)


def is_valid(value: str, field: dict) -> bool:
    """Check a value by the rules of Table Schema that the file uses."""
    if not value:
        return not field["constraints"]["required"]
    if "enum" in field["constraints"]:
        return value in field["constraints"]["enum"]
    if field["type"] in {"integer", "number"}:
        return float(value) == (int(value) if field["type"] == "integer" else float(value))
    return field["type"] == "string"


async def test_a_file_of_what_is_published_does_not_change_by_one_byte(
    funder: httpx.AsyncClient, season: World, owner: asyncpg.Connection
) -> None:
    before = {ending: await take(funder, f"{MONTH}.{ending}") for ending in ENDINGS}
    await write(season, answers(season.aide34, [season.herault], 40, 1, name="late"))
    await owner.execute("DELETE FROM cell WHERE month = '2026-07-01'")
    assert {ending: await take(funder, f"{MONTH}.{ending}") for ending in ENDINGS} == before


async def test_the_files_of_all_periods_hold_each_of_them(funder: httpx.AsyncClient) -> None:
    rows = of_programs(await take(funder, "toutes.rfc4180.csv"))
    assert {row["period"] for row in rows} == {"2026-07", "2026-08", "2026-09", "2026-10", "2026-Q3"}
    assert (await funder.get(f"{FOLDER}/toutes.pdf")).status_code == 404


async def test_the_page_leads_to_every_file(funder: httpx.AsyncClient) -> None:
    page = (await funder.get("/rapports", params={"periode": MONTH})).text
    for ending in ENDINGS:
        assert f'href="{FOLDER}/{MONTH}.{ending}"' in page
    assert f'href="{FOLDER}/toutes.xlsx"' in page


async def test_what_is_not_there_is_not_found(funder: httpx.AsyncClient) -> None:
    for file in ("2026-10.doc", "2026-10", "2019-01.csv", "toutes.pdf", "x.csv"):
        assert (await funder.get(f"{FOLDER}/{file}")).status_code == 404, file


async def test_another_s_files_are_not_found(client: httpx.AsyncClient, season: World) -> None:
    await sign_in(client, season, "funder", season.gironde)
    for ending in ENDINGS:
        assert (await client.get(f"{FOLDER}/{MONTH}.{ending}")).status_code == 404
    page = await client.get("/rapports")
    assert page.status_code == 200
    assert "Vous ne financez encore aucune visite suivie" in page.text


async def test_a_provider_takes_exactly_what_its_funders_see(
    client: httpx.AsyncClient, season: World
) -> None:
    await sign_in(client, season, "funder", season.herault)
    seen = {
        row["indicator"]: row
        for row in of_programs(await take(client, f"{MONTH}.rfc4180.csv"))
        if row["scope_code"] == "73282932000074-34" and not row["activity"]
    }
    await sign_in(client, season, "provider", season.aide34)
    mine = await client.get(f"/rapports/{HERAULT}~34/{MONTH}.rfc4180.csv")
    own = {row["indicator"]: row for row in of_programs(mine.content) if not row["activity"]}
    assert own == seen
    assert {row["scope_code"] for row in of_programs(mine.content)} == {"73282932000074-34"}


async def test_a_workbook_refuses_more_lines_than_a_sheet_holds(
    funder: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_LINES", 10)
    refused = await funder.get(f"{FOLDER}/{MONTH}.xlsx")
    assert refused.status_code == 422
    assert "Un classeur contient au plus 10 lignes" in plain(refused.text)
