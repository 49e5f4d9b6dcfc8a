"""The first sheet of an XLSX file, as text cells; nothing reaches the parser before its size is known."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import BinaryIO

from python_calamine import CalamineSheet, CalamineWorkbook

from quality.directory.intake.refusals import FileRefused
from quality.files import archives
from quality.french import french

BLOCK = 1 << 18
LARGEST_PARTS = 96 << 20
MOST_PARTS = 500
# The parser allocates the whole rectangle up to the furthest cell: one cell in XFD1048576 asks for 500 GB.
MOST_CELLS = 8_000_000
MOST_COLUMNS = 500
OVERLAP = 64

_PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{0,7})\+?([0-9]{1,12})[\"']")
# Nothing else is copied: the parser would try other formats (ODS) on what is no workbook.
_PART = re.compile(r"(?:xl/.*|_rels/.*|\[Content_Types\])\.(?:xml|rels)", re.IGNORECASE)
# It also allocates as many strings as the shared strings say they are.
_COUNT = re.compile(rb"(?:uniqueCount|count)\s*=\s*[\"']\+?[0-9]{8,}[\"']")


class WorkbookTooLarge(FileRefused):
    """A workbook that would take more memory than it may."""

    title = french("Le classeur est trop lourd. Envoyez-le en CSV, ou en plusieurs fichiers.")


@dataclass(frozen=True, slots=True)
class Room:
    """What a workbook may take: bytes of its parts once uncompressed, and cells of a sheet."""

    parts: int
    cells: int


def sheet_rows(stream: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold something, each with its number in the sheet, or raise FileRefused."""
    with refusing_damage():
        sheet = _first_sheet(measured(stream, Room(LARGEST_PARTS, MOST_CELLS)))
    return numbered(sheet)


@contextmanager
def refusing_damage() -> Iterator[None]:
    """Refuse a file that a parser fails to read."""
    try:
        yield
    except FileRefused:
        raise
    except BaseException as error:
        # Damaged files make the two parsers fail in many ways, one of them (a Rust panic) not an Exception.
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit | MemoryError):
            raise
        raise FileRefused(
            "Le classeur est abîmé. Ouvrez-le, enregistrez-le de nouveau en .xlsx, puis renvoyez-le."
        ) from error


def numbered(sheet: CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold something as texts, each with its number in the sheet."""
    if sheet.start is None:
        return
    for line, row in enumerate(sheet.iter_rows(), start=1):
        cells = [cell if isinstance(cell, str) else _text(cell) for cell in row]
        if any(cells):
            yield line, cells


def _text(cell: float | bool | time | date | datetime | timedelta) -> str:
    """Write a typed cell as a person would have: ISO dates, whole numbers without a point.

    >>> _text(34970.0), _text(12.5), _text(datetime(2026, 11, 23, 8, 59, 59, 999000)), _text(True)
    ('34970', '12.5', '2026-11-23T09:00:00', 'yes')
    """
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return (cell + timedelta(milliseconds=500)).replace(microsecond=0).isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _first_sheet(workbook: BytesIO) -> CalamineSheet:
    return CalamineWorkbook.from_filelike(workbook).get_sheet_by_index(0)


def measured(stream: BinaryIO, room: Room) -> BytesIO:
    """Copy the XML parts, uncompressed and measured on the way, so that no header can lie."""
    copy, left = BytesIO(), room.parts
    try:
        packed = archives.opened(stream)
    except archives.ListTooLong as error:
        raise WorkbookTooLarge from error
    with packed, zipfile.ZipFile(copy, "w") as plain:
        parts = [part for part in packed.infolist() if _PART.fullmatch(part.filename)]
        if len(parts) > MOST_PARTS:
            raise WorkbookTooLarge
        for part in parts:
            left -= _copy(packed, plain, part, Room(left, room.cells))
    copy.seek(0)
    return copy


def _copy(packed: zipfile.ZipFile, plain: zipfile.ZipFile, part: zipfile.ZipInfo, room: Room) -> int:
    size, columns, rows, tail = 0, 1, 1, b""
    with packed.open(part) as source, plain.open(part.filename, "w", force_zip64=True) as target:
        while block := source.read(BLOCK):
            size += len(block)
            columns, rows = _extent(tail + block, columns, rows)
            if size > room.parts or columns > MOST_COLUMNS or columns * rows > room.cells:
                raise WorkbookTooLarge
            tail = block[-OVERLAP:]
            target.write(block)
    return size


def _extent(block: bytes, columns: int, rows: int) -> tuple[int, int]:
    """Return the furthest column and row named so far by the `r` attributes of cells and rows."""
    if _COUNT.search(block):
        raise WorkbookTooLarge
    places = _PLACE.findall(block)
    furthest_column = max(map(_column_number, {letters for letters, _ in places}), default=1)
    return max(columns, furthest_column), max(
        rows, max(map(int, {number for _, number in places}), default=1)
    )


def _column_number(letters: bytes) -> int:
    """Return the rank of a column.

    >>> _column_number(b"A"), _column_number(b"AB"), _column_number(b"XFD")
    (1, 28, 16384)
    """
    rank = 0
    for letter in letters.upper():
        rank = rank * 26 + letter - 64
    return rank
