"""One good visit, and short ways to send it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from quality.directory.intake.checking import Checker
from quality.directory.intake.line import Line
from quality.directory.intake.reading import Row, open_table
from quality.directory.intake.refusals import LineError

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
FUNDERS = {"D34": UUID(int=34), "CNAV": UUID(int=1)}
VISIT = {
    "reference": "V-1",
    "client_reference": "C-1",
    "activity": "II-1",
    "mode": "prestataire",
    "postcode": "34970",
    "started_at": "23/11/2026 09:00",
}


def checked(**cells: str) -> Line | list[LineError]:
    """Check the good visit with these cells changed or added; None of them is dropped when empty."""
    return Checker(NOW, FUNDERS).check(Row(7, VISIT | cells))


def accepted(**cells: str) -> Line:
    line = checked(**cells)
    assert isinstance(line, Line), line
    return line


def refused(**cells: str) -> list[tuple[str, str, str]]:
    """Return what is refused: column, value, message."""
    errors = checked(**cells)
    assert isinstance(errors, list), errors
    assert {error.line for error in errors} == {7}
    return [(error.column, error.value, error.message) for error in errors]


def text_file(*lines: Sequence[str], delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    return "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)


def rows_of(content: bytes, filename: str = "visites.csv") -> list[Row]:
    return list(open_table(content, filename).rows)
