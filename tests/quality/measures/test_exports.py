"""The files say the figures in fixed columns, as programs or as French spreadsheets read them."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from quality.measures.disclosure.lattice import Key, Scope
from quality.measures.disclosure.status import Status, Unit
from quality.measures.exports import COLUMNS, for_programs, for_spreadsheets, json_record
from quality.measures.releases.figures import Figure, Published
from quality.measures.reports.schema import KEY

RELEASE = UUID(int=5)
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def line(figure: Figure) -> Published:
    return Published(UUID(int=1), figure, "2026-Q3", RELEASE, "1", NOW, "herault-2025")


def key(code: str = "FR") -> Key:
    return Key(None, None, "GLOB", 1, Scope.FRANCE, code)


SHOWN = line(
    Figure(key(), None, Status.A, Unit.PERCENT, 1020, Decimal("88.40"), Decimal("86.00"), Decimal("90.30"))
)
HIDDEN = line(Figure(key(), None, Status.C, Unit.PERCENT))


def test_the_columns_are_those_that_outsiders_rely_on() -> None:
    assert ",".join(COLUMNS) == (
        "indicator,scope_type,scope_code,activity,period,n_clients,value,ci_low,ci_high,unit,status,release,method"
        ",version,convention"
    )


def test_programs_get_commas_and_points() -> None:
    text = for_programs([SHOWN, HIDDEN])
    first, second = list(csv.DictReader(io.StringIO(text)))
    assert (first["value"], first["ci_low"], first["n_clients"]) == ("88.4", "86.0", "1020")
    assert (second["value"], second["n_clients"], second["status"]) == ("", "", "C")
    assert text.count("\r\n") == 3


def test_french_spreadsheets_get_a_mark_semicolons_and_decimal_commas() -> None:
    text = for_spreadsheets([SHOWN])
    assert text.startswith("\ufeffindicator;")
    assert ";88,4;86,0;90,3;percent;A;" in text


def test_two_versions_of_an_indicator_and_two_conventions_are_told_apart() -> None:
    older = Figure(key()._replace(version=2), None, Status.C, Unit.PERCENT)
    rows = list(
        csv.DictReader(
            io.StringIO(for_programs([SHOWN, line(older), msgspec.structs.replace(SHOWN, convention="")]))
        )
    )
    assert [(row["version"], row["convention"]) for row in rows] == [
        *(("1", "herault-2025"), ("2", "herault-2025"), ("1", "")),
    ]
    assert len({tuple(row[name] for name in KEY) for row in rows}) == 3
    assert (json_record(SHOWN)["version"], json_record(SHOWN)["convention"]) == (1, "herault-2025")


def test_no_cell_runs_as_a_formula() -> None:
    evil = Figure(key("=cmd|' /C calc'!A0"), None, Status.C, Unit.PERCENT)
    for text in (for_programs([line(evil)]), for_spreadsheets([line(evil)])):
        assert "'=cmd" in text
        assert ",=cmd" not in text
        assert ";=cmd" not in text


def test_json_has_numbers_and_null() -> None:
    assert json_record(SHOWN)["value"] == 88.4
    assert {json_record(HIDDEN)[name] for name in ("n_clients", "value", "ci_low", "ci_high")} == {None}
    assert json_record(SHOWN)["release"] == str(RELEASE)
