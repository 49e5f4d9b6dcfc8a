"""The kinds of files that hold published figures: for whom each is, and who writes it.

A table alone is streamed to whoever signed in (quality/measures/reports/streaming.py), with the same lines.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from quality.french import french
from quality.measures.exports import for_programs, for_spreadsheets, json_record
from quality.measures.reports import document
from quality.measures.reports.contents import Contents
from quality.measures.reports.package import package
from quality.measures.reports.workbook import XLSX, workbook

Write = Callable[[Contents, str], bytes]


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


def _json(found: Contents, platform: str) -> bytes:
    said = {
        "platform": platform,
        "population": found.sight.label,
        "period": found.period,
        "released_at": found.released_at,
        "releases": found.seals,
        "definitions": found.definitions,
        "figures": [json_record(line) for line in found.lines],
    }
    return msgspec.json.format(msgspec.json.encode(said), indent=1)


KINDS: Mapping[str, Kind] = {
    kind.ending: kind
    for kind in (
        Kind(
            "pdf",
            french("Rapport à lire et à imprimer"),
            french("PDF lisible par un lecteur d’écran, avec ses données jointes"),
            "application/pdf",
            lambda found, platform: document.drawn(document.words(found, platform)),
            is_of_one_period=True,
        ),
        Kind(
            "xlsx",
            french("Classeur"),
            french("Excel ou LibreOffice : les résultats en clair, les données, les définitions"),
            XLSX,
            lambda found, _platform: workbook(found),
        ),
        Kind(
            "csv",
            french("Tableau"),
            french("CSV pour un tableur français : points-virgules et virgules décimales"),
            "text/csv; charset=utf-8",
            lambda found, _platform: for_spreadsheets(found.lines).encode(),
        ),
        Kind(
            "rfc4180.csv",
            french("Tableau pour un programme"),
            french("CSV selon la RFC 4180 : virgules et points décimaux"),
            "text/csv; charset=utf-8",
            lambda found, _platform: for_programs(found.lines).encode(),
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
            lambda found, _platform: package(found),
        ),
    )
}
