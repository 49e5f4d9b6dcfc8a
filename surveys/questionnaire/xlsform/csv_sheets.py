"""The sheets of an XLSForm in one CSV file, laid out as pyxform reads it: the first column names each sheet.

    survey,,
    ,type,name
    ,text,suite

A row is numbered as it stands in the file.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO

from surveys.questionnaire.xlsform.tables import SURVEY, Row, Sheet


@dataclass(slots=True)
class _Gathered:
    """The rows of one sheet so far; `headings` are empty until its first row."""

    columns: dict[str, None] = field(default_factory=dict)
    headings: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


def sheets(content: bytes) -> Mapping[str, Sheet] | None:
    """Read the sheets by the names that the file gives them; nothing where it holds no survey."""
    text = _text(content)
    if text is None:
        return None
    try:
        found = dict(_sheets(text))
    except csv.Error:
        return None
    return found if SURVEY in {name.lower() for name in found} else None


def _text(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def _delimiter(text: str) -> str:
    """Tell by which sign cells are parted: the first in the file, which only the name of a sheet precedes.

    >>> _delimiter("survey\\n;type;name"), _delimiter("survey,,")
    (';', ',')
    """
    return next((sign for sign in text if sign in ",;"), ",")


def _sheets(text: str) -> Iterator[tuple[str, Sheet]]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text))
    gathered: dict[str, _Gathered] = {}
    current: _Gathered | None = None
    for number, (named, *cells) in enumerate((row or [""] for row in reader), start=1):
        if name := named.strip():
            current = gathered.setdefault(name, _Gathered())
            current.headings = []
        if current is not None and any(cell.strip() for cell in cells):
            _take(current, number, [cell.strip() for cell in cells])
    for name, each in gathered.items():
        yield name, Sheet(name.lower(), tuple(each.columns), tuple(each.rows))


def _take(into: _Gathered, number: int, cells: list[str]) -> None:
    """Add a row; the first after the name of a sheet names its columns."""
    if not into.headings:
        into.headings = cells
        into.columns |= dict.fromkeys(cell for cell in cells if cell)
        return
    found: dict[str, str] = {}
    for heading, text in zip(into.headings, cells, strict=False):
        if heading and text:
            found.setdefault(heading, text)
    into.rows.append(Row(number, found))
