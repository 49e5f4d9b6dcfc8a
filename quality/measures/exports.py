"""Published figures and facts as files: the same columns and the same suppression everywhere (pure)."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TextIO

from quality.measures.disclosure.lattice import Scope, departement_of
from quality.measures.releases.counted import PublishedFact
from quality.measures.releases.figures import Published, digits_of
from quality.measures.releases.twins import WeightedTotal

COLUMNS = (
    *(
        "indicator",
        "scope_type",
        "scope_code",
        "activity",
        "period",
        "n_clients",
        "value",
        "ci_low",
        "ci_high",
    ),
    *("unit", "status", "release", "method", "version", "convention"),
)
FACT_COLUMNS = (
    *("indicator", "provider", "period", "asked", "held", "value", "unit", "is_whole"),
    *("release", "method", "version", "convention"),
)
WEIGHTED_COLUMNS = (
    *("indicator", "scope_type", "scope_code", "period", "value", "ci_low", "ci_high", "unit"),
    *("margins", "trimmed", "unreached", "release", "method", "version"),
)
TERRITORY_COLUMNS = ("scope_code", "name", "departement")
BOM = "\ufeff"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
Value = str | int | bool | Decimal | None


def record(line: Published) -> dict[str, Value]:
    """Give a line by column; what is hidden is None."""
    figure, key = line.figure, line.figure.key
    digits = digits_of(figure.value, figure.low, figure.high)
    return {
        "indicator": key.indicator,
        "scope_type": key.scope.value,
        "scope_code": key.code,
        "activity": key.activity,
        "period": line.period,
        "n_clients": figure.n_clients,
        "value": _written(figure.value, digits),
        "ci_low": _written(figure.low, digits),
        "ci_high": _written(figure.high, digits),
        "unit": figure.unit.value,
        "status": figure.status.value,
        "release": str(line.release),
        "method": line.method,
        "version": key.version,
        "convention": line.convention,
    }


def _written(value: Decimal | None, digits: int) -> Decimal | None:
    return None if value is None else value.quantize(Decimal(1).scaleb(-digits))


def json_weighted(total: WeightedTotal) -> dict[str, str | int | float | None]:
    """Give a weighted total with plain numbers."""
    return _plain(weighted_record(total))


def json_record(line: Published) -> dict[str, str | int | float | None]:
    """Give a line with plain numbers."""
    return _plain(record(line))


def _plain(row: Mapping[str, Value]) -> dict[str, str | int | float | None]:
    return {name: float(each) if isinstance(each, Decimal) else each for name, each in row.items()}


def fact_record(fact: PublishedFact) -> dict[str, str | int | bool]:
    """Give a fact by column; `value` is the share as pages say it, in whole per cent."""
    return {
        "indicator": fact.indicator,
        "provider": fact.provider_code,
        "period": fact.period,
        "asked": fact.asked,
        "held": fact.held,
        "value": int(fact.share),
        "unit": "percent",
        "is_whole": fact.is_whole,
        "release": str(fact.release),
        "method": fact.method,
        "version": fact.version,
        "convention": fact.convention,
    }


def weighted_record(total: WeightedTotal) -> dict[str, Value]:
    """Give a weighted total by column: its place, period and release are those of the raw figure."""
    raw, digits = record(total.raw), digits_of(total.value, total.low, total.high)
    shown = {"value": total.value, "ci_low": total.low, "ci_high": total.high}
    told: dict[str, Value] = {
        **{name: _written(each, digits) for name, each in shown.items()},
        "margins": " ".join(total.margins),
        "trimmed": total.trimmed,
        "unreached": total.unreached,
    }
    return {name: told.get(name, raw.get(name)) for name in WEIGHTED_COLUMNS}


def territory_records(names: Mapping[str, str]) -> list[dict[str, str]]:
    """Give the names of territories, by their codes in figures, as lines by column.

    >>> territory_records({"34-lodeve": "Lodève"})
    [{'scope_code': '34-lodeve', 'name': 'Lodève', 'departement': '34'}]
    """
    return [
        dict(zip(TERRITORY_COLUMNS, (code, name, departement_of(Scope.TERRITORY, code)), strict=True))
        for code, name in names.items()
    ]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV is written."""

    opening: str
    separator: str
    decimal: Callable[[Decimal], str]


FOR_PROGRAMS = Dialect("", ",", str)  # RFC 4180: commas and decimal points
# What a French spreadsheet opens by itself: a BOM, semicolons and decimal commas.
FOR_SPREADSHEETS = Dialect(BOM, ";", lambda number: str(number).replace(".", ","))


def for_programs(lines: Iterable[Published]) -> str:
    """Write RFC 4180: commas and decimal points."""
    return _csv(lines, FOR_PROGRAMS)


def for_spreadsheets(lines: Iterable[Published]) -> str:
    """Write what a French spreadsheet opens by itself: a BOM, semicolons and decimal commas."""
    return _csv(lines, FOR_SPREADSHEETS)


def begun(target: TextIO, dialect: Dialect) -> Callable[[Published], None]:
    """Write the heading of a table, and give what writes each of its lines."""
    target.write(dialect.opening)
    writer = csv.writer(target, delimiter=dialect.separator, lineterminator="\r\n")
    writer.writerow(COLUMNS)

    def write(line: Published) -> None:
        writer.writerow(_cells(list(record(line).values()), dialect.decimal))

    return write


def facts_for_programs(facts: Iterable[PublishedFact]) -> str:
    """Write facts as RFC 4180, `true` and `false` for what is whole."""
    return _plain_csv(FACT_COLUMNS, map(fact_record, facts))


def territories_for_programs(names: Mapping[str, str]) -> str:
    """Write the names of territories as RFC 4180."""
    return _plain_csv(TERRITORY_COLUMNS, territory_records(names))


def _plain_csv(columns: Sequence[str], rows: Iterable[Mapping[str, str | int]]) -> str:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([harmless(each) for each in row.values()] for row in rows)
    return target.getvalue()


def weighted_for_programs(totals: Iterable[WeightedTotal]) -> str:
    """Write weighted totals as RFC 4180: commas and decimal points."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(WEIGHTED_COLUMNS)
    for total in totals:
        writer.writerow(_cells(list(weighted_record(total).values()), FOR_PROGRAMS.decimal))
    return target.getvalue()


def _csv(lines: Iterable[Published], dialect: Dialect) -> str:
    target = io.StringIO()
    write = begun(target, dialect)
    for line in lines:
        write(line)
    return target.getvalue()


def _cells(values: Sequence[Value], decimal: Callable[[Decimal], str]) -> list[str]:
    return [decimal(each) if isinstance(each, Decimal) else harmless(each) for each in values]


def harmless(value: str | int | None) -> str:
    """Keep a spreadsheet from running a text as a formula.

    >>> harmless("=1+1"), harmless(40), harmless(True), harmless(None)
    ("'=1+1", '40', 'true', '')
    """
    if isinstance(value, int):
        return str(value).lower()
    return f"'{value}" if value and value.startswith(FORMULA) else value or ""
