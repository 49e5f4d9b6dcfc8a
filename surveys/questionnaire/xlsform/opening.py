"""An .xlsx or CSV file opened as a form, however it was made: too large, damaged, merged, calculated."""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from io import BytesIO

from python_calamine import CalamineSheet, CalamineWorkbook

from quality.directory.intake.refusals import FileRefused
from quality.directory.intake.workbook import Room, WorkbookTooLarge, measured, numbered, refusing_damage
from quality.french import french
from surveys.questionnaire.xlsform.csv_sheets import sheets
from surveys.questionnaire.xlsform.saying import Said
from surveys.questionnaire.xlsform.tables import CHOICES, SETTINGS, SURVEY, Form, Row, Sheet

LARGEST, ROOM = 2 << 20, Room(parts=24 << 20, cells=500_000)
MOST_ROWS = 2_000
READ = (SURVEY, CHOICES, SETTINGS)

TOO_LARGE = french(
    "Ce classeur est trop lourd pour un questionnaire\u00a0: gardez ses trois feuilles seulement."
)
NO_WORKBOOK = french(
    "Ce fichier n’est pas un classeur .xlsx, ni un CSV dont la première colonne nomme les feuilles\u00a0: "
    "enregistrez-le dans l’un de ces formats."
)
_TOO_MANY = french("Cette feuille a plus de {most} lignes\u00a0: ce n’est pas un questionnaire.")
_OTHER = french("La feuille «\u00a0{name}\u00a0» n’est pas lue.")
_MISSING = french(
    "Les feuilles de ce classeur\u00a0: {names}. Nommez «\u00a0survey\u00a0» celle des questions."
)
_MERGED = french("Des cellules sont fusionnées ({place})\u00a0: seule la première est lue. Séparez-les.")
_FORMULA = french("Cette cellule est calculée\u00a0: sa dernière valeur est lue ({count} dans la feuille).")

_FORMULA_CELL = re.compile(rb"<c\b[^>]*?\br=\"([A-Z]{1,3})(\d{1,7})\"[^>]*>\s*<f\b")
_TAG = rb"<(?:\w+:)?%s\b([^>]*)>"
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*\"([^\"]*)\"")


def opened(content: bytes) -> tuple[Form, tuple[Said, ...]]:
    """Open a workbook and say what is odd in it, or raise FileRefused."""
    if len(content) > LARGEST:
        raise FileRefused(TOO_LARGE)
    if not zipfile.is_zipfile(BytesIO(content)):
        return _stacked(content)
    try:
        with refusing_damage():
            return _read(measured(BytesIO(content), ROOM))
    except WorkbookTooLarge as error:
        raise FileRefused(TOO_LARGE) from error


def _stacked(content: bytes) -> tuple[Form, tuple[Said, ...]]:
    """Open the sheets of a CSV file."""
    found = sheets(content)
    if found is None:
        raise FileRefused(NO_WORKBOOK)
    if any(len(each.rows) > MOST_ROWS for each in found.values()):
        raise FileRefused(_TOO_MANY, most=MOST_ROWS)
    names = list(found)
    chosen = _chosen(names)
    return {name: found[written] for name, written in chosen.items()}, tuple(_others(names, chosen))


def _read(copy: BytesIO) -> tuple[Form, tuple[Said, ...]]:
    with zipfile.ZipFile(copy) as parts:
        formulas = dict(_formulas(parts))
    copy.seek(0)
    book = CalamineWorkbook.from_filelike(copy)
    chosen = _chosen(book.sheet_names)
    form: dict[str, Sheet] = {}
    said: list[Said] = []
    for name, written in chosen.items():
        sheet = book.get_sheet_by_name(written)
        form[name] = _sheet(name, sheet)
        said += [*_merged(name, sheet), *_calculated(name, formulas.get(written, []), form[name])]
    return form, (*_others(book.sheet_names, chosen), *said)


def _chosen(names: Sequence[str]) -> dict[str, str]:
    """Find the three sheets, whatever their capitals and spaces."""
    plain = {name.strip().lower(): name for name in reversed(names)}
    return {name: plain[name] for name in READ if name in plain}


def _others(names: Sequence[str], chosen: Mapping[str, str]) -> Iterator[Said]:
    if SURVEY not in chosen:
        yield Said("", 0, "", _MISSING, {"names": ", ".join(names)}, stops=True)
    for name in names:
        if name not in chosen.values() and not name.startswith("_"):
            yield Said("", 0, "", _OTHER, {"name": name})


def _sheet(name: str, sheet: CalamineSheet) -> Sheet:
    rows: list[tuple[int, list[str]]] = []
    for numbered_row in numbered(sheet):
        if len(rows) > MOST_ROWS:
            raise FileRefused(_TOO_MANY, most=MOST_ROWS)
        rows.append(numbered_row)
    columns = rows[0][1] if rows else []
    return Sheet(
        name,
        tuple(text for text in columns if text.strip()),
        tuple(Row(number, _cells(columns, texts)) for number, texts in rows[1:]),
    )


def _cells(columns: Sequence[str], texts: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for column, text in zip(columns, texts, strict=False):
        if column.strip() and text:
            found.setdefault(column, text)
    return found


def _merged(name: str, sheet: CalamineSheet) -> Iterator[Said]:
    for (row, column), (last, furthest) in (sheet.merged_cell_ranges or [])[:1]:
        place = f"{_letters(column)}{row + 1}:{_letters(furthest)}{last + 1}"
        yield Said(name, row + 1, "", _MERGED, {"place": place})


def _calculated(name: str, places: Sequence[tuple[int, int]], sheet: Sheet) -> Iterator[Said]:
    for column, row in places[:1]:
        named = sheet.columns[column] if column < len(sheet.columns) else _letters(column)
        yield Said(name, row, named, _FORMULA, {"count": len(places)})


def _formulas(parts: zipfile.ZipFile) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """List the calculated cells of each sheet by its name, each as its column from 0 and its row from 1."""
    files = {
        each.get(b"Id"): each.get(b"Target", b"").decode().removeprefix("/xl/")
        for each in _tags(parts, "xl/_rels/workbook.xml.rels", b"Relationship")
    }
    for sheet in _tags(parts, "xl/workbook.xml", b"sheet"):
        name, target = unescape(sheet.get(b"name", b"").decode()), files.get(sheet.get(b"r:id"), "")
        if f"xl/{target}" in parts.namelist():
            found = _FORMULA_CELL.findall(parts.read(f"xl/{target}"))
            yield name, [(_rank(letters), int(row)) for letters, row in found]


def _tags(parts: zipfile.ZipFile, part: str, tag: bytes) -> list[dict[bytes, bytes]]:
    content = parts.read(part) if part in parts.namelist() else b""
    return [dict(_ATTRIBUTE.findall(found)) for found in re.findall(_TAG % tag, content)]


def _rank(letters: bytes) -> int:
    rank = 0
    for letter in letters:
        rank = rank * 26 + letter - 64
    return rank - 1


def _letters(rank: int) -> str:
    """Name a column by its letters.

    >>> _letters(0), _letters(27)
    ('A', 'AB')
    """
    before, last = divmod(rank, 26)
    return (_letters(before - 1) if before else "") + chr(65 + last)
