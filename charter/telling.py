"""Letters that a tick writes: each is claimed alone, and written with its claim or not at all."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from quality.db import Connection, fetch_one, transaction

log = logging.getLogger(__name__)
Row = Mapping[str, Any]
Write = Callable[[Connection, Row], Awaitable[None]]


async def tell_each(claim: str, write: Write, *values: object) -> None:
    """Tell all that is due, one row at a time; one that fails stops no other and waits for the next tick.

    `claim` marks one row that is due as told and returns it, with its `id`, until none is. Its `$1` is the
    ids of those that failed, to leave alone; `values` are its `$2` and on.
    """
    failed: list[UUID] = []
    while True:
        row: Row | None = None
        try:
            async with transaction("work") as db:
                row = await fetch_one(db, claim, failed, *values)
                if row is None:
                    return
                await write(db, row)
        except Exception:
            if row is None:
                raise
            log.exception("the letter about %s was not written", row["id"])
            failed.append(row["id"])
