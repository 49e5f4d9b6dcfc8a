"""Published figures as a data package: CSV, Table Schema, definitions, and the sums of all files.

Data Package, version 1 (Frictionless Data). The same contents give the same bytes.
"""

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

import msgspec

from quality.measures.exports import (
    FOR_PROGRAMS,
    facts_for_programs,
    harmless,
    territories_for_programs,
    weighted_for_programs,
)
from quality.measures.reports.contents import Cover, Definition
from quality.measures.reports.schema import facts_schema, table_schema, territories_schema, weighted_schema
from quality.measures.reports.streaming import Lines, Written, write_table

FIGURES, FACTS, DEFINITIONS = "figures.csv", "providers.csv", "definitions.csv"
WEIGHTED, TERRITORIES = "weighted.csv", "territories.csv"
DESCRIPTOR, SUMS = "datapackage.json", "SHA256SUMS"
ORIGIN = (1980, 1, 1, 0, 0, 0)  # the first date that a zip can hold


@dataclass(frozen=True, slots=True)
class Member:
    """A table of the package as it was written, and what its columns mean."""

    path: str
    written: Written
    schema: object


async def write_package(around: Cover, lines: Lines, target: IO[bytes]) -> None:
    """Write the zip: data, what describes it, and `SHA256SUMS` as `sha256sum --check` reads it.

    The figures go in as they come; what is beside them is small.
    """
    with zipfile.ZipFile(target, "w") as archive:
        with archive.open(_named(FIGURES), "w") as member:
            figures = await write_table(lines, FOR_PROGRAMS, member)
        tables = [Member(FIGURES, figures, table_schema()), *_beside(archive, around)]
        described = _descriptor(around, tables)
        archive.writestr(_named(DESCRIPTOR), described)
        sums = [*((each.path, each.written.sha256) for each in tables), (DESCRIPTOR, _digest(described))]
        archive.writestr(_named(SUMS), "".join(f"{digest.hex()}  {path}\n" for path, digest in sums))


def _named(path: str) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(path, ORIGIN)
    found.compress_type = zipfile.ZIP_DEFLATED
    return found


def _beside(archive: zipfile.ZipFile, around: Cover) -> Iterator[Member]:
    if around.facts:
        yield _kept(archive, FACTS, facts_for_programs(around.facts), len(around.facts), facts_schema())
    if around.weighted:
        text = weighted_for_programs(around.weighted)
        yield _kept(archive, WEIGHTED, text, len(around.weighted), weighted_schema())
    if around.territories:
        text = territories_for_programs(around.territories)
        yield _kept(archive, TERRITORIES, text, len(around.territories), territories_schema())
    rows = around.definitions
    yield _kept(archive, DEFINITIONS, _definitions(rows), len(rows), _of_definitions())


def _kept(archive: zipfile.ZipFile, path: str, text: str, rows: int, schema: object) -> Member:
    content = text.encode()
    archive.writestr(_named(path), content)
    return Member(path, Written(rows, len(content), _digest(content)), schema)


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _definitions(rows: Iterable[Definition]) -> str:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(Definition.__slots__)
    for each in rows:
        values = (getattr(each, name) for name in Definition.__slots__)
        writer.writerow([harmless(value if isinstance(value, int | str) else str(value)) for value in values])
    return target.getvalue()


def _descriptor(around: Cover, tables: Iterable[Member]) -> bytes:
    described = {
        "profile": "data-package",
        "name": around.name.lower(),
        "title": around.title,
        "created": around.released_at.isoformat(timespec="seconds"),
        **_licensed(around.licence),
        **({"description": " ".join(around.notes)} if around.notes else {}),
        "releases": [
            {"id": str(seal.release), "period": seal.period, "method": seal.method, "seal": seal.seal}
            for seal in around.seals
        ],
        "resources": [_resource(each) for each in tables],
    }
    return msgspec.json.format(msgspec.json.encode(described), indent=2)


def _licensed(licence: str) -> dict[str, object]:
    return {"licenses": [{"name": licence}]} if licence else {}


def _of_definitions() -> dict[str, object]:
    types = {"version": "integer", "effective_on": "date"}
    return {"fields": [{"name": name, "type": types.get(name, "string")} for name in Definition.__slots__]}


def _resource(of: Member) -> dict[str, object]:
    return {
        "profile": "tabular-data-resource",
        "name": of.path.removesuffix(".csv"),
        "path": of.path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True},
        "bytes": of.written.length,
        "hash": f"sha256:{of.written.sha256.hex()}",
        "rows": of.written.lines,
        "schema": of.schema,
    }
