"""An XLSForm as an .xlsx file."""

from io import BytesIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from surveys.questionnaire.xlsform.columns import PREFIX
from surveys.questionnaire.xlsform.tables import Form, Sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST, NARROWEST = 60, 8


def write(form: Form) -> bytes:
    """Write the sheets of a form; every cell is a text, whatever it begins with."""
    content = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        heading = book.add_format({"bold": True, "bottom": 1})
        ours = book.add_format({"bold": True, "bottom": 1, "bg_color": "#DEEBF7"})
        for each in form.values():
            page = book.add_worksheet(each.name)
            page.freeze_panes(1, 2)
            for number, column in enumerate(each.columns):
                page.write_string(0, number, column, ours if column.startswith(PREFIX) else heading)
                page.set_column(number, number, _width(each, column))
            _write_rows(page, each, plain)
    return content.getvalue()


def _write_rows(page: Worksheet, written: Sheet, plain: Format) -> None:
    for row in written.rows:
        for number, column in enumerate(written.columns):
            if row[column]:
                page.write_string(row.number - 1, number, row[column], plain)


def _width(written: Sheet, column: str) -> int:
    longest = max((len(row[column]) for row in written.rows), default=0)
    return min(WIDEST, max(NARROWEST, longest, len(column) + 2))
