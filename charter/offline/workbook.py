"""A workbook of an assessment written, and read back line by line.

Its first line ends with two hidden cells: the edition that it asks, and the run that it was taken from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from io import BytesIO
from typing import BinaryIO

import xlsxwriter

from charter.answering import Draft
from charter.declaring import Review
from charter.definition import Criterion
from charter.editions import EditionUnknown, Library, reference
from charter.reviewing import SCALES
from charter.words import given_words, label_of, said, title_of
from quality.directory.intake.refusals import FileRefused
from quality.directory.intake.workbook import sheet_rows
from quality.french import french
from quality.web import languages
from quality.web.languages import gettext as _

COLUMNS, WIDTHS = 6, (10, 60, 16, 50, 40, 10)
HEADING = 1  # the line that holds the headings
OTHER = french(
    "Ce classeur est celui de « {theirs} » ; vous répondez ici à « {ours} ». "
    "Ouvrez « {theirs} » dans votre charte pour l’y rapporter."
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a workbook was taken from: its edition, named with its version, and a run; "" when unknown."""

    edition: str = ""
    run: str = ""


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
    for column, text in enumerate((review.edition.reference, _run(review)), start=COLUMNS):
        sheet.write_string(0, column, text)
        sheet.set_column(column, column, None, None, {"hidden": True})
    sheet.freeze_panes(1, 2)
    offered = [given_words(each) for each in SCALES[review.edition.scale]]
    for row, (code, label) in enumerate(labels(review).items(), start=1):
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


def _run(review: Review) -> str:
    return str(review.run or "")


def labels(review: Review) -> dict[str, str]:
    """Give the words of what is answered, by its code, in their order."""
    return {code: _label(each, code) for each in review.edition.criteria for code in each.asked}


def _label(criterion: Criterion, code: str) -> str:
    return next((said(each.label) for each in criterion.elements if each.code == code), label_of(criterion))


def read(review: Review, stream: BinaryIO) -> tuple[Line, ...]:
    """Read the lines of a workbook that answer something, or raise FileRefused.

    A line of another version of the edition, or of one that the workbook no longer names, is read where its
    words are still those of its criterion. What was seen in another run is not taken as seen in this one.
    """
    rows = [(number, _padded(cells)) for number, cells in sheet_rows(stream)]
    taken = next((Taken(*cells[COLUMNS:]) for number, cells in rows if number == HEADING), Taken())
    _refuse_another(review, taken)
    is_same, is_past = taken.edition == review.edition.reference, taken.run not in {"", _run(review)}
    asked, words = _worded(review), _answers(review)
    found: list[Line] = []
    seen: set[str] = set()
    for number, (code, label, answer, comment, reason, version, *_taken) in rows:
        if number == HEADING or not (answer or comment or reason):
            continue
        known = words.get(answer.casefold(), "")
        draft = Draft(known, comment, reason, 0 if is_past else _version(version))
        error = _misplaced(code, None if is_same else label, asked, seen) or _wrong(answer, known)
        found.append(Line(number, code, draft, error))
        seen.add(code)
    return tuple(found)


def _padded(cells: list[str]) -> list[str]:
    width = COLUMNS + len(fields(Taken))
    return [*(each.strip() for each in cells), *[""] * width][:width]


def _refuse_another(review: Review, taken: Taken) -> None:
    """Refuse a workbook that says itself that it asks another edition."""
    try:
        code, version = reference(taken.edition)
    except EditionUnknown:
        return
    if code not in {"", review.edition.code}:
        theirs = _title(review.library, code, version) or taken.edition
        raise FileRefused(OTHER, theirs=theirs, ours=title_of(review.edition, review.library))


def _title(library: Library, code: str, version: int) -> str:
    try:
        return title_of(library.find(code, version), library)
    except EditionUnknown:
        return ""


def _worded(review: Review) -> dict[str, frozenset[str]]:
    """Give the words of what is answered in both languages, by its code."""
    found: dict[str, frozenset[str]] = {}
    for language in languages.LANGUAGES:
        with languages.using(language):
            for code, label in labels(review).items():
                found[code] = found.get(code, frozenset()) | {_plain(label)}
    return found


def _plain(label: str) -> str:
    return " ".join(label.split()).casefold()


def _answers(review: Review) -> dict[str, str]:
    """Give the answer behind each word, in both languages."""
    found: dict[str, str] = {}
    for language in languages.LANGUAGES:
        with languages.using(language):
            found |= {given_words(each).casefold(): each for each in SCALES[review.edition.scale]}
    return found


def _misplaced(code: str, words: str | None, asked: Mapping[str, frozenset[str]], seen: set[str]) -> str:
    """Say why a line answers nothing that is asked here, or ""; `words` are None where its code is enough."""
    if code not in asked:
        return _("Ce code n’est pas demandé dans cette évaluation.")
    if code in seen:
        return _("Ce code est déjà plus haut : gardez une seule ligne.")
    if words is not None and _plain(words) not in asked[code]:
        return _("Ce classeur est d’une autre version, qui demande autre chose ici : répondez à l’écran.")
    return ""


def _wrong(answer: str, known: str) -> str:
    if not answer:
        return _("La réponse manque.")
    return "" if known else _("Cette réponse n’est pas sur l’échelle : choisissez-en une autre.")


def _version(written_: str) -> int:
    digits = written_.partition(".")[0]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else 0
