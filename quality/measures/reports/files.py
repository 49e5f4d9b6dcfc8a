"""A file of published figures sent to a reader: written aside first, whole, with its sum."""

import asyncio
import base64
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from functools import partial
from os import SEEK_END
from tempfile import TemporaryFile
from typing import IO, Any

from starlette.background import BackgroundTask
from starlette.responses import StreamingResponse

from quality.access.actor import Actor
from quality.measures.exports import Dialect
from quality.measures.reports.streaming import read, write_table

CSV = "text/csv; charset=utf-8"
PIECE = 65_536  # bytes sent at once


async def sent_file(
    media_type: str, headers: Mapping[str, str], write: Callable[[IO[bytes]], Awaitable[object]]
) -> StreamingResponse:
    """Let a file be written aside, then send it: a slow reader keeps no connection of the database."""
    target = await written_aside(write)
    length, sha256 = await asyncio.to_thread(summed, target)
    told = {
        **headers,
        "Content-Length": str(length),
        "Repr-Digest": f"sha-256=:{base64.b64encode(sha256).decode()}:",  # RFC 9530
    }
    sent = iter(partial(target.read, PIECE), b"")
    return StreamingResponse(
        sent, media_type=media_type, headers=told, background=BackgroundTask(target.close)
    )


async def written_aside(write: Callable[[IO[bytes]], Awaitable[object]]) -> IO[bytes]:
    """Let something be written to a file without a name, which its closing ends."""
    target = TemporaryFile()  # noqa: SIM115 - read after this, then closed
    try:
        await write(target)
    except BaseException:
        target.close()
        raise
    return target


def summed(target: IO[bytes]) -> tuple[int, bytes]:
    """Give the length and the SHA-256 of a file, ready to be read from its beginning."""
    length = target.seek(0, SEEK_END)
    target.seek(0)
    digest = hashlib.file_digest(target, "sha256").digest()  # type: ignore[arg-type]
    target.seek(0)
    return length, digest


async def sent_table(
    actor: Actor, cells: Any, dialect: Dialect, headers: Mapping[str, str]
) -> StreamingResponse:
    """Send the cells of a query as a table."""
    async with aclosing(read(actor, cells)) as lines:
        return await sent_file(CSV, headers, lambda target: write_table(lines, dialect, target))
