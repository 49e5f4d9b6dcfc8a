"""A table of published figures sent to a reader: written aside first, whole, with its sum."""

import base64
from collections.abc import Mapping
from functools import partial
from tempfile import TemporaryFile
from typing import Any

from starlette.background import BackgroundTask
from starlette.responses import StreamingResponse

from quality.access.actor import Actor
from quality.measures.exports import Dialect
from quality.measures.reports.streaming import write_table

CSV = "text/csv; charset=utf-8"
PIECE = 65_536  # bytes sent at once


async def sent_table(
    actor: Actor, cells: Any, dialect: Dialect, headers: Mapping[str, str]
) -> StreamingResponse:
    """Write the cells of a query aside, then send them: a slow reader keeps no connection of the database."""
    target = TemporaryFile()  # noqa: SIM115 - sent after this, then closed
    written = await write_table(actor, cells, dialect, target)
    digest = base64.b64encode(written.sha256).decode()
    told = {
        **headers,
        "Content-Length": str(written.length),
        "Repr-Digest": f"sha-256=:{digest}:",  # RFC 9530
    }
    target.seek(0)
    sent = iter(partial(target.read, PIECE), b"")
    return StreamingResponse(sent, media_type=CSV, headers=told, background=BackgroundTask(target.close))
