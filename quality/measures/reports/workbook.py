"""Published figures as an .xlsx file: to read, to compute with, and what each column and indicator means."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from quality.errors import Refused
from quality.measures.catalogue import indicator
from quality.measures.exports import (
    COLUMNS,
    FACT_COLUMNS,
    TERRITORY_COLUMNS,
    WEIGHTED_COLUMNS,
    Value,
    fact_record,
    record,
    territory_records,
    weighted_record,
)
from quality.measures.releases.counted import PublishedFact
from quality.measures.releases.figures import Published
from quality.measures.reports.contents import Cover, signed_words
from quality.measures.reports.schema import FACT_FIELDS, FIELDS, TERRITORY_FIELDS
from quality.measures.reports.streaming import Lines, together
from quality.measures.views.facts import fact_reading
from quality.measures.views.groups import activity_words
from quality.measures.views.wording import label_of, name_of, reading
from quality.web import languages
from quality.web.format import count, period_text
from quality.web.languages import gettext as _

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST, NARROWEST = 60, 10
NUMBERS = ("0", "0.0")
MOST_LINES = 1_048_576 - 1  # of a sheet, under its heading


async def write_workbook(around: Cover, lines: Lines, target: IO[bytes]) -> None:
    """Write the sheets, rows as they come; the same lines give the same bytes, and no cell is ever a formula.

    What is written waits in files of its own (constant_memory). More lines than a sheet can hold are refused:
    XlsxWriter would leave them out without a word.
    """
    if around.count + len(around.facts) > MOST_LINES:
        raise Refused(
            "Un classeur contient au plus {most} lignes, et il y en a {num} : prenez le CSV, ou une période.",
            most=count(MOST_LINES),
            num=count(around.count + len(around.facts)),
        )
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, options)
    try:
        book.set_properties({"title": around.title, "created": around.released_at.replace(tzinfo=None)})
        await _fill(Writer(book), around, lines)
    finally:
        await asyncio.to_thread(book.close)


async def _fill(writer: "Writer", around: Cover, lines: Lines) -> None:
    to_read = writer.begun(_("Résultats"), _read_heads())
    data = writer.begun(_("Données"), COLUMNS)

    def add(some: Iterable[Published]) -> None:
        for line in some:
            to_read.add(_read_row(around, line))
            data.add(list(record(line).values()))

    async for some in together(lines):
        await asyncio.to_thread(add, some)
    for fact in around.facts:
        to_read.add(_read_fact(around, fact))
    to_read.end()
    data.end()
    if around.facts:
        writer.sheet(_("Organismes"), FACT_COLUMNS, map(_fact_row, around.facts))
    if around.weighted:
        rows = [list(weighted_record(total).values()) for total in around.weighted]
        writer.sheet(_("Totaux redressés"), WEIGHTED_COLUMNS, rows)
    if around.territories:
        named = [list(row.values()) for row in territory_records(around.territories)]
        writer.sheet(_("Territoires"), TERRITORY_COLUMNS, named)
    writer.sheet(_("Définitions"), _definition_heads(), _definition_rows(around))
    writer.sheet(_("À propos"), (_("Quoi"), _("Sens")), _about_rows(around))


class Writer:
    """Sheets with a heading row that stays in sight, and columns as wide as what they hold."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._plain = book.add_format({"text_wrap": True, "valign": "top"})
        self._numbers = [book.add_format({"num_format": each, "valign": "top"}) for each in NUMBERS]

    def sheet(self, name: str, heads: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
        """Write a whole sheet."""
        page = self.begun(name, heads)
        for row in rows:
            page.add(row)
        page.end()

    def begun(self, name: str, heads: Sequence[str]) -> "Sheet":
        """Begin a sheet by its headings; what follows may be written beside another sheet."""
        page = self._book.add_worksheet(name)
        page.freeze_panes(1, 1)
        for column, head in enumerate(heads):
            page.write_string(0, column, head, self._heading)
        return Sheet(self, page, [len(each) for each in heads])

    def cell(self, page: Worksheet, row: int, column: int, value: Value) -> None:
        """Write a value: text is never a formula, a number keeps its decimals."""
        if isinstance(value, bool):
            page.write_boolean(row, column, value, self._plain)
        elif isinstance(value, str):
            page.write_string(row, column, value, self._plain)
        elif value is not None:
            page.write_number(row, column, float(value), self._number(value))

    def _number(self, value: Decimal | int) -> Format:
        return self._numbers[1 if isinstance(value, Decimal) and value.as_tuple().exponent else 0]


class Sheet:
    """A sheet that is being written, row after row."""

    def __init__(self, writer: Writer, page: Worksheet, widths: list[int]) -> None:
        self._writer, self._page, self._widths = writer, page, widths
        self._rows = 0

    def add(self, row: Sequence[Value]) -> None:
        """Write the next row."""
        self._rows += 1
        for column, value in enumerate(row):
            self._writer.cell(self._page, self._rows, column, value)
            self._widths[column] = max(self._widths[column], len(str(value)))

    def end(self) -> None:
        """Make the columns as wide as what they hold."""
        for column, width in enumerate(self._widths):
            self._page.set_column(column, column, min(WIDEST, max(NARROWEST, width + 1)))


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


def _read_row(around: Cover, line: Published) -> Sequence[Value]:
    figure, key = line.figure, line.figure.key
    shown = reading(figure)
    return (
        label_of(indicator(key.indicator, key.version)),
        period_text(line.period, languages.current()),
        around.where(figure),
        activity_words(key.activity),
        shown.value,
        shown.interval,
        figure.n_clients,
        shown.status,
    )


def _read_fact(around: Cover, fact: PublishedFact) -> Sequence[Value]:
    shown = fact_reading(fact)
    label, when = name_of(fact.indicator) or fact.indicator, period_text(fact.period, languages.current())
    return (label, when, around.who(fact), "", shown.value, "", None, shown.detail)


def _fact_row(fact: PublishedFact) -> Sequence[Value]:
    return list(fact_record(fact).values())


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


def _definition_rows(around: Cover) -> Iterator[Sequence[Value]]:
    for each in around.definitions:
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


def _about_rows(around: Cover) -> Iterator[Sequence[Value]]:
    yield _("Visites"), around.sight.label
    yield _("Période"), around.period_words
    for note in around.notes:
        yield _("À savoir"), note
    for seal in around.seals:
        yield seal.period, signed_words(seal)
    yield (
        _("Protection"),
        _("Un résultat de moins de 11 clients est caché, avec ce qui le rendrait par soustraction"),
    )
    beside = ((FACT_FIELDS, around.facts), (TERRITORY_FIELDS, around.territories))
    for field in (*FIELDS, *(each for fields, rows in beside if rows for each in fields)):
        yield field.name, _(field.description)
