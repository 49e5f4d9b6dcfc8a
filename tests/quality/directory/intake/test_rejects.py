"""The refused lines come back as they were, with what to do, and pass once mended."""

import io

from quality.directory.intake.checking import Checker
from quality.directory.intake.line import Line
from quality.directory.intake.reading import open_table
from quality.directory.intake.refusals import LineError
from quality.directory.intake.rejects import RejectsFile
from tests.files import visits_file
from tests.quality.directory.intake.samples import FUNDERS, NOW, text_file

FRENCH = ("Référence", "Réf. client", "Activité", "Mode", "CP", "Début réel", "Note", "Date de naissance")
BAD = ("=1+1", "C-1", "MENAGE", "prestataire", "34970", "23/11/2026 09:00", "+33 ; é", "12/03/1941")


def sift(content: bytes) -> tuple[list[Line], list[LineError], bytes]:
    """Read a file to its end: the good lines, the errors, and the rejects file."""
    table = open_table(content, "visites.csv")
    checker, stream = Checker(NOW, FUNDERS, allow_fiction=True), io.BytesIO()
    rejects = RejectsFile(table, stream)
    lines: list[Line] = []
    errors: list[LineError] = []
    for row in table.rows:
        result = checker.check(row)
        if isinstance(result, Line):
            lines.append(result)
        else:
            errors += result
            rejects.add(row, result)
    rejects.close()
    return lines, errors, stream.getvalue()


def test_a_refused_line_comes_back_in_its_own_encoding_with_the_reason() -> None:
    bad = tuple(f'"{cell}"' for cell in BAD)
    _, _, rejects = sift(text_file(FRENCH, bad, encoding="cp1252"))
    assert rejects.decode("cp1252").splitlines() == [
        ";".join((*FRENCH, "erreur")),
        '=1+1;C-1;MENAGE;prestataire;34970;23/11/2026 09:00;"+33 ; é";;'
        "Activité : Activité inconnue. Code le plus proche : II-1.",
    ]


def test_a_birth_date_is_not_given_back() -> None:
    _, _, rejects = sift(text_file(FRENCH, tuple(f'"{cell}"' for cell in BAD)))
    assert b"1941" not in rejects


def test_the_error_column_is_never_doubled() -> None:
    _, _, once = sift(text_file(FRENCH, tuple(f'"{cell}"' for cell in BAD), encoding="utf-8-sig"))
    _, errors, twice = sift(once)
    assert [(error.line, error.column) for error in errors] == [(2, "activity")]
    assert twice == once
    assert once.startswith(b"\xef\xbb\xbf")


def test_an_error_column_in_the_middle_moves_to_the_end() -> None:
    _, _, rejects = sift(text_file(("erreur", *FRENCH[:6]), ("ancienne", *BAD[:6])))
    assert rejects.decode().splitlines()[1].startswith("=1+1;C-1;MENAGE")


def test_an_added_cell_is_never_a_formula() -> None:
    table = open_table(text_file(FRENCH[:6], BAD[:6]), "v.csv")
    stream = io.BytesIO()
    rejects = RejectsFile(table, stream)
    rejects.add(next(table.rows), [LineError(2, "", "", "=HYPERLINK(1)")])
    rejects.close()
    assert stream.getvalue().decode().splitlines()[1].endswith(";'=HYPERLINK(1)")


def test_narrow_spaces_that_cp1252_lacks_are_written_as_no_break_ones() -> None:
    table = open_table(text_file(FRENCH[:6], BAD[:6], encoding="cp1252"), "v.csv")
    stream = io.BytesIO()
    rejects = RejectsFile(table, stream)
    rejects.add(next(table.rows), [LineError(2, "", "", "Encore\u202f?")])
    rejects.close()
    assert stream.getvalue().endswith("Encore\u00a0?\r\n".encode("cp1252"))


def test_a_message_of_the_whole_line_stands_alone_and_the_extra_cells_follow() -> None:
    _, errors, rejects = sift(text_file(FRENCH[:6], (*BAD[:6], "reste")))
    assert [error.column for error in errors] == [""]
    advice = "Cette ligne compte 7 cases pour 6 titres. Vérifiez séparateurs et guillemets."
    assert rejects.decode().splitlines()[1].endswith(f";{advice};reste")


def test_a_file_of_five_thousand_lines_has_its_thirty_seven_faults_found_and_mended() -> None:
    sent = visits_file(5_000, bad=37)
    lines, errors, rejects = sift(sent.content)
    assert [(error.line, error.column) for error in errors] == list(sent.errors)
    assert len(lines) == 4_963
    assert {column for _, column in sent.errors} == {
        *("mobile", "ended_at", "activity", "started_at", "status"),
        *("mode", "funders", "email", "postcode", "client_reference"),
    }
    again, left, _ = sift(sent.mended(rejects))
    assert left == []
    assert len({line.reference for line in again} - {line.reference for line in lines}) == 37
