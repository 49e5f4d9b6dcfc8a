"""The refused lines, given back as a file that can be mended and sent again."""

import csv
import io
from collections.abc import Sequence
from typing import BinaryIO

from quality.directory.intake.columns import ERROR_HEADING, fold
from quality.directory.intake.reading import Row, Table
from quality.directory.intake.refusals import LineError

NARROW_SPACE, NO_BREAK_SPACE = "\u202f", "\u00a0"
# OWASP, "CSV injection": a cell that begins so is a formula to a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class RejectsFile:
    """Write refused rows in the encoding, delimiter and headings of the file they come from."""

    def __init__(self, table: Table, stream: BinaryIO) -> None:
        self._kept = [place for place, heading in enumerate(table.headings) if fold(heading) != ERROR_HEADING]
        self._width = len(table.headings)
        self._headings = _names(table)
        self._text = io.TextIOWrapper(stream, encoding=table.encoding, errors="replace", newline="")
        self._writer = csv.writer(self._text, delimiter=table.delimiter, lineterminator="\r\n")
        self._is_narrow_safe = table.encoding != "cp1252"
        self._writer.writerow([*self._pick(table.headings), ERROR_HEADING])

    def add(self, row: Row, errors: Sequence[LineError]) -> None:
        """Write one refused row as it was read, then what to do about it."""
        beyond = row.cells[self._width :]
        self._writer.writerow([*self._pick(row.cells), self._advice(errors), *beyond])

    def close(self) -> None:
        """Write what is left and leave the stream open to its owner."""
        self._text.flush()
        self._text.detach()

    def _pick(self, cells: Sequence[str]) -> list[str]:
        return [cells[place] for place in self._kept]

    def _advice(self, errors: Sequence[LineError]) -> str:
        advice = " ".join(
            f"{self._heading(error.column)} : {error.message}" if error.column else error.message
            for error in errors
        )
        if advice.startswith(FORMULA_STARTS):
            advice = "'" + advice
        return advice if self._is_narrow_safe else advice.replace(NARROW_SPACE, NO_BREAK_SPACE)

    def _heading(self, column: str) -> str:
        return self._headings.get(column, column)


def _names(table: Table) -> dict[str, str]:
    pairs = zip(table.headings, table.columns, strict=True)
    return {column: heading.strip() for heading, column in pairs if column}
