"""Published figures as an .xlsx file: to read, to compute with, and what each column and indicator means."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import BytesIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from quality.errors import Refused
from quality.measures.catalogue import indicator
from quality.measures.exports import COLUMNS, Value, record
from quality.measures.releases.figures import Published
from quality.measures.reports.contents import Contents, signed_words
from quality.measures.reports.schema import FIELDS
from quality.measures.views.groups import activity_words
from quality.measures.views.wording import label_of, reading
from quality.web import languages
from quality.web.format import count, period_text
from quality.web.languages import gettext as _

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST, NARROWEST = 60, 10
NUMBERS = ("0", "0.0")
MOST_LINES = 1_048_576 - 1  # of a sheet, under its heading


def workbook(contents: Contents) -> bytes:
    """Write four sheets; the same contents give the same bytes, and no cell is ever a formula.

    More lines than a sheet can hold are refused: XlsxWriter would leave them out without a word.
    """
    if len(contents.lines) > MOST_LINES:
        raise Refused(
            "Un classeur contient au plus {most} lignes, et il y en a {num} : prenez le CSV, ou une période.",
            most=count(MOST_LINES),
            num=count(len(contents.lines)),
        )
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": contents.title, "created": contents.released_at.replace(tzinfo=None)})
        writer = Writer(book)
        writer.sheet(_("Résultats"), _read_heads(), _read_rows(contents))
        writer.sheet(_("Données"), COLUMNS, (list(record(line).values()) for line in contents.lines))
        writer.sheet(_("Définitions"), _definition_heads(), _definition_rows(contents))
        writer.sheet(_("À propos"), (_("Quoi"), _("Sens")), _about_rows(contents))
    return target.getvalue()


class Writer:
    """Sheets with a heading row that stays in sight, and columns as wide as what they hold."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._plain = book.add_format({"text_wrap": True, "valign": "top"})
        self._numbers = [book.add_format({"num_format": each, "valign": "top"}) for each in NUMBERS]

    def sheet(self, name: str, heads: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
        page = self._book.add_worksheet(name)
        page.freeze_panes(1, 1)
        widths = [len(each) for each in heads]
        for column, head in enumerate(heads):
            page.write_string(0, column, head, self._heading)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                self._cell(page, number, column, value)
                widths[column] = max(widths[column], len(str(value)))
        for column, width in enumerate(widths):
            page.set_column(column, column, min(WIDEST, max(NARROWEST, width + 1)))

    def _cell(self, page: Worksheet, row: int, column: int, value: Value) -> None:
        if isinstance(value, str):
            page.write_string(row, column, value, self._plain)
        elif value is not None:
            page.write_number(row, column, float(value), self._number(value))

    def _number(self, value: Decimal | int) -> Format:
        return self._numbers[1 if isinstance(value, Decimal) and value.as_tuple().exponent else 0]


def _read_heads() -> tuple[str, ...]:
    return (
        _("Indicateur"),
        _("Période"),
        _("Où"),
        _("Activités"),
        _("Résultat"),
        _("Intervalle à 95 %"),
        _("Clients"),
        _("Ce que vaut ce résultat"),
    )


def _read_rows(contents: Contents) -> Iterator[Sequence[Value]]:
    for line in contents.lines:
        yield _read_row(contents, line)


def _read_row(contents: Contents, line: Published) -> Sequence[Value]:
    figure, key = line.figure, line.figure.key
    shown = reading(figure)
    return (
        label_of(indicator(key.indicator, key.version)),
        period_text(line.period, languages.current()),
        contents.where(figure),
        activity_words(key.activity),
        shown.value,
        shown.interval,
        figure.n_clients,
        shown.status,
    )


def _definition_heads() -> tuple[str, ...]:
    return (
        _("Code"),
        _("Version"),
        _("Indicateur"),
        _("Mieux quand c’est"),
        _("On compte"),
        _("Sur"),
        _("On laisse de côté"),
        _("Formule"),
        _("Intervalle"),
        _("Source"),
        _("Exemple"),
        _("En vigueur depuis"),
    )


def _definition_rows(contents: Contents) -> Iterator[Sequence[Value]]:
    for each in contents.definitions:
        yield (
            each.indicator,
            each.version,
            each.label,
            each.better,
            each.counted,
            each.over,
            each.left_out,
            each.formula,
            each.interval,
            each.source,
            each.example,
            each.effective_on.isoformat(),
        )


def _about_rows(contents: Contents) -> Iterator[Sequence[Value]]:
    yield _("Visites"), contents.sight.label
    yield _("Période"), contents.period_words
    for seal in contents.seals:
        yield seal.period, signed_words(seal)
    yield (
        _("Protection"),
        _("Un résultat de moins de 11 clients est caché, avec ce qui le rendrait par soustraction"),
    )
    for field in FIELDS:
        yield field.name, _(field.description)
