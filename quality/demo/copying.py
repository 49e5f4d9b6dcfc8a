"""Rows written many at a time by COPY, as text: ids in hexadecimal, instants in ISO 8601."""

import io
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

NULL = "\\N"
_NEEDS_ESCAPE = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


async def copy(
    connection: asyncpg.Connection, table: str, columns: Sequence[str], rows: Iterable[str]
) -> None:
    """Write rows already in text, their values between tabs."""
    content = "\n".join(rows)
    if content:
        source = io.BytesIO(f"{content}\n".encode())
        await connection.copy_to_table(table, source=source, columns=columns, format="text")


def row(*values: object) -> str:
    """Write one row.

    >>> row("V00001", None, True, UUID(int=1), (UUID(int=2),), b"\\x01", "a\\tb")
    'V00001\\t\\\\N\\tt\\t00000000000000000000000000000001\\t{00000000000000000000000000000002}\\t\\\\\\\\x01\\ta\\\\tb'
    """
    return "\t".join([_writer(type(value), str)(value) for value in values])


def array(values: Iterable[UUID | datetime]) -> str:
    """Write an array of ids or instants.

    >>> array((UUID(int=2),))
    '{00000000000000000000000000000002}'
    """
    return "{" + ",".join([_writer(type(value), str)(value) for value in values]) + "}"


WRITERS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: NULL,
    bool: lambda value: "t" if value else "f",
    str: lambda value: (
        value.translate(_ESCAPES) if "\\" in value or "\n" in value or "\t" in value else value
    ),
    UUID: lambda value: value.hex,
    datetime: datetime.isoformat,
    date: date.isoformat,
    bytes: lambda value: "\\\\x" + value.hex(),
    tuple: array,
    list: array,
}
_writer = WRITERS.get
