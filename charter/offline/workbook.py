"""A workbook of an assessment written, and read back line by line."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

import xlsxwriter

from charter.answering import Draft
from charter.declaring import Review
from charter.definition import Criterion
from charter.reviewing import SCALES
from charter.words import given_words, label_of, said
from quality.directory.intake.workbook import sheet_rows
from quality.web import languages
from quality.web.languages import gettext as _

COLUMNS, WIDTHS = 6, (10, 60, 16, 50, 40, 10)
HEADING = 1  # the line that holds the headings


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a workbook: where it is, what it answers, and what is wrong with it, or ""."""

    number: int
    code: str
    draft: Draft
    error: str = ""


def heads() -> tuple[str, ...]:
    return (
        _("Code"),
        _("Critère"),
        _("Réponse"),
        _("Ce que vous faites"),
        _("Pourquoi, si non concerné"),
        _("Version"),
    )


def written(review: Review) -> bytes:
    """Write the workbook: one line by what is answered, with the words of the scale to choose from."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet(_("Auto-évaluation"))
    bold, wrapped = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True})
    for column, (head, width) in enumerate(zip(heads(), WIDTHS, strict=True)):
        sheet.write_string(0, column, head, bold)
        sheet.set_column(column, column, width, wrapped)
    sheet.freeze_panes(1, 2)
    offered = [given_words(each) for each in SCALES[review.edition.scale]]
    for row, (code, label) in enumerate(_asked(review), start=1):
        declared = review.declared.get(code)
        answer = given_words(declared.answer) if declared else ""
        texts = (
            code,
            label,
            answer,
            declared.comment if declared else "",
            declared.reason if declared else "",
        )
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, wrapped)
        sheet.write_string(row, COLUMNS - 1, str(declared.version if declared else 0))
        sheet.data_validation(row, 2, row, 2, {"validate": "list", "source": offered})
    book.close()
    return target.getvalue()


def _asked(review: Review) -> Iterator[tuple[str, str]]:
    for criterion in review.edition.criteria:
        for code in criterion.asked:
            yield code, _label(criterion, code)


def _label(criterion: Criterion, code: str) -> str:
    return next((said(each.label) for each in criterion.elements if each.code == code), label_of(criterion))


def read(review: Review, stream: BinaryIO) -> tuple[Line, ...]:
    """Read the lines of a workbook that answer something, or raise FileRefused."""
    codes = {code for each in review.edition.criteria for code in each.asked}
    words = _answers(review)
    found: list[Line] = []
    seen: set[str] = set()
    for number, cells in sheet_rows(stream):
        padded = [*(each.strip() for each in cells), *[""] * COLUMNS][:COLUMNS]
        code, answer, comment, reason, version = padded[0], *padded[2:]
        if number == HEADING or not (answer or comment or reason):
            continue
        known = words.get(answer.casefold(), "")
        draft = Draft(known, comment, reason, _version(version))
        found.append(Line(number, code, draft, _wrong((code, answer, known), codes, seen)))
        seen.add(code)
    return tuple(found)


def _answers(review: Review) -> dict[str, str]:
    """Give the answer behind each word, in both languages."""
    found: dict[str, str] = {}
    for language in languages.LANGUAGES:
        with languages.using(language):
            found |= {given_words(each).casefold(): each for each in SCALES[review.edition.scale]}
    return found


def _wrong(written_: tuple[str, str, str], codes: set[str], seen: set[str]) -> str:
    code, answer, known = written_
    if code not in codes:
        return _("Ce code n’est pas demandé dans cette évaluation.")
    if code in seen:
        return _("Ce code est déjà plus haut : gardez une seule ligne.")
    if not answer:
        return _("La réponse manque.")
    return "" if known else _("Cette réponse n’est pas sur l’échelle : choisissez-en une autre.")


def _version(written_: str) -> int:
    digits = written_.partition(".")[0]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else 0
