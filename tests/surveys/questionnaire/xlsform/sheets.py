"""XLSForms written as tables, so that they are read in a diff: `| survey |` begins a sheet."""

import io

import xlsxwriter  # type: ignore[import-untyped]

from surveys.questionnaire.xlsform.opening import opened
from surveys.questionnaire.xlsform.reading import Received, received

Tables = dict[str, list[list[str]]]


def tables(text: str) -> Tables:
    """Read tables: a line of one cell names a sheet, the others are its rows."""
    found: Tables = {}
    for line in text.strip().splitlines():
        cells = [cell.strip().replace("\\n", "\n") for cell in line.strip().strip("|").split("|")]
        if len(cells) == 1:
            found[cells[0]] = []
        else:
            list(found.values())[-1].append(cells)
    return found


def xlsx(text: str) -> bytes:
    """Write tables as a workbook."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        for name, rows in tables(text).items():
            page = book.add_worksheet(name)
            for number, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if cell:
                        page.write_string(number, column, cell)
    return content.getvalue()


def read(text: str) -> Received:
    """Read tables as a workbook would be."""
    form, said = opened(xlsx(text))
    found = received(form)
    return Received(found.sketch, found.is_sound, (*said, *found.said))


def told(found: Received) -> list[str]:
    """Say what was said, each with its place."""
    return [
        f"{'! ' if each.stops else ''}{each.sheet} {each.row} {each.column}: {each.words}".replace(
            "\xa0", " "
        )
        for each in found.said
    ]
