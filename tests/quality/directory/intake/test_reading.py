"""Files are read as they come, or refused with a clear message, and never in any other way."""

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.directory.intake.reading import Table, open_table, rows_of_objects
from quality.directory.intake.refusals import FileRefused
from tests.quality.directory.intake.samples import VISIT, rows_of, text_file

FRENCH = ("Référence", "RÉF. CLIENT", "activite", "Mode", "Code-postal", "Début réel")
CELLS = ("V-1", "C-1", "II-1", "prestataire", "34970", "23/11/2026 09:00")


def refusal(content: bytes, filename: str = "visites.csv", kind: str | None = None) -> str:
    with pytest.raises(FileRefused) as refused:
        list(open_table(content, filename, kind).rows)
    return str(refused.value)


def with_heading(heading: str, cell: str, **choices: str) -> Table:
    return open_table(text_file((*FRENCH, heading), (*CELLS, cell), **choices), "visites.csv")


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_headings_and_values_are_known_in_every_encoding(delimiter: str, encoding: str) -> None:
    table = with_heading("Commune", "Béziers’", delimiter=delimiter, encoding=encoding)
    assert (table.encoding, table.delimiter) == (encoding, delimiter)
    [row] = table.rows
    assert row.line == 2
    assert row.values == VISIT | {"commune": "Béziers’"}


def test_one_cp1252_byte_at_the_end_of_a_big_file_is_enough(tmp_path: Path) -> None:
    lines = [FRENCH, *[CELLS] * 8_000, (*CELLS[:1], "Zoé", *CELLS[2:])]
    path = tmp_path / "gros.csv"
    path.write_bytes(
        text_file(*lines, encoding="cp1252")
        .replace("Référence".encode("cp1252"), b"reference")
        .replace(b"R\xc9F. CLIENT", b"client_reference")
        .replace(b"D\xe9but r\xe9el", b"started_at")
    )
    table = open_table(path, path.name)
    assert table.encoding == "cp1252"
    assert list(table.rows)[-1].values["client_reference"] == "Zoé"


def test_a_letter_cut_by_the_end_of_a_block_is_still_utf8() -> None:
    for padding in range(3):
        name = "x" * (1 << 16)
        content = text_file((*FRENCH, "Note"), *[(*CELLS, name + "é" * 9)] * 5, (*CELLS, "é" + "y" * padding))
        assert open_table(content, "v.csv").encoding == "utf-8"


def test_lines_keep_their_number_across_quoted_line_ends_and_blank_lines() -> None:
    comment = '"Porte bleue ;\r\nsonner ""fort""\ndeux fois"'
    content = text_file((*FRENCH, "Commentaire"), (*CELLS, comment), (), (*CELLS, ""), ("",) * 7, CELLS)
    rows = rows_of(content)
    assert [row.line for row in rows] == [2, 6, 8]
    assert rows[0].cells[-1] == 'Porte bleue ;\r\nsonner "fort"\ndeux fois'


def test_old_line_ends_are_read() -> None:
    content = text_file(FRENCH, CELLS, CELLS).replace(b"\r\n", b"\r")
    assert [row.line for row in rows_of(content)] == [2, 3]


def test_unknown_headings_are_ignored_and_named() -> None:
    table = open_table(text_file((*FRENCH, "Commentaire", "erreur", ""), (*CELLS, "x", "y", "z")), "v.csv")
    assert table.ignored == ("Commentaire",)
    [row] = table.rows
    assert row.values == VISIT


@pytest.mark.parametrize(
    "heading", ["Date de naissance", "Né(e) le", "GIR", "Pathologies", "N° sécurité sociale"]
)
def test_a_birth_date_or_a_health_column_leaves_no_trace(heading: str) -> None:
    table = with_heading(heading, "12/03/1941")
    assert table.ignored == (heading,)
    [row] = table.rows
    assert "12/03/1941" not in [*row.cells, *row.values.values()]


def test_a_short_line_is_completed_and_a_long_one_refused() -> None:
    short, trailing, long = rows_of(text_file(FRENCH, CELLS[:2], (*CELLS, "", ""), (*CELLS, "", "reste")))
    assert short.values["mode"] == ""
    assert trailing.errors == ()
    [error] = long.errors
    assert (error.line, error.column, error.value) == (4, "", "reste")
    assert error.message == "Cette ligne compte 8 cases pour 6 titres. Vérifiez séparateurs et guillemets."


def test_a_missing_column_is_named() -> None:
    assert refusal(text_file(FRENCH[1:], CELLS[1:])) == (
        "Il manque la colonne reference (« Référence »). Ajoutez-la, puis renvoyez le fichier."
    )
    assert refusal(text_file(FRENCH[:4], CELLS[:4])) == (
        "Il manque la colonne postcode ou departement. Ajoutez l’une des deux, puis renvoyez le fichier."
    )
    assert "planned_start ou started_at" in refusal(text_file(FRENCH[:5], CELLS[:5]))


def test_a_heading_given_twice_is_named() -> None:
    assert refusal(text_file((*FRENCH, "started_at"), (*CELLS, "x"))) == (
        "La colonne started_at est donnée deux fois (« started_at »). Gardez-en une."
    )


def test_a_heading_with_braces_is_no_trap() -> None:
    assert "{0}" not in refusal(text_file(("{0}", "x{y}"), ("1", "2")))


@pytest.mark.parametrize(
    ("content", "filename", "message"),
    [
        (b"", "v.csv", "Le fichier est vide."),
        (b"\r\n\r\n", "v.csv", "Le fichier est vide."),
        (b"\xff\xfeR\x00e\x00", "v.csv", "Ce fichier n’est pas un texte."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "v.xls", "Ce fichier est un ancien classeur Excel."),
        (b"PK\x03\x04abc", "v.csv", "Le classeur est abîmé."),
        (b"abc", "v.xlsx", "Le classeur est abîmé."),
        (b"caf\x81;\xe9", "v.csv", "L’encodage du fichier n’est pas reconnu."),
        (b"\xef\xbb\xbfcaf\n\xe9", "v.csv", "Ligne 2 : un caractère n’est pas en UTF-8 comme le reste"),
        ("é\n\n".encode() + b"a" * 300_000 + b"\n\xc3", "v.csv", "Ligne 4 : un caractère n’est pas en UTF-8"),
        (b"a" * 600_000, "v.csv", "Une ligne du fichier est démesurée."),
        (b'"' + b"a;\n" * 150_000, "v.csv", "Un guillemet ouvert ligne 1 ne se referme pas."),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, filename: str, message: str) -> None:
    assert refusal(content, filename).startswith(message)


def test_an_unknown_format_is_refused() -> None:
    assert refusal(b"x", kind="ods") == "Format inconnu : ods. Les formats lus sont csv et xlsx."


def test_a_quote_left_open_never_swallows_lines_silently() -> None:
    open_last = text_file((*FRENCH, "Note"), (*CELLS, '"ouvert'), CELLS, CELLS)
    assert (
        refusal(open_last)
        == "Un guillemet ouvert ligne 2 ne se referme pas. Retirez-le, puis renvoyez le fichier."
    )
    closed_far = text_file((*FRENCH, "Note"), (*CELLS, '"ouvert'), *[CELLS] * 60, (*CELLS, '"'))
    assert "ligne 2" in refusal(closed_far)


def test_a_stray_quote_inside_a_cell_is_only_a_character() -> None:
    [row] = rows_of(text_file((*FRENCH, "Note"), (*CELLS, 'tube 5"')))
    assert row.cells[-1] == 'tube 5"'


def test_objects_of_the_api_are_rows() -> None:
    [row] = rows_of_objects(
        [VISIT | {"incident": True, "hours_notified": 12.5, "funders": ["D34", "CNAV"], "email": None}]
    )
    assert row.line == 1
    assert row.values == VISIT | {
        "incident": "yes",
        "hours_notified": "12.5",
        "funders": "D34|CNAV",
        "email": "",
    }


def test_an_object_that_no_cell_could_hold_is_located() -> None:
    good, bad = rows_of_objects([VISIT | {"x": {}}, VISIT | {"client_name": {"a": 1}, "Référence": "V-2"}])
    assert good.errors == ()
    assert [(error.line, error.column, error.value) for error in bad.errors] == [
        (2, "client_name", "{'a': 1}"),
        (2, "reference", "V-2"),
    ]


def test_a_long_file_is_read_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "gros.csv"
    path.write_bytes(text_file((*FRENCH, "Note"), *[(*CELLS, "x" * 200)] * 20_000))
    tracemalloc.start()
    try:
        assert sum(1 for _ in open_table(path, path.name).rows) == 20_000
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


def says_what_to_do(refused: FileRefused) -> None:
    assert str(refused).endswith(".")


def reads_or_refuses(content: bytes, filename: str) -> None:
    try:
        list(open_table(content, filename).rows)
    except FileRefused as refused:
        says_what_to_do(refused)


@settings(max_examples=60)
@given(st.binary(max_size=400), st.sampled_from(["v.csv", "v.xlsx"]))
def test_any_bytes_are_read_or_refused(content: bytes, filename: str) -> None:
    reads_or_refuses(content, filename)


@settings(max_examples=60)
@given(st.text(st.sampled_from('ab;,"\n\r\té\x1a\u2028'), max_size=200))
def test_any_lines_under_good_headings_are_read_or_refused(text: str) -> None:
    reads_or_refuses(text_file(FRENCH) + b"\r\n" + text.encode(), "v.csv")
