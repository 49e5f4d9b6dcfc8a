"""Published figures written row by row: a million lines take no more memory than a hundred.

The rows come from a cursor of the database, in the order of the seal; the file is counted and summed while it
is written.
"""

import hashlib
import io
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from dataclasses import dataclass
from typing import IO, Any

import asyncpg
import msgspec

from quality.access.actor import Actor
from quality.access.scope import scoped, visible
from quality.db import raw
from quality.measures.exports import Dialect, begun, json_record
from quality.measures.models import Release
from quality.measures.releases.figures import Published
from quality.measures.views.reading import codes_of, published_of

TOGETHER = 500  # rows fetched and written at once
ORDER = ("period", "coalesce(convention_id::text, '')", "indicator", "version::text", "scope_type")
IN_ORDER = ", ".join(f'{each} COLLATE "C"' for each in (*ORDER, "scope_code", "activity"))


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written: its lines without the heading, its length in bytes and its SHA-256."""

    lines: int
    length: int
    sha256: bytes


Lines = AsyncIterator[Published]


async def each(lines: Iterable[Published]) -> Lines:
    """Give lines that are known already, one after another."""
    for line in lines:
        yield line


async def together(lines: Lines, most: int = TOGETHER) -> AsyncIterator[list[Published]]:
    """Gather lines, `most` at once."""
    found: list[Published] = []
    async for line in lines:
        found.append(line)
        if len(found) == most:
            yield found
            found = []
    if found:
        yield found


class Row(asyncpg.Record):  # type: ignore[misc]
    """A row of the driver whose columns are attributes, as those of a model."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(name) from error


class _Sheet:
    """A file that is being written: what was said goes out together, counted and summed."""

    def __init__(self, target: IO[bytes]) -> None:
        self.said = io.StringIO()
        self.lines = self.length = 0
        self._target = target
        self._digest = hashlib.sha256()

    def add(self) -> None:
        """Count a line that was said."""
        self.lines += 1
        if self.lines % TOGETHER == 0:
            self.flush()

    def flush(self) -> None:
        content = self.said.getvalue().encode()
        self.said.seek(0)
        self.said.truncate()
        self.length += len(content)
        self._digest.update(content)
        self._target.write(content)

    @property
    def written(self) -> Written:
        return Written(self.lines, self.length, self._digest.digest())


async def write_table(lines: Lines, dialect: Dialect, target: IO[bytes]) -> Written:
    """Write lines as CSV; nothing but the heading where there is none."""
    sheet = _Sheet(target)
    write = begun(sheet.said, dialect)
    async for line in lines:
        write(line)
        sheet.add()
    sheet.flush()
    return sheet.written


async def write_list(lines: Lines, target: IO[bytes]) -> Written:
    """Write lines as one JSON list, a line each."""
    sheet = _Sheet(target)
    async for line in lines:
        opening = ",\n" if sheet.lines else "[\n"
        sheet.said.write(opening + msgspec.json.encode(json_record(line)).decode())
        sheet.add()
    sheet.said.write("\n]\n" if sheet.lines else "[]\n")
    sheet.flush()
    return sheet.written


async def read(actor: Actor, cells: Any) -> AsyncGenerator[Published]:
    """Read the cells of a query that was not run (`cells_of`, `visible`), in its own `scoped(actor)`."""
    async with scoped(actor) as db:
        releases, codes = {each.id: each for each in await visible(actor, Release)}, await codes_of(actor)
        sql = f"SELECT * FROM ({cells.sql()}) AS c ORDER BY {IN_ORDER}"
        _text, values = cells.query.get_parameterized_sql()
        rows = raw(db).cursor(sql, *values, prefetch=TOGETHER, record_class=Row)
        async for row in rows:
            yield published_of(row, releases[row.release_id], codes)
