"""Workbooks: typed cells, true line numbers, and files made to exhaust the memory."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.directory.intake import workbook
from quality.directory.intake.checking import Checker
from quality.directory.intake.line import Line
from quality.directory.intake.reading import open_table
from quality.directory.intake.refusals import FileRefused
from tests.quality.directory.intake.samples import FUNDERS, NOW
from tests.quality.files.test_archives import naming

HEADINGS = (
    "Référence",
    "Référence client",
    "Activité",
    "Mode",
    "Code postal",
    "Début réel",
    "Fin réelle",
    "Mobile",
)
CELLS = (
    1187,
    "C-1",
    "II-1",
    "prestataire",
    34970,
    datetime.fromisoformat("2026-11-23T09:00"),
    "23/11/2026 10:00",
    612345678,
)
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def xlsx(*rows: tuple[Any, ...], first_row: int = 0, first_column: int = 0) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "default_date_format": "dd/mm/yyyy hh:mm"}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows, start=first_row):
            sheet.write_row(number, first_column, row)
    return content.getvalue()


def edited(content: bytes, part: str, edit: Callable[[bytes], bytes]) -> bytes:
    copy = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(copy, "w") as target:
        for name in source.namelist():
            before = source.read(name)
            after = edit(before) if name == part else before
            assert name != part or after != before
            target.writestr(name, after)
    return copy.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(FileRefused) as refused:
        list(open_table(content, "v.xlsx").rows)
    return str(refused.value)


def test_typed_cells_become_what_a_person_would_have_written() -> None:
    table = open_table(xlsx(HEADINGS, CELLS), "visites.xlsx")
    assert (table.kind, table.encoding, table.delimiter) == ("xlsx", "utf-8-sig", ";")
    [row] = table.rows
    assert row.values["reference"] == "1187"
    assert row.values["postcode"] == "34970"
    assert row.values["started_at"] == "2026-11-23T09:00:00"
    line = Checker(NOW, FUNDERS).check(row)
    assert isinstance(line, Line)
    assert line.mobile == "+33612345678"


def test_a_workbook_is_known_by_its_content_and_read_from_a_path(tmp_path: Path) -> None:
    path = tmp_path / "visites.csv"
    path.write_bytes(xlsx(HEADINGS, CELLS))
    assert len(list(open_table(path, path.name).rows)) == 1


def test_lines_are_the_rows_of_the_sheet() -> None:
    table = open_table(xlsx(HEADINGS, CELLS, (), CELLS, first_row=3, first_column=2), "v.xlsx")
    assert [row.line for row in table.rows] == [5, 7]


def test_dates_times_and_truths_are_written_plainly() -> None:
    assert workbook._text(date(2026, 11, 23)) == "2026-11-23"
    assert workbook._text(time(9, 5)) == "09:05:00"
    assert workbook._text(False) == "no"


def test_an_empty_workbook_says_so() -> None:
    assert refusal(xlsx()).startswith("Le classeur est vide.")


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("content.xml", "<a/>")
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert refusal(content.getvalue()).startswith("Le classeur est abîmé.")


@pytest.mark.parametrize(
    ("part", "before", "after"),
    [
        (SHEET, b'r="H2"', b'r="XFD1048576"'),
        (SHEET, b'r="H2"', b"r = 'h1048576'"),
        (SHEET, b'<row r="2"', b'<row r="99999999"'),
        (STRINGS, b'uniqueCount="', b'uniqueCount="9999999999'),
    ],
)
def test_a_small_file_that_asks_for_much_memory_never_reaches_the_parser(
    part: str, before: bytes, after: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(content: io.BytesIO) -> None:
        pytest.fail("the parser was called")

    monkeypatch.setattr(workbook, "_first_sheet", parse)
    bomb = edited(xlsx(HEADINGS, CELLS), part, lambda content: content.replace(before, after))
    assert refusal(bomb).startswith("Le classeur est trop lourd.")


def test_a_zip_bomb_stops_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "LARGEST_PARTS", 1 << 20)
    bomb = edited(xlsx(HEADINGS, CELLS), STRINGS, lambda content: content + b" " * (3 << 20))
    compressed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(bomb)) as source,
        zipfile.ZipFile(compressed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, source.read(name))
    assert len(compressed.getvalue()) < 50_000
    assert refusal(compressed.getvalue()).startswith("Le classeur est trop lourd.")


def test_an_archive_of_very_many_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_PARTS", 3)
    assert refusal(xlsx(HEADINGS, CELLS)).startswith("Le classeur est trop lourd.")


def test_an_archive_that_names_very_many_entries_is_refused() -> None:
    assert refusal(naming(20_000)).startswith("Le classeur est trop lourd.")


def test_an_interruption_is_not_taken_for_a_damaged_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(content: io.BytesIO) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(workbook, "_first_sheet", parse)
    with pytest.raises(KeyboardInterrupt):
        open_table(GOOD, "v.xlsx")


def says_what_to_do(refused: FileRefused) -> None:
    assert str(refused).endswith(".")


GOOD = xlsx(HEADINGS, CELLS)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_damaged_workbook_is_read_or_refused(changes: list[tuple[int, int]]) -> None:
    content = bytearray(GOOD)
    for place, byte in changes:
        content[place] = byte
    try:
        list(open_table(bytes(content), "v.xlsx").rows)
    except FileRefused as refused:
        says_what_to_do(refused)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2_000), st.binary(min_size=1, max_size=8))
def test_a_damaged_sheet_is_read_or_refused(place: int, noise: bytes) -> None:
    content = edited(GOOD, SHEET, lambda xml: xml[: place % len(xml)] + noise + xml[place % len(xml) :])
    try:
        list(open_table(content, "v.xlsx").rows)
    except FileRefused as refused:
        says_what_to_do(refused)
