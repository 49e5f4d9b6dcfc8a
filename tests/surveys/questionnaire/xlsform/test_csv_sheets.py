"""An XLSForm in one CSV file means what its workbook means, and has the sheets that pyxform finds."""

import csv
import io
from pathlib import Path

import pytest
from pyxform.xls2json_backends import csv_to_dict

from surveys.questionnaire.xlsform.opening import MOST_ROWS, opened
from surveys.questionnaire.xlsform.reading import received
from tests.surveys.questionnaire.xlsform.forms import FORMS
from tests.surveys.questionnaire.xlsform.sheets import read, tables
from tests.surveys.questionnaire.xlsform.test_opening import FORM, refusal


def stacked(text: str, delimiter: str = ",") -> str:
    """Write tables as one CSV file."""
    content = io.StringIO()
    writer = csv.writer(content, delimiter=delimiter)
    for name, rows in tables(text).items():
        writer.writerow([name])
        writer.writerows(["", *row] for row in rows)
    return content.getvalue()


@pytest.mark.parametrize("name", FORMS)
def test_a_csv_means_what_its_workbook_means(name: str) -> None:
    form, said = opened(stacked(FORMS[name].text).encode())
    assert said == ()
    assert received(form).sketch == read(FORMS[name].text).sketch


@pytest.mark.parametrize("name", FORMS)
def test_its_sheets_are_those_that_pyxform_finds(name: str, tmp_path: Path) -> None:
    file = tmp_path / "form.csv"
    file.write_text(stacked(FORMS[name].text), encoding="utf-8", newline="")
    oracle = csv_to_dict(file)
    form, _ = opened(file.read_bytes())
    for sheet, read_sheet in form.items():
        assert [dict(row.cells) for row in read_sheet.rows] == oracle[sheet]


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "cp1252"), (",", "utf-8-sig"), (";", "utf-8")])
def test_it_is_read_as_spreadsheets_write_it(delimiter: str, encoding: str) -> None:
    form, _ = opened(stacked(FORM.replace("Alors ?", "Était-ce « bien » ?"), delimiter).encode(encoding))
    sketch = received(form).sketch
    assert sketch is not None
    assert sketch.items[0].label.fr == "Était-ce « bien » ?"


def test_a_row_is_named_by_its_place_in_the_file() -> None:
    form, _ = opened(b'notes\n\n"Survey",type,name,label\n,text,a,"one\ntwo"\n,,,\n,text,b,B\n')
    assert [(row.number, row["name"]) for row in form["survey"].rows] == [(4, "a"), (6, "b")]


def test_what_is_no_sheet_of_a_form_is_said() -> None:
    _, said = opened(b"survey,,\n,type,name\n,text,a\nautres,,\n,x,y\n")
    assert [each.values for each in said] == [{"name": "autres"}]


def test_too_many_rows_are_refused() -> None:
    assert "n’est pas un questionnaire" in refusal(b"survey\n,type,name\n" + b",text,a\n" * (MOST_ROWS + 1))
