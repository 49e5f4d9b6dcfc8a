"""Published figures as a data package: CSV, Table Schema, definitions, and the sums of all files.

Data Package, version 1 (Frictionless Data). The same contents give the same bytes.
"""

import csv
import hashlib
import io
import zipfile
from collections.abc import Mapping

import msgspec

from quality.measures.exports import for_programs, harmless
from quality.measures.reports.contents import Contents, Definition
from quality.measures.reports.schema import table_schema

FIGURES, DEFINITIONS, DESCRIPTOR, SUMS = "figures.csv", "definitions.csv", "datapackage.json", "SHA256SUMS"
ORIGIN = (1980, 1, 1, 0, 0, 0)  # the first date that a zip can hold
Files = Mapping[str, bytes]


def package(contents: Contents) -> bytes:
    """Write the zip: data, what describes it, and `SHA256SUMS` as `sha256sum --check` reads it."""
    data = {FIGURES: for_programs(contents.lines).encode(), DEFINITIONS: _definitions(contents).encode()}
    files = data | {DESCRIPTOR: _descriptor(contents, data)}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in {**files, SUMS: _sums(files)}.items():
            archive.writestr(zipfile.ZipInfo(name, ORIGIN), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _sums(files: Files) -> bytes:
    return "".join(f"{_digest(content)}  {name}\n" for name, content in files.items()).encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _definitions(contents: Contents) -> str:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(Definition.__slots__)
    for each in contents.definitions:
        values = (getattr(each, name) for name in Definition.__slots__)
        writer.writerow([harmless(value if isinstance(value, int | str) else str(value)) for value in values])
    return target.getvalue()


def _descriptor(contents: Contents, data: Files) -> bytes:
    described = {
        "profile": "data-package",
        "name": contents.name.lower(),
        "title": contents.title,
        "created": contents.released_at.isoformat(timespec="seconds"),
        **_licensed(contents.licence),
        "releases": [
            {"id": str(seal.release), "period": seal.period, "method": seal.method, "seal": seal.seal}
            for seal in contents.seals
        ],
        "resources": [
            _resource("figures", FIGURES, data, len(contents.lines), schema=table_schema()),
            _resource("definitions", DEFINITIONS, data, len(contents.definitions), schema=_of_definitions()),
        ],
    }
    return msgspec.json.format(msgspec.json.encode(described), indent=2)


def _licensed(licence: str) -> dict[str, object]:
    return {"licenses": [{"name": licence}]} if licence else {}


def _of_definitions() -> dict[str, object]:
    types = {"version": "integer", "effective_on": "date"}
    return {"fields": [{"name": name, "type": types.get(name, "string")} for name in Definition.__slots__]}


def _resource(name: str, path: str, data: Files, rows: int, *, schema: object) -> dict[str, object]:
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True},
        "bytes": len(data[path]),
        "hash": f"sha256:{_digest(data[path])}",
        "rows": rows,
        "schema": schema,
    }
