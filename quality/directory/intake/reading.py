"""Tables as providers send them (CSV, XLSX, objects of the API), read row by row in flat memory."""

import csv
import io
from codecs import BOM_UTF8, getincrementaldecoder
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

import msgspec

from quality.directory.intake.columns import ERROR_HEADING, INTERVENTIONS, Sheet, fold, is_private
from quality.directory.intake.refusals import FileRefused, LineError, line_error
from quality.directory.intake.workbook import sheet_rows
from quality.french import french

BLOCK = 1 << 18
LONGEST_QUOTED = 50
DELIMITERS = (";", ",", "\t")
UNDEFINED_IN_CP1252 = b"\x81\x8d\x8f\x90\x9d"
ZIP_START, OLE_START = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"

Source = Path | bytes
Record = tuple[int, list[str]]


class Row(msgspec.Struct, frozen=True, gc=False):
    """One line: where it stands, what its known columns hold, and all its cells for the rejects file."""

    line: int
    values: dict[str, str]
    cells: Sequence[str] = ()
    errors: tuple[LineError, ...] = ()


@dataclass(frozen=True)
class Table:
    """An open file: its headings, how it was read, and its rows, which may still raise FileRefused."""

    sheet: Sheet
    kind: str
    headings: tuple[str, ...]
    columns: tuple[str | None, ...]
    encoding: str
    delimiter: str
    rows: Iterator[Row]

    @property
    def ignored(self) -> tuple[str, ...]:
        """Headings that mean nothing here; ours, in a rejects file that comes back, is not one of them."""
        pairs = zip(self.headings, self.columns, strict=True)
        return tuple(
            heading
            for heading, column in pairs
            if column is None and fold(heading) not in {"", ERROR_HEADING}
        )


def open_table(
    source: Path | bytes, filename: str, kind: str | None = None, sheet: Sheet = INTERVENTIONS
) -> Table:
    """Open a CSV or XLSX file whose first line holds the headings, or raise FileRefused."""
    kind = kind or _kind_of(source, filename)
    if kind == "xlsx":
        return _workbook(source, sheet)
    if kind == "csv":
        return _text_table(source, sheet)
    message = french("Format inconnu : {kind}. Les formats lus sont csv et xlsx.")
    raise FileRefused(message, kind=kind)


def rows_of_objects(objects: Sequence[Mapping[str, object]], sheet: Sheet = INTERVENTIONS) -> Iterator[Row]:
    """Turn the objects of an API call into rows; the first object is line 1."""
    for line, item in enumerate(objects, start=1):
        values: dict[str, str] = {}
        errors: list[LineError] = []
        for key, value in item.items():
            column = sheet.column_of(key)
            text = _plain(value)
            if column is None:
                continue
            if text is None or column in values:
                advice = (
                    "Un texte ou un nombre est attendu."
                    if text is None
                    else "Cette valeur est donnée deux fois."
                )
                errors.append(line_error(line, column, str(value), advice))
            else:
                values[column] = text
        yield Row(line, values, (), tuple(errors))


def _plain(value: object) -> str | None:
    """Write a JSON value as a cell would hold it; None for what a cell cannot hold."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "|".join(value)
    return None


def _kind_of(source: Source, filename: str) -> str:
    with _open(source) as stream:
        start = stream.read(4)
    if start == OLE_START:
        message = french(
            "Ce fichier est un ancien classeur Excel. Enregistrez-le en .xlsx ou en CSV, puis renvoyez-le."
        )
        raise FileRefused(message)
    is_workbook = start == ZIP_START or filename.lower().endswith(".xlsx")
    return "xlsx" if is_workbook else "csv"


def _open(source: Source) -> BinaryIO:
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def _workbook(source: Source, sheet: Sheet) -> Table:
    with _open(source) as stream:
        records = sheet_rows(stream)
    line, headings = next(records, (0, []))
    if not line:
        raise FileRefused("Le classeur est vide. La première feuille porte les titres et les lignes.")
    columns = _columns(headings, sheet)
    rows = _rows(records, headings, columns)
    return Table(sheet, "xlsx", tuple(headings), columns, "utf-8-sig", ";", rows)


def _text_table(source: Source, sheet: Sheet) -> Table:
    survey = _Survey()
    with _open(source) as stream:
        while block := stream.read(BLOCK):
            survey.read(block)
    encoding = survey.encoding()
    delimiter = _delimiter(source, encoding, sheet)
    records = _records(source, encoding, delimiter, survey.has_paired_quotes())
    line, headings = next(records, (0, []))
    if not line:
        raise FileRefused("Le fichier est vide.")
    columns = _columns(headings, sheet)
    return Table(
        sheet, "csv", tuple(headings), columns, encoding, delimiter, _rows(records, headings, columns)
    )


class _Survey:
    """What one reading of the whole file tells before any line is believed."""

    def __init__(self) -> None:
        self._utf8 = getincrementaldecoder("utf-8")()
        self._has_bom = self._has_accents = False
        self._is_cp1252 = True
        self._fault: int | None = None
        self._quotes = self._size = 0
        self._line = 1

    def read(self, block: bytes) -> None:
        self._has_bom = self._has_bom or (self._size == 0 and block.startswith(BOM_UTF8))
        self._size += len(block)
        _refuse_binary(block)
        self._decode(block, final=False)
        self._is_cp1252 = self._is_cp1252 and len(block.translate(None, UNDEFINED_IN_CP1252)) == len(block)
        self._quotes += block.count(b'"')
        self._line += block.count(b"\n")

    def encoding(self) -> str:
        """Return the encoding of the whole, or refuse a file that has none or two."""
        self._decode(b"", final=True)
        if self._size == 0:
            raise FileRefused("Le fichier est vide.")
        if self._fault is None:
            return "utf-8-sig" if self._has_bom else "utf-8"
        if self._has_accents:
            message = french(
                "Ligne {line} : un caractère n’est pas en UTF-8 comme le reste du fichier. Retapez-le."
            )
            raise FileRefused(message, line=self._fault)
        if not self._is_cp1252:
            message = french(
                "L’encodage du fichier n’est pas reconnu. Enregistrez-le en CSV UTF-8, puis renvoyez-le."
            )
            raise FileRefused(message)
        return "cp1252"

    def has_paired_quotes(self) -> bool:
        return self._quotes % 2 == 0

    def _decode(self, block: bytes, final: bool) -> None:
        """Follow UTF-8 up to its first fault; accents read before it mean that UTF-8 was meant."""
        if self._fault is not None:
            return
        try:
            text = self._utf8.decode(block, final)
        except UnicodeDecodeError as error:
            before = error.object[: error.start]
            self._fault = self._line + before.count(b"\n")
            self._has_accents = self._has_accents or not before.isascii()
        else:
            self._has_accents = self._has_accents or not text.isascii()


def _refuse_binary(block: bytes) -> None:
    if b"\0" in block:
        message = french(
            "Ce fichier n’est pas un texte. Enregistrez-le en CSV UTF-8 ou en .xlsx, puis renvoyez-le."
        )
        raise FileRefused(message)
    if len(block) == BLOCK and b"\n" not in block and b"\r" not in block:
        raise FileRefused("Une ligne du fichier est démesurée. Vérifiez que chaque visite est sur sa ligne.")


def _delimiter(source: Source, encoding: str, sheet: Sheet) -> str:
    """Choose the delimiter under which most headings are known, then the one that makes most of them."""

    def known(delimiter: str) -> tuple[int, int]:
        _, headings = next(_records(source, encoding, delimiter, True), (0, []))
        return sum(sheet.column_of(heading) is not None for heading in headings), len(headings)

    return max(DELIMITERS, key=known)


def _records(source: Source, encoding: str, delimiter: str, quotes_balance: bool) -> Iterator[Record]:
    """Yield the records that hold something, each with the line of the file where it begins."""
    with _open(source) as stream, io.TextIOWrapper(stream, encoding=encoding, newline="") as text:
        reader = csv.reader(text, delimiter=delimiter)
        begins, ends, last = 1, 0, 1
        try:
            for cells in reader:
                ends = reader.line_num
                if ends - begins > LONGEST_QUOTED:
                    raise _unclosed(begins)
                if any(cells):
                    yield begins, cells
                last, begins = begins, ends + 1
        except csv.Error:
            raise _unclosed(begins) from None
        if not quotes_balance and ends > last:
            raise _unclosed(last)


def _unclosed(line: int) -> FileRefused:
    message = french(
        "Un guillemet ouvert ligne {line} ne se referme pas. Retirez-le, puis renvoyez le fichier."
    )
    return FileRefused(message, line=line)


def _columns(headings: Sequence[str], sheet: Sheet) -> tuple[str | None, ...]:
    """Name the column under each heading; refuse a heading given twice and a required one left out."""
    columns = tuple(sheet.column_of(heading) for heading in headings)
    seen: set[str] = set()
    for heading, column in zip(headings, columns, strict=True):
        if column in seen:
            message = french("La colonne {column} est donnée deux fois (« {heading} »). Gardez-en une.")
            raise FileRefused(message, column=column, heading=heading.strip())
        if column:
            seen.add(column)
    for column in sheet.required:
        if column not in seen:
            message = french(
                "Il manque la colonne {column} (« {heading} »). Ajoutez-la, puis renvoyez le fichier."
            )
            raise FileRefused(message, column=column, heading=sheet.headings[column])
    for one, other in sheet.either:
        if not seen & {one, other}:
            message = french(
                "Il manque la colonne {one} ou {other}. Ajoutez l’une des deux, puis renvoyez le fichier."
            )
            raise FileRefused(message, one=one, other=other)
    return columns


def _rows(records: Iterator[Record], headings: Sequence[str], columns: Sequence[str | None]) -> Iterator[Row]:
    """Pair the cells of each record with their columns, keeping nothing that must not be known."""
    places = [place for place, column in enumerate(columns) if column]
    names = tuple(column for column in columns if column)
    private = [place for place, heading in enumerate(headings) if not columns[place] and is_private(heading)]
    pick: Callable[[list[str]], tuple[str, ...]] = itemgetter(*places)
    width = len(columns)
    for line, cells in records:
        if len(cells) < width:
            cells.extend([""] * (width - len(cells)))
        for place in private:
            cells[place] = ""
        errors = _overflow(line, cells, width) if len(cells) > width else ()
        yield Row(line, dict(zip(names, pick(cells), strict=True)), cells, errors)


def _overflow(line: int, cells: Sequence[str], width: int) -> tuple[LineError, ...]:
    if not any(cells[width:]):
        return ()
    message = (
        f"Cette ligne compte {len(cells)} cases pour {width} titres. Vérifiez séparateurs et guillemets."
    )
    return (line_error(line, "", next(cell for cell in cells[width:] if cell), message),)
