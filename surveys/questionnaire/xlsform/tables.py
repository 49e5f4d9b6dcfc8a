"""The sheets of an XLSForm as rows of texts, each row with the number that a person sees."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

SURVEY, CHOICES, SETTINGS = "survey", "choices", "settings"


@dataclass(frozen=True, slots=True)
class Row:
    """One row; a column that is empty there is not among its cells."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet; its columns are named by the first row."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


Form = Mapping[str, Sheet]


def sheet(
    name: str, columns: Iterable[str], rows: Iterable[Mapping[str, str]], always: Container[str] = ()
) -> Sheet:
    """Make a sheet of rows that follow each other, without the columns that no row fills.

    >>> sheet("survey", ["type", "name", "hint"], [{"type": "text"}], always=["name"]).columns
    ('type', 'name')
    """
    filled = [{column: text for column, text in cells.items() if text} for cells in rows]
    used = {column for cells in filled for column in cells}
    numbered = tuple(Row(number, cells) for number, cells in enumerate(filled, start=2))
    return Sheet(name, tuple(column for column in columns if column in used or column in always), numbered)
