"""Workbooks as people and strangers make them: names, spaces, merged and calculated cells, bombs."""

import io
import zipfile
from collections.abc import Callable

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from quality.directory.intake.refusals import FileRefused
from surveys.questionnaire.xlsform import opening
from surveys.questionnaire.xlsform.opening import MOST_ROWS, opened
from surveys.questionnaire.xlsform.reading import received
from tests.surveys.questionnaire.xlsform.sheets import read, told, xlsx

FORM = """
| survey |
| type | name | label | required |
| select_one on | on | Alors ? | yes |
| choices |
| list_name | name | label |
| on | yes | Oui |
| on | no | Non |
| settings |
| form_title | form_id |
| Alors | alors |
"""
SHEET = "xl/worksheets/sheet1.xml"


def written(write: Callable[[Worksheet], object]) -> bytes:
    """Make a workbook whose survey holds one question, and more."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        page = book.add_worksheet("survey")
        page.write_row(0, 0, ["type", "name", "label", "required"])
        page.write_row(1, 0, ["select_one on", "on", "Alors ?", True])
        write(page)
        choices = book.add_worksheet("choices")
        for number, row in enumerate([["list_name", "name", "label"], ["on", 1, "Oui"], ["on", 2.0, "Non"]]):
            choices.write_row(number, 0, row)
        book.add_worksheet("settings").write_row(0, 0, ["form_title"])
        book.get_worksheet_by_name("settings").write_row(1, 0, ["Alors"])
    return content.getvalue()


def edited(content: bytes, part: str, edit: Callable[[bytes], bytes]) -> bytes:
    copy = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, edit(source.read(name)) if name == part else source.read(name))
    return copy.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(FileRefused) as refused:
        opened(content)
    return str(refused.value).replace("\xa0", " ")


def test_names_of_sheets_and_headings_are_read_whatever_their_capitals_and_spaces() -> None:
    text = FORM.replace("| survey |", "| Survey  |").replace("| type | name", "| \ufeffType | NAME")
    found = read(text.replace("list_name", "List Name").replace("| choices |", "| CHOICES |"))
    assert found.questionnaire is not None
    assert found.said == ()


def test_numbers_and_truths_typed_as_such_are_read_as_their_words() -> None:
    form, said = opened(written(lambda page: None))
    found = received(form, code="alors")
    assert found.questionnaire is not None
    assert [choice.value for choice in found.questionnaire.items[0].choices] == ["1", "2"]
    assert found.questionnaire.items[0].core
    assert said == ()


def test_a_calculated_cell_and_merged_cells_are_said_with_their_place() -> None:
    def oddly(page: Worksheet) -> None:
        page.write_row(2, 0, ["text", "mot"])
        page.write_formula(2, 2, '=CONCATENATE("Un ","mot")', None, "Un mot")
        page.merge_range(4, 0, 4, 2, "note")

    form, said = opened(written(oddly))
    assert form["survey"].rows[1]["label"] == "Un mot"
    assert [f"{each.sheet} {each.row} {each.column}: {each.words}".replace("\xa0", " ") for each in said] == [
        "survey 5 : Des cellules sont fusionnées (A5:C5) : seule la première est lue. Séparez-les.",
        "survey 3 label: Cette cellule est calculée : sa dernière valeur est lue (1 dans la feuille).",
    ]


def test_other_sheets_are_said_and_a_private_one_is_not() -> None:
    found = read(FORM + "| Feuil1 |\n| a | b |\n| _notes |\n| a | b |")
    assert found.questionnaire is not None
    assert told(found) == [" 0 : La feuille « Feuil1 » n’est pas lue."]


def test_a_workbook_without_questions_says_which_sheets_it_has() -> None:
    found = read("| Enquête |\n| type | name |\n| text | a |")
    assert (
        told(found)[0]
        == "!  0 : Les feuilles de ce classeur : Enquête. Nommez « survey » celle des questions."
    )
    assert read("| survey |\n| nom | genre |\n| a | b |").questionnaire is None
    assert "Il manque la colonne « type »" in told(read("| survey |\n| nom | genre |\n| a | b |"))[0]


def test_a_file_that_is_no_workbook_is_refused() -> None:
    for content in (
        b"type;name\n",
        b"",
        b"survey\0,a",
        b"choices,,\n,list_name,name\n",
        b'"' + b"x" * 200_000,
    ):
        assert refusal(content).startswith("Ce fichier n’est pas un classeur .xlsx, ni un CSV")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as empty:
        empty.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert refusal(archive.getvalue()).startswith("Le classeur est abîmé.")


@pytest.mark.parametrize(
    ("part", "before", "after"),
    [
        (SHEET, b'r="A1"', b'r="XFD1048576"'),
        (SHEET, b'<row r="2"', b'<row r="99999999"'),
        ("xl/sharedStrings.xml", b'uniqueCount="', b'uniqueCount="9999999999'),
        (SHEET, b"</sheetData>", b"</sheetData>" + b" " * (30 << 20)),
    ],
)
def test_a_bomb_is_refused_before_it_is_parsed(
    part: str, before: bytes, after: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Parser:
        @staticmethod
        def from_filelike(content: io.BytesIO) -> None:
            pytest.fail("the parser was called")

    monkeypatch.setattr(opening, "CalamineWorkbook", Parser)
    bomb = edited(xlsx(FORM), part, lambda content: content.replace(before, after))
    assert len(bomb) < opening.LARGEST
    assert refusal(bomb).startswith("Ce classeur est trop lourd pour un questionnaire")


def test_a_file_too_large_and_a_sheet_too_long_are_refused() -> None:
    assert refusal(b"PK" + b"0" * opening.LARGEST).startswith("Ce classeur est trop lourd")

    def long(page: Worksheet) -> None:
        for number in range(2, MOST_ROWS + 3):
            page.write_row(number, 0, ["note", f"n{number}"])

    assert refusal(written(long)) == "Cette feuille a plus de 2000 lignes : ce n’est pas un questionnaire."


GOOD = xlsx(FORM)


def ends_a_sentence(refused: FileRefused) -> None:
    assert str(refused).endswith(".")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_damaged_workbook_is_read_or_refused(changes: list[tuple[int, int]]) -> None:
    content = bytearray(GOOD)
    for place, byte in changes:
        content[place] = byte
    try:
        form, _ = opened(bytes(content))
    except FileRefused as refused:
        ends_a_sentence(refused)
    else:
        received(form)


CELLS = """text,select_one on,select_multiple on,begin group,end group,begin_repeat,integer,date,range,hidden
calculate,on,a,jour,,${a},${on} = 'yes',yes,1,{,},not(,. > 3,GLOB 1 top2,rating,${jour} {organisme},fr
count-selected(.) = 1""".replace("\n", ",").split(",")
COLUMNS = """type | name | label | label::English (en) | required | relevant | constraint | hint
constraint_message | sq_kind | sq_measures | sq_relevant | sq_channels | guidance_hint""".replace("\n", " | ")
ROW = st.lists(st.sampled_from(CELLS), min_size=14, max_size=14).map(" | ".join)


@settings(max_examples=150, deadline=None)
@given(st.lists(ROW, max_size=6))
def test_any_form_is_read_or_said_to_be_wrong(rows: list[str]) -> None:
    """No cell, whatever it holds, breaks the reading."""
    lines = [COLUMNS, *rows]
    choices = ("list_name | name | label", "on | yes | Oui", "on | no | Non")
    tables = ["survey", *lines, "choices", *choices]
    found = read("\n".join(f"| {line} |" for line in tables))
    assert (found.questionnaire is None) == any(each.stops for each in found.said)
