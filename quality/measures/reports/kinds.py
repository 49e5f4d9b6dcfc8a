"""The kinds of files that hold published figures: for whom each is, and who writes it.

Lines are written as they come (quality/measures/reports/streaming.py): a large file takes no more memory than
a small one. The report alone reads them all, of one period.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import IO

import msgspec

from quality.french import french
from quality.measures.exports import (
    FOR_PROGRAMS,
    FOR_SPREADSHEETS,
    fact_record,
    json_weighted,
    territory_records,
)
from quality.measures.reports import document
from quality.measures.reports.contents import Cover, with_lines
from quality.measures.reports.package import write_package
from quality.measures.reports.streaming import Lines, write_list, write_table
from quality.measures.reports.workbook import XLSX, write_workbook

Write = Callable[[Cover, str, Lines, IO[bytes]], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file: its ending, for whom it is, and who writes it, given the platform's name."""

    ending: str
    label: str
    use: str
    media_type: str
    write: Write
    is_of_one_period: bool = False

    @property
    def format(self) -> str:
        """The short name that everybody reads: PDF, CSV."""
        return self.ending.rpartition(".")[2].upper()


async def _report(around: Cover, platform: str, lines: Lines, target: IO[bytes]) -> None:
    found = with_lines(around, [line async for line in lines])
    target.write(await asyncio.to_thread(lambda: document.drawn(document.words(found, platform))))


async def _json(around: Cover, platform: str, lines: Lines, target: IO[bytes]) -> None:
    """Write one object: what stands around the figures first, then the figures, a line each."""
    said: dict[str, object] = {
        "platform": platform,
        "population": around.sight.label,
        "period": around.period,
        "released_at": around.released_at,
        "releases": around.seals,
        "definitions": around.definitions,
        "providers": [fact_record(fact) for fact in around.facts],
        "weighted": [json_weighted(total) for total in around.weighted],
        "notes": around.notes,
    }
    if around.territories:
        said["territories"] = territory_records(around.territories)
    opening = msgspec.json.format(msgspec.json.encode(said), indent=1).removesuffix(b"\n}")
    target.write(opening + b',\n "figures": ')
    await write_list(lines, target)
    target.write(b"}\n")


KINDS: Mapping[str, Kind] = {
    kind.ending: kind
    for kind in (
        Kind(
            "pdf",
            french("Rapport à lire et à imprimer"),
            french("PDF lisible par un lecteur d’écran, avec ses données jointes"),
            "application/pdf",
            _report,
            is_of_one_period=True,
        ),
        Kind(
            "xlsx",
            french("Classeur"),
            french("Excel ou LibreOffice : les résultats en clair, les données, les définitions"),
            XLSX,
            lambda around, _platform, lines, target: write_workbook(around, lines, target),
        ),
        Kind(
            "csv",
            french("Tableau"),
            french("CSV pour un tableur français : points-virgules et virgules décimales"),
            "text/csv; charset=utf-8",
            lambda _around, _platform, lines, target: write_table(lines, FOR_SPREADSHEETS, target),
        ),
        Kind(
            "rfc4180.csv",
            french("Tableau pour un programme"),
            french("CSV selon la RFC 4180 : virgules et points décimaux"),
            "text/csv; charset=utf-8",
            lambda _around, _platform, lines, target: write_table(lines, FOR_PROGRAMS, target),
        ),
        Kind(
            "json",
            french("Données pour un programme"),
            french("JSON : les résultats, les définitions et les publications"),
            "application/json",
            _json,
        ),
        Kind(
            "zip",
            french("Paquet de données"),
            french(
                "CSV décrit colonne par colonne (Table Schema), avec l’empreinte SHA-256 de chaque fichier"
            ),
            "application/zip",
            lambda around, _platform, lines, target: write_package(around, lines, target),
        ),
    )
}
